/**
 * Replacing a file so that whoever looks, at any moment and after any crash, sees the old file or the new one, whole: a
 * temporary file in the same folder, on the disk and verified, takes the name over in one step. docs/file-safety.md
 * says what is promised; docs/decisions/0004-replacing-a-keystore.md says why it is done so.
 *
 * @module
 */
import { constants, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { TrustError } from '../errors.js';
import { type Host, type HostFileSystem, thisHost } from './host.js';
import {
  addName,
  nameTemporary,
  removeFiles,
  startSyncing,
  startWriting,
  syncFolder,
  takeOverName,
  withLeftovers,
} from './new-file.js';
import { MAX_INPUT_BYTES, readInPieces, statRegularFile } from './read-input.js';
import { systemErrorCode, toReadError, toWriteError } from './system-error.js';

/**
 * The steps of `replaceFile`, in order; each is announced right before it begins, `finished` at the end. Both files are being
 * brought to the disk while the new one is verified; both are there before `name-backup`.
 */
export const REPLACE_STEPS = [
  'look-at-original',
  'create-temporary',
  'write-temporary',
  'sync-temporary',
  'write-backup',
  'verify-temporary',
  'name-backup',
  'check-original',
  'rename',
  'sync-folder',
  'finished',
] as const;

/** One of the steps of `replaceFile`. */
export type ReplaceStep = (typeof REPLACE_STEPS)[number];

/** How a file is replaced. */
export interface ReplaceFileOptions {
  /** The file as the caller knows it: anything else is refused. Not to be changed before this has ended. */
  readonly expected: Uint8Array;
  /** Throws a `TrustError` when the bytes, equal to what was read back from the disk, are not what they should be. */
  readonly verify: (bytes: Uint8Array) => void;
  /** Where the old content goes first; must not exist yet. */
  readonly backup?: string;
  readonly onStep?: (step: ReplaceStep) => void;
  readonly host?: Host;
}

/** Something about a file that its owner should know. */
export interface ReplaceNote {
  readonly code: 'file/hard-link';
  readonly message: string;
}

/** What `replaceFile` did. */
export interface ReplacedFile {
  /** The file itself, where the path given is a symbolic link. */
  readonly path: string;
  readonly notes: readonly ReplaceNote[];
}

/** On Windows a rename fails so while another program has the file open without sharing it. */
const HELD_OPEN: ReadonlySet<string | null> = new Set(['EPERM', 'EACCES', 'EBUSY']);
/** A virus scanner lets go within a second or two; a service that keeps its keystore open does not. */
const RENAME_ATTEMPTS = 20;
const RENAME_PAUSE_MS = 250;

/**
 * Puts new content in the place of a file's. Mode and owner stay; a symbolic link stays, what it points to is replaced.
 * The caller holds the lock (lock.ts).
 *
 * @throws {TrustError} `input/not-found` and the like, `file/changed-meanwhile`, `file/verification-failed`,
 *   `file/cannot-write`, `output/exists` (the backup). The file is untouched then and nothing is left beside it, unless
 *   the message says that it was replaced (the folder could not be brought to the disk)
 */
export async function replaceFile(path: string, bytes: Uint8Array, options: ReplaceFileOptions): Promise<ReplacedFile> {
  const { expected, verify, backup, onStep = () => {}, host = thisHost } = options;
  const { fs } = host;
  onStep('look-at-original');
  const target = resolveLinks(path, fs);
  // Its content is looked at where that counts: before the name changes hands.
  const stats = statRegularFile(target, MAX_INPUT_BYTES, fs);
  checkWritable(target, fs);

  const temporary = nameTemporary(target, host);
  // Beside the backup, for a link leads nowhere else; named after the file whose lock is held, like all that a kill may leave.
  const unnamed = backup === undefined ? null : nameTemporary(join(dirname(backup), basename(target)), host);
  const written: string[] = [];
  try {
    await meanwhile((toDisk) => {
      onStep('create-temporary');
      toDisk(startWriting(temporary, bytes, { like: stats, written, onStep }, host));
      onStep('write-backup');
      if (unnamed !== null) toDisk(startKeeping({ target, stats, expected }, { unnamed, written }, host));
      onStep('verify-temporary');
      verifyWritten(temporary, bytes, verify, fs);
    });
    onStep('name-backup');
    if (backup !== undefined && unnamed !== null) {
      takeOverName(unnamed, backup, host);
      written.push(backup);
    }
    await renameOver(temporary, target, host, () => {
      onStep('check-original');
      checkSame(path, target, stats, expected, fs);
      onStep('rename');
    });
  } catch (error) {
    throw toWriteError(withLeftovers(error, removeFiles(written, fs), path), path);
  }
  onStep('sync-folder');
  syncReplaced(path, target, host);
  onStep('finished');
  return { path: target, notes: hardLinkNotes(path, stats) };
}

/**
 * Begins to keep the old content under a temporary name: the old file itself, with all that is known of it, by a second name.
 * A copy, where it has other names, by which others may write to it later; where there are no hard links; and on Windows,
 * where a program that holds the file open would hold both.
 *
 * @returns and throws as `startWriting`
 */
function startKeeping(
  { target, stats, expected }: { readonly target: string; readonly stats: Stats; readonly expected: Uint8Array },
  { unnamed, written }: { readonly unnamed: string; readonly written: string[] },
  host: Host,
): Promise<void> {
  if (stats.nlink === 1 && host.platform !== 'win32' && addNameUnlessGone(target, unnamed, host.fs)) {
    written.push(unnamed);
    return startSyncing(unnamed, host);
  }
  // What the change was worked out from; whether the file is still that is seen before the name changes hands.
  return startWriting(unnamed, expected, { like: stats, written }, host);
}

/** As `addName`; false, too, where the old file is gone: the last look says so better than a link that fails. */
function addNameUnlessGone(target: string, unnamed: string, fs: HostFileSystem): boolean {
  try {
    return addName(target, unnamed, fs);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Does work that starts writing files, and ends when these are on the disk and closed: also where the work fails, since not
 * every system removes a file that is open.
 *
 * @throws what the work throws, or else the error of the first file that is not on the disk
 */
async function meanwhile(work: (toDisk: (file: Promise<void>) => void) => void): Promise<void> {
  const files: Promise<void>[] = [];
  let ends: readonly PromiseSettledResult<void>[] = [];
  try {
    work((file) => files.push(file));
  } finally {
    ends = await Promise.allSettled(files);
  }
  const failed = ends.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/**
 * The file that a path leads to.
 *
 * @throws {TrustError} `input/not-found`, `input/not-readable`
 */
export function resolveLinks(path: string, fs: HostFileSystem): string {
  try {
    return fs.realpathSync.native(path);
  } catch (error) {
    throw toReadError(error, path);
  }
}

/** Whether a file holds other bytes than these. It is read in pieces: a large one would be in memory once more. */
function compareFile(path: string, bytes: Uint8Array, fs: HostFileSystem): { isOther: boolean; stats: Stats } {
  let length = 0;
  let isSame = true;
  const stats = readInPieces(path, MAX_INPUT_BYTES, fs, (piece) => {
    isSame &&= Buffer.compare(piece, bytes.subarray(length, length + piece.length)) === 0;
    length += piece.length;
  });
  return { isOther: !isSame || length !== bytes.length, stats };
}

function changedMeanwhile(path: string): TrustError {
  return new TrustError('file/changed-meanwhile', 'the file was changed by somebody else since it was read', {
    at: { source: path },
    hint: 'nothing was changed; run again',
  });
}

/** A rename asks the folder only; a file that its owner made read-only is to stay as it is. */
function checkWritable(path: string, fs: HostFileSystem): void {
  try {
    fs.accessSync(path, constants.W_OK);
  } catch (error) {
    throw toWriteError(error, path);
  }
}

/** Reads back what is on the disk. Where it is what was written, byte for byte, one copy in memory stands for both. */
function verifyWritten(path: string, bytes: Uint8Array, verify: (bytes: Uint8Array) => void, fs: HostFileSystem): void {
  if (compareFile(path, bytes, fs).isOther) {
    throw new TrustError('file/verification-failed', 'what was read back is not what was written', {
      hint: 'the disk or the file system loses data; nothing was changed',
    });
  }
  try {
    verify(bytes);
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    throw new TrustError('file/verification-failed', `the new content does not verify: ${error.message}`, {
      hint: 'nothing was changed',
      cause: error,
    });
  }
}

/** The last look before the name changes hands: same file, same content, and the path still leads to it. */
function checkSame(path: string, target: string, before: Stats, expected: Uint8Array, fs: HostFileSystem): void {
  try {
    const { stats, isOther } = compareFile(target, expected, fs);
    if (!isOther && resolveLinks(path, fs) === target && stats.ino === before.ino && stats.dev === before.dev) return;
  } catch (error) {
    if (!(error instanceof TrustError) || error.code !== 'input/not-found') throw error;
  }
  throw changedMeanwhile(path);
}

async function renameOver(from: string, to: string, host: Host, check: () => void): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    check();
    try {
      host.fs.renameSync(from, to);
      return;
    } catch (error) {
      const code = systemErrorCode(error);
      if (host.platform !== 'win32' || !HELD_OPEN.has(code)) throw error;
      if (attempt === RENAME_ATTEMPTS) throw heldOpen(to, error);
    }
    await host.sleep(RENAME_PAUSE_MS);
  }
}

function heldOpen(path: string, cause: unknown): TrustError {
  const seconds = ((RENAME_ATTEMPTS - 1) * RENAME_PAUSE_MS) / 1000;
  return new TrustError(
    'file/cannot-write',
    `another program holds the file open (${systemErrorCode(cause)}, tried for ${seconds} seconds)`,
    { at: { source: path }, hint: 'stop the service that holds it open, then run again', cause },
  );
}

function syncReplaced(path: string, target: string, host: Host): void {
  try {
    syncFolder(dirname(target), host);
  } catch (error) {
    const { message, at } = toWriteError(error, path);
    throw new TrustError('file/cannot-write', `the file was replaced, but its folder ${message}`, {
      ...(at === undefined ? {} : { at }),
      hint: 'the new file is in place; whether it survives a power cut is not known: check the disk',
      cause: error,
    });
  }
}

function hardLinkNotes(path: string, { nlink }: Stats): readonly ReplaceNote[] {
  if (nlink <= 1) return [];
  const others = nlink - 1;
  return [
    {
      code: 'file/hard-link',
      message: `${path} had ${others} more ${others === 1 ? 'name, which keeps' : 'names, which keep'} the old content`,
    },
  ];
}
