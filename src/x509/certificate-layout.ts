/**
 * Where the parts of a certificate stand in its DER (RFC 5280 4.1), found by a walk that makes sure that each of them can
 * be read. Places and a few values are all that it keeps: there may be a hundred thousand certificates.
 *
 * @module
 */
import { contextTag, type DerElement, expectBitString, readCount, readOid, TAG } from '../encoding/der.js';
import { DerReader } from '../encoding/der-reader.js';
import { readInstant, readInstantOfOtherForm } from '../encoding/der-time.js';
import { TrustError } from '../errors.js';
import { type CertificateDefect, NO_DEFECTS } from './defect.js';
import { type ExtensionValues, NO_EXTENSION_VALUES, readExtensionValues } from './extensions.js';
import { walkName } from './name.js';
import { type PublicKey, readPublicKey } from './public-key.js';

/** The fields of a tbsCertificate that have a tag of their own (RFC 5280 4.1). */
const VERSION = contextTag(0);
const EXTENSIONS = contextTag(3);

/** Of those that are read: some devices write the number of the version in the place of the number before it. */
const HIGHEST_VERSION = 100;

/** Numbers without a word about them are places: the offset at which an element begins. */
export interface CertificateLayout {
  readonly tbsCertificate: number;
  /** 1, 2 or 3; another one is a defect. */
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
  readonly defects: readonly CertificateDefect[];
}

/**
 * Walks over one certificate that fills the bytes. What is wrong and yet plain is a defect; all else is refused.
 *
 * @param bytes - DER
 * @throws {TrustError} `der/…`; the offset counts from the start
 */
export function readCertificateLayout(bytes: Uint8Array): CertificateLayout {
  const reader = new DerReader(bytes);
  const { end } = reader.expect(0, bytes.length, TAG.sequence);
  if (end !== bytes.length) {
    throw new TrustError('der/trailing-bytes', `${bytes.length - end} bytes follow the certificate`, {
      at: { offset: end },
    });
  }
  const tbsCertificate = reader.expect(reader.contentStart, end, TAG.sequence).start;
  const tbsEnd = reader.end;
  const first = reader.contentStart;
  const hasVersion = reader.next(first, tbsEnd)?.tag === VERSION;
  const serialNumber = reader.expect(hasVersion ? reader.end : first, tbsEnd, TAG.integer).start;
  const tbsSignatureAlgorithm = reader.expect(reader.end, tbsEnd, TAG.sequence).start;
  const issuer = reader.expect(reader.end, tbsEnd, TAG.sequence).start;
  const validity = reader.expect(reader.end, tbsEnd, TAG.sequence).start;
  const subject = reader.expect(reader.end, tbsEnd, TAG.sequence).start;
  const subjectPublicKeyInfo = reader.expect(reader.end, tbsEnd, TAG.sequence).start;
  const subjectEnd = subjectPublicKeyInfo;
  const extensions = findExtensions(reader, reader.end, tbsEnd);
  const signatureAlgorithm = reader.expect(tbsEnd, end, TAG.sequence).start;
  const signature = expectBitString(reader.expect(reader.end, end, TAG.bitString)).start;
  reader.skip(reader.end, end);

  // Elements follow one another, so that each ends where the next one begins.
  const sameNames = sameBytes(bytes, { start: issuer, end: validity }, { start: subject, end: subjectEnd });
  if (!sameNames) walkName(reader, issuer, validity);
  walkName(reader, subject, subjectEnd);
  const defects: CertificateDefect[] = [];
  reader.read(validity, subject);
  const notBefore = readDate('notBefore', reader.next(reader.contentStart, subject), defects);
  const notAfter = readDate('notAfter', reader.next(reader.end, subject), defects);
  reader.skip(reader.end, subject);
  return {
    tbsCertificate,
    version: hasVersion ? readVersion(reader, first, serialNumber, defects) : 1,
    serialNumber,
    tbsSignatureAlgorithm,
    issuer,
    subject,
    sameNames,
    notBefore,
    notAfter,
    subjectPublicKeyInfo,
    publicKey: readPublicKey(reader, subjectPublicKeyInfo, tbsEnd),
    extensions,
    signatureAlgorithm,
    signatureOid: readFirstOid(reader, signatureAlgorithm, signature),
    signature,
    values: extensions === undefined ? NO_EXTENSION_VALUES : readExtensionValues(reader, extensions, defects),
    // The last, because the others are read above.
    defects: defects.length === 0 ? NO_DEFECTS : defects,
  };
}

/** Adds a defect where the date is one, but in another form. */
function readDate(
  field: 'notBefore' | 'notAfter',
  element: DerElement | undefined,
  defects: CertificateDefect[],
): number {
  try {
    return readInstant(element);
  } catch (error) {
    const instant = element === undefined ? null : readInstantOfOtherForm(element);
    if (instant === null) throw error;
    defects.push({ field, message: `${field} is not in the form that RFC 5280 asks for` });
    return instant;
  }
}

/** Where the first `[3]` among some elements begins. */
function findExtensions(reader: DerReader, from: number, limit: number): number | undefined {
  let found: number | undefined;
  for (let at = from; at < limit; at = reader.end) {
    if (reader.read(at, limit).tag === EXTENSIONS) found ??= at;
  }
  return found;
}

function readVersion(reader: DerReader, start: number, limit: number, defects: CertificateDefect[]): number {
  const { contentStart, end } = reader.read(start, limit);
  const version = readCount(reader.next(contentStart, end), HIGHEST_VERSION - 1) + 1;
  reader.skip(reader.end, end);
  if (version > 3) defects.push({ field: 'version', message: `version ${version} is none that X.509 has` });
  return version;
}

function readFirstOid(reader: DerReader, algorithm: number, limit: number): string {
  const { contentStart, end } = reader.read(algorithm, limit);
  const oid = readOid(reader.next(contentStart, end));
  reader.skip(reader.end, end);
  return oid;
}

/** A range of bytes. */
interface Range {
  readonly start: number;
  readonly end: number;
}

function sameBytes(bytes: Uint8Array, a: Range, b: Range): boolean {
  if (a.end - a.start !== b.end - b.start) return false;
  // From the end: names of one CA may share their first attributes.
  for (let i = a.end - 1, j = b.end - 1; i >= a.start; i--, j--) if (bytes[i] !== bytes[j]) return false;
  return true;
}
