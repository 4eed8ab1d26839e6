/**
 * Public keys as node:crypto wants them. Making one costs more than verifying a signature with it, so the latest are kept,
 * and RSA keys go in as JWK: OpenSSL 3 takes thirty times as long for their DER.
 *
 * @module
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { childrenOf, decodeElement, readOid, TAG } from '../encoding/der.js';
import { fingerprint } from './fingerprint.js';
import { decodePublicKey } from './public-key.js';

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';

/** How many keys are kept: those of all public roots, several times over. */
const KEPT = 1000;

const kept = new Map<string, KeyObject>();

/**
 * The key of a subjectPublicKeyInfo.
 *
 * @param spki - its DER
 * @throws whatever node:crypto throws for a key that it cannot use; {TrustError} `der/…` when it is malformed
 */
export function keyObject(spki: Uint8Array): KeyObject {
  const identity = fingerprint('sha256', spki);
  const known = kept.get(identity);
  if (known !== undefined) return known;
  const key = makeKeyObject(spki);
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value as string);
  kept.set(identity, key);
  return key;
}

function makeKeyObject(spki: Uint8Array): KeyObject {
  const [algorithm] = childrenOf(decodeElement(spki, TAG.sequence));
  const { modulus = 0n, exponent = 0n } = decodePublicKey(spki);
  if (
    algorithm === undefined ||
    readOid(childrenOf(algorithm)[0]) !== RSA_ENCRYPTION ||
    modulus <= 0n ||
    exponent <= 0n
  ) {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  }
  return createPublicKey({ key: { kty: 'RSA', n: base64Url(modulus), e: base64Url(exponent) }, format: 'jwk' });
}

function base64Url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}
