/**
 * Whether a certificate of a path is revoked, by CRLs (RFC 5280 6.3): complete, delta, indirect, by distribution point and
 * by reason; and by OCSP responses (`ocsp.ts`), one of which can stand for all CRLs. Who says that a certificate is revoked
 * is believed whatever others say.
 *
 * Where the RFC leaves a choice, the answer errs on the side of no:
 *
 * - An authentic CRL that lists the certificate is believed even when it has expired or has a critical extension that is
 *   not understood, or when the entry itself cannot be read; that it does *not* list the certificate is believed only when it has neither flaw.
 * - In the mode `crl-if-present` a CRL that is about a certificate and cannot be used (bad signature, expired, a signer
 *   without the right) is a failure, unless other CRLs cover all reasons. A CRL is handed over to be heeded; if a stale or
 *   forged one were the same as none, whoever can withhold the current one could hide a revocation.
 * - A CRL that cannot be read may be about any certificate, so it is such a failure for each that others do not clear.
 * - A CRL must state its nextUpdate and its number, as RFC 5280 5.1.2.5 and 5.2.3 ask of every issuer: without them
 *   nobody can tell whether it is current. A missing authorityKeyIdentifier is tolerated: it only helps to find the key.
 * - CRL issuers are known by name alone, and any CA below an anchor could certify any name. So a signer outside the path
 *   of the certificate counts for a direct CRL only when all CAs above it bear names that stand above the certificate
 *   too; an indirect CRL's signer is named by the certificate itself, and may stand anywhere below the same anchor.
 * - A certificate that names distribution points is covered by CRLs of these names, or by such as are for all that their
 *   issuer issued. 6.3.3 would also take one named for the issuer, which the certificate does not ask for.
 * - A delta CRL without the complete one that it builds on can say that a certificate is revoked, never that it is not.
 *
 * @module
 */
import { decodeHex } from '../encoding/hex.js';
import { toRfc3339 } from '../encoding/rfc3339.js';
import { expectTrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import type { CertificateRevocationList } from '../x509/crl.js';
import { type CrlEntry, findCrlEntry } from '../x509/crl-entries.js';
import { ALL_REASONS, directoryNameKey, generalNameKey, type ReasonMask } from '../x509/distribution-point.js';
import type { GeneralName } from '../x509/general-name.js';
import { comparableName } from '../x509/name.js';
import { EXTENSION } from '../x509/oids.js';
import { type CrlSource, crlSourcesOf, isDeltaOf, reasonsCovered } from './crl-scope.js';
import { type CrlSigner, crlSigners, mayBeSigner, verifyCrl } from './crl-signer.js';
import { checkOcsp } from './ocsp.js';
import { type Reason, reason, sortReasons } from './reason.js';
import { type RevocationContext, type RevocationSubject, SIGNERS_AT_MOST } from './revocation-context.js';

/** Decoding the issuer of an entry of an indirect CRL takes as long as walking over so many entries. */
const ENTRIES_FOR_AN_ISSUER = 50;

/** Which extensions RFC 5280 5.2 wants critical, and which not. */
const CRITICALITY: ReadonlyMap<string, boolean> = new Map([
  [EXTENSION.crlNumber, false],
  [EXTENSION.deltaCrlIndicator, true],
  [EXTENSION.issuingDistributionPoint, true],
  [EXTENSION.freshestCrl, false],
]);

type Failure = Pick<Reason, 'code' | 'message'>;

/** For which reasons a certificate is known not to be revoked, and as of when. */
interface Clearance {
  readonly reasons: ReasonMask;
  readonly asOf: Date;
}

/**
 * Checks every certificate of a path but its anchor.
 *
 * @param path - a path that is valid but for revocation: the end entity first, the anchor last
 * @param context - from `revocationContext`, the same for all paths of one validation
 * @returns one reason for each certificate that fails, the most specific first; none when all is well
 * @throws {BudgetExceeded}
 */
export function checkRevocation(path: readonly Certificate[], context: RevocationContext): readonly Reason[] {
  const subjects = path.slice(0, -1).map((_, index) => ({ path: path.slice(index), pending: new Set<string>() }));
  return sortReasons(subjects.flatMap((subject) => reasonAgainst(subject, context) ?? []));
}

/** The algorithm of 6.3.3 for one certificate, with what OCSP responders say besides; null when it passes. */
function reasonAgainst(subject: RevocationSubject, context: RevocationContext): Reason | null {
  const certificate = subject.path[0] as Certificate;
  const byOcsp = checkOcsp(subject, context, reasonAgainst);
  const unreadable = context.unreadableCrls.map((message) => ({ code: 'path/malformed-crl' as const, message }));
  const failures: Failure[] = [...byOcsp.failures, ...unreadable];
  const cleared: Clearance[] = [];
  try {
    for (const crls of [context.completeCrls, context.deltaCrls]) {
      for (const { crl, source } of crlsFor(certificate, crls, context)) {
        const reasons = reasonsCovered(crl, certificate, source);
        if (!hasNews(crl, reasons, cleared)) continue;
        const answer = answerOf(crl, source, subject, context);
        if ('code' in answer) failures.push(answer);
        else cleared.push({ reasons, asOf: answer.asOf });
        if ('code' in answer ? answer.code === 'path/revoked' : coveredBy(cleared) === ALL_REASONS) break;
      }
    }
  } catch (error) {
    return reason('path/malformed-extension', expectTrustError(error).message, certificate);
  }
  const covered = byOcsp.isGood ? ALL_REASONS : coveredBy(cleared);
  const worst = mostSpecific(failures);
  if (worst?.code !== 'path/revoked' && covered === ALL_REASONS) return null;
  if (worst !== undefined) return reason(worst.code, worst.message, certificate);
  if (context.mode === 'crl-if-present') return null;
  return covered === 0
    ? reason(
        'path/no-crl',
        `no CRL and no OCSP response tells whether ${certificate.displaySubject} is revoked`,
        certificate,
      )
    : reason('path/crl-incomplete', `the CRLs for ${certificate.displaySubject} leave out some reasons`, certificate);
}

/** The CRLs of each source, in the order of the sources and the newest first. */
function* crlsFor(
  certificate: Certificate,
  byIssuer: RevocationContext['completeCrls'],
  { budget }: RevocationContext,
): Generator<{ readonly crl: CertificateRevocationList; readonly source: CrlSource }> {
  if (byIssuer.size === 0) return;
  for (const source of crlSourcesOf(certificate)) {
    for (const crl of source.issuers.flatMap((issuer) => byIssuer.get(issuer) ?? [])) {
      budget.spend('crls');
      yield { crl, source };
    }
  }
}

/**
 * Whether a CRL may say what is not known: a complete one where it is for reasons that no other covers; a delta CRL, which serves
 * on its own only to say who is revoked, also where it is newer than what covers them.
 */
function hasNews(crl: CertificateRevocationList, reasons: ReasonMask, cleared: readonly Clearance[]): boolean {
  const known = crl.baseCrlNumber === null ? cleared : cleared.filter(({ asOf }) => asOf >= crl.thisUpdate);
  return (reasons & ~coveredBy(known)) !== 0;
}

function coveredBy(cleared: readonly Clearance[]): ReasonMask {
  return cleared.reduce((covered, { reasons }) => covered | reasons, 0);
}

/** As of when a CRL that is about the certificate clears it, with its delta CRL where it has one; or why it does not. */
function answerOf(
  crl: CertificateRevocationList,
  source: CrlSource,
  subject: RevocationSubject,
  context: RevocationContext,
): Pick<Clearance, 'asOf'> | Failure {
  const { at } = context;
  if (crl.thisUpdate > at) return { code: 'path/crl-not-yet-valid', message: `${titleOf(crl)} is of a later date` };
  const signer = authenticate(crl, source, subject, context);
  if (!('path' in signer)) return signer;
  const delta = findDelta(crl, context.workingPublicKey(signer.path), context);
  const certificate = subject.path[0] as Certificate;
  try {
    const inDelta = delta === null ? null : entryOf(certificate, delta, context);
    const isRemoved = inDelta?.reason === 'removeFromCRL';
    if (delta !== null && inDelta !== null && !isRemoved) return revocation(certificate, inDelta, delta);
    const isCurrentDelta = delta !== null && unusable(delta, at) === null;
    const listed = entryOf(certificate, crl, context);
    const isLifted = listed?.reason === 'removeFromCRL' || (isRemoved && isCurrentDelta);
    if (listed !== null && !isLifted) return revocation(certificate, listed, crl);
    if (crl.baseCrlNumber !== null) {
      return { code: 'path/crl-unusable', message: `${titleOf(crl)} builds on a complete one that is not at hand` };
    }
    const flaw = unusable(crl, at);
    const isUsable = flaw === null || (flaw.code === 'path/crl-expired' && isCurrentDelta);
    return isUsable ? { asOf: (delta ?? crl).thisUpdate } : flaw;
  } catch (error) {
    const message = `${titleOf(crl)} lists ${certificate.displaySubject}, but the entry cannot be read: ${expectTrustError(error).message}`;
    return { code: 'path/revoked', message };
  }
}

/** Finds who signed a CRL with the right to do so (6.3.3 (f), (g)). */
function authenticate(
  crl: CertificateRevocationList,
  source: CrlSource,
  subject: RevocationSubject,
  context: RevocationContext,
): CrlSigner | Failure {
  const message = `the key that signed ${titleOf(crl)} is that of no certificate at hand that may sign it`;
  const failures: Failure[] = [];
  for (const signer of crlSigners(crl, subject, source.direct, context)) {
    const failure = failureOfSigner(crl, signer, subject, context);
    if (failure === null) return signer;
    failures.push(failure);
  }
  return mostSpecific(failures) ?? { code: 'path/crl-signer-not-found', message };
}

function failureOfSigner(
  crl: CertificateRevocationList,
  { path, inPath }: CrlSigner,
  subject: RevocationSubject,
  context: RevocationContext,
): Failure | null {
  const signer = path[0] as Certificate;
  const verdict = verifyCrl(crl, context.workingPublicKey(path), context);
  if (verdict !== 'valid') {
    const message =
      verdict === 'unsupported'
        ? `the signature on ${titleOf(crl)} cannot be checked: ${crl.signatureAlgorithm}`
        : `the signature on ${titleOf(crl)} does not verify`;
    return { code: mayBeSigner(crl, signer) ? 'path/crl-bad-signature' : 'path/crl-signer-not-found', message };
  }
  if (signer.keyUsage?.has('cRLSign') === false) {
    const message = `${titleOf(crl)} is signed by a certificate whose keyUsage leaves out cRLSign`;
    return { code: 'path/crl-signer-not-entitled', message };
  }
  return inPath ? null : failureOfVouchers(crl, path, subject, context);
}

/** The certificates of a signer's own path need a status too; those above the subject are checked with the subject. */
function failureOfVouchers(
  crl: CertificateRevocationList,
  path: readonly Certificate[],
  subject: RevocationSubject,
  context: RevocationContext,
): Failure | null {
  const pending = new Set([...subject.pending, (subject.path[0] as Certificate).sha256]);
  const code = 'path/crl-signer-status';
  if (pending.size > SIGNERS_AT_MOST) {
    return { code, message: `the signer of ${titleOf(crl)} depends on too many other CRLs` };
  }
  const above = new Set(subject.path.map(({ sha256 }) => sha256));
  for (const [index, { sha256 }] of path.slice(0, -1).entries()) {
    const against = above.has(sha256) ? null : reasonAgainst({ path: path.slice(index), pending }, context);
    if (against !== null) return { code, message: `the signer of ${titleOf(crl)} does not count: ${against.message}` };
  }
  return null;
}

/** The newest delta CRL to a complete one that the same key signed (6.3.3 (c), (h)). */
function findDelta(
  complete: CertificateRevocationList,
  signerSpki: Uint8Array,
  context: RevocationContext,
): CertificateRevocationList | null {
  for (const delta of context.deltaCrls.get(comparableName(complete.issuerName)) ?? []) {
    context.budget.spend('crls');
    if (
      delta.thisUpdate <= context.at &&
      isDeltaOf(delta, complete) &&
      verifyCrl(delta, signerSpki, context) === 'valid'
    )
      return delta;
  }
  return null;
}

/** Why the silence of a CRL about a certificate says nothing, or null when it does. */
function unusable(crl: CertificateRevocationList, at: Date): Failure | null {
  const flaw = nonconformity(crl);
  if (flaw !== null) return { code: 'path/crl-unusable', message: `${titleOf(crl)} ${flaw}` };
  if (crl.nextUpdate === null || at <= crl.nextUpdate) return null;
  const until = toRfc3339(crl.nextUpdate);
  return { code: 'path/crl-expired', message: `${titleOf(crl)} was to be renewed by ${until}` };
}

function nonconformity(crl: CertificateRevocationList): string | null {
  if (/^md/.test(crl.signatureAlgorithm)) return `is signed with ${crl.signatureAlgorithm}, which can be forged`;
  if (crl.unknownCritical !== null) return `has a critical extension that is not understood (${crl.unknownCritical})`;
  if (crl.nextUpdate === null) return 'does not say when the next one comes (nextUpdate)';
  if (crl.crlNumber === null) return 'has no CRL number';
  if (crl.entries.namesIssuers && crl.issuingDistributionPoint?.indirectCrl !== true) {
    return 'names other issuers of certificates, and is no indirect CRL';
  }
  const odd = crl.extensions.find(({ oid, critical }) => (CRITICALITY.get(oid) ?? critical) !== critical);
  return odd === undefined ? null : `has an extension (${odd.oid}) whose criticality is not as RFC 5280 asks`;
}

/** The entry of a certificate in a CRL, looked up once. @throws {TrustError} `der/…` when it cannot be read */
function entryOf(
  certificate: Certificate,
  crl: CertificateRevocationList,
  { budget, entries }: RevocationContext,
): CrlEntry | null {
  const known = entries.get(crl) ?? new Map<string, CrlEntry | null>();
  entries.set(crl, known);
  const before = known.get(certificate.sha256);
  if (before !== undefined) return before;
  budget.spend('crlEntries', crl.entries.count);
  const serialNumber = decodeHex(certificate.serialNumber) ?? new Uint8Array();
  const issuerKey = directoryNameKey(certificate.issuerName);
  const isIssuer = (names: readonly GeneralName[] | null) => {
    if (names === null) return comparableName(crl.issuerName) === comparableName(certificate.issuerName);
    budget.spend('crlEntries', ENTRIES_FOR_AN_ISSUER);
    return names.some((name) => generalNameKey(name) === issuerKey);
  };
  const entry = findCrlEntry(crl.entries, serialNumber, isIssuer);
  known.set(certificate.sha256, entry);
  return entry;
}

function revocation(certificate: Certificate, entry: CrlEntry, crl: CertificateRevocationList): Failure {
  const since = toRfc3339(entry.revocationDate);
  const message = `${certificate.displaySubject} was revoked ${since} (${entry.reason}), says ${titleOf(crl)}`;
  return { code: 'path/revoked', message };
}

function titleOf(crl: CertificateRevocationList): string {
  return `the ${crl.baseCrlNumber === null ? '' : 'delta '}CRL of ${crl.issuer}`;
}

function mostSpecific(failures: readonly Failure[]): Failure | undefined {
  return sortReasons(failures)[0];
}
