/**
 * Whether a certificate has a valid path to something that is trusted, as findings: what path validation says, what became of
 * the root at the end, and what will soon be over.
 *
 * @module
 */
import { Budget } from '../path/budget.js';
import type { Profile, Purpose } from '../path/certificate-rule.js';
import { checkCertificate, checkForm } from '../path/certificate-rules.js';
import { crlSourcesOf, reasonsCovered } from '../path/crl-scope.js';
import { type Attempt, type Candidate, PathTrace } from '../path/path-trace.js';
import { checkPeerNames, type PeerName } from '../path/peer-names.js';
import type { Reason } from '../path/reason.js';
import { REASON_HINTS } from '../path/reason-hints.js';
import { type PathVerdict, validatePathWithin } from '../path/validate-path.js';
import type { Certificate } from '../x509/certificate.js';
import type { CertificateRevocationList } from '../x509/crl.js';
import { ALL_REASONS, type ReasonMask } from '../x509/distribution-point.js';
import { comparableName } from '../x509/name.js';
import { checkAnchorStatus } from './anchor-status.js';
import { DAY, dayOf } from './expiry.js';
import { type Finding, hasErrors } from './finding.js';
import { findingAbout } from './rule.js';
import { SOON } from './rules/validity.js';

/** A certificate that is trusted. */
export interface OfferedAnchor {
  readonly certificate: Certificate;
  /** Whether it is trusted because it is in the root list, and not because its owner chose it. */
  readonly isFromCatalog: boolean;
}

/** What a path is looked for with. */
export interface PathToAnchorOptions {
  readonly anchors: readonly OfferedAnchor[];
  readonly intermediates: readonly Certificate[];
  /** CRLs that can be read. */
  readonly crls: readonly CertificateRevocationList[];
  /** What is wrong with those that cannot: each may be about any certificate. Default: none. */
  readonly missingCrls?: readonly string[];
  /** OCSP responses in DER that can be read. Default: none. */
  readonly ocspResponses?: readonly Uint8Array[];
  readonly at: Date;
  readonly profile: Profile;
  readonly purpose: Purpose;
  /** The name the certificate must be valid for; null for any. */
  readonly host: PeerName | null;
  /**
   * Whether to answer as the programs do that validate paths, Java and OpenSSL, rather than to the letter: flaws of form are
   * warnings then, and so is an end entity that is trusted itself.
   */
  readonly asProgramsDo: boolean;
  /** What became of an anchor. Default: what the catalog knows of it. */
  readonly statusOf?: typeof checkAnchorStatus;
}

/** What was found out. */
export interface PathToAnchor {
  /** The valid path, the end entity first; null where there is none. */
  readonly path: readonly Certificate[] | null;
  /** That path, or the attempt that came furthest. */
  readonly attempt: Attempt;
  /** Errors where there is no valid path, or where its anchor is not trusted for this. */
  readonly findings: readonly Finding[];
  /** Every candidate that was considered. */
  readonly candidates: readonly Candidate[];
}

/** Reasons that are about revocation: who hands over CRLs or asks responders does not want them passed over. */
const STATUS_REASON = /^path\/(?:revoked|no-crl|malformed-crl|crl-.*|ocsp-.*)$/;

/**
 * Looks for a path. A path to an anchor about which there is nothing to say is preferred to one that would be a warning.
 *
 * @throws {TrustError} `ocsp/malformed` when a response cannot be read; `usage/bad-value` for a date that is none
 */
export function checkPathToAnchor(endEntity: Certificate, options: PathToAnchorOptions): PathToAnchor {
  const { anchors, intermediates, statusOf = checkAnchorStatus } = options;
  const statuses = new Map(
    anchors.map(({ certificate, isFromCatalog }) => [
      certificate.sha256,
      statusOf(certificate, { ...options, endEntity, isFromCatalog }),
    ]),
  );
  const all = anchors.map(({ certificate }) => certificate);
  const knownOf = ({ sha256 }: Certificate) => statuses.get(sha256) ?? [];
  const { verdict, trace } = searchInTurn(endEntity, options, [
    all.filter((anchor) => knownOf(anchor).length === 0),
    all.filter((anchor) => !hasErrors(knownOf(anchor))),
    all,
  ]);
  if (verdict.valid) {
    const { path } = verdict;
    const findings = [
      ...knownOf(path.at(-1) as Certificate),
      ...warnOfPath(path, options),
      ...((options.ocspResponses ?? []).length > 0 ? [] : tellUnlisted(path, options.crls)),
    ];
    return { path, attempt: { path, isComplete: true }, findings, candidates: trace.candidates(false) };
  }
  const isStatusBad = verdict.reasons.some(({ code }) => STATUS_REASON.test(code));
  const pinned = options.asProgramsDo && !isStatusBad ? checkPinned(endEntity, options) : null;
  if (pinned !== null) return pinned;
  const known = [endEntity, ...all, ...intermediates];
  const wasCutShort = verdict.reasons.some(({ code }) => code === 'path/too-much-work');
  return {
    path: null,
    attempt: trace.attempt ?? { path: [endEntity], isComplete: false },
    findings: verdict.reasons.map((reason) => toFinding(reason, known)),
    candidates: trace.candidates(wasCutShort),
  };
}

/** Whether it may be relied on: `fail` with any error, `warn` with any warning. */
export function verdictOf(findings: readonly Finding[]): 'pass' | 'warn' | 'fail' {
  if (hasErrors(findings)) return 'fail';
  return findings.some(({ severity }) => severity === 'warning') ? 'warn' : 'pass';
}

interface Search {
  readonly verdict: PathVerdict;
  readonly trace: PathTrace;
}

/** The first search that finds a path, else the last; each time among more anchors. */
function searchInTurn(
  endEntity: Certificate,
  options: PathToAnchorOptions,
  sets: readonly (readonly Certificate[])[],
): Search {
  const growing = sets.filter((set, index) => index === 0 || set.length > (sets[index - 1] as typeof set).length);
  let last = search(endEntity, growing[0] ?? [], options);
  for (const set of growing.slice(1)) {
    if (last.verdict.valid) break;
    last = search(endEntity, set, options);
  }
  return last;
}

function search(
  endEntity: Certificate,
  trustAnchors: readonly Certificate[],
  {
    intermediates,
    crls,
    missingCrls = [],
    ocspResponses = [],
    at,
    profile,
    purpose,
    host,
    asProgramsDo,
  }: PathToAnchorOptions,
): Search {
  const trace = new PathTrace(trustAnchors, intermediates);
  const verdict = validatePathWithin(new Budget(), endEntity, {
    ...{ trustAnchors, intermediates, crls, missingCrls, ocspResponses, at, profile, purpose },
    peerNames: host === null ? [] : [host],
    toleratesForm: asProgramsDo,
    observer: trace,
  });
  return { verdict, trace };
}

/**
 * `path/pinned`: an end entity that its owner has put among the anchors. Java's trust manager takes such a certificate without
 * a path (JDK, `sun.security.validator.PKIXValidator.engineValidate`), and then looks at its purpose and its name. Its dates are
 * looked at here as well.
 *
 * @returns null for one that is not among them, or that is unfit in itself
 */
function checkPinned(
  endEntity: Certificate,
  { anchors, at, profile, purpose, host }: PathToAnchorOptions,
): PathToAnchor | null {
  const isPinned = anchors.some(
    ({ certificate, isFromCatalog }) => !isFromCatalog && certificate.sha256 === endEntity.sha256,
  );
  if (!isPinned || endEntity.ca) return null;
  const context = { role: 'end-entity', profile, purpose, at, toleratesForm: true } as const;
  const flaws = [...checkCertificate(endEntity, context), ...checkPeerNames(endEntity, host === null ? [] : [host])];
  if (flaws.length > 0) return null;
  const path = [endEntity];
  const pinned = findingAbout(
    endEntity,
    'path/pinned',
    'warning',
    'no CA, but among the anchors itself: Java trusts it without a path, other programs may not',
    'put the CA that issued it among the anchors, so that its successor is trusted too',
  );
  return { path, attempt: { path, isComplete: true }, findings: [pinned, ...warnOfEnd(endEntity, at)], candidates: [] };
}

/** What is to be known of a path that is valid. */
function warnOfPath(
  path: readonly Certificate[],
  { at, profile, purpose, asProgramsDo }: PathToAnchorOptions,
): readonly Finding[] {
  return path.flatMap((certificate, index) => {
    const role = index === path.length - 1 ? 'anchor' : index === 0 ? 'end-entity' : 'intermediate';
    const flaws = asProgramsDo ? [...checkForm(certificate, { role, profile, purpose, at })] : [];
    return [...flaws.map((flaw) => warnOfForm(flaw, certificate)), ...warnOfEnd(certificate, at)];
  });
}

function warnOfForm({ code, message }: Reason, certificate: Certificate): Finding {
  const hint = 'have it issued again when there is an occasion; no step of the validation depends on it';
  return findingAbout(certificate, code, 'warning', message, hint);
}

/** Why there is no valid path, with what to do and where the certificate it is about came from. */
function toFinding({ code, message, sha256 }: Reason, known: readonly Certificate[]): Finding {
  const about = { code, severity: 'error', message, hint: REASON_HINTS[code] } as const;
  if (sha256 === undefined) return { ...about, source: null };
  return { ...about, source: known.find((one) => one.sha256 === sha256)?.source ?? null, sha256 };
}

/**
 * `path/no-crl`, `path/crl-incomplete`: who hands over CRLs is told of which certificates they say nothing, or not all. The
 * anchor has no status.
 */
function tellUnlisted(path: readonly Certificate[], crls: readonly CertificateRevocationList[]): readonly Finding[] {
  if (crls.length === 0) return [];
  return path.slice(0, -1).flatMap((certificate) => {
    const reasons = reasonsTold(certificate, crls);
    if (reasons === ALL_REASONS) return [];
    if (reasons !== null && reasons !== 0) {
      const message = 'the CRLs that were handed over leave out some reasons for which it may have been revoked';
      return [findingAbout(certificate, 'path/crl-incomplete', 'info', message, REASON_HINTS['path/crl-incomplete'])];
    }
    const which =
      reasons === null
        ? `is of its issuer ${certificate.issuer}`
        : 'is for such certificates, though one is of its issuer';
    const message = `no CRL that was handed over ${which}: whether it was revoked was not checked`;
    return [findingAbout(certificate, 'path/no-crl', 'info', message, REASON_HINTS['path/no-crl'])];
  });
}

/** For which reasons some CRLs tell whether a certificate was revoked; null where none is of its issuer. */
function reasonsTold(certificate: Certificate, crls: readonly CertificateRevocationList[]): ReasonMask | null {
  const told = crlSourcesOf(certificate).flatMap((source) =>
    crls
      .filter(({ issuerName }) => source.issuers.includes(comparableName(issuerName)))
      .map((crl) => reasonsCovered(crl, certificate, source)),
  );
  return told.length === 0 ? null : told.reduce((all, reasons) => all | reasons, 0);
}

/**
 * `path/expires-soon`: fewer than 90 days are left, and of a certificate with a short life less than a third of it, which is
 * when those who renew by themselves do so.
 */
function warnOfEnd(certificate: Certificate, at: Date): readonly Finding[] {
  const { notBefore, notAfter } = certificate;
  const left = notAfter.getTime() - at.getTime();
  if (left >= Math.min(SOON, (notAfter.getTime() - notBefore.getTime()) / 3)) return [];
  return [
    findingAbout(
      certificate,
      'path/expires-soon',
      'warning',
      `expires on ${dayOf(notAfter)}, in ${Math.floor(left / DAY)} days`,
      'see to it that it is renewed before that day',
    ),
  ];
}
