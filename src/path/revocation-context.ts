/**
 * What the check of revocation is given (RFC 5280 6.3.1, 6.3.2): the CRLs and OCSP responses, the instant, how strict it is
 * to be, who else may have signed a CRL, and how much work it may cost.
 *
 * @module
 */
import { groupBy } from '../encoding/group-by.js';
import { encodeHex } from '../encoding/hex.js';
import type { Certificate } from '../x509/certificate.js';
import type { CertificateRevocationList } from '../x509/crl.js';
import type { CrlEntry } from '../x509/crl-entries.js';
import { comparableName } from '../x509/name.js';
import type { BasicOcspResponse, SingleOcspResponse } from '../x509/ocsp-response.js';
import { type SignatureVerdict, type SignedData, verifySignature } from '../x509/signature.js';
import type { Budget } from './budget.js';
import type { Profile } from './certificate-rule.js';

/**
 * How much must be known. `require-crl`: each certificate but the anchor needs valid CRLs that together cover every
 * reason, or an OCSP response that calls it good. `crl-if-present`: a certificate that no given CRL or response is about
 * passes; where one is about it, one must be usable.
 */
export type RevocationMode = 'crl-if-present' | 'require-crl';

/** A certificate whose status is asked for. */
export interface RevocationSubject {
  /** The certificate first, the anchor last. */
  readonly path: readonly Certificate[];
  /** SHA-256 of those whose status waits for this answer: they cannot vouch for it. */
  readonly pending: ReadonlySet<string>;
}

/** How deep the status of a signer may depend on statements of other signers. PKITS needs one step. */
export const SIGNERS_AT_MOST = 4;

/** What an OCSP responder says of one certificate, in the response where it says so. */
export interface OcspStatement {
  readonly response: BasicOcspResponse;
  readonly single: SingleOcspResponse;
}

/** What `revocationContext` takes. */
export interface RevocationOptions {
  readonly crls: readonly CertificateRevocationList[];
  /** What was wrong with CRLs that could not be read: nobody knows which certificates they are about. */
  readonly unreadableCrls?: readonly string[];
  /** Default: none. */
  readonly ocspResponses?: readonly BasicOcspResponse[];
  /** Which hashes and keys an OCSP responder may use. Default: `rfc5280`. */
  readonly profile?: Profile;
  readonly at: Date;
  readonly mode: RevocationMode;
  /** Certificates that are not in the path but may have signed a CRL; those with other names cost nothing. */
  readonly signerCandidates?: readonly Certificate[];
  /**
   * Valid paths of a CRL signer (the signer first, an anchor last), best first, without a look at revocation: that
   * is done here, as is the comparison of the anchor with that of the path checked. Only the first few are taken.
   */
  readonly findSignerPaths?: (signer: Certificate) => Iterable<readonly Certificate[]>;
  /**
   * The subjectPublicKeyInfo of the first certificate of a path, with the parameters that it inherits from those after
   * it (RFC 5280 6.1.4 (d)–(f)); default: as it stands in the certificate.
   */
  readonly workingPublicKey?: (path: readonly Certificate[]) => Uint8Array;
  /** Of the validation as a whole. */
  readonly budget: Budget;
}

/** Everything that `checkRevocation` needs besides the path; made once for one validation. */
export interface RevocationContext extends Required<RevocationOptions> {
  /** Complete CRLs by the comparable name of their issuer, newest first. */
  readonly completeCrls: ReadonlyMap<string, readonly CertificateRevocationList[]>;
  /** Delta CRLs likewise. */
  readonly deltaCrls: ReadonlyMap<string, readonly CertificateRevocationList[]>;
  /** Candidates by the comparable name of their subject. */
  readonly candidatesByName: ReadonlyMap<string, readonly Certificate[]>;
  /** What OCSP responders say, by serial number, newest first; of the same second the gravest first. */
  readonly ocspStatements: ReadonlyMap<string, readonly OcspStatement[]>;
  /** What is known of signatures: by CRL or OCSP response, then by the key in hex. */
  readonly signatures: Map<object, Map<string, SignatureVerdict>>;
  /** What was looked up: by CRL, then by the SHA-256 of the certificate. */
  readonly entries: Map<CertificateRevocationList, Map<string, CrlEntry | null>>;
}

/** Newest first: by thisUpdate, and of two of the same second by the CRL number, which only ever grows (5.2.3). */
function byAge(a: CertificateRevocationList, b: CertificateRevocationList): number {
  const elapsed = b.thisUpdate.getTime() - a.thisUpdate.getTime();
  const [numberA, numberB] = [a.crlNumber ?? 0n, b.crlNumber ?? 0n];
  if (elapsed !== 0 || numberA === numberB) return elapsed;
  return numberA < numberB ? 1 : -1;
}

const GRAVITY = { revoked: 0, unknown: 1, good: 2 } as const;

function byGravity({ single: a }: OcspStatement, { single: b }: OcspStatement): number {
  return b.thisUpdate.getTime() - a.thisUpdate.getTime() || GRAVITY[a.status.kind] - GRAVITY[b.status.kind];
}

/** Sorts what is given, once for all paths of a validation. */
export function revocationContext(options: RevocationOptions): RevocationContext {
  const newestFirst = [...options.crls].sort(byAge);
  const { ocspResponses = [] } = options;
  return {
    unreadableCrls: [],
    ocspResponses,
    profile: 'rfc5280',
    signerCandidates: [],
    findSignerPaths: () => [],
    workingPublicKey: ([signer]) => (signer as Certificate).subjectPublicKeyInfo,
    ...options,
    completeCrls: groupBy(
      newestFirst.filter(({ baseCrlNumber }) => baseCrlNumber === null),
      nameOfIssuer,
    ),
    deltaCrls: groupBy(
      newestFirst.filter(({ baseCrlNumber }) => baseCrlNumber !== null),
      nameOfIssuer,
    ),
    ocspStatements: groupBy(
      ocspResponses.flatMap((response) => response.responses.map((single) => ({ response, single }))).sort(byGravity),
      ({ single }) => single.certId.serialNumber,
    ),
    candidatesByName: groupBy(options.signerCandidates ?? [], (candidate) => comparableName(candidate.subjectName)),
    signatures: new Map(),
    entries: new Map(),
  };
}

/**
 * Verifies a signature, once for each key.
 *
 * @param owner - the CRL or OCSP response that is signed
 * @throws {BudgetExceeded}
 */
export function verifyOnce(
  owner: object,
  signed: SignedData,
  signerSpki: Uint8Array,
  { signatures, budget }: RevocationContext,
): SignatureVerdict {
  const key = encodeHex(signerSpki);
  const known = signatures.get(owner) ?? new Map<string, SignatureVerdict>();
  signatures.set(owner, known);
  const before = known.get(key);
  if (before !== undefined) return before;
  budget.spend('crlSignatures');
  const verdict = verifySignature(signed, signerSpki);
  known.set(key, verdict);
  return verdict;
}

function nameOfIssuer({ issuerName }: CertificateRevocationList): string {
  return comparableName(issuerName);
}
