/**
 * What a rule about a trust anchor is: one question, asked of one certificate.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import type { Certificate } from '../x509/certificate.js';
import type { SignatureVerdict } from '../x509/signature.js';
import type { Finding, FindingCode, Severity } from './finding.js';

/** What rules know besides the certificate. */
export interface RuleContext {
  /** As of when dates are judged. */
  readonly at: Date;
  /** What the catalog knows about the certificate, or null. */
  readonly entry: CatalogEntry | null;
  /** Whether the certificate's own key verifies its signature; null when it is not self-issued. */
  readonly selfSignature: SignatureVerdict | null;
}

/** A rule: the findings it has, usually none or one. */
export type Rule = (certificate: Certificate, context: RuleContext) => readonly Finding[];

/**
 * Makes a finding about a certificate.
 *
 * @param message - lower case, no full stop
 * @param hint - what to do
 */
export function findingAbout(
  certificate: Certificate,
  code: FindingCode,
  severity: Severity,
  message: string,
  hint: string,
): Finding {
  return { code, severity, message, hint, source: certificate.source, sha256: certificate.sha256 };
}
