/**
 * The validity period (RFC 5280 4.1.2.5, 6.1.3 (a) (2)): both ends belong to it. That of an anchor counts as well, because
 * every consumer this program serves checks it.
 *
 * @module
 */
import type { CertificateRule } from '../certificate-rule.js';
import { reason } from '../reason.js';

/** The instant is between notBefore and notAfter. */
export const withinValidity: CertificateRule = (certificate, { at }) => {
  const { notBefore, notAfter } = certificate;
  if (at < notBefore) return [reason('path/not-yet-valid', `valid from ${notBefore.toISOString()}`, certificate)];
  return at > notAfter ? [reason('path/expired', `expired on ${notAfter.toISOString()}`, certificate)] : [];
};
