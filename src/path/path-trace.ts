/**
 * The account of a search for a path: every candidate with what became of it, and the attempt that came furthest. Bounded,
 * because who sends a chain decides how much there is to tell.
 *
 * @module
 */
import { groupBy } from '../encoding/group-by.js';
import type { Certificate } from '../x509/certificate.js';
import type { IssuerRole, Objection, PathObserver } from './path-observer.js';
import type { Reason } from './reason.js';

/** What became of a candidate: it is in the valid path, it was passed over, or its turn never came. */
export type CandidateOutcome = 'used' | 'passed-over' | 'not-tried';

/**
 * Why: it has another name than the issuer (and only the key identifier that was asked for); what `Objection` says; the
 * path it completes is refused; no anchor is reached from it; the work allowed was used up; a path had been found.
 */
export type CandidateWhy = 'name' | Objection | 'path' | 'no-anchor' | 'budget' | 'found';

/** One certificate that was considered as the issuer of another. */
export interface Candidate {
  /** Whose issuer was looked for. */
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly role: IssuerRole;
  /** Whether its subjectKeyIdentifier is the authorityKeyIdentifier asked for: decides who is tried first. */
  readonly keyIdentifier: 'same' | 'other' | 'unknown';
  readonly outcome: CandidateOutcome;
  /** Null for one that is used. */
  readonly why: CandidateWhy | null;
  readonly reasons: readonly Reason[];
}

/** How far the search came: the end entity first. */
export interface Attempt {
  readonly path: readonly Certificate[];
  /** Whether the last is an anchor. */
  readonly isComplete: boolean;
}

/** Candidates told of: more than anybody reads, and no more than a hostile input may fill. */
export const MOST_CANDIDATES = 1000;

/** A candidate while the search goes on: `taken` is one from which it went on. */
interface Considered {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly role: IssuerRole;
  state: 'waiting' | 'taken' | 'used' | 'passed-over';
  why: CandidateWhy | null;
  reasons: readonly Reason[];
}

/** A certificate that may be a candidate. */
interface AtHand {
  readonly issuer: Certificate;
  readonly role: IssuerRole;
}

/** Keeps what it is told. One for each validation. */
export class PathTrace implements PathObserver {
  readonly #considered = new Map<string, Considered>();
  readonly #byKeyIdentifier: ReadonlyMap<string | null, readonly AtHand[]>;
  readonly #asked = new Set<string>();
  #attempt: Attempt | null = null;
  #rank = 0;

  /** What is at hand: those that have the right key identifier and the wrong name are told of, too. */
  constructor(anchors: readonly Certificate[], intermediates: readonly Certificate[]) {
    const atHand = [
      ...anchors.map((issuer): AtHand => ({ issuer, role: 'anchor' })),
      ...intermediates.map((issuer): AtHand => ({ issuer, role: 'intermediate' })),
    ];
    this.#byKeyIdentifier = groupBy(atHand, ({ issuer }) => issuer.subjectKeyIdentifier);
  }

  consider(path: readonly Certificate[], issuers: readonly Certificate[], role: IssuerRole): void {
    const certificate = path.at(-1) as Certificate;
    this.#tried(path, false, path.length);
    const key = `${certificate.sha256} ${role}`;
    if (this.#isFull || this.#asked.has(key)) return;
    this.#asked.add(key);
    for (const issuer of issuers) this.#add(certificate, issuer, role, 'waiting', null);
    const asked = certificate.authorityKeyIdentifier;
    const alike = asked === null ? [] : (this.#byKeyIdentifier.get(asked) ?? []);
    for (const other of alike) {
      if (other.role === role && !issuers.includes(other.issuer) && other.issuer.sha256 !== certificate.sha256) {
        this.#add(certificate, other.issuer, role, 'passed-over', 'name');
      }
    }
  }

  take(path: readonly Certificate[], issuer: Certificate, role: IssuerRole): void {
    const found = this.#find(path, issuer, role);
    if (found?.state === 'waiting') found.state = 'taken';
  }

  passOver(
    path: readonly Certificate[],
    issuer: Certificate,
    role: IssuerRole,
    objection: Objection,
    reasons: readonly Reason[],
  ): void {
    const isAnchor = role === 'anchor';
    if (objection === 'rule') this.#tried([...path, issuer], isAnchor, isAnchor ? RANK.unfitAnchor : path.length + 0.5);
    const found = this.#find(path, issuer, role);
    if (found?.state === 'waiting') Object.assign(found, { state: 'passed-over', why: objection, reasons });
  }

  conclude(path: readonly Certificate[], reasons: readonly Reason[]): void {
    this.#tried(path, true, reasons.length === 0 ? RANK.valid : RANK.complete);
    for (const [index, issuer] of path.slice(1).entries()) {
      const role = index === path.length - 2 ? 'anchor' : 'intermediate';
      const found = this.#find(path.slice(0, index + 1), issuer, role);
      if (found === undefined || found.state === 'used') continue;
      Object.assign(
        found,
        reasons.length === 0 ? { state: 'used', why: null } : { state: 'taken', why: 'path', reasons },
      );
    }
  }

  /** The attempt that came furthest: a complete path before one to an unfit anchor before the longest; null before any. */
  get attempt(): Attempt | null {
    return this.#attempt;
  }

  /**
   * Every candidate, in the order in which they came up.
   *
   * @param wasCutShort - whether the search ended because its work was used up
   */
  candidates(wasCutShort: boolean): readonly Candidate[] {
    return Array.from(this.#considered.values(), (one) => settle(one, wasCutShort));
  }

  get #isFull(): boolean {
    return this.#considered.size >= MOST_CANDIDATES;
  }

  #find(path: readonly Certificate[], issuer: Certificate, role: IssuerRole): Considered | undefined {
    return this.#considered.get(keyOf(path.at(-1) as Certificate, issuer, role));
  }

  #add(
    certificate: Certificate,
    issuer: Certificate,
    role: IssuerRole,
    state: Considered['state'],
    why: CandidateWhy | null,
  ): void {
    const key = keyOf(certificate, issuer, role);
    if (this.#isFull || this.#considered.has(key)) return;
    this.#considered.set(key, { certificate, issuer, role, state, why, reasons: [] });
  }

  #tried(path: readonly Certificate[], isComplete: boolean, rank: number): void {
    if (rank <= this.#rank) return;
    this.#rank = rank;
    this.#attempt = { path, isComplete };
  }
}

/** Above any length of a path. */
const RANK = { unfitAnchor: 1000, complete: 2000, valid: 3000 } as const;

function keyOf(certificate: Certificate, issuer: Certificate, role: IssuerRole): string {
  return `${certificate.sha256} ${issuer.sha256} ${role}`;
}

function compareKeyIdentifiers(
  { authorityKeyIdentifier: asked }: Certificate,
  { subjectKeyIdentifier: own }: Certificate,
): Candidate['keyIdentifier'] {
  if (asked === null || own === null) return 'unknown';
  return asked === own ? 'same' : 'other';
}

function settle({ state, why, reasons, ...rest }: Considered, wasCutShort: boolean): Candidate {
  const candidate = { ...rest, keyIdentifier: compareKeyIdentifiers(rest.certificate, rest.issuer), reasons };
  switch (state) {
    case 'used':
      return { ...candidate, outcome: 'used', why: null };
    case 'waiting':
      return { ...candidate, outcome: 'not-tried', why: wasCutShort ? 'budget' : 'found' };
    case 'taken':
      return { ...candidate, outcome: 'passed-over', why: why ?? (wasCutShort ? 'budget' : 'no-anchor') };
    case 'passed-over':
      return { ...candidate, outcome: 'passed-over', why };
  }
}
