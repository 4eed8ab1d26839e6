/**
 * The rules for trust anchors, in the order in which their findings are reported.
 *
 * @module
 */
import { findRoot } from '../catalog/catalog.js';
import { TrustError } from '../errors.js';
import { asCertificate, type Certificate } from '../x509/certificate.js';
import type { Finding } from './finding.js';
import type { Rule } from './rule.js';
import { basicConstraints } from './rules/basic-constraints.js';
import { catalogStatus } from './rules/catalog-status.js';
import { dateTypes } from './rules/date-types.js';
import { form } from './rules/form.js';
import { javaReading } from './rules/java-reading.js';
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
import { type SelfSignatures, verifySelfSignature } from './self-signatures.js';

const RULES: readonly Rule[] = [
  notACa,
  validity,
  selfSignature,
  weakKey,
  catalogStatus,
  form,
  javaReading,
  purposes,
  nameConstraints,
  basicConstraints,
  keyUsage,
  keyIdentifiers,
  version,
  serialNumber,
  dateTypes,
];

/** How an anchor is checked. */
export interface CheckTrustAnchorOptions {
  /** As of when its dates are judged. */
  readonly at: Date;
  /** What `verifySelfSignatures` said, for a caller that has many certificates; a signature not among them is verified. */
  readonly selfSignatures?: SelfSignatures;
}

/**
 * Whether a certificate is fit to be a trust anchor, and what is worth knowing about it.
 *
 * @param certificate - decoded, or DER
 * @returns findings; none of severity error means it is fit. That it *deserves* trust is not said by this.
 * @throws {TrustError} `certificate/malformed`; `usage/bad-value` where `at` is no date, as of which nothing would be expired
 */
export function checkTrustAnchor(
  certificate: Certificate | Uint8Array,
  { at, selfSignatures }: CheckTrustAnchorOptions,
): readonly Finding[] {
  if (Number.isNaN(at.getTime())) throw new TrustError('usage/bad-value', 'the date of the check is not a date');
  const subject = asCertificate(certificate);
  const known = selfSignatures?.get(subject.sha256);
  const selfSignature = known === undefined ? verifySelfSignature(subject) : known;
  const context = { at, entry: findRoot(subject.sha256), selfSignature };
  return RULES.flatMap((rule) => rule(subject, context));
}
