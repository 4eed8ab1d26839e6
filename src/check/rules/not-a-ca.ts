/**
 * A trust anchor issues certificates: basicConstraints must say cA (RFC 5280 4.2.1.9), and keyUsage, where it is there,
 * must hold keyCertSign (4.2.1.3). A self-issued version 1 certificate has no extensions to say so and passes.
 *
 * @module
 */
import { findingAbout, type Rule } from '../rule.js';

/** `anchor/not-a-ca`, `anchor/no-cert-sign` */
export const notACa: Rule = (certificate) => {
  if (!certificate.ca) {
    const found =
      certificate.basicConstraints === null ? 'has no basicConstraints extension' : 'says cA FALSE in basicConstraints';
    return [
      findingAbout(
        certificate,
        'anchor/not-a-ca',
        'error',
        `not a CA certificate: it ${found}`,
        'install the CA certificate that issued it, not the certificate of a server',
      ),
    ];
  }
  if (certificate.keyUsage?.has('keyCertSign') === false) {
    return [
      findingAbout(
        certificate,
        'anchor/no-cert-sign',
        'error',
        'its keyUsage does not allow signing certificates (keyCertSign is missing)',
        'ask the CA for the certificate it issues from',
      ),
    ];
  }
  return [];
};
