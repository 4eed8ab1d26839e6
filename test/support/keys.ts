/**
 * Keys and signatures that are the same in every run, so that no test passes or fails by luck: a test file has the same
 * first key, second key and so on, whatever ran before it. `TEST_SEED=n npm test` gives others.
 */
import {
  checkPrimeSync,
  constants,
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateEncrypt,
  sign,
} from 'node:crypto';
import { concatBytes } from '../../src/encoding/byte-writer.ts';
import { encodeElement, encodeInteger, TAG } from '../../src/encoding/der.ts';

/** What all that tests leave to chance comes from. */
export const SEED = Number(process.env.TEST_SEED ?? 20_261_123);

/** The kinds of keys that tests ask for by name: P-256 and RSA. */
export type KeyKind = 'ec' | 'rsa1024' | 'rsa2048';

/** The order of the group of P-256 (FIPS 186-4 D.1.2.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const EXPONENT = 65_537n;

const SMALL_PRIMES: readonly number[] = Array.from({ length: 4000 }, (_, n) => n).filter(
  (n) => n > 2 && checkPrimeSync(BigInt(n)),
);

const asked = new Map<KeyKind, number>();

/** A private key that this file has not had. */
export function newKey(kind: KeyKind): KeyObject {
  const number = asked.get(kind) ?? 0;
  asked.set(kind, number + 1);
  const name = `${kind} ${number}`;
  return kind === 'ec' ? ecKey(name) : rsaKey(name, kind === 'rsa1024' ? 1024 : 2048);
}

/** The same with its public key. */
export function newKeyPair(kind: KeyKind): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  const privateKey = newKey(kind);
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/**
 * A signature over data, as node:crypto's `sign` makes it.
 *
 * @param hash - null for keys that have their own
 * @param saltLength - signs with RSASSA-PSS
 */
export function signWith(key: KeyObject, hash: string | null, data: Uint8Array, saltLength?: number): Uint8Array {
  if (hash !== null && saltLength !== undefined) return signPss(key, hash, data, saltLength);
  if (hash !== null && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return signEcdsa(key, hash, data);
  return new Uint8Array(sign(hash, data, key));
}

/** A signature of the same length that is none, and no copy in which one or two characters were misread. */
export function broken(signature: Uint8Array): Uint8Array {
  return signature.map((octet, index) => (index < signature.length - 3 ? octet : octet ^ 0xff));
}

function ecKey(name: string): KeyObject {
  const secret = scalarOf(name);
  const point = multiplied(secret);
  const coordinate = (value: bigint) => toBytes(value, 32).toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', d: coordinate(secret), x: coordinate(point.x), y: coordinate(point.y) };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

function rsaKey(name: string, bits: number): KeyObject {
  const p = primeOf(`${name} p`, bits / 2);
  const q = primeOf(`${name} q`, bits / 2);
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const numbers = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const members = Object.entries(numbers).map(([member, value]) => [member, base64Of(value)]);
  return createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(members) }, format: 'jwk' });
}

/** A prime with its two highest bits set, so that a product of two has twice as many bits. */
function primeOf(name: string, bits: number): bigint {
  const start = (3n << BigInt(bits - 2)) | numberOf(name, bits - 2) | 1n;
  // To divide by small primes first takes a tenth of the time.
  const rests = SMALL_PRIMES.map((prime) => Number(start % BigInt(prime)));
  for (let step = 0; ; step += 2) {
    if (SMALL_PRIMES.some((prime, index) => ((rests[index] ?? 0) + step) % prime === 0)) continue;
    const candidate = start + BigInt(step);
    if (candidate % EXPONENT !== 1n && checkPrimeSync(candidate, { checks: 8 })) return candidate;
  }
}

/** ECDSA with a nonce made of the key and what is signed (FIPS 186-4 6.4; the idea of RFC 6979). */
function signEcdsa(key: KeyObject, hash: string, data: Uint8Array): Uint8Array {
  const secret = toNumber(Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url'));
  const digest = createHash(hash).update(data).digest();
  const nonce = scalarOf(`${secret} ${digest.toString('hex')}`);
  const r = multiplied(nonce).x % ORDER;
  const s = (inverse(nonce, ORDER) * (toNumber(digest) + r * secret)) % ORDER;
  return encodeElement(TAG.sequence, encodeInteger(r), encodeInteger(s));
}

/** RSASSA-PSS with a salt made of what is signed (RFC 8017 8.1.1 and 9.1.1). */
function signPss(key: KeyObject, hash: string, data: Uint8Array, saltLength: number): Uint8Array {
  const length = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  const digestOf = (...parts: readonly Uint8Array[]) => createHash(hash).update(concatBytes(parts)).digest();
  const digest = digestOf(data);
  const salt = bytesOf(`salt ${digest.toString('hex')}`, saltLength);
  const seal = digestOf(new Uint8Array(8), digest, salt);
  const block = concatBytes([new Uint8Array(length - seal.length - saltLength - 2), Uint8Array.of(1), salt]);
  const mask = concatBytes(
    Array.from({ length: Math.ceil(block.length / seal.length) }, (_, n) => digestOf(seal, Uint8Array.of(0, 0, 0, n))),
  );
  const masked = block.map((octet, at) => octet ^ (mask[at] ?? 0));
  masked[0] = (masked[0] ?? 0) & 0x7f;
  const encoded = concatBytes([masked, seal, Uint8Array.of(0xbc)]);
  return new Uint8Array(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded));
}

/** A multiple of the base point of P-256. */
function multiplied(scalar: bigint): { readonly x: bigint; readonly y: bigint } {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(toBytes(scalar, 32));
  const point = curve.getPublicKey();
  return { x: toNumber(point.subarray(1, 33)), y: toNumber(point.subarray(33)) };
}

function scalarOf(name: string): bigint {
  return (numberOf(name, 320) % (ORDER - 1n)) + 1n;
}

function numberOf(name: string, bits: number): bigint {
  return BigInt.asUintN(bits, toNumber(bytesOf(name, Math.ceil(bits / 8))));
}

function bytesOf(name: string, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, block) =>
    createHash('sha256').update(`${SEED} ${name} ${block}`).digest(),
  );
  return concatBytes(blocks).subarray(0, length);
}

/** The inverse of a number that has no divisor in common with the modulus. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return ((x % modulus) + modulus) % modulus;
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function toBytes(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex');
}

function base64Of(value: bigint): string {
  const digits = value.toString(16);
  return toBytes(value, Math.ceil(digits.length / 2)).toString('base64url');
}
