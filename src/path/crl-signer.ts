/**
 * Who may have signed a CRL (RFC 5280 6.3.3 (f)), and whether its signature verifies (6.3.3 (g), (h)).
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import type { CertificateRevocationList } from '../x509/crl.js';
import { comparableName } from '../x509/name.js';
import type { SignatureVerdict } from '../x509/signature.js';
import { type RevocationContext, type RevocationSubject, verifyOnce } from './revocation-context.js';

/** Paths tried for one signer outside the path: cross-certified CAs have two or three. */
const PATHS_OF_ONE_SIGNER = 4;

/** Somebody of the right name, with the path that leads to the anchor of the subject. */
export interface CrlSigner {
  readonly path: readonly Certificate[];
  /** Whether this is a certificate of the subject's own path, which is checked anyway. */
  readonly inPath: boolean;
}

/**
 * Those who may have signed a CRL: the certificates of the subject's path that bear the name of its issuer, then candidates
 * outside the path whose key fits the signature.
 *
 * @param direct - whether the subject's own issuer must have issued the CRL; then all CAs above the signer must bear
 *   names that stand above the subject too
 * @throws {BudgetExceeded}
 */
export function* crlSigners(
  crl: CertificateRevocationList,
  { path, pending }: RevocationSubject,
  direct: boolean,
  context: RevocationContext,
): Generator<CrlSigner> {
  const name = comparableName(crl.issuerName);
  const above = path.slice(1);
  // Who issued the subject may have named the subject itself for the CRL that covers it; in no other way does it vouch.
  const own = direct ? above : path;
  for (const [index, { subjectName }] of own.entries()) {
    if (comparableName(subjectName) === name) yield { path: own.slice(index), inPath: true };
  }
  const namesAbove = new Set(above.map(({ subjectName }) => comparableName(subjectName)));
  const tried = new Set([...pending, ...path.map(({ sha256 }) => sha256)]);
  for (const candidate of inOrderOfLikelihood(context.candidatesByName.get(name) ?? [], crl)) {
    if (tried.has(candidate.sha256)) continue;
    tried.add(candidate.sha256);
    if (verifyCrl(crl, candidate.subjectPublicKeyInfo, context) !== 'valid') continue;
    context.budget.spend('crlSigners');
    let count = 0;
    for (const found of context.findSignerPaths(candidate)) {
      if (++count > PATHS_OF_ONE_SIGNER) break;
      const vouchers = found.slice(1);
      const leadsToSameAnchor = found.at(-1)?.sha256 === path.at(-1)?.sha256;
      const isWaited = vouchers.some(({ sha256 }) => pending.has(sha256) || sha256 === path[0]?.sha256);
      const isFamily = vouchers.every(({ subjectName }) => namesAbove.has(comparableName(subjectName)));
      if (leadsToSameAnchor && !isWaited && (isFamily || !direct)) yield { path: found, inPath: false };
    }
  }
}

/** Verifies the signature of a CRL, once for each key. @throws {BudgetExceeded} */
export function verifyCrl(
  crl: CertificateRevocationList,
  signerSpki: Uint8Array,
  context: RevocationContext,
): SignatureVerdict {
  const { tbsCertList: tbs, signatureAlgorithmDer, signature } = crl;
  return verifyOnce(crl, { tbs, signatureAlgorithmDer, signature }, signerSpki, context);
}

/** Whether the key identifiers do not contradict: a hint, no proof (RFC 5280 4.2.1.1). */
export function mayBeSigner(
  { authorityKeyIdentifier }: Pick<CertificateRevocationList | Certificate, 'authorityKeyIdentifier'>,
  { subjectKeyIdentifier }: Certificate,
): boolean {
  return (
    authorityKeyIdentifier === null || subjectKeyIdentifier === null || authorityKeyIdentifier === subjectKeyIdentifier
  );
}

function inOrderOfLikelihood(
  candidates: readonly Certificate[],
  crl: CertificateRevocationList,
): readonly Certificate[] {
  const likely = candidates.filter((candidate) => mayBeSigner(crl, candidate));
  return [...likely, ...candidates.filter((candidate) => !likely.includes(candidate))];
}
