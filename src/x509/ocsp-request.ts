/**
 * OCSP requests (RFC 6960 4.1) for the status of one certificate, and what identifies a certificate in them.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { contextTag, encodeElement, encodeOid, NULL, TAG } from '../encoding/der.js';
import { decodeHex, encodeHex } from '../encoding/hex.js';
import type { Certificate } from './certificate.js';
import { encodeExtension } from './extensions.js';
import { HASHES, OCSP } from './oids.js';
import { subjectPublicKeyBits } from './public-key.js';

/** A CertID (RFC 6960 4.1.1), all of it in lower-case hex but the algorithm. */
export interface CertId {
  /** Dotted decimal. */
  readonly hashAlgorithm: string;
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  /** The content octets of the INTEGER, as in `Certificate.serialNumber`. */
  readonly serialNumber: string;
}

const SHA1 = '1.3.14.3.2.26';

/**
 * Encodes a request for the status of a certificate.
 *
 * Issuer and key are named by SHA-1: RFC 5019 2.1.1 allowed nothing else, and responders that make their answers beforehand
 * know a certificate by that alone. Nothing depends on the strength of it, since the serial number and the key of the signer
 * decide.
 *
 * @param issuer - the certificate that issued it: its key is named in the request
 * @param nonce - ties the answer to this request (RFC 9654 2.1 asks for 32 octets); without it any current answer serves
 * @returns DER
 */
export function encodeOcspRequest(certificate: Certificate, issuer: Certificate, nonce?: Uint8Array): Uint8Array {
  const { issuerNameHash, issuerKeyHash, serialNumber } = certIdOf(
    certificate,
    issuer.subjectPublicKeyInfo,
    SHA1,
    'sha1',
  );
  const certId = encodeElement(
    TAG.sequence,
    encodeElement(TAG.sequence, encodeOid(SHA1), NULL),
    encodeElement(TAG.octetString, fromHex(issuerNameHash)),
    encodeElement(TAG.octetString, fromHex(issuerKeyHash)),
    encodeElement(TAG.integer, fromHex(serialNumber)),
  );
  const requestList = encodeElement(TAG.sequence, encodeElement(TAG.sequence, certId));
  const extensions =
    nonce === undefined
      ? []
      : [encodeElement(contextTag(2), encodeElement(TAG.sequence, encodeExtension(nonceExtension(nonce))))];
  return encodeElement(TAG.sequence, encodeElement(TAG.sequence, requestList, ...extensions));
}

/**
 * Whether a CertID is that of a certificate, issued by the holder of a key.
 *
 * @param issuerSpki - DER of the issuer's subjectPublicKeyInfo
 * @returns false also for a hash that is not known here
 */
export function isCertIdOf(certId: CertId, certificate: Certificate, issuerSpki: Uint8Array): boolean {
  const hash = HASHES.get(certId.hashAlgorithm);
  if (hash === undefined || certId.serialNumber !== certificate.serialNumber) return false;
  const { issuerNameHash, issuerKeyHash } = certIdOf(certificate, issuerSpki, certId.hashAlgorithm, hash);
  return certId.issuerNameHash === issuerNameHash && certId.issuerKeyHash === issuerKeyHash;
}

/** The value that the nonce extension of an answer must have (RFC 9654 2.1: an OCTET STRING in the OCTET STRING). */
export function nonceExtension(nonce: Uint8Array): { oid: string; critical: boolean; value: Uint8Array } {
  return { oid: OCSP.nonce, critical: false, value: encodeElement(TAG.octetString, nonce) };
}

function certIdOf(certificate: Certificate, issuerSpki: Uint8Array, hashAlgorithm: string, hash: string): CertId {
  return {
    hashAlgorithm,
    // The issuer's name as this certificate writes it, and the key without tag, length and unused bits (4.1.1).
    issuerNameHash: createHash(hash).update(certificate.issuerName.der).digest('hex'),
    issuerKeyHash: keyHash(issuerSpki, hash),
    serialNumber: certificate.serialNumber,
  };
}

/** The hash of a key as OCSP names it: of the subjectPublicKey's bits. Lower-case hex. */
export function keyHash(spki: Uint8Array, hash = 'sha1'): string {
  return encodeHex(createHash(hash).update(subjectPublicKeyBits(spki)).digest());
}

function fromHex(hex: string): Uint8Array {
  return decodeHex(hex) ?? new Uint8Array();
}
