/**
 * What to do about a path that is not valid: one advice for each reason. docs/path-validation.md has the same table, with what
 * each reason means.
 *
 * @module
 */
import type { ReasonCode } from './reason.js';

/** Advice by code: lower case, no full stop. */
export const REASON_HINTS: Readonly<Record<ReasonCode, string>> = {
  'path/revoked': 'get a new certificate; distrust what was signed with this one',
  'path/ocsp-unknown': 'ask the CA, or hand over its CRL',
  'path/crl-signer-status': "hand over the CRL that covers the CRL's signer",
  'path/crl-signer-not-entitled': 'ask the CA for a CRL that it signed itself',
  'path/crl-bad-signature': 'fetch the CRL again',
  'path/crl-signer-not-found': "hand over the certificate of the CRL's signer as an intermediate",
  'path/crl-expired': 'fetch the current CRL',
  'path/crl-not-yet-valid': 'check the clock',
  'path/crl-unusable': 'ask the CA for a complete CRL',
  'path/crl-incomplete': 'hand over the CRLs for the other reasons',
  'path/ocsp-signer-status': "hand over the CRL that covers the response's signer",
  'path/ocsp-signer-not-entitled': 'ask the CA, or hand over its CRL',
  'path/ocsp-bad-signature': 'ask the responder again',
  'path/ocsp-signer-not-found': "hand over the certificate of the response's signer as an intermediate",
  'path/ocsp-expired': 'ask the responder again',
  'path/ocsp-not-yet-valid': 'check the clock; a response of today says nothing of the past',
  'path/ocsp-unusable': 'ask the CA, or hand over its CRL',
  'path/no-crl': 'hand over the CRL of its issuer',
  'path/name-mismatch': 'connect by a name it has, or get one for this name',
  'path/name-not-permitted': 'ask the CA for a certificate of a name that it may issue for',
  'path/policy': 'check the policies asked for',
  'path/too-long': 'use the intermediates that the CA names',
  'path/wrong-purpose': 'get a certificate for this purpose',
  'path/expired': 'renew it, or take the newer cross-sign',
  'path/not-yet-valid': 'check the clock, or wait',
  'path/unknown-critical-extension': 'use software made for it',
  'path/not-a-ca': 'take the CA certificate that issued it',
  'path/no-cert-sign': 'take the CA certificate that issued it',
  'path/old-hash': 'have the certificate issued again with SHA-2',
  'path/weak-key': 'have the certificate issued again for another key',
  'path/forbidden-algorithm': 'use the profile rfc5280 for a private PKI',
  'path/bad-name': 'have the certificate issued again',
  'path/bad-serial-number': 'have the certificate issued again',
  'path/bad-version': 'have the certificate issued again',
  'path/duplicate-extension': 'have the certificate issued again',
  'path/malformed-extension': 'have the certificate issued again',
  'path/misplaced-extension': 'have the certificate issued again',
  'path/wrong-criticality': 'have the certificate issued again',
  'path/missing-key-identifier': 'have the certificate issued again',
  'path/bad-key-identifier': 'have the certificate issued again',
  'path/missing-name': 'have the certificate issued again',
  'path/algorithm-mismatch': 'fetch the certificate again; it was changed',
  'path/not-der': 'fetch the certificate again; it may be damaged',
  'path/unsupported-signature': 'use a newer Node',
  'path/bad-signature': "look for the issuer's other certificate",
  'path/too-much-work': 'hand over fewer certificates',
  'path/malformed-certificate': 'leave it out',
  'path/no-issuer': 'hand over the missing intermediate or anchor',
};
