/**
 * The certification path of a CA certificate to a trust anchor (RFC 5280 6.1), for one question: may this CA be
 * installed because something trusted already vouches for it?
 *
 * The answer errs on the side of no. A certificate on the way with a critical extension other than basicConstraints and
 * keyUsage, with name or policy constraints, or with an old signature hash vouches for nobody here.
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import { sameName } from '../x509/name.js';
import { EXTENSION } from '../x509/oids.js';
import { usesOldHash, verifyCertificateSignature } from '../x509/signature.js';
import type { TrustAnchor } from './trust-anchor.js';

/** The longest path tried: real ones have at most four CAs, and each step multiplies the work. */
const MAX_LENGTH = 6;
/** Signature checks for one question; Go's verifier allows 100 after CVE-2018-16875. */
const SIGNATURE_BUDGET = 100;

/** Extensions that may be critical, because they are checked here. */
const UNDERSTOOD: ReadonlySet<string> = new Set([EXTENSION.basicConstraints, EXTENSION.keyUsage]);
/** Extensions that limit what is below, critical or not. */
const LIMITING: ReadonlySet<string> = new Set([
  EXTENSION.nameConstraints,
  EXTENSION.policyConstraints,
  EXTENSION.policyMappings,
  EXTENSION.inhibitAnyPolicy,
]);

/** What a path is looked for with. */
export interface CaPathOptions {
  readonly trustAnchors: readonly TrustAnchor[];
  /** Other CA certificates that may stand between. */
  readonly intermediates: readonly Certificate[];
  readonly at: Date;
}

/**
 * Finds a valid path from a CA certificate to an anchor.
 *
 * @returns the certificates, the one asked about first and the anchor last, or null when there is none
 */
export function findCaPath(certificate: Certificate, options: CaPathOptions): readonly Certificate[] | null {
  return extend([certificate], options, { signatures: SIGNATURE_BUDGET });
}

function extend(
  path: readonly Certificate[],
  options: CaPathOptions,
  budget: { signatures: number },
): readonly Certificate[] | null {
  const lowest = path.at(-1) as Certificate;
  if (path.length > MAX_LENGTH || !mayStandInPath(lowest, options.at)) return null;
  const anchors = options.trustAnchors.map((anchor) => anchor.certificate);
  for (const issuer of [...anchors, ...options.intermediates]) {
    if (path.some(({ sha256 }) => sha256 === issuer.sha256) || !couldIssue(issuer, lowest, path)) continue;
    if (budget.signatures-- <= 0) return null;
    if (verifyCertificateSignature(lowest, issuer.subjectPublicKeyInfo) !== 'valid') continue;
    if (anchors.includes(issuer)) return hasNoLimits(issuer) ? [...path, issuer] : null;
    const whole = extend([...path, issuer], options, budget);
    if (whole !== null) return whole;
  }
  return null;
}

/** RFC 5280 6.1.3 (a) and 6.1.4 (k)–(o), and the limits in the head of this file. */
function mayStandInPath(certificate: Certificate, at: Date): boolean {
  return (
    certificate.version === 3 &&
    certificate.basicConstraints?.ca === true &&
    certificate.keyUsage?.has('keyCertSign') !== false &&
    certificate.notBefore <= at &&
    at <= certificate.notAfter &&
    !usesOldHash(certificate) &&
    Buffer.compare(certificate.signatureAlgorithmDer, certificate.tbsSignatureAlgorithmDer) === 0 &&
    new Set(certificate.extensions.map(({ oid }) => oid)).size === certificate.extensions.length &&
    certificate.extensions.every(({ oid, critical }) => !critical || UNDERSTOOD.has(oid)) &&
    hasNoLimits(certificate)
  );
}

function hasNoLimits(certificate: Certificate): boolean {
  return certificate.extensions.every(({ oid }) => !LIMITING.has(oid));
}

/**
 * Names chain, key identifiers do not contradict, and the issuer's path length allows what is below. The certificate asked
 * about counts as an intermediate, because it is a CA that is to issue.
 */
function couldIssue(issuer: Certificate, certificate: Certificate, path: readonly Certificate[]): boolean {
  const { authorityKeyIdentifier } = certificate;
  const { subjectKeyIdentifier } = issuer;
  const pathLength = issuer.basicConstraints?.pathLength ?? null;
  return (
    sameName(certificate.issuerName, issuer.subjectName) &&
    (authorityKeyIdentifier === null ||
      subjectKeyIdentifier === null ||
      authorityKeyIdentifier === subjectKeyIdentifier) &&
    (pathLength === null || path.filter(({ selfIssued }) => !selfIssued).length <= pathLength)
  );
}
