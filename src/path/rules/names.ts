/**
 * Issuer, subject and subjectAltName are there where they must be, and each name has the form that its type asks for
 * (RFC 5280 4.1.2.4, 4.1.2.6, 4.2.1.6 and appendix A.1).
 *
 * @module
 */
import { TAG } from '../../encoding/der.js';
import type { Certificate } from '../../x509/certificate.js';
import type { GeneralName } from '../../x509/general-name.js';
import { type DistinguishedName, hasAttributes } from '../../x509/name.js';
import { ATTRIBUTE, ATTRIBUTE_NAMES, EXTENSION } from '../../x509/oids.js';
import type { CertificateRule, RuleContext } from '../certificate-rule.js';
import { decodedExtensions } from '../decoded-extensions.js';
import { isDnsName, isWildcardName } from '../names/dns-name.js';
import { decodeUtf8Mailbox, parseMailbox, SMTP_UTF8_MAILBOX } from '../names/mailbox.js';
import { isAbsoluteUri } from '../names/uri.js';
import { quote, type Reason, reason } from '../reason.js';

/** Upper bounds of attributes in characters (RFC 5280 appendix A.1). */
const UPPER_BOUNDS: ReadonlyMap<string, number> = new Map([
  [ATTRIBUTE.commonName, 64],
  ['2.5.4.5', 64],
  [ATTRIBUTE.countryName, 2],
  ['2.5.4.7', 128],
  ['2.5.4.8', 128],
  ['2.5.4.10', 64],
  ['2.5.4.11', 64],
  ['2.5.4.12', 64],
  ['2.5.4.65', 128],
  [ATTRIBUTE.emailAddress, 255],
]);

/** The letters of the string types that do not have all of printable ASCII (X.680 41.2, 41.4). */
const LETTERS: ReadonlyMap<number, RegExp> = new Map([
  [TAG.numericString, /^[0-9 ]*$/],
  [TAG.printableString, /^[A-Za-z0-9 '()+,\-./:=?]*$/],
]);

/** The issuer is never empty (RFC 5280 4.1.2.4), the subject not in the certificate of a CA or an issuer of CRLs (4.1.2.6). */
export const namesPresent: CertificateRule = (certificate) => [
  ...(hasAttributes(certificate.issuerName) ? [] : [reason('path/missing-name', 'the issuer is empty', certificate)]),
  ...(hasAttributes(certificate.subjectName) || !(certificate.ca || certificate.keyUsage?.has('cRLSign'))
    ? []
    : [reason('path/missing-name', 'the subject of one who issues is empty', certificate)]),
];

/** Without a subject, the alternative names carry the identity: they must be there and be critical (RFC 5280 4.1.2.6). */
export const subjectIdentified: CertificateRule = (certificate) =>
  hasAttributes(certificate.subjectName) || certificate.extension(EXTENSION.subjectAltName)?.critical === true
    ? []
    : [reason('path/missing-name', 'the subject is empty, and there is no critical subjectAltName', certificate)];

/** Attributes have a value, and none above its upper bound. Anchors are not held to it: many public roots were never. */
export const attributesInBounds: CertificateRule = (certificate, { role }) => {
  if (role === 'anchor') return [];
  const bad = describeBadAttribute(certificate.subjectName) ?? describeBadAttribute(certificate.issuerName);
  return bad === null ? [] : [reason('path/bad-name', bad, certificate)];
};

/** Every attribute of a string type with few letters has no other ones (X.680 41). Octets above ASCII are no matter of form. */
export const lettersOfTheirTypes: CertificateRule = (certificate) => {
  const attributes = [...certificate.subjectName.rdns.flat(), ...certificate.issuerName.rdns.flat()];
  const odd = attributes.find(({ tag, value }) => value !== null && LETTERS.get(tag)?.test(value) === false);
  if (odd === undefined) return [];
  const label = ATTRIBUTE_NAMES.get(odd.type) ?? odd.type;
  return [reason('path/not-der', `the attribute ${label} has characters that its type does not have`, certificate)];
};

/**
 * Every alternative name has the syntax of its form; the first that has not is named. Those of an anchor identify nobody and
 * are left alone, and those that are spelled wrong only are up to `wellSpelledAlternativeNames`.
 */
export const wellFormedAlternativeNames: CertificateRule = (certificate, context) =>
  firstBadName(certificate, context, (name) => !isLegible(name));

/**
 * The same of DNS names and e-mail addresses in printable ASCII: `my_host`, an address in place of a name. No host is asked
 * for by such a name, and where names are constrained it is permitted by nothing.
 */
export const wellSpelledAlternativeNames: CertificateRule = (certificate, context) =>
  firstBadName(certificate, context, isLegible);

function firstBadName(
  certificate: Certificate,
  { role }: RuleContext,
  isConcerned: (name: GeneralName) => boolean,
): readonly Reason[] {
  if (role === 'anchor') return [];
  for (const name of decodedExtensions(certificate).subjectAltName ?? []) {
    const bad = describeBadName(name);
    if (bad !== null && isConcerned(name)) return [reason('path/bad-name', bad, certificate)];
  }
  return [];
}

function isLegible(name: GeneralName): boolean {
  return (name.kind === 'dns' || name.kind === 'email') && PLAIN.test(name.text);
}

function describeBadAttribute({ rdns }: DistinguishedName): string | null {
  for (const { type, value } of rdns.flat()) {
    const label = ATTRIBUTE_NAMES.get(type) ?? type;
    const bound = UPPER_BOUNDS.get(type) ?? Infinity;
    const length = value === null ? null : lengthOf(value);
    if (length === 0) return `the attribute ${label} is empty`;
    if (length !== null && length > bound)
      return `the attribute ${label} has ${length} characters, at most ${bound} expected`;
    if (type === ATTRIBUTE.countryName && length !== bound) return 'the attribute C is not a code of two letters';
  }
  return rdns.some((rdn) => rdn.length === 0) ? 'a relative name is empty' : null;
}

const PLAIN = /^[ -~]*$/;

/** In characters, of which one beyond the first plane takes two units. */
function lengthOf(value: string): number {
  return PLAIN.test(value) ? value.length : [...value].length;
}

function describeBadName(name: GeneralName): string | null {
  switch (name.kind) {
    case 'dns':
      return isDnsName(name.text) || isWildcardName(name.text) ? null : `${quote(name.text)} is not a DNS name`;
    case 'email':
      return parseMailbox(name.text) === null ? `${quote(name.text)} is not an e-mail address` : null;
    case 'uri':
      return isAbsoluteUri(name.text) ? null : `${quote(name.text)} is not an absolute URI`;
    case 'ip':
      return name.octets.length === 4 || name.octets.length === 16
        ? null
        : `an iPAddress has ${name.octets.length} octets, 4 or 16 expected`;
    case 'other':
      return name.type === SMTP_UTF8_MAILBOX && decodeUtf8Mailbox(name.value) === null
        ? 'a SmtpUTF8Mailbox is not an e-mail address'
        : null;
    default:
      return null;
  }
}
