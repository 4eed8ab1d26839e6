/**
 * The CA/Browser Forum Baseline Requirements on the extensions of server certificates and of the CAs above them (7.1.2).
 *
 * @module
 */
import { EXTENSION } from '../../x509/oids.js';
import { type CertificateRule, isOldAnchor } from '../certificate-rule.js';
import { decodedExtensions } from '../decoded-extensions.js';
import { reason } from '../reason.js';
import { ANY_PURPOSE, PURPOSE_OIDS } from './purpose.js';

/** 7.1.2.5.2, 7.1.2.10.4: basicConstraints of every CA is critical. Old anchors are judged by the rules of RFC 5280. */
export const criticalBasicConstraints: CertificateRule = (certificate, { role }) =>
  role !== 'intermediate' || certificate.extension(EXTENSION.basicConstraints)?.critical === true
    ? []
    : [reason('path/wrong-criticality', 'basicConstraints is not critical, which it must be', certificate)];

/** 7.1.2.7.8: an end entity is no CA. */
export const endEntityIsNoCa: CertificateRule = (certificate, { role }) =>
  role === 'end-entity' && certificate.ca
    ? [reason('path/wrong-purpose', 'a CA certificate stands where a server certificate is expected', certificate)]
    : [];

/** 7.1.2.7.11: the key of an end entity signs neither certificates nor CRLs. */
export const endEntitySignsNothing: CertificateRule = (certificate, { role }) =>
  role === 'end-entity' && (certificate.keyUsage?.has('keyCertSign') || certificate.keyUsage?.has('cRLSign'))
    ? [reason('path/wrong-purpose', 'keyUsage allows to sign certificates or CRLs', certificate)]
    : [];

/** 7.1.2.7.10: an end entity has an extendedKeyUsage, not critical, with the purpose and without anyExtendedKeyUsage. */
export const purposeStated: CertificateRule = (certificate, { role, purpose }) => {
  if (role !== 'end-entity') return [];
  const purposes = certificate.extendedKeyUsage ?? [];
  const isStated = purpose === 'any' ? purposes.length > 0 : purposes.includes(PURPOSE_OIDS[purpose]);
  return [
    ...(isStated ? [] : [reason('path/wrong-purpose', 'extendedKeyUsage does not state the purpose', certificate)]),
    ...(purposes.includes(ANY_PURPOSE)
      ? [reason('path/wrong-purpose', 'extendedKeyUsage has anyExtendedKeyUsage', certificate)]
      : []),
    ...(certificate.extension(EXTENSION.extendedKeyUsage)?.critical === true
      ? [reason('path/wrong-criticality', 'extendedKeyUsage is critical, which it must not be', certificate)]
      : []),
  ];
};

/** 7.1.2.1.2: a root has no extendedKeyUsage. One that is anchored but not self-issued is an intermediate by its form. */
export const rootHasNoPurpose: CertificateRule = (certificate, { role }) =>
  role === 'anchor' && certificate.selfIssued && certificate.extendedKeyUsage !== null
    ? [reason('path/misplaced-extension', 'a root has an extendedKeyUsage', certificate)]
    : [];

/** 7.1.2.1.3, 7.1.2.11.1: an authorityKeyIdentifier is a keyIdentifier and nothing else; that of a root is its own. */
export const plainAuthorityKeyIdentifier: CertificateRule = (certificate, context) => {
  const fields = decodedExtensions(certificate).authorityKeyIdentifier;
  if (fields === null || isOldAnchor(certificate, context)) return [];
  if (!fields.keyIdentifier || fields.issuerAndSerialNumber) {
    return [reason('path/bad-key-identifier', 'authorityKeyIdentifier is not a keyIdentifier alone', certificate)];
  }
  const isOwn = certificate.authorityKeyIdentifier === certificate.subjectKeyIdentifier;
  return context.role === 'anchor' && certificate.selfIssued && !isOwn
    ? [reason('path/bad-key-identifier', 'the key identifiers of a root differ', certificate)]
    : [];
};

/** 7.1.2.7.7, 7.1.2.10.3: authorityInfoAccess gives URIs. */
export const accessByUri: CertificateRule = (certificate) =>
  (decodedExtensions(certificate).authorityInfoAccess ?? []).every(({ location }) => location.kind === 'uri')
    ? []
    : [reason('path/malformed-extension', 'authorityInfoAccess: a location is not a URI', certificate)];
