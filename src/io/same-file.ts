/**
 * Whether two names are of one file.
 *
 * @module
 */
import type { HostFileSystem } from './host.js';

/**
 * Whether two names are hard links to one file; a symbolic link is a file of its own.
 *
 * @returns false where there is no file of one of the names
 * @throws the system error
 */
export function isSameFile(path: string, other: string, fs: HostFileSystem): boolean {
  // As doubles, numbers above 2^53 (overlayfs, NTFS) can be equal for two files.
  const [a, b] = [path, other].map((name) => fs.lstatSync(name, { bigint: true, throwIfNoEntry: false }));
  return a !== undefined && a.ino === b?.ino && a.dev === b.dev;
}
