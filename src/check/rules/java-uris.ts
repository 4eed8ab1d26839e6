/**
 * URIs that Java cannot read. Java decodes every critical extension that it knows when it opens a keystore, each URI in it as
 * a java.net.URI with a scheme (sun.security.x509.URIName), in name constraints as one without, and refuses the whole keystore for one that is none. In an
 * extension that is not critical it passes over it. Tried with Java 17.
 *
 * @module
 */
import { type DecodedExtensions, decodedExtensions } from '../../path/decoded-extensions.js';
import { quote } from '../../path/reason.js';
import type { Certificate } from '../../x509/certificate.js';
import type { DistributionPoint } from '../../x509/distribution-point.js';
import type { GeneralName } from '../../x509/general-name.js';
import { EXTENSION } from '../../x509/oids.js';
import { findingAbout, type Rule } from '../rule.js';

/** The extensions that may hold a URI, by OID. */
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

/** The characters of RFC 2396 without the colon: what name constraints have for a URI is a host or a domain, never a scheme. */
const URI_BASE = /^(?:[a-z0-9_\-!.~'()*;/?@&=+$,#[\]]|%[0-9a-f]{2})*$/i;

/** A scheme and what it is of, in the characters of RFC 2396, which java.net.URI follows. */
const URI = /^[a-z][a-z0-9+.-]*:(?=[^#])(?:[a-z0-9_\-!.~'()*;/?:@&=+$,#[\]]|%[0-9a-f]{2})*$/i;

/** `anchor/unreadable-in-java` */
export const javaUris: Rule = (certificate, { entry }) => {
  // Java opens a keystore with every root of the catalog, which is tested there.
  const found = entry === null ? firstForeignUri(certificate) : null;
  if (found === null) return [];
  return [
    findingAbout(
      certificate,
      'anchor/unreadable-in-java',
      'warning',
      `a critical extension has ${quote(found)} for a URI: Java opens no keystore that holds the certificate`,
      'keep it out of keystores that Java reads, and have the CA issue it anew',
    ),
  ];
};

function firstForeignUri(certificate: Certificate): string | null {
  for (const { oid, critical } of certificate.extensions) {
    const namesIn = critical ? HOLDERS.get(oid) : undefined;
    const names = namesIn?.(decodedExtensions(certificate)) ?? [];
    const form = oid === EXTENSION.nameConstraints ? URI_BASE : URI;
    const foreign = names.find((name) => name.kind === 'uri' && !form.test(name.text));
    if (foreign?.kind === 'uri') return foreign.text;
  }
  return null;
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
