/**
 * What the operating system says, in the program's words: every `ENOSPC` and `EACCES` becomes a `TrustError` here and
 * nowhere else. What is no system error is a bug and passes through.
 *
 * @module
 */
import { TrustError } from '../errors.js';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EBUSY: 'it is in use',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder, a file was expected',
  ENOTDIR: 'a part of the path is not a folder',
  ENOENT: 'there is no such file',
  ELOOP: 'its symbolic links go in a circle',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  ENXIO: 'it is a device or socket without anybody behind it',
};

const WRITE_HINTS: Readonly<Record<string, string>> = {
  EACCES: 'run as a user who may write to the file and its folder',
  EPERM: 'run as a user who may write to the file and its folder',
  EROFS: 'remount it writable, or work on a copy',
  ENOSPC: 'make room, then run again',
  EDQUOT: 'make room, then run again',
};

/** The code of a system error (`ENOENT`); null for anything else. */
export function systemErrorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
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
  const at = { source: path };
  if (code === 'ENOENT')
    return new TrustError('input/not-found', 'there is no such file or folder', { at, cause: error });
  return new TrustError('input/not-readable', `cannot be read: ${REASONS[code] ?? code}`, { at, cause: error });
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
  const hint = WRITE_HINTS[code];
  return new TrustError('file/cannot-write', `cannot be written: ${REASONS[code] ?? code}`, {
    at: { source: path },
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}
