/**
 * The integrity protection of PKCS#12: MacData (RFC 7292 4) and PBMAC1 (RFC 9579, now RFC 9879).
 *
 * @module
 */
import { createHmac } from 'node:crypto';
import { equalBytes } from '../encoding/byte-writer.js';
import { childrenOf, contentOf, type DerElement, encodeElement, expectTag, readOid, TAG } from '../encoding/der.js';
import { TrustError } from '../errors.js';
import type { RandomSource } from './codec.js';
import { readHmac, readIterations, readPbkdf2, unsupported } from './pbe.js';
import { DIGESTS, type Digest, derivePkcs12Key, KEY_PURPOSE, type Secret } from './pkcs12-kdf.js';
import { redraw, replaceElements } from './pkcs12-splice.js';

/** A MAC with its parameters. */
export interface PasswordMac {
  /** For people, e.g. `HmacPBESHA256, 10000 iterations`. */
  readonly label: string;
  readonly isPbmac1: boolean;
  /** The digest that the file has, an OCTET STRING. */
  readonly digest: DerElement;
  /** What must be another in every computation, an OCTET STRING. */
  readonly salt: DerElement;
  readonly compute: (content: Uint8Array, secret: Secret) => Uint8Array;
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
  const expected = expectTag(digestField, TAG.octetString);
  const oid = readOid(type);
  if (oid === PBMAC1) return readPbmac1(expectTag(parameters, TAG.sequence), expected);

  const digest = DIGESTS.get(oid);
  if (digest === undefined) throw unsupported('MAC digest', oid);
  requireLength(expected, digest.length);
  const saltField = expectTag(salt, TAG.octetString);
  const kdf = {
    digest,
    salt: contentOf(saltField),
    iterations: iterations === undefined ? 1 : readIterations(iterations),
    purpose: KEY_PURPOSE.mac,
    length: digest.length,
  };
  return {
    label: `HmacPBE${digest.label}, ${kdf.iterations} iterations`,
    isPbmac1: false,
    digest: expected,
    salt: saltField,
    compute: (content, secret) => hmac(digest, derivePkcs12Key(secret, kdf), content),
  };
}

/** Whether the content was protected with this password and is unchanged. */
export function verifyMac({ compute, digest }: PasswordMac, content: Uint8Array, secret: Secret): boolean {
  return equalBytes(compute(content, secret), contentOf(digest));
}

/**
 * The MacData of other content: the same algorithm and counts, with another salt of the same length.
 *
 * @param macData - one that `readMac` reads
 */
export function protectAnew(
  macData: DerElement,
  content: Uint8Array,
  { secret, random }: { readonly secret: Secret; readonly random: RandomSource },
): Uint8Array {
  const redrawn = redraw(macData, [readMac(macData).salt], random);
  const { digest, compute } = readMac(redrawn);
  return replaceElements(redrawn, [[digest, encodeElement(TAG.octetString, compute(content, secret))]]);
}

/** PBMAC1-params; the salt and the count outside of it are without meaning. */
function readPbmac1(parameters: DerElement, expected: DerElement): PasswordMac {
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
    digest: expected,
    salt: kdf.salt,
    compute: (content, secret) => hmac(digest, kdf.derive(secret, keyLength), content),
  };
}

function requireLength(digest: DerElement, expected: number): void {
  const { length } = contentOf(digest);
  if (length !== expected) {
    throw new TrustError('der/bad-value', `the MAC has ${length} bytes, expected ${expected}`);
  }
}

function hmac({ name }: Digest, key: Uint8Array, content: Uint8Array): Uint8Array {
  return createHmac(name, key).update(content).digest();
}
