/**
 * Trustpoints that are taken out in the log of a session: what the log shows of them further above is on the device no more.
 *
 * @module
 */
import { promptOn } from './session.js';

/** The commands at the prompt of a configuration mode; without its chain a trustpoint has no certificates. */
const REMOVES =
  /\(config[^)]{0,40}\) ?# ?no crypto (?:pki|ca) (?:trustpoint|certificate chain) (\S{1,255})(?: noconfirm)?\s*$/;
/** What a console says, or is told, that keeps it. */
const KEEPS = /is in use|Can't find policy|not known|\[yes\/no\]: ?no?\s*$|% ?(?:Error|Invalid)|could not/i;
/** So many lines a console answers, with its question. */
const ANSWER = 12;

/**
 * Finds the trustpoints that are taken out.
 *
 * @param lines - of a text of any kind, without what stands before each of them
 * @returns the line of the command, from 1, by the name of the trustpoint; of several the last. Throws nothing
 */
export function findRemovals(lines: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const trustpoint = line.includes('no crypto ') ? REMOVES.exec(line)?.[1] : undefined;
    if (trustpoint === undefined || promptOn(line) === null || isKept(lines, index + 1)) continue;
    found.set(trustpoint, index + 1);
  }
  return found;
}

/** Whether the answer that begins on a line says that nothing was taken out. */
function isKept(lines: readonly string[], start: number): boolean {
  for (const line of lines.slice(start, start + ANSWER)) {
    if (promptOn(line) !== null) return false;
    if (KEEPS.test(line)) return true;
  }
  return false;
}
