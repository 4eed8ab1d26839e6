/**
 * The keys in a keystore, recovered.
 *
 * @module
 */
import { requireCodec } from './codecs.js';
import type { IsWanted, PresentPasswords, RecoveredKeys } from './reprotection.js';

/**
 * Recovers the keys of a keystore: a PrivateKeyInfo each, for a secret key what the format makes of one.
 *
 * @param bytes - a keystore that its codec decodes with this password
 * @param isWanted - by the number of an entry; default: every one
 * @throws {TrustError} as `KeyCodec.recover`
 */
export function recoverKeys(
  bytes: Uint8Array,
  present: PresentPasswords,
  isWanted: IsWanted = () => true,
): RecoveredKeys {
  return requireCodec(bytes).keys?.recover(bytes, present, isWanted) ?? new Map();
}
