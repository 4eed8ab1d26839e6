/**
 * Key identifiers of a root (RFC 5280 4.2.1.1, 4.2.1.2): consumers find the issuer of a certificate by them, and some take a
 * root whose authorityKeyIdentifier points elsewhere for an intermediate.
 *
 * @module
 */
import { expectTrustError } from '../../errors.js';
import { isOld } from '../../path/certificate-rule.js';
import type { Certificate } from '../../x509/certificate.js';
import { type AuthorityCertificate, decodeAuthorityCertificate } from '../../x509/extensions.js';
import { identifiesKey } from '../../x509/key-identifier.js';
import { sameName } from '../../x509/name.js';
import { EXTENSION } from '../../x509/oids.js';
import { findingAbout, type Rule } from '../rule.js';

/** `anchor/no-key-identifier`, `anchor/other-key-identifier`, `anchor/wrong-authority` */
export const keyIdentifiers: Rule = (certificate, { selfSignature }) => [
  ...checkOwn(certificate),
  ...(selfSignature === null || namesItself(certificate)
    ? []
    : [
        findingAbout(
          certificate,
          'anchor/wrong-authority',
          'warning',
          'its authorityKeyIdentifier points to another certificate, though it is signed by itself',
          'OpenSSL and others may not take it for a root: try it, or ask the CA for its current one',
        ),
      ]),
];

function checkOwn(certificate: Certificate): ReturnType<Rule> {
  const identifier = certificate.subjectKeyIdentifier;
  if (identifier === null) {
    // Of a younger one path validation has said it already, and does not tolerate it.
    if (!isOld(certificate) || certificate.version !== 3) return [];
    return [
      findingAbout(
        certificate,
        'anchor/no-key-identifier',
        'info',
        'it has no subjectKeyIdentifier, as many roots from before 2012',
        'nothing: consumers find it by its name',
      ),
    ];
  }
  if (identifiesKey(identifier, certificate.subjectPublicKeyInfo)) return [];
  return [
    findingAbout(
      certificate,
      'anchor/other-key-identifier',
      'info',
      'its subjectKeyIdentifier is no digest of its key by a usual method',
      'nothing, if what it issued names the same identifier',
    ),
  ];
}

function namesItself(certificate: Certificate): boolean {
  const { authorityKeyIdentifier, subjectKeyIdentifier, subjectName, serialNumber } = certificate;
  if (authorityKeyIdentifier !== null && authorityKeyIdentifier !== (subjectKeyIdentifier ?? authorityKeyIdentifier)) {
    return false;
  }
  const named = authorityCertificateOf(certificate);
  if (named === null) return true;
  const names = named.issuer.flatMap((name) => (name.kind === 'directory' ? [name.name] : []));
  return named.serialNumber === serialNumber && names.some((name) => sameName(name, subjectName));
}

function authorityCertificateOf(certificate: Certificate): AuthorityCertificate | null {
  const extension = certificate.extension(EXTENSION.authorityKeyIdentifier);
  if (extension === undefined) return null;
  try {
    return decodeAuthorityCertificate(extension.value);
  } catch (error) {
    // What cannot be read points nowhere.
    expectTrustError(error);
    return null;
  }
}
