/**
 * What a subjectPublicKeyInfo says about its key: algorithm, size, curve, RSA exponent (RFC 3279, RFC 5480, RFC 8410,
 * RFC 9881 for ML-DSA).
 *
 * @module
 */
import {
  childrenOf,
  contentOf,
  type DerElement,
  decodeElement,
  encodeElement,
  encodeOid,
  encodingOf,
  expectTag,
  readBitString,
  readInteger,
  readOid,
  TAG,
} from '../encoding/der.js';
import { expectTrustError } from '../errors.js';
import { CURVES } from './oids.js';

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
  const [algorithm, subjectPublicKey] = childrenOf(decodeElement(spki, TAG.sequence));
  const [type, parameters] = childrenOf(expectTag(algorithm, TAG.sequence));
  const oid = readOid(type);
  const fixed = FIXED.get(oid);
  if (fixed !== undefined) return fixed;
  switch (oid) {
    case '1.2.840.113549.1.1.1':
    case '1.2.840.113549.1.1.10': {
      const key = decodeElement(readBitString(subjectPublicKey).bytes, TAG.sequence);
      const [modulus, exponent] = childrenOf(key);
      return new RsaPublicKey(modulus, exponent);
    }
    case '1.2.840.10045.2.1': {
      if (parameters?.tag !== TAG.oid) return { algorithm: 'EC', size: null };
      const curve = readOid(parameters);
      return { algorithm: 'EC', size: CURVES.get(curve)?.size ?? null, curve: CURVES.get(curve)?.name ?? curve };
    }
    case DSA: {
      const prime = parameters?.tag === TAG.sequence ? childrenOf(parameters)[0] : undefined;
      return { algorithm: 'DSA', size: prime === undefined ? null : bitLength(prime) };
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

/** A class for the sake of the modulus: as a number it takes longer than all the rest of a certificate, and few ask for it. */
class RsaPublicKey implements PublicKey {
  readonly algorithm = 'RSA';
  readonly size: number;
  readonly exponent: bigint;
  readonly #modulus: DerElement | undefined;

  constructor(modulus: DerElement | undefined, exponent: DerElement | undefined) {
    this.size = modulus === undefined ? 0 : bitLength(modulus);
    this.exponent = exponent === undefined ? 0n : readInteger(exponent);
    this.#modulus = modulus;
  }

  get modulus(): bigint {
    return this.#modulus === undefined ? 0n : readInteger(this.#modulus);
  }
}

/** How many bits a positive INTEGER has; 0 for any other. */
function bitLength(integer: DerElement): number {
  const content = contentOf(expectTag(integer, TAG.integer));
  if (content.length === 0) readInteger(integer);
  if ((content[0] ?? 0) >= 0x80) return 0;
  const first = content.findIndex((octet) => octet !== 0);
  return first < 0 ? 0 : (content.length - first) * 8 - Math.clz32((content[first] as number) << 24);
}
