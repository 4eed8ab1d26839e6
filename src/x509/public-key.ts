/**
 * What a subjectPublicKeyInfo says about its key: algorithm, size, curve, RSA exponent (RFC 3279, RFC 5480, RFC 8410,
 * RFC 9881 for ML-DSA).
 *
 * @module
 */
import {
  childrenOf,
  type DerElement,
  decodeElement,
  encodeElement,
  encodeOid,
  encodingOf,
  expectBitString,
  expectInteger,
  expectTag,
  readBitString,
  readElement,
  readInteger,
  readOid,
  TAG,
} from '../encoding/der.js';
import { DerReader } from '../encoding/der-reader.js';
import { expectTrustError } from '../errors.js';
import { CURVES } from './curves.js';

/** A public key as far as rules and reports need it. */
export interface PublicKey {
  /** `RSA`, `EC`, `DSA`, `Ed25519`, `Ed448`, `ML-DSA-44` …, or the dotted OID of one not known here. */
  readonly algorithm: string;
  /** Bits; null when the algorithm is not known or its parameters are absent. */
  readonly size: number | null;
  /** Name of the curve, or its OID; EC only. */
  readonly curve?: string;
  /** RSA only. */
  readonly modulus?: bigint;
  readonly exponent?: bigint;
}

const DSA = '1.2.840.10040.4.1';
const RSASSA_PSS = '1.2.840.113549.1.1.10';

/** Keys whose size follows from the algorithm. */
const FIXED: ReadonlyMap<string, { readonly algorithm: string; readonly size: number }> = new Map([
  ['1.3.101.112', { algorithm: 'Ed25519', size: 256 }],
  ['1.3.101.113', { algorithm: 'Ed448', size: 456 }],
  ['2.16.840.1.101.3.4.3.17', { algorithm: 'ML-DSA-44', size: 10_496 }],
  ['2.16.840.1.101.3.4.3.18', { algorithm: 'ML-DSA-65', size: 15_616 }],
  ['2.16.840.1.101.3.4.3.19', { algorithm: 'ML-DSA-87', size: 20_736 }],
]);

/**
 * Decodes a subjectPublicKeyInfo.
 *
 * @param spki - its DER
 * @throws {TrustError} `der/…` when it is malformed
 */
export function decodePublicKey(spki: Uint8Array): PublicKey {
  const reader = new DerReader(spki);
  return readPublicKey(reader, reader.readWhole(0, spki.length, TAG.sequence).start, spki.length);
}

/**
 * Reads a subjectPublicKeyInfo where it stands.
 *
 * @param start - where it begins
 * @param limit - where what it stands in ends
 * @throws {TrustError} as `decodePublicKey`
 */
export function readPublicKey(reader: DerReader, start: number, limit: number): PublicKey {
  const { contentStart, end } = reader.read(start, limit);
  const algorithmEnd = reader.expect(contentStart, end, TAG.sequence).end;
  const oid = readOid(reader.next(reader.contentStart, algorithmEnd));
  const parameters = reader.end;
  reader.skip(parameters, algorithmEnd);
  // The key itself is looked at where something is read from it.
  reader.skip(algorithmEnd, end);
  const fixed = FIXED.get(oid);
  if (fixed !== undefined) return fixed;
  switch (oid) {
    case '1.2.840.113549.1.1.1':
    case RSASSA_PSS: {
      const key = expectBitString(reader.next(algorithmEnd, end));
      return new RsaPublicKey(reader.readWhole(key.contentStart + 1, key.contentEnd, TAG.sequence));
    }
    case '1.2.840.10045.2.1': {
      const named = reader.next(parameters, algorithmEnd);
      if (named?.tag !== TAG.oid) return { algorithm: 'EC', size: null };
      const curve = readOid(named);
      const known = CURVES.get(curve);
      return { algorithm: 'EC', size: known?.size ?? null, curve: known?.name ?? curve };
    }
    case DSA: {
      const numbers = reader.next(parameters, algorithmEnd);
      if (numbers?.tag !== TAG.sequence) return { algorithm: 'DSA', size: null };
      const prime = reader.children()[0];
      return { algorithm: 'DSA', size: prime === undefined ? null : bitLength(reader.read(prime, algorithmEnd)) };
    }
    default:
      return { algorithm: oid, size: null };
  }
}

/** Whether a DSA key leaves its parameters to be inherited from the issuer's key (RFC 3279 2.3.2). Never throws. */
export function inheritsParameters(spki: Uint8Array): boolean {
  try {
    const [type, parameters] = algorithmOf(spki);
    return readOid(type) === DSA && (parameters === undefined || parameters.tag === TAG.null);
  } catch (error) {
    expectTrustError(error);
    return false;
  }
}

/**
 * The key as it is to be used below its issuer: a DSA key without parameters takes those of the issuer's DSA key
 * (RFC 5280 6.1.4 (e)); any other key stays as it is.
 *
 * @param spki - DER of the subjectPublicKeyInfo
 * @param issuerSpki - that of the issuer, complete
 * @returns DER of a subjectPublicKeyInfo
 */
export function withInheritedParameters(spki: Uint8Array, issuerSpki: Uint8Array): Uint8Array {
  if (!inheritsParameters(spki)) return spki;
  const [type, parameters] = algorithmOf(issuerSpki);
  if (readOid(type) !== DSA || parameters?.tag !== TAG.sequence) return spki;
  const [, subjectPublicKey] = childrenOf(decodeElement(spki, TAG.sequence));
  return encodeElement(
    TAG.sequence,
    encodeElement(TAG.sequence, encodeOid(DSA), encodingOf(parameters)),
    encodingOf(expectTag(subjectPublicKey, TAG.bitString)),
  );
}

/**
 * Whether an RSA key is for RSASSA-PSS alone (RFC 4055 1.2).
 *
 * @param spki - DER of the subjectPublicKeyInfo
 * @throws {TrustError} `der/…` when it is malformed
 */
export function isPssKey(spki: Uint8Array): boolean {
  return readOid(algorithmOf(spki)[0]) === RSASSA_PSS;
}

function algorithmOf(spki: Uint8Array): readonly DerElement[] {
  return childrenOf(expectTag(childrenOf(decodeElement(spki, TAG.sequence))[0], TAG.sequence));
}

/** The content of the subjectPublicKey BIT STRING, which is what key identifiers digest (RFC 5280 4.2.1.2). */
export function subjectPublicKeyBits(spki: Uint8Array): Uint8Array {
  return readBitString(childrenOf(decodeElement(spki, TAG.sequence))[1]).bytes;
}

/** Whether the key of an EC subjectPublicKeyInfo is a compressed point (SEC 1 2.3.3), which RFC 5480 2.2 leaves optional. */
export function isCompressedPoint(spki: Uint8Array): boolean {
  const first = subjectPublicKeyBits(spki)[0];
  return first === 2 || first === 3;
}

/** An RSA exponent for a message. One of any length is not written whole, which takes very long in decimal. */
export function describeExponent(exponent: bigint): string {
  const digits = exponent.toString(16).length;
  return digits > 16 ? `a number of about ${digits * 4} bits` : exponent.toString();
}

/** A class for the sake of the numbers: they take longer than all the rest of a certificate, and few ask for them. */
class RsaPublicKey implements PublicKey {
  readonly algorithm = 'RSA';
  readonly size: number;
  readonly #bytes: Uint8Array;
  /** Where each begins; undefined where there is none. */
  readonly #modulus: number | undefined;
  readonly #exponent: number | undefined;

  /** @param reader - at the SEQUENCE of the two numbers */
  constructor(reader: DerReader) {
    const { contentStart, end } = reader;
    this.#bytes = reader.bytes;
    const modulus = reader.next(contentStart, end);
    this.#modulus = modulus?.start;
    this.size = modulus === undefined ? 0 : bitLength(modulus);
    const exponent = reader.next(reader.end, end);
    this.#exponent = exponent?.start;
    if (exponent !== undefined) expectInteger(exponent);
    reader.skip(reader.end, end);
  }

  get modulus(): bigint {
    return this.#integerAt(this.#modulus);
  }

  get exponent(): bigint {
    return this.#integerAt(this.#exponent);
  }

  #integerAt(place: number | undefined): bigint {
    return place === undefined ? 0n : readInteger(readElement(this.#bytes, place));
  }
}

/** How many bits a positive INTEGER has; 0 for any other. */
function bitLength(integer: DerElement): number {
  const { bytes, contentStart, contentEnd } = expectInteger(integer);
  if ((bytes[contentStart] as number) >= 0x80) return 0;
  let first = contentStart;
  while (first < contentEnd && bytes[first] === 0) first++;
  return first === contentEnd ? 0 : (contentEnd - first) * 8 - Math.clz32((bytes[first] as number) << 24);
}
