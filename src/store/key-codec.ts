/**
 * How a format keeps keys, and the form in which a key goes from one format to another.
 *
 * @module
 */
import { encodeHex } from '../encoding/hex.js';
import type { RandomSource } from './codec.js';
import type { SecretKey } from './java-secret-key.js';
import type { KeystoreEntry, Pkcs12Compat } from './keystore.js';
import { canonicalAlgorithm } from './pkcs12-secret-key.js';
import type { IsWanted, PresentPasswords, RecoveredKeys, Reprotected, ReprotectOptions } from './reprotection.js';

/** A key as every type can hold it. */
export type PortableKey = {
  readonly alias: string;
  /** The same for the same key, whatever it was read from. */
  readonly text: string;
} & (
  | { readonly kind: 'private-key'; readonly pkcs8: Uint8Array }
  | { readonly kind: 'secret-key'; readonly secret: SecretKey }
);

/** How a key is protected. */
export interface KeyProtection {
  /** Of a PKCS#12 file; means nothing to other types. */
  readonly compat: Pkcs12Compat;
  readonly password: string;
  readonly random: RandomSource;
}

/** What a format that keeps keys offers besides the rest of its codec. */
export interface KeyCodec {
  /**
   * Recovers the keys of a keystore that decodes with the password: a PrivateKeyInfo each, for a secret key what the
   * format makes of one.
   *
   * @throws {TrustError} `keystore/wrong-password`, `keystore/unsupported`, with the alias of the first that cannot be
   *   recovered
   */
  readonly recover: (bytes: Uint8Array, present: PresentPasswords, isWanted: IsWanted) => RecoveredKeys;
  /**
   * Puts a keystore and every key in it under another password, and keeps everything else.
   *
   * @throws {TrustError} as `recover`; `keystore/no-password`, `keystore/cannot-preserve`
   */
  readonly reprotect: (bytes: Uint8Array, options: ReprotectOptions) => Reprotected;
  /**
   * Reads a secret key as `recover` gave it.
   *
   * @throws {TrustError} `keystore/cannot-preserve` for one that is not known
   */
  readonly readSecretKey: (plain: Uint8Array, alias: string) => SecretKey;
  /**
   * Protects a key, for an entry of a new keystore.
   *
   * @returns what `NewKeystoreEntry` asks for
   * @throws {TrustError} `keystore/cannot-preserve` for a secret key that the format cannot name,
   *   `keystore/password-refused`
   */
  readonly protect: (key: PortableKey, protection: KeyProtection) => Uint8Array;
}

/**
 * A key as it was recovered, in the form that goes from one type to another.
 *
 * @param plain - what `KeyCodec.recover` gave for the entry
 * @throws {TrustError} as `KeyCodec.readSecretKey`
 */
export function portableKey(
  { readSecretKey }: KeyCodec,
  plain: Uint8Array,
  { alias, kind }: Pick<KeystoreEntry, 'alias' | 'kind'>,
): PortableKey {
  if (kind !== 'secret-key') return { alias, kind: 'private-key', pkcs8: plain, text: encodeHex(plain) };
  const secret = readSecretKey(plain, alias);
  return { alias, kind, secret, text: `${canonicalAlgorithm(secret.algorithm)} ${encodeHex(secret.encoded)}` };
}
