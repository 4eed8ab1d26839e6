/**
 * Bytes as a Buffer, which alone of the two can be read as text.
 *
 * @module
 */

/** A Buffer over the same memory: the very array where it is one, since making another takes longer than a short text. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
