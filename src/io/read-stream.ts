/**
 * Standard input read as a whole, in whatever pieces it comes.
 *
 * @module
 */
import { TrustError } from '../errors.js';

/**
 * Puts the pieces of standard input together.
 *
 * @param maxBytes - reading ends where there are more
 * @throws {TrustError} `input/too-large`; whatever the stream throws
 */
export async function readStream(pieces: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of pieces) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new TrustError('input/too-large', `standard input has more than ${maxBytes} bytes`, {
        at: { source: '-' },
        hint: 'cut it down to what holds the certificates',
      });
    }
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
