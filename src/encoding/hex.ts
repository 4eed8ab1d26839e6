/**
 * Hexadecimal, as fingerprints and serial numbers are written: lower case without separators inside, any common form
 * on the way in.
 *
 * @module
 */

/** Lower-case hex digits, two a byte. */
export function encodeHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
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

/** `CA3AFBCF…` in upper case and groups, as devices print digests: eight digits a group by default. */
export function groupHex(hex: string, size = 8): string {
  return (hex.toUpperCase().match(new RegExp(`.{1,${size}}`, 'g')) ?? []).join(' ');
}
