/**
 * Keys from passwords as PKCS#12 makes them (RFC 7292 appendix B), the forms that a password takes, and the digests that
 * PKCS#12 files name.
 *
 * @module
 */
import { hash } from 'node:crypto';
import { concatBytes } from '../encoding/byte-writer.js';
import { encodeHex } from '../encoding/hex.js';
import { TrustError } from '../errors.js';

/** A digest algorithm: its name for node:crypto, for people, and the sizes that the key derivation needs, in bytes. */
export interface Digest {
  readonly name: string;
  readonly label: string;
  readonly length: number;
  readonly blockLength: number;
}

const MD5: Digest = { name: 'md5', label: 'MD5', length: 16, blockLength: 64 };
const SHA1: Digest = { name: 'sha1', label: 'SHA1', length: 20, blockLength: 64 };
const SHA224: Digest = { name: 'sha224', label: 'SHA224', length: 28, blockLength: 64 };
const SHA256: Digest = { name: 'sha256', label: 'SHA256', length: 32, blockLength: 64 };
const SHA384: Digest = { name: 'sha384', label: 'SHA384', length: 48, blockLength: 128 };
const SHA512: Digest = { name: 'sha512', label: 'SHA512', length: 64, blockLength: 128 };
const SHA512_224: Digest = { name: 'sha512-224', label: 'SHA512/224', length: 28, blockLength: 128 };
const SHA512_256: Digest = { name: 'sha512-256', label: 'SHA512/256', length: 32, blockLength: 128 };

/** The digests that older schemes have built in. */
export const BUILT_IN_DIGESTS: { readonly md5: Digest; readonly sha1: Digest } = { md5: MD5, sha1: SHA1 };

/** By the OID of the digest. */
export const DIGESTS: ReadonlyMap<string, Digest> = new Map([
  ['1.2.840.113549.2.5', MD5],
  ['1.3.14.3.2.26', SHA1],
  ['2.16.840.1.101.3.4.2.4', SHA224],
  ['2.16.840.1.101.3.4.2.1', SHA256],
  ['2.16.840.1.101.3.4.2.2', SHA384],
  ['2.16.840.1.101.3.4.2.3', SHA512],
  ['2.16.840.1.101.3.4.2.5', SHA512_224],
  ['2.16.840.1.101.3.4.2.6', SHA512_256],
]);

/** By the OID of the HMAC with that digest (RFC 8018 B.1). */
export const HMAC_DIGESTS: ReadonlyMap<string, Digest> = new Map([
  ['1.2.840.113549.2.7', SHA1],
  ['1.2.840.113549.2.8', SHA224],
  ['1.2.840.113549.2.9', SHA256],
  ['1.2.840.113549.2.10', SHA384],
  ['1.2.840.113549.2.11', SHA512],
  ['1.2.840.113549.2.12', SHA512_224],
  ['1.2.840.113549.2.13', SHA512_256],
]);

/** The largest iteration count that is tried; Java has the same limit (sun.security.pkcs12.PKCS12KeyStore). */
export const MAX_ITERATIONS = 5_000_000;

/** What opening one file may cost together, so that many parts cannot add up without end. */
const FILE_BUDGET = 4 * MAX_ITERATIONS;

/** What all keys of one file may cost together: a thousand keys as Java protects them in JCEKS, which take minutes. */
export const KEYS_BUDGET: number = 80 * MAX_ITERATIONS;

/**
 * Keys that were derived so far, under everything that they depend on. Whoever opens, changes and opens again the same
 * keystore hands one from call to call: deriving a key takes longer than all the rest.
 */
export type DerivedKeys = Map<string, Uint8Array>;

/** A password in the two forms that keys are derived from, and what may still be spent on deriving keys from it. */
export interface Secret {
  /** UTF-16BE with two closing zero bytes (RFC 7292 B.1): for PKCS#12's own key derivation. */
  readonly bmp: Uint8Array;
  /** UTF-8: for the schemes of PKCS#5, and for JCEKS. */
  readonly utf8: Uint8Array;
  readonly budget: IterationBudget;
  readonly keys: DerivedKeys;
}

/**
 * A key that was derived before, or is now.
 *
 * @param form - the form of the password, which is part of what the key depends on
 * @param parameters - everything else that it depends on
 */
export function deriveOnce(
  { keys }: Secret,
  form: Uint8Array,
  parameters: readonly (string | number | Uint8Array)[],
  derive: () => Uint8Array,
): Uint8Array {
  const name = [form, ...parameters].map((part) => (part instanceof Uint8Array ? encodeHex(part) : part)).join(' ');
  const known = keys.get(name) ?? derive();
  keys.set(name, known);
  return known;
}

/** Counts iterations, and refuses to go on beyond the limit. */
class IterationBudget {
  readonly #limit: number;
  #left: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#left = limit;
  }

  /** @throws {TrustError} `keystore/unsupported` when the file as a whole asks for too many */
  spend(iterations: number): void {
    this.#left -= iterations;
    if (this.#left < 0) {
      throw new TrustError(
        'keystore/unsupported',
        `the keystore takes more than ${this.#limit} iterations of key derivation`,
        { hint: 'no program asks for so many; the file may be made to keep readers busy' },
      );
    }
  }
}

/**
 * The forms of a password that are to be tried: one, or two for the empty password, which some programs write with and
 * some without the closing zero bytes.
 *
 * @param limit - how many iterations may be spent on all of them together; default: what opening a file may cost
 */
export function secretsFor(
  password: string,
  keys: DerivedKeys = new Map(),
  limit: number = FILE_BUDGET,
): readonly Secret[] {
  const budget = new IterationBudget(limit);
  const utf8 = new Uint8Array(Buffer.from(password, 'utf8'));
  const bmp = new Uint8Array(Buffer.from(`${password}\0`, 'utf16le').swap16());
  return [{ bmp, utf8, budget, keys }, ...(password === '' ? [{ bmp: new Uint8Array(0), utf8, budget, keys }] : [])];
}

/** The form of a password that new encryption is made with: the one with the closing zero bytes. */
export function secretOf(password: string, keys?: DerivedKeys, limit?: number): Secret {
  return secretsFor(password, keys, limit)[0] as Secret;
}

/** What a derived key is for (RFC 7292 B.3). */
export const KEY_PURPOSE = { encryption: 1, initialisationVector: 2, mac: 3 } as const;

/** The parameters of a derivation. */
export interface Pkcs12KdfParameters {
  readonly digest: Digest;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly purpose: (typeof KEY_PURPOSE)[keyof typeof KEY_PURPOSE];
  /** Of the key, in bytes. */
  readonly length: number;
}

/**
 * Derives a key (RFC 7292 B.2).
 *
 * @throws {TrustError} as `IterationBudget.spend`
 */
export function derivePkcs12Key(secret: Secret, parameters: Pkcs12KdfParameters): Uint8Array {
  const { digest, salt, iterations, purpose, length } = parameters;
  const dependsOn = ['PKCS#12', digest.name, salt, iterations, purpose, length];
  return deriveOnce(secret, secret.bmp, dependsOn, () => deriveBlocks(secret, parameters));
}

function deriveBlocks(
  { bmp, budget }: Secret,
  { digest, salt, iterations, purpose, length }: Pkcs12KdfParameters,
): Uint8Array {
  const { name, blockLength } = digest;
  const diversifier = new Uint8Array(blockLength).fill(purpose);
  const blocks = concatBytes([fillBlocks(salt, blockLength), fillBlocks(bmp, blockLength)]);
  const parts: Uint8Array[] = [];
  for (let derived = 0; derived < length; derived += digest.length) {
    budget.spend(iterations);
    const part = hash(name, concatBytes([diversifier, blocks]), 'buffer');
    // As a text of octets: ten thousand Buffers would take half as long again, and be cleared away one by one.
    for (let i = 1; i < iterations; i++) part.write(hash(name, part, 'binary'), 'binary');
    parts.push(part);
    if (derived + digest.length < length) addToBlocks(blocks, fillBlocks(part, blockLength));
  }
  return concatBytes(parts).subarray(0, length);
}

/** Repeats bytes to fill whole blocks; nothing stays nothing. */
function fillBlocks(bytes: Uint8Array, blockLength: number): Uint8Array {
  const filled = new Uint8Array(Math.ceil(bytes.length / blockLength) * blockLength);
  for (let i = 0; i < filled.length; i++) filled[i] = bytes[i % bytes.length] as number;
  return filled;
}

/** Adds a block and one to each block, as big-endian numbers that wrap. */
function addToBlocks(blocks: Uint8Array, addend: Uint8Array): void {
  for (let start = 0; start < blocks.length; start += addend.length) {
    let carry = 1;
    for (let i = addend.length - 1; i >= 0; i--) {
      carry += (blocks[start + i] as number) + (addend[i] as number);
      blocks[start + i] = carry & 0xff;
      carry >>= 8;
    }
  }
}
