/**
 * Secret keys as Java puts them into PKCS#12 (sun.security.pkcs12.PKCS12KeyStore): shaped like a PrivateKeyInfo, with an
 * OBJECT IDENTIFIER that names the algorithm, and the bytes of the key for the private key.
 *
 * @module
 */
import {
  childrenOf,
  contentOf,
  decodeElement,
  encodeElement,
  encodeInteger,
  encodeOid,
  expectTag,
  NULL,
  readOid,
  TAG,
} from '../encoding/der.js';
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import { quoteAlias } from './alias.js';
import type { SecretKey } from './java-secret-key.js';

/**
 * What Java 17 writes for the algorithms of secret keys that it has an identifier for (sun.security.x509.AlgorithmId),
 * found out by having it write each that it makes keys for; `keytool -importpass` makes those of PBE. The others, Blowfish
 * or HmacMD5 for instance, it refuses.
 */
const ALGORITHMS: readonly (readonly [name: string, oid: string])[] = [
  ['AES', '2.16.840.1.101.3.4.1'],
  ['ARCFOUR', '1.2.840.113549.3.4'],
  ['ChaCha20-Poly1305', '1.2.840.113549.1.9.16.3.18'],
  ['DES', '1.3.14.3.2.7'],
  ['DESede', '1.3.14.3.2.17'],
  ['HmacSHA1', '1.2.840.113549.2.7'],
  ['HmacSHA224', '1.2.840.113549.2.8'],
  ['HmacSHA256', '1.2.840.113549.2.9'],
  ['HmacSHA384', '1.2.840.113549.2.10'],
  ['HmacSHA512', '1.2.840.113549.2.11'],
  ['HmacSHA512/224', '1.2.840.113549.2.12'],
  ['HmacSHA512/256', '1.2.840.113549.2.13'],
  ['HmacSHA3-224', '2.16.840.1.101.3.4.2.13'],
  ['HmacSHA3-256', '2.16.840.1.101.3.4.2.14'],
  ['HmacSHA3-384', '2.16.840.1.101.3.4.2.15'],
  ['HmacSHA3-512', '2.16.840.1.101.3.4.2.16'],
  ['PBEWithMD5AndDES', '1.2.840.113549.1.5.3'],
  ['PBEWithSHA1AndDESede', '1.2.840.113549.1.12.1.3'],
  ['PBEWithSHA1AndRC2_128', '1.2.840.113549.1.12.1.5'],
  ['PBEWithSHA1AndRC2_40', '1.2.840.113549.1.12.1.6'],
  ['PBEWithSHA1AndRC4_128', '1.2.840.113549.1.12.1.1'],
  ['PBEWithSHA1AndRC4_40', '1.2.840.113549.1.12.1.2'],
  ['PBKDF2WithHmacSHA1', '1.2.840.113549.1.5.12'],
];

/** Names in any letter case, as Java compares them; RC4 is another name of ARCFOUR. */
const OIDS: ReadonlyMap<string, string> = new Map([
  ...ALGORITHMS.map(([name, oid]) => [name.toLowerCase(), oid] as const),
  ['rc4', '1.2.840.113549.3.4'],
]);

const NAMES: ReadonlyMap<string, string> = new Map(ALGORITHMS.map(([name, oid]) => [oid, name]));

/** The name of an algorithm in its usual form: letter case does not count, and some have two names. */
export function canonicalAlgorithm(name: string): string {
  return NAMES.get(OIDS.get(name.toLowerCase()) ?? '') ?? name;
}

/**
 * Encodes a secret key.
 *
 * @throws {TrustError} `keystore/cannot-preserve` where the algorithm has no identifier; names the alias
 */
export function encodeSecretKeyInfo({ algorithm, encoded }: SecretKey, alias: string): Uint8Array {
  const oid = OIDS.get(algorithm.toLowerCase());
  if (oid === undefined) {
    throw new TrustError(
      'keystore/cannot-preserve',
      `PKCS#12 has no name for the algorithm of the secret key ${quoteAlias(alias)}: ${toPrintable(algorithm)}`,
      { at: { entry: alias }, hint: 'keep it in a JCEKS keystore' },
    );
  }
  return encodeElement(
    TAG.sequence,
    encodeInteger(0),
    encodeElement(TAG.sequence, encodeOid(oid), NULL),
    encodeElement(TAG.octetString, encoded),
  );
}

/**
 * Decodes a secret key.
 *
 * @param info - shaped like a PrivateKeyInfo, as `recoverPrivateKey` gives it
 * @throws {TrustError} `keystore/cannot-preserve` for an identifier that is not known; names the alias
 */
export function readSecretKeyInfo(info: Uint8Array, alias: string): SecretKey {
  const [, algorithm, key] = childrenOf(decodeElement(info, TAG.sequence, 'ber'), 'ber');
  const oid = readOid(childrenOf(expectTag(algorithm, TAG.sequence), 'ber')[0]);
  const name = NAMES.get(oid);
  if (name === undefined) {
    throw new TrustError(
      'keystore/cannot-preserve',
      `the algorithm of the secret key ${quoteAlias(alias)} is not known: ${oid}`,
      { at: { entry: alias }, hint: 'keep it in a PKCS#12 keystore' },
    );
  }
  return { algorithm: name, encoded: contentOf(expectTag(key, TAG.octetString)) };
}
