/**
 * Certificates and PKCS#7 in base64 without BEGIN and END whose lines are strings that a program joins, or end with what a string
 * has for a line end: constants of programs, SAML in a string, JSON in a log, headers of a proxy, the value of a key that goes on in
 * the next lines. How long they are says their DER; nothing that stands between the pieces is left out but what joins strings.
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import { indexOfText } from '../encoding/byte-search.js';
import { TrustError } from '../errors.js';
import { BEGIN, digitsByHeader, HEAD } from './base64-paragraphs.js';
import { detectDer } from './detect.js';
import { LEAST, type PlacedPart } from './embedded.js';
import { isInBlock } from './string-literals.js';
import { LineIndex } from './text.js';

const NO_DIGIT = /[^A-Za-z0-9+/]/g;

/** `+` and `/` as they are written in addresses, in JSON and in pages. */
const ESCAPED_DIGIT = /(%2B|\\{1,4}u002B|&#43;|&#x2B;)|%2F|\\{1,4}u002F|\\{1,4}\/|&#47;|&#x2F;/iy;

const PADDING = /(?:=|%3D|\\{1,4}u003D|&#61;|&#x3D;){0,2}/iy;

/** A line end as strings have it. */
const LINE_END = '\\\\{1,4}(?:r\\\\{1,4}n|[nr]|\\r?\\n)|%0[AD]|&#(?:10|13|xA|xD);';

/** As it is, which a string alone has in its middle. */
const PLAIN_LINE_END = '[ \\t]{0,64}\\r?\\n';

/** What joins two strings: an operator or a comma on one of two lines, or nothing; the second may be one of bytes. */
const OPERATOR = '(?:[,+.&_\\\\|]|<<|\\.\\.|\\|\\|)';
const COMMENT = '(?://[^\\r\\n]{0,200})?';
const JOINT = `(\\\\{0,3}["'\`])[ \\t]{0,64}(?:${OPERATOR}[ \\t]{0,64}(?:${OPERATOR}[ \\t]{0,64})?${COMMENT}(?:\\r?\\n)?|${COMMENT}\\r?\\n)[ \\t]{0,256}(?:${OPERATOR}[ \\t]{0,64})?[bru@]?\\1`;
const BETWEEN = new RegExp(`(?:(?:${LINE_END})[ \\t]{0,256}|${JOINT})`, 'iy');
const BETWEEN_IN_STRING = new RegExp(`(?:(?:${LINE_END}|${PLAIN_LINE_END})[ \\t]{0,256}|${JOINT})`, 'iy');

/** More line ends and joints do not stand between two pieces. */
const MAX_BETWEEN = 6;

/** What ends with a letter or a digit before the base64, and is none of it. */
const ESCAPE_BEFORE = /(?:\\[nrt]|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|%[0-9a-f]{2})$/i;

/** How often a text is looked at again where what began was none. */
const MOST_LOOKS = 4;

/** What was read from a place on. */
interface Pieces {
  readonly digits: string;
  /** How many its header says that there are. */
  readonly wanted: number;
  readonly end: number;
  /** Whether there was anything but digits: else it is a run, of which others have more to say. */
  readonly isJoined: boolean;
  /** Whether it was written as strings are. */
  readonly isString: boolean;
}

/** What a text holds so. */
interface Joined {
  readonly parts: readonly PlacedPart[];
  /** The lines of strings that begin so and are no base64, or break off. */
  readonly broken: readonly { readonly line: number; readonly end: number }[];
}

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;

/** Whether a text may hold such base64: cheap, for inputs of many blocks, where it begins a line. */
export function mayHoldJoined(bytes: Uint8Array): boolean {
  const view = asBuffer(bytes);
  for (let at = indexOfText(view, BEGIN); at !== -1; at = indexOfText(view, BEGIN, at + BEGIN.length)) {
    let before = at - 1;
    while (view[before] === SPACE || view[before] === TAB) before--;
    if (before >= 0 && view[before] !== LINE_FEED) return true;
  }
  return false;
}

/** The certificates and PKCS#7 of a text that are written so, in order. */
export function findJoined(text: string): Joined {
  const parts: PlacedPart[] = [];
  const broken: { line: number; end: number }[] = [];
  let lines: LineIndex | null = null;
  let left = text.length * MOST_LOOKS;
  for (let start = text.indexOf(BEGIN); start !== -1 && left > 0; ) {
    const pieces = beginsAt(text, start) ? readPieces(text, start) : null;
    left -= (pieces?.end ?? start) - start;
    let next = start + BEGIN.length;
    const bytes = pieces === null ? null : bytesOf(pieces);
    if (pieces !== null && bytes !== null && !isInBlock(text, start, pieces.end)) {
      const { end, wanted, digits, isString } = pieces;
      lines ??= new LineIndex(text);
      const { line } = lines.locate(start);
      if (digits.length === wanted) {
        parts.push({ name: null, bytes, start, end, line, lineOf: () => line, isEncoded: true });
      } else if (isString) broken.push({ line, end: lines.locate(end).line });
      next = end;
    }
    start = text.indexOf(BEGIN, next);
  }
  return { parts, broken };
}

/** Whether base64 may begin there that is no line of its own. */
function beginsAt(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 64), start);
  if (/(?:^|\n)[ \t]*$/.test(before)) return false;
  return !/[A-Za-z0-9+/]$/.test(before) || ESCAPE_BEFORE.test(before);
}

/** The pieces from a place on, as many as the first says that there are; null where that is too short to say it. */
function readPieces(text: string, start: number): Pieces | null {
  const first = digitsAt(text, start);
  if (first === null || first.length < HEAD) return null;
  const wanted = digitsByHeader(first);
  const pieces = [first];
  let length = first.length;
  let end = start + first.length;
  let isString = /["'`]/.test(text.charAt(start - 1));
  const between = isString ? BETWEEN_IN_STRING : BETWEEN;
  let isJoined = /[A-Za-z0-9+/]/.test(text.charAt(start - 1));
  while (length < wanted) {
    const piece = nextPiece(text, end, between);
    if (piece === null) break;
    pieces.push(piece.digits);
    length += piece.digits.length;
    isString ||= /\S/.test(text.slice(end, piece.start));
    isJoined = true;
    end = piece.end;
  }
  if (length === wanted) end += matchAt(PADDING, text, end)?.length ?? 0;
  return { digits: pieces.join(''), wanted, end, isJoined, isString };
}

function nextPiece(
  text: string,
  from: number,
  between: RegExp,
): { readonly digits: string; readonly start: number; readonly end: number } | null {
  let start = from;
  for (let count = 0; count <= MAX_BETWEEN; count++) {
    const digits = digitsAt(text, start);
    if (digits !== null) return { digits, start, end: start + digits.length };
    ESCAPED_DIGIT.lastIndex = start;
    const escaped = ESCAPED_DIGIT.exec(text);
    if (escaped !== null)
      return { digits: escaped[1] === undefined ? '/' : '+', start, end: start + escaped[0].length };
    const joint = matchAt(between, text, start);
    if (joint === null) return null;
    start += joint.length;
  }
  return null;
}

/** The digits from a place on, as many as there are: of a pattern that takes them all, megabytes may be too much for the stack. */
function digitsAt(text: string, at: number): string | null {
  NO_DIGIT.lastIndex = at;
  const end = NO_DIGIT.exec(text)?.index ?? text.length;
  return end === at ? null : text.slice(at, end);
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** The bytes, if they are of a certificate or PKCS#7, even one that breaks off. */
function bytesOf({ digits, isJoined }: Pieces): Uint8Array | null {
  if (!isJoined || digits.length < LEAST) return null;
  const bytes = new Uint8Array(Buffer.from(digits, 'base64'));
  const kind = detectDer(bytes);
  return kind === 'der' || kind === 'pkcs7' ? bytes : null;
}

/** The error for a string that begins like a certificate, on a line, and goes on to another. */
export function brokenString(line: number, end: number): TrustError {
  const where = line === end ? '' : `, on line ${end}`;
  return new TrustError(
    'pem/bad-base64',
    `a string begins like a certificate and breaks off, or is no base64${where}`,
    { at: { line }, hint: 'copy it again from its source' },
  );
}
