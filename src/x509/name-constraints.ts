/**
 * The nameConstraints extension (RFC 5280 4.2.1.10), decoded. What the constraints mean is decided in path validation.
 *
 * @module
 */
import { equalBytes } from '../encoding/byte-writer.js';
import { childrenOf, contentOf, contextTag, type DerElement, decodeElement, TAG } from '../encoding/der.js';
import { TrustError } from '../errors.js';
import { decodeGeneralName, type GeneralName } from './general-name.js';

/** The trees of names that a CA may (`permitted`) and may not (`excluded`) issue for, in the order of the certificate. */
export interface NameConstraints {
  /** Null where the field is absent: everything is permitted. */
  readonly permitted: readonly GeneralName[] | null;
  /** Null where the field is absent: nothing is excluded. */
  readonly excluded: readonly GeneralName[] | null;
}

/**
 * Decodes a nameConstraints value.
 *
 * @throws {TrustError} `der/…` when it is malformed, has neither field or an empty one (SIZE (1..MAX)), or uses `minimum`
 *   other than 0 or `maximum`, which RFC 5280 does not allow
 */
export function decodeNameConstraints(value: Uint8Array): NameConstraints {
  const fields = childrenOf(decodeElement(value, TAG.sequence));
  const permitted = fields[0]?.tag === contextTag(0) ? fields.shift() : undefined;
  const excluded = fields[0]?.tag === contextTag(1) ? fields.shift() : undefined;
  if (fields.length > 0 || (permitted === undefined && excluded === undefined)) {
    throw new TrustError('der/unexpected-tag', 'name constraints are neither permitted nor excluded subtrees');
  }
  return { permitted: permitted ? subtreesIn(permitted) : null, excluded: excluded ? subtreesIn(excluded) : null };
}

function subtreesIn(list: DerElement): readonly GeneralName[] {
  const subtrees = childrenOf(list);
  if (subtrees.length === 0) throw new TrustError('der/bad-value', 'a list of subtrees is empty');
  return subtrees.map((subtree) => {
    if (subtree.tag !== TAG.sequence) throw new TrustError('der/unexpected-tag', 'a subtree is not a SEQUENCE');
    const [base, minimum, ...more] = childrenOf(subtree);
    if (base === undefined) throw new TrustError('der/truncated', 'a subtree has no base');
    if (more.length > 0 || (minimum !== undefined && !isMinimumZero(minimum))) {
      throw new TrustError('der/bad-value', 'a subtree has a minimum other than 0, or a maximum');
    }
    return decodeGeneralName(base);
  });
}

/** `minimum` written out as its default 0 breaks DER and harms nobody; anything else is outside the profile. */
function isMinimumZero(distance: DerElement): boolean {
  return distance.tag === contextTag(0, false) && equalBytes(contentOf(distance), Uint8Array.of(0));
}
