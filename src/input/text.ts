/**
 * Text as people have it: which encoding it is in, and where in it something stands.
 *
 * @module
 */

import { isUtf8 } from 'node:buffer';
import { asBuffer } from '../encoding/buffer.js';
import { isInDer } from './der-in-text.js';

/** A text in an encoding that keeps ASCII bytes, which is what PEM is looked for in. */
export interface DecodedText {
  readonly bytes: Uint8Array;
  /** What was in front of it or around its characters: nothing, a byte order mark, UTF-16, or zeros as in UTF-16 and UTF-32. */
  readonly wrapping: 'none' | 'byte-order-mark' | 'utf-16' | 'zeros';
}

/** A run of characters as long as this is no word of a language. */
export const LONGER_THAN_WORDS = 24;

/** How much of a text is looked at to tell UTF-16 from binary data. */
const SAMPLE = 512;

/**
 * Text as UTF-8 or Latin-1 without a byte order mark.
 *
 * @returns null for bytes that are no text: control characters other than those that lay out lines or drive a terminal
 */
export function decodeText(bytes: Uint8Array): DecodedText | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return { bytes: bytes.subarray(3), wrapping: 'byte-order-mark' };
  }
  const bare = withoutZeros(bytes);
  if (bare !== null) return { bytes: bare, wrapping: 'zeros' };
  const order = utf16Order(bytes);
  if (order !== null) return { bytes: fromUtf16(bytes, order), wrapping: 'utf-16' };
  if (isBinaryText(bytes)) return null;
  return { bytes, wrapping: 'none' };
}

/** Whether bytes begin with what is in no text; behind words and blocks of PEM it may be DER that was put there. */
function isBinaryText(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, SAMPLE);
  for (let at = 0; at < end; at++) {
    if (isBinary(bytes[at] as number)) return !asBuffer(bytes.subarray(0, at)).includes(BEGIN) && !isInDer(bytes, at);
  }
  return false;
}

/**
 * A text in which more blocks can be seen when its zeros are taken out: UTF-32, a file of which one part is UTF-16, as the `>>` of
 * PowerShell makes it, or one that was blown up with zeros.
 *
 * @returns null for all others
 */
function withoutZeros(bytes: Uint8Array): Uint8Array | null {
  const text = asBuffer(bytes);
  if (!text.includes(0) || !SPACED_SIGNS.some((sign) => text.includes(sign))) return null;
  const bare = takeZerosOut(bytes);
  if (isBinaryText(bare)) return null;
  const order = utf16Order(bytes);
  const asItIs = order === null ? (isBinaryText(bytes) ? new Uint8Array() : bytes) : fromUtf16(bytes, order);
  if (countSigns(bare) <= countSigns(asItIs)) return null;
  return (bare[0] === 0xff && bare[1] === 0xfe) || (bare[0] === 0xfe && bare[1] === 0xff) ? bare.subarray(2) : bare;
}

/** A loop: a function called for every byte takes a hundred times as long. */
function takeZerosOut(bytes: Uint8Array): Uint8Array {
  const bare = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte !== 0) bare[length++] = byte;
  }
  return bare.subarray(0, length);
}

const BEGIN = '-----BEGIN ';

/** How blocks begin where there are zeros between characters, and where there are none. */
const SPACED_SIGNS: readonly Buffer[] = [
  Buffer.from('--BEGIN', 'utf16le'),
  Buffer.from('-\0\0\0B\0\0\0E'),
  Buffer.from(BEGIN),
];

function countSigns(text: Uint8Array): number {
  const view = asBuffer(text);
  let count = 0;
  for (let at = view.indexOf(BEGIN); at !== -1; at = view.indexOf(BEGIN, at + 1)) count++;
  return count;
}

/** A part of a text as a string: UTF-8 where it is that, else Latin-1, so that no byte is lost. */
export function textOf(bytes: Uint8Array): string {
  const view = asBuffer(bytes);
  return view.toString(isUtf8(view) ? 'utf8' : 'latin1');
}

/** 1 for every byte that is a base64 digit. */
const IS_BASE64 = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9+/]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/**
 * Whether a text has so many base64 digits in a row. Such a run covers some words of four bytes; where the last of these has a
 * blank, as in nearly all texts that are made of words, none of the run can be before it.
 *
 * @param length - 8 or more
 */
export function hasBase64Run(bytes: Uint8Array, length: number): boolean {
  if (bytes.length < length) return false;
  const first = -bytes.byteOffset & 3;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + first, (bytes.length - first) >> 2);
  const covered = (length - 3) >> 2;
  for (let start = 0; start + covered <= words.length; ) {
    let last = start + covered - 1;
    while (last >= start && !hasBlank(words[last] as number)) last--;
    if (last < start) {
      const end = endOfRun(bytes, first + start * 4, first + (start + covered) * 4, length);
      if (end === null) return true;
      last = (end - first) >> 2;
    }
    start = last + 1;
  }
  return false;
}

/** Whether one of four bytes is a blank, a control character or punctuation that comes before the plus sign. */
function hasBlank(word: number): boolean {
  return ((word - 0x2b2b2b2b) & ~word & 0x80808080) !== 0;
}

/** Where a byte that is no digit stands: the last one of a part of a text, else the first one behind it. Null for a run. */
function endOfRun(bytes: Uint8Array, from: number, to: number, length: number): number | null {
  for (let at = to - 1; at >= from; at--) if (IS_BASE64[bytes[at] as number] !== 1) return at;
  let start = from;
  let end = to;
  while (IS_BASE64[bytes[start - 1] as number] === 1) start--;
  while (end - start < length && IS_BASE64[bytes[end] as number] === 1) end++;
  return end - start < length ? end : null;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Where each line begins: counted first, since a text of line ends has as many lines as characters. */
function startsOfLines(text: string): Uint32Array {
  const isEnd = (at: number) => {
    const code = text.charCodeAt(at);
    return code === LINE_FEED || (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) !== LINE_FEED);
  };
  let count = 1;
  for (let at = 0; at < text.length; at++) if (isEnd(at)) count++;
  const starts = new Uint32Array(count);
  let next = 1;
  for (let at = 0; at < text.length; at++) if (isEnd(at)) starts[next++] = at + 1;
  return starts;
}

/** Lines and columns of a string, both from 1; LF, CR LF and a lone CR each end a line. */
export class LineIndex {
  readonly #starts: Uint32Array;
  readonly #firstLine: number;
  readonly #places: Uint32Array | null;

  /**
   * @param text - as it stands
   * @param firstLine - the line on which the string begins in the whole text
   * @param places - of the characters of its transcript, where there is one
   */
  constructor(text: string, firstLine = 1, places: Uint32Array | null = null) {
    this.#places = places;
    this.#starts = startsOfLines(text);
    this.#firstLine = firstLine;
  }

  /** Where the character at an index stands: an index of the transcript, if there is one. */
  locate(index: number): { readonly line: number; readonly column: number } {
    return this.locatePlace(this.#places?.[index] ?? index);
  }

  /** Where the character at an index of the text as it stands is. */
  locatePlace(index: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= index) low = middle;
      else high = middle - 1;
    }
    return { line: this.#firstLine + low, column: index - (this.#starts[low] as number) + 1 };
  }
}

/** Little or big endian, by the byte order mark, or by ASCII characters whose other byte is always zero. */
function utf16Order(bytes: Uint8Array): 'little' | 'big' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'little';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'big';
  const sample = bytes.subarray(0, SAMPLE);
  if (sample.length < 4 || bytes.length % 2 !== 0 || !sample.includes(0)) return null;
  let even = 0;
  let odd = 0;
  for (let at = 0; at + 1 < sample.length; at += 2) {
    if (sample[at] === 0) even++;
    if (sample[at + 1] === 0) odd++;
  }
  const most = sample.length / 2 - 2;
  if (even === 0 && odd > most) return 'little';
  return odd === 0 && even > most ? 'big' : null;
}

function fromUtf16(bytes: Uint8Array, order: 'little' | 'big'): Uint8Array {
  const copy = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  const text = (order === 'big' ? copy.swap16() : copy).toString('utf16le');
  return new TextEncoder().encode(text.replace(/^\ufeff/, ''));
}

/** What stands in text: layout, ESC of terminals, and of the logs of consoles ETX (the end of a banner), BEL and BS (a pager). */
const IN_TEXT: ReadonlySet<number> = new Set([0x03, 0x07, 0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

function isBinary(byte: number): boolean {
  return byte < 0x20 && !IN_TEXT.has(byte);
}
