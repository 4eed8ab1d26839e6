/**
 * Whether a certificate is encoded exactly as RFC 5280 4.1 defines it: DER throughout, no field too many, dates of the right
 * type for their year.
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import {
  childrenOf,
  contentOf,
  contextTag,
  type DerElement,
  decodeElement,
  elementsBetween,
  expectTag,
  readBitString,
  readCount,
  TAG,
  withTag,
} from '../encoding/der.js';
import { checkStrictDer } from '../encoding/strict-der.js';
import { TrustError } from '../errors.js';
import type { Certificate } from './certificate.js';
import { describeDefects } from './defect.js';
import { EXTENSION } from './oids.js';
import { checkPublicKeyEncoding } from './public-key-encoding.js';

const FIRST_GENERALIZED_YEAR = 2050;

const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set(Object.values(EXTENSION));

/**
 * Checks the encoding of a certificate and of the extensions known here.
 *
 * @throws {TrustError} `der/…` for the first thing that is not as it must be; offsets count from the start of the certificate
 */
export function checkCertificateEncoding(certificate: Certificate): void {
  const outer = decodeElement(certificate.der, TAG.sequence);
  checkStrictDer(outer);
  const [tbs, algorithm, signature, ...more] = childrenOf(outer);
  if (more.length > 0) tooMany(more[0]);
  const [, , surplus] = childrenOf(expectTag(algorithm, TAG.sequence));
  if (surplus !== undefined) tooMany(surplus);
  if (readBitString(signature).unusedBits !== 0) badValue('a signature has unused bits', signature);
  checkFields(childrenOf(expectTag(tbs, TAG.sequence)));
  for (const { oid, value } of certificate.extensions) {
    if (!KNOWN_EXTENSIONS.has(oid)) continue;
    const start = value.byteOffset - certificate.der.byteOffset;
    for (const element of elementsBetween(certificate.der, start, start + value.length)) checkStrictDer(element);
  }
}

/** What is wrong with the form of the dates, whatever their type; or null. */
export function describeBadDates({ defects }: Certificate): string | null {
  const found = defects.filter(({ field }) => field === 'notBefore' || field === 'notAfter');
  return found.length === 0 ? null : describeDefects(found);
}

/** Whether both dates are UTCTime before 2050 and GeneralizedTime from then on (RFC 5280 4.1.2.5). */
export function hasRightDateTypes(certificate: Certificate): boolean {
  const dates = datesOf(certificate);
  return [certificate.notBefore, certificate.notAfter].every(
    (date, i) => dates[i]?.tag === (date.getUTCFullYear() < FIRST_GENERALIZED_YEAR ? TAG.utcTime : TAG.generalizedTime),
  );
}

/** Whether a date has an offset from UTC right behind its minutes: the one form of those that are read which Java does not read. */
export function hasOffsetBehindMinutes(certificate: Certificate): boolean {
  return datesOf(certificate).some((date) => {
    const form = date.tag === TAG.utcTime ? /^\d{10}[+-]/ : /^\d{12}[+-]/;
    return form.test(asBuffer(contentOf(date)).toString('latin1'));
  });
}

function datesOf({ der }: Certificate): readonly DerElement[] {
  const [tbs] = childrenOf(decodeElement(der, TAG.sequence));
  const fields = childrenOf(expectTag(tbs, TAG.sequence));
  return childrenOf(fields[fields[0]?.tag === contextTag(0) ? 4 : 3] as DerElement);
}

/** Whether there is an issuerUniqueID or a subjectUniqueID (RFC 5280 4.1.2.8), which version 1 does not have. */
export function hasUniqueIdentifiers({ der }: Certificate): boolean {
  const [tbs] = childrenOf(decodeElement(der, TAG.sequence));
  const identifiers = [contextTag(1, false), contextTag(2, false)];
  return childrenOf(expectTag(tbs, TAG.sequence)).some(({ tag }) => identifiers.includes(tag));
}

/** RFC 5280 4.1.2.2: at most 20 octets. */
const LONGEST_SERIAL_NUMBER = 20;

/** What is wrong with the serial number: it must be positive and of at most 20 octets (RFC 5280 4.1.2.2); or null. */
export function describeBadSerialNumber({ serialNumber }: Certificate): string | null {
  if (Number.parseInt(serialNumber.slice(0, 2), 16) >= 0x80 || /^(?:00)*$/.test(serialNumber)) {
    return 'the serial number is not positive';
  }
  const octets = serialNumber.length / 2;
  return octets > LONGEST_SERIAL_NUMBER ? `the serial number has ${octets} octets, at most 20 expected` : null;
}

function checkFields(fields: DerElement[]): void {
  if (fields[0]?.tag === contextTag(0)) checkVersion(fields.shift() as DerElement);
  const [, , issuer, validity, subject, spki, ...optional] = fields;
  checkValidity(expectTag(validity, TAG.sequence));
  for (const name of [issuer, subject]) checkName(expectTag(name, TAG.sequence));
  checkPublicKeyEncoding(expectTag(spki, TAG.sequence));
  const tags = [contextTag(1, false), contextTag(2, false), contextTag(3)];
  let next = 0;
  for (const field of optional) {
    next = tags.indexOf(field.tag, next) + 1;
    if (next === 0) tooMany(field);
    if (field.tag === contextTag(3)) checkExtensions(field);
    else readBitString(withTag(field, TAG.bitString));
  }
}

function checkVersion(field: DerElement): void {
  const [version, ...more] = childrenOf(field);
  if (more.length > 0) tooMany(more[0]);
  if (readCount(version, 0x7fffffff) === 0) badValue('version 1 is written out, though it is the default', field);
}

function checkValidity(validity: DerElement): void {
  const surplus = childrenOf(validity)[2];
  if (surplus !== undefined) tooMany(surplus);
}

/** An attribute is a type and a value. */
function checkName(name: DerElement): void {
  for (const attribute of childrenOf(name).flatMap((rdn) => childrenOf(rdn))) {
    const [, , surplus] = childrenOf(attribute);
    if (surplus !== undefined) tooMany(surplus);
  }
}

function checkExtensions(field: DerElement): void {
  const [list, ...more] = childrenOf(field);
  if (more.length > 0) tooMany(more[0]);
  const extensions = childrenOf(expectTag(list, TAG.sequence));
  if (extensions.length === 0) badValue('the list of extensions is empty', list);
  for (const extension of extensions) {
    const [, critical, ...rest] = childrenOf(extension);
    const surplus = rest[critical?.tag === TAG.boolean ? 1 : 0];
    if (surplus !== undefined) tooMany(surplus);
  }
}

function tooMany(element: DerElement | undefined): never {
  throw new TrustError('der/unexpected-tag', 'there is a field too many', { at: { offset: element?.start ?? 0 } });
}

function badValue(message: string, element: DerElement | undefined): never {
  throw new TrustError('der/bad-value', message, { at: { offset: element?.start ?? 0 } });
}
