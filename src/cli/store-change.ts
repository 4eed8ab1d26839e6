/**
 * Changing one keystore, the part that `keystore add`, `remove`, `replace`, `repair`, `passwd` and the `keytool` front share:
 * plan the edits, ask where a yes is needed, lock, keep the old file beside the new one, replace, verify, report.
 *
 * @module
 */
import { lstatSync } from 'node:fs';
import type { Options } from 'yargs';
import { findRoot } from '../catalog/catalog.js';
import type { Finding } from '../check/finding.js';
import { findingOfRemark } from '../check/keystore-remark.js';
import { checkStoreLocation } from '../check/store-location.js';
import { type ExitStatus, expectTrustError, TrustError, worstStatus } from '../errors.js';
import type { DamagedBlock } from '../input/read-result.js';
import { type ReplaceNote, replaceFile } from '../io/atomic-file.js';
import { nameBackup } from '../io/backup-name.js';
import { acquireLock, clearLeftovers } from '../io/lock.js';
import { toReadError } from '../io/system-error.js';
import { type ChangeReport, renderChange, toChangeJson } from '../report/keystore-change.js';
import { checkRemoved } from '../rotation/findings.js';
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

/** What decides how a change is carried out and told of. */
export type ChangeMode = Pick<StoreChangeArgs, 'json' | 'quiet' | 'dryRun' | 'yes' | 'failOn'>;

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

/** A change as it ended. */
export interface ChangeResult {
  readonly report: ChangeReport;
  readonly findings: readonly Finding[];
}

/**
 * Carries a change out, or shows it with `--dry-run`, and says what became of it.
 *
 * @throws {TrustError} as `carryOut`
 */
export async function changeStore(change: StoreChange, mode: ChangeMode, io: Io): Promise<ExitStatus> {
  const result = await carryOut(change, mode, io);
  const text = renderChange(result.report);
  return answerChange({ ...result, command: change.command, damaged: change.decisions?.damaged, text }, mode, io);
}

/**
 * Carries a change out, or works it out alone with `--dry-run`. Where nothing is to be changed, nothing is asked and
 * nothing is written; what a killed call left there is cleared away all the same.
 *
 * @throws {TrustError} as `editKeystore`, `acquireLock`, `replaceFile`; `run/needs-confirmation`, `run/interrupted`
 */
export async function carryOut(change: StoreChange, mode: ChangeMode, io: Io): Promise<ChangeResult> {
  return carryOutPlan(planPlaced(change.store, change.edits), change, mode, io);
}

/**
 * The same for a change that is no list of edits.
 *
 * @throws {TrustError} as `carryOut`
 */
export async function carryOutPlan(
  plan: StorePlan,
  change: Pick<StoreChange, 'decisions' | 'findings' | 'question'>,
  mode: ChangeMode,
  io: Io,
): Promise<ChangeResult> {
  const { question } = change;
  // Before anything is changed: later, a file that cannot be looked at would hide that it was.
  const location = checkFile(plan);
  const { after } = plan;
  if (after === null && !mode.dryRun) await clearLeftovers(plan.path);
  if (after === null) return resultOf(change, { plan, location, outcome: 'already' });
  if (mode.dryRun) return resultOf(change, { plan, location, outcome: 'planned' });
  if (question !== undefined) await requireConfirmation(question(plan), mode.yes, io);
  const { backup, notes } = await io.interruptible((signal) => replaceStore(plan, after, signal, io));
  return resultOf(change, { plan, location, outcome: 'applied', backup, notes });
}

/** What a command that changes or makes a keystore has to say. */
export interface ChangeAnswer extends ChangeResult {
  /** As in `StoreChange`. */
  readonly command: string;
  readonly damaged?: readonly DamagedBlock[] | undefined;
  /** What its document says besides what those of all changes say. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** What stands on stdout for a person. */
  readonly text: string;
}

/** Writes the answer of a change. */
export function answerChange(
  { command, report, findings, damaged = [], fields, text }: ChangeAnswer,
  mode: Pick<ChangeMode, 'json' | 'quiet' | 'failOn'>,
  io: Io,
): ExitStatus {
  const json = () => ({
    ...toChangeJson(`anchorctl/${command}/1`, report, { damaged, findings, entryOf: findRoot }),
    ...fields,
  });
  const status = answer({ json, text, findings }, mode, io);
  return worstStatus([status, statusOf(findings, mode.failOn)]);
}

function planPlaced(store: OpenStore, edits: StoreEdits): StorePlan {
  try {
    return planStore(store, store.keystore, edits);
  } catch (error) {
    throw expectTrustError(error).within({ source: store.name });
  }
}

/**
 * Replaces a keystore under its lock, which is held from the choice of the backup's name to the new file in its place.
 *
 * @throws {TrustError} as `acquireLock`, `replaceFile`; `run/interrupted`
 */
export async function replaceStore(
  plan: Pick<StorePlan, 'path' | 'name' | 'before' | 'verify'>,
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
    // Beside the file itself.
    const backup = nameBackup(isLink(plan) ? plan.path : plan.name, io.now());
    const { notes } = await replaceFile(plan.path, bytes, {
      expected: plan.before,
      verify: plan.verify,
      backup,
    });
    return { backup, notes };
  } finally {
    lock.release();
  }
}

/** A file: its true path, and as the user named it. */
type PlacedFile = Pick<StorePlan, 'path' | 'name'>;

/** Whether the name itself is a symbolic link, whatever the folders above it are. */
function isLink({ name }: PlacedFile): boolean {
  try {
    return lstatSync(name).isSymbolicLink();
  } catch (error) {
    throw toReadError(error, name);
  }
}

/** How a call ended. */
interface Outcome {
  readonly plan: StorePlan;
  /** What there is to say about the file itself. */
  readonly location: readonly Finding[];
  readonly outcome: ChangeReport['outcome'];
  readonly backup?: string | null;
  readonly notes?: readonly ReplaceNote[];
}

function resultOf(
  { decisions, findings = [] }: Pick<StoreChange, 'decisions' | 'findings'>,
  { plan, location, outcome, backup = null, notes = [] }: Outcome,
): ChangeResult {
  return {
    report: { store: { ...plan, backup }, outcome, decisions: decisions ?? null },
    findings: [
      ...findings,
      ...location,
      ...checkRemoved(plan),
      ...plan.refusals.map((remark) => findingOfRemark(remark, plan.name)),
      ...notes.map((note) => findingOfNote(note, plan.name)),
    ],
  };
}

/** What is to be known about where a keystore stands. */
export function checkFile(plan: PlacedFile): readonly Finding[] {
  const { path, name } = plan;
  const link: Finding = {
    code: 'file/symbolic-link',
    severity: 'info',
    message: `a symbolic link, which stays; the keystore is ${path}`,
    source: sourceOf(name),
  };
  return [...checkStoreLocation(path, name), ...(isLink(plan) ? [link] : [])];
}
