/**
 * Whether a subjectPublicKeyInfo is encoded as the document of its algorithm asks: RSA (RFC 3279 2.3.1, RFC 4055 1.2), DSA
 * (RFC 3279 2.3.2), elliptic curves (RFC 5480 2), the Edwards and Montgomery curves (RFC 8410 3), ML-DSA (RFC 9881 4).
 *
 * @module
 */
import {
  childrenOf,
  type DerElement,
  expectBitString,
  expectEnd,
  expectTag,
  readBitString,
  readElement,
  readInteger,
  readOid,
  TAG,
} from '../encoding/der.js';
import { checkStrictDer } from '../encoding/strict-der.js';
import { TrustError } from '../errors.js';
import { CURVES } from './curves.js';

/** Keys without parameters, which are a string of so many octets. */
const LENGTHS: ReadonlyMap<string, number> = new Map([
  ['1.3.101.110', 32],
  ['1.3.101.111', 56],
  ['1.3.101.112', 32],
  ['1.3.101.113', 57],
  ['2.16.840.1.101.3.4.3.17', 1312],
  ['2.16.840.1.101.3.4.3.18', 1952],
  ['2.16.840.1.101.3.4.3.19', 2592],
]);

/**
 * Checks a subjectPublicKeyInfo. Of an algorithm that is not known here, only the frame is; whether a point is on its curve
 * and a number large enough is no question of encoding.
 *
 * @throws {TrustError} `der/…` for the first thing that is not as it must be
 */
export function checkPublicKeyEncoding(spki: DerElement): void {
  const [algorithm, key, ...more] = childrenOf(spki);
  const [type, parameters, ...others] = childrenOf(expectTag(algorithm, TAG.sequence));
  if (more.length > 0 || others.length > 0) refuse('a public key has a field too many', more[0] ?? others[0]);
  const { unusedBits, bytes } = readBitString(key);
  if (unusedBits !== 0) refuse('a public key has unused bits', key);
  const oid = readOid(type);
  switch (oid) {
    case '1.2.840.113549.1.1.1':
      expectTag(parameters, TAG.null);
      checkNumbers(key, TAG.sequence, 2);
      break;
    case '1.2.840.113549.1.1.10':
      if (parameters !== undefined) expectTag(parameters, TAG.sequence);
      checkNumbers(key, TAG.sequence, 2);
      break;
    case '1.2.840.10040.4.1':
      checkNumbers(key, TAG.integer, 1);
      break;
    case '1.2.840.10045.2.1':
      if (parameters?.tag === TAG.oid) checkPoint(bytes, CURVES.get(readOid(parameters))?.size);
      break;
    default:
      checkString(bytes, LENGTHS.get(oid), parameters);
  }
}

/** An INTEGER, or a SEQUENCE of so many, all positive and in DER. */
function checkNumbers(key: DerElement | undefined, tag: number, count: number): void {
  const { bytes, contentStart, contentEnd } = expectBitString(key);
  const whole = expectTag(readElement(bytes, contentStart + 1, contentEnd), tag);
  expectEnd(whole, contentEnd);
  checkStrictDer(whole);
  const numbers = tag === TAG.sequence ? childrenOf(whole) : [whole];
  if (numbers.length !== count || numbers.some((number) => readInteger(number) <= 0n)) {
    refuse(`a public key is not ${count} positive numbers`, whole);
  }
}

/** One of the forms of SEC 1 2.3.3: uncompressed, or one coordinate and the sign of the other. */
function checkPoint(point: Uint8Array, size: number | undefined): void {
  const coordinates = point[0] === 4 ? 2 : point[0] === 2 || point[0] === 3 ? 1 : 0;
  const octets = size === undefined ? null : 1 + coordinates * Math.ceil(size / 8);
  if (coordinates === 0 || (octets !== null && octets !== point.length)) {
    throw new TrustError('der/bad-value', 'a public key is no point of its curve');
  }
}

function checkString(key: Uint8Array, length: number | undefined, parameters: DerElement | undefined): void {
  if (length === undefined) return;
  if (parameters !== undefined) refuse('a public key has parameters that its algorithm does not have', parameters);
  if (key.length !== length) {
    throw new TrustError('der/bad-value', `a public key has ${key.length} octets, ${length} expected`);
  }
}

function refuse(message: string, element: DerElement | undefined): never {
  throw new TrustError('der/bad-value', message, { at: { offset: element?.start ?? 0 } });
}
