/**
 * Certificates that are typed or pasted at a console, in the log of a session or in a block for one. A device may refuse what it
 * is given, so that such a certificate is not yet on it. What consoles ask and answer: docs/platforms/ios.md and its neighbours.
 *
 * @module
 */
import { findRemovals } from './removals.js';
import { type LineRange, promptOn } from './session.js';

/** A command that asks for a certificate, or its question where the command is abbreviated. */
const ASKS =
  /crypto (?:pki|ca) (?:authenticate \S|trustpool import terminal|import \S+ (?:certificate|pem))|Enter (?:the base 64 encoded|PEM-formatted|the certificate in base64)|^input \(cut & paste\)|Paste the certificate in PEM/;
/** The trustpoint that it is for. */
const FOR = /crypto (?:pki|ca) (?:authenticate|import) (\S+)/;
/** What ends the certificate. A blank line does on IOS, so that the answer is what tells it. */
const ENDS = /(?:^|[\s\]|])(?:quit|END OF INPUT)\s*$/;
/** What a device prints, and is not given here. */
const SHOWN = /^-{6}Trustpoint: |crypto (?:pki|ca) certificate chain \S/;
const TAKEN = /CA certificate accepted|Certificate successfully imported|PEM files import succeeded/;
const REFUSED = /% ?Error|rejected|failed/i;
/** Where an answer begins. */
const ANSWERED = /Certificate has the following attributes|Do you accept this certificate/;
/** So many lines behind its end a console answers, with its questions, besides blank ones. */
const ANSWER = 12;
const BEHIND_INPUT = [ENDS, ANSWERED, TAKEN, SHOWN, ASKS] as const;
const PEM_BEGIN = '-----BEGIN';

/**
 * Finds the lines that are given to a console which does not say that it took them, or is told to take their trustpoint out again.
 *
 * @param lines - of a text of any kind, without what stands before each of them
 */
export function findConsoleInput(lines: readonly string[]): readonly LineRange[] {
  const ranges: LineRange[] = [];
  const removals = findRemovals(lines);
  let name: string | undefined;
  for (let first = 0; first < lines.length; first++) {
    const asks = lines[first] ?? '';
    if (!ASKS.test(asks)) continue;
    // The question below a command is about the same trustpoint.
    if (asks.includes('crypto ')) name = FOR.exec(asks)?.[1];
    let end = first + 1;
    while (end < lines.length && !isBehindInput(lines[end] ?? '')) end++;
    const said = answerFrom(lines, end);
    const isTaken = said.some((line) => TAKEN.test(line)) && !said.some((line) => REFUSED.test(line));
    const isRemoved = name !== undefined && (removals.get(name) ?? 0) > end;
    if (!isTaken || isRemoved) ranges.push({ first: first + 1, last: end + 1 });
    // What ends it may ask for the next.
    first = end - 1;
  }
  return ranges;
}

/** Whether a line is no more of a certificate that is typed, whatever ended that. */
function isBehindInput(line: string): boolean {
  return BEHIND_INPUT.some((pattern) => pattern.test(line)) || (promptOn(line) !== null && !line.includes(PEM_BEGIN));
}

/** What a console says from a line on, up to the next command; at an empty prompt it may say more. */
function answerFrom(lines: readonly string[], start: number): readonly string[] {
  const said: string[] = [];
  for (let at = start; at < lines.length && said.length < ANSWER; at++) {
    const line = lines[at] ?? '';
    if (ASKS.test(line) || (promptOn(line) !== null && !/[#>]\s*$/.test(line))) break;
    if (line.trim() !== '') said.push(line);
  }
  return said;
}
