/**
 * Base64 (RFC 4648 section 4) as it stands in text: line ends and blanks between the characters are passed over,
 * anything else is refused with its offset. Padding must be there and right.
 *
 * @module
 */

import { TrustError } from '../errors.js';
import { asBuffer } from './buffer.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CHARACTER = 1;
const BLANK = 2;
const LINE_FEED = 0x0a;
const EQUALS = 0x3d;

/** Wider lines than this are not laid out by any program that breaks lines. */
const MAX_EVEN_WIDTH = 128;

/** What a byte means: a character of the alphabet, a blank as RFC 7468 section 3 has it (`W`), or 0 for all others. */
const KINDS: Uint8Array = new Uint8Array(256);
for (const character of ALPHABET) KINDS[character.charCodeAt(0)] = CHARACTER;
for (const blank of ' \t\n\v\f\r') KINDS[blank.charCodeAt(0)] = BLANK;

/** Whether a byte is one of the 64 characters; padding is not. */
function isBase64Character(byte: number): boolean {
  return KINDS[byte] === CHARACTER;
}

/** Whether a byte is a blank or a line end, which base64 text may hold anywhere. */
export function isBlank(byte: number): boolean {
  return KINDS[byte] === BLANK;
}

/**
 * Decodes the base64 that stands between two offsets of a text.
 *
 * @param text - the bytes of the whole text
 * @throws {TrustError} `pem/bad-base64` at the offset of the first character that does not belong, or of the end where
 *   characters are missing
 */
export function decodeBase64(text: Uint8Array, start = 0, end: number = text.length): Uint8Array {
  return decodeBase64Lines(text, start, end).bytes;
}

/** What base64 decodes to, and how it was laid out. */
interface Base64Lines {
  readonly bytes: Uint8Array;
  /** As `evenLineCount` counts them. */
  readonly lines: number | null;
}

/**
 * The same with the number of lines.
 *
 * @throws {TrustError} as `decodeBase64`
 */
export function decodeBase64Lines(text: Uint8Array, start: number, end: number): Base64Lines {
  const base64 = asBuffer(text).toString('latin1', start, end);
  const decoded = Buffer.from(base64, 'base64');
  const isUrlSafe = base64.includes('-') || base64.includes('_');
  const lines = isUrlSafe ? null : countEvenLines(text, start, end, decoded.length);
  if (lines === null) requireBase64(text, start, end);
  return { bytes: new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.length), lines };
}

/** Base64 of bytes, with padding, in one line. */
export function encodeBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64');
}

/** Base64 text without the padding at its end. */
export function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === EQUALS) end--;
  return text.slice(0, end);
}

/**
 * The number of lines of base64 that is laid out as nearly every program does it: lines that end with a line feed and
 * are equally long, the last one aside, and nothing else. Only the places where lines must end are looked at; that the
 * rest is base64 follows from the number of bytes that Node decoded, since it passes over everything else.
 *
 * @param decodedLength - how many bytes the text decodes to
 * @returns null when the text is laid out in another way, or is no base64
 */
export function evenLineCount(text: Uint8Array, start: number, end: number, decodedLength: number): number | null {
  return hasUrlSafeCharacter(asBuffer(text).subarray(start, end))
    ? null
    : countEvenLines(text, start, end, decodedLength);
}

/** The same for a text that has no character of the URL-safe alphabet, which Node decodes, too. */
function countEvenLines(text: Uint8Array, start: number, end: number, decodedLength: number): number | null {
  const widest = Math.min(end, start + MAX_EVEN_WIDTH);
  let lineEnd = start;
  while (lineEnd < widest && text[lineEnd] !== LINE_FEED) lineEnd++;
  if (lineEnd === widest || text[end - 1] !== LINE_FEED) return null;
  const stride = lineEnd - start + 1;
  let lines = 1;
  for (; lineEnd < end - 1; lineEnd += stride, lines++) {
    if (text[lineEnd] !== LINE_FEED) return null;
  }
  const padding = (3 - (decodedLength % 3)) % 3;
  for (let offset = end - 1 - padding; offset < end - 1; offset++) if (text[offset] !== EQUALS) return null;
  const isAllBase64 = end - start - lines === Math.ceil(decodedLength / 3) * 4;
  return isAllBase64 ? lines : null;
}

/** Buffers find a byte far quicker than other arrays do. */
function hasUrlSafeCharacter(text: Buffer): boolean {
  return text.includes(0x2d) || text.includes(0x5f);
}

function requireBase64(text: Uint8Array, start: number, end: number): void {
  let characters = 0;
  let padding = 0;
  for (let offset = start; offset < end; offset++) {
    const byte = text[offset] as number;
    if (byte === EQUALS) padding++;
    else if (isBase64Character(byte) && padding === 0) characters++;
    else if (!isBlank(byte)) {
      throw new TrustError('pem/bad-base64', 'found a character that is no base64', {
        at: { offset },
        hint: 'copy the text again from its source',
      });
    }
  }
  if (padding > 2 || (characters + padding) % 4 !== 0) {
    throw new TrustError(
      'pem/bad-base64',
      `found ${characters} base64 characters and ${padding} of padding, expected groups of four`,
      { at: { offset: end }, hint: 'characters are missing; copy the text again from its source' },
    );
  }
}
