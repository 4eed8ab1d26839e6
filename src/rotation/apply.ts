/**
 * Carrying a plan out: lock, compare, back up, replace, verify, write the texts, journal. Whatever fails, the keystores
 * that this call changed get their old bytes back. A run that was killed is taken up again by the same call.
 *
 * @module
 */
import { renderDocument } from '../encoding/json-text.js';
import { expectTrustError, TrustError } from '../errors.js';
import { fingerprint } from '../x509/fingerprint.js';
import { isInterrupted } from './interruption.js';
import { type JournalEntry, JournalWriter } from './journal.js';
import type { PlanDocument } from './plan-document.js';
import { putBack, readBackup, rollbackCall } from './put-back.js';
import { describeText, type Resumption, renderText, resumeRun } from './resume.js';
import {
  BACKUP_FOLDER,
  clearRunFolder,
  clearStores,
  currentSha256,
  DEVICES_FOLDER,
  type FileNote,
  JOURNAL_FILE,
  lockRunFolder,
  lockStores,
  PLAN_FILE,
  type PlannedStore,
  type RunFiles,
  type RunLock,
  readUnchanged,
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
  /** Relative to the run folder: in it, or in `devices/`. */
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
 * Carries a plan out, or takes up one that was interrupted. What killed calls left beside the keystores and in the run
 * folder is cleared away, also where nothing is to do.
 *
 * @throws {TrustError} nothing was changed: `file/changed-meanwhile`, `file/locked`, what `checkRunFolder` throws, and
 *   whatever the first write met; `run/failed`: keystores were changed and put back, or the message says which were
 *   not; `run/interrupted`: by `signal`
 */
export async function applyRun(run: RunChanges, files: RunFiles, options: ApplyOptions): Promise<RunResult> {
  checkShape(run);
  await clearRunFolder(run.folder, files);
  await clearStores(run.stores, files);
  const seen = look(run, files);
  if (seen.isComplete) return alreadyDone(run, seen);

  const folders = files.makeFolder(run.folder);
  try {
    const lock = await lockRunFolder(run.folder, files);
    try {
      // Again under the lock: somebody else may have gone on with the run.
      const locked = look(run, files);
      return locked.isComplete ? alreadyDone(run, locked) : await carryOut(run, locked, files, options);
    } finally {
      lock.release();
    }
  } catch (error) {
    throw withStuck(error, removeMade(folders, files));
  }
}

/**
 * Whether `applyRun` could use the run folder, as far as that can be told without writing: for a dry run.
 *
 * @throws {TrustError} `output/exists` (the folder holds something else), `run/other-plan`, `run/rolled-back`,
 *   `run/changed-since` (a keystore or a text of the run), `run/damaged`, `run/not-a-run-folder` (it is a file),
 *   `usage/bad-value` (the empty path), `file/changed-meanwhile`
 */
export function checkRunFolder(run: RunChanges, files: RunFiles): void {
  checkShape(run);
  look(run, files);
}

function look(run: RunChanges, files: RunFiles): Resumption {
  try {
    return resumeRun(run, files);
  } finally {
    // Whatever the folder says: the same call at the same time may have done it all since the keystores were read, and then
    // it is them that this one knows no more.
    checkUntouched(run.stores, files);
  }
}

function alreadyDone({ folder }: RunChanges, { plan }: Resumption): RunResult {
  return { outcome: 'already', plan, stores: storeResults(folder, plan, new Map()), texts: [] };
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
    const name = path.startsWith(`${DEVICES_FOLDER}/`) ? path.slice(DEVICES_FOLDER.length + 1) : path;
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name)) throw new Error(`not a name for a file of a run folder: ${path}`);
  }
}

function checkUntouched(stores: readonly StoreChange[], files: RunFiles): void {
  for (const { path, before } of stores) readUnchanged(path, before, files);
}

async function carryOut(
  run: RunChanges,
  resumption: Resumption,
  files: RunFiles,
  { now, signal, onProgress }: ApplyOptions,
): Promise<RunResult> {
  const { met, plan, missingTexts } = resumption;
  const journalPath = `${run.folder}/${JOURNAL_FILE}`;
  const journal = new JournalWriter((text) => files.append(journalPath, text), {
    now,
    earlier: met.state === 'run' ? met.journal : null,
    ...(onProgress === undefined ? {} : { onEntry: onProgress }),
  });
  const work: Work = { run, plan, files, journal, made: [], madeTexts: [], begun: [] };
  const notes = new Map<string, readonly FileNote[]>();
  let locks: RunLock | null = null;
  try {
    // Before the locks: what a kill leaves beside a keystore is found again by way of the plan.
    await writePlan(work, met);
    // A store that stays as it is needs no lock, which could not be made on a read-only disk.
    const changes = run.stores.filter(({ after }) => after !== null);
    locks = await lockStores(
      changes.map(({ path }) => path),
      files,
    );
    checkUntouched(run.stores, files);
    if (!files.exists(journalPath)) work.made.push(journalPath);
    await journal.step('run', run.folder, async () => {
      for (const [index, change] of run.stores.entries()) {
        if (change.after === null) continue;
        await checkSignal(work, signal);
        notes.set(change.path, await changeStore(work, change.after, change, index));
      }
      await checkSignal(work, signal);
      for (const text of missingTexts) await writeText(work, text);
    });
  } catch (error) {
    throw await undo(work, met, error);
  } finally {
    locks?.release();
  }
  return {
    outcome: met.state === 'run' ? 'resumed' : 'applied',
    plan,
    stores: storeResults(run.folder, plan, notes),
    texts: missingTexts.map(({ path }) => `${run.folder}/${path}`),
  };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

async function writePlan({ run, plan, files, made }: Work, met: Resumption['met']): Promise<void> {
  if (met.state === 'run' && plan === met.plan) return;
  const path = `${run.folder}/${PLAN_FILE}`;
  const bytes = new TextEncoder().encode(renderDocument(plan));
  if (met.state === 'run') {
    await files.replace(path, bytes, { expected: files.read(path), verify: () => {} });
    return;
  }
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
  const before = await journal.step('back-up', path, () => backUp(work, planned));
  const notes = await journal.step('replace', path, () => {
    work.begun.push(planned);
    return files.replace(path, after, { expected: before, verify });
  });
  await journal.step('verify', path, () => {
    const bytes = files.read(path);
    verify(bytes);
    if (fingerprint('sha256', bytes) === planned.after) return;
    throw new TrustError('file/verification-failed', 'the keystore read back is not the one that was written', {
      at: { source: path },
      hint: 'see whether something else writes to it; check the disk',
    });
  });
  return notes;
}

/**
 * Gives what is in the backup. One that an interrupted call left is kept: it is whole, and holds the same bytes, or the
 * folder is damaged.
 */
function backUp({ run, files, made }: Work, planned: PlannedStore): Uint8Array {
  const backupFile = `${run.folder}/${planned.backup}`;
  // Where a disk has no hard links, the name is there before the content: a kill in between leaves it empty.
  const isLeft = files.exists(backupFile) && files.read(backupFile).length > 0;
  if (!isLeft) {
    files.remove(backupFile);
    made.push(...files.makeFolder(`${run.folder}/${BACKUP_FOLDER}`, { isPrivate: true }));
    files.writeNew(backupFile, files.read(planned.path), { like: planned.path });
    made.push(backupFile);
  }
  return readBackup(run.folder, planned, files);
}

async function writeText({ run, plan, files, journal, madeTexts }: Work, text: RunText): Promise<void> {
  const file = `${run.folder}/${text.path}`;
  const write = () => {
    const bytes = renderText(text, plan);
    madeTexts.push(...files.makeFolder(parentOf(file)));
    files.writeNew(file, bytes);
    madeTexts.push(file);
    return bytes;
  };
  await journal.step('write-text', text.path, write, describeText);
}

/** Where a run can stop, it says what is done. */
async function checkSignal({ run, begun }: Work, signal: AbortSignal | undefined): Promise<void> {
  if (!(await isInterrupted(signal))) return;
  const open = run.stores.filter(({ path, after }) => after !== null && begun.every((store) => store.path !== path));
  const done = begun.length === 0 ? 'no keystore was changed' : `changed: ${begun.map(({ path }) => path).join(', ')}`;
  const left = open.length === 0 ? 'texts are missing' : `not changed: ${open.map(({ path }) => path).join(', ')}`;
  throw new TrustError('run/interrupted', `interrupted; ${done}; ${left}`, {
    at: { source: run.folder },
    hint:
      begun.length === 0
        ? 'run again'
        : `the same call goes on where this one stopped; \`${rollbackCall(run.folder)}\` goes back`,
  });
}

/**
 * Takes back what a failed call did, and gives the error to throw. An interrupted call that changed something keeps it,
 * for the next one to go on.
 */
async function undo(work: Work, met: Resumption['met'], error: unknown): Promise<unknown> {
  const { run, files, journal, begun } = work;
  const isInterruption = error instanceof TrustError && error.code === 'run/interrupted';
  if (isInterruption && (begun.length > 0 || met.state === 'run')) return error;
  // The texts first: they may be what fills the disk on which the old keystores need room again.
  const stuck = removeMade(work.madeTexts, files);
  removeNeedlessBackups(work);
  const { restored, left } = await putBack(run.folder, begun, files, journal);
  if (left.length === 0) stuck.push(...removeMade(work.made, files));
  const earlier = changedEarlier(work);
  if (!(error instanceof TrustError) || restored.length + left.length + stuck.length + earlier.length === 0)
    return error;
  const parts = [
    error.message,
    ...(restored.length === 0 ? [] : [`put back as before: ${restored.join(', ')}`]),
    ...(left.length === 0 ? [] : [`NOT put back: ${left.join(', ')}`]),
    ...(stuck.length === 0 ? [] : [`left behind: ${stuck.join(', ')}`]),
    ...(earlier.length === 0 ? [] : [`changed by an earlier call, and left so: ${earlier.join(', ')}`]),
  ];
  // What only an earlier call did is no failure of this one.
  const code = restored.length + left.length + stuck.length === 0 ? error.code : 'run/failed';
  return new TrustError(code, parts.join('; '), {
    ...(error.at === undefined ? {} : { at: error.at }),
    hint: hintAfter(error, run.folder, { left, earlier }),
    cause: error,
  });
}

/** Then those backups of this call that nobody will ask for, its keystore being as it was. What has to stay is met again later. */
function removeNeedlessBackups({ run, plan, files, made }: Work): void {
  for (const { path, before, backup } of plan.stores) {
    const place = made.indexOf(`${run.folder}/${backup}`);
    if (place < 0 || !isAsBefore(path, before, files)) continue;
    if (files.remove(`${run.folder}/${backup}`)) made.splice(place, 1);
  }
}

/** False where it cannot be told. */
function isAsBefore(path: string, before: string, files: RunFiles): boolean {
  try {
    return currentSha256(path, files) === before;
  } catch (error) {
    expectTrustError(error);
    return false;
  }
}

/** Keystores that a call changed which was interrupted or killed, and that this one had nothing more to do with. */
function changedEarlier({ run, plan }: Work): readonly string[] {
  const isDone = ({ backup }: PlannedStore, index: number) => backup !== null && run.stores[index]?.after === null;
  return plan.stores.filter(isDone).map(({ path }) => path);
}

function hintAfter(
  { hint = 'run again' }: TrustError,
  folder: string,
  { left, earlier }: { readonly left: readonly string[]; readonly earlier: readonly string[] },
): string {
  const call = `\`${rollbackCall(folder)}\``;
  if (left.length > 0) return `${call} tries again; the keystores as they were are in ${folder}/${BACKUP_FOLDER}`;
  return earlier.length > 0 ? `${hint}; ${call} takes back what is changed` : hint;
}

/** The error of a call whose run folder, empty again, had to stay. */
function withStuck(error: unknown, stuck: readonly string[]): unknown {
  if (!(error instanceof TrustError) || stuck.length === 0) return error;
  const { at, hint = 'run again' } = error;
  const message = `${error.message}; left behind: ${stuck.join(', ')}`;
  return new TrustError('run/failed', message, { ...(at === undefined ? {} : { at }), hint, cause: error });
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
