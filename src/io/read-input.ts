/**
 * Reading a file that anybody may have made: bounded before the first byte is read, and never a pipe or a device, which
 * could block or never end.
 *
 * @module
 */
import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import { TrustError } from '../errors.js';
import { type HostFileSystem, thisHost } from './host.js';
import { toReadError } from './system-error.js';

/** More than any keystore, archive or log that is worth reading: 256 MB. */
export const MAX_INPUT_BYTES: number = 256 * 1024 * 1024;

/**
 * Reads a whole file.
 *
 * @param maxBytes - a larger file is refused without reading it
 * @throws {TrustError} `input/not-found`, `input/not-readable` (also a folder, a pipe, a device), `input/too-large`;
 *   `at.source` is the path
 */
export function readInput(path: string, maxBytes: number = MAX_INPUT_BYTES): Uint8Array {
  return readRegularFile(path, maxBytes, thisHost.fs).bytes;
}

/**
 * The same with what the file system says of the file that was read.
 *
 * @throws {TrustError} as `readInput`
 */
export function readRegularFile(
  path: string,
  maxBytes: number,
  fs: HostFileSystem,
): { readonly bytes: Uint8Array; readonly stats: Stats } {
  return withRegularFile(path, maxBytes, fs, (file, stats) => ({ bytes: readAll(file, stats.size, fs), stats }));
}

/** Reads files one after another into the same memory, which thousands of them would otherwise take and give back. */
export class InputReader {
  /** A Buffer, so that the many readers that look for text in it need not make one each. */
  readonly #memory = Buffer.alloc(REUSED_BYTES);

  /**
   * Reads a whole file.
   *
   * @param isRegular - whether its folder says that it is a regular file and no link, so that it need not be asked again
   *   before it is opened
   * @returns its bytes, until the next file is read
   * @throws {TrustError} as `readInput`
   */
  read(path: string, maxBytes: number = MAX_INPUT_BYTES, isRegular = false): Uint8Array {
    const opened = isRegular ? openNoLink(path, thisHost.fs) : null;
    return withRegularFile(path, maxBytes, thisHost.fs, (file, { size }) => this.#fill(file, size), opened);
  }

  #fill(file: number, size: number): Uint8Array {
    if (size > this.#memory.length) return readAll(file, size, thisHost.fs);
    return readInto(this.#memory.subarray(0, size), file, thisHost.fs);
  }
}

/** What an `InputReader` keeps: 1 MB, more than most files have. */
const REUSED_BYTES = 1024 * 1024;

/** What is in memory at once of a file that is read in pieces: 128 kB, which the caches of a processor hold. */
const PIECE_BYTES = 128 * 1024;

/**
 * Reads a file that need not be in memory as a whole.
 *
 * @param take - gets the pieces in order; each is overwritten by the next
 * @returns what the file system says of the file
 * @throws {TrustError} as `readInput`; whatever `take` throws
 */
export function readInPieces(
  path: string,
  maxBytes: number,
  fs: HostFileSystem,
  take: (piece: Uint8Array) => void,
): Stats {
  return withRegularFile(path, maxBytes, fs, (file, stats) => {
    const piece = new Uint8Array(Math.min(stats.size, PIECE_BYTES));
    for (let left = stats.size; left > 0; ) {
      const count = fs.readSync(file, piece, 0, Math.min(left, piece.length), null);
      if (count === 0) break;
      take(piece.subarray(0, count));
      left -= count;
    }
    return stats;
  });
}

/**
 * What the system says of a regular file.
 *
 * @throws {TrustError} `input/…`, as `readInput`
 */
export function statRegularFile(path: string, maxBytes: number, fs: HostFileSystem): Stats {
  return withRegularFile(path, maxBytes, fs, (_file, stats) => stats);
}

function withRegularFile<T>(
  path: string,
  maxBytes: number,
  fs: HostFileSystem,
  read: (file: number, stats: Stats) => T,
  opened: number | null = null,
): T {
  try {
    // Before it is opened, because opening a device can already do something; and after, because the name may have
    // been given to another file in between. O_NONBLOCK (absent on Windows) keeps a pipe from blocking the open.
    if (opened === null) checkRegular(fs.statSync(path), path, maxBytes);
    const file = opened ?? fs.openSync(path, READ_ONLY);
    try {
      const stats = fs.fstatSync(file);
      checkRegular(stats, path, maxBytes);
      return read(file, stats);
    } finally {
      fs.closeSync(file);
    }
  } catch (error) {
    throw toReadError(error, path);
  }
}

/** How a file is opened to be read that may be a pipe by now. */
export const READ_ONLY: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file that was a regular one just now. Should a link be there instead, it is not followed, so that nothing else is
 * opened than what stands in the folder.
 *
 * @returns null where it cannot be opened so, or where the system has no such way
 */
function openNoLink(path: string, fs: HostFileSystem): number | null {
  if (constants.O_NOFOLLOW === undefined) return null;
  try {
    return fs.openSync(path, READ_ONLY | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
}

function checkRegular(stats: Stats, path: string, maxBytes: number): void {
  const at = { source: path };
  if (!stats.isFile()) {
    const what = stats.isDirectory() ? 'a folder' : stats.isFIFO() ? 'a named pipe' : 'a device or socket';
    throw new TrustError('input/not-readable', `it is ${what}, a file was expected`, {
      at,
      hint: 'name a regular file; only where a command takes <input> does - read what comes through a pipe',
    });
  }
  if (stats.size <= maxBytes) return;
  throw new TrustError('input/too-large', `the file has ${stats.size} bytes, at most ${maxBytes} are read`, {
    at,
    hint: 'name the file that holds the certificates, not an image or a log around it',
  });
}

function readAll(file: number, size: number, fs: HostFileSystem): Uint8Array {
  const bytes = new Uint8Array(size);
  const read = readInto(bytes, file, fs);
  return read.length === size ? bytes : read.slice();
}

/** Fills bytes from a file; those that were filled, which are fewer where the file has become shorter. */
function readInto(bytes: Uint8Array, file: number, fs: HostFileSystem): Uint8Array {
  let length = 0;
  while (length < bytes.length) {
    const count = fs.readSync(file, bytes, length, bytes.length - length, null);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}
