/**
 * Certificates that are typed or pasted at a console, in the log of a session or in a block for one. A device may refuse what it
 * is given, so that such a certificate is not yet on it. What consoles ask and answer: docs/platforms/ios.md and its neighbours.
 *
 * @module
 */
import type { LineRange } from './session.js';

/** A command that asks for a certificate, or its question where the command is abbreviated. */
const ASKS =
  /crypto (?:pki|ca) (?:authenticate \S|trustpool import terminal|import \S+ (?:certificate|pem))|Enter (?:the base 64 encoded|PEM-formatted|the certificate in base64)|^input \(cut & paste\)|Paste the certificate in PEM/;
/** What ends the certificate. */
const ENDS = /(?:^|[\s\]|])(?:quit|END OF INPUT)\s*$/;
const TAKEN = /CA certificate accepted|Certificate successfully imported|PEM files import succeeded/;
const REFUSED = /% ?Error|rejected|failed/i;
/** So many lines behind its end a console answers, with its questions. */
const ANSWER = 12;

/**
 * Finds the lines that are given to a console which does not say that it took them.
 *
 * @param lines - of a text of any kind
 */
export function findConsoleInput(lines: readonly string[]): readonly LineRange[] {
  const ranges: LineRange[] = [];
  for (let first = 0; first < lines.length; first++) {
    if (!ASKS.test(lines[first] ?? '')) continue;
    let last = first + 1;
    while (last < lines.length && !ENDS.test(lines[last] ?? '')) last++;
    const answer = lines.slice(last + 1, last + 1 + ANSWER);
    const next = answer.findIndex((line) => ASKS.test(line));
    const said = answer.slice(0, next < 0 ? ANSWER : next);
    const isTaken = said.some((line) => TAKEN.test(line)) && !said.some((line) => REFUSED.test(line));
    if (!isTaken) ranges.push({ first: first + 1, last: last + 1 });
    first = last;
  }
  return ranges;
}
