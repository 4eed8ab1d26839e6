/**
 * Certificates in strings of programs, JSON, logs and settings, whatever is around them: PEM blocks whose line ends are
 * written `\n`, perhaps in pieces that a program joins, and long runs of base64 on the line of other text.
 *
 * @module
 */
import { decodeEmbedded, type PlacedPart } from './embedded.js';
import { findMarkers } from './marker.js';
import { LineIndex } from './text.js';

const BEGIN = '-----BEGIN ';

/** How far from base64 the markers of its block are looked for. */
const NEARBY = 200;

/** Longer than any block that stands in a string. */
const MAX_BLOCK = 4 * 1024 * 1024;

/** Line ends and other characters as strings have them, with as many backslashes as strings are inside one another. */
const ESCAPE = /(?<!\\)\\+(?:r\\+n|[nr]|u([0-9a-f]{4})|x([0-9a-f]{2})|t|\r?\n|([/"'`=+-]))/gi;

/** What stands between two pieces of a string that are joined: a quote, a comma or an operator and a line end, a quote with a letter before it or none. */
const JOINT =
  /(["'`])[ \t]{0,64}(?:,[ \t]{0,64}|(?:[+.,&_\\]|<<|\.\.)?[ \t]{0,64}(?:\/\/[^\r\n]{0,200})?\r?\n[ \t]{0,256}(?:[+.&]|<<|\.\.)?[ \t]{0,64})[bru@]?\1/g;

/** A run of base64 that is no line of a block, which is at most 76 characters wide. */
export const LONG_RUN = 256;

/** The digits are counted apart from the others: a loop that counts all of them runs out of stack on many millions. */
const RUN = new RegExp(`[A-Za-z0-9+/_-]{${LONG_RUN}}[A-Za-z0-9+/_-]*={0,2}`, 'g');

/**
 * The PEM blocks of a text that are written as strings.
 *
 * @returns each with its escapes resolved, in order
 */
export function findStringBlocks(text: string): readonly PlacedPart[] {
  if (!text.includes('\\') && !JOINT.test(text)) return [];
  JOINT.lastIndex = 0;
  const found: PlacedPart[] = [];
  let lines: LineIndex | null = null;
  for (let start = text.indexOf(BEGIN); start !== -1; ) {
    const next = text.indexOf(BEGIN, start + 1);
    const limit = Math.min(next === -1 ? text.length : next, start + MAX_BLOCK);
    const block = /^[\s\S]*?-----END [A-Z0-9 #]{1,64}-----/.exec(text.slice(start, limit))?.[0];
    const resolved = block !== undefined && isString(block) ? resolve(block) : null;
    if (block !== undefined && resolved !== null && !isInCalls(resolved)) {
      lines ??= new LineIndex(text);
      const { line } = lines.locate(start);
      const bytes = Buffer.from(resolved);
      found.push({ name: null, bytes, start, end: start + block.length, line, lineOf: () => line, isEncoded: false });
    }
    start = next;
  }
  return found;
}

/** How blocks begin in an address, a form or a header of a proxy. */
export const PERCENT_BEGIN = ['-----BEGIN%20', '-----BEGIN+CERT'] as const;

/**
 * The PEM blocks of a text that are percent-encoded (RFC 3986 2.1), where a blank may be a plus sign.
 *
 * @returns each with its octets resolved, in order
 */
export function findPercentBlocks(text: string): readonly PlacedPart[] {
  const starts = PERCENT_BEGIN.flatMap((begin) => placesOf(text, begin)).sort((a, b) => a - b);
  if (starts.length === 0) return [];
  const found: PlacedPart[] = [];
  const lines = new LineIndex(text);
  for (const [index, start] of starts.entries()) {
    const limit = Math.min(starts[index + 1] ?? text.length, start + MAX_BLOCK);
    const block = /^[\s\S]*?-----END[%+][A-Z0-9%+]{1,64}-----/.exec(text.slice(start, limit))?.[0];
    if (block === undefined || /\s/.test(block)) continue;
    const { line } = lines.locate(start);
    const blanks = block.startsWith('-----BEGIN+') ? block.replaceAll('+', ' ') : block;
    const pem = blanks.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    const bytes = Buffer.from(`${pem}\n`, 'latin1');
    found.push({ name: null, bytes, start, end: start + block.length, line, lineOf: () => line, isEncoded: false });
  }
  return found;
}

function placesOf(text: string, wanted: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) places.push(at);
  return places;
}

/**
 * The long runs of base64 on the line of other text that hold something.
 *
 * @returns none of those that stand in a PEM block, or alone on their line
 */
export function findRuns(text: string): readonly PlacedPart[] {
  const found: PlacedPart[] = [];
  let lines: LineIndex | null = null;
  for (const { 0: run, index: start } of text.matchAll(RUN)) {
    const end = start + run.length;
    if (isAlone(text, start, end) || isInBlock(text, start, end)) continue;
    const embedded = decodeEmbedded(run);
    if (embedded === null || embedded === 'broken') continue;
    lines ??= new LineIndex(text);
    const { line } = lines.locate(start);
    found.push({ name: null, bytes: embedded.bytes, start, end, line, lineOf: () => line, isEncoded: true });
  }
  return found;
}

/** Whether the body of a block has escapes or joints, which base64 never has. */
function isString(block: string): boolean {
  ESCAPE.lastIndex = 0;
  JOINT.lastIndex = 0;
  return ESCAPE.test(block) || JOINT.test(block);
}

/**
 * Whether most lines of a block have more than base64 when they are joined: what stands around the strings is code, and the reader
 * of lines knows better what is the same around each.
 */
function isInCalls(resolved: string): boolean {
  const body = resolved.trimEnd().split('\n').slice(1, -1);
  const foreign = body.filter((line) => /[^A-Za-z0-9+/=\s-]/.test(line)).length;
  return foreign * 2 > body.length;
}

function resolve(block: string): string {
  return block
    .replace(JOINT, '\n')
    .replace(ESCAPE, (whole: string, unicode?: string, hex?: string, literal?: string) => {
      if (literal !== undefined) return literal;
      if (unicode !== undefined || hex !== undefined)
        return String.fromCharCode(Number.parseInt(unicode ?? hex ?? '', 16));
      return whole.endsWith('t') ? '\t' : '\n';
    })
    .replace(/(?:(?<![ \t])[ \t]+)?[\r\n]+[ \t]*/g, '\n')
    .concat('\n');
}

function isAlone(text: string, start: number, end: number): boolean {
  return (
    /(?:^|[\r\n])[ \t]*$/.test(text.slice(Math.max(0, start - 64), start)) &&
    /^[ \t]*(?:[\r\n]|$)/.test(text.slice(end, end + 64))
  );
}

/**
 * Whether base64 stands between markers. They need not be in order: what they enclose is the business of those who read damaged
 * blocks.
 */
export function isInBlock(text: string, start: number, end: number): boolean {
  const before = findMarkers(text.slice(Math.max(0, start - NEARBY), start), NEARBY);
  const after = text.slice(end, end + NEARBY);
  return before.at(-1)?.kind === 'BEGIN' || /^\s{0,40}[-_=~\u2010-\u2015\u2212]{1,8}[ \t]*END\b/i.test(after);
}
