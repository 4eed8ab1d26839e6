/**
 * Taking a run back: every keystore gets exactly the bytes it had before, unless somebody changed it since.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError, TrustError } from '../errors.js';
import { isInterrupted } from './interruption.js';
import { type Journal, type JournalEntry, type JournalStep, JournalWriter, wasRolledBack } from './journal.js';
import { requireItsStores } from './plan-document.js';
import { needsRestoring, readBackup, restoreStore, rollbackCall } from './put-back.js';
import {
  clearRunFolder,
  clearStores,
  currentSha256,
  JOURNAL_FILE,
  lockRunFolder,
  lockStores,
  PLAN_FILE,
  type PlannedStore,
  type RunFiles,
  type RunFolder,
  type RunLock,
  readRunFolder,
} from './run-folder.js';

/** How to roll back. */
export interface RollbackOptions {
  readonly now: () => Date;
  /** Look, and say what would be done. */
  readonly dryRun?: boolean;
  /**
   * Keystores that are not looked at and left as they are, by their paths in the plan or absolute ones that lead there.
   * Default: none.
   */
  readonly except?: readonly string[];
  /** Asked once everything is known to be possible, and only when there is something to do. */
  readonly confirm?: (toRestore: readonly PlannedStore[]) => Promise<boolean>;
  /** Looked at before each keystore; never in the middle of one. */
  readonly signal?: AbortSignal;
  /** Told of every line of the journal once it is on the disk. */
  readonly onProgress?: (entry: JournalEntry) => void;
}

/** What became of one keystore. */
export interface RolledBackStore extends PlannedStore {
  /**
   * `unchanged`: the run had nothing to change in it. `already`: it is no longer as the run left it, or was never changed.
   * `excepted`: nobody looked at it.
   */
  readonly state: 'restored' | 'would-restore' | 'already' | 'unchanged' | 'excepted';
}

/** What a rollback did. */
export interface RollbackResult {
  readonly outcome: 'rolled-back' | 'would-roll-back' | 'already';
  readonly stores: readonly RolledBackStore[];
}

/**
 * Puts every keystore of a run back, but for those that are excepted. All are checked before the first is touched; the run may
 * have been interrupted. A later rollback puts back what was excepted, where it is as the run left it. What killed calls left
 * beside the keystores and in the run folder is cleared away, except by a dry run.
 *
 * @throws {TrustError} nothing was changed: `input/no-match` (a keystore is excepted that is not of the run),
 *   `run/not-a-run-folder`, `run/damaged` (also a backup that is not the keystore as it was), `run/changed-since`,
 *   `run/needs-confirmation`, `file/locked`, `file/changed-meanwhile`, `file/cannot-write`; `run/failed` and, by `signal`,
 *   `run/interrupted`: the message says which keystores were put back and which were not, and the same call goes on
 */
export async function rollbackRun(folder: string, files: RunFiles, options: RollbackOptions): Promise<RollbackResult> {
  const isDryRun = options.dryRun === true;
  if (!isDryRun) await clearRunFolder(folder, files);
  const run = readRun(folder, files, options);
  if (!isDryRun) await clearStores(run.stores, files);
  const open = storesToRestore(folder, run, files);
  const isDone = run.journal.state === 'rolled-back' && run.stores.every((store) => isSettled(store, run.journal));
  if (open.length === 0 && isDone) return { outcome: 'already', stores: statesOf(run, open, 'already') };
  if (isDryRun) return { outcome: 'would-roll-back', stores: statesOf(run, open, 'would-restore') };
  if (open.length > 0 && options.confirm !== undefined && !(await options.confirm(open))) {
    throw new TrustError('run/needs-confirmation', 'the rollback was not confirmed; nothing was changed', {
      at: { source: folder },
      hint: 'look at it with --dry-run; call again and answer yes, or add --yes',
    });
  }
  await restoreAll(folder, open, files, options);
  return { outcome: 'rolled-back', stores: statesOf(run, open, 'restored') };
}

interface MetRun {
  readonly plan: Extract<RunFolder, { state: 'run' }>['plan'];
  readonly journal: Journal;
  readonly excepted: readonly PlannedStore[];
  /** Those of the plan that are not excepted. */
  readonly stores: readonly PlannedStore[];
}

function readRun(folder: string, files: RunFiles, { except = [] }: RollbackOptions): MetRun {
  const run = readRunFolder(folder, files);
  if (run.state !== 'run') {
    throw new TrustError('run/not-a-run-folder', 'there is no plan.json of a run in the folder', {
      at: { source: folder },
      hint: 'name the folder that was given to rotate --out',
    });
  }
  const { plan, journal } = run;
  requireItsStores(plan, `${folder}/${PLAN_FILE}`);
  const named = except.map((path) => findStore(path, plan.stores, files));
  const excepted = plan.stores.filter((store) => named.includes(store));
  return { plan, journal, excepted, stores: plan.stores.filter((store) => !named.includes(store)) };
}

/** @throws {TrustError} `input/no-match` */
function findStore(path: string, stores: readonly PlannedStore[], files: RunFiles): PlannedStore {
  const named = (name: string) => stores.find((store) => store.path === name);
  // First as it stands: where the keystore was, there may be a link to another one now.
  const found = named(path) ?? (files.exists(path) ? named(files.resolve(path)) : undefined);
  if (found !== undefined) return found;
  throw new TrustError('input/no-match', 'the keystore is none of the run, so that it cannot be excepted', {
    at: { source: path },
    hint: `those of the run are ${stores.map((store) => toPrintable(store.path)).join(', ')}`,
  });
}

function statesOf(
  { plan, excepted }: MetRun,
  open: readonly PlannedStore[],
  stateOfOpen: RolledBackStore['state'],
): readonly RolledBackStore[] {
  return plan.stores.map((store) => {
    const { path, before, after, backup } = store;
    const stateOfClosed = backup === null ? 'unchanged' : excepted.includes(store) ? 'excepted' : 'already';
    return { path, before, after, backup, state: open.includes(store) ? stateOfOpen : stateOfClosed };
  });
}

/** Which keystores are as the run left them, once it is certain that each can be put back. */
function storesToRestore(
  folder: string,
  { stores, excepted, journal }: MetRun,
  files: RunFiles,
): readonly PlannedStore[] {
  const isOpen = (store: PlannedStore) =>
    isSettled(store, journal) ? isAsTheRunLeftIt(store, files) : needsRestoring(folder, store, files);
  const open: PlannedStore[] = [];
  const stuck: Stuck[] = [];
  for (const store of stores) {
    try {
      if (!isOfTheRun(folder, store, journal, files) || !isOpen(store)) continue;
      readBackup(folder, store, files);
      open.push(store);
    } catch (error) {
      stuck.push({ path: store.path, error: expectTrustError(error) });
    }
  }
  const [first, ...more] = stuck;
  if (first === undefined) return open;
  const left = [...excepted, ...stuck].map(({ path }) => path);
  const call = open.length > 0 ? rollbackCall(folder, left) : null;
  throw withAll(first, more, call);
}

/** A keystore that cannot be put back, and why. */
interface Stuck {
  readonly path: string;
  readonly error: TrustError;
}

/** The first error with all others, and the call that puts back the keystores without one; null where there are none. */
function withAll({ path, error }: Stuck, more: readonly Stuck[], call: string | null): TrustError {
  const others = more.map((one) => `; ${toPrintable(one.path)}: ${one.error.message}`).join('');
  const hints = [error.hint ?? [], call === null ? [] : `\`${call}\` puts the others back`].flat();
  return new TrustError(error.code, `${error.message}${others}`, {
    at: error.at ?? { source: path },
    hint: hints.join('; or '),
    cause: error,
  });
}

/**
 * Whether a keystore is as the run or a rollback that was cut short may have left it. One that the run did not come to, and one
 * that was put back, is its owner's: what became of it since is not the run's. The line of the journal and the backup are on
 * the disk before a keystore is replaced; where one of them was lost, the other tells, and where both were, the keystore itself.
 */
function isOfTheRun(folder: string, store: PlannedStore, { entries }: Journal, files: RunFiles): boolean {
  const { path, backup } = store;
  if (backup === null) return false;
  if (isAsTheRunLeftIt(store, files)) return true;
  const last = entries.findLast(({ step, target }) => target === path && CHANGES.includes(step));
  if (last === undefined) return files.exists(`${folder}/${backup}`);
  return last.step === 'replace' || last.state !== 'done';
}

/** Whether a keystore is its owner's again, who may have changed it since. */
function isSettled({ path, backup }: PlannedStore, journal: Journal): boolean {
  return backup === null || wasRolledBack(journal, path);
}

/** The steps in which a keystore becomes another. */
const CHANGES: readonly JournalStep[] = ['replace', 'put-back', 'restore'];

function isAsTheRunLeftIt({ path, after }: PlannedStore, files: RunFiles): boolean {
  return currentSha256(path, files) === after;
}

async function restoreAll(
  folder: string,
  expected: readonly PlannedStore[],
  files: RunFiles,
  options: RollbackOptions,
): Promise<void> {
  const { now, signal, onProgress } = options;
  const locks: RunLock[] = [];
  try {
    locks.push(await lockRunFolder(folder, files));
    const paths = expected.map(({ path }) => path);
    locks.push(await lockOrName(folder, paths, files, options));
    // Read again under the locks: an answer at the terminal may have taken long.
    const run = readRun(folder, files, options);
    const open = storesToRestore(folder, run, files);
    checkExpected(folder, open, paths);
    if (await isInterrupted(signal))
      throw interrupted(
        folder,
        [],
        open.map(({ path }) => path),
      );
    const journal = new JournalWriter((text) => files.append(`${folder}/${JOURNAL_FILE}`, text), {
      now,
      earlier: run.journal,
      ...(onProgress === undefined ? {} : { onEntry: onProgress }),
    });
    await journal.step('rollback', folder, () => {
      for (const { path } of run.excepted) journal.write('except', path, 'done');
      return restoreEach({ folder, files, journal, signal }, open);
    });
  } finally {
    for (const lock of locks.reverse()) lock.release();
  }
}

/** Locks keystores; where one cannot be locked, its refusal has the call that puts back the others. */
async function lockOrName(
  folder: string,
  paths: readonly string[],
  files: RunFiles,
  { except = [] }: RollbackOptions,
): Promise<RunLock> {
  try {
    return await lockStores(paths, files);
  } catch (caught) {
    const error = expectTrustError(caught);
    const path = paths.find((one) => files.resolve(one) === error.at?.source);
    if (path === undefined || paths.length < 2) throw error;
    throw withAll({ path, error }, [], rollbackCall(folder, [...except, path]));
  }
}

/** A keystore that was as before when it was looked at is not locked, and nobody said yes to it. */
function checkExpected(folder: string, open: readonly PlannedStore[], expected: readonly string[]): void {
  if (open.every(({ path }) => expected.includes(path))) return;
  throw new TrustError('file/changed-meanwhile', 'the run was taken up by somebody else meanwhile', {
    at: { source: folder },
    hint: 'nothing was changed; run again',
  });
}

/** A rollback under way. */
interface Rollback {
  readonly folder: string;
  readonly files: RunFiles;
  readonly journal: JournalWriter;
  readonly signal: AbortSignal | undefined;
}

/** Going on towards the old state is never wrong: a keystore that cannot be put back keeps no other from it. */
async function restoreEach(
  { folder, files, journal, signal }: Rollback,
  stores: readonly PlannedStore[],
): Promise<void> {
  const restored: string[] = [];
  const left: string[] = [];
  const failures: TrustError[] = [];
  for (const [index, store] of stores.entries()) {
    const { path } = store;
    if (index > 0 && (await isInterrupted(signal))) {
      const untouched = stores.slice(index).map((other) => other.path);
      throw interrupted(folder, restored, [...left, ...untouched]);
    }
    const restore = async () => {
      await restoreStore(folder, store, files);
      // Whatever becomes of the line in the journal.
      restored.push(path);
    };
    try {
      await journal.step('restore', path, restore);
    } catch (error) {
      const failure = expectTrustError(error).within({ source: path });
      failures.push(failure);
      if (!restored.includes(path)) left.push(`${path} (${reasonOf(failure, path)})`);
    }
  }
  const [first] = failures;
  if (first === undefined) return;
  const what = left.length === 0 ? first.message : `not put back: ${left.join(', ')}`;
  const back = restored.length === 0 ? '' : `; put back: ${restored.join(', ')}`;
  throw new TrustError('run/failed', `${what}${back}`, {
    at: left.length === 0 ? { ...first.at } : { source: folder },
    hint: first.hint ?? GOES_ON,
    cause: first,
  });
}

/** Where it is not the keystore itself but its backup or the journal, that is named. */
function reasonOf({ message, at }: TrustError, path: string): string {
  return at?.source === undefined || at.source === path ? message : `${message}: ${at.source}`;
}

const GOES_ON = 'the same call goes on where this one stopped';

function interrupted(folder: string, restored: readonly string[], left: readonly string[]): TrustError {
  const done = restored.length === 0 ? 'no keystore was put back' : `put back: ${restored.join(', ')}`;
  const open = left.length === 0 ? '' : `; not put back: ${left.join(', ')}`;
  return new TrustError('run/interrupted', `interrupted; ${done}${open}`, { at: { source: folder }, hint: GOES_ON });
}
