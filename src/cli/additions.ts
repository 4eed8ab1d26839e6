/**
 * The certificates that a call is to bring into a keystore: read, told apart from those that are there, judged, and
 * accepted or refused.
 *
 * @module
 */
import { asksForAction, asWarning, type Finding } from '../check/finding.js';
import { findingAbout } from '../check/rule.js';
import { checkTrustAnchor } from '../check/rules.js';
import type { TrustError } from '../errors.js';
import type { DamagedBlock } from '../input/read-result.js';
import { checkDecisions } from '../rotation/findings.js';
import { onlyIntermediates, roleOf, type TrustDecision, type TrustOptions } from '../rotation/trust.js';
import { anchorsBySha256, type Entries } from '../store/entry-index.js';
import { trustedCertificates } from '../store/select.js';
import type { Certificate } from '../x509/certificate.js';
import { type Expectations, parseExpectations, recoverableBy, requireNamed } from './expectations.js';
import { errorOf, type Failure } from './failure.js';
import { certificatesOf, distinct, errorsOf, restorationsOf } from './input-contents.js';
import { type InputArgs, readingOf } from './input-options.js';
import { readInputs } from './inputs.js';
import type { Io } from './io.js';
import type { OpenStore } from './keystore-file.js';
import {
  type Accepted,
  allowancesOf,
  type Confirm,
  decideWithOperator,
  refusePartlyRead,
  settle,
  type TrustArgs,
} from './trust.js';

/** What the words of a call say about the certificates it names, before any of them is read. */
export interface AdditionReading {
  readonly inputs: readonly string[];
  readonly expectations: Expectations;
  readonly options: ReturnType<typeof readingOf>;
}

/**
 * Reads the words: before a keystore is opened, for which a password may be asked.
 *
 * @throws {TrustError} `usage/…`; `input/…` for a list of fingerprints that cannot be read
 */
export function readingOfAdditions(inputs: readonly string[], args: TrustArgs & InputArgs): AdditionReading {
  return { inputs, options: readingOf(inputs, args), expectations: parseExpectations(args.expectSha256) };
}

/** What a command asks to be added. */
export interface AdditionRequest {
  readonly reading: AdditionReading;
  /** The keystore that they are to come into; a new one has no entries. */
  readonly store: Pick<OpenStore, 'password'> & { readonly keystore: Entries };
  readonly at: Date;
  readonly skipUnfit: boolean;
  /**
   * Refuses the certificates that would go into the keystore before anything is decided about them.
   *
   * @param all - with the intermediates that would be left out
   */
  readonly checkInput: (certificates: readonly Certificate[], all: readonly Certificate[]) => void;
  /** Who says yes to what nothing vouches for; without it the person at the terminal. */
  readonly confirm?: Confirm;
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
 * @throws {TrustError} `input/…`, `trust/fingerprint-mismatch`, what `checkInput` throws; `trust/unfit` when nothing is left to add but
 *   intermediates
 */
export async function decideAdditions(
  { reading, store, at, skipUnfit, checkInput, confirm }: AdditionRequest,
  args: TrustArgs,
  io: Io,
): Promise<Additions | Failure> {
  const { expectations } = reading;
  const { inputs } = await readInputs(reading.inputs, io, {
    ...reading.options,
    password: store.password,
    strict: false,
    recover: recoverableBy(expectations),
  });
  const errors: readonly TrustError[] = errorsOf(inputs);
  const certificates = distinct(certificatesOf(inputs));
  const { keystore } = store;
  const anchors = anchorsBySha256(keystore, certificates);
  const present = certificates.filter(({ sha256 }) => anchors.has(sha256));
  const others = certificates.filter(({ sha256 }) => !anchors.has(sha256));
  const check = () =>
    checkInput(
      certificates.filter((certificate) => roleOf(certificate) !== 'intermediate' || args.intermediates),
      certificates,
    );
  if (errors.length > 0) {
    const { errors: all, findings = [] } = await refusePartlyRead(
      { errors: [...errors, ...errorOf(check)], certificates: others, skipUnfit, hasOthers: present.length > 0 },
      trustOptionsOf({ keystore, expected: expectations.all, at }, args),
      io,
      confirm,
    );
    return { errors: all, findings: [...restorationsOf(inputs), ...findings] };
  }

  requireNamed(expectations, certificates);
  check();
  const decided = await decideTrusted(
    {
      certificates: others,
      keystore,
      expected: expectations.all,
      at,
      skipUnfit,
      hasOthers: present.length > 0,
      confirm,
    },
    args,
    io,
  );
  const restorations = restorationsOf(inputs);
  if ('errors' in decided) return { ...decided, findings: [...restorations, ...(decided.findings ?? [])] };
  return {
    ...decided,
    present,
    damaged: inputs.flatMap(({ damaged }) => damaged),
    findings: [
      ...restorations,
      ...decided.findings,
      ...present.flatMap((certificate) => checkPresent(certificate, at)),
    ],
  };
}

/** Certificates that Java is to trust because of a keystore. */
export interface TrustRequest {
  /** Without duplicates. */
  readonly certificates: readonly Certificate[];
  /** The keystore, whose anchors vouch for others. */
  readonly keystore: Entries;
  /** SHA-256 digests the user expects. */
  readonly expected: ReadonlySet<string>;
  readonly at: Date;
  readonly skipUnfit: boolean;
  /** Whether there is something to go on with besides the certificates. */
  readonly hasOthers: boolean;
  /** As in `AdditionRequest`. */
  readonly confirm?: Confirm | undefined;
}

/**
 * Decides about certificates.
 *
 * @returns why none is trusted, or those that are
 * @throws {TrustError} `trust/unfit` when nothing is left but intermediates
 */
export async function decideTrusted(
  { certificates, keystore, expected, at, skipUnfit, hasOthers, confirm }: TrustRequest,
  args: TrustArgs,
  io: Io,
): Promise<(Accepted & Pick<Additions, 'wanted' | 'findings'>) | Failure> {
  const decisions = await decideWithOperator(
    certificates,
    trustOptionsOf({ keystore, expected, at }, args),
    io,
    confirm,
  );
  const settled = settle(decisions, skipUnfit, hasOthers);
  if (!('accepted' in settled)) return { errors: settled, findings: decisions.flatMap(({ findings }) => findings) };

  const { accepted, leftOut } = settled;
  const isStored = ({ role }: TrustDecision) => role !== 'intermediate' || args.intermediates;
  const stored = accepted.filter(isStored);
  if (stored.length === 0 && !hasOthers) throw onlyIntermediates(accepted);
  return {
    accepted,
    leftOut,
    wanted: stored.map(({ certificate }) => certificate),
    findings: [
      ...checkDecisions(accepted),
      ...accepted.filter((decision) => !isStored(decision)).map(leaveOut),
      ...checkDecisions(leftOut),
    ],
  };
}

function trustOptionsOf(
  { keystore, expected, at }: Pick<TrustRequest, 'keystore' | 'expected' | 'at'>,
  args: TrustArgs,
): Omit<TrustOptions, 'confirmed'> {
  return { at, expected, allowed: allowancesOf(args), anchorSets: () => [trustedCertificates(keystore.entries)] };
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
    .filter((finding) => asksForAction(finding) && finding.code !== 'anchor/not-self-signed')
    .map(asWarning);
}
