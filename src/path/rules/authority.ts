/**
 * Who may issue: basicConstraints and keyUsage (RFC 5280 4.2.1.3, 4.2.1.9, 6.1.4 (k) and (n)), and that the two do not
 * contradict one another in any certificate.
 *
 * @module
 */
import { type CertificateRule, isUnreadable } from '../certificate-rule.js';
import { reason } from '../reason.js';

/**
 * A certificate that issues is a CA: version 3 with cA TRUE. An anchor of version 1 has no way to say it and is believed
 * (6.1.4 (k) leaves that to "out-of-band means"), a self-issued one only.
 */
export const isAuthority: CertificateRule = (certificate, { role }) => {
  if (role === 'end-entity' || certificate.basicConstraints?.ca === true) return [];
  if (isUnreadable(certificate, 'basicConstraints')) return [];
  if (role === 'anchor' && certificate.version === 1 && certificate.selfIssued) return [];
  const found =
    certificate.basicConstraints === null ? 'there is no basicConstraints' : 'basicConstraints has cA FALSE';
  return [reason('path/not-a-ca', `not a CA: ${found}`, certificate)];
};

/** A certificate that issues has keyCertSign, where it has a keyUsage at all (6.1.4 (n)). */
export const maySignCertificates: CertificateRule = (certificate, { role }) =>
  role === 'end-entity' || certificate.keyUsage?.has('keyCertSign') !== false || isUnreadable(certificate, 'keyUsage')
    ? []
    : [reason('path/no-cert-sign', 'keyUsage lacks keyCertSign', certificate)];

/** keyCertSign is for CAs, and a path length for those that may sign certificates (4.2.1.3, 4.2.1.9). */
export const consistentAuthority: CertificateRule = (certificate) => {
  const { basicConstraints, keyUsage } = certificate;
  if (isUnreadable(certificate, 'basicConstraints') || isUnreadable(certificate, 'keyUsage')) return [];
  const ca = basicConstraints?.ca === true;
  if (keyUsage?.has('keyCertSign') === true && !certificate.ca) {
    return [reason('path/malformed-extension', 'keyUsage has keyCertSign, but the certificate is no CA', certificate)];
  }
  return (basicConstraints?.pathLength ?? null) !== null && (!ca || keyUsage?.has('keyCertSign') === false)
    ? [reason('path/malformed-extension', 'a path length is set for one who may not sign certificates', certificate)]
    : [];
};
