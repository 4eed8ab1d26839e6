/**
 * Verifying the signature on a certificate or a CRL with node:crypto.
 *
 * @module
 */
import { constants, verify } from 'node:crypto';
import {
  childrenOf,
  contextTag,
  type DerElement,
  decodeElement,
  expectTag,
  readCount,
  readOid,
  TAG,
} from '../encoding/der.js';
import type { Certificate } from './certificate.js';
import { keyObject } from './key-object.js';
import { HASHES, SIGNATURE_ALGORITHMS } from './oids.js';

/** What became of a signature: it verifies, it does not, or this runtime cannot check its algorithm or key. */
export type SignatureVerdict = 'valid' | 'invalid' | 'unsupported';

/** The one mask generation function there is (RFC 4055 2.2). */
const MGF1 = '1.2.840.113549.1.1.8';

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
  const known = SIGNATURE_ALGORITHMS.get(readOid(algorithm));
  if (known === undefined || known.hash === 'md2') return 'unsupported';
  try {
    const key = keyObject(signerSpki);
    // node:crypto goes by the key alone: an algorithm that names another kind of key would be verified all the same.
    if (!known.keys.includes(key.asymmetricKeyType ?? '')) return 'invalid';
    if (known.name !== 'rsassaPss') {
      if (!parametersFit(known.keys, parameters)) return 'invalid';
      return verify(known.hash, signed.tbs, key, signed.signature) ? 'valid' : 'invalid';
    }
    const { hash, maskHash, saltLength } = pssParameters(parameters);
    // node:crypto has no way to name a hash for the mask that differs.
    if (hash !== maskHash) return 'unsupported';
    const input = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
    return verify(hash, signed.tbs, input, signed.signature) ? 'valid' : 'invalid';
  } catch (error) {
    if (known.keys.some((type) => type.startsWith('ml-dsa'))) return 'unsupported';
    return (error as { code?: string }).code === 'ERR_OSSL_EVP_UNSUPPORTED' ? 'unsupported' : 'invalid';
  }
}

/** RSA has NULL, or nothing (RFC 3279 2.2.1, which some omit); all others nothing (RFC 5758 3, RFC 8410 3). */
function parametersFit(keys: readonly string[], parameters: DerElement | undefined): boolean {
  return parameters === undefined || (keys.includes('rsa') && parameters.tag === TAG.null);
}

/**
 * Whether the signature is over a hash that is no longer collision resistant (MD2, MD5, SHA-1).
 *
 * @throws {TrustError} `der/…` when the parameters are malformed
 */
export function usesOldHash(certificate: Certificate): boolean {
  const hash = signatureHash(certificate);
  return hash === 'md2' || hash === 'md5' || hash === 'sha1';
}

/**
 * The hash that the signature is over, also where RSASSA-PSS hides it in its parameters; null where the algorithm has none
 * of its own (EdDSA, ML-DSA) or is not known.
 *
 * @throws {TrustError} `der/…` when the parameters are malformed
 */
export function signatureHash({ signatureAlgorithmDer }: Pick<SignedData, 'signatureAlgorithmDer'>): string | null {
  const [algorithm, parameters] = childrenOf(decodeElement(signatureAlgorithmDer, TAG.sequence));
  const known = SIGNATURE_ALGORITHMS.get(readOid(algorithm));
  return known?.name === 'rsassaPss' ? pssParameters(parameters).hash : (known?.hash ?? null);
}

/**
 * RSASSA-PSS-params (RFC 4055 3.1), all fields optional: SHA-1, MGF1 with SHA-1, 20 and 1 are the defaults.
 *
 * @throws {TrustError} `der/…`
 */
function pssParameters(parameters: DerElement | undefined): { hash: string; maskHash: string; saltLength: number } {
  const fields = parameters === undefined ? [] : childrenOf(expectTag(parameters, TAG.sequence));
  const field = (number: number) => {
    const found = fields.find(({ tag }) => tag === contextTag(number));
    return found && childrenOf(found)[0];
  };
  const saltLength = field(2);
  if (field(3) !== undefined) readCount(field(3), 1);
  return {
    hash: hashNamed(field(0)),
    maskHash: maskHashNamed(field(1)),
    saltLength: saltLength === undefined ? 20 : readCount(saltLength, 4096),
  };
}

function maskHashNamed(algorithm: DerElement | undefined): string {
  if (algorithm === undefined) return 'sha1';
  const [oid, hash] = childrenOf(algorithm);
  return readOid(oid) === MGF1 ? hashNamed(hash) : 'unknown';
}

function hashNamed(algorithm: DerElement | undefined): string {
  return algorithm === undefined ? 'sha1' : (HASHES.get(readOid(childrenOf(algorithm)[0])) ?? 'unknown');
}
