/**
 * Hexadecimal, as fingerprints and serial numbers are written: lower case without separators inside, any common form
 * on the way in.
 *
 * @module
 */

import { sliceText } from './buffer.js';

/** Lower-case hex digits, two a byte. */
export function encodeHex(bytes: Uint8Array): string {
  return encodeHexAt(bytes, 0, bytes.length);
}

/** The same of the bytes between two offsets. */
export function encodeHexAt(bytes: Uint8Array, start: number, end: number): string {
  return sliceText(bytes, 'hex', start, end);
}

/**
 * Reads hex digits with or without colons, blanks or hyphens between them.
 *
 * @returns the bytes, or null when the text is anything else (an odd number of digits, a stray character, nothing)
 */
export function decodeHex(text: string): Uint8Array | null {
  const digits = text.replace(/[\s:-]/g, '');
  if (digits.length === 0 || digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return null;
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

/**
 * A fingerprint as a user may write it (`85:A0:DD…`, `sha256:85a0…`), in the form the program uses everywhere.
 *
 * @param text - a SHA-256 digest in hex
 * @returns 64 lower-case digits, or null when the text is no SHA-256 digest
 */
export function normaliseSha256(text: string): string | null {
  const bytes = decodeHex(text.trim().replace(/^sha-?256(?:\s*fingerprint)?\s*[:=]\s*/i, ''));
  return bytes?.length === 32 ? encodeHex(bytes) : null;
}

/** `CA3AFBCF 1240364B …`: upper case in groups of eight, as Cisco IOS prints digests. */
export function groupHex(hex: string): string {
  return (hex.toUpperCase().match(/.{1,8}/g) ?? []).join(' ');
}

/** `CA:3A:FB:…`: upper case with colons, as keytool, OpenSSL and NX-OS print digests. */
export function colonHex(hex: string): string {
  return (hex.toUpperCase().match(/../g) ?? []).join(':');
}
