/**
 * What OCSP responders say of a certificate (RFC 6960 3.2, 4.2.2): whether it may be believed.
 *
 * - A statement is about a certificate when its CertID names the issuer's name, the issuer's key and the serial number,
 *   by SHA-1 or SHA-2. It is `good` only for a certificate that this issuer's key has signed, which the path has shown.
 * - It is signed by the issuer's own key, or by a delegate: a certificate with the key purpose OCSPSigning that the same
 *   key has issued, directly. No responder is trusted for being configured, and anyExtendedKeyUsage delegates nothing.
 * - It holds from thisUpdate until nextUpdate; where it says nothing of a nextUpdate, for a day. Clocks may differ by five
 *   minutes. An authentic `revoked` is believed after nextUpdate too, and with a critical extension that is not understood:
 *   as with CRLs, nobody is to hide a revocation by waiting.
 * - `unknown` does not clear a certificate, and neither does what cannot be used; another answer or CRLs still may.
 *
 * @module
 */
import { toRfc3339 } from '../encoding/rfc3339.js';
import type { Certificate } from '../x509/certificate.js';
import { isCertIdOf } from '../x509/ocsp-request.js';
import type { SingleOcspResponse } from '../x509/ocsp-response.js';
import { authenticateResponse, titleOfResponder } from './ocsp-signer.js';
import type { Reason } from './reason.js';
import type { OcspStatement, RevocationContext, RevocationSubject } from './revocation-context.js';

/** How far clocks may differ. OpenSSL's `ocsp` allows as much. */
const SKEW_MS = 5 * 60_000;
/** How long an answer without nextUpdate holds: RFC 6960 4.2.2.1 says only that there are newer ones. */
const WITHOUT_NEXT_UPDATE_MS = 24 * 3_600_000;

type Failure = Pick<Reason, 'code' | 'message'>;

/** What OCSP responses make of a certificate: cleared, or why not; neither when none is about it. */
export interface OcspVerdict {
  readonly isGood: boolean;
  readonly failures: readonly Failure[];
}

/**
 * Looks for what responders say of a certificate, the newest first, until one clears or condemns it.
 *
 * @param reasonAgainst - the check of revocation itself, for the certificate of a delegate
 * @throws {BudgetExceeded}
 */
export function checkOcsp(
  subject: RevocationSubject,
  context: RevocationContext,
  reasonAgainst: (subject: RevocationSubject, context: RevocationContext) => Reason | null,
): OcspVerdict {
  const certificate = subject.path[0] as Certificate;
  const failures: Failure[] = [];
  for (const statement of statementsAbout(subject, context)) {
    const failure = failureOf(statement, certificate, context.at, () =>
      authenticateResponse(statement.response, subject, context, reasonAgainst),
    );
    if (failure === null) return { isGood: true, failures };
    failures.push(failure);
    if (failure.code === 'path/revoked') break;
  }
  return { isGood: false, failures };
}

function* statementsAbout(
  { path }: RevocationSubject,
  { ocspStatements, workingPublicKey, budget }: RevocationContext,
): Generator<OcspStatement> {
  const certificate = path[0] as Certificate;
  const statements = ocspStatements.get(certificate.serialNumber) ?? [];
  if (statements.length === 0 || path.length < 2) return;
  const issuerSpki = workingPublicKey(path.slice(1));
  for (const statement of statements) {
    budget.spend('crls');
    if (isCertIdOf(statement.single.certId, certificate, issuerSpki)) yield statement;
  }
}

/** Why a statement about the certificate does not clear it, or null when it does. */
function failureOf(
  { response, single }: OcspStatement,
  certificate: Certificate,
  at: Date,
  authenticate: () => Failure | null,
): Failure | null {
  const title = `the OCSP response of ${titleOfResponder(response)}`;
  const { status, thisUpdate } = single;
  if (thisUpdate.getTime() - SKEW_MS > at.getTime()) {
    return { code: 'path/ocsp-not-yet-valid', message: `${title} is of a later date, ${toRfc3339(thisUpdate)}` };
  }
  const against = authenticate();
  if (against !== null) return against;
  if (status.kind === 'revoked') {
    const message = `${certificate.displaySubject} was revoked ${toRfc3339(status.since)} (${status.reason}), says ${title}`;
    return { code: 'path/revoked', message };
  }
  if (response.unknownCritical !== null) {
    const message = `${title} has a critical extension that is not understood (${response.unknownCritical})`;
    return { code: 'path/ocsp-unusable', message };
  }
  const until = lastInstant(single);
  if (at.getTime() >= until.getTime() + SKEW_MS) {
    return { code: 'path/ocsp-expired', message: `${title} held until ${toRfc3339(until)}` };
  }
  return status.kind === 'good'
    ? null
    : { code: 'path/ocsp-unknown', message: `${title} says that ${certificate.displaySubject} is not known to it` };
}

/** Until when what a responder says holds. */
export function lastInstant({ thisUpdate, nextUpdate }: SingleOcspResponse): Date {
  return nextUpdate ?? new Date(thisUpdate.getTime() + WITHOUT_NEXT_UPDATE_MS);
}
