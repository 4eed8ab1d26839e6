/**
 * The password of a keystore changed, bytes in and bytes out.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { RandomSource } from './codec.js';
import { requireCodec } from './codecs.js';
import { reprotectJavaKeystore } from './java-keystore-keys.js';
import { JCEKS_FORMAT } from './jceks.js';
import { JKS_FORMAT } from './jks.js';
import type { Keystore, KeystoreType } from './keystore.js';
import { requireNewPassword } from './new-keystore.js';
import { reprotectPkcs12 } from './pkcs12-reprotect.js';
import { noPassword, type Reprotected, type ReprotectOptions } from './reprotection.js';

const REPROTECT: Readonly<Record<KeystoreType, (bytes: Uint8Array, options: ReprotectOptions) => Reprotected>> = {
  jks: (bytes, options) => reprotectJavaKeystore(bytes, JKS_FORMAT, options),
  jceks: (bytes, options) => reprotectJavaKeystore(bytes, JCEKS_FORMAT, options),
  pkcs12: reprotectPkcs12,
  pem: () => {
    throw noPassword();
  },
};

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
  const { type } = requireCodec(bytes);
  if (type !== 'pem') requireNewPassword(options.newPassword, type);
  return REPROTECT[type](bytes, { ...options, random });
}
