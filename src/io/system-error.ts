/**
 * What the operating system says, in the program's words: every `ENOSPC` and `EACCES` becomes a `TrustError` here and
 * nowhere else. What is no system error is a bug and passes through.
 *
 * @module
 */
import { TrustError } from '../errors.js';

/** What a system error means, and what to do about it. */
interface Meaning {
  readonly reason: string;
  readonly hint?: string;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  EACCES: { reason: 'permission denied' },
  EPERM: { reason: 'the operation is not permitted' },
  EROFS: { reason: 'the file system is read-only (EROFS)', hint: 'remount it writable, or name a path on another one' },
  ENOSPC: { reason: 'no space is left on the disk', hint: 'make room, then run again' },
  EDQUOT: { reason: 'the disk quota is used up', hint: 'make room, then run again' },
  EBUSY: { reason: 'it is in use', hint: 'stop what uses it, then run again' },
  EIO: { reason: 'the disk reports an error', hint: 'check the disk' },
  EISDIR: { reason: 'it is a folder, a file was expected', hint: 'name a file' },
  EEXIST: { reason: 'there is a file of that name', hint: 'name another path, or move that file away' },
  ENOTDIR: { reason: 'a part of the path is not a folder', hint: 'correct the path' },
  ENOENT: { reason: 'there is no such file or folder', hint: 'check the spelling, and the folder you are in' },
  ELOOP: { reason: 'its symbolic links go in a circle', hint: 'correct the symbolic links' },
  ENAMETOOLONG: { reason: 'the name is too long', hint: 'name a shorter path' },
  EMFILE: { reason: 'too many files are open', hint: 'raise the limit of open files (ulimit -n)' },
  ENXIO: { reason: 'it is a device or socket without anybody behind it', hint: 'name a regular file' },
};

const READ_HINT = 'run as a user who may read it and its folder, or check the disk';
const WRITE_HINT = 'run as a user who may write to the file and its folder, or name a path where you may';
/** An address as browsers and other programs take it. */
const LIKE_A_SERVER = /^(?:[a-z][a-z0-9+.-]*:\/\/|[^\s/\\:]+:\d{1,5}$)/i;
const SERVER_HINT = 'check the spelling; a server is named tls://HOST:PORT by the commands that ask servers';
const EMPTY_HINT = 'name a file or folder; a variable of the call may be unset';

/** The code of a system error (`ENOENT`); null for anything else. */
export function systemErrorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** What Node calls the question for the folder that the process is in. */
const ASK_FOLDER = 'uv_cwd';

/**
 * The error of a call in a folder that is gone, or that may not be read, where a relative path leads nowhere:
 * `input/not-found`. Null for anything else.
 *
 * @param error - anything caught
 */
export function toLostFolder(error: unknown): TrustError | null {
  if (!(error instanceof Error) || !('syscall' in error) || error.syscall !== ASK_FOLDER) return null;
  return new TrustError('input/not-found', 'the folder in which the call is made is gone, or may not be read', {
    hint: 'change to a folder that is there, and call again',
    cause: error,
  });
}

/**
 * Refuses the empty path, to which an unset variable leads: put before a name it would mean the top folder.
 *
 * @throws {TrustError} `usage/bad-value`
 */
export function requirePath(path: string): void {
  if (path !== '') return;
  throw new TrustError('usage/bad-value', 'the path is empty', { hint: EMPTY_HINT });
}

/** The error of an input that is not there: `input/not-found`. */
export function toNotFound(path: string, cause?: unknown): TrustError {
  const message = path === '' ? 'the path is empty' : 'there is no such file or folder';
  const hint =
    path === '' ? EMPTY_HINT : LIKE_A_SERVER.test(path) ? SERVER_HINT : 'check the spelling, and the folder you are in';
  return new TrustError('input/not-found', message, { at: { source: path }, hint, cause });
}

/**
 * The error of an input that cannot be read: `input/not-found` or `input/not-readable`.
 *
 * @param error - anything caught; a `TrustError` is given back as it is
 * @throws what was caught, when it is no system error
 */
export function toReadError(error: unknown, path: string): TrustError {
  if (error instanceof TrustError) return error;
  const code = systemErrorCode(error);
  if (code === null) throw error;
  if (code === 'ENOENT') return toNotFound(path, error);
  const { reason, hint = READ_HINT } = MEANINGS[code] ?? { reason: code };
  return new TrustError('input/not-readable', `cannot be read: ${reason}`, {
    at: { source: path },
    hint,
    cause: error,
  });
}

/**
 * The error of a file that cannot be written: `file/cannot-write`.
 *
 * @param error - anything caught; a `TrustError` is given back, with the path where it names none
 * @throws what was caught, when it is no system error
 */
export function toWriteError(error: unknown, path: string): TrustError {
  if (error instanceof TrustError) return error.within({ source: path });
  const code = systemErrorCode(error);
  if (code === null) throw error;
  const { reason, hint = WRITE_HINT } = MEANINGS[code] ?? { reason: code };
  return new TrustError('file/cannot-write', `cannot be written: ${reason}`, {
    at: { source: path },
    hint,
    cause: error,
  });
}
