/**
 * Taking a run back: every keystore gets exactly the bytes it had before, unless somebody changed it since.
 *
 * @module
 */
import { expectTrustError, TrustError } from '../errors.js';
import { type JournalEntry, JournalWriter } from './journal.js';
import { needsRestoring, readBackup, restoreStore } from './put-back.js';
import {
  currentSha256,
  JOURNAL_FILE,
  lockStores,
  type PlannedStore,
  type RunFiles,
  type RunFolder,
  readRunFolder,
} from './run-folder.js';

/** How to roll back. */
export interface RollbackOptions {
  readonly now: () => Date;
  /** Look, and say what would be done. */
  readonly dryRun?: boolean;
  /** Asked once everything is known to be possible, and only when there is something to do. */
  readonly confirm?: (toRestore: readonly PlannedStore[]) => Promise<boolean>;
  /** Told of every line of the journal once it is on the disk. */
  readonly onProgress?: (entry: JournalEntry) => void;
}

/** What became of one keystore. */
export interface RolledBackStore extends PlannedStore {
  /** `unchanged`: the run had nothing to change in it. `already`: it had been put back, or was never changed. */
  readonly state: 'restored' | 'would-restore' | 'already' | 'unchanged';
}

/** What a rollback did. */
export interface RollbackResult {
  readonly outcome: 'rolled-back' | 'would-roll-back' | 'already';
  readonly stores: readonly RolledBackStore[];
}

/**
 * Puts every keystore of a run back. All are checked before the first is touched; the run may have been interrupted.
 *
 * @throws {TrustError} nothing was changed: `run/not-a-run-folder`, `run/damaged` (also a backup that is not the
 *   keystore as it was), `run/changed-since`, `run/needs-confirmation`, `file/locked`; `run/failed`: the message says
 *   which keystores were put back and which were not, and the same call goes on
 */
export async function rollbackRun(folder: string, files: RunFiles, options: RollbackOptions): Promise<RollbackResult> {
  const run = readRun(folder, files);
  const { stores } = run.plan;
  const open = storesToRestore(folder, run, files);
  const wasRolledBack = run.journal.state === 'rolled-back';
  if (open.length === 0 && wasRolledBack) return { outcome: 'already', stores: statesOf(stores, open, 'already') };
  if (options.dryRun === true) return { outcome: 'would-roll-back', stores: statesOf(stores, open, 'would-restore') };
  if (open.length > 0 && options.confirm !== undefined && !(await options.confirm(open))) {
    throw new TrustError('run/needs-confirmation', 'the rollback was not confirmed; nothing was changed', {
      at: { source: folder },
    });
  }
  await restoreAll(folder, open, files, options);
  return { outcome: 'rolled-back', stores: statesOf(stores, open, 'restored') };
}

type MetRun = Extract<RunFolder, { state: 'run' }>;

function readRun(folder: string, files: RunFiles): MetRun {
  const run = readRunFolder(folder, files);
  if (run.state === 'run') return run;
  throw new TrustError('run/not-a-run-folder', 'there is no plan.json of a run in the folder', {
    at: { source: folder },
    hint: 'name the folder that was given to rotate --out',
  });
}

function statesOf(
  stores: readonly PlannedStore[],
  open: readonly PlannedStore[],
  stateOfOpen: RolledBackStore['state'],
): readonly RolledBackStore[] {
  return stores.map((store) => {
    const { path, before, after, backup } = store;
    const stateOfClosed = backup === null ? 'unchanged' : 'already';
    return { path, before, after, backup, state: open.includes(store) ? stateOfOpen : stateOfClosed };
  });
}

/** Which keystores are as the run left them, once it is certain that each can be put back. */
function storesToRestore(folder: string, { plan, journal }: MetRun, files: RunFiles): readonly PlannedStore[] {
  const changed = plan.stores.filter(({ backup }) => backup !== null);
  // What was put back once is its owner's again, who may have changed it since.
  const isOpen = (store: PlannedStore) =>
    journal.state === 'rolled-back' ? isAsTheRunLeftIt(store, files) : needsRestoring(store, files);
  const open = changed.filter(isOpen);
  for (const store of open) readBackup(folder, store, files);
  return open;
}

function isAsTheRunLeftIt({ path, after }: PlannedStore, files: RunFiles): boolean {
  return currentSha256(path, files) === after;
}

async function restoreAll(
  folder: string,
  toLock: readonly PlannedStore[],
  files: RunFiles,
  { now, onProgress }: RollbackOptions,
): Promise<void> {
  const locks = await lockStores(
    toLock.map(({ path }) => path),
    files,
  );
  try {
    // Read again under the locks: an answer at the terminal may have taken long.
    const run = readRun(folder, files);
    const open = storesToRestore(folder, run, files);
    const journal = new JournalWriter((text) => files.append(`${folder}/${JOURNAL_FILE}`, text), {
      now,
      earlier: run.journal,
      ...(onProgress === undefined ? {} : { onEntry: onProgress }),
    });
    await journal.step('rollback', folder, () => restoreEach(folder, open, files, journal));
  } finally {
    locks.release();
  }
}

/** Going on towards the old state is never wrong: a keystore that cannot be put back keeps no other from it. */
async function restoreEach(
  folder: string,
  stores: readonly PlannedStore[],
  files: RunFiles,
  journal: JournalWriter,
): Promise<void> {
  const restored: string[] = [];
  const failures: TrustError[] = [];
  for (const store of stores) {
    try {
      await journal.step('restore', store.path, () => restoreStore(folder, store, files));
      restored.push(store.path);
    } catch (error) {
      failures.push(expectTrustError(error).within({ source: store.path }));
    }
  }
  const [first] = failures;
  if (first === undefined) return;
  const left = failures.map(({ at, message }) => `${at?.source} (${message})`).join(', ');
  const back = restored.length === 0 ? '' : `; put back: ${restored.join(', ')}`;
  throw new TrustError('run/failed', `not put back: ${left}${back}`, {
    at: { source: folder },
    hint: first.hint ?? 'the same call goes on where this one stopped',
    cause: first,
  });
}
