/**
 * Keys between the types of keystores: what one makes of a key, as what another makes of it.
 *
 * @module
 */
import { encodeHex } from '../encoding/hex.js';
import type { RandomSource } from './codec.js';
import { protectJceksKey, protectJksKey } from './java-key-protection.js';
import { encodeSecretKeySpec, readSerializedKey, type SecretKey, sealObject } from './java-secret-key.js';
import type { KeystoreEntry, KeystoreType, Pkcs12Compat } from './keystore.js';
import { encryptPrivateKey } from './pkcs12-new.js';
import { canonicalAlgorithm, encodeSecretKeyInfo, readSecretKeyInfo } from './pkcs12-secret-key.js';

/** A key as every type can hold it. */
export type PortableKey = {
  readonly alias: string;
  /** The same for the same key, whatever it was read from. */
  readonly text: string;
} & (
  | { readonly kind: 'private-key'; readonly pkcs8: Uint8Array }
  | { readonly kind: 'secret-key'; readonly secret: SecretKey }
);

/**
 * Reads a key as it was recovered.
 *
 * @param plain - what `recoverKeys` gave for the entry
 * @param type - of the keystore it was recovered from
 * @throws {TrustError} `keystore/cannot-preserve` for a secret key that is not known
 */
export function readPortableKey(
  plain: Uint8Array,
  { alias, kind }: Pick<KeystoreEntry, 'alias' | 'kind'>,
  type: KeystoreType,
): PortableKey {
  if (kind !== 'secret-key') return { alias, kind: 'private-key', pkcs8: plain, text: encodeHex(plain) };
  const secret = type === 'pkcs12' ? readSecretKeyInfo(plain, alias) : readSerializedKey(plain, alias);
  return { alias, kind, secret, text: `${canonicalAlgorithm(secret.algorithm)} ${encodeHex(secret.encoded)}` };
}

/** How a key is protected. */
export interface KeyProtection {
  readonly type: KeystoreType;
  /** Of a PKCS#12 file. */
  readonly compat: Pkcs12Compat;
  readonly password: string;
  readonly random: RandomSource;
}

/**
 * Protects a key as a type of keystore does.
 *
 * @returns what `NewKeystoreEntry` asks for
 * @throws {TrustError} `keystore/cannot-preserve` for a secret key whose algorithm has no name in PKCS#12;
 *   `keystore/password-refused`
 */
export function protectPortableKey(key: PortableKey, protection: KeyProtection): Uint8Array {
  const { type } = protection;
  if (key.kind === 'private-key') {
    if (type === 'pkcs12') return encryptPrivateKey(key.pkcs8, protection);
    return type === 'jceks' ? protectJceksKey(key.pkcs8, protection) : protectJksKey(key.pkcs8, protection);
  }
  if (type === 'pkcs12') return encryptPrivateKey(encodeSecretKeyInfo(key.secret, key.alias), protection);
  return sealObject(encodeSecretKeySpec(key.secret), protection);
}
