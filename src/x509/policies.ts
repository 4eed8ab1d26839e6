/**
 * The extensions about certificate policies (RFC 5280 4.2.1.4, 4.2.1.5, 4.2.1.11, 4.2.1.14), decoded.
 *
 * @module
 */
import {
  childrenOf,
  contextTag,
  type DerElement,
  decodeElement,
  expectTag,
  readCount,
  readOid,
  TAG,
  withTag,
} from '../encoding/der.js';
import { checkStrictDer } from '../encoding/strict-der.js';
import { TrustError } from '../errors.js';

/** The policy that stands for every policy (RFC 5280 4.2.1.4). */
export const ANY_POLICY = '2.5.29.32.0';

/** Skips of at most this many certificates make sense; no path is longer. */
const MAX_SKIP = 0x7fffffff;

/** The qualifiers of RFC 5280 4.2.1.4: a pointer to the practice statement and a notice for the user. */
const QUALIFIERS: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.2.1', '1.3.6.1.5.5.7.2.2']);

/** certificatePolicies. */
export interface CertificatePolicies {
  /** By OID, in order; no policy occurs twice. */
  readonly policies: readonly string[];
  /** Whether a qualifier occurs that RFC 5280 does not define, which a critical extension must not have. */
  readonly hasUnknownQualifier: boolean;
}

/** One pair of policyMappings: `issuer` counts as `subject` below the certificate. */
export interface PolicyMapping {
  readonly issuer: string;
  readonly subject: string;
}

/** policyConstraints: after how many certificates each rule starts; null where the field is absent. */
export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | null;
  readonly inhibitPolicyMapping: number | null;
}

/** @throws {TrustError} `der/…`, also for an empty list of policies or qualifiers, and for a policy that occurs twice (RFC 5280 4.2.1.4) */
export function decodeCertificatePolicies(value: Uint8Array): CertificatePolicies {
  let hasUnknownQualifier = false;
  const policies = childrenOf(decodeElement(value, TAG.sequence)).map((information) => {
    const [policy, qualifiers, ...more] = childrenOf(expectTag(information, TAG.sequence));
    if (more.length > 0) throw new TrustError('der/unexpected-tag', 'a policy has more than its qualifiers');
    if (qualifiers !== undefined) {
      const types = childrenOf(expectTag(qualifiers, TAG.sequence)).map(qualifierType);
      if (types.length === 0) throw new TrustError('der/bad-value', 'the list of policy qualifiers is empty');
      hasUnknownQualifier ||= types.some((type) => !QUALIFIERS.has(type));
    }
    return readOid(policy);
  });
  if (policies.length === 0) throw new TrustError('der/bad-value', 'the list of certificate policies is empty');
  if (new Set(policies).size !== policies.length) {
    throw new TrustError('der/bad-value', 'a certificate policy is listed twice');
  }
  return { policies, hasUnknownQualifier };
}

function qualifierType(element: DerElement): string {
  const [type, value, ...more] = childrenOf(expectTag(element, TAG.sequence));
  if (value === undefined || more.length > 0) {
    throw new TrustError('der/unexpected-tag', 'a policy qualifier is not a type and a value');
  }
  return readOid(type);
}

/** @throws {TrustError} `der/…`, also for an empty list */
export function decodePolicyMappings(value: Uint8Array): readonly PolicyMapping[] {
  const mappings = childrenOf(decodeElement(value, TAG.sequence)).map((mapping) => {
    const [issuer, subject, ...more] = childrenOf(expectTag(mapping, TAG.sequence));
    if (more.length > 0) throw new TrustError('der/unexpected-tag', 'a policy mapping is more than a pair');
    return { issuer: readOid(issuer), subject: readOid(subject) };
  });
  if (mappings.length === 0) throw new TrustError('der/bad-value', 'the list of policy mappings is empty');
  return mappings;
}

/** @throws {TrustError} `der/…`, also when both fields are absent (RFC 5280 4.2.1.11) */
export function decodePolicyConstraints(value: Uint8Array): PolicyConstraints {
  const fields = childrenOf(decodeElement(value, TAG.sequence));
  const skip = (number: number): number | null => {
    if (fields[0]?.tag !== contextTag(number, false)) return null;
    const integer = withTag(fields.shift() as DerElement, TAG.integer);
    checkStrictDer(integer);
    return readCount(integer, MAX_SKIP);
  };
  const constraints = { requireExplicitPolicy: skip(0), inhibitPolicyMapping: skip(1) };
  if (fields.length > 0 || Object.values(constraints).every((field) => field === null)) {
    throw new TrustError('der/unexpected-tag', 'policy constraints are neither of the two that there are');
  }
  return constraints;
}

/** @throws {TrustError} `der/…` */
export function decodeInhibitAnyPolicy(value: Uint8Array): number {
  return readCount(decodeElement(value, TAG.integer), MAX_SKIP);
}
