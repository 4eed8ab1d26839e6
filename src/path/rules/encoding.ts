/**
 * What a certificate must be before its content counts: DER, of a version that goes with its fields, signed with the
 * algorithm that it says, with a proper serial number (RFC 5280 4.1).
 *
 * @module
 */
import { expectTrustError } from '../../errors.js';
import {
  checkCertificateEncoding,
  describeBadDates,
  describeBadSerialNumber,
  hasUniqueIdentifiers,
} from '../../x509/certificate-encoding.js';
import { hasNeedlessParameters } from '../../x509/signature.js';
import type { CertificateRule } from '../certificate-rule.js';
import { reason } from '../reason.js';

/** The certificate is DER, field by field (RFC 5280 4.1), dates in the one form that they have (4.1.2.5). */
export const strictEncoding: CertificateRule = (certificate) => {
  try {
    checkCertificateEncoding(certificate);
    const bad = describeBadDates(certificate);
    return bad === null ? [] : [reason('path/not-der', bad, certificate)];
  } catch (error) {
    const { message, at } = expectTrustError(error);
    return [
      reason('path/not-der', `${message}${at?.offset === undefined ? '' : ` (offset ${at.offset})`}`, certificate),
    ];
  }
};

/** The algorithm inside is the one outside, parameters too (RFC 5280 4.1.1.2): only the inner one is signed. */
export const matchingAlgorithms: CertificateRule = (certificate) =>
  Buffer.compare(certificate.signatureAlgorithmDer, certificate.tbsSignatureAlgorithmDer) === 0
    ? []
    : [reason('path/algorithm-mismatch', 'the two signature algorithms of the certificate differ', certificate)];

/** ECDSA, DSA and EdDSA have no parameters (RFC 5758 3, RFC 8410 3). Nobody looks at the signature of an anchor. */
export const bareSignatureAlgorithm: CertificateRule = (certificate, { role }) =>
  role === 'anchor' || !hasNeedlessParameters(certificate)
    ? []
    : [reason('path/not-der', `${certificate.signatureAlgorithm} has parameters, where none may be`, certificate)];

/**
 * Extensions need version 3, unique identifiers version 2 or 3 (RFC 5280 4.1.2.1, 4.1.2.8). The Baseline Requirements allow
 * version 3 only (7.1.1), without such identifiers (7.1.2).
 */
export const rightVersion: CertificateRule = (certificate, { profile }) => {
  const { version, extensions } = certificate;
  if ((version === 1 || profile === 'webpki') && hasUniqueIdentifiers(certificate)) {
    return [reason('path/bad-version', 'there is a unique identifier where none may be', certificate)];
  }
  if (version === 3 || (profile === 'rfc5280' && version < 3 && extensions.length === 0)) return [];
  const message =
    version < 3 && extensions.length > 0 ? `version ${version} has no extensions` : `version ${version}, expected 3`;
  return [reason('path/bad-version', message, certificate)];
};

/**
 * The serial number is positive and has at most 20 octets (RFC 5280 4.1.2.2, Baseline Requirements 7.1). An anchor may have
 * any: public roots are in use whose number is negative or too long, and nothing is looked up by it.
 */
export const properSerialNumber: CertificateRule = (certificate, { role }) => {
  const bad = role === 'anchor' ? null : describeBadSerialNumber(certificate);
  return bad === null ? [] : [reason('path/bad-serial-number', bad, certificate)];
};
