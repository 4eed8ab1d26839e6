/**
 * How private keys are protected in keystores of Java: each is an EncryptedPrivateKeyInfo (RFC 5958 section 3), in JKS
 * under a scheme of its own (sun.security.provider.KeyProtector), in JCEKS by PBEWithMD5AndTripleDES
 * (com.sun.crypto.provider.KeyProtector), in PKCS#12 by PBES1 or PBES2. What a key is protected with, its algorithm
 * says: JCEKS files may hold keys of JKS.
 *
 * @module
 */
import { hash } from 'node:crypto';
import { concatBytes, equalBytes } from '../encoding/byte-writer.js';
import {
  childrenOf,
  type DerElement,
  decodeElement,
  encodeElement,
  encodeOid,
  expectTag,
  NULL,
  readOid,
  TAG,
} from '../encoding/der.js';
import { octetsOf } from '../encoding/octet-string.js';
import { expectTrustError, TrustError } from '../errors.js';
import { quoteAlias } from './alias.js';
import type { RandomSource } from './codec.js';
import { decryptMd5TripleDes, encryptMd5TripleDes, isKeyPassword } from './jceks-encryption.js';
import { readEncryption } from './pbe.js';
import { type DerivedKeys, KEYS_BUDGET, type Secret, secretsFor } from './pkcs12-kdf.js';

/** The algorithms that are Sun's own. */
const SCHEME = { jks: '1.3.6.1.4.1.42.2.17.1.1', jceks: '1.3.6.1.4.1.42.2.19.1' } as const;

const SALT_LENGTH = 20;
const DIGEST_LENGTH = 20;

/** A password that keys may be protected with. */
export interface KeyPassword {
  readonly text: string;
  /** Its forms that keys are derived from, and what may be spent on all keys together. */
  readonly secrets: readonly Secret[];
}

/** Makes a password ready for any number of keys. */
export function keyPassword(text: string, derivedKeys?: DerivedKeys): KeyPassword {
  return { text, secrets: secretsFor(text, derivedKeys, KEYS_BUDGET) };
}

/** What opening a key needs. */
export interface KeyAccess {
  /** Of the key, for messages. */
  readonly alias: string;
  /** In the order in which they are tried: that of the keystore, and one that the key may have for itself. */
  readonly passwords: readonly KeyPassword[];
}

/** A key without its protection. */
export interface RecoveredKey {
  /** PKCS#8: PrivateKeyInfo in DER. */
  readonly plain: Uint8Array;
  /** The password that protects it. */
  readonly password: KeyPassword;
}

/**
 * Recovers a private key.
 *
 * @param encrypted - EncryptedPrivateKeyInfo in DER
 * @throws {TrustError} `keystore/wrong-password` when no password fits, `keystore/password-missing` when none is given,
 *   `keystore/malformed`, `keystore/unsupported`; each names the alias
 */
export function recoverPrivateKey(encrypted: Uint8Array, { alias, passwords }: KeyAccess): RecoveredKey {
  return openKey({ alias, passwords }, (password) => {
    const [algorithm, data] = childrenOf(decodeElement(encrypted, TAG.sequence, 'ber'), 'ber');
    return decryptKey(expectTag(algorithm, TAG.sequence), octetsOf(data), password);
  });
}

/**
 * Tries the passwords of a key.
 *
 * @param open - gives null for a password that does not fit
 * @throws {TrustError} as `recoverPrivateKey`
 */
export function openKey(
  { alias, passwords }: KeyAccess,
  open: (password: KeyPassword) => Uint8Array | null,
): RecoveredKey {
  try {
    for (const password of passwords) {
      const plain = open(password);
      if (plain !== null) return { plain, password };
    }
  } catch (error) {
    throw asKeyError(expectTrustError(error), alias);
  }
  throw passwords.length === 0 ? keyPasswordMissing(alias) : wrongKeyPassword(alias, passwords.length);
}

/**
 * Protects a private key as JKS does.
 *
 * @param plain - PKCS#8: PrivateKeyInfo in DER
 * @returns EncryptedPrivateKeyInfo in DER
 */
export function protectJksKey(
  plain: Uint8Array,
  { password, random }: { readonly password: string; readonly random: RandomSource },
): Uint8Array {
  const characters = utf16(password);
  const salt = random(SALT_LENGTH);
  const check = sha1(characters, plain);
  const algorithm = encodeElement(TAG.sequence, encodeOid(SCHEME.jks), NULL);
  const data = concatBytes([salt, applyKeystream(plain, characters, salt), check]);
  return encodeElement(TAG.sequence, algorithm, encodeElement(TAG.octetString, data));
}

/**
 * Protects a private key as JCEKS does, with the number of iterations that is Java's default.
 *
 * @param plain - PKCS#8: PrivateKeyInfo in DER
 * @returns EncryptedPrivateKeyInfo in DER
 * @throws {TrustError} `keystore/password-refused` for a password that Java does not take for such keys
 */
export function protectJceksKey(
  plain: Uint8Array,
  { password, random }: { readonly password: string; readonly random: RandomSource },
): Uint8Array {
  requireKeyPassword(password);
  const { parameters, ciphertext } = encryptMd5TripleDes(plain, { password, random });
  const algorithm = encodeElement(TAG.sequence, encodeOid(SCHEME.jceks), parameters);
  return encodeElement(TAG.sequence, algorithm, encodeElement(TAG.octetString, ciphertext));
}

/**
 * Refuses what Java does not take as a password for keys in JCEKS and PKCS#12.
 *
 * @throws {TrustError} `keystore/password-refused`
 */
export function requireKeyPassword(password: string): void {
  if (isKeyPassword(password)) return;
  throw new TrustError(
    'keystore/password-refused',
    'the new password has characters outside of printable ASCII, with which Java opens no key',
    { hint: 'choose a password of ASCII letters, digits and signs' },
  );
}

/** Whether bytes are a PrivateKeyInfo: what tells a key from the noise that a wrong password may give. */
function isPrivateKeyInfo(bytes: Uint8Array): boolean {
  try {
    const [version, algorithm, key] = childrenOf(decodeElement(bytes, TAG.sequence, 'ber'), 'ber');
    expectTag(version, TAG.integer);
    readOid(childrenOf(expectTag(algorithm, TAG.sequence), 'ber')[0]);
    expectTag(key, TAG.octetString);
    return true;
  } catch (error) {
    expectTrustError(error);
    return false;
  }
}

function decryptKey(algorithm: DerElement, data: Uint8Array, { text, secrets }: KeyPassword): Uint8Array | null {
  const [type, parameters] = childrenOf(algorithm, 'ber');
  const oid = readOid(type);
  if (oid === SCHEME.jks) return decryptJksKey(data, text);
  const candidates = secrets.map((secret) =>
    oid === SCHEME.jceks
      ? decryptMd5TripleDes(data, expectTag(parameters, TAG.sequence), secret)
      : readEncryption(algorithm).decrypt(data, secret),
  );
  return candidates.find((plain) => plain !== null && isPrivateKeyInfo(plain)) ?? null;
}

/** salt (20) ‖ key XOR keystream ‖ SHA-1(password ‖ key). */
function decryptJksKey(data: Uint8Array, password: string): Uint8Array | null {
  if (data.length < SALT_LENGTH + DIGEST_LENGTH) {
    throw new TrustError('der/truncated', `the protected key has ${data.length} bytes, expected at least 40`);
  }
  const characters = utf16(password);
  const encrypted = data.subarray(SALT_LENGTH, data.length - DIGEST_LENGTH);
  const plain = applyKeystream(encrypted, characters, data.subarray(0, SALT_LENGTH));
  return equalBytes(sha1(characters, plain), data.subarray(data.length - DIGEST_LENGTH)) ? plain : null;
}

/** XOR with SHA-1(password ‖ salt), SHA-1(password ‖ that), and so on. */
function applyKeystream(data: Uint8Array, password: Uint8Array, salt: Uint8Array): Uint8Array {
  const result = new Uint8Array(data.length);
  let block = salt;
  for (let i = 0; i < data.length; i++) {
    if (i % DIGEST_LENGTH === 0) block = sha1(password, block);
    result[i] = (data[i] as number) ^ (block[i % DIGEST_LENGTH] as number);
  }
  return result;
}

function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  return hash('sha1', concatBytes(parts), 'buffer');
}

function utf16(password: string): Uint8Array {
  return Buffer.from(password, 'utf16le').swap16();
}

function keyPasswordMissing(alias: string): TrustError {
  return new TrustError('keystore/password-missing', `the key ${quoteAlias(alias)} is protected by a password`, {
    at: { entry: alias },
    hint: 'give the password of the keystore, or that of the key with --keypass-env or --keypass-file',
  });
}

function wrongKeyPassword(alias: string, tried: number): TrustError {
  const what =
    tried === 1 ? 'the password does not fit' : 'neither the password of the keystore nor the other one fits';
  return new TrustError('keystore/wrong-password', `${what} the key ${quoteAlias(alias)}`, {
    at: { entry: alias },
    hint:
      tried === 1
        ? 'where the key has a password of its own, give that with --keypass-env or --keypass-file'
        : 'give the password of this key; where keys have several, make them one with keytool -keypasswd',
  });
}

/** Errors of the structure in the words of keystores, with the alias. */
function asKeyError(error: TrustError, alias: string): TrustError {
  if (!error.code.startsWith('der/')) return error.within({ entry: alias });
  return new TrustError('keystore/malformed', `the key ${quoteAlias(alias)} is malformed: ${error.message}`, {
    at: { entry: alias },
    hint: 'the key is damaged, or protected in a way of its own; take the keystore from a backup',
    cause: error,
  });
}
