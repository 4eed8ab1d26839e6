/**
 * Writing a new file, whole or not at all, and on the disk when the call returns. The pieces serve the replacing of a
 * file too (atomic-file.ts).
 *
 * @module
 */
import { constants, type Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { TrustError } from '../errors.js';
import { requireNoDeadLink } from './dead-link.js';
import { type Host, type HostFileSystem, thisHost } from './host.js';
import { prefixBeside } from './name-beside.js';
import { READ_ONLY } from './read-input.js';
import { requirePath, systemErrorCode, toWriteError } from './system-error.js';

/** What a file gets unless something else is asked for; the mask of the process narrows it. */
const USUAL_MODE = 0o666;

/**
 * Some file systems (FAT, some of the network) have no hard links; Node.js on Windows calls that EISDIR. A file that is a mount
 * of its own, as in a container, has none beside it (EXDEV).
 */
const NO_HARD_LINKS: ReadonlySet<string | null> = new Set([
  ...['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'],
  ...['EISDIR', 'EXDEV'],
]);

/** Some file systems cannot bring a folder to the disk, and say so with one of these. */
const NO_FOLDER_SYNC: ReadonlySet<string | null> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'EACCES']);

/** How a new file is written. */
export interface WriteNewFileOptions {
  /** A file whose mode and owner the new one gets; otherwise the usual ones. */
  readonly like?: string;
  /** Otherwise the widest access it gets, which the mask of the process may narrow; default: 0o666. */
  readonly mode?: number;
  readonly host?: Host;
}

/**
 * Writes a file that must not exist yet, whole or not at all, and makes the folders above it.
 *
 * @returns the folders that it made, outermost first; where it fails, none of them is left
 * @throws {TrustError} `output/exists`, `file/cannot-write`; `usage/bad-value` for the empty path
 */
export function writeNewFile(
  path: string,
  bytes: Uint8Array,
  { like, mode = USUAL_MODE, host = thisHost }: WriteNewFileOptions = {},
): readonly string[] {
  requirePath(path);
  let made: readonly string[] = [];
  try {
    made = makeFolders(dirname(path), host);
    writeExclusively(path, bytes, like === undefined ? { mode } : { like: host.fs.statSync(like) }, host);
    return made;
  } catch (error) {
    throw toWriteError(withLeftovers(error, removeFolders(made, host.fs), path), path);
  }
}

/**
 * Makes a folder and what is missing above it, on the disk when it returns. Not by the `recursive` of Node.js, which takes a
 * read-only disk for a folder that is not there.
 *
 * @returns those that this call made, outermost first; where it fails, none of them is left
 * @throws {TrustError} `file/cannot-write`: a file stands in the way, which is named; or the system error
 */
export function makeFolders(path: string, host: Host, mode = 0o777): readonly string[] {
  const { fs } = host;
  const missing: string[] = [];
  for (let folder = resolve(path); !isFolder(folder, fs); folder = dirname(folder)) {
    missing.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  const made: string[] = [];
  try {
    for (const folder of missing) {
      if (!isMade(folder, fs, mode)) continue;
      made.push(folder);
      syncFolder(dirname(folder), host);
    }
    return made;
  } catch (error) {
    throw withLeftovers(error, removeFolders(made, fs), path);
  }
}

/** False when somebody else made it in between. */
function isMade(folder: string, fs: HostFileSystem, mode: number): boolean {
  try {
    fs.mkdirSync(folder, { mode });
    return true;
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw toWriteError(error, folder);
    if (isFolder(folder, fs)) return false;
    throw inTheWay(folder, 'a symbolic link that leads nowhere');
  }
}

/** False where there is nothing. */
function isFolder(path: string, fs: HostFileSystem): boolean {
  try {
    const stats = fs.statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory() === false) throw inTheWay(path, 'a file');
    return stats !== undefined;
  } catch (error) {
    // Below a file: that one is met further up.
    if (systemErrorCode(error) === 'ENOTDIR') return false;
    throw toWriteError(error, path);
  }
}

function inTheWay(path: string, what: string): TrustError {
  return new TrustError('file/cannot-write', `cannot be written: ${what} stands where a folder is needed`, {
    at: { source: path },
    hint: 'name another path, or move it away',
  });
}

/**
 * Writes a new file under a name that must be free, in one step: it is never half there.
 *
 * @throws {TrustError} `output/exists`; or the system error. Nothing is left then
 */
function writeExclusively(path: string, bytes: Uint8Array, access: Access, host: Host): void {
  const temporary = nameTemporary(path, host);
  const written: string[] = [];
  try {
    const file = makeFile(temporary, bytes, { ...access, written }, host);
    try {
      host.fs.fsyncSync(file);
    } finally {
      host.fs.closeSync(file);
    }
    takeOverName(temporary, path, host);
  } catch (error) {
    throw withLeftovers(error, removeFiles(written, host.fs), path);
  }
}

/**
 * Gives a temporary file that is on the disk a name that must be free, and brings the name to the disk.
 *
 * @throws {TrustError} `output/exists`; or the system error. Nothing is under that name then, or it is named; the temporary
 *   file may be there still
 */
export function takeOverName(temporary: string, path: string, host: Host): void {
  giveName(temporary, path, host.fs);
  try {
    if (removeFiles([temporary], host.fs).length > 0) {
      throw new TrustError('file/cannot-write', 'a temporary file could not be removed', {
        hint: 'delete what is left behind; it may hold private keys',
      });
    }
    syncFolder(dirname(path), host);
  } catch (error) {
    throw withLeftovers(error, removeFiles([path], host.fs), path);
  }
}

/**
 * What was thrown while a file was written, naming the files that could not be cleared away then.
 *
 * @param left - as `removeFiles` gives them; without any, the error stays what it is
 */
export function withLeftovers(error: unknown, left: readonly string[], path: string): unknown {
  if (left.length === 0) return error;
  const { code, message, at, hint, cause } = toWriteError(error, path);
  return new TrustError(code, `${message}; left behind: ${left.join(', ')}`, {
    ...(at === undefined ? {} : { at }),
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}

/** Gives a file a name that must be free; without hard links the name is taken first, then handed over. */
function giveName(from: string, to: string, fs: HostFileSystem): void {
  if (addName(from, to, fs)) return;
  takeName(to, fs);
  try {
    fs.renameSync(from, to);
  } catch (error) {
    removeFiles([to], fs);
    throw error;
  }
}

/**
 * Gives a file a second name, which must be free.
 *
 * @returns false where there are no hard links
 * @throws {TrustError} `output/exists`; or the system error
 */
export function addName(from: string, to: string, fs: HostFileSystem): boolean {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EEXIST') throw nameTaken(to, error, fs);
    if (NO_HARD_LINKS.has(code)) return false;
    throw error;
  }
}

function takeName(path: string, fs: HostFileSystem): void {
  try {
    fs.closeSync(fs.openSync(path, 'wx'));
  } catch (error) {
    throw systemErrorCode(error) === 'EEXIST' ? nameTaken(path, error, fs) : error;
  }
}

/** @throws {TrustError} what says more of the name */
function nameTaken(path: string, cause: unknown, fs: HostFileSystem): TrustError {
  requireNoDeadLink(path, fs);
  return new TrustError('output/exists', 'there is a file of that name already', {
    at: { source: path },
    hint: 'name another one, or move that one away',
    cause,
  });
}

/** Who may do what with a new file. */
interface Access {
  /** Whose mode and owner the file gets. */
  readonly like?: Stats;
  /** Without `like`: as for `writeNewFile`. */
  readonly mode?: number;
}

/** What `startWriting` needs besides the bytes. */
export interface Writing extends Access {
  /** Gets the path as soon as there is a file under it, for the caller to clear away. */
  readonly written: string[];
  readonly onStep?: (step: 'write-temporary' | 'sync-temporary') => void;
}

/**
 * Makes a file, writes it and begins to bring it to the disk, which goes on while the caller does something else. Nobody else
 * can read the file before it has its mode and owner.
 *
 * @returns ends when the file is on the disk and closed, or rejects with the system error, and the file is closed then, too
 * @throws {TrustError} `file/cannot-write` when the owner cannot be kept; or the system error
 */
export function startWriting(path: string, bytes: Uint8Array, writing: Writing, host: Host): Promise<void> {
  const file = makeFile(path, bytes, writing, host);
  writing.onStep?.('sync-temporary');
  return sync(file, host.fs);
}

/**
 * Begins to bring a file to the disk that is there already.
 *
 * @returns as `startWriting`
 * @throws the system error
 */
export function startSyncing(path: string, { fs }: Host): Promise<void> {
  return sync(fs.openSync(path, READ_ONLY), fs);
}

/** Brings a file to the disk and closes it. */
function sync(file: number, fs: HostFileSystem): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    fs.fsync(file, (error) => (error === null ? resolve() : reject(error)));
  }).finally(() => fs.closeSync(file));
}

/** Makes a file and writes it; gives its descriptor. */
function makeFile(
  path: string,
  bytes: Uint8Array,
  { like, mode = USUAL_MODE, written, onStep }: Writing,
  host: Host,
): number {
  const { fs } = host;
  const file = fs.openSync(path, 'wx', like === undefined ? mode : 0o600);
  written.push(path);
  try {
    if (like !== undefined && host.platform !== 'win32') keepOwnerAndMode(file, like, fs);
    onStep?.('write-temporary');
    writeAll(file, bytes, fs);
    return file;
  } catch (error) {
    fs.closeSync(file);
    throw error;
  }
}

/** Writes all bytes where the file stands; the system may take them in pieces. */
export function writeAll(file: number, bytes: Uint8Array, fs: HostFileSystem): void {
  for (let offset = 0; offset < bytes.length; ) {
    offset += fs.writeSync(file, bytes, offset, bytes.length - offset);
  }
}

function keepOwnerAndMode(file: number, { uid, gid, mode }: Stats, fs: HostFileSystem): void {
  const made = fs.fstatSync(file);
  if (made.uid !== uid || made.gid !== gid) {
    try {
      fs.fchownSync(file, uid, gid);
    } catch (cause) {
      if (systemErrorCode(cause) === null) throw cause;
      throw new TrustError('file/cannot-write', `the owner of the file (${uid}:${gid}) cannot be kept`, {
        hint: 'run as its owner, in its group, or as root',
        cause,
      });
    }
  }
  // After the owner: changing that takes some mode bits away.
  fs.fchmodSync(file, mode & 0o7777);
}

/**
 * Brings the entries of a folder to the disk; does nothing where a system or file system has no such thing.
 *
 * @throws the system error
 */
export function syncFolder(folder: string, host: Host): void {
  // Windows gives EPERM for a folder, and keeps its names safe by itself.
  if (host.platform === 'win32') return;
  try {
    const handle = host.fs.openSync(folder, constants.O_RDONLY);
    try {
      host.fs.fsyncSync(handle);
    } finally {
      host.fs.closeSync(handle);
    }
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(systemErrorCode(error))) throw error;
  }
}

/** What the names of temporary files of a file begin with; a random part follows. */
export function temporaryPrefix(path: string): string {
  return prefixBeside(path, '.anchorctl-tmp.');
}

/** Whether a name is that of a temporary file, of whatever file. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.anchorctl-tmp\.[0-9a-f]+$/s.test(name);
}

/** A name for a temporary file beside a file. */
export function nameTemporary(path: string, host: Host): string {
  return join(dirname(path), `${temporaryPrefix(path)}${host.randomToken()}`);
}

/** Removes files, as far as that is possible; gives those that are still there. */
export function removeFiles(paths: readonly string[], fs: HostFileSystem): readonly string[] {
  return paths.filter((path) => mustStay(() => fs.unlinkSync(path), GONE));
}

/**
 * Removes folders that were made for something, as far as that is possible; one in which somebody has put something is no
 * longer ours, and stays.
 *
 * @param paths - outermost first, as `makeFolders` gives them
 * @returns those that had to stay although nobody uses them
 */
export function removeFolders(paths: readonly string[], fs: HostFileSystem): readonly string[] {
  return paths.toReversed().filter((path) => mustStay(() => fs.rmdirSync(path), GONE_OR_IN_USE));
}

const GONE: ReadonlySet<string> = new Set(['ENOENT']);
const GONE_OR_IN_USE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST']);

/** Whether the system refuses to remove something, for other reasons than those that are no matter. */
function mustStay(remove: () => void, noMatter: ReadonlySet<string>): boolean {
  try {
    remove();
    return false;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    return !noMatter.has(code);
  }
}
