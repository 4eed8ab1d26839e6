/**
 * The nameConstraints extension (RFC 5280 4.2.1.10), decoded. What the constraints mean is decided in path validation.
 *
 * @module
 */
import {
  childrenOf,
  contextTag,
  type DerElement,
  decodeElement,
  encodingOf,
  readCount,
  readElement,
  TAG,
} from '../encoding/der.js';
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
    const [base, ...distances] = childrenOf(subtree);
    if (base === undefined) throw new TrustError('der/truncated', 'a subtree has no base');
    distances.forEach(expectMinimumZero);
    return decodeGeneralName(base);
  });
}

/** `minimum` written out as its default 0 breaks DER and harms nobody; anything else is outside the profile. */
function expectMinimumZero(distance: DerElement): void {
  const integer = Uint8Array.from(encodingOf(distance));
  integer[0] = TAG.integer;
  if (distance.tag !== contextTag(0, false) || readCount(readElement(integer), 0x7fffffff) !== 0) {
    throw new TrustError('der/bad-value', 'a subtree has a minimum other than 0, or a maximum');
  }
}
