/**
 * The run folder: what `rotate --out` leaves behind, and the files it needs for that.
 *
 *     plan.json        what was to be done, with every keystore before and after
 *     journal.ndjson   what was done, a line when a step begins and one when it ends
 *     backup/          the keystores as they were, byte for byte
 *     and the texts of the run: device blocks, the runbook
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { fingerprint } from '../x509/fingerprint.js';
import { type Journal, parseJournal } from './journal.js';
import { type PlanDocument, parsePlanDocument } from './plan-document.js';

/** One keystore of a plan, as `plan.json` holds it. */
export interface PlannedStore {
  /** Absolute, so that a rollback finds it from any folder. */
  readonly path: string;
  /** SHA-256 of the file before the run, lower-case hex. */
  readonly before: string;
  /** SHA-256 after it; equal to `before` where nothing is to change. */
  readonly after: string;
  /** Relative to the run folder; null where nothing is to change. */
  readonly backup: string | null;
}

/** Something about a file that its owner should know; not an error. */
export interface FileNote {
  readonly code: 'file/hard-link';
  readonly message: string;
}

/** A held lock. */
export interface RunLock {
  /** Gives it back; a second call does nothing. */
  release(): void;
}

/**
 * The files that a run works on. Everything throws a `TrustError` where the file system refuses.
 */
export interface RunFiles {
  /** The path without symbolic links: two names of one file give the same. */
  resolve(path: string): string;
  /**
   * Waits for a bounded time for the lock of a keystore, or of a run folder with the `folders` below it in which a run
   * writes; `file/locked` when somebody else keeps it. What dead processes left there is cleared away.
   */
  lock(path: string, folders?: readonly string[]): Promise<RunLock>;
  /** Clears away what dead processes left; writes nothing where there is nothing, and leaves alone what is locked. */
  clear(path: string, folders?: readonly string[]): Promise<void>;
  /** The whole file; `input/not-found` and the like. */
  read(path: string): Uint8Array;
  /** Whether there is anything under that path. */
  exists(path: string): boolean;
  /** The names in a folder, sorted, without temporary files and its lock; null when there is no such folder. */
  list(folder: string): readonly string[] | null;
  /** Makes a folder and what is missing above it, and names those it made, outermost first. */
  makeFolder(path: string, options?: { readonly isPrivate?: boolean }): readonly string[];
  /** Writes a file that must not exist yet (`output/exists`); whole or not at all; `like` lends mode and owner. */
  writeNew(path: string, bytes: Uint8Array, options?: { readonly like?: string }): void;
  /** Puts new content in the place of a file's, whole or not at all, keeping mode and owner. */
  replace(
    path: string,
    bytes: Uint8Array,
    options: { readonly expected: Uint8Array; readonly verify: (bytes: Uint8Array) => void },
  ): Promise<readonly FileNote[]>;
  /** Adds to the end of a file, which is made when missing, and waits until it is on the disk. */
  append(path: string, text: string): void;
  /** Removes a file or an empty folder, if it is there; false when it had to stay. */
  remove(path: string): boolean;
}

/** Names inside a run folder. */
export const PLAN_FILE = 'plan.json';
export const JOURNAL_FILE = 'journal.ndjson';
export const BACKUP_FOLDER = 'backup';
export const DEVICES_FOLDER = 'devices';

/** The folders below a run folder in which a run writes. */
const WRITTEN_FOLDERS: readonly string[] = [BACKUP_FOLDER, DEVICES_FOLDER];

/** Where the backup of the n-th keystore (from 0) of a run goes, relative to the run folder. */
export function backupPath(index: number, storePath: string): string {
  return `${BACKUP_FOLDER}/${index + 1}-${storePath.split(/[\\/]/).at(-1)}`;
}

/** A run folder as it is met: `new` also when it exists and is empty, `foreign` when it holds something else. */
export type RunFolder =
  | { readonly state: 'new' }
  | { readonly state: 'foreign' }
  | { readonly state: 'run'; readonly plan: PlanDocument; readonly journal: Journal };

/**
 * Reads what is under a path that is to be, or is, a run folder.
 *
 * @throws {TrustError} `run/damaged` when its plan or journal cannot be understood
 */
export function readRunFolder(folder: string, files: RunFiles): RunFolder {
  const names = files.list(folder);
  if (names === null || names.length === 0) return { state: 'new' };
  if (!names.includes(PLAN_FILE)) return { state: 'foreign' };
  const planPath = `${folder}/${PLAN_FILE}`;
  const plan = parsePlanDocument(readText(planPath, files), planPath);
  if (!plan.stores.every(isPlannedStore)) {
    throw new TrustError('run/damaged', 'the plan names a keystore without its path, digests or backup', {
      at: { source: planPath },
      hint: 'the backups in the run folder are plain copies of the keystores; they can be copied back by hand',
    });
  }
  const journalPath = `${folder}/${JOURNAL_FILE}`;
  const journal = parseJournal(names.includes(JOURNAL_FILE) ? readText(journalPath, files) : '', journalPath);
  return { state: 'run', plan, journal };
}

/** What begins like this is absolute, here or on Windows; no path holds a NUL. */
const ABSOLUTE = /^(?:\/|[A-Za-z]:[\\/]|\\\\)[^\0]*$/;

/** A plan is a file that anybody may have edited: its digests are digests, a backup stays inside the run folder. */
function isPlannedStore(value: unknown): value is PlannedStore {
  if (typeof value !== 'object' || value === null) return false;
  const { path, before, after, backup }: Partial<Record<keyof PlannedStore, unknown>> = value;
  if (typeof path !== 'string' || !ABSOLUTE.test(path) || !isSha256(before) || !isSha256(after)) return false;
  return backup === null ? before === after : typeof backup === 'string' && /^backup\/[^/\\\0]+$/.test(backup);
}

function isSha256(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function readText(path: string, files: RunFiles): string {
  return new TextDecoder().decode(files.read(path));
}

/** SHA-256 of a keystore as it is now; null when there is none. */
export function currentSha256(path: string, files: RunFiles): string | null {
  return files.exists(path) ? fingerprint('sha256', files.read(path)) : null;
}

/**
 * Reads a keystore that must be as it was.
 *
 * @param sha256 - what it was then
 * @throws {TrustError} `file/changed-meanwhile`
 */
export function readUnchanged(path: string, sha256: string, files: RunFiles): Uint8Array {
  const bytes = files.read(path);
  if (fingerprint('sha256', bytes) === sha256) return bytes;
  throw new TrustError('file/changed-meanwhile', 'the keystore was changed by somebody else since it was read', {
    at: { source: path },
    hint: 'nothing was changed; run again',
  });
}

/** Locks a run folder, which has to be there. Whoever needs keystores too locks them after it. */
export function lockRunFolder(folder: string, files: RunFiles): Promise<RunLock> {
  return files.lock(folder, WRITTEN_FOLDERS);
}

/**
 * Clears away what killed calls left in a run folder.
 *
 * @throws {TrustError} `file/cannot-write` naming what had to stay
 */
export function clearRunFolder(folder: string, files: RunFiles): Promise<void> {
  return files.clear(folder, WRITTEN_FOLDERS);
}

/** The same beside keystores. */
export async function clearStores(stores: readonly { readonly path: string }[], files: RunFiles): Promise<void> {
  for (const { path } of stores) await files.clear(path);
}

/**
 * Locks keystores for a run. The order is that of their resolved paths, so that two runs never wait for each other.
 *
 * @throws {TrustError} `file/locked`, `usage/conflict` (one keystore under two names); nothing stays locked then
 */
export async function lockStores(paths: readonly string[], files: RunFiles): Promise<RunLock> {
  const resolved = paths.map((path) => files.resolve(path)).sort();
  const twice = resolved.find((path, index) => path === resolved[index + 1]);
  if (twice !== undefined) {
    throw new TrustError('usage/conflict', 'the keystore is named twice', {
      at: { source: twice },
      hint: 'name it once; two names of a call lead to this file',
    });
  }
  const locks: RunLock[] = [];
  const release = () => {
    for (const lock of locks.splice(0).reverse()) lock.release();
  };
  try {
    for (const path of resolved) locks.push(await files.lock(path));
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}
