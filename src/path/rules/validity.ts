/**
 * The validity period (RFC 5280 4.1.2.5, 6.1.3 (a) (2)): both ends belong to it. That of an anchor counts as well, because
 * every consumer this program serves checks it.
 *
 * @module
 */
import { toRfc3339 } from '../../encoding/rfc3339.js';
import { hasRightDateTypes } from '../../x509/certificate-encoding.js';
import { type CertificateRule, isOldAnchor } from '../certificate-rule.js';
import { reason } from '../reason.js';

/** The instant is between notBefore and notAfter. What is over is named first: who waits for the other gains nothing. */
export const withinValidity: CertificateRule = (certificate, { at }) => {
  const { notBefore, notAfter } = certificate;
  if (at > notAfter) return [reason('path/expired', `expired on ${toRfc3339(notAfter)}`, certificate)];
  return at < notBefore ? [reason('path/not-yet-valid', `valid from ${toRfc3339(notBefore)}`, certificate)] : [];
};

/**
 * Dates are UTCTime through 2049 and GeneralizedTime from then on (RFC 5280 4.1.2.5). A rule of `webpki` only: section 6
 * takes either, and so do the validators that RFC 5280 was tested with.
 */
export const rightDateTypes: CertificateRule = (certificate, context) =>
  hasRightDateTypes(certificate) || isOldAnchor(certificate, context)
    ? []
    : [reason('path/not-der', 'a date has the wrong type for its year', certificate)];
