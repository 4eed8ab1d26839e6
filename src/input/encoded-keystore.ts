/**
 * A keystore in base64 without markers, as the whole of a text.
 *
 * @module
 */
import { detectBinaryKeystore } from '../store/codecs.js';
import { decodeEmbedded } from './embedded.js';
import { textOf } from './text.js';

/** How much is looked at to tell whether the text can be one: blanks, and the first characters of base64. */
const HEAD = 256;

/** How base64 of a SEQUENCE, of JKS and of JCEKS begins. */
const START = /^\s*(?:M[A-P]|\/u3\+|zs7O)/;

/**
 * Decodes a text that is one keystore.
 *
 * @param bytes - UTF-8 or Latin-1
 * @returns null when it is anything else, or when something stands beside the keystore
 */
export function decodeKeystoreText(bytes: Uint8Array): Uint8Array | null {
  if (!START.test(textOf(bytes.subarray(0, HEAD)))) return null;
  const decoded = decodeEmbedded(textOf(bytes));
  if (decoded === null || decoded === 'broken' || detectBinaryKeystore(decoded.bytes) === null) return null;
  return decoded.bytes;
}
