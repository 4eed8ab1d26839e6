/**
 * What the check of revocation is given (RFC 5280 6.3.1, 6.3.2): the CRLs, the instant, how strict it is to be, who else
 * may have signed a CRL, and how much work it may cost.
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import type { CertificateRevocationList } from '../x509/crl.js';
import { comparableName } from '../x509/name.js';
import type { SignatureVerdict } from '../x509/signature.js';

/**
 * How much must be known. `require-crl`: each certificate but the anchor needs valid CRLs that together cover every
 * reason. `crl-if-present`: a certificate that no given CRL is about passes; where one is about it, one must be usable.
 */
export type RevocationMode = 'crl-if-present' | 'require-crl';

/** How much work of each kind is left; counted down by the check, shared by all paths of one validation. */
export interface RevocationBudget {
  /** Signatures of CRLs verified. The same CRL with the same key counts once. */
  signatures: number;
  /** CRLs held against a certificate. */
  crls: number;
  /** Entries of CRLs compared with a serial number. */
  entries: number;
  /** CRL signers outside the path for which a path was asked. */
  signerPaths: number;
}

/** What `revocationContext` takes. */
export interface RevocationOptions {
  readonly crls: readonly CertificateRevocationList[];
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
  /** Default: `revocationBudget()`. */
  readonly budget?: RevocationBudget;
}

/** Everything that `checkRevocation` needs besides the path; made once for one validation. */
export interface RevocationContext extends Required<RevocationOptions> {
  /** The CRLs by the comparable name of their issuer, newest first. */
  readonly byIssuer: ReadonlyMap<string, readonly CertificateRevocationList[]>;
  /** Candidates by the comparable name of their subject. */
  readonly candidatesByName: ReadonlyMap<string, readonly Certificate[]>;
  /** What is known of signatures: by CRL, then by the key in hex. */
  readonly signatures: Map<CertificateRevocationList, Map<string, SignatureVerdict>>;
}

/**
 * The work allowed for one validation. Signatures: Go's verifier allows 100 for a path after CVE-2018-16875, and a path
 * of six certificates with a complete and a delta CRL for each needs 12. Entries: 100 look-ups in CRLs of
 * 100,000 entries, a tenth of a second.
 */
export function revocationBudget(): RevocationBudget {
  return { signatures: 100, crls: 10_000, entries: 10_000_000, signerPaths: 20 };
}

/** Takes from one kind of work; false when it is used up, which `checkRevocation` then says. */
export function spend(budget: RevocationBudget, kind: keyof RevocationBudget, amount = 1): boolean {
  budget[kind] -= amount;
  return budget[kind] >= 0;
}

/** Sorts what is given, once for all paths of a validation. */
export function revocationContext(options: RevocationOptions): RevocationContext {
  const newestFirst = [...options.crls].sort((a, b) => b.thisUpdate.getTime() - a.thisUpdate.getTime());
  return {
    signerCandidates: [],
    findSignerPaths: () => [],
    workingPublicKey: ([signer]) => (signer as Certificate).subjectPublicKeyInfo,
    budget: revocationBudget(),
    ...options,
    byIssuer: groupBy(newestFirst, (crl) => comparableName(crl.issuerName)),
    candidatesByName: groupBy(options.signerCandidates ?? [], (candidate) => comparableName(candidate.subjectName)),
    signatures: new Map(),
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
