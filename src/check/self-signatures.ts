/**
 * Whether certificates verify with their own keys, which rules about trust anchors ask: one at a time, or many at once.
 *
 * @module
 */
import { asCertificate, type Certificate } from '../x509/certificate.js';
import {
  type SignatureVerdict,
  verifyCertificateSignature,
  verifyCertificateSignatureInPool,
} from '../x509/signature.js';

/** What is known of self-signatures, by the SHA-256 of the certificate: as `verifySelfSignature` says it. */
export type SelfSignatures = ReadonlyMap<string, SignatureVerdict | null>;

/** How many signatures wait for a thread at most: enough to keep every thread busy, few enough to be held in memory. */
const WAITING_AT_MOST = 32;

/**
 * Verifies the signature on a certificate with its own key.
 *
 * @returns null where another key signed it: the names differ, or the key identifiers say that it was an older key of the
 *   same CA (RFC 4210 4.4) and its own does not verify it
 */
export function verifySelfSignature(certificate: Certificate): SignatureVerdict | null {
  if (!certificate.selfIssued) return null;
  return unlessByOlderKey(certificate, verifyCertificateSignature(certificate, certificate.subjectPublicKeyInfo));
}

/**
 * Does so for many certificates at once, on all processors. `checkTrustAnchor` takes the answer.
 *
 * @param certificates - decoded, or DER
 * @throws {TrustError} `certificate/malformed`
 */
export async function verifySelfSignatures(
  certificates: readonly (Certificate | Uint8Array)[],
): Promise<SelfSignatures> {
  const decoded = certificates.map(asCertificate);
  const selfSignatures = new Map<string, SignatureVerdict | null>(decoded.map(({ sha256 }) => [sha256, null]));
  const remaining = slowestFirst(decoded.filter(({ selfIssued }) => selfIssued)).values();
  const verifyRemaining = async () => {
    for (const certificate of remaining) {
      const verdict = await verifyCertificateSignatureInPool(certificate, certificate.subjectPublicKeyInfo);
      selfSignatures.set(certificate.sha256, unlessByOlderKey(certificate, verdict));
    }
  };
  await Promise.all(Array.from({ length: WAITING_AT_MOST }, verifyRemaining));
  return selfSignatures;
}

function unlessByOlderKey(
  { authorityKeyIdentifier, subjectKeyIdentifier }: Certificate,
  verdict: SignatureVerdict,
): SignatureVerdict | null {
  const isRollover =
    authorityKeyIdentifier !== null && subjectKeyIdentifier !== null && authorityKeyIdentifier !== subjectKeyIdentifier;
  return isRollover && verdict !== 'valid' ? null : verdict;
}

/** The slow ones keep the threads busy while the keys of the quick ones are made. */
function slowestFirst(certificates: readonly Certificate[]): readonly Certificate[] {
  return [...certificates.filter(isSlow), ...certificates.filter((certificate) => !isSlow(certificate))];
}

/** OpenSSL has fast arithmetic for P-256 alone; a signature on P-384 takes as long as ten by RSA with 4096 bits. */
function isSlow({ publicKey: { algorithm, curve } }: Certificate): boolean {
  return algorithm === 'EC' && curve !== 'P-256';
}
