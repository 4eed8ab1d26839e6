/**
 * Reading a file that decides what is trusted: nobody but its user, or root, may have written it.
 *
 * @module
 */
import type { Stats } from 'node:fs';
import process from 'node:process';
import { TrustError } from '../errors.js';
import { type Host, thisHost } from './host.js';
import { readRegularFile } from './read-input.js';

/** Writing by the group or by others. */
const OTHERS_WRITE = 0o022;

/**
 * Reads a file that belongs to the user of this process or to root, and that nobody else may write to. On Windows the
 * folder of a user is closed to others; modes say nothing there.
 *
 * @throws {TrustError} `catalog/unsafe-file`; `input/…` as `readInput`
 */
export function readOwnFile(path: string, maxBytes: number, host: Host = thisHost): Uint8Array {
  const { bytes, stats } = readRegularFile(path, maxBytes, host.fs);
  if (host.platform !== 'win32') requireOwn(path, stats);
  return bytes;
}

function requireOwn(path: string, { uid, mode }: Stats): void {
  const at = { source: path };
  if (uid !== 0 && uid !== process.geteuid?.()) {
    throw new TrustError(
      'catalog/unsafe-file',
      `it belongs to another user (${uid}), who could change what is trusted`,
      {
        at,
        hint: 'delete it, and make it anew with anchorctl catalog update',
      },
    );
  }
  if ((mode & OTHERS_WRITE) === 0) return;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  throw new TrustError('catalog/unsafe-file', `others may write to it (mode ${shown}), and change what is trusted`, {
    at,
    hint: 'look at what is in it with anchorctl catalog list after chmod go-w, or delete it',
  });
}
