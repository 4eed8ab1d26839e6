/**
 * Java's modified UTF-8 (java.io.DataInput): U+0000 takes two bytes, and a supplementary character is written as its
 * two surrogates, three bytes each. JKS and JCEKS store aliases and type names in it.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { asBuffer } from './buffer.js';

/** Encodes a string; every UTF-16 unit is encoded alone, as Java does. */
export function encodeModifiedUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x01 && unit <= 0x7f) bytes.push(unit);
    else if (unit <= 0x7ff) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Uint8Array.from(bytes);
}

/**
 * Decodes modified UTF-8 as java.io.DataInputStream.readUTF does: one, two and three byte groups, nothing else.
 *
 * @param start - where the string begins, in bytes
 * @param end - where it ends
 * @throws {TrustError} `keystore/malformed` with the offset inside the string
 */
export function decodeModifiedUtf8(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  let i = skipAscii(bytes, start, end);
  let text = asBuffer(bytes).toString('latin1', start, i);
  while (i < end) {
    const first = bytes[i] as number;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      i++;
      continue;
    }
    const length = first >> 5 === 0b110 ? 2 : first >> 4 === 0b1110 ? 3 : 0;
    const complete = length > 0 && i + length <= end;
    const second = bytes[i + 1] ?? 0;
    const third = bytes[i + 2] ?? 0;
    if (!complete || second >> 6 !== 0b10 || (length > 2 && third >> 6 !== 0b10)) {
      throw new TrustError('keystore/malformed', 'a string is not modified UTF-8', { at: { offset: i - start } });
    }
    if (length === 2) text += String.fromCharCode(((first & 0x1f) << 6) | (second & 0x3f));
    else text += String.fromCharCode(((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f));
    i += length;
  }
  return text;
}

/**
 * Makes sure that a string is modified UTF-8.
 *
 * @throws {TrustError} as `decodeModifiedUtf8`
 */
export function requireModifiedUtf8(bytes: Uint8Array, start: number, end: number): void {
  if (skipAscii(bytes, start, end) < end) decodeModifiedUtf8(bytes, start, end);
}

function skipAscii(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && (bytes[i] as number) < 0x80) i++;
  return i;
}
