/**
 * The base64 of a block whose lines have other text around them that is not the same on every line, as `grep -A`, `psql` and logs
 * with levels print it, and lines of other text between them, as pagers put there.
 *
 * Which part of a line is meant is told by the first one. That nothing was left out and nothing taken in is told by what stands
 * around them, when that is the same on every line of base64, or else by the certificate alone, which must verify with its own key:
 * what decodes may be put together of two.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { tryDecodeCertificate } from '../x509/certificate.js';
import { verifyCertificateSignature } from '../x509/signature.js';
import type { Copy } from './certificate-copy.js';
import { literalPattern } from './line-pattern.js';
import type { LineIndex } from './text.js';
import type { Oddity } from './transcript.js';

/** How a certificate begins that has 256 octets or more. */
const FIRST_RUN = /MII[A-P][A-Za-z0-9+/]{20}[A-Za-z0-9+/]*={0,2}/;

/** A run that ends a line, behind what a pager asked there. */
const LAST_RUN = /^.{0,100}?([A-Za-z0-9+/]{24}[A-Za-z0-9+/]*={0,2})\s*$/;

/** No certificate has more characters. */
const MAX_CHARACTERS = 87_384;

/** What is looked at of what stands before and after the base64. */
const AROUND = 3;

/** No block has more lines. */
const MAX_LINES = 10_000;

/** What is said of other text is no longer than this. */
const MAX_SHOWN = 60;

/** A part of a text, without blanks around it. */
interface Run {
  readonly start: number;
  readonly text: string;
}

/** A certificate, and what was passed over to get it. */
interface FoundRuns {
  readonly copy: Copy;
  readonly oddities: readonly Oddity[];
}

/** A copy whose place in the text is not known yet. */
interface Runs {
  readonly runs: readonly Run[];
  readonly oddities: readonly Oddity[];
  /** Whether every line has the same around its run, and no line is without one. */
  readonly isEven: boolean;
}

const NOTHING: Runs = { runs: [], oddities: [], isEven: false };

/** What stands in other text, and never in base64. */
const NO_BASE64 = /[^A-Za-z0-9+/=\s]/;

/**
 * The certificate between two markers, if the runs of base64 there are one.
 *
 * @param start - index after the BEGIN marker
 * @param end - index of the END marker
 * @returns null when they are none, when nothing tells that they are the right ones, or when there is nothing else between them
 */
export function copyOfRuns(text: string, start: number, end: number, lines: LineIndex, line: number): FoundRuns | null {
  const body = text.slice(start, end);
  if (!NO_BASE64.test(body) && !/\S[^\S\r\n]+\S/.test(body)) return null;
  for (const { runs, oddities, isEven } of [runsOfLines(text, start, end), runsBetween(text, start, end)]) {
    const characters = runs.map((run) => run.text).join('');
    if (characters.length > MAX_CHARACTERS) continue;
    const certificate = tryDecodeCertificate(Buffer.from(characters, 'base64'));
    if (certificate === null) continue;
    if (!isEven && verifyCertificateSignature(certificate, certificate.subjectPublicKeyInfo) !== 'valid') continue;
    const indices = Uint32Array.from(runs.flatMap((run) => [...run.text].map((_, at) => run.start + at)));
    return { copy: { characters, indices, end, lines, line }, oddities };
  }
  return null;
}

/** The run of every line that stands where that of the first line does; what has none is passed over. */
function runsOfLines(text: string, start: number, end: number): Runs {
  const lines = linesOf(text, start, end);
  const around = aroundFirst(lines);
  if (around === null) return NOTHING;
  const runs: Run[] = [];
  const oddities = [...around.oddities];
  let isEven = true;
  for (const line of lines) {
    const { run, rest } = takeRun(line, around.pattern);
    if (run !== null) runs.push(run);
    isEven &&= line.text.trim() === '' || (run !== null && isBetween(run, line, around));
    if (rest.trim() === '') continue;
    // Words that might be base64 are not left out.
    if (!NO_BASE64.test(rest)) return NOTHING;
    oddities.push(otherText(rest, line.start));
  }
  return { runs, oddities: oddities.sort((a, b) => a.index - b.index), isEven };
}

/** What stands around a run on its line. */
interface Around {
  readonly before: string;
  readonly after: string;
  /** Matches a run that stands so on another line. */
  readonly pattern: RegExp;
  readonly oddities: readonly Oddity[];
}

/** Whether a run is all of its line but for what stands around that of the first one. */
function isBetween(run: Run, { start, text }: Run, { before, after }: Around): boolean {
  const at = run.start - start;
  return text.slice(0, at).trim() === before.trim() && text.slice(at + run.text.length).trim() === after.trim();
}

/** What stands around the run of the first line that has one. */
function aroundFirst(lines: readonly Run[]): Around | null {
  for (const { start, text } of lines) {
    const match = FIRST_RUN.exec(text);
    if (match === null) continue;
    const before = text.slice(0, match.index);
    const afterIndex = match.index + match[0].length;
    const after = text.slice(afterIndex);
    const oddities: Oddity[] = [];
    if (before.trim() !== '') oddities.push(besideRuns('pem/line-prefix', before, 'before', start));
    if (after.trim() !== '') oddities.push(besideRuns('pem/line-suffix', after, 'after', start + afterIndex));
    return { before, after, pattern: runBetween(before, after), oddities };
  }
  return null;
}

/** The run of a line, and what else it has that is to be passed over: behind what a pager asked, a run ends the line. */
function takeRun(line: Run, pattern: RegExp): { readonly run: Run | null; readonly rest: string } {
  const run = runOf(line, pattern);
  if (run !== null) return { run, rest: '' };
  const { start, text } = line;
  const [, last] = (text.length > MAX_CHARACTERS ? null : LAST_RUN.exec(text)) ?? [];
  if (last === undefined) return { run: null, rest: text };
  const at = text.lastIndexOf(last);
  return { run: { start: start + at, text: last }, rest: text.slice(0, at) };
}

/** The runs of a text on one line in which something else stands where lines should end, after BEGIN as well. */
function runsBetween(text: string, start: number, end: number): Runs {
  const body = text.slice(start, end);
  const between = body.slice(0, Math.max(body.search(FIRST_RUN), 0)).trim();
  if (!NO_BASE64.test(between) || between.length > MAX_SHOWN) return NOTHING;
  const runs: Run[] = [];
  let at = start;
  for (const run of body.split(between)) {
    if (run.trim() !== '') runs.push({ start: at + run.length - run.trimStart().length, text: run.trim() });
    at += run.length + between.length;
  }
  if (runs.some((run) => /[^A-Za-z0-9+/=]/.test(run.text))) return NOTHING;
  const message = `"${toPrintable(between)}" stands where lines should end`;
  return { runs, oddities: [{ code: 'pem/blanks-for-newlines', message, index: start }], isEven: true };
}

/** The lines between two markers, but for what is left of theirs. */
function linesOf(text: string, start: number, end: number): readonly Run[] {
  const found: Run[] = [];
  for (const match of text.slice(start, end).matchAll(/(?<=[\r\n])[^\r\n]+(?=[\r\n])/g)) {
    if (found.length === MAX_LINES) return [];
    found.push({ start: start + match.index, text: match[0] });
  }
  return found;
}

/** Matches a run that stands between the same characters as that of the first line. */
function runBetween(before: string, after: string): RegExp {
  const [near = ''] = new RegExp(`[^A-Za-z0-9+/=]{0,${AROUND}}$`).exec(before) ?? [];
  const lead = before.trim() === '' ? '^\\s*' : near.trim() === '' ? '\\s' : literalPattern(near);
  const trail = after.trim() === '' ? '\\s*$' : literalPattern(after.trimEnd().slice(0, AROUND));
  return new RegExp(`${lead}([A-Za-z0-9+/]+={0,2})(?=${trail})`, 'g');
}

function runOf({ start, text }: Run, pattern: RegExp): Run | null {
  const alone = /^\s*([A-Za-z0-9+/]+={0,2})\s*$/.exec(text);
  const found = alone === null ? [...text.matchAll(pattern)] : [alone];
  const longest = found.sort((a, b) => (b[1] ?? '').length - (a[1] ?? '').length)[0];
  const run = longest?.[1];
  if (longest === undefined || run === undefined) return null;
  return { start: start + longest.index + longest[0].indexOf(run), text: run };
}

function besideRuns(code: Oddity['code'], text: string, where: string, index: number): Oddity {
  return {
    code,
    message: `"${toPrintable(text.trim().slice(0, MAX_SHOWN))}" or the like stands ${where} the lines`,
    index,
  };
}

function otherText(text: string, index: number): Oddity {
  const shown = toPrintable(text.trim().slice(0, MAX_SHOWN));
  return { code: 'pem/other-line', message: `"${shown}" stands between the lines`, index };
}
