/**
 * Whether a certificate may be added: is it fit, and is its trust established. Trust is decided, never assumed; there
 * are four ways to it (identity with a catalog root, an expected fingerprint, a valid path to an anchor that is trusted
 * already, the word of the operator) and none of them makes an unfit certificate fit.
 *
 * @module
 */
import { findRoot } from '../catalog/catalog.js';
import { asksForAction, type Finding, type FindingCode, hasErrors } from '../check/finding.js';
import { checkTrustAnchor } from '../check/rules.js';
import { TrustError } from '../errors.js';
import { findCaPath } from '../path/ca-path.js';
import type { Certificate } from '../x509/certificate.js';

/** What a user can allow although it makes a certificate unfit; each is an option of its own (`--allow-expired`). */
export const ALLOWANCES = ['not-a-ca', 'expired', 'bad-signature', 'weak-key', 'malformed', 'distrusted'] as const;

/** One of the allowances. */
export type Allowance = (typeof ALLOWANCES)[number];

/** Which allowance lifts which finding. */
const LIFTED_BY: Partial<Readonly<Record<FindingCode, Allowance>>> = {
  'anchor/not-a-ca': 'not-a-ca',
  'anchor/no-cert-sign': 'not-a-ca',
  'anchor/expired': 'expired',
  'anchor/not-yet-valid': 'expired',
  'anchor/never-valid': 'expired',
  'anchor/bad-signature': 'bad-signature',
  'anchor/weak-key': 'weak-key',
  'anchor/bad-key': 'weak-key',
  'anchor/algorithm-mismatch': 'malformed',
  'anchor/bad-version': 'malformed',
  'anchor/duplicate-extension': 'malformed',
  'anchor/no-name': 'malformed',
  'anchor/unreadable-in-java': 'malformed',
  'catalog/no-trust': 'distrusted',
  'catalog/misissuance': 'distrusted',
};

/** The allowance that lifts a finding, or undefined where nothing does. */
export function liftedBy(code: FindingCode): Allowance | undefined {
  return LIFTED_BY[code];
}

/** How trust was established. */
export type TrustedBy = 'catalog' | 'fingerprint' | 'path' | 'operator';

/** What was decided about one certificate. */
export interface TrustDecision {
  readonly certificate: Certificate;
  /**
   * A root is a self-issued CA; an intermediate CA goes into device chain blocks, and into a keystore only on request; an
   * end entity gets anywhere only where it is allowed.
   */
  readonly role: 'root' | 'intermediate' | 'end-entity';
  /** `unfit` beats `unknown`: no fingerprint makes an expired certificate valid. */
  readonly verdict: 'accepted' | 'unfit' | 'unknown';
  readonly trustedBy: TrustedBy | null;
  /** What the rules say but for information, allowed errors as warnings. */
  readonly findings: readonly Finding[];
}

/** What trust is decided by. */
export interface TrustOptions {
  readonly at: Date;
  /** SHA-256 digests the user expects. */
  readonly expected: ReadonlySet<string>;
  /** SHA-256 digests the user said yes to at a terminal. */
  readonly confirmed: ReadonlySet<string>;
  readonly allowed: ReadonlySet<Allowance>;
  /** Whether devices get the certificates too: they take CAs alone, whatever is allowed. */
  readonly forDevices?: boolean;
  /**
   * The trust anchors of each store the certificates go into; a path must exist in every one of them. Called only when
   * nothing else vouches for a certificate, because it decodes whole stores.
   */
  readonly anchorSets: () => readonly (readonly Certificate[])[];
  /**
   * What else each store holds by now, where a run is called again that put it there. It is trusted as before, and vouches for
   * nothing: what was decided then is decided again. Default: nothing.
   */
  readonly addedSets?: () => readonly (readonly Certificate[])[];
}

/**
 * Decides about every certificate of a call. An intermediate below a root that is accepted in the same call is vouched
 * for by it.
 *
 * @param certificates - without duplicates
 */
export function decideTrust(certificates: readonly Certificate[], options: TrustOptions): readonly TrustDecision[] {
  const intermediates = certificates.filter(({ selfIssued }) => !selfIssued);
  const stored = once(options.anchorSets);
  const addedSets = once(options.addedSets ?? (() => []));
  const decide = (certificate: Certificate, anchorSets: TrustOptions['anchorSets']) =>
    decideOne(certificate, trustedBy(certificate, { ...options, anchorSets, addedSets }, intermediates), options);
  const roots = certificates.filter(({ selfIssued }) => selfIssued).map((root) => decide(root, stored));
  const accepted = roots.filter(({ verdict }) => verdict === 'accepted').map(({ certificate }) => certificate);
  const withAccepted = () => {
    const sets = stored();
    return sets.length === 0 ? [accepted] : sets.map((set) => [...set, ...accepted]);
  };
  const decisions = [...roots, ...intermediates.map((intermediate) => decide(intermediate, withAccepted))];
  const byCertificate = new Map(decisions.map((decision) => [decision.certificate, decision]));
  return certificates.map((certificate) => byCertificate.get(certificate) as TrustDecision);
}

/** Whole stores are decoded for it, and not before somebody asks. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * The refusal of a call in which nothing goes into a keystore: one that does nothing must not look as if it had done
 * something.
 */
export function onlyIntermediates(accepted: readonly TrustDecision[]): TrustError {
  const subjects = accepted.map(({ certificate }) => certificate.subject).join('; ');
  return new TrustError('trust/unfit', `nothing but intermediate CAs was given: ${subjects}`, {
    hint: '--intermediates puts them into keystores; else name the root they lead to',
  });
}

/** What a certificate is here, by its own words; nothing is verified. */
export function roleOf({ ca, selfIssued }: Certificate): TrustDecision['role'] {
  if (!ca) return 'end-entity';
  return selfIssued ? 'root' : 'intermediate';
}

/** Information for who installs a root, too: it is trusted on the word of whoever renewed the catalog. */
const SITE_CATALOG: FindingCode = 'catalog/of-this-site';

function decideOne(certificate: Certificate, trusted: TrustedBy | null, options: TrustOptions): TrustDecision {
  const role = roleOf(certificate);
  const findings = checkTrustAnchor(certificate, { at: options.at })
    .filter((finding) => asksForAction(finding) || finding.code === SITE_CATALOG)
    .filter(({ code }) => role === 'root' || code !== 'anchor/not-self-signed')
    .map((finding) => allow(finding, options));
  const unfit = findings.some(({ severity }) => severity === 'error');
  return {
    certificate,
    role,
    verdict: unfit ? 'unfit' : trusted === null ? 'unknown' : 'accepted',
    trustedBy: trusted,
    findings,
  };
}

function trustedBy(
  certificate: Certificate,
  options: TrustOptions,
  intermediates: readonly Certificate[],
): TrustedBy | null {
  if (findRoot(certificate.sha256) !== null) return 'catalog';
  if (options.expected.has(certificate.sha256)) return 'fingerprint';
  if (options.confirmed.has(certificate.sha256)) return 'operator';
  const sets = options.anchorSets();
  const added = options.addedSets?.() ?? [];
  const isTrusted = (set: readonly Certificate[], index: number) =>
    isAmong(certificate, added[index] ?? []) || isVouchedFor(certificate, set, intermediates, options);
  return sets.length > 0 && sets.every(isTrusted) ? 'path' : null;
}

function isAmong({ sha256 }: Certificate, certificates: readonly Certificate[]): boolean {
  return certificates.some((one) => one.sha256 === sha256);
}

/**
 * Whether one store has the certificate, or an anchor from which a path leads to it. Whatever stands in that path must be
 * fit itself: an anchor that could not be added today vouches for nothing.
 */
function isVouchedFor(
  certificate: Certificate,
  anchors: readonly Certificate[],
  intermediates: readonly Certificate[],
  options: TrustOptions,
): boolean {
  const { at } = options;
  if (isAmong(certificate, anchors)) return true;
  const path = findCaPath(certificate, { trustAnchors: anchors, intermediates, at }) ?? [];
  const isFit = (one: Certificate) =>
    !hasErrors(checkTrustAnchor(one, { at }).map((finding) => allow(finding, options)));
  return path.length > 0 && path.slice(1).every(isFit);
}

function allow(finding: Finding, { allowed, forDevices = false }: TrustOptions): Finding {
  const lifted = liftedBy(finding.code);
  if (finding.severity !== 'error' || lifted === undefined) return finding;
  if (allowed.has(lifted)) return { ...finding, severity: 'warning', hint: `accepted because of --allow-${lifted}` };
  return forDevices && finding.code === 'anchor/not-a-ca'
    ? finding
    : { ...finding, hint: `${finding.hint ?? ''}; --allow-${lifted} accepts it all the same`.replace(/^; /, '') };
}
