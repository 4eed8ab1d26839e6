/**
 * Public keys as node:crypto wants them. Making one can cost more than verifying a signature with it, so the latest are kept,
 * and each kind goes in by the cheapest door of OpenSSL 3: RSA as the RSAPublicKey of PKCS#1, which takes a twentieth of the
 * time of a subjectPublicKeyInfo, P-256 as JWK, which takes half. For larger curves JWK takes four times as long, because it
 * has the point multiplied by the order of the curve, which proves nothing on curves of cofactor 1.
 *
 * @module
 */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { childrenOf, decodeElement, readOid, TAG } from '../encoding/der.js';
import { fingerprint } from './fingerprint.js';
import { decodePublicKey, subjectPublicKeyBits } from './public-key.js';

/** The first octet of a point whose two coordinates follow (SEC 1 2.3.3). */
const UNCOMPRESSED = 4;

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

/** Whether node:crypto can use a key. It refuses an EC key that is no point on its curve, and curves that it was built without. */
export function isUsableKey(spki: Uint8Array): boolean {
  try {
    keyObject(spki);
    return true;
  } catch {
    return false;
  }
}

function makeKeyObject(spki: Uint8Array): KeyObject {
  const rsa = rsaPublicKey(spki);
  if (rsa !== null) return createPublicKey({ key: Buffer.from(rsa), format: 'der', type: 'pkcs1' });
  const jwk = p256Jwk(spki);
  return jwk === null
    ? createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    : createPublicKey({ key: jwk, format: 'jwk' });
}

/** DER of the RSAPublicKey (RFC 8017 A.1.1); null for another kind of key, and for one that is restricted to RSASSA-PSS. */
function rsaPublicKey(spki: Uint8Array): Uint8Array | null {
  const [algorithm] = childrenOf(decodeElement(spki, TAG.sequence));
  const isRsa = algorithm !== undefined && readOid(childrenOf(algorithm)[0]) === RSA_ENCRYPTION;
  // OpenSSL passes over what follows the RSAPublicKey; decoding does not.
  return isRsa && decodePublicKey(spki).algorithm === 'RSA' ? subjectPublicKeyBits(spki) : null;
}

/** Null for another curve, and for a point that is compressed. */
function p256Jwk(spki: Uint8Array): JsonWebKey | null {
  if (decodePublicKey(spki).curve !== 'P-256') return null;
  const point = subjectPublicKeyBits(spki);
  if (point.length !== 65 || point[0] !== UNCOMPRESSED) return null;
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => Buffer.from(part).toString('base64url'));
  return x === undefined || y === undefined ? null : { kty: 'EC', crv: 'P-256', x, y };
}
