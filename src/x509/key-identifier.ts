/**
 * Key identifiers that are digests of their key, by the methods of RFC 5280 4.2.1.2 and RFC 7093 2.
 *
 * @module
 */
import { fingerprint } from './fingerprint.js';
import { subjectPublicKeyBits } from './public-key.js';

/** Lower-case hex digits of 160 bits, the shortest that RFC 7093 cuts a digest to. */
const SHORTEST = 40;

const ALGORITHMS = ['sha1', 'sha256', 'sha384', 'sha512'] as const;

/**
 * Whether an identifier follows from a key: SHA-1 of its bits, four bits 0100 and the last 60 of that, or the leftmost 160
 * bits or more of a SHA-2 digest; of the whole subjectPublicKeyInfo too (RFC 7093 2, method 4). An identifier that does not
 * is allowed all the same: it need only be unique.
 *
 * @param identifier - lower-case hex
 * @param spki - DER of the subjectPublicKeyInfo
 */
export function identifiesKey(identifier: string, spki: Uint8Array): boolean {
  const bits = subjectPublicKeyBits(spki);
  if (identifier === `4${fingerprint('sha1', bits).slice(-15)}`) return true;
  if (identifier.length < SHORTEST) return false;
  return [bits, spki].some((bytes) =>
    ALGORITHMS.some((algorithm) => fingerprint(algorithm, bytes).startsWith(identifier)),
  );
}
