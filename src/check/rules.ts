/**
 * The rules for trust anchors, in the order in which their findings are reported.
 *
 * @module
 */
import { findRoot } from '../catalog/catalog.js';
import { asCertificate, type Certificate } from '../x509/certificate.js';
import { type SignatureVerdict, verifyCertificateSignature } from '../x509/signature.js';
import type { Finding } from './finding.js';
import type { Rule } from './rule.js';
import { basicConstraints } from './rules/basic-constraints.js';
import { catalogStatus } from './rules/catalog-status.js';
import { dateTypes } from './rules/date-types.js';
import { form } from './rules/form.js';
import { keyIdentifiers } from './rules/key-identifiers.js';
import { keyUsage } from './rules/key-usage.js';
import { nameConstraints } from './rules/name-constraints.js';
import { notACa } from './rules/not-a-ca.js';
import { purposes } from './rules/purposes.js';
import { selfSignature } from './rules/self-signature.js';
import { serialNumber } from './rules/serial-number.js';
import { validity } from './rules/validity.js';
import { version } from './rules/version.js';
import { weakKey } from './rules/weak-key.js';

const RULES: readonly Rule[] = [
  notACa,
  validity,
  selfSignature,
  weakKey,
  catalogStatus,
  form,
  purposes,
  nameConstraints,
  basicConstraints,
  keyUsage,
  keyIdentifiers,
  version,
  serialNumber,
  dateTypes,
];

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
  const context = { at, entry: findRoot(subject.sha256), selfSignature: verifySelfSignature(subject) };
  return RULES.flatMap((rule) => rule(subject, context));
}

/**
 * Null where another key signed it: the names differ, or the key identifiers say that it was an older key of the same CA
 * (RFC 4210 4.4) and its own does not verify it.
 */
function verifySelfSignature(certificate: Certificate): SignatureVerdict | null {
  const { selfIssued, authorityKeyIdentifier, subjectKeyIdentifier, subjectPublicKeyInfo } = certificate;
  if (!selfIssued) return null;
  const verdict = verifyCertificateSignature(certificate, subjectPublicKeyInfo);
  const isRollover =
    authorityKeyIdentifier !== null && subjectKeyIdentifier !== null && authorityKeyIdentifier !== subjectKeyIdentifier;
  return isRollover && verdict !== 'valid' ? null : verdict;
}
