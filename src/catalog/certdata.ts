/**
 * The root list of Mozilla NSS as its source has it: certdata.txt, PKCS#11 objects as text.
 *
 *     BEGINDATA
 *     CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE
 *     CKA_LABEL UTF8 "Example Root CA"
 *     CKA_VALUE MULTILINE_OCTAL
 *     \060\202\003\165…
 *     END
 *     CKA_NSS_SERVER_DISTRUST_AFTER CK_BBOOL CK_FALSE
 *
 *     CKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST
 *     CKA_CERT_SHA1_HASH MULTILINE_OCTAL
 *     …
 *     CKA_TRUST_SERVER_AUTH CK_TRUST CKT_NSS_TRUSTED_DELEGATOR
 *     CKA_TRUST_EMAIL_PROTECTION CK_TRUST CKT_NSS_MUST_VERIFY_TRUST
 *
 * Comments and empty lines may stand anywhere; `CKA_CLASS` begins an object. A certificate and what it is trusted for are two
 * objects, which belong together by the SHA-1 of the certificate, else by issuer and serial number. What is not understood
 * is refused, not passed over: a root that is read wrongly would be trusted wrongly.
 *
 * @module
 */
import { contentOf, decodeElement, encodeElement, readElement, TAG } from '../encoding/der.js';
import { readTime } from '../encoding/der-time.js';
import { encodeHex } from '../encoding/hex.js';
import { toRfc3339 } from '../encoding/rfc3339.js';
import { expectTrustError, TrustError } from '../errors.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';

/** Fifty times the list of 2026. */
export const MAX_CERTDATA_BYTES: number = 64 * 1024 * 1024;
const MAX_OBJECTS = 20_000;
/** The largest certificate of the list has 2 KB. */
const MAX_VALUE_BYTES = 64 * 1024;
const MAX_LABEL_LENGTH = 300;
/** Of an attribute that is no MULTILINE_OCTAL; a label is the longest. */
const MAX_LINE_LENGTH = 4096;

/** What a list says of a certificate for one purpose. `refused` is more than the lack of trust. */
export type ListedTrust = 'trusted' | 'none' | 'refused';

/** A certificate of a list, with what the list says of it. */
export interface ListedRoot {
  readonly certificate: Certificate;
  readonly label: string;
  readonly server: ListedTrust;
  readonly email: ListedTrust;
  /** Server certificates issued later are not trusted; RFC 3339, or null. */
  readonly distrustAfter: string | null;
}

/** What a certdata.txt holds. */
export interface Certdata {
  readonly roots: readonly ListedRoot[];
  /** How many objects refuse a certificate that the list does not hold: a fingerprint cannot be worked out for it. */
  readonly refusedWithoutCertificate: number;
}

/** Whether a text is a certdata.txt, by its first object. */
export function looksLikeCertdata(text: string): boolean {
  return /^CKA_CLASS[ \t]+CK_OBJECT_CLASS[ \t]/m.test(text);
}

/**
 * Parses a certdata.txt.
 *
 * @throws {TrustError} `catalog/malformed` with the line; `input/too-large`, `input/too-many`
 */
export function parseCertdata(text: string): Certdata {
  if (text.length > MAX_CERTDATA_BYTES) {
    throw new TrustError(
      'input/too-large',
      `the list has ${text.length} characters, at most ${MAX_CERTDATA_BYTES} are read`,
      {
        hint: 'name the file of the root list itself',
      },
    );
  }
  const objects = parseObjects(new Lines(text));
  return join(objects.filter(isOf('CKO_CERTIFICATE')), objects.filter(isOf('CKO_NSS_TRUST')));
}

/** One attribute: text, or the bytes of a MULTILINE_OCTAL. */
interface Attribute {
  readonly line: number;
  readonly type: string;
  readonly value: string | Uint8Array;
}

/** One object, by the line it begins in. */
interface CertdataObject {
  readonly line: number;
  readonly attributes: ReadonlyMap<string, Attribute>;
}

class Lines {
  /** Of the line that `next` gave last, from 1. */
  number = 0;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next line without its end, or null. */
  next(): string | null {
    if (this.#at >= this.#text.length) return null;
    const found = this.#text.indexOf('\n', this.#at);
    const end = found < 0 ? this.#text.length : found;
    const line = this.#text.slice(this.#at, end).replace(/\r$/, '');
    this.#at = end + 1;
    this.number++;
    return line;
  }
}

const ATTRIBUTE = /^(CKA_[A-Z0-9_]{1,60})[ \t]+([A-Z][A-Z0-9_]{1,40})(?:[ \t]+(.*\S))?[ \t]*$/;

function parseObjects(lines: Lines): readonly CertdataObject[] {
  const objects: { line: number; attributes: Map<string, Attribute> }[] = [];
  for (let line = lines.next(); line !== null; line = lines.next()) {
    const [, name, type = '', text] = (line.length > MAX_LINE_LENGTH ? null : ATTRIBUTE.exec(line)) ?? [];
    if (name === undefined) {
      if (isPassedOver(line, objects.length > 0)) continue;
      throw malformed(lines.number, 'neither an attribute nor a comment');
    }
    const at = lines.number;
    const value = type === 'MULTILINE_OCTAL' ? readOctal(lines) : (text ?? '');
    if (name === 'CKA_CLASS') objects.push({ line: at, attributes: new Map() });
    const attributes = objects.at(-1)?.attributes;
    if (attributes === undefined) throw malformed(at, `${name} stands before any CKA_CLASS`);
    if (attributes.has(name)) throw malformed(at, `${name} is there twice in one object`);
    attributes.set(name, { line: at, type, value });
    if (objects.length > MAX_OBJECTS) {
      throw new TrustError('input/too-many', `the list has more than ${MAX_OBJECTS} objects`, {
        at: { line: at },
        hint: 'name the file of the root list itself',
      });
    }
  }
  return objects;
}

/** Before the first object, old lists have a licence and a line for a version system. */
function isPassedOver(line: string, isInObject: boolean): boolean {
  return /^\s*(#|$)/.test(line) || line.trim() === 'BEGINDATA' || !isInObject;
}

const OCTAL_LINE = /^(?:\\[0-3][0-7]{2})+$/;

function readOctal(lines: Lines): Uint8Array {
  const start = lines.number;
  const octets: number[] = [];
  for (let line = lines.next(); line !== null; line = lines.next()) {
    const text = line.trim();
    if (text === 'END') return Uint8Array.from(octets);
    if (octets.length + text.length / 4 > MAX_VALUE_BYTES)
      throw malformed(lines.number, `a value has more than ${MAX_VALUE_BYTES} bytes`);
    if (!OCTAL_LINE.test(text))
      throw malformed(lines.number, 'it is no line of octal bytes (\\000 to \\377), and END is missing');
    for (let index = 1; index < text.length; index += 4) octets.push(Number.parseInt(text.slice(index, index + 3), 8));
  }
  throw malformed(start, 'a value of octal bytes has no END: the file is cut short');
}

function isOf(wanted: string): (object: CertdataObject) => boolean {
  return ({ attributes }) => attributes.get('CKA_CLASS')?.value === wanted;
}

/** Puts every certificate together with what it is trusted for. */
function join(certificates: readonly CertdataObject[], trusts: readonly CertdataObject[]): Certdata {
  const decoded = certificates.map((object) => ({ object, certificate: decodeValue(object) }));
  const bySha1 = new Map(decoded.map(({ certificate }) => [certificate.sha1, certificate.sha256]));
  const byIssuer = new Map(decoded.map(({ certificate }) => [issuerKeyOf(certificate), certificate.sha256]));
  const trustOf = new Map<string, CertdataObject>();
  let refusedWithoutCertificate = 0;
  for (const trust of trusts) {
    const digest = bytesOf(trust, 'CKA_CERT_SHA1_HASH');
    const sha256 = digest === null ? byIssuer.get(trustKeyOf(trust)) : bySha1.get(encodeHex(digest));
    if (sha256 === undefined) {
      if (
        trustIn(trust, 'CKA_TRUST_SERVER_AUTH') === 'trusted' ||
        trustIn(trust, 'CKA_TRUST_EMAIL_PROTECTION') === 'trusted'
      )
        throw malformed(trust.line, 'it trusts a certificate that the list does not hold');
      refusedWithoutCertificate++;
    } else if (trustOf.has(sha256))
      throw malformed(trust.line, 'a second object says what the same certificate is trusted for');
    else trustOf.set(sha256, trust);
  }
  const roots = new Map<string, ListedRoot>();
  for (const { object, certificate } of decoded) {
    const trust = trustOf.get(certificate.sha256);
    if (trust === undefined)
      throw malformed(object.line, 'nothing says what the certificate is trusted for: the file is cut short');
    if (roots.has(certificate.sha256)) throw malformed(object.line, 'the certificate is there twice');
    roots.set(certificate.sha256, {
      certificate,
      label: labelOf(object),
      server: requireTrustIn(trust, 'CKA_TRUST_SERVER_AUTH'),
      email: trustIn(trust, 'CKA_TRUST_EMAIL_PROTECTION'),
      distrustAfter: earlier(distrustAfterIn(object), distrustAfterIn(trust)),
    });
  }
  return { roots: [...roots.values()], refusedWithoutCertificate };
}

function decodeValue(object: CertdataObject): Certificate {
  const value = bytesOf(object, 'CKA_VALUE');
  if (value === null) throw malformed(object.line, 'a certificate has no CKA_VALUE');
  try {
    return decodeCertificate(value);
  } catch (error) {
    throw malformed(object.attributes.get('CKA_VALUE')?.line ?? object.line, expectTrustError(error).message);
  }
}

function issuerKeyOf({ issuerName, serialNumber }: Certificate): string {
  return `${encodeHex(issuerName.der)} ${serialNumber}`;
}

function trustKeyOf(trust: CertdataObject): string {
  const issuer = bytesOf(trust, 'CKA_ISSUER') ?? new Uint8Array();
  const serial = bytesOf(trust, 'CKA_SERIAL_NUMBER') ?? new Uint8Array();
  return `${encodeHex(issuer)} ${encodeHex(contentOfInteger(serial, trust.line))}`;
}

function contentOfInteger(der: Uint8Array, line: number): Uint8Array {
  try {
    return contentOf(decodeElement(der, TAG.integer));
  } catch (error) {
    throw malformed(line, `its CKA_SERIAL_NUMBER is no INTEGER: ${expectTrustError(error).message}`);
  }
}

function bytesOf({ attributes }: CertdataObject, name: string): Uint8Array | null {
  const attribute = attributes.get(name);
  if (attribute === undefined) return null;
  if (attribute.value instanceof Uint8Array) return attribute.value;
  throw malformed(attribute.line, `${name} is ${attribute.type}, MULTILINE_OCTAL was expected`);
}

/** Of NSS since 3.12.10, and by their names before. */
const TRUST: ReadonlyMap<string, ListedTrust> = new Map(
  ['NSS', 'NETSCAPE'].flatMap((owner) => [
    [`CKT_${owner}_TRUSTED_DELEGATOR`, 'trusted'],
    [`CKT_${owner}_TRUSTED`, 'trusted'],
    [`CKT_${owner}_MUST_VERIFY_TRUST`, 'none'],
    [`CKT_${owner}_MUST_VERIFY`, 'none'],
    [`CKT_${owner}_VALID_DELEGATOR`, 'none'],
    [`CKT_${owner}_VALID`, 'none'],
    [`CKT_${owner}_TRUST_UNKNOWN`, 'none'],
    [`CKT_${owner}_NOT_TRUSTED`, 'refused'],
    [`CKT_${owner}_UNTRUSTED`, 'refused'],
  ]),
);

function trustIn({ attributes }: CertdataObject, name: string): ListedTrust {
  const attribute = attributes.get(name);
  if (attribute === undefined) return 'none';
  const known = attribute.type === 'CK_TRUST' ? TRUST.get(String(attribute.value)) : undefined;
  if (known !== undefined) return known;
  throw malformed(attribute.line, `${name} has a value that is not known here`);
}

/** What is trusted for nothing says so. */
function requireTrustIn(trust: CertdataObject, name: string): ListedTrust {
  if (trust.attributes.has(name)) return trustIn(trust, name);
  throw malformed(trust.line, `it has no ${name}: the file is cut short`);
}

/** `YYMMDDhhmmssZ`; a GeneralizedTime has two more. */
const UTC_TIME_OCTETS = 13;

/** `CK_BBOOL CK_FALSE`, or a UTCTime or GeneralizedTime in octal. */
function distrustAfterIn({ attributes }: CertdataObject): string | null {
  const name = 'CKA_NSS_SERVER_DISTRUST_AFTER';
  const attribute = attributes.get(name);
  if (attribute === undefined || attribute.value === 'CK_FALSE') return null;
  const octets = typeof attribute.value === 'string' ? new Uint8Array() : attribute.value;
  const tag = octets.length === UTC_TIME_OCTETS ? TAG.utcTime : TAG.generalizedTime;
  try {
    return toRfc3339(readTime(readElement(encodeElement(tag, octets))));
  } catch (error) {
    throw malformed(attribute.line, `${name} is no date: ${expectTrustError(error).message}`);
  }
}

function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** A label is UTF-8 in quotes, in which octets may be written as `\xHH`, as in C. */
function labelOf({ attributes, line }: CertdataObject): string {
  const attribute = attributes.get('CKA_LABEL');
  const [, quoted] = /^"(.*)"$/.exec(String(attribute?.value ?? '')) ?? [];
  if (quoted === undefined || quoted === '' || quoted.length > MAX_LABEL_LENGTH)
    throw malformed(attribute?.line ?? line, 'a certificate has no CKA_LABEL in quotes, or one without an end');
  const octets = Buffer.from(quoted, 'utf8')
    .toString('latin1')
    .replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1').toString('utf8');
}

function malformed(line: number, message: string): TrustError {
  return new TrustError('catalog/malformed', `the root list cannot be read: ${message}`, {
    at: { line },
    hint: 'fetch it again, as a file; nothing of it was taken over',
  });
}
