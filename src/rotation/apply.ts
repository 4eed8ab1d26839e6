/**
 * Carrying a plan out: lock, compare, back up, replace, verify, write the texts, journal. Whatever fails, the keystores
 * that this call changed get their old bytes back. A run that was killed is taken up again by the same call.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { fingerprint } from '../x509/fingerprint.js';
import { type JournalEntry, JournalWriter } from './journal.js';
import type { PlanDocument } from './plan-document.js';
import { putBack, readBackup } from './put-back.js';
import {
  BACKUP_FOLDER,
  type FileNote,
  JOURNAL_FILE,
  lockStores,
  PLAN_FILE,
  type PlannedStore,
  type RunFiles,
  type RunFolder,
  readRunFolder,
} from './run-folder.js';

/** What becomes of one keystore. */
interface StoreChange {
  /** As in the plan. */
  readonly path: string;
  /** SHA-256 of the file as it was read for the plan. */
  readonly before: string;
  /** The new file; null where nothing is to change. */
  readonly after: Uint8Array | null;
  /** Throws a `TrustError` when bytes read back are not what they should be. */
  readonly verify: (bytes: Uint8Array) => void;
}

/** A file of the run folder besides plan, journal and backups. */
export interface RunText {
  /** Relative to the run folder, `/` between the parts. */
  readonly path: string;
  /** A function where the text tells of the plan: a run taken up again has a plan that also holds what was done before. */
  readonly text: string | ((plan: PlanDocument) => string);
}

/** Everything that a run changes. `stores` are those of `plan.stores`, in the same order. */
export interface RunChanges {
  readonly folder: string;
  readonly plan: PlanDocument;
  readonly stores: readonly StoreChange[];
  readonly texts: readonly RunText[];
}

/** How to run. */
export interface ApplyOptions {
  readonly now: () => Date;
  /** Looked at before each keystore and before the texts; never in the middle of one. */
  readonly signal?: AbortSignal;
  /** Told of every line of the journal once it is on the disk. */
  readonly onProgress?: (entry: JournalEntry) => void;
}

/** What became of one keystore of a run: the plan's words, and what its owner should know. */
interface StoreResult {
  readonly path: string;
  /** Whether this call changed it. */
  readonly changed: boolean;
  readonly before: string;
  readonly after: string;
  /** Path of the backup; null where there was nothing to change. */
  readonly backup: string | null;
  readonly notes: readonly FileNote[];
}

/** What a run did. */
export interface RunResult {
  /** `already`: everything was in place, nothing was written. `resumed`: an earlier call had begun it. */
  readonly outcome: 'applied' | 'resumed' | 'already';
  /** The plan as it stands in the run folder. */
  readonly plan: PlanDocument;
  readonly stores: readonly StoreResult[];
  /** Paths of the texts that this call wrote. */
  readonly texts: readonly string[];
}

/** A run under way. */
interface Work {
  readonly run: RunChanges;
  readonly plan: PlanDocument;
  readonly files: RunFiles;
  readonly journal: JournalWriter;
  /** What this call made, files and folders, in that order: plan, journal and backups. */
  readonly made: string[];
  /** The same for its texts. */
  readonly madeTexts: string[];
  /** Keystores that this call began to replace. */
  readonly begun: PlannedStore[];
}

/**
 * Carries a plan out, or takes up one that was interrupted.
 *
 * @throws {TrustError} nothing was changed: `file/changed-meanwhile`, `file/locked`, `run/other-plan`,
 *   `run/changed-since`, `run/rolled-back`, `output/exists` and whatever the first write met; `run/failed`: keystores
 *   were changed and put back, or the message says which were not; `run/interrupted`: by `signal`
 */
export async function applyRun(run: RunChanges, files: RunFiles, options: ApplyOptions): Promise<RunResult> {
  checkShape(run);
  const locks = await lockStores(storesToLock(run, readRunFolder(run.folder, files)), files);
  try {
    checkUntouched(run.stores, files);
    const met = readRunFolder(run.folder, files);
    const plan = planFor(run, met);
    const missingTexts = run.texts.filter(({ path }) => !files.exists(`${run.folder}/${path}`));
    const isComplete =
      met.state === 'run' ? met.journal.state === 'complete' : run.stores.every(({ after }) => after === null);
    if (isComplete && missingTexts.length === 0) {
      return { outcome: 'already', plan, stores: storeResults(run.folder, plan, new Map()), texts: [] };
    }
    return await carryOut(run, { met, plan, missingTexts }, files, options);
  } finally {
    locks.release();
  }
}

/** What the program itself hands in wrongly is a bug, and must not get as far as the disk. */
function checkShape({ plan, stores, texts }: RunChanges): void {
  const isPlanned = ({ path, before, after }: StoreChange, index: number) => {
    const planned = plan.stores[index];
    if (planned?.path !== path || planned.before !== before) return false;
    if (after === null) return planned.after === before && planned.backup === null;
    return planned.after === fingerprint('sha256', after) && planned.backup !== null;
  };
  if (plan.stores.length !== stores.length || !stores.every(isPlanned)) {
    throw new Error('the changes of the run are not those of its plan');
  }
  for (const { path } of texts) {
    const isSafe = path.split('/').every((part) => /^[A-Za-z0-9._-]+$/.test(part) && !/^\.+$/.test(part));
    if (!isSafe) throw new Error(`not a name for a file of a run folder: ${path}`);
  }
}

/**
 * A store that stays as it is needs no lock, which could not be made on a read-only disk; but where a run was killed,
 * locking also clears away what it left beside its stores.
 */
function storesToLock({ stores }: RunChanges, met: RunFolder): readonly string[] {
  const wasKilled = met.state === 'run' && met.journal.state === 'interrupted';
  return stores.filter(({ after }) => after !== null || wasKilled).map(({ path }) => path);
}

function checkUntouched(stores: readonly StoreChange[], files: RunFiles): void {
  for (const { path, before } of stores) {
    if (fingerprint('sha256', files.read(path)) === before) continue;
    throw new TrustError('file/changed-meanwhile', 'the keystore was changed by somebody else since it was read', {
      at: { source: path },
      hint: 'nothing was changed; run again',
    });
  }
}

/**
 * The plan that the run folder is to hold: the new one, or, in a run taken up again, the new one for what is still to be
 * done and the old one for what is done.
 */
function planFor({ folder, plan, stores }: RunChanges, met: RunFolder): PlanDocument {
  if (met.state === 'new') return plan;
  const at = { source: folder };
  const otherFolder = 'name another folder with --out';
  if (met.state === 'foreign') {
    throw new TrustError('output/exists', 'the folder is not empty and holds no run', { at, hint: otherFolder });
  }
  if (JSON.stringify(met.plan.request) !== JSON.stringify(plan.request)) {
    throw new TrustError('run/other-plan', 'the folder holds a run with another plan', { at, hint: otherFolder });
  }
  const { state } = met.journal;
  if (state === 'rolled-back' || state === 'rollback-interrupted') {
    throw new TrustError('run/rolled-back', 'the run in the folder was rolled back', { at, hint: otherFolder });
  }
  if (state === 'complete' && stores.every(({ after }) => after === null)) return met.plan;
  const merged = plan.stores.map((fresh, index) => {
    const old = met.plan.stores[index];
    const isSame = old?.path === fresh.path;
    if (isSame && old.after === fresh.before && fresh.backup === null) return old;
    if (isSame && old.before === fresh.before && state === 'interrupted') return fresh;
    throw new TrustError('run/changed-since', 'the keystore was changed since the run that the folder holds', {
      at: { source: fresh.path },
      hint: otherFolder,
    });
  });
  const isUnchanged = JSON.stringify(merged) === JSON.stringify(met.plan.stores);
  return isUnchanged ? met.plan : { ...plan, stores: merged };
}

interface Start {
  readonly met: RunFolder;
  readonly plan: PlanDocument;
  readonly missingTexts: readonly RunText[];
}

async function carryOut(
  run: RunChanges,
  { met, plan, missingTexts }: Start,
  files: RunFiles,
  { now, signal, onProgress }: ApplyOptions,
): Promise<RunResult> {
  const journalPath = `${run.folder}/${JOURNAL_FILE}`;
  const journal = new JournalWriter((text) => files.append(journalPath, text), {
    now,
    earlier: met.state === 'run' ? met.journal : null,
    ...(onProgress === undefined ? {} : { onEntry: onProgress }),
  });
  const work: Work = { run, plan, files, journal, made: [], madeTexts: [], begun: [] };
  const notes = new Map<string, readonly FileNote[]>();
  try {
    for (const folder of foldersOf(run)) files.clear(folder);
    await writePlan(work, met);
    if (!files.exists(journalPath)) work.made.push(journalPath);
    await journal.step('run', run.folder, async () => {
      for (const [index, change] of run.stores.entries()) {
        if (change.after === null) continue;
        checkSignal(work, signal);
        notes.set(change.path, await changeStore(work, change.after, change, index));
      }
      checkSignal(work, signal);
      for (const text of missingTexts) await writeText(work, text);
    });
  } catch (error) {
    throw await undo(work, met, error);
  }
  return {
    outcome: met.state === 'run' ? 'resumed' : 'applied',
    plan,
    stores: storeResults(run.folder, plan, notes),
    texts: missingTexts.map(({ path }) => `${run.folder}/${path}`),
  };
}

function foldersOf({ folder, texts }: RunChanges): ReadonlySet<string> {
  const below = texts.map(({ path }) => parentOf(`${folder}/${path}`));
  return new Set([folder, `${folder}/${BACKUP_FOLDER}`, ...below]);
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

async function writePlan({ run, plan, files, made }: Work, met: RunFolder): Promise<void> {
  if (met.state === 'run' && plan === met.plan) return;
  const path = `${run.folder}/${PLAN_FILE}`;
  const bytes = new TextEncoder().encode(`${JSON.stringify(plan, null, 2)}\n`);
  if (met.state === 'run') {
    const expectedSha256 = fingerprint('sha256', files.read(path));
    await files.replace(path, bytes, { expectedSha256, verify: () => {} });
    return;
  }
  made.push(...files.makeFolder(run.folder));
  files.writeNew(path, bytes);
  made.push(path);
}

async function changeStore(
  work: Work,
  after: Uint8Array,
  { path, verify }: StoreChange,
  index: number,
): Promise<readonly FileNote[]> {
  const { plan, files, journal } = work;
  const planned = plan.stores[index];
  if (planned === undefined) throw new Error(`the plan does not name ${path}`);
  await journal.step('back-up', path, () => backUp(work, planned));
  const notes = await journal.step('replace', path, () => {
    work.begun.push(planned);
    return files.replace(path, after, { expectedSha256: planned.before, verify });
  });
  await journal.step('verify', path, () => {
    const bytes = files.read(path);
    verify(bytes);
    if (fingerprint('sha256', bytes) === planned.after) return;
    throw new TrustError('file/verification-failed', 'the keystore read back is not the one that was written', {
      at: { source: path },
    });
  });
  return notes;
}

/** A backup that an interrupted call left is kept: it is whole, and holds the same bytes, or the folder is damaged. */
function backUp({ run, files, made }: Work, planned: PlannedStore): void {
  const backupFile = `${run.folder}/${planned.backup}`;
  if (!files.exists(backupFile)) {
    made.push(...files.makeFolder(`${run.folder}/${BACKUP_FOLDER}`, { isPrivate: true }));
    files.writeNew(backupFile, files.read(planned.path), { like: planned.path });
    made.push(backupFile);
  }
  readBackup(run.folder, planned, files);
}

async function writeText({ run, plan, files, journal, madeTexts }: Work, { path, text }: RunText): Promise<void> {
  const file = `${run.folder}/${path}`;
  await journal.step('write-text', path, () => {
    madeTexts.push(...files.makeFolder(parentOf(file)));
    files.writeNew(file, new TextEncoder().encode(typeof text === 'string' ? text : text(plan)));
    madeTexts.push(file);
  });
}

/** Where a run can stop, it says what is done. */
function checkSignal({ run, begun }: Work, signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const open = run.stores.filter(({ path, after }) => after !== null && begun.every((store) => store.path !== path));
  const done = begun.length === 0 ? 'no keystore was changed' : `changed: ${begun.map(({ path }) => path).join(', ')}`;
  const left = open.length === 0 ? 'texts are missing' : `not changed: ${open.map(({ path }) => path).join(', ')}`;
  throw new TrustError('run/interrupted', `interrupted; ${done}; ${left}`, {
    at: { source: run.folder },
    hint:
      begun.length === 0
        ? 'run again'
        : `the same call goes on where this one stopped; \`anchorctl rollback ${run.folder}\` goes back`,
  });
}

/**
 * Takes back what a failed call did, and gives the error to throw. An interrupted call that changed something keeps it,
 * for the next one to go on.
 */
async function undo(work: Work, met: RunFolder, error: unknown): Promise<unknown> {
  const { run, files, journal, begun } = work;
  const isInterruption = error instanceof TrustError && error.code === 'run/interrupted';
  if (isInterruption && (begun.length > 0 || met.state === 'run')) return error;
  // The texts first: they may be what fills the disk on which the old keystores need room again.
  const stuck = removeMade(work.madeTexts, files);
  const { restored, left } = await putBack(run.folder, begun, files, journal);
  if (left.length === 0) stuck.push(...removeMade(work.made, files));
  if (!(error instanceof TrustError) || restored.length + left.length + stuck.length === 0) return error;
  const parts = [
    error.message,
    ...(restored.length === 0 ? [] : [`put back as before: ${restored.join(', ')}`]),
    ...(left.length === 0 ? [] : [`NOT put back: ${left.join(', ')}`]),
    ...(stuck.length === 0 ? [] : [`left behind: ${stuck.join(', ')}`]),
  ];
  return new TrustError('run/failed', parts.join('; '), {
    ...(error.at === undefined ? {} : { at: error.at }),
    hint:
      left.length === 0
        ? (error.hint ?? 'run again')
        : `the keystores as they were are in ${run.folder}/${BACKUP_FOLDER}`,
    cause: error,
  });
}

/** Gives what had to stay. */
function removeMade(made: readonly string[], files: RunFiles): string[] {
  return made.toReversed().filter((path) => !files.remove(path));
}

function storeResults(
  folder: string,
  plan: PlanDocument,
  notes: ReadonlyMap<string, readonly FileNote[]>,
): readonly StoreResult[] {
  return plan.stores.map(({ path, before, after, backup }) => ({
    path,
    changed: notes.has(path),
    before,
    after,
    backup: backup === null ? null : `${folder}/${backup}`,
    notes: notes.get(path) ?? [],
  }));
}
