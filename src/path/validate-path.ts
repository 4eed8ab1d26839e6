/**
 * Path validation (RFC 5280 6): from an end entity over intermediates to a trust anchor, at an instant, for a purpose. The
 * one engine behind every decision about paths; see docs/path-validation.md for what it accepts and why.
 *
 * @module
 */
import { expectTrustError, TrustError } from '../errors.js';
import { asCertificate, type Certificate } from '../x509/certificate.js';
import { type CertificateRevocationList, decodeCrl } from '../x509/crl.js';
import { decodeOcspResponse } from '../x509/ocsp-response.js';
import { ANY_POLICY } from '../x509/policies.js';
import { Budget, BudgetExceeded } from './budget.js';
import { buildPaths, CandidateIssuers, type PathSearch } from './build-paths.js';
import type { Profile, Purpose, Role } from './certificate-rule.js';
import { checkCertificate } from './certificate-rules.js';
import { checkLength, checkPath, type PathInputs } from './check-path.js';
import type { PathObserver } from './path-observer.js';
import { checkPeerNames, type PeerName } from './peer-names.js';
import { type Reason, reason, sortReasons } from './reason.js';
import { checkRevocation } from './revocation.js';
import { type RevocationContext, revocationContext } from './revocation-context.js';
import { SignatureChecks, workingPublicKey } from './signature-checks.js';
import { checkWebPath } from './web-path.js';

/** What a path is looked for with. Certificates are DER, or decoded already. */
export interface ValidatePathOptions {
  /**
   * What is trusted without proof. An anchor must be fit to be one: its dates, its form, and the limits it sets to itself
   * count. One that cannot be read is left out, and said so in the reasons when there is no path.
   */
  readonly trustAnchors: readonly (Certificate | Uint8Array)[];
  /** What may stand between, in any order; certificates that do not belong, or cannot be read, do no harm. */
  readonly intermediates?: readonly (Certificate | Uint8Array)[];
  /**
   * CRLs in DER, complete, delta or indirect, in any order. One that cannot be read may be about any certificate: it is a
   * reason against those that the others do not clear.
   */
  readonly crls?: readonly Uint8Array[];
  /** Of CRLs that are to be heeded and are not at hand, why they are not: they count as one that cannot be read does. */
  readonly missingCrls?: readonly string[];
  /**
   * OCSP responses in DER, stapled or asked for; one that only says why there is no answer counts for nothing. They are
   * heeded as CRLs are, under the same modes.
   */
  readonly ocspResponses?: readonly Uint8Array[];
  /** The instant of validation; fractions of a second are dropped. */
  readonly at: Date;
  /** `webpki` adds the CA/Browser Forum rules for server certificates. Default: `rfc5280`. */
  readonly profile?: Profile;
  /** What the end entity is to be used for. Default: `any`, which asks nothing. */
  readonly purpose?: Purpose;
  /** The end entity must be valid for one of them. Default: none, which asks nothing. */
  readonly peerNames?: readonly PeerName[];
  /** How many intermediates there may be between end entity and anchor; self-issued ones do not count. Default: no limit. */
  readonly maxIntermediates?: number;
  /** The acceptable policies by OID (RFC 5280 6.1.1 (c)). Default: any. */
  readonly initialPolicies?: readonly string[];
  /** The path must be valid for one of them (6.1.1 (f)). Default: false. */
  readonly requireExplicitPolicy?: boolean;
  /** Policy mappings count for nothing (6.1.1 (e)). Default: false. */
  readonly inhibitPolicyMapping?: boolean;
  /** anyPolicy in a certificate counts for nothing (6.1.1 (g)). Default: false. */
  readonly inhibitAnyPolicy?: boolean;
  /**
   * `off` ignores CRLs and OCSP responses; `crl-if-present` heeds those that are about a certificate of the path;
   * `require-crl` also refuses a path with a certificate that none is about. Default: `crl-if-present`.
   */
  readonly revocation?: 'off' | 'crl-if-present' | 'require-crl';
  /**
   * Whether certificates may have flaws of form that nothing in RFC 5280 6.1 depends on: no key identifiers, odd serial
   * numbers, attributes of a length or in letters that are not allowed, alternative names that are misspelt, extensions that
   * are not critical and should be. docs/path-validation.md has them all. Private PKIs have such, and no verifier in use
   * minds. Default: false.
   */
  readonly toleratesForm?: boolean;
  /**
   * Whether the end entity is a CA that is to issue certificates itself: it must be fit for that, and the path lengths above
   * must leave room for it. Default: false.
   */
  readonly endEntityIssues?: boolean;
  /** Hears of every candidate on the way, for who wants to know why. Default: nobody. */
  readonly observer?: PathObserver;
}

/** The same for callers with many end entities, for whom a long CRL is decoded once. */
export interface PathOptionsWithin extends Omit<ValidatePathOptions, 'crls'> {
  /** In DER, or decoded. */
  readonly crls?: readonly (CertificateRevocationList | Uint8Array)[];
}

/** The answer: a valid path, the end entity first and the anchor last; or why there is none, the most specific first. */
export type PathVerdict =
  | { readonly valid: true; readonly path: readonly Certificate[] }
  | { readonly valid: false; readonly reasons: readonly Reason[] };

const PROFILES: readonly Profile[] = ['rfc5280', 'webpki'];
const PURPOSES: readonly Purpose[] = ['serverAuth', 'clientAuth', 'any'];
const PEER_NAME_KINDS: readonly PeerName['kind'][] = ['dns', 'ip', 'email'];
const REVOCATION_MODES = ['off', 'crl-if-present', 'require-crl'] as const;

/** Reasons kept while ways are tried: enough to understand, and no more than a hostile input can be allowed to fill. */
const MOST_REASONS = 100;

/**
 * Looks for a valid path from an end entity to a trust anchor.
 *
 * Pure and synchronous. Whatever the certificates hold, it ends within its budgets (`WORK` in `budget.ts`); one that is used
 * up is a reason like others (`path/too-much-work`).
 *
 * @param endEntity - DER, or decoded
 * @throws {TrustError} `certificate/malformed` when the end entity cannot be read, `ocsp/malformed` when an OCSP response cannot
 *   (it might be the one that matters), `usage/bad-value` for a date, number or word that is none
 */
export function validatePath(endEntity: Certificate | Uint8Array, options: ValidatePathOptions): PathVerdict {
  return validatePathWithin(new Budget(), endEntity, options);
}

/** The same, within a budget that tells afterwards what was spent of it, and with CRLs that may be decoded. @throws {TrustError} as `validatePath` */
export function validatePathWithin(
  budget: Budget,
  endEntity: Certificate | Uint8Array,
  options: PathOptionsWithin,
): PathVerdict {
  const target = asCertificate(endEntity);
  const validation = new Validation(options, budget);
  try {
    return validation.run(target, peerNamesOf(options));
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    return validation.giveUp(error);
  }
}

/** One validation: what is given, what is left of the budget, what was learned on the way. */
class Validation {
  readonly #profile: Profile;
  readonly #purpose: Purpose;
  readonly #at: Date;
  readonly #toleratesForm: boolean;
  readonly #inputs: PathInputs;
  readonly #anchors: readonly Certificate[];
  readonly #search: PathSearch;
  readonly #revocation: RevocationContext | null;
  readonly #budget: Budget;
  readonly #signatures: SignatureChecks;
  readonly #judged = new Map<string, readonly Reason[]>();
  #notes: readonly Reason[] = [];

  constructor(options: PathOptionsWithin, budget: Budget) {
    this.#budget = budget;
    this.#signatures = new SignatureChecks(budget);
    this.#profile = oneOf(PROFILES, options.profile ?? 'rfc5280', 'profile');
    this.#purpose = oneOf(PURPOSES, options.purpose ?? 'any', 'purpose');
    this.#at = wholeSeconds(options.at);
    this.#toleratesForm = options.toleratesForm ?? false;
    this.#inputs = pathInputs(options);
    this.#anchors = this.#readable(options.trustAnchors);
    const known = new Set(this.#anchors.map(({ sha256 }) => sha256));
    const intermediates = this.#readable(options.intermediates ?? []).filter(({ sha256 }) => !known.has(sha256));
    this.#search = {
      anchors: new CandidateIssuers(this.#anchors),
      intermediates: new CandidateIssuers(intermediates),
      judge: (certificate, role) => this.#judge(certificate, role),
      judgeAbove: (path, issuer, role) => checkLength(path, issuer, role === 'anchor', this.#inputs),
      note: (reasons) => this.#note(reasons),
      signatures: this.#signatures,
      budget: this.#budget,
      observer: options.observer,
    };
    this.#revocation = this.#revocationContext(options, intermediates);
  }

  run(target: Certificate, peerNames: readonly PeerName[]): PathVerdict {
    const role = this.#inputs.endEntityIssues ? 'intermediate' : 'end-entity';
    const flaws = [...this.#judge(target, role), ...checkPeerNames(target, peerNames)];
    this.#note(flaws);
    for (const path of this.#validPaths(target, this.#search, this.#profile)) {
      // With a path that is good but for the end entity itself, there is nothing more to say.
      const revoked = flaws.length > 0 || this.#revocation === null ? [] : checkRevocation(path, this.#revocation);
      this.#search.observer?.conclude(path, [...flaws, ...revoked]);
      if (flaws.length > 0) return { valid: false, reasons: sortReasons(flaws) };
      if (revoked.length === 0) return { valid: true, path };
      this.#note(revoked);
    }
    return { valid: false, reasons: mostSpecific(this.#notes) };
  }

  /** The answer when the budget is used up. */
  giveUp({ message }: BudgetExceeded): PathVerdict {
    const known = mostSpecific(this.#notes).slice(0, MOST_REASONS - 1);
    return { valid: false, reasons: sortReasons([...known, reason('path/too-much-work', `gave up after ${message}`)]) };
  }

  /** Paths that are valid but for revocation. An end entity that is an anchor itself needs no other. */
  *#validPaths(target: Certificate, search: PathSearch, profile: Profile): Generator<readonly Certificate[]> {
    const isAnchor = this.#anchors.some(({ sha256 }) => sha256 === target.sha256);
    if (isAnchor && search.judge(target, 'anchor').length === 0) yield [target];
    for (const path of buildPaths(target, search)) {
      this.#budget.spend('paths');
      const reasons = [
        ...checkPath(path, this.#inputs, this.#signatures, this.#budget),
        ...(profile === 'webpki' ? checkWebPath(path) : []),
      ];
      if (reasons.length === 0) {
        yield path;
      } else {
        search.note(reasons);
        search.observer?.conclude(path, reasons);
      }
    }
  }

  #judge(certificate: Certificate, role: Role): readonly Reason[] {
    const key = `${role} ${certificate.sha256}`;
    const known = this.#judged.get(key);
    if (known !== undefined) return known;
    const context = {
      role,
      profile: this.#profile,
      purpose: this.#purpose,
      at: this.#at,
      toleratesForm: this.#toleratesForm,
    };
    const reasons = checkCertificate(certificate, context);
    // With enough to say already, one reason is enough to pass a certificate over.
    const noted = this.#notes.length < MOST_REASONS ? [...reasons].slice(0, MOST_REASONS) : firstOf(reasons);
    this.#judged.set(key, noted);
    return noted;
  }

  #note(reasons: readonly Reason[]): void {
    this.#notes = this.#notes.concat(reasons);
    if (this.#notes.length > 2 * MOST_REASONS) this.#notes = mostSpecific(this.#notes);
  }

  #readable(certificates: readonly (Certificate | Uint8Array)[]): readonly Certificate[] {
    const readable = new Map<string, Certificate>();
    for (const one of certificates) {
      try {
        const certificate = asCertificate(one);
        // A way that leads nowhere is gone once, however often it was handed over.
        if (!readable.has(certificate.sha256)) readable.set(certificate.sha256, certificate);
      } catch (error) {
        this.#note([reason('path/malformed-certificate', expectTrustError(error).message)]);
      }
    }
    return [...readable.values()];
  }

  #revocationContext(
    { crls = [], missingCrls = [], ocspResponses = [], revocation = 'crl-if-present' }: PathOptionsWithin,
    intermediates: readonly Certificate[],
  ): RevocationContext | null {
    if (oneOf(REVOCATION_MODES, revocation, 'revocation') === 'off') return null;
    const { readable, unreadable } = readCrls(crls);
    return revocationContext({
      crls: readable,
      unreadableCrls: [...unreadable, ...missingCrls],
      ocspResponses: ocspResponses.map(decodeOcspResponse).flatMap((one) => ('basic' in one ? one.basic : [])),
      profile: this.#profile,
      at: this.#at,
      mode: revocation === 'require-crl' ? 'require-crl' : 'crl-if-present',
      signerCandidates: [...this.#anchors, ...intermediates],
      findSignerPaths: (signer) => this.#signerPaths(signer),
      workingPublicKey,
      budget: this.#budget,
    });
  }

  /** Paths of one who signs CRLs: judged by RFC 5280 alone, for no purpose; why one fails concerns the CRL only. */
  *#signerPaths(signer: Certificate): Generator<readonly Certificate[]> {
    const context = { profile: 'rfc5280', purpose: 'any', at: this.#at, toleratesForm: this.#toleratesForm } as const;
    const judge = (certificate: Certificate, role: Role) =>
      firstOf(checkCertificate(certificate, { role, ...context }));
    if (judge(signer, 'end-entity').length > 0) return;
    const search = { ...this.#search, judge, note: () => undefined, observer: undefined };
    yield* this.#validPaths(signer, search, 'rfc5280');
  }
}

function readCrls(crls: readonly (CertificateRevocationList | Uint8Array)[]): {
  readonly readable: readonly CertificateRevocationList[];
  readonly unreadable: readonly string[];
} {
  const readable: CertificateRevocationList[] = [];
  const unreadable: string[] = [];
  for (const crl of crls) {
    try {
      readable.push(crl instanceof Uint8Array ? decodeCrl(crl) : crl);
    } catch (error) {
      unreadable.push(expectTrustError(error).message);
    }
  }
  return { readable, unreadable };
}

function mostSpecific(reasons: readonly Reason[]): readonly Reason[] {
  return sortReasons(reasons).slice(0, MOST_REASONS);
}

function firstOf(reasons: Iterable<Reason>): readonly Reason[] {
  for (const one of reasons) return [one];
  return [];
}

function pathInputs(options: PathOptionsWithin): PathInputs {
  const { maxIntermediates = Infinity, initialPolicies = [ANY_POLICY] } = options;
  if (!(maxIntermediates >= 0)) throw new TrustError('usage/bad-value', 'maxIntermediates is not a number from 0 up');
  return {
    maxIntermediates,
    initialPolicies,
    requireExplicitPolicy: options.requireExplicitPolicy ?? false,
    inhibitPolicyMapping: options.inhibitPolicyMapping ?? false,
    inhibitAnyPolicy: options.inhibitAnyPolicy ?? false,
    endEntityIssues: options.endEntityIssues ?? false,
  };
}

/** Callers without types are told what there is. */
function oneOf<T extends string>(allowed: readonly T[], value: T, option: string): T {
  if (allowed.includes(value)) return value;
  throw new TrustError('usage/bad-value', `${option} is none of ${allowed.join(', ')}`);
}

/** No name of another kind is ever compared, so that a misspelt one would count as a certificate for other names. */
function peerNamesOf({ peerNames = [] }: PathOptionsWithin): readonly PeerName[] {
  for (const { kind } of peerNames) oneOf(PEER_NAME_KINDS, kind, 'the kind of a peer name');
  return peerNames;
}

function wholeSeconds(at: Date): Date {
  const seconds = Math.floor(at.getTime() / 1000);
  if (Number.isNaN(seconds)) throw new TrustError('usage/bad-value', 'the date of validation is not a date');
  return new Date(seconds * 1000);
}
