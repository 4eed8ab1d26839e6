/**
 * Watching a path being looked for: who was considered as the issuer of what, and what came of it. The search tells it and
 * asks nothing back; without an observer it does nothing more than it would anyway.
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import type { Reason } from './reason.js';

/** The place an issuer is considered for. */
export type IssuerRole = 'anchor' | 'intermediate';

/** Why an issuer was passed over: it leads back into the path, may not stand there, or its key does not verify. */
export type Objection = 'loop' | 'rule' | 'signature';

/** Hears of every step. Paths are the end entity first; the issuers are for their last certificate. */
export interface PathObserver {
  /** Those of the name of the issuer, in the order in which they will be tried. */
  readonly consider: (path: readonly Certificate[], issuers: readonly Certificate[], role: IssuerRole) => void;
  /** The issuer is taken; whether a path leads on from it is seen later. */
  readonly take: (path: readonly Certificate[], issuer: Certificate, role: IssuerRole) => void;
  /** The issuer is passed over. */
  readonly passOver: (
    path: readonly Certificate[],
    issuer: Certificate,
    role: IssuerRole,
    objection: Objection,
    reasons: readonly Reason[],
  ) => void;
  /** A path to an anchor is complete; no reasons against it mean that it is the answer. */
  readonly conclude: (path: readonly Certificate[], reasons: readonly Reason[]) => void;
}
