/**
 * Certificates of which the bytes are at hand, and those that a device only described.
 *
 * @module
 */
import type { DescribedCertificate } from '../device/show-output.js';
import type { Certificate } from '../x509/certificate.js';

/** Whether a certificate is known only by what a device printed about it. */
export function isDescribed(certificate: Certificate | DescribedCertificate): certificate is DescribedCertificate {
  return 'complete' in certificate;
}
