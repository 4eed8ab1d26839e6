/**
 * The rules for trust anchors, in the order in which their findings are reported.
 *
 * @module
 */
import { findRoot } from '../catalog/catalog.js';
import { asCertificate, type Certificate } from '../x509/certificate.js';
import { verifyCertificateSignature } from '../x509/signature.js';
import type { Finding } from './finding.js';
import type { Rule } from './rule.js';
import { catalogStatus } from './rules/catalog-status.js';
import { notACa } from './rules/not-a-ca.js';
import { selfSignature } from './rules/self-signature.js';
import { validity } from './rules/validity.js';
import { weakKey } from './rules/weak-key.js';

const RULES: readonly Rule[] = [notACa, validity, selfSignature, weakKey, catalogStatus];

/**
 * Whether a certificate is fit to be a trust anchor, and what is worth knowing about it.
 *
 * @param certificate - decoded, or DER
 * @param options - `at`: as of when its dates are judged
 * @returns findings; none of severity error means it is fit. That it *deserves* trust is not said by this.
 * @throws {TrustError} `certificate/malformed`
 */
export function checkTrustAnchor(
  certificate: Certificate | Uint8Array,
  { at }: { readonly at: Date },
): readonly Finding[] {
  const subject = asCertificate(certificate);
  const context = {
    at,
    entry: findRoot(subject.sha256),
    selfSignature: isSigningItself(subject) ? verifyCertificateSignature(subject, subject.subjectPublicKeyInfo) : null,
  };
  return RULES.flatMap((rule) => rule(subject, context));
}

/** Self-issued, unless its key identifiers say that an older key of the same CA signed it (RFC 4210 4.4). */
function isSigningItself({ selfIssued, authorityKeyIdentifier, subjectKeyIdentifier }: Certificate): boolean {
  const isRollover =
    authorityKeyIdentifier !== null && subjectKeyIdentifier !== null && authorityKeyIdentifier !== subjectKeyIdentifier;
  return selfIssued && !isRollover;
}
