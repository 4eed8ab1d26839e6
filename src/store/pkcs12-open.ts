/**
 * Opening a PKCS#12 file with a password: its MAC verified, its safes decrypted.
 *
 * @module
 */
import { expectTrustError, TrustError } from '../errors.js';
import { readEncryption } from './pbe.js';
import { type DerivedKeys, type Secret, secretsFor } from './pkcs12-kdf.js';
import { type PasswordMac, readMac, verifyMac } from './pkcs12-mac.js';
import { type EncryptedSafe, type Pfx, readSafeContents, type Safe, type SafeBag } from './pkcs12-pfx.js';

/** A safe with its bags. */
export type OpenedSafe =
  | {
      readonly safe: Exclude<Safe, EncryptedSafe>;
      /** None where the safe is of a type that is not read. */
      readonly bags: readonly SafeBag[];
      readonly secret: null;
    }
  | {
      readonly safe: EncryptedSafe;
      readonly bags: readonly SafeBag[];
      /** The form of the password that decrypts the safe. */
      readonly secret: Secret;
    };

/** What a password opens. */
export interface Opened {
  readonly mac: PasswordMac | null;
  /** The form of the password that the MAC was made with; null where there is no MAC or it was not verified. */
  readonly verified: Secret | null;
  /** The forms of the password, in the order in which they are to be tried. */
  readonly secrets: readonly Secret[];
  readonly safes: readonly OpenedSafe[];
}

/**
 * Opens all safes. Without a password the MAC is not verified, where nothing but keys is encrypted.
 *
 * @throws {TrustError} `keystore/wrong-password`, `keystore/password-missing`, `keystore/unsupported`, `der/…`
 */
export function openPfx(pfx: Pfx, password: string | null, keys?: DerivedKeys): Opened {
  const mac = pfx.macData === null ? null : readMac(pfx.macData);
  const forms = secretsFor(password ?? '', keys);
  const verified = mac === null ? undefined : forms.find((form) => verifyMac(mac, pfx.authenticatedSafe, form));
  if (mac !== null && verified === undefined) {
    if (password !== null) throw wrongPassword('the MAC of the keystore does not fit the password');
    if (pfx.safes.some(({ type }) => type === 'encrypted')) throw passwordMissing();
  }
  const secrets = verified === undefined ? forms : [verified, ...forms.filter((form) => form !== verified)];
  return {
    mac,
    verified: verified ?? null,
    secrets,
    safes: pfx.safes.map((safe) => {
      if (safe.type === 'plain') return { safe, bags: readSafeContents(safe.contents), secret: null };
      if (safe.type === 'unsupported') return { safe, bags: [], secret: null };
      const opened = decryptSafe(safe, secrets);
      if (opened instanceof TrustError) {
        // With the right password, content that is no list of bags is damage, not the fault of the password.
        if (verified !== undefined) throw opened;
        throw password === null ? passwordMissing() : wrongPassword('the password does not decrypt the keystore');
      }
      return opened;
    }),
  };
}

/** An encrypted safe with its bags, or why none of the secrets gives any. */
function decryptSafe(safe: EncryptedSafe, secrets: readonly Secret[]): OpenedSafe | TrustError {
  const encryption = readEncryption(safe.algorithm);
  let failure = wrongPassword('the MAC fits the password, but the certificates are encrypted under another');
  for (const secret of secrets) {
    const contents = encryption.decrypt(safe.ciphertext, secret);
    if (contents === null) continue;
    try {
      return { safe, bags: readSafeContents(contents), secret };
    } catch (error) {
      failure = expectTrustError(error);
    }
  }
  return failure;
}

/** The error for a file that cannot be read without a password. */
export function passwordMissing(
  message: string = 'the certificates of this PKCS#12 keystore are encrypted',
): TrustError {
  return new TrustError('keystore/password-missing', message, {
    hint: 'give the password with --storepass-env, --storepass-file or ANCHORCTL_STOREPASS',
  });
}

/** The error for a password that does not fit, or a file that was changed. */
export function wrongPassword(message: string): TrustError {
  return new TrustError('keystore/wrong-password', message, {
    hint: 'the password is wrong, or the file was changed after it was written',
  });
}

/** Errors of the structure in the words of keystores; others as they are. */
export function asKeystoreError(error: TrustError): TrustError {
  if (!error.code.startsWith('der/')) return error;
  const isTruncated = error.code === 'der/truncated';
  return new TrustError(
    isTruncated ? 'keystore/truncated' : 'keystore/malformed',
    `the PKCS#12 keystore is ${isTruncated ? 'cut short' : 'malformed'}: ${error.message}`,
    {
      ...(error.at === undefined ? {} : { at: error.at }),
      hint: 'the file looks damaged or cut short; compare its size with the original',
      cause: error,
    },
  );
}
