/**
 * Whether a certificate is the one that a device described. A fingerprint tells it, SHA-1 or MD5: to make another certificate
 * with the digest of a given one is beyond anybody. Without one, serial number and issuer name the certificate that is
 * probably meant (RFC 5280 4.1.2.2: an issuer gives no number twice).
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import { fingerprint } from '../x509/fingerprint.js';
import { isSameSerialNumber } from './serial-number.js';
import type { DescribedCertificate } from './show-output.js';

/** What tells a described certificate from others. */
export type Description = Pick<
  DescribedCertificate,
  'sha1' | 'md5' | 'serialNumber' | 'subject' | 'issuer' | 'notBefore' | 'notAfter'
>;

/** How sure it is that a description is of a certificate. */
export type Likeness = 'exact' | 'probable';

/** The clock of a device may be in any zone. */
const DAY = 86_400_000;

/**
 * Compares what a device printed with a certificate.
 *
 * @returns `exact` by a fingerprint; `probable` by serial number and, where they are printed, names and dates; else null
 */
export function likenessOf(described: Description, certificate: Certificate): Likeness | null {
  const { sha1, md5, serialNumber, subject, issuer, notBefore, notAfter } = described;
  if (sha1 !== null) return sha1 === certificate.sha1 ? 'exact' : null;
  if (md5 !== null) return md5 === fingerprint('md5', certificate.der) ? 'exact' : null;
  const isProbable =
    serialNumber !== null &&
    isSameSerialNumber(serialNumber, certificate.serialNumber) &&
    (issuer === null || sameAttributes(issuer, certificate.issuer)) &&
    // Some CAs give the number of their own certificate to the first that they issue.
    (subject === null || sameAttributes(subject, certificate.subject)) &&
    isNear(notBefore, certificate.notBefore) &&
    isNear(notAfter, certificate.notAfter);
  return isProbable ? 'probable' : null;
}

/** What IOS calls an unstructured name (PKCS#9), which it puts into the certificates that it makes. */
const HOST_NAME = /(?<=^|(?<!\\)[,+])hostname=/g;

/** An escaped character, which is of a value whatever it is, or what an attribute ends with. */
const ESCAPED_OR_END = /\\.|[,+]/gs;

/**
 * Whether two names in the form of RFC 4514 have the same attributes with the same values. Their order is left out: IOS
 * prints the common name first, whatever the certificate has.
 */
function sameAttributes(a: string, b: string): boolean {
  return a === b || attributesOf(a) === attributesOf(b);
}

function attributesOf(name: string): string {
  const text = name.replace(HOST_NAME, 'unstructuredName=');
  const attributes: string[] = [];
  let start = 0;
  for (const { 0: found, index } of text.matchAll(ESCAPED_OR_END)) {
    if (found.length > 1) continue;
    attributes.push(text.slice(start, index));
    start = index + 1;
  }
  return JSON.stringify([...attributes, text.slice(start)].sort());
}

function isNear(printed: Date | null, actual: Date): boolean {
  return printed === null || Math.abs(printed.getTime() - actual.getTime()) <= DAY;
}
