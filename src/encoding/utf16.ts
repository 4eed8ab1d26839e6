/**
 * UTF-16, big-endian, as a BMPString has it (ITU-T X.690 8.23.7).
 *
 * @module
 */

/** In bytes: up to here, a character at a time is faster than a Buffer. */
const SHORT = 128;

/**
 * Decodes text; surrogates stay as they are, also alone.
 *
 * @param start - where it begins
 * @param end - where it ends, an even number of bytes later
 */
export function decodeUtf16(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT) return Buffer.from(bytes.subarray(start, end)).swap16().toString('utf16le');
  let text = '';
  for (let i = start; i < end; i += 2) {
    text += String.fromCharCode(((bytes[i] as number) << 8) | (bytes[i + 1] as number));
  }
  return text;
}
