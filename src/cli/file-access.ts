/**
 * Who may read a keystore that is made of another: nobody who may not read that one, as far as modes say it.
 *
 * @module
 */
import { statSync } from 'node:fs';
import { TrustError } from '../errors.js';
import { thisHost } from '../io/host.js';

/** Reading and writing. */
const ACCESS = 0o6;

/**
 * The widest mode of a new file: with keys for its owner alone, else for others as for others before. The group may be
 * another one, which has no more than what all have.
 */
export function modeOfNew(from: string, hasKeys: boolean): number {
  if (hasKeys) return 0o600;
  const { mode } = statSync(from);
  const others = mode & (mode >> 3) & ACCESS;
  return 0o600 | (others << 3) | others;
}

/**
 * Refuses a file that lets its group or others read or write keys which they could not before. Modes of Windows say
 * nothing about that.
 *
 * @param to - a file that is there, and keeps its mode when it is replaced
 * @throws {TrustError} `file/wider-access`
 */
export function refuseWiderAccess(from: string, to: string): void {
  if (thisHost.platform === 'win32') return;
  const [old, present] = [statSync(from), statSync(to)];
  const group = old.gid === present.gid ? old.mode >> 3 : old.mode;
  const allowed = ((group & ACCESS) << 3) | (old.mode & ACCESS);
  if ((present.mode & 0o066 & ~allowed) === 0) return;
  const [theirs, ours] = [present, old].map(
    ({ mode, gid }) => `mode ${(mode & 0o777).toString(8).padStart(4, '0')}, group ${gid}`,
  );
  throw new TrustError(
    'file/wider-access',
    `the file that is to be replaced gives more access (${theirs}) than the keystore has whose keys would go into it (${ours})`,
    { at: { source: to }, hint: 'chmod 600 the file, or move it away: a new one is for its owner alone' },
  );
}
