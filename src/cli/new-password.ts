/**
 * The password of a new keystore: from where the options say, or typed twice at the terminal, since a slip would lock the
 * keystore.
 *
 * @module
 */
import type { Finding } from '../check/finding.js';
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import type { KeystoreType, Pkcs12Compat } from '../store/keystore.js';
import { needsPassword, requireNewPassword } from '../store/new-keystore.js';
import { sourceOf } from '../x509/source.js';
import { canAsk } from './confirm.js';
import type { Io } from './io.js';

const HINT = 'give it with --storepass-env, --storepass-file or ANCHORCTL_STOREPASS';

/** How a password can be given where it is another than the present one. */
export const NEW_PASSWORD_HINT = 'give it with --new-storepass-env, --new-storepass-file or ANCHORCTL_NEW_STOREPASS';

/** Which keystore the password is for. */
export interface NewPasswordRequest {
  /** The name of the keystore, as the question names it. */
  readonly name: string;
  readonly type: KeystoreType;
  readonly compat: Pkcs12Compat | undefined;
  /** What the options or the environment gave. */
  readonly given: string | null;
  /** How it can be given, for who forgot; default: as the password of any keystore. */
  readonly hint?: string;
}

/**
 * Finds the password.
 *
 * @returns null where the keystore has none, whatever was given
 * @throws {TrustError} `keystore/password-missing` when there is nobody to ask, `keystore/password-refused` as
 *   `requireNewPassword` and for two answers that differ
 */
export async function newStorePassword(
  { name, type, compat, given, hint = HINT }: NewPasswordRequest,
  io: Io,
): Promise<string | null> {
  if (!needsPassword(type, compat)) return null;
  const password = given ?? (await askTwice(name, type, hint, io));
  requireNewPassword(password, type);
  return password;
}

/** What is said of a password that was given for a keystore which has none. */
export function noteUnusedPassword({ name, type, compat, given }: NewPasswordRequest): readonly Finding[] {
  if (given === null || needsPassword(type, compat)) return [];
  return [
    {
      code: 'keystore/password-not-used',
      severity: 'warning',
      message: 'the new keystore has no password: the one that was given does not protect it',
      hint: 'anybody who can read the file can read it, and who can write it can change it unseen',
      source: sourceOf(name),
    },
  ];
}

async function askTwice(name: string, type: KeystoreType, hint: string, io: Io): Promise<string> {
  if (!canAsk(io)) {
    throw new TrustError(
      'keystore/password-missing',
      `a ${type.toUpperCase()} keystore needs a password, and none is given`,
      {
        at: { source: name },
        hint,
      },
    );
  }
  const password = await io.askSecret(`New password of ${toPrintable(name)}: `);
  if ((await io.askSecret('The same again: ')) === password) return password;
  throw new TrustError('keystore/password-refused', 'the two passwords differ', { hint: 'call again' });
}
