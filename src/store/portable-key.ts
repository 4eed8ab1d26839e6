/**
 * Keys between the types of keystores: what one makes of a key, as what another makes of it.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { codecOfType } from './codecs.js';
import { type KeyCodec, type KeyProtection, type PortableKey, portableKey } from './key-codec.js';
import type { KeystoreEntry, KeystoreType } from './keystore.js';

/**
 * Reads a key as it was recovered.
 *
 * @param plain - what `recoverKeys` gave for the entry
 * @param type - of the keystore it was recovered from
 * @throws {TrustError} `keystore/cannot-preserve` for a secret key that is not known
 */
export function readPortableKey(
  plain: Uint8Array,
  entry: Pick<KeystoreEntry, 'alias' | 'kind'>,
  type: KeystoreType,
): PortableKey {
  return portableKey(requireKeys(type), plain, entry);
}

/**
 * Protects a key as a type of keystore does.
 *
 * @returns what `NewKeystoreEntry` asks for
 * @throws {TrustError} as `KeyCodec.protect`; `keystore/refuses-entry` for a type that takes no keys
 */
export function protectPortableKey(key: PortableKey, type: KeystoreType, protection: KeyProtection): Uint8Array {
  return requireKeys(type).protect(key, protection);
}

function requireKeys(type: KeystoreType): KeyCodec {
  const { keys } = codecOfType(type);
  if (keys !== null) return keys;
  throw new TrustError('keystore/refuses-entry', `${type.toUpperCase()} takes no keys`, {
    hint: 'PKCS#12 and JCEKS hold keys of every kind',
  });
}
