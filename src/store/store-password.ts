/**
 * The password of a keystore changed, bytes in and bytes out.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { RandomSource } from './codec.js';
import { requireCodec } from './codecs.js';
import type { Keystore } from './keystore.js';
import { requireNewPassword } from './new-keystore.js';
import { noPassword, type Reprotected, type ReprotectOptions } from './reprotection.js';

/**
 * Refuses a keystore that has no password.
 *
 * @throws {TrustError} `keystore/no-password`
 */
export function requireStorePassword({ encryption, mac }: Pick<Keystore, 'encryption' | 'mac'>): void {
  if (encryption === null && mac === null) throw noPassword();
}

/** What changing a password needs besides the bytes. */
export interface StorePasswordOptions extends Omit<ReprotectOptions, 'random'> {
  /** Default: that of node:crypto. */
  readonly random?: RandomSource;
}

/**
 * Puts a keystore and every key in it under another password. Certificates, names, and what Java does not see stay what
 * they were; so do the algorithms and iteration counts of PKCS#12. Keys of JKS and JCEKS are protected as Java protects
 * new ones.
 *
 * @param bytes - the whole file
 * @throws {TrustError} as `decodeKeystore`; `keystore/password-refused` for a password that is too short or that Java does
 *   not take; `keystore/wrong-password` naming a key whose password is not given; `keystore/no-password`,
 *   `keystore/cannot-preserve`
 */
export function changeStorePassword(
  bytes: Uint8Array,
  { random = randomBytes, ...options }: StorePasswordOptions,
): Reprotected {
  const { type, keys } = requireCodec(bytes);
  if (keys === null) throw noPassword();
  requireNewPassword(options.newPassword, type);
  return keys.reprotect(bytes, { ...options, random });
}
