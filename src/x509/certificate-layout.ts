/**
 * Where the parts of a certificate stand in its DER (RFC 5280 4.1), found by a walk that makes sure that each of them can
 * be read. Places and a few values are all that it keeps: there may be a hundred thousand certificates.
 *
 * @module
 */
import { contextTag, expectBitString, expectTag, readCount, readOid, TAG } from '../encoding/der.js';
import { DerReader } from '../encoding/der-reader.js';
import { readInstant } from '../encoding/der-time.js';
import { TrustError } from '../errors.js';
import { type ExtensionValues, NO_EXTENSION_VALUES, readExtensionValues } from './extensions.js';
import { walkName } from './name.js';
import { type PublicKey, readPublicKey } from './public-key.js';

/** Numbers without a word about them are places: the offset at which an element begins. */
export interface CertificateLayout {
  readonly tbsCertificate: number;
  /** 1, 2 or 3. */
  readonly version: number;
  readonly serialNumber: number;
  readonly tbsSignatureAlgorithm: number;
  readonly issuer: number;
  readonly subject: number;
  /** Whether issuer and subject are the same bytes, as in every root. */
  readonly sameNames: boolean;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly subjectPublicKeyInfo: number;
  readonly publicKey: PublicKey;
  /** `[3]`, where there is one. */
  readonly extensions: number | undefined;
  readonly values: ExtensionValues;
  readonly signatureAlgorithm: number;
  /** The algorithm in dotted decimal. */
  readonly signatureOid: string;
  readonly signature: number;
}

/**
 * Walks over one certificate that fills the bytes.
 *
 * @param bytes - DER
 * @throws {TrustError} `der/…`; the offset counts from the start
 */
export function readCertificateLayout(bytes: Uint8Array): CertificateLayout {
  const reader = new DerReader(bytes);
  const { end } = expectTag(reader.read(0, bytes.length), TAG.sequence);
  if (end !== bytes.length) {
    throw new TrustError('der/trailing-bytes', `${bytes.length - end} bytes follow the certificate`, {
      at: { offset: end },
    });
  }
  const place = (start: number | undefined, tag: number) => expectTag(reader.revisit(start), tag).start;

  const [tbs, outerAlgorithm, signatureBits] = reader.children();
  const tbsCertificate = place(tbs, TAG.sequence);
  const fields = reader.children();
  const versionField = bytes[fields[0] ?? end] === contextTag(0) ? fields.shift() : undefined;
  const [serial, tbsAlgorithm, issuerName, validity, subjectName, spki, ...optional] = fields;
  const tbsSignatureAlgorithm = place(tbsAlgorithm, TAG.sequence);
  const serialNumber = place(serial, TAG.integer);
  const issuer = place(issuerName, TAG.sequence);
  const times = place(validity, TAG.sequence);
  const subject = place(subjectName, TAG.sequence);
  const subjectPublicKeyInfo = place(spki, TAG.sequence);
  const extensions = optional.find((field) => bytes[field] === contextTag(3));
  const signatureAlgorithm = place(outerAlgorithm, TAG.sequence);
  const signature = place(signatureBits, TAG.bitString);

  const version = versionField === undefined ? 1 : readVersion(reader, versionField);
  const sameNames = sameElement(reader, issuer, subject);
  if (!sameNames) walkName(reader, issuer);
  walkName(reader, subject);
  const [notBefore, notAfter] = reader.revisit(times).children();
  return {
    tbsCertificate,
    version,
    serialNumber,
    tbsSignatureAlgorithm,
    issuer,
    subject,
    sameNames,
    notBefore: readInstant(reader.revisit(notBefore)),
    notAfter: readInstant(reader.revisit(notAfter)),
    subjectPublicKeyInfo,
    publicKey: readPublicKey(reader, subjectPublicKeyInfo),
    extensions,
    signatureAlgorithm,
    signatureOid: readFirstOid(reader, signatureAlgorithm),
    signature: expectBitString(reader.revisit(signature)).start,
    values: extensions === undefined ? NO_EXTENSION_VALUES : readExtensionValues(reader, extensions),
  };
}

function readVersion(reader: DerReader, field: number): number {
  const [version] = reader.revisit(field).children();
  return readCount(reader.revisit(version), 2) + 1;
}

function readFirstOid(reader: DerReader, algorithm: number): string {
  const { end } = reader.revisit(algorithm);
  const oid = reader.expectChildren();
  return readOid(oid < end ? reader.revisit(oid) : undefined);
}

function sameElement(reader: DerReader, a: number, b: number): boolean {
  const { bytes } = reader;
  const endOfA = reader.revisit(a).end;
  if (endOfA - a !== reader.revisit(b).end - b) return false;
  // From the end: names of one CA may share their first attributes.
  for (let i = endOfA - 1, j = reader.end - 1; i >= a; i--, j--) if (bytes[i] !== bytes[j]) return false;
  return true;
}
