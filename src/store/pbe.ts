/**
 * Password-based encryption as PKCS#12 files name it: the schemes of PKCS#12 (RFC 7292 appendix C), PBES1 and PBES2 of
 * PKCS#5 (RFC 8018).
 *
 * @module
 */
import { hash, pbkdf2Sync } from 'node:crypto';
import { concatBytes } from '../encoding/byte-writer.js';
import {
  childrenOf,
  contentOf,
  type DerElement,
  encodingOf,
  expectTag,
  readCount,
  readOid,
  TAG,
} from '../encoding/der.js';
import { TrustError } from '../errors.js';
import type { RandomSource } from './codec.js';
import { applyRc4, decryptCbc, decryptDes, decryptRc2, encryptCbc, encryptDes, encryptRc2 } from './legacy-ciphers.js';
import {
  BUILT_IN_DIGESTS,
  type Digest,
  deriveOnce,
  derivePkcs12Key,
  HMAC_DIGESTS,
  KEY_PURPOSE,
  MAX_ITERATIONS,
  type Secret,
} from './pkcs12-kdf.js';
import { redraw } from './pkcs12-splice.js';

/** An algorithm with its parameters, ready to use. */
export interface PasswordEncryption {
  /** For people, e.g. `PBES2 AES-256-CBC, HmacSHA256, 10000 iterations`. */
  readonly label: string;
  /**
   * Decrypts. A wrong password mostly gives null (the padding is wrong), sometimes noise.
   *
   * @throws {TrustError} `keystore/unsupported` when the file asks for too many iterations
   */
  readonly decrypt: (data: Uint8Array, secret: Secret) => Uint8Array | null;
  /** The reverse of `decrypt`. */
  readonly encrypt: (data: Uint8Array, secret: Secret) => Uint8Array;
  /** The OCTET STRINGs that must be others in every encryption: salt and initialisation vector. */
  readonly randomParts: readonly DerElement[];
}

/** A cipher, given its key and initialisation vector. */
interface CipherSuite {
  readonly label: string;
  /** In bytes. */
  readonly keyLength: number;
  readonly ivLength: number;
  readonly decrypt: (data: Uint8Array, key: Uint8Array, iv: Uint8Array) => Uint8Array | null;
  readonly encrypt: (data: Uint8Array, key: Uint8Array, iv: Uint8Array) => Uint8Array;
}

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const RC2_CBC = '1.2.840.113549.3.2';

/** Longer derived keys serve no cipher and no MAC. */
const MAX_KEY_LENGTH = 1024;

const TRIPLE_DES: CipherSuite = cbc('DESede', 'des-ede3-cbc', 24, 8);
const DES: CipherSuite = { label: 'DES', keyLength: 8, ivLength: 8, decrypt: decryptDes, encrypt: encryptDes };

/** RFC 7292 appendix C, under the names that Java prints (1.2.840.113549.1.12.1.4 is none of Java's). */
const PKCS12_SCHEMES: ReadonlyMap<string, CipherSuite> = new Map([
  ['1.2.840.113549.1.12.1.1', rc4(16)],
  ['1.2.840.113549.1.12.1.2', rc4(5)],
  ['1.2.840.113549.1.12.1.3', TRIPLE_DES],
  ['1.2.840.113549.1.12.1.4', twoKeyTripleDes()],
  ['1.2.840.113549.1.12.1.5', rc2(16, 128)],
  ['1.2.840.113549.1.12.1.6', rc2(5, 40)],
]);

/** RFC 8018 appendix A.3. */
const PBES1_SCHEMES: ReadonlyMap<string, { readonly digest: Digest; readonly cipher: CipherSuite }> = new Map([
  ['1.2.840.113549.1.5.3', { digest: BUILT_IN_DIGESTS.md5, cipher: DES }],
  ['1.2.840.113549.1.5.6', { digest: BUILT_IN_DIGESTS.md5, cipher: rc2(8, 64) }],
  ['1.2.840.113549.1.5.10', { digest: BUILT_IN_DIGESTS.sha1, cipher: DES }],
  ['1.2.840.113549.1.5.11', { digest: BUILT_IN_DIGESTS.sha1, cipher: rc2(8, 64) }],
]);

/** The ciphers of PBES2 whose only parameter is the initialisation vector. */
const PBES2_CIPHERS: ReadonlyMap<string, CipherSuite> = new Map([
  ['1.3.14.3.2.7', { ...DES, label: 'DES-CBC' }],
  ['1.2.840.113549.3.7', { ...TRIPLE_DES, label: 'DES-EDE3-CBC' }],
  ['2.16.840.1.101.3.4.1.2', cbc('AES-128-CBC', 'aes-128-cbc', 16, 16)],
  ['2.16.840.1.101.3.4.1.22', cbc('AES-192-CBC', 'aes-192-cbc', 24, 16)],
  ['2.16.840.1.101.3.4.1.42', cbc('AES-256-CBC', 'aes-256-cbc', 32, 16)],
  ['1.2.392.200011.61.1.1.1.2', cbc('CAMELLIA-128-CBC', 'camellia-128-cbc', 16, 16)],
  ['1.2.392.200011.61.1.1.1.3', cbc('CAMELLIA-192-CBC', 'camellia-192-cbc', 24, 16)],
  ['1.2.392.200011.61.1.1.1.4', cbc('CAMELLIA-256-CBC', 'camellia-256-cbc', 32, 16)],
]);

/** How RC2-CBC-Parameter writes the effective key length (RFC 8018 B.2.3). */
const RC2_VERSIONS: ReadonlyMap<number, number> = new Map([
  [160, 40],
  [120, 64],
  [58, 128],
]);

/**
 * Reads an AlgorithmIdentifier of password-based encryption.
 *
 * @throws {TrustError} `keystore/unsupported` for an algorithm that is not known, `der/…` for wrong parameters
 */
export function readEncryption(algorithm: DerElement): PasswordEncryption {
  const [type, parameters] = childrenOf(expectTag(algorithm, TAG.sequence), 'ber');
  const oid = readOid(type);
  const fields = childrenOf(expectTag(parameters, TAG.sequence), 'ber');
  if (oid === PBES2) return readPbes2(fields);
  const salt = (): DerElement => expectTag(fields[0], TAG.octetString);
  const iterations = (): number => readIterations(fields[1]);
  const cipher = PKCS12_SCHEMES.get(oid);
  if (cipher !== undefined) return pkcs12Scheme(cipher, salt(), iterations());
  const scheme = PBES1_SCHEMES.get(oid);
  if (scheme !== undefined) return pbes1Scheme(scheme, salt(), iterations());
  throw unsupported('encryption', oid);
}

/** What `readEncryption` would call it, or its OID when it is unknown or its parameters are wrong. */
export function describeEncryption(algorithm: DerElement): string {
  try {
    return readEncryption(algorithm).label;
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    return oidOf(algorithm) ?? 'unknown encryption';
  }
}

/**
 * Encrypts under an algorithm that a file has, with another salt and another initialisation vector of the same lengths.
 *
 * @param algorithm - an AlgorithmIdentifier that `readEncryption` reads
 * @returns the AlgorithmIdentifier to write, and the encrypted data
 */
export function encryptAnew(
  algorithm: DerElement,
  data: Uint8Array,
  { secret, random }: { readonly secret: Secret; readonly random: RandomSource },
): { readonly algorithm: Uint8Array; readonly ciphertext: Uint8Array } {
  const redrawn = redraw(algorithm, readEncryption(algorithm).randomParts, random);
  return { algorithm: encodingOf(redrawn), ciphertext: readEncryption(redrawn).encrypt(data, secret) };
}

/** A key derivation with its parameters. */
export interface PasswordKdf {
  /** The HMAC, e.g. `HmacSHA256`. */
  readonly prf: string;
  readonly iterations: number;
  /** An OCTET STRING. */
  readonly salt: DerElement;
  /** What the file says about the length of the key, in bytes, or null. */
  readonly keyLength: number | null;
  readonly derive: (secret: Secret, length: number) => Uint8Array;
}

/**
 * Reads an AlgorithmIdentifier of PBKDF2 (RFC 8018 A.2).
 *
 * @throws {TrustError} as `readEncryption`
 */
export function readPbkdf2(algorithm: DerElement | undefined): PasswordKdf {
  const [type, parameters] = childrenOf(expectTag(algorithm, TAG.sequence), 'ber');
  const oid = readOid(type);
  if (oid !== PBKDF2) throw unsupported('key derivation', oid);
  const [saltField, countField, ...options] = childrenOf(expectTag(parameters, TAG.sequence), 'ber');
  const salt = expectTag(saltField, TAG.octetString);
  const iterations = readIterations(countField);
  const keyLength = options[0]?.tag === TAG.integer ? readCount(options.shift(), MAX_KEY_LENGTH) : null;
  const digest = options[0] === undefined ? BUILT_IN_DIGESTS.sha1 : readHmac(options[0]);
  return {
    prf: `Hmac${digest.label}`,
    iterations,
    salt,
    keyLength,
    derive: (secret, length) =>
      deriveOnce(secret, secret.utf8, ['PBKDF2', digest.name, contentOf(salt), iterations, length], () => {
        secret.budget.spend(iterations * Math.ceil(length / digest.length));
        return pbkdf2Sync(secret.utf8, contentOf(salt), iterations, length, digest.name);
      }),
  };
}

/**
 * Reads an AlgorithmIdentifier of HMAC.
 *
 * @returns its digest
 */
export function readHmac(algorithm: DerElement | undefined): Digest {
  const oid = readOid(childrenOf(expectTag(algorithm, TAG.sequence), 'ber')[0]);
  const digest = HMAC_DIGESTS.get(oid);
  if (digest === undefined) throw unsupported('HMAC', oid);
  return digest;
}

/**
 * Reads an iteration count.
 *
 * @throws {TrustError} `der/bad-value` when it is 0 or above what Java takes
 */
export function readIterations(element: DerElement | undefined): number {
  const iterations = readCount(element, MAX_ITERATIONS);
  if (iterations === 0) throw new TrustError('der/bad-value', 'an iteration count is 0');
  return iterations;
}

/** The error for an algorithm that is not known. */
export function unsupported(kind: string, oid: string): TrustError {
  return new TrustError('keystore/unsupported', `the keystore uses the ${kind} ${oid}, which is not supported`, {
    hint: 'convert it with the program that made it, to AES-256 and SHA-256',
  });
}

/** Makes an encryption of a cipher and the derivation of its keys. */
function passwordEncryption(
  parts: Pick<PasswordEncryption, 'label' | 'randomParts'>,
  cipher: CipherSuite,
  keysFrom: (secret: Secret) => readonly [key: Uint8Array, iv: Uint8Array],
): PasswordEncryption {
  return {
    ...parts,
    decrypt: (data, secret) => cipher.decrypt(data, ...keysFrom(secret)),
    encrypt: (data, secret) => cipher.encrypt(data, ...keysFrom(secret)),
  };
}

function pkcs12Scheme(cipher: CipherSuite, salt: DerElement, iterations: number): PasswordEncryption {
  const parameters = { digest: BUILT_IN_DIGESTS.sha1, salt: contentOf(salt), iterations };
  const label = `PBEWithSHA1And${cipher.label}, ${iterations} iterations`;
  return passwordEncryption({ label, randomParts: [salt] }, cipher, (secret) => [
    derivePkcs12Key(secret, { ...parameters, purpose: KEY_PURPOSE.encryption, length: cipher.keyLength }),
    derivePkcs12Key(secret, { ...parameters, purpose: KEY_PURPOSE.initialisationVector, length: cipher.ivLength }),
  ]);
}

/** PBES1 with PBKDF1 (RFC 8018 5.1, 6.1): eight bytes of key, eight of initialisation vector. */
function pbes1Scheme(
  { digest, cipher }: { readonly digest: Digest; readonly cipher: CipherSuite },
  salt: DerElement,
  iterations: number,
): PasswordEncryption {
  const label = `PBEWith${digest.label}And${cipher.label}, ${iterations} iterations`;
  return passwordEncryption({ label, randomParts: [salt] }, cipher, ({ utf8, budget }) => {
    budget.spend(iterations);
    let key: Uint8Array = concatBytes([utf8, contentOf(salt)]);
    for (let i = 0; i < iterations; i++) key = hash(digest.name, key, 'buffer');
    return [key.subarray(0, 8), key.subarray(8, 16)];
  });
}

function readPbes2([kdfField, cipherField]: readonly DerElement[]): PasswordEncryption {
  const kdf = readPbkdf2(kdfField);
  const [type, parameters] = childrenOf(expectTag(cipherField, TAG.sequence), 'ber');
  const oid = readOid(type);
  const { cipher, iv } = oid === RC2_CBC ? readRc2(parameters, kdf.keyLength) : readCipher(oid, parameters);
  if (contentOf(iv).length !== cipher.ivLength || (kdf.keyLength ?? cipher.keyLength) !== cipher.keyLength) {
    throw new TrustError('der/bad-value', `the key or initialisation vector of ${cipher.label} has a wrong length`);
  }
  const label = `PBES2 ${cipher.label}, ${kdf.prf}, ${kdf.iterations} iterations`;
  return passwordEncryption({ label, randomParts: [kdf.salt, iv] }, cipher, (secret) => [
    kdf.derive(secret, cipher.keyLength),
    contentOf(iv),
  ]);
}

function readCipher(
  oid: string,
  parameters: DerElement | undefined,
): { readonly cipher: CipherSuite; readonly iv: DerElement } {
  const cipher = PBES2_CIPHERS.get(oid);
  if (cipher === undefined) throw unsupported('cipher', oid);
  return { cipher, iv: expectTag(parameters, TAG.octetString) };
}

/** RC2-CBC-Parameter: SEQUENCE { version INTEGER OPTIONAL, iv OCTET STRING }; without a version 32 bits. */
function readRc2(
  parameters: DerElement | undefined,
  keyLength: number | null,
): { readonly cipher: CipherSuite; readonly iv: DerElement } {
  const fields = childrenOf(expectTag(parameters, TAG.sequence), 'ber');
  const version = fields[0]?.tag === TAG.integer ? readCount(fields.shift(), MAX_KEY_LENGTH) : null;
  const bits = version === null ? 32 : (RC2_VERSIONS.get(version) ?? version);
  const length = keyLength ?? bits / 8;
  if (bits < 1 || bits > 1024 || !Number.isInteger(length) || length < 1 || length > 128) {
    throw new TrustError('der/bad-value', `a key of ${length} bytes with ${bits} effective bits is none of RC2`);
  }
  return { cipher: { ...rc2(length, bits), label: 'RC2-CBC' }, iv: expectTag(fields[0], TAG.octetString) };
}

function oidOf(algorithm: DerElement): string | null {
  try {
    return readOid(childrenOf(algorithm, 'ber')[0]);
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    return null;
  }
}

function cbc(label: string, name: string, keyLength: number, ivLength: number): CipherSuite {
  return {
    label,
    keyLength,
    ivLength,
    decrypt: (data, key, iv) => decryptCbc(name, data, key, iv),
    encrypt: (data, key, iv) => encryptCbc(name, data, key, iv),
  };
}

function twoKeyTripleDes(): CipherSuite {
  const threeKeys = (key: Uint8Array): Uint8Array => concatBytes([key, key.subarray(0, 8)]);
  return {
    label: '2KeyDESede',
    keyLength: 16,
    ivLength: 8,
    decrypt: (data, key, iv) => TRIPLE_DES.decrypt(data, threeKeys(key), iv),
    encrypt: (data, key, iv) => TRIPLE_DES.encrypt(data, threeKeys(key), iv),
  };
}

function rc2(keyLength: number, bits: number): CipherSuite {
  return {
    label: `RC2_${bits}`,
    keyLength,
    ivLength: 8,
    decrypt: (data, key, iv) => decryptRc2(data, key, iv, bits),
    encrypt: (data, key, iv) => encryptRc2(data, key, iv, bits),
  };
}

function rc4(keyLength: number): CipherSuite {
  return { label: `RC4_${keyLength * 8}`, keyLength, ivLength: 0, decrypt: applyRc4, encrypt: applyRc4 };
}
