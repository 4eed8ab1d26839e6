/**
 * Putting a keystore under another password: what it needs, and what it gives.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import type { RandomSource } from './codec.js';
import { type KeyPassword, type RecoveredKey, keyPassword as toKeyPassword } from './java-key-protection.js';
import type { DerivedKeys } from './pkcs12-kdf.js';

/** The passwords of a keystore as it is. */
export interface PresentPasswords {
  /** Of the keystore; null for none given. */
  readonly password: string | null;
  /** Of keys that have another one; null for none given. */
  readonly keyPassword: string | null;
  /** As for decoding. */
  readonly derivedKeys?: DerivedKeys | undefined;
}

/** Recovered keys by the number of their entry in `Keystore.entries`, which counts from 0. */
export type RecoveredKeys = ReadonlyMap<number, RecoveredKey>;

/** Whether a key is wanted, by the number of its entry. */
export type IsWanted = (index: number) => boolean;

/** What putting a keystore under another password needs besides its bytes. */
export interface ReprotectOptions extends PresentPasswords {
  /** Of the keystore and of every key. */
  readonly newPassword: string;
  readonly random: RandomSource;
}

/** A keystore under another password. */
export interface Reprotected {
  readonly bytes: Uint8Array;
  /** In the order of the file, also those that Java does not see. */
  readonly keys: readonly ReprotectedKey[];
}

/** A key that was encrypted anew. */
export interface ReprotectedKey {
  readonly alias: string;
  /** Whether its password was another than that of the keystore. */
  readonly hadOwnPassword: boolean;
  /** A PrivateKeyInfo, for a secret key what the format makes of one; to see that the new keystore has it. */
  readonly plain: Uint8Array;
}

/** The passwords that keys may have, in the order in which they are tried. */
export function passwordsOf({ password, keyPassword, derivedKeys }: PresentPasswords): readonly KeyPassword[] {
  const given = [...new Set([password, keyPassword])].filter((text) => text !== null);
  return given.map((text) => toKeyPassword(text, derivedKeys));
}

/** The error for a keystore without a password that could be changed. */
export function noPassword(): TrustError {
  return new TrustError(
    'keystore/no-password',
    'the keystore has no password: nothing in it is encrypted, and nothing protects its integrity',
    { hint: 'anchorctl keystore convert FILE NEW --type pkcs12 makes one that has a password' },
  );
}
