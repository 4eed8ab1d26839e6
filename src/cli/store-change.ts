/**
 * Changing one keystore, the part that `keystore add`, `remove` and `replace` share: plan the edits, ask where something
 * is taken away, lock, keep the old file beside the new one, replace, verify, report.
 *
 * @module
 */
import { existsSync, lstatSync } from 'node:fs';
import type { Options } from 'yargs';
import { findRoot } from '../catalog/catalog.js';
import type { Finding } from '../check/finding.js';
import { checkStoreLocation } from '../check/store-location.js';
import { type ExitStatus, expectTrustError, TrustError, worstStatus } from '../errors.js';
import type { DamagedBlock } from '../input/read-result.js';
import { type ReplaceNote, replaceFile } from '../io/atomic-file.js';
import { acquireLock } from '../io/lock.js';
import { type ChangeReport, renderChange, toChangeJson } from '../report/keystore-change.js';
import { planStore, type StoreEdits, type StorePlan } from '../rotation/store-plan.js';
import type { KeystoreType } from '../store/keystore.js';
import { sourceOf } from '../x509/source.js';
import { answer, statusOf } from './answer.js';
import { requireConfirmation } from './confirm.js';
import { findingOfNote } from './file-notes.js';
import type { Io } from './io.js';
import { type OpenStore, openStore } from './keystore-file.js';
import {
  atOption,
  type CommonArgs,
  changeOptions,
  commonOptions,
  failOnOption,
  passwordOptions,
  storetypeOption,
} from './options.js';
import { type PasswordArgs, storePassword } from './password.js';
import type { Accepted } from './trust.js';

/** What `storeChangeOptions` declares, and the keystore. */
export interface StoreChangeArgs extends CommonArgs, PasswordArgs {
  readonly file: string;
  readonly storetype: KeystoreType | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly failOn: 'warning' | 'error';
  readonly at: Date | undefined;
}

/** Options of every command that changes one keystore. */
export const storeChangeOptions: Readonly<Record<string, Options>> = {
  ...commonOptions,
  ...changeOptions,
  'fail-on': failOnOption,
  at: atOption,
  storetype: storetypeOption,
  ...passwordOptions,
};

/** The keystore as the first argument of a command. */
export const storePositional = { type: 'string', demandOption: true, describe: 'The keystore' } as const;

/** Opens the keystore of a call, for a change. */
export async function openForChange(args: StoreChangeArgs, io: Io): Promise<OpenStore> {
  const password = await storePassword(args, io);
  return openStore(args.file, { password, storetype: args.storetype, forEditing: true }, io);
}

/** A change that is wanted. */
export interface StoreChange {
  /** The name of the command in its document: `keystore-add`. */
  readonly command: string;
  readonly store: OpenStore;
  readonly edits: StoreEdits;
  /** What was decided about the certificates of the input. */
  readonly decisions?: Accepted & { readonly damaged: readonly DamagedBlock[] };
  readonly findings?: readonly Finding[];
  /** Asks for a yes, given what the plan takes away; without it nothing is asked. */
  readonly question?: (plan: StorePlan) => string;
}

/**
 * Carries a change out, or shows it with `--dry-run`. Where nothing is to be changed, nothing is asked and nothing is
 * written.
 *
 * @throws {TrustError} as `editKeystore`, `acquireLock`, `replaceFile`; `run/needs-confirmation`, `run/interrupted`
 */
export async function changeStore(change: StoreChange, args: StoreChangeArgs, io: Io): Promise<ExitStatus> {
  const { store, question } = change;
  const plan = planPlaced(store, change.edits);
  const { after } = plan;
  if (after === null) return report(change, { plan, outcome: 'already' }, args, io);
  if (args.dryRun) return report(change, { plan, outcome: 'planned' }, args, io);
  if (question !== undefined) await requireConfirmation(question(plan), args.yes, io);
  const { backup, notes } = await io.interruptible((signal) => replaceStore(plan, after, signal, io));
  return report(change, { plan, outcome: 'applied', backup, notes }, args, io);
}

function planPlaced(store: OpenStore, edits: StoreEdits): StorePlan {
  try {
    return planStore(store, store.keystore, edits);
  } catch (error) {
    throw expectTrustError(error).within({ source: store.name });
  }
}

/** Under the lock from the choice of the backup's name to the new file in its place. */
async function replaceStore(
  plan: StorePlan,
  bytes: Uint8Array,
  signal: AbortSignal,
  io: Io,
): Promise<{ readonly backup: string; readonly notes: readonly ReplaceNote[] }> {
  const lock = await acquireLock(plan.path);
  try {
    // A turn of the event loop, so that an interrupt that came in meanwhile is seen.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted)
      throw new TrustError('run/interrupted', 'interrupted; nothing was changed', { hint: 'call again' });
    const backup = nameBackup(plan, io.now());
    const { notes } = await replaceFile(plan.path, bytes, {
      expectedSha256: plan.before,
      verify: plan.verify,
      backup,
    });
    return { backup, notes };
  } finally {
    lock.release();
  }
}

/** `tg.jks.20261121T030000Z.bak` beside the file itself; with a number where an earlier change has the same second. */
function nameBackup(plan: StorePlan, now: Date): string {
  const stem = `${isLink(plan) ? plan.path : plan.name}.${now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '')}`;
  for (let number = 1; ; number++) {
    const path = number === 1 ? `${stem}.bak` : `${stem}-${number}.bak`;
    if (!existsSync(path)) return path;
  }
}

/** Whether the name itself is a symbolic link, whatever the folders above it are. */
function isLink({ name }: StorePlan): boolean {
  return lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** How a call ended. */
interface Outcome {
  readonly plan: StorePlan;
  readonly outcome: ChangeReport['outcome'];
  readonly backup?: string | null;
  readonly notes?: readonly ReplaceNote[];
}

function report(
  { command, decisions, findings = [] }: StoreChange,
  { plan, outcome, backup = null, notes = [] }: Outcome,
  args: StoreChangeArgs,
  io: Io,
): ExitStatus {
  const all = [...findings, ...checkFile(plan), ...notes.map((note) => findingOfNote(note, plan.name))];
  const whole: ChangeReport = { store: { ...plan, backup }, outcome, decisions: decisions ?? null };
  const json = toChangeJson(`anchorctl/${command}/1`, whole, {
    damaged: decisions?.damaged ?? [],
    findings: all,
    entryOf: findRoot,
  });
  const status = answer({ json, text: renderChange(whole), findings: all }, args, io);
  return worstStatus([status, statusOf(all, args.failOn)]);
}

function checkFile(plan: StorePlan): readonly Finding[] {
  const { path, name } = plan;
  const link: Finding = {
    code: 'file/symbolic-link',
    severity: 'info',
    message: `a symbolic link, which stays; the keystore is ${path}`,
    source: sourceOf(name),
  };
  return [...checkStoreLocation(path, name), ...(isLink(plan) ? [link] : [])];
}
