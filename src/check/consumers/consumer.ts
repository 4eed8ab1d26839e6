/**
 * What a consumer of trust anchors is: a program or device that a certificate is installed in, and what it is known not to
 * take.
 *
 * @module
 */
import type { Certificate } from '../../x509/certificate.js';
import type { FindingCode, Severity } from '../finding.js';

/** Where in a path a certificate stands. A consumer verifies the signatures below an anchor, not that of the anchor. */
export type Position = 'anchor' | 'intermediate' | 'end-entity';

/**
 * How it is known: tried with the consumer itself in the tests of this program; said by a document of its maker; or said by
 * others, or by a document that is about something close.
 */
export type Certainty = 'verified' | 'documented' | 'unverified';

/** Where a limit is taken from. */
export interface LimitSource {
  readonly title: string;
  /** Null for what was tried. */
  readonly url: string | null;
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`: when it was published, or tried. */
  readonly date: string;
}

/** One thing that a consumer cannot take. */
export interface Limit {
  readonly code: Extract<FindingCode, `fitness/${string}`>;
  /** An error where the consumer refuses it for sure, a warning where it depends, or is not certain. */
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly source: LimitSource;
  /** What is wrong with a certificate in its place, as a phrase in lower case, or null. */
  readonly describe: (certificate: Certificate, position: Position) => string | null;
  /** What to do. */
  readonly hint: string;
}

/** A consumer. */
export interface Consumer {
  /** As users name it: lower case, with hyphens. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly limits: readonly Limit[];
  /** Whether anything was tried with it; of others it is said that nobody did. */
  readonly tried: boolean;
}
