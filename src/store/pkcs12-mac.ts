/**
 * The integrity protection of PKCS#12: MacData (RFC 7292 4) and PBMAC1 (RFC 9579, now RFC 9879).
 *
 * @module
 */
import { createHmac } from 'node:crypto';
import { equalBytes } from '../encoding/byte-writer.js';
import { childrenOf, contentOf, type DerElement, expectTag, readOid, TAG } from '../encoding/der.js';
import { TrustError } from '../errors.js';
import { readHmac, readIterations, readPbkdf2, unsupported } from './pbe.js';
import { DIGESTS, derivePkcs12Key, KEY_PURPOSE, type Secret } from './pkcs12-kdf.js';

/** A MAC with its parameters. */
export interface PasswordMac {
  /** For people, e.g. `HmacPBESHA256, 10000 iterations`. */
  readonly label: string;
  readonly isPbmac1: boolean;
  /** Whether the content was protected with this password and is unchanged. */
  readonly verify: (content: Uint8Array, secret: Secret) => boolean;
}

const PBMAC1 = '1.2.840.113549.1.5.14';

/** RFC 9879 section 6 forbids shorter keys, since a short one makes the MAC guessable. */
const MIN_PBMAC1_KEY_LENGTH = 20;

/**
 * Reads a MacData.
 *
 * @throws {TrustError} `keystore/unsupported` for an algorithm that is not known; `der/…` for wrong parameters, which
 *   includes a digest that is cut short and a PBMAC1 key that is too short or of no stated length
 */
export function readMac(macData: DerElement): PasswordMac {
  const [digestInfo, salt, iterations] = childrenOf(expectTag(macData, TAG.sequence), 'ber');
  const [algorithm, digestField] = childrenOf(expectTag(digestInfo, TAG.sequence), 'ber');
  const [type, parameters] = childrenOf(expectTag(algorithm, TAG.sequence), 'ber');
  const expected = contentOf(expectTag(digestField, TAG.octetString));
  const oid = readOid(type);
  if (oid === PBMAC1) return readPbmac1(expectTag(parameters, TAG.sequence), expected);

  const digest = DIGESTS.get(oid);
  if (digest === undefined) throw unsupported('MAC digest', oid);
  requireLength(expected, digest.length);
  const kdf = {
    digest,
    salt: contentOf(expectTag(salt, TAG.octetString)),
    iterations: iterations === undefined ? 1 : readIterations(iterations),
    purpose: KEY_PURPOSE.mac,
    length: digest.length,
  };
  return {
    label: `HmacPBE${digest.label}, ${kdf.iterations} iterations`,
    isPbmac1: false,
    verify: (content, secret) => isMacOf(content, derivePkcs12Key(secret, kdf), digest.name, expected),
  };
}

/** PBMAC1-params; the salt and the count outside of it are without meaning. */
function readPbmac1(parameters: DerElement, expected: Uint8Array): PasswordMac {
  const [kdfField, macField] = childrenOf(parameters, 'ber');
  const kdf = readPbkdf2(kdfField);
  const digest = readHmac(macField);
  requireLength(expected, digest.length);
  const { keyLength } = kdf;
  if (keyLength === null || keyLength < MIN_PBMAC1_KEY_LENGTH) {
    const found = keyLength === null ? 'no stated length' : `${keyLength} bytes`;
    throw new TrustError(
      'der/bad-value',
      `the key of PBMAC1 has ${found}, expected at least ${MIN_PBMAC1_KEY_LENGTH} bytes`,
    );
  }
  return {
    label: `PBMAC1 Hmac${digest.label}, PBKDF2 ${kdf.prf}, ${kdf.iterations} iterations`,
    isPbmac1: true,
    verify: (content, secret) => isMacOf(content, kdf.derive(secret, keyLength), digest.name, expected),
  };
}

function requireLength(digest: Uint8Array, length: number): void {
  if (digest.length !== length) {
    throw new TrustError('der/bad-value', `the MAC has ${digest.length} bytes, expected ${length}`);
  }
}

function isMacOf(content: Uint8Array, key: Uint8Array, hash: string, expected: Uint8Array): boolean {
  return equalBytes(createHmac(hash, key).update(content).digest(), expected);
}
