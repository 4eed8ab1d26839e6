/**
 * Building paths from a certificate up to a trust anchor (RFC 4158): depth first, the likeliest issuer first, with
 * backtracking. A candidate is held against the rules for its place before its key is used, so that an expired cross-sign
 * costs no signature; and against path lengths as soon as it is taken, so that CAs that all signed one another are not gone
 * through in every order (RFC 4158 2.4.2).
 *
 * @module
 */
import { groupBy } from '../encoding/group-by.js';
import type { Certificate } from '../x509/certificate.js';
import { fingerprint } from '../x509/fingerprint.js';
import { comparableName } from '../x509/name.js';
import type { Budget } from './budget.js';
import type { Role } from './certificate-rule.js';
import type { IssuerRole, Objection, PathObserver } from './path-observer.js';
import { type Reason, reason } from './reason.js';
import type { SignatureChecks } from './signature-checks.js';

/** OpenSSL's limit on the depth of a path. Far above any real one, and no deeper than the signatures allowed. */
const LONGEST_PATH = 100;

/** What paths are built from, and what is asked on the way. */
export interface PathSearch {
  readonly anchors: CandidateIssuers;
  readonly intermediates: CandidateIssuers;
  /** The reasons against a certificate in a place. */
  readonly judge: (certificate: Certificate, role: Role) => readonly Reason[];
  /** The reasons against an issuer above a path, the end entity first: those that no certificate further above can lift. */
  readonly judgeAbove: (path: readonly Certificate[], issuer: Certificate, role: IssuerRole) => readonly Reason[];
  /** Hears why a way was not taken. */
  readonly note: (reasons: readonly Reason[]) => void;
  readonly signatures: SignatureChecks;
  readonly budget: Budget;
  /** Hears of every step. */
  readonly observer?: PathObserver | undefined;
}

/** Certificates that may have issued others, by their subject. */
export class CandidateIssuers {
  readonly #bySubject: ReadonlyMap<string, readonly Certificate[]>;
  readonly #ranked = new Map<string, readonly Certificate[]>();

  constructor(certificates: Iterable<Certificate>) {
    this.#bySubject = groupBy(certificates, ({ subjectName }) => comparableName(subjectName));
  }

  /**
   * Those whose subject is the issuer of a certificate (RFC 5280 6.1.3 (a) (4)). Key identifiers and dates decide who is
   * tried first and exclude nobody: they are hints, and a wrong one is no reason to give up (RFC 4158 3.5.12).
   */
  issuersOf(certificate: Certificate): readonly Certificate[] {
    const issuer = comparableName(certificate.issuerName);
    const key = `${certificate.authorityKeyIdentifier} ${issuer}`;
    const known = this.#ranked.get(key);
    if (known !== undefined) return known;
    const ranked = (this.#bySubject.get(issuer) ?? []).toSorted(
      (a, b) =>
        identifierRank(certificate, a) - identifierRank(certificate, b) || b.notAfter.getTime() - a.notAfter.getTime(),
    );
    this.#ranked.set(key, ranked);
    return ranked;
  }
}

/**
 * Builds the paths of a certificate, one after the other, as they are asked for. In each, names chain, signatures verify and
 * every issuer may stand where it does; `checkPath` decides the rest.
 *
 * @returns paths: the certificate first, an anchor last
 * @throws {BudgetExceeded} while it is iterated
 */
export function buildPaths(certificate: Certificate, search: PathSearch): Iterable<readonly Certificate[]> {
  return extend([certificate], search);
}

function* extend(path: readonly Certificate[], search: PathSearch): Generator<readonly Certificate[]> {
  const lowest = path.at(-1) as Certificate;
  const anchors = search.anchors.issuersOf(lowest);
  search.observer?.consider(path, anchors, 'anchor');
  for (const anchor of anchors) {
    if (isUsable(anchor, path, 'anchor', search)) yield [...path, anchor];
  }
  const intermediates = search.intermediates.issuersOf(lowest);
  search.observer?.consider(path, intermediates, 'intermediate');
  if (path.length >= LONGEST_PATH) {
    search.note([reason('path/too-long', `no anchor is reached within ${LONGEST_PATH} certificates`)]);
    return;
  }
  let found = anchors.length > 0;
  for (const intermediate of intermediates) {
    search.budget.spend('candidates');
    if (path.some((below) => isSameAuthority(below, intermediate))) {
      search.observer?.passOver(path, intermediate, 'intermediate', 'loop', []);
      continue;
    }
    found = true;
    if (isUsable(intermediate, path, 'intermediate', search)) yield* extend([...path, intermediate], search);
  }
  if (!found) search.note([reason('path/no-issuer', describeMissingIssuer(lowest), lowest)]);
}

function isUsable(issuer: Certificate, path: readonly Certificate[], role: IssuerRole, search: PathSearch): boolean {
  const unfit = search.judge(issuer, role);
  if (unfit.length > 0) return passOver(issuer, path, role, 'rule', unfit, search);
  const unsigned = checkSignature(path.at(-1) as Certificate, issuer, search);
  if (unsigned.length > 0) return passOver(issuer, path, role, 'signature', unsigned, search);
  // Last, because of one that has not issued what is below it nothing else need be said.
  const misplaced = search.judgeAbove(path, issuer, role);
  if (misplaced.length > 0) return passOver(issuer, path, role, 'rule', misplaced, search);
  search.observer?.take(path, issuer, role);
  return true;
}

function passOver(
  issuer: Certificate,
  path: readonly Certificate[],
  role: IssuerRole,
  objection: Objection,
  reasons: readonly Reason[],
  search: PathSearch,
): false {
  search.note(reasons);
  search.observer?.passOver(path, issuer, role, objection, reasons);
  return false;
}

function checkSignature(certificate: Certificate, issuer: Certificate, { signatures }: PathSearch): readonly Reason[] {
  switch (signatures.presume(certificate, issuer)) {
    case 'valid':
      return [];
    case 'unsupported':
      return [
        reason('path/unsupported-signature', `${certificate.signatureAlgorithm} cannot be verified here`, certificate),
      ];
    case 'invalid':
      return [reason('path/bad-signature', `the key of ${issuer.subject} does not verify the signature`, certificate)];
  }
}

function describeMissingIssuer(certificate: Certificate): string {
  return certificate.selfIssued
    ? `${certificate.displaySubject} is not among the trust anchors`
    : `no certificate of the issuer ${certificate.issuer} is at hand`;
}

/** A name with a key occurs once in a path (RFC 4158 5.2): another certificate for the same leads back where one was. */
function isSameAuthority(a: Certificate, b: Certificate): boolean {
  return a === b || authorityOf(a) === authorityOf(b);
}

const authorities = new WeakMap<Certificate, string>();

function authorityOf(certificate: Certificate): string {
  const known = authorities.get(certificate);
  if (known !== undefined) return known;
  const authority = `${fingerprint('sha256', certificate.subjectPublicKeyInfo)} ${comparableName(certificate.subjectName)}`;
  authorities.set(certificate, authority);
  return authority;
}

function identifierRank({ authorityKeyIdentifier }: Certificate, { subjectKeyIdentifier }: Certificate): number {
  if (authorityKeyIdentifier === null || subjectKeyIdentifier === null) return 1;
  return authorityKeyIdentifier === subjectKeyIdentifier ? 0 : 2;
}
