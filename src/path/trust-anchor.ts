/**
 * A trust anchor (RFC 5280 6.1.1 (d)): a name and a key that are trusted without proof. A type of its own, so that nobody
 * validates an anchor by accident. Its dates are kept, because every consumer this program serves checks them.
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';

/** What is trusted. */
export interface TrustAnchor {
  readonly certificate: Certificate;
}

/** The anchor that a CA certificate stands for, or null when the certificate cannot issue at that instant. */
export function trustAnchorFrom(certificate: Certificate, at: Date): TrustAnchor | null {
  const canIssue = certificate.ca && certificate.keyUsage?.has('keyCertSign') !== false;
  return canIssue && certificate.notBefore <= at && at <= certificate.notAfter ? { certificate } : null;
}
