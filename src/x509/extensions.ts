/**
 * The extensions of RFC 5280 4.2 that this program decides by, decoded from their DER values.
 *
 * @module
 */
import { equalBytes } from '../encoding/byte-writer.js';
import {
  childrenOf,
  contentOf,
  contextTag,
  decodeElement,
  encodeElement,
  encodeOid,
  expectTag,
  readBitString,
  readBoolean,
  readCount,
  readOid,
  TAG,
} from '../encoding/der.js';
import { encodeHex } from '../encoding/hex.js';
import { TrustError } from '../errors.js';

/** An extension as it stands in the certificate. */
export interface Extension {
  /** Dotted decimal. */
  readonly oid: string;
  readonly critical: boolean;
  /** The content of extnValue: the DER of the extension itself. */
  readonly value: Uint8Array;
}

/** A CRL or an OCSP response has half a dozen. */
const EXTENSIONS_AT_MOST = 100;

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

/** The keyIdentifier field of an authorityKeyIdentifier in lower-case hex, or null. @throws {TrustError} `der/…` */
export function decodeAuthorityKeyIdentifier(value: Uint8Array): string | null {
  const keyIdentifier = childrenOf(decodeElement(value, TAG.sequence)).find(
    (field) => field.tag === contextTag(0, false),
  );
  return keyIdentifier === undefined ? null : encodeHex(contentOf(keyIdentifier));
}

/**
 * The extensions of what machines make for machines, a CRL or an OCSP message: each there once, and encoded as DER asks.
 *
 * @param value - the DER of the Extensions
 * @throws {TrustError} `der/…`; the offset counts from the start of the value
 */
export function decodeStrictExtensions(value: Uint8Array): readonly Extension[] {
  const elements = childrenOf(decodeElement(value, TAG.sequence));
  if (elements.length === 0 || elements.length > EXTENSIONS_AT_MOST) {
    refuse(`${elements.length} extensions, expected 1 to ${EXTENSIONS_AT_MOST}`);
  }
  const extensions = elements.map((element) => {
    const parts = childrenOf(expectTag(element, TAG.sequence));
    const critical = parts.length === 3 && contentOf(expectTag(parts[1], TAG.boolean))[0] === 0xff;
    return { oid: readOid(parts[0]), critical, value: contentOf(expectTag(parts.at(-1), TAG.octetString)) };
  });
  const canonical = encodeElement(TAG.sequence, ...extensions.map(encodeExtension));
  if (!equalBytes(canonical, value)) refuse('the extensions are not encoded as DER asks');
  if (new Set(extensions.map(({ oid }) => oid)).size !== extensions.length) refuse('an extension is there twice');
  return extensions;
}

/** The DER of an extension; `critical` is left out where it is false, as DER asks. */
export function encodeExtension({ oid, critical, value }: Extension): Uint8Array {
  const criticality = critical ? [Uint8Array.of(TAG.boolean, 1, 0xff)] : [];
  return encodeElement(TAG.sequence, encodeOid(oid), ...criticality, encodeElement(TAG.octetString, value));
}

function refuse(message: string): never {
  throw new TrustError('der/bad-value', message, { at: { offset: 0 } });
}
