/**
 * Verifying the signature on a certificate or a CRL with node:crypto.
 *
 * @module
 */
import { constants, type KeyObject, type VerifyKeyObjectInput, verify } from 'node:crypto';
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
import { expectTrustError, TrustError } from '../errors.js';
import type { Certificate } from './certificate.js';
import { keyObject } from './key-object.js';
import { HASHES, SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from './oids.js';

/** What became of a signature: it verifies, it does not, or this runtime cannot check its algorithm or key. */
export type SignatureVerdict = 'valid' | 'invalid' | 'unsupported';

/** The one mask generation function there is (RFC 4055 2.2). */
const MGF1 = '1.2.840.113549.1.1.8';

/** A hash or a mask in the parameters of RSASSA-PSS that is not in our list. */
const UNKNOWN_HASH = 'unknown';

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
  return verifySignature(signedDataOf(certificate), issuerSpki);
}

/**
 * The same in Node's thread pool, for many signatures at once: when it returns, the key is made and the arithmetic waits for
 * a thread. Never rejects.
 *
 * @param issuerSpki - DER of the issuer's subjectPublicKeyInfo
 */
export async function verifyCertificateSignatureInPool(
  certificate: Certificate,
  issuerSpki: Uint8Array,
): Promise<SignatureVerdict> {
  const signed = signedDataOf(certificate);
  const question = questionOf(signed, issuerSpki);
  if (typeof question === 'string') return question;
  const { hash, key, algorithm } = question;
  return new Promise((resolve) => {
    const settle = (error: unknown, fits: boolean) =>
      resolve(error === null ? verdictOf(fits) : verdictAfter(error, algorithm));
    try {
      verify(hash, signed.tbs, key, signed.signature, settle);
    } catch (error) {
      settle(error, false);
    }
  });
}

/**
 * Verifies a signature on anything that is signed as a certificate is. Never throws, as `verifyCertificateSignature`.
 *
 * @param signerSpki - DER of the signer's subjectPublicKeyInfo
 */
export function verifySignature(signed: SignedData, signerSpki: Uint8Array): SignatureVerdict {
  const question = questionOf(signed, signerSpki);
  if (typeof question === 'string') return question;
  try {
    return verdictOf(verify(question.hash, signed.tbs, question.key, signed.signature));
  } catch (error) {
    return verdictAfter(error, question.algorithm);
  }
}

function signedDataOf({ tbsCertificate: tbs, signatureAlgorithmDer, signature }: Certificate): SignedData {
  return { tbs, signatureAlgorithmDer, signature };
}

/** What node:crypto is asked. */
interface Question {
  readonly algorithm: SignatureAlgorithm;
  readonly hash: string | null;
  readonly key: KeyObject | VerifyKeyObjectInput;
}

/** The verdict itself where the algorithm and the key say enough. */
function questionOf({ signatureAlgorithmDer }: SignedData, signerSpki: Uint8Array): Question | SignatureVerdict {
  const [identifier, parameters, surplus] = childrenOf(decodeElement(signatureAlgorithmDer, TAG.sequence));
  const algorithm = SIGNATURE_ALGORITHMS.get(readOid(identifier));
  if (algorithm === undefined || algorithm.hash === 'md2') return 'unsupported';
  if (surplus !== undefined) return 'invalid';
  try {
    const key = keyObject(signerSpki);
    // node:crypto goes by the key alone: an algorithm that names another kind of key would be verified all the same.
    if (!algorithm.keys.includes(key.asymmetricKeyType ?? '')) return 'invalid';
    if (algorithm.name !== 'rsassaPss') {
      return parametersFit(parameters) ? { algorithm, hash: algorithm.hash, key } : 'invalid';
    }
    const { hash, maskHash, saltLength } = pssParameters(parameters);
    // node:crypto has no way to name a hash for the mask that differs.
    if (hash !== maskHash || hash === UNKNOWN_HASH) return 'unsupported';
    return { algorithm, hash, key: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } };
  } catch (error) {
    return verdictAfter(error, algorithm);
  }
}

function verdictOf(fits: boolean): SignatureVerdict {
  return fits ? 'valid' : 'invalid';
}

function verdictAfter(error: unknown, { keys }: SignatureAlgorithm): SignatureVerdict {
  if (keys.some((type) => type.startsWith('ml-dsa'))) return 'unsupported';
  return (error as { code?: string }).code === 'ERR_OSSL_EVP_UNSUPPORTED' ? 'unsupported' : 'invalid';
}

/** RSA has NULL (RFC 3279 2.2.1), which some omit; all others have nothing (RFC 5758 3, RFC 8410 3), for which some write NULL. */
function parametersFit(parameters: DerElement | undefined): boolean {
  return parameters === undefined || parameters.tag === TAG.null;
}

/** Whether the algorithm of a signature has parameters though it is one that must have none (RFC 5758 3, RFC 8410 3). */
export function hasNeedlessParameters({ signatureAlgorithmDer }: Pick<SignedData, 'signatureAlgorithmDer'>): boolean {
  const [identifier, parameters] = childrenOf(decodeElement(signatureAlgorithmDer, TAG.sequence));
  return parameters !== undefined && SIGNATURE_ALGORITHMS.get(readOid(identifier))?.keys.includes('rsa') === false;
}

/** Whether the signature is over a hash that is no longer collision resistant (MD2, MD5, SHA-1). Never throws. */
export function usesOldHash(certificate: Certificate): boolean {
  const hash = signatureHash(certificate);
  return hash === 'md2' || hash === 'md5' || hash === 'sha1';
}

/**
 * The hash that the signature is over, also where RSASSA-PSS hides it in its parameters; null where the algorithm has none
 * of its own (EdDSA, ML-DSA) or is not known, and where the parameters cannot be read: such a signature does not verify.
 * Never throws.
 */
export function signatureHash({ signatureAlgorithmDer }: Pick<SignedData, 'signatureAlgorithmDer'>): string | null {
  const [algorithm, parameters] = childrenOf(decodeElement(signatureAlgorithmDer, TAG.sequence));
  const known = SIGNATURE_ALGORITHMS.get(readOid(algorithm));
  if (known?.name !== 'rsassaPss') return known?.hash ?? null;
  try {
    return pssParameters(parameters).hash;
  } catch (error) {
    expectTrustError(error);
    return null;
  }
}

/**
 * RSASSA-PSS-params (RFC 4055 3.1), all fields optional: SHA-1, MGF1 with SHA-1, 20 and 1 are the defaults. Parameters that
 * are absent altogether are for keys, not for signatures.
 *
 * @throws {TrustError} `der/…`
 */
function pssParameters(parameters: DerElement | undefined): { hash: string; maskHash: string; saltLength: number } {
  const fields = childrenOf(expectTag(parameters, TAG.sequence));
  const field = (number: number) => {
    const found = fields[0]?.tag === contextTag(number) ? fields.shift() : undefined;
    return found && childrenOf(found)[0];
  };
  const [hash, mask, saltLength, trailer] = [field(0), field(1), field(2), field(3)];
  if (fields.length > 0 || (trailer !== undefined && readCount(trailer, 1) !== 1)) {
    throw new TrustError('der/bad-value', 'the parameters of RSASSA-PSS are none that there are');
  }
  return {
    hash: hashNamed(hash),
    maskHash: maskHashNamed(mask),
    saltLength: saltLength === undefined ? 20 : readCount(saltLength, 4096),
  };
}

function maskHashNamed(algorithm: DerElement | undefined): string {
  if (algorithm === undefined) return 'sha1';
  const [oid, hash] = childrenOf(algorithm);
  return readOid(oid) === MGF1 ? hashNamed(hash) : UNKNOWN_HASH;
}

function hashNamed(algorithm: DerElement | undefined): string {
  return algorithm === undefined ? 'sha1' : (HASHES.get(readOid(childrenOf(algorithm)[0])) ?? UNKNOWN_HASH);
}
