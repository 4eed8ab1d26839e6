/**
 * Verifying the signature on a certificate or a CRL with node:crypto.
 *
 * @module
 */
import { constants, createPublicKey, type VerifyKeyObjectInput, verify } from 'node:crypto';
import { childrenOf, contextTag, decodeElement, readCount, type readElement, readOid, TAG } from '../encoding/der.js';
import type { Certificate } from './certificate.js';
import { SIGNATURE_ALGORITHMS } from './oids.js';

/** What became of a signature: it verifies, it does not, or this runtime cannot check its algorithm or key. */
export type SignatureVerdict = 'valid' | 'invalid' | 'unsupported';

/** Hashes by OID, as RSASSA-PSS parameters name them (RFC 4055). */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/** What a signature covers, how it was made, and the signature: a certificate's or a CRL's (RFC 5280 4.1, 5.1). */
export interface SignedData {
  /** The DER that is signed. */
  readonly tbs: Uint8Array;
  /** The DER of the AlgorithmIdentifier. */
  readonly signatureAlgorithmDer: Uint8Array;
  /** The octets of the signature. */
  readonly signature: Uint8Array;
}

/**
 * Verifies the signature on a certificate with the key of another (or its own). Never throws: a key or a signature that
 * cannot be understood does not verify.
 *
 * @param issuerSpki - DER of the issuer's subjectPublicKeyInfo
 */
export function verifyCertificateSignature(certificate: Certificate, issuerSpki: Uint8Array): SignatureVerdict {
  const { tbsCertificate: tbs, signatureAlgorithmDer, signature } = certificate;
  return verifySignature({ tbs, signatureAlgorithmDer, signature }, issuerSpki);
}

/**
 * Verifies a signature on anything that is signed as a certificate is. Never throws, as `verifyCertificateSignature`.
 *
 * @param signerSpki - DER of the signer's subjectPublicKeyInfo
 */
export function verifySignature(signed: SignedData, signerSpki: Uint8Array): SignatureVerdict {
  const [algorithm, parameters] = childrenOf(decodeElement(signed.signatureAlgorithmDer, TAG.sequence));
  const oid = readOid(algorithm);
  const known = SIGNATURE_ALGORITHMS.get(oid);
  if (known === undefined || known.hash === 'md2') return 'unsupported';
  try {
    const key = createPublicKey({ key: Buffer.from(signerSpki), format: 'der', type: 'spki' });
    const pss = known.name === 'rsassaPss' ? pssParameters(parameters && childrenOf(parameters)) : null;
    const input: VerifyKeyObjectInput =
      pss === null ? { key } : { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: pss.saltLength };
    return verify(pss?.hash ?? known.hash, signed.tbs, input, signed.signature) ? 'valid' : 'invalid';
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_OSSL_EVP_UNSUPPORTED' ? 'unsupported' : 'invalid';
  }
}

/**
 * Whether the signature is over a hash that is no longer collision resistant (MD2, MD5, SHA-1), also where RSASSA-PSS
 * hides it in its parameters.
 *
 * @throws {TrustError} `der/…` when the parameters are malformed
 */
export function usesOldHash(certificate: Certificate): boolean {
  const [algorithm, parameters] = childrenOf(decodeElement(certificate.signatureAlgorithmDer, TAG.sequence));
  const known = SIGNATURE_ALGORITHMS.get(readOid(algorithm));
  const hash = known?.name === 'rsassaPss' ? pssParameters(parameters && childrenOf(parameters)).hash : known?.hash;
  return hash === 'md2' || hash === 'md5' || hash === 'sha1';
}

/** RSASSA-PSS-params (RFC 4055 3.1), all fields optional with SHA-1 and 20 as defaults. */
function pssParameters(fields: readonly ReturnType<typeof readElement>[] = []): { hash: string; saltLength: number } {
  const field = (number: number) => {
    const found = fields.find(({ tag }) => tag === contextTag(number));
    return found && childrenOf(found)[0];
  };
  const hash = field(0);
  const saltLength = field(2);
  return {
    hash: hash === undefined ? 'sha1' : (HASHES.get(readOid(childrenOf(hash)[0])) ?? 'unknown'),
    saltLength: saltLength === undefined ? 20 : readCount(saltLength, 4096),
  };
}
