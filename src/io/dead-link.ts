/**
 * Symbolic links that lead nowhere, where a file is to be written. Neither is their place taken, which would end what somebody
 * has laid out, nor is a file made where they lead: that may be a disk that is not mounted, or a trap.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { type HostFileSystem, thisHost } from './host.js';
import { systemErrorCode, toWriteError } from './system-error.js';

/**
 * Refuses the path of a file to be written that is such a link, also where a file that is there might be replaced.
 *
 * @throws {TrustError} `output/exists`; `file/cannot-write` where it cannot be seen whether it leads somewhere
 */
export function requireNoDeadLink(path: string, fs: HostFileSystem = thisHost.fs): void {
  if (!isLink(path, fs) || leadsSomewhere(path, fs)) return;
  throw new TrustError('output/exists', `a symbolic link of that name, to "${targetOf(path, fs)}", leads nowhere`, {
    at: { source: path },
    hint: 'remove the link, or name the file that it should lead to',
  });
}

function targetOf(path: string, fs: HostFileSystem): string {
  try {
    return fs.readlinkSync(path);
  } catch (error) {
    // Somebody else has just removed it, or put something else there.
    throw toWriteError(error, path);
  }
}

/** Where the folder cannot be looked at, writing says so. */
function isLink(path: string, fs: HostFileSystem): boolean {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return false;
  }
}

function leadsSomewhere(path: string, fs: HostFileSystem): boolean {
  try {
    return fs.statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // Through a file: Node 26 says by itself that nothing is there.
    if (systemErrorCode(error) === 'ENOTDIR') return false;
    throw toWriteError(error, path);
  }
}
