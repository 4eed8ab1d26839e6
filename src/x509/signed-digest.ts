/**
 * What an RSASSA-PKCS1-v1_5 signature says was signed, without what was signed: the digest in it (RFC 8017 8.2.2 and 9.2).
 * Where the key and the signature are known to be right, data can be compared with it at the cost of a hash.
 *
 * @module
 */
import { constants, createPublicKey, hash, type KeyObject, publicDecrypt } from 'node:crypto';
import { childrenOf, decodeElement, readOid, TAG } from '../encoding/der.js';
import type { Certificate } from './certificate.js';
import { SIGNATURE_ALGORITHMS } from './oids.js';
import { subjectPublicKeyBits } from './public-key.js';

/** The hash that such a signature is made with, by its AlgorithmIdentifier; null for another kind of signature. */
export function hashOfPkcs1Signature({ signatureAlgorithmDer, publicKey }: Certificate): string | null {
  const algorithm = SIGNATURE_ALGORITHMS.get(
    readOid(childrenOf(decodeElement(signatureAlgorithmDer, TAG.sequence))[0]),
  );
  return publicKey.algorithm === 'RSA' && algorithm?.keys[0] === 'rsa' && algorithm.hash !== 'md2'
    ? algorithm.hash
    : null;
}

/** The RSA key of a subjectPublicKeyInfo; null where there is none that node:crypto takes. Never throws. */
export function rsaKeyOf(spki: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(subjectPublicKeyBits(spki)), format: 'der', type: 'pkcs1' });
  } catch {
    return null;
  }
}

/**
 * The digest in a signature.
 *
 * @param length - octets of a digest
 * @returns null when the signature was not made with that key, whatever was signed. Never throws
 */
export function signedDigest(key: KeyObject, signature: Uint8Array, length: number): Buffer | null {
  try {
    const digestInfo = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
    return digestInfo.length > length ? digestInfo.subarray(-length) : null;
  } catch {
    return null;
  }
}

/** The digest of data, to be compared with that of a signature. */
export function digestOf(algorithm: string, data: Uint8Array): Buffer {
  return hash(algorithm, data, 'buffer');
}
