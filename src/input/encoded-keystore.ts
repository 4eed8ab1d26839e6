/**
 * A keystore in base64, as the whole of a text: with the markers that GnuTLS writes around PKCS#12, or bare.
 *
 * @module
 */
import { detectBinaryKeystore } from '../store/codecs.js';
import { decodeEmbedded } from './embedded.js';
import { textOf } from './text.js';

/** How much is looked at to tell whether the text can be one: blanks, a marker, and the first characters of base64. */
const HEAD = 256;

/** A marker, or how base64 of a SEQUENCE, of JKS and of JCEKS begins. */
const START = /^\s*(?:-----BEGIN (?:PKCS12|PFX)-----|M[A-P]|\/u3\+|zs7O)/;

const MARKER = /^-----BEGIN ([A-Z0-9]+)-----/;

/**
 * Decodes a text that is one keystore.
 *
 * @param bytes - UTF-8 or Latin-1
 * @returns null when it is anything else, or when something stands beside the keystore
 */
export function decodeKeystoreText(
  bytes: Uint8Array,
): { readonly kind: 'pem' | 'base64'; readonly bytes: Uint8Array } | null {
  if (!START.test(textOf(bytes.subarray(0, HEAD)))) return null;
  const text = textOf(bytes).trim();
  const marker = MARKER.exec(text.slice(0, HEAD));
  const end = marker === null ? text.length : text.indexOf('-----END ');
  if (end < 0 || (marker !== null && text.slice(end) !== `-----END ${marker[1]}-----`)) return null;
  const decoded = decodeEmbedded(text.slice(marker?.[0].length ?? 0, end));
  if (decoded === null || decoded === 'broken' || detectBinaryKeystore(decoded.bytes) === null) return null;
  return { kind: marker === null ? 'base64' : 'pem', bytes: decoded.bytes };
}
