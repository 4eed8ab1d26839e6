/**
 * Certificates and PKCS#7 in base64 without BEGIN and END lines between other lines: in the body of a mail, in an answer of EST
 * (RFC 7030 4.1.3), or beside blocks that have theirs. Nothing says that such lines are a certificate but their bytes, so only
 * what decodes, to its last octet, is one; of all else nothing is said.
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import { indexOfText } from '../encoding/byte-search.js';
import { countLines } from '../encoding/pem.js';
import { expectTrustError } from '../errors.js';
import { type Certificate, tryDecodeCertificate } from '../x509/certificate.js';
import type { Source } from '../x509/source.js';
import { detectDer } from './detect.js';
import { decodePkcs7 } from './pkcs7.js';
import { LONG_RUN } from './string-literals.js';

/** How every certificate of more than 255 octets begins. */
export const BEGIN = 'MII';
/** So many of its digits say how long it is. */
export const HEAD = 8;

/** Some digits of base64 and what pads them, alone on their line. */
const LINE = /^[ \t]*([A-Za-z0-9+/]+)(={0,2})[ \t]*\r?$/;

/** The same with other text behind them, as the end of an element. */
const LAST_LINE = /^[ \t]*([A-Za-z0-9+/]+)(={0,2})(?=[^A-Za-z0-9+/=])/;

/** No certificate is longer, in digits. */
const MAX_DIGITS = 87_384;

/** How often a text is looked at again where one that began was none: lines of nothing but beginnings would take for ever. */
const MOST_LOOKS = 2;

/** A certificate or PKCS#7 that was found, and where. */
export interface Paragraph {
  readonly found: Certificate | { readonly pkcs7: Uint8Array };
  /** From 1; of the whole text. */
  readonly line: number;
  /** Digits of base64. */
  readonly length: number;
}

/**
 * Finds the certificates in a part of a text.
 *
 * @param bytes - UTF-8, Latin-1 or any other encoding that keeps ASCII
 * @param firstLine - the line of the whole text on which the part begins
 * @param sourceAt - where a certificate stands that begins on a line of the whole text
 */
export function findParagraphs(
  bytes: Uint8Array,
  firstLine: number,
  sourceAt: (line: number) => Source,
): readonly Paragraph[] {
  const text = asBuffer(bytes);
  const found: Paragraph[] = [];
  let counted = 0;
  let line = firstLine;
  let left = text.length * MOST_LOOKS;
  for (let at = indexOfText(text, BEGIN); at !== -1; ) {
    let next = at + BEGIN.length;
    const start = startOfRun(text, at);
    if (start !== null) {
      line += countLines(text, counted, start);
      counted = start;
      const { digits, end } = readRun(text, start);
      const one = digits === null ? null : decode(new Uint8Array(Buffer.from(digits, 'base64')), sourceAt(line));
      if (one !== null) found.push({ found: one, line, length: digits?.length ?? 0 });
      left -= end - start;
      if (one !== null || left < 0) next = Math.max(next, end);
    }
    at = indexOfText(text, BEGIN, next);
  }
  return found;
}

function decode(der: Uint8Array, source: Source): Paragraph['found'] | null {
  return tryDecodeCertificate(der, source) ?? (isPkcs7(der) ? { pkcs7: der } : null);
}

/** Whether bytes are PKCS#7 to their last one. */
function isPkcs7(der: Uint8Array): boolean {
  if (detectDer(der) !== 'pkcs7') return false;
  try {
    return decodePkcs7(der).length > 0;
  } catch (error) {
    expectTrustError(error);
    return false;
  }
}

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const GREATER_THAN = 0x3e;

/**
 * Where the line begins of which a place is the first but for blanks, or the place itself behind the name of an attribute (LDIF) or a
 * tag (XML in a log). Null for any other in the middle of a line.
 */
function startOfRun(text: Buffer, place: number): number | null {
  let start = place;
  while (start > 0 && (text[start - 1] === SPACE || text[start - 1] === TAB)) start--;
  const before = text[start - 1];
  if (start === 0 || before === LINE_FEED) return start;
  if (before !== COLON && before !== GREATER_THAN) return null;
  return text.subarray(place, place + LONG_RUN).includes(LINE_FEED) ? place : null;
}

/**
 * The digits of the lines from here on, as many as the first of them say that the certificate has.
 *
 * @returns with where the lines end that were looked at; null where fewer follow, or where a line goes on behind the last one
 */
function readRun(text: Buffer, start: number): { readonly digits: string | null; readonly end: number } {
  const lines: string[] = [];
  let length = 0;
  let wanted = MAX_DIGITS;
  let next = start;
  while (next < text.length && length < wanted) {
    const lineFeed = text.indexOf(LINE_FEED, next);
    const end = lineFeed < 0 ? text.length : lineFeed;
    // A line longer than that is no part of one, and is not made a string of.
    const line = end - next > MAX_DIGITS + 256 ? '' : text.toString('latin1', next, end);
    const [, digits] = LINE.exec(line) ?? (lines.length === 0 ? null : LAST_LINE.exec(line)) ?? [];
    if (digits === undefined) return { digits: null, end: next };
    if (lines.length === 0) wanted = digitsByHeader(digits);
    lines.push(digits);
    length += digits.length;
    next = end + 1;
  }
  return { digits: length === wanted ? lines.join('') : null, end: Math.min(next, text.length) };
}

/** How many digits a certificate has that begins so. */
export function digitsByHeader(digits: string): number {
  const head = Buffer.from(digits.slice(0, HEAD), 'base64');
  return head.length < 4 ? 0 : Math.ceil(((head.readUInt16BE(2) + 4) * 4) / 3);
}
