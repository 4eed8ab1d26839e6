/**
 * The certificates that a call is to bring into a keystore: read, told apart from those that are there, judged, and
 * accepted or refused.
 *
 * @module
 */
import { asWarning, type Finding } from '../check/finding.js';
import { findingAbout } from '../check/rule.js';
import { checkTrustAnchor } from '../check/rules.js';
import type { TrustError } from '../errors.js';
import type { DamagedBlock } from '../input/read-result.js';
import { checkDecisions } from '../rotation/findings.js';
import { isAnchor } from '../rotation/store-plan.js';
import { onlyIntermediates, roleOf, type TrustDecision } from '../rotation/trust.js';
import { trustedCertificates } from '../store/select.js';
import type { Certificate } from '../x509/certificate.js';
import { parseExpectations, requireNamed } from './expectations.js';
import type { Failure } from './failure.js';
import { certificatesOf, distinct, errorsOf, readInputs, restorationsOf } from './inputs.js';
import type { Io } from './io.js';
import type { OpenStore } from './keystore-file.js';
import { type Accepted, allowancesOf, decideWithOperator, settle, type TrustArgs } from './trust.js';

/** What a command asks to be added. */
export interface AdditionRequest {
  readonly inputs: readonly string[];
  readonly store: OpenStore;
  readonly at: Date;
  readonly skipUnfit: boolean;
  /** Refuses the certificates that would go into the keystore before anything is decided about them. */
  readonly checkCount: (certificates: readonly Certificate[]) => void;
}

/** What a call goes on with. */
export interface Additions extends Accepted {
  /** What is to come into the keystore. */
  readonly wanted: readonly Certificate[];
  /** What is there as a trusted certificate already: nothing has to be decided about it. */
  readonly present: readonly Certificate[];
  readonly damaged: readonly DamagedBlock[];
  readonly findings: readonly Finding[];
}

/**
 * Reads and decides.
 *
 * @returns why nothing is added, or what is
 * @throws {TrustError} `usage/…`, `input/…`, `trust/fingerprint-mismatch`; `trust/unfit` when nothing is left to add but
 *   intermediates
 */
export async function decideAdditions(
  { inputs: names, store, at, skipUnfit, checkCount }: AdditionRequest,
  args: TrustArgs,
  io: Io,
): Promise<Additions | Failure> {
  const expectations = parseExpectations(args.expectSha256);
  const { inputs } = await readInputs(names, io, { password: store.password, strict: false });
  const errors: readonly TrustError[] = errorsOf(inputs);
  if (errors.length > 0) return { errors, findings: restorationsOf(inputs) };

  const certificates = distinct(certificatesOf(inputs));
  requireNamed(expectations, certificates);
  checkCount(certificates.filter((certificate) => roleOf(certificate) !== 'intermediate' || args.intermediates));
  const { entries } = store.keystore;
  const present = certificates.filter(({ sha256 }) => entries.some(isAnchor(sha256)));
  const decisions = await decideWithOperator(
    certificates.filter((certificate) => !present.includes(certificate)),
    {
      at,
      expected: expectations.all,
      allowed: allowancesOf(args),
      anchorSets: () => [trustedCertificates(entries)],
    },
    io,
  );
  const settled = settle(decisions, skipUnfit, present.length > 0);
  if (!('accepted' in settled)) return { errors: settled, findings: decisions.flatMap(({ findings }) => findings) };

  const { accepted, leftOut } = settled;
  const stored = accepted.filter(({ role }) => role !== 'intermediate' || args.intermediates);
  if (stored.length + present.length === 0) throw onlyIntermediates(accepted);
  return {
    accepted,
    leftOut,
    wanted: stored.map(({ certificate }) => certificate),
    present,
    damaged: inputs.flatMap(({ damaged }) => damaged),
    findings: [
      ...restorationsOf(inputs),
      ...checkDecisions(accepted),
      ...accepted.filter((decision) => !stored.includes(decision)).map(leaveOut),
      ...leftOut.flatMap(({ findings }) => findings).map(asWarning),
      ...present.flatMap((certificate) => checkPresent(certificate, at)),
    ],
  };
}

function leaveOut({ certificate }: TrustDecision): Finding {
  return findingAbout(
    certificate,
    'keystore/intermediate-left-out',
    'warning',
    'an intermediate CA, which a keystore needs only where servers do not send it: it was left out',
    '--intermediates adds it too',
  );
}

function checkPresent(certificate: Certificate, at: Date): readonly Finding[] {
  return checkTrustAnchor(certificate, { at })
    .filter(({ code }) => code !== 'anchor/not-self-signed')
    .map(asWarning);
}
