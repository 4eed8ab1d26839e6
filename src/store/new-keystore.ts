/**
 * New keystores of any type that is written, from entries to bytes, and which passwords they may have.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { foldAlias, quoteAlias } from './alias.js';
import type { EncodeKeystoreOptions } from './codec.js';
import { codecOfType } from './codecs.js';
import { isKeyPassword } from './jceks-encryption.js';
import type { KeystoreType, NewKeystoreEntry, Pkcs12Compat } from './keystore.js';

/** What keytool asks of a new password. */
const MIN_PASSWORD_LENGTH = 6;

/**
 * Encodes a keystore. The same entries, password and random bytes give the same keystore; JKS, JCEKS and PKCS#12 get
 * aliases in lower case, in which Java looks for them.
 *
 * A PEM bundle holds each certificate once and no names. Where `needsPassword` says so, the password is required; else it
 * is passed over.
 *
 * @throws {TrustError} `keystore/password-missing`; `keystore/alias-taken` for an alias that comes twice, letter case
 *   aside; and as `requireNewPassword` and `Codec.encode`
 */
export function encodeKeystore(
  entries: readonly NewKeystoreEntry[],
  { type, ...options }: EncodeKeystoreOptions & { readonly type: KeystoreType },
): Uint8Array {
  if (needsPassword(type, options.compat)) {
    if (options.password === null) {
      throw new TrustError(
        'keystore/password-missing',
        `a ${type.toUpperCase()} keystore needs a password, and none is given`,
        {
          hint: 'give it with --storepass-env, --storepass-file or ANCHORCTL_STOREPASS',
        },
      );
    }
    requireNewPassword(options.password, type);
  }
  if (type !== 'pem') requireUniqueAliases(entries);
  return codecOfType(type).encode(entries, options);
}

/** Whether a new keystore has a password: all but PEM bundles and password-less PKCS#12. */
export function needsPassword(type: KeystoreType, compat: Pkcs12Compat = 'modern'): boolean {
  return type !== 'pem' && !(type === 'pkcs12' && compat === 'passwordless');
}

/**
 * Refuses a password that keytool would not take for a new keystore, or with which Java could not open it.
 *
 * @throws {TrustError} `keystore/password-refused`: fewer than 6 characters, or for PKCS#12 one outside of printable
 *   ASCII
 */
export function requireNewPassword(password: string, type: KeystoreType): void {
  if (password.length < MIN_PASSWORD_LENGTH) {
    throw new TrustError(
      'keystore/password-refused',
      `the new password has fewer than ${MIN_PASSWORD_LENGTH} characters`,
      { hint: 'keytool takes no shorter one; choose another' },
    );
  }
  if (type === 'pkcs12' && !isKeyPassword(password)) {
    throw new TrustError('keystore/password-refused', 'the new password has characters outside of printable ASCII', {
      hint: 'Java could not open the PKCS#12 keystore; choose another password',
    });
  }
}

function requireUniqueAliases(entries: readonly NewKeystoreEntry[]): void {
  const taken = new Set<string>();
  for (const { alias } of entries) {
    const folded = foldAlias(alias);
    if (taken.has(folded)) {
      throw new TrustError(
        'keystore/alias-taken',
        `two entries have the alias ${quoteAlias(alias)}, letter case aside`,
        {
          at: { entry: alias },
          hint: 'Java would see one of them; give one another alias',
        },
      );
    }
    taken.add(folded);
  }
}
