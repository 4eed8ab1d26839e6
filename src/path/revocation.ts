/**
 * Whether a certificate of a path is revoked, by CRLs (RFC 5280 6.3): complete, delta, indirect, by distribution point and
 * by reason.
 *
 * Where the RFC leaves a choice, the answer errs on the side of no:
 *
 * - An authentic CRL that lists the certificate is believed even when it has expired or has a critical extension that is
 *   not understood; that it does *not* list the certificate is believed only when it has neither flaw.
 * - In the mode `crl-if-present` a CRL that is about a certificate and cannot be used (bad signature, expired, a signer
 *   without the right) is a failure, unless other CRLs cover all reasons. A CRL is handed over to be heeded; if a stale or
 *   forged one were the same as none, whoever can withhold the current one could hide a revocation.
 * - A CRL must state its nextUpdate and its number, as RFC 5280 5.1.2.5 and 5.2.3 ask of every issuer: without them
 *   nobody can tell whether it is current. A missing authorityKeyIdentifier is tolerated: it only helps to find the key.
 * - CRL issuers are known by name alone, and any CA below an anchor could certify any name. So a signer outside the path
 *   of the certificate counts for a direct CRL only when all CAs above it bear names that stand above the certificate
 *   too; an indirect CRL's signer is named by the certificate itself, and may stand anywhere below the same anchor.
 *
 * @module
 */
import { decodeHex } from '../encoding/hex.js';
import { expectTrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import type { CertificateRevocationList } from '../x509/crl.js';
import { type CrlEntry, findCrlEntry } from '../x509/crl-entries.js';
import { ALL_REASONS, type DistributionPoint, directoryNameKey, generalNameKey } from '../x509/distribution-point.js';
import type { GeneralName } from '../x509/general-name.js';
import { comparableName } from '../x509/name.js';
import { EXTENSION } from '../x509/oids.js';
import { crlIssuersOf, distributionPointsOf, isDeltaOf, reasonsCovered } from './crl-scope.js';
import { type CrlSigner, crlSigners, mayBeSigner, type RevocationSubject, verifyCrl } from './crl-signer.js';
import { type RevocationContext, spend } from './revocation-context.js';

/** Why a certificate fails the check of revocation, the most specific first. */
export const REVOCATION_CODES = [
  'revocation/revoked',
  'revocation/too-much-work',
  'revocation/signer-status',
  'revocation/signer-not-entitled',
  'revocation/bad-signature',
  'revocation/signer-not-found',
  'revocation/crl-expired',
  'revocation/crl-not-yet-valid',
  'revocation/crl-unusable',
  'revocation/malformed',
  'revocation/incomplete',
  'revocation/no-crl',
] as const;

/** One of the codes. */
export type RevocationCode = (typeof REVOCATION_CODES)[number];

/** One certificate that fails. */
export interface RevocationProblem {
  readonly code: RevocationCode;
  readonly message: string;
  /** The certificate it is about, lower-case hex. */
  readonly sha256: string;
}

/** How deep the status of a CRL's signer may depend on CRLs of other signers. PKITS needs one step. */
const SIGNERS_AT_MOST = 4;

/** Which extensions RFC 5280 5.2 wants critical, and which not. */
const CRITICALITY: ReadonlyMap<string, boolean> = new Map([
  [EXTENSION.crlNumber, false],
  [EXTENSION.deltaCrlIndicator, true],
  [EXTENSION.issuingDistributionPoint, true],
  [EXTENSION.freshestCrl, false],
]);

type Failure = Pick<RevocationProblem, 'code' | 'message'>;

/**
 * Checks every certificate of a path but its anchor.
 *
 * @param path - a path that is valid but for revocation: the end entity first, the anchor last
 * @param context - from `revocationContext`, the same for all paths of one validation
 * @returns one problem for each certificate that fails, the most specific first; none when all is well. Never throws.
 */
export function checkRevocation(
  path: readonly Certificate[],
  context: RevocationContext,
): readonly RevocationProblem[] {
  const problems: RevocationProblem[] = [];
  for (let index = path.length - 2; index >= 0; index--) {
    const problem = problemOf({ path: path.slice(index), pending: new Set() }, context);
    if (problem !== null) problems.push(problem);
  }
  const spent = Object.entries(context.budget).find(([, left]) => left < 0)?.[0];
  if (spent !== undefined) {
    const message = `checking revocation takes more work than is allowed (${spent})`;
    problems.push({ code: 'revocation/too-much-work', message, sha256: path[0]?.sha256 ?? '' });
  }
  return problems.sort((a, b) => rank(a) - rank(b));
}

/** The algorithm of 6.3.3 for one certificate; null when it passes. */
function problemOf(subject: RevocationSubject, context: RevocationContext): RevocationProblem | null {
  const certificate = subject.path[0] as Certificate;
  const failed = ({ code, message }: Failure): RevocationProblem => ({ code, message, sha256: certificate.sha256 });
  let covered = 0;
  let worst: Failure | null = null;
  try {
    for (const { crl, point } of crlsFor(certificate, context)) {
      if (covered === ALL_REASONS) break;
      const reasons = reasonsCovered(crl, certificate, point);
      if ((reasons & ~covered) === 0) continue;
      const failure = failureOf(crl, point, subject, context);
      if (failure === null) covered |= reasons;
      else if (failure.code === 'revocation/revoked') return failed(failure);
      else if (worst === null || rank(failure) < rank(worst)) worst = failure;
    }
  } catch (error) {
    return failed({ code: 'revocation/malformed', message: expectTrustError(error).message });
  }
  if (covered === ALL_REASONS) return null;
  if (worst !== null) return failed(worst);
  if (context.mode === 'crl-if-present') return null;
  return failed(
    covered === 0
      ? { code: 'revocation/no-crl', message: `no CRL tells whether ${certificate.subject} is revoked` }
      : { code: 'revocation/incomplete', message: `the CRLs for ${certificate.subject} leave out some reasons` },
  );
}

/** The complete CRLs of each point, in the order of the points and the newest first. */
function* crlsFor(
  certificate: Certificate,
  { byIssuer, budget }: RevocationContext,
): Generator<{ readonly crl: CertificateRevocationList; readonly point: DistributionPoint }> {
  for (const point of distributionPointsOf(certificate)) {
    for (const issuer of crlIssuersOf(point, certificate)) {
      for (const crl of byIssuer.get(comparableName(issuer)) ?? []) {
        if (!spend(budget, 'crls')) return;
        if (crl.baseCrlNumber === null) yield { crl, point };
      }
    }
  }
}

/** Why a CRL that is about the certificate does not clear it, or null when it does. */
function failureOf(
  crl: CertificateRevocationList,
  point: DistributionPoint,
  subject: RevocationSubject,
  context: RevocationContext,
): Failure | null {
  const { at } = context;
  if (crl.thisUpdate > at)
    return { code: 'revocation/crl-not-yet-valid', message: `${titleOf(crl)} is of a later date` };
  const signer = authenticate(crl, point, subject, context);
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
    const flaw = unusable(crl, at);
    return flaw?.code === 'revocation/crl-expired' && isCurrentDelta ? null : flaw;
  } catch (error) {
    return { code: 'revocation/crl-unusable', message: `${titleOf(crl)}: ${expectTrustError(error).message}` };
  }
}

/** Finds who signed a CRL with the right to do so (6.3.3 (f), (g)). */
function authenticate(
  crl: CertificateRevocationList,
  point: DistributionPoint,
  subject: RevocationSubject,
  context: RevocationContext,
): CrlSigner | Failure {
  let worst: Failure = {
    code: 'revocation/signer-not-found',
    message: `the key that signed ${titleOf(crl)} is that of no certificate at hand`,
  };
  for (const signer of crlSigners(crl, subject, point.crlIssuer === null, context)) {
    const failure = failureOfSigner(crl, signer, subject, context);
    if (failure === null) return signer;
    if (rank(failure) < rank(worst)) worst = failure;
  }
  return worst;
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
    return { code: mayBeSigner(crl, signer) ? 'revocation/bad-signature' : 'revocation/signer-not-found', message };
  }
  if (signer.keyUsage?.has('cRLSign') === false) {
    const message = `${titleOf(crl)} is signed by a certificate whose keyUsage leaves out cRLSign`;
    return { code: 'revocation/signer-not-entitled', message };
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
  const code = 'revocation/signer-status';
  if (pending.size > SIGNERS_AT_MOST) {
    return { code, message: `the signer of ${titleOf(crl)} depends on too many other CRLs` };
  }
  const above = new Set(subject.path.map(({ sha256 }) => sha256));
  for (const [index, { sha256 }] of path.slice(0, -1).entries()) {
    const problem = above.has(sha256) ? null : problemOf({ path: path.slice(index), pending }, context);
    if (problem !== null) return { code, message: `the signer of ${titleOf(crl)} does not count: ${problem.message}` };
  }
  return null;
}

/** The newest delta CRL to a complete one that the same key signed (6.3.3 (c), (h)). */
function findDelta(
  complete: CertificateRevocationList,
  signerSpki: Uint8Array,
  context: RevocationContext,
): CertificateRevocationList | null {
  for (const delta of context.byIssuer.get(comparableName(complete.issuerName)) ?? []) {
    if (delta.baseCrlNumber === null || delta.thisUpdate > context.at) continue;
    if (!spend(context.budget, 'crls')) return null;
    if (isDeltaOf(delta, complete) && verifyCrl(delta, signerSpki, context) === 'valid') return delta;
  }
  return null;
}

/** Why the silence of a CRL about a certificate says nothing, or null when it does. */
function unusable(crl: CertificateRevocationList, at: Date): Failure | null {
  const flaw = nonconformity(crl);
  if (flaw !== null) return { code: 'revocation/crl-unusable', message: `${titleOf(crl)} ${flaw}` };
  if (crl.nextUpdate === null || at <= crl.nextUpdate) return null;
  const until = crl.nextUpdate.toISOString().replace('.000Z', 'Z');
  return { code: 'revocation/crl-expired', message: `${titleOf(crl)} was to be renewed by ${until}` };
}

function nonconformity(crl: CertificateRevocationList): string | null {
  if (crl.unknownCritical !== null) return `has a critical extension that is not understood (${crl.unknownCritical})`;
  if (crl.nextUpdate === null) return 'does not say when the next one comes (nextUpdate)';
  if (crl.crlNumber === null) return 'has no CRL number';
  if (crl.namesIssuers && crl.issuingDistributionPoint?.indirectCrl !== true) {
    return 'names other issuers of certificates, and is no indirect CRL';
  }
  const odd = crl.extensions.find(({ oid, critical }) => (CRITICALITY.get(oid) ?? critical) !== critical);
  return odd === undefined ? null : `has an extension (${odd.oid}) whose criticality is not as RFC 5280 asks`;
}

/** The entry of a certificate in a CRL. @throws {TrustError} `der/…` when it cannot be read */
function entryOf(
  certificate: Certificate,
  crl: CertificateRevocationList,
  { budget }: RevocationContext,
): CrlEntry | null {
  if (!spend(budget, 'entries', crl.entryCount)) return null;
  const issuerKey = directoryNameKey(certificate.issuerName);
  const isIssuer = (names: readonly GeneralName[] | null) =>
    (names?.map(generalNameKey) ?? [directoryNameKey(crl.issuerName)]).includes(issuerKey);
  return findCrlEntry(crl.entries, shortestForm(certificate.serialNumber), isIssuer);
}

/** A serial number without what a strict encoder leaves out; a CRL has none but such. */
function shortestForm(serialNumber: string): Uint8Array {
  const shortest = serialNumber.replace(/^(?:00)+(?=[0-7].)/, '').replace(/^(?:ff)+(?=[89a-f].)/, '');
  return decodeHex(shortest) ?? new Uint8Array();
}

function revocation(certificate: Certificate, entry: CrlEntry, crl: CertificateRevocationList): Failure {
  const since = entry.revocationDate.toISOString().replace('.000Z', 'Z');
  const message = `${certificate.subject} was revoked ${since} (${entry.reason}), says ${titleOf(crl)}`;
  return { code: 'revocation/revoked', message };
}

function titleOf(crl: CertificateRevocationList): string {
  return `the ${crl.baseCrlNumber === null ? '' : 'delta '}CRL of ${crl.issuer}`;
}

function rank({ code }: Failure): number {
  return REVOCATION_CODES.indexOf(code);
}
