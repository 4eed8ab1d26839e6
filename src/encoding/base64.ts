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

/** Little enough to be kept for the sake of one of those that share it. */
const MEMORY_AT_ONCE = 256 * 1024;

/** Mail breaks base64 after 76 characters (RFC 2045 6.8), PEM after 64. */
const MAX_EVEN_WIDTH = 76;

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
 * @param memory - where the bytes go
 * @throws {TrustError} `pem/bad-base64` at the offset of the first character that does not belong, or of the end where
 *   characters are missing
 */
export function decodeBase64(
  text: Uint8Array,
  start = 0,
  end: number = text.length,
  memory: Base64Memory = new Base64Memory(end - start),
): Uint8Array {
  requireBase64(text, start, end);
  return memory.decode(asBuffer(text).toString('latin1', start, end));
}

/**
 * The same for base64 that is laid out as nearly every program does it: lines that end with a line feed and are equally
 * long, the last one aside, and nothing else. Only the places where lines must end are looked at; that the rest is base64
 * follows from the number of bytes that Node decoded, since it passes over everything else.
 *
 * @returns the bytes and the number of lines, or null for a text that is laid out in another way, or is no base64
 */
export function decodeEvenBase64(
  text: Uint8Array,
  start: number,
  end: number,
  memory: Base64Memory = new Base64Memory(end - start),
): { readonly bytes: Uint8Array; readonly lines: number } | null {
  const base64 = asBuffer(text).toString('latin1', start, end);
  // Node decodes the characters of the URL-safe alphabet, too.
  if (base64.includes('-') || base64.includes('_')) return null;
  const bytes = memory.decode(base64);
  const lines = countEvenLines(text, start, end, bytes.length);
  return lines === null ? null : { bytes, lines };
}

/** What several short texts decode to, side by side: to allocate memory for each would take longer than to decode it. */
export class Base64Memory {
  #left: number;
  #memory: Buffer = Buffer.alloc(0);
  #used = 0;

  /** @param characters - how many there are to be decoded in all */
  constructor(characters: number) {
    this.#left = characters;
  }

  /** Decodes a text; what is no base64 is passed over. */
  decode(base64: string): Uint8Array {
    const most = Math.ceil(base64.length / 4) * 3;
    if (this.#memory.length - this.#used < most) {
      this.#memory = Buffer.allocUnsafeSlow(Math.max(most, Math.min(MEMORY_AT_ONCE, Math.ceil(this.#left / 4) * 3)));
      this.#used = 0;
    }
    const start = this.#used;
    this.#left = Math.max(0, this.#left - base64.length);
    this.#used += this.#memory.write(base64, start, 'base64');
    return new Uint8Array(this.#memory.buffer, start, this.#used - start);
  }
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

/** How many even lines a text has that decodes to so many bytes; null where they are not even. */
function countEvenLines(text: Uint8Array, start: number, end: number, decodedLength: number): number | null {
  const widest = Math.min(end, start + MAX_EVEN_WIDTH + 1);
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
