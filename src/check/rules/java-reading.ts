/**
 * What keeps Java from opening a keystore at all. It decodes every certificate in it first, with every critical extension that
 * it knows, each URI in that as a java.net.URI with a scheme (sun.security.x509.URIName; in name constraints without one), and
 * refuses the whole keystore where one cannot be read. An extension that is not critical it passes over. Tried with Java 17.
 *
 * @module
 */
import { type DecodedExtensions, decodedExtensions } from '../../path/decoded-extensions.js';
import { hasUriSyntax } from '../../path/names/uri.js';
import { quote } from '../../path/reason.js';
import type { Certificate } from '../../x509/certificate.js';
import { hasOffsetBehindMinutes, hasUniqueIdentifiers } from '../../x509/certificate-encoding.js';
import type { DistributionPoint } from '../../x509/distribution-point.js';
import type { Extension } from '../../x509/extensions.js';
import type { GeneralName } from '../../x509/general-name.js';
import { hasAttributes } from '../../x509/name.js';
import { EXTENSION } from '../../x509/oids.js';
import { findingAbout, type Rule } from '../rule.js';

/** The extensions that hold names, by OID. */
const HOLDERS: ReadonlyMap<string, (extensions: DecodedExtensions) => readonly GeneralName[]> = new Map([
  [EXTENSION.subjectAltName, ({ subjectAltName }) => subjectAltName ?? []],
  [EXTENSION.issuerAltName, ({ issuerAltName }) => issuerAltName ?? []],
  [
    EXTENSION.nameConstraints,
    ({ nameConstraints }) => [...(nameConstraints?.permitted ?? []), ...(nameConstraints?.excluded ?? [])],
  ],
  [EXTENSION.crlDistributionPoints, ({ crlDistributionPoints }) => namesOf(crlDistributionPoints)],
  [EXTENSION.freshestCrl, ({ freshestCrl }) => namesOf(freshestCrl)],
  [EXTENSION.authorityInfoAccess, ({ authorityInfoAccess }) => (authorityInfoAccess ?? []).map(locationOf)],
  [EXTENSION.subjectInfoAccess, ({ subjectInfoAccess }) => (subjectInfoAccess ?? []).map(locationOf)],
]);

const NOT_OF_HOST = /[^a-z0-9.-]/i;

/** An address of IPv4 or IPv6, with its mask or without: Java does not ask which of the two an extension wants. */
const ADDRESS_LENGTHS: ReadonlySet<number> = new Set([4, 8, 16, 32]);

/** Java takes it as it stands, like any extension that it does not know. */
const UNKNOWN_TO_JAVA = 'applicationPolicies';

/** Extensions whose list Java does not read when it is empty. */
const MUST_HAVE_NAMES: ReadonlySet<string> = new Set(['subjectAltName', 'issuerAltName']);

/** `anchor/unreadable-in-java` */
export const javaReading: Rule = (certificate, { entry }) => {
  // Java opens a keystore with every root of the catalog, which is tested there.
  const found = entry === null ? (describeUnreadable(certificate) ?? describeForeign(certificate)) : null;
  if (found === null) return [];
  return [
    findingAbout(
      certificate,
      'anchor/unreadable-in-java',
      'error',
      `${found}: Java opens no keystore that holds the certificate`,
      'keep it out of keystores that Java reads, and have the CA issue it anew',
    ),
  ];
};

/** What Java does not read whatever is in the names of extensions. */
function describeUnreadable(certificate: Certificate): string | null {
  const { version, extensions, issuerName, subjectName } = certificate;
  if (version !== 3 && extensions.length > 0) return `it has extensions and is of version ${version}`;
  if (version === 1 && hasUniqueIdentifiers(certificate)) return 'it has a unique identifier and is of version 1';
  if (new Set(extensions.map(({ oid }) => oid)).size < extensions.length) return 'an extension occurs twice';
  if (!hasAttributes(issuerName)) return 'it names no issuer';
  if (!hasAttributes(subjectName) && (version === 1 || !mayLackSubject(certificate)))
    return 'it has no subject, and no critical subjectAltName';
  if (hasOffsetBehindMinutes(certificate)) return 'a date has an offset from UTC, and no seconds';
  const unreadable = decodedExtensions(certificate).malformed.find(({ extension }) => {
    const { critical, value } = certificate.extension(EXTENSION[extension]) as Extension;
    return critical && extension !== UNKNOWN_TO_JAVA && (!isEmptyList(value) || MUST_HAVE_NAMES.has(extension));
  });
  return unreadable === undefined ? null : `the critical ${unreadable.message}`;
}

/** Without a subject, an alternative name must be critical; Java asks for that only where there are extensions. */
function mayLackSubject({ extensions }: Certificate): boolean {
  return (
    extensions.length === 0 || extensions.some(({ oid, critical }) => critical && oid === EXTENSION.subjectAltName)
  );
}

/** Whether a value is the DER of an empty SEQUENCE. */
function isEmptyList(value: Uint8Array): boolean {
  return value.length === 2 && value[0] === 0x30;
}

/** The first name in a critical extension that Java cannot read. */
function describeForeign(certificate: Certificate): string | null {
  for (const { oid, critical } of certificate.extensions) {
    const namesIn = critical ? HOLDERS.get(oid) : undefined;
    const isUri = oid === EXTENSION.nameConstraints ? isHostOrDomain : hasUriSyntax;
    for (const name of namesIn?.(decodedExtensions(certificate)) ?? []) {
      if (name.kind === 'uri' && !isUri(name.text)) return `a critical extension has ${quote(name.text)} for a URI`;
      if (name.kind === 'email' && name.text === '') return 'a critical extension has an empty e-mail address';
      if (name.kind === 'ip' && !ADDRESS_LENGTHS.has(name.octets.length))
        return `a critical extension has an IP address of ${name.octets.length} octets`;
    }
  }
  return null;
}

/** What Java wants for a URI in name constraints; never a scheme. */
function isHostOrDomain(text: string): boolean {
  return text !== '' && text !== '.' && !NOT_OF_HOST.test(text);
}

function namesOf(points: readonly DistributionPoint[] | null): readonly GeneralName[] {
  return (points ?? []).flatMap(({ name, crlIssuer }) => [
    ...(name?.kind === 'full' ? name.names : []),
    ...(crlIssuer ?? []),
  ]);
}

function locationOf({ location }: { readonly location: GeneralName }): GeneralName {
  return location;
}
