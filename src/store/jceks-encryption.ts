/**
 * PBEWithMD5AndTripleDES, the encryption of keys in JCEKS (com.sun.crypto.provider.PBEWithMD5AndTripleDESCipher), which
 * is in no standard: MD5 over each half of the salt and the password gives key and initialisation vector.
 *
 * @module
 */
import { hash } from 'node:crypto';
import { concatBytes, equalBytes } from '../encoding/byte-writer.js';
import {
  childrenOf,
  contentOf,
  type DerElement,
  encodeElement,
  encodeInteger,
  expectTag,
  TAG,
} from '../encoding/der.js';
import { TrustError } from '../errors.js';
import type { RandomSource } from './codec.js';
import { decryptCbc, encryptCbc } from './legacy-ciphers.js';
import { readIterations } from './pbe.js';
import { deriveOnce, type Secret } from './pkcs12-kdf.js';

/** What Java calls it. */
export const MD5_TRIPLE_DES = 'PBEWithMD5AndTripleDES';

/** What Java takes unless its property `jdk.jceks.iterationCount` says otherwise. */
const ITERATIONS = 200_000;
const SALT_LENGTH = 8;
const HALF = SALT_LENGTH / 2;
const DIGEST_LENGTH = 16;
const KEY_LENGTH = 24;
const CIPHER = 'des-ede3-cbc';

/** What Java's PBEKey takes as a password. */
const PASSWORD_CHARACTERS = /^[\x20-\x7e]*$/;

/** Whether Java takes a password for the keys of JCEKS, and for all of PKCS#12: printable ASCII. */
export function isKeyPassword(password: string): boolean {
  return PASSWORD_CHARACTERS.test(password);
}

/**
 * Decrypts.
 *
 * @param parameters - SEQUENCE { salt OCTET STRING (8), iterations INTEGER }
 * @returns null when the password is wrong, except for one in about 256 wrong ones, which give noise
 * @throws {TrustError} `der/…` for wrong parameters, `keystore/unsupported` for a salt with equal halves, and where the
 *   keys of the file together ask for too many iterations
 */
export function decryptMd5TripleDes(data: Uint8Array, parameters: DerElement, secret: Secret): Uint8Array | null {
  const [saltField, iterationsField] = childrenOf(expectTag(parameters, TAG.sequence), 'ber');
  const salt = contentOf(expectTag(saltField, TAG.octetString));
  const iterations = readIterations(iterationsField);
  if (salt.length !== SALT_LENGTH) {
    throw new TrustError('der/bad-value', `the salt of ${MD5_TRIPLE_DES} has ${salt.length} bytes, expected 8`);
  }
  if (hasEqualHalves(salt)) {
    throw new TrustError(
      'keystore/unsupported',
      'the salt of the key has equal halves, with which versions of Java encrypt differently',
      { hint: 'have keytool protect the key anew: keytool -keypasswd' },
    );
  }
  const password = Buffer.from(secret.utf8);
  if (!isKeyPassword(password.toString('latin1'))) return null;
  const derived = deriveOnce(secret, secret.utf8, [MD5_TRIPLE_DES, salt, iterations], () => {
    secret.budget.spend(2 * iterations);
    return deriveBytes(password, salt, iterations);
  });
  return decryptCbc(CIPHER, data, ...keyAndVector(derived));
}

/** The reverse, with a salt drawn anew. The password is one that `isKeyPassword` takes. */
export function encryptMd5TripleDes(
  data: Uint8Array,
  { password, random }: { readonly password: string; readonly random: RandomSource },
): { readonly parameters: Uint8Array; readonly ciphertext: Uint8Array } {
  const salt = Uint8Array.from(random(SALT_LENGTH));
  if (hasEqualHalves(salt)) salt[0] = (salt[0] as number) ^ 1;
  return {
    parameters: encodeElement(TAG.sequence, encodeElement(TAG.octetString, salt), encodeInteger(ITERATIONS)),
    ciphertext: encryptCbc(CIPHER, data, ...keyAndVector(deriveBytes(Buffer.from(password), salt, ITERATIONS))),
  };
}

function hasEqualHalves(salt: Uint8Array): boolean {
  return equalBytes(salt.subarray(0, HALF), salt.subarray(HALF));
}

function deriveBytes(password: Uint8Array, salt: Uint8Array, iterations: number): Uint8Array {
  const digests = [salt.subarray(0, HALF), salt.subarray(HALF)].map((half) => {
    const block = Buffer.concat([hash('md5', Buffer.concat([half, password]), 'buffer'), password]);
    // As text, which costs a third of what an array for each digest does.
    for (let i = 1; i < iterations; i++) block.write(hash('md5', block, 'binary'), 'binary');
    return block.subarray(0, DIGEST_LENGTH);
  });
  return concatBytes(digests);
}

function keyAndVector(derived: Uint8Array): [key: Uint8Array, initialisationVector: Uint8Array] {
  return [derived.subarray(0, KEY_LENGTH), derived.subarray(KEY_LENGTH)];
}
