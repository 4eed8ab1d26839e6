/**
 * The extensions of RFC 5280 4.2 that this program decides by, decoded from their DER values.
 *
 * @module
 */
import {
  childrenOf,
  contentOf,
  contextTag,
  decodeElement,
  readBitString,
  readBoolean,
  readCount,
  readOid,
  TAG,
} from '../encoding/der.js';
import { encodeHex } from '../encoding/hex.js';
import { type GeneralName, generalNamesIn } from './general-name.js';

/** An extension as it stands in the certificate. */
export interface Extension {
  /** Dotted decimal. */
  readonly oid: string;
  readonly critical: boolean;
  /** The content of extnValue: the DER of the extension itself. */
  readonly value: Uint8Array;
}

/** RFC 5280 4.2.1.9. */
export interface BasicConstraints {
  readonly ca: boolean;
  /** How many non-self-issued intermediates may follow; null where there is no limit. */
  readonly pathLength: number | null;
}

/** RFC 5280 4.2.1.3, in the order of the bits. */
export const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

/** One key usage. */
export type KeyUsage = (typeof KEY_USAGES)[number];

/** @throws {TrustError} `der/…` */
export function decodeBasicConstraints(value: Uint8Array): BasicConstraints {
  const fields = childrenOf(decodeElement(value, TAG.sequence));
  const ca = fields[0]?.tag === TAG.boolean ? readBoolean(fields.shift()) : false;
  return { ca, pathLength: fields.length === 0 ? null : readCount(fields[0], 0x7fffffff) };
}

/** @throws {TrustError} `der/…` */
export function decodeKeyUsage(value: Uint8Array): ReadonlySet<KeyUsage> {
  const { bytes } = readBitString(decodeElement(value, TAG.bitString));
  return new Set(KEY_USAGES.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0));
}

/** The key purposes by OID. @throws {TrustError} `der/…` */
export function decodeExtendedKeyUsage(value: Uint8Array): readonly string[] {
  return childrenOf(decodeElement(value, TAG.sequence)).map(readOid);
}

/** Lower-case hex. @throws {TrustError} `der/…` */
export function decodeSubjectKeyIdentifier(value: Uint8Array): string {
  return encodeHex(contentOf(decodeElement(value, TAG.octetString)));
}

/** What an authorityKeyIdentifier says about the issuer's certificate. */
export interface AuthorityCertificate {
  readonly issuer: readonly GeneralName[];
  /** As `Certificate.serialNumber`. */
  readonly serialNumber: string;
}

/**
 * authorityCertIssuer and authorityCertSerialNumber of an authorityKeyIdentifier (RFC 5280 4.2.1.1), or null where one of
 * them is absent.
 *
 * @throws {TrustError} `der/…`
 */
export function decodeAuthorityCertificate(value: Uint8Array): AuthorityCertificate | null {
  const fields = childrenOf(decodeElement(value, TAG.sequence));
  const issuer = fields.find((field) => field.tag === contextTag(1));
  const serialNumber = fields.find((field) => field.tag === contextTag(2, false));
  if (issuer === undefined || serialNumber === undefined) return null;
  return { issuer: generalNamesIn(issuer), serialNumber: encodeHex(contentOf(serialNumber)) };
}

/** The keyIdentifier field of an authorityKeyIdentifier in lower-case hex, or null. @throws {TrustError} `der/…` */
export function decodeAuthorityKeyIdentifier(value: Uint8Array): string | null {
  const keyIdentifier = childrenOf(decodeElement(value, TAG.sequence)).find(
    (field) => field.tag === contextTag(0, false),
  );
  return keyIdentifier === undefined ? null : encodeHex(contentOf(keyIdentifier));
}
