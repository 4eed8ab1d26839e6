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
  expectBitString,
  expectTag,
  readBoolean,
  readCount,
  readOid,
  TAG,
} from '../encoding/der.js';
import { DerReader } from '../encoding/der-reader.js';
import { encodeHex } from '../encoding/hex.js';
import { expectTrustError, TrustError } from '../errors.js';
import type { CertificateDefect } from './defect.js';
import { type GeneralName, generalNamesIn } from './general-name.js';
import { EXTENSION } from './oids.js';

/** The first field of an authorityKeyIdentifier (RFC 5280 4.2.1.1). */
const KEY_IDENTIFIER = contextTag(0, false);

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

/** The extensions that are read from every certificate. */
export type ReadExtension = keyof ExtensionValues;

/** What is read from every certificate; of duplicates the first counts. */
export interface ExtensionValues {
  readonly basicConstraints: BasicConstraints | null;
  /** As `keyUsagesIn` takes it. */
  readonly keyUsage: number | null;
  readonly extendedKeyUsage: readonly string[] | null;
  /** At which offset the identifier itself begins; null where there is none. */
  readonly subjectKeyIdentifier: number | null;
  readonly authorityKeyIdentifier: number | null;
}

/** Those of a certificate without extensions. */
export const NO_EXTENSION_VALUES: ExtensionValues = {
  basicConstraints: null,
  keyUsage: null,
  extendedKeyUsage: null,
  subjectKeyIdentifier: null,
  authorityKeyIdentifier: null,
};

type ExtensionVisitor = (oid: string, critical: boolean, value: DerReader) => void;

/**
 * Walks over the extensions of a certificate.
 *
 * @param field - where the `[3]` begins
 * @param visit - called for each in order, with the reader at the OCTET STRING of the value
 * @throws {TrustError} `der/…`
 */
export function walkExtensions(reader: DerReader, field: number, visit: ExtensionVisitor): void {
  const { contentStart, end } = reader.read(field, reader.bytes.length);
  const listEnd = reader.expect(contentStart, end, TAG.sequence).end;
  for (let extension = reader.contentStart; extension < listEnd; ) {
    const extensionEnd = reader.expect(extension, listEnd, TAG.sequence).end;
    const oid = readOid(reader.next(reader.contentStart, extensionEnd));
    const flag = reader.next(reader.end, extensionEnd);
    const isFlag = flag?.tag === TAG.boolean;
    const critical = isFlag && readBoolean(flag);
    expectTag(isFlag ? reader.next(reader.end, extensionEnd) : flag, TAG.octetString);
    const valueEnd = reader.end;
    visit(oid, critical, reader);
    reader.skip(valueEnd, extensionEnd);
    extension = extensionEnd;
  }
  reader.skip(listEnd, end);
}

const READ_EXTENSIONS = Object.keys(NO_EXTENSION_VALUES) as readonly ReadExtension[];

/**
 * What an extension counts for that cannot be read: the least that it could allow, so that nobody gains by one that is
 * damaged. An absent keyUsage or extendedKeyUsage would allow everything.
 */
const ALLOWING_NOTHING: ExtensionValues = {
  basicConstraints: { ca: false, pathLength: null },
  keyUsage: 0,
  extendedKeyUsage: [],
  subjectKeyIdentifier: null,
  authorityKeyIdentifier: null,
};

/**
 * Reads the extensions that this program decides by.
 *
 * @param field - as for `walkExtensions`
 * @param defects - gets those whose value cannot be read; they allow nothing
 * @throws {TrustError} `der/…` where the list itself cannot be read
 */
export function readExtensionValues(reader: DerReader, field: number, defects: CertificateDefect[]): ExtensionValues {
  const values: { -readonly [name in ReadExtension]: ExtensionValues[name] } = {
    basicConstraints: null,
    keyUsage: null,
    extendedKeyUsage: null,
    subjectKeyIdentifier: null,
    authorityKeyIdentifier: null,
  };
  let hasAuthority = false;
  const visit: ExtensionVisitor = (oid, _critical, { contentStart, end }) => {
    // `??=` reads nothing where there is a value already, so that the first of duplicates counts.
    if (oid === EXTENSION.basicConstraints) values.basicConstraints ??= readBasicConstraints(reader, contentStart, end);
    else if (oid === EXTENSION.keyUsage) values.keyUsage ??= readKeyUsage(reader, contentStart, end);
    else if (oid === EXTENSION.extendedKeyUsage)
      values.extendedKeyUsage ??= readExtendedKeyUsage(reader, contentStart, end);
    else if (oid === EXTENSION.subjectKeyIdentifier)
      values.subjectKeyIdentifier ??= readSubjectKeyIdentifier(reader, contentStart, end);
    else if (oid === EXTENSION.authorityKeyIdentifier && !hasAuthority) {
      values.authorityKeyIdentifier = readAuthorityKeyIdentifier(reader, contentStart, end);
      hasAuthority = true;
    }
  };
  try {
    walkExtensions(reader, field, visit);
  } catch {
    // Once more for who has such: catching at each extension would make all others slower.
    walkExtensions(reader, field, (oid, critical, value) => {
      try {
        visit(oid, critical, value);
      } catch (error) {
        const extension = READ_EXTENSIONS.find((name) => EXTENSION[name] === oid) as ReadExtension;
        defects.push({ field: extension, message: `${extension} cannot be read: ${expectTrustError(error).message}` });
        Object.assign(values, { [extension]: ALLOWING_NOTHING[extension] });
      }
    });
  }
  return values;
}

function readBasicConstraints(reader: DerReader, start: number, end: number): BasicConstraints {
  const list = reader.readWhole(start, end, TAG.sequence);
  const first = reader.next(list.contentStart, end);
  const isFlag = first?.tag === TAG.boolean;
  const ca = isFlag && readBoolean(first);
  const limit = isFlag ? reader.next(reader.end, end) : first;
  const pathLength = limit === undefined ? null : readCount(limit, 0x7fffffff);
  reader.skip(reader.end, end);
  return { ca, pathLength };
}

/** The bits of the first two octets, which are more than there are usages. */
function readKeyUsage(reader: DerReader, start: number, end: number): number {
  const { bytes, contentStart } = expectBitString(reader.readWhole(start, end, TAG.bitString));
  let bits = 0;
  for (let at = contentStart + 1; at <= contentStart + 2; at++)
    bits = (bits << 8) | (at < end ? (bytes[at] as number) : 0);
  return bits;
}

/** The usages whose bits are set: the first usage is that of bit 15. */
export function keyUsagesIn(bits: number): ReadonlySet<KeyUsage> {
  return new Set(KEY_USAGES.filter((_, index) => (bits & (0x8000 >> index)) !== 0));
}

/** The key purposes by OID. */
function readExtendedKeyUsage(reader: DerReader, start: number, end: number): readonly string[] {
  const purposes: string[] = [];
  for (let at = reader.readWhole(start, end, TAG.sequence).contentStart; at < end; at = reader.end) {
    purposes.push(readOid(reader.read(at, end)));
  }
  return purposes;
}

function readSubjectKeyIdentifier(reader: DerReader, start: number, end: number): number {
  return reader.readWhole(start, end, TAG.octetString).start;
}

function readAuthorityKeyIdentifier(reader: DerReader, start: number, end: number): number | null {
  let identifier: number | null = null;
  for (let at = reader.readWhole(start, end, TAG.sequence).contentStart; at < end; at = reader.end) {
    if (reader.read(at, end).tag === KEY_IDENTIFIER) identifier ??= at;
  }
  return identifier;
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
  const reader = new DerReader(value);
  const place = readAuthorityKeyIdentifier(reader, 0, value.length);
  return place === null ? null : encodeHex(contentOf(reader.read(place, value.length)));
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
