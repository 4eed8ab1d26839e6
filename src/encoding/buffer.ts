/**
 * Bytes as a Buffer, which alone of the two can be read as text.
 *
 * @module
 */

/** A Buffer over the same memory: the very array where it is one, since making another takes longer than a short text. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Memory that is not worth a thought when a part of it is kept longer than it is used. */
const LITTLE = 256 * 1024;

/** All of the memory that the bytes stood in which were read last: certificates of one file share it. */
let lastMemory: Buffer = Buffer.alloc(0);

/**
 * The text of the bytes between two offsets: a character for each, or two hexadecimal digits. Makes no Buffer for each of many
 * certificates, which takes longer than reading a name from it.
 *
 * @param end - not beyond the bytes: what stands behind them in their memory is not theirs
 */
export function sliceText(bytes: Uint8Array, encoding: 'latin1' | 'hex', start: number, end: number): string {
  const { buffer, byteOffset } = bytes;
  // The memory of a resizable one may have become another.
  if (buffer !== lastMemory.buffer || buffer.byteLength !== lastMemory.length) {
    if (buffer.byteLength > LITTLE) return asBuffer(bytes).toString(encoding, start, end);
    lastMemory = Buffer.from(buffer);
  }
  return lastMemory.toString(encoding, byteOffset + start, byteOffset + end);
}
