/**
 * Element headers at the start of a file, read without asking whether the rest of the file is there: detection must
 * recognise a file that is cut short, so that the error can say so.
 *
 * @module
 */

/** A header (ITU-T X.690 8.1). */
export interface PeekedHeader {
  readonly tag: number;
  readonly contentStart: number;
  /** In bytes; null when it is indefinite. */
  readonly length: number | null;
}

/** The header at an offset, or null when the bytes end inside of it or it is none that files begin with. */
export function peekElement(bytes: Uint8Array, offset: number): PeekedHeader | null {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) return null;
  if (first <= 0x80) return { tag, contentStart: offset + 2, length: first === 0x80 ? null : first };
  const contentStart = offset + 2 + (first & 0x7f);
  if (contentStart > offset + 6 || contentStart > bytes.length) return null;
  let length = 0;
  for (let at = offset + 2; at < contentStart; at++) length = length * 256 + (bytes[at] as number);
  return { tag, contentStart, length };
}
