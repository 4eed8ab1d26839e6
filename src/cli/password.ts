/**
 * The store password of a call: from where the options say, or from the person at the terminal when it turns out to be
 * needed.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import { readOtherPassword, readStorePassword } from '../io/secret.js';
import { canAsk } from './confirm.js';
import type { Io } from './io.js';
import type { CommonArgs } from './options.js';

/** The password options of a command, as yargs hands them over. */
export interface PasswordArgs {
  readonly storepassEnv: string | undefined;
  readonly storepassFile: string | undefined;
  readonly storepass: string | undefined;
}

/** The password that the options or the environment give, or null; says so when the way it came is unsafe, unless it is to be quiet. */
export async function storePassword(args: PasswordArgs & Pick<CommonArgs, 'quiet'>, io: Io): Promise<string | null> {
  const { password, warnings } = await readStorePassword(args, { env: io.env, prompt: null });
  if (!args.quiet) for (const warning of warnings) io.warn(warning);
  return password;
}

/** The options for the password of keys, as yargs hands them over. */
export interface KeyPasswordArgs {
  readonly keypassEnv: string | undefined;
  readonly keypassFile: string | undefined;
}

/** The password of keys that have another one than their keystore, or null for none given. */
export function keyPassword({ keypassEnv, keypassFile }: KeyPasswordArgs, io: Io): string | null {
  return readOtherPassword({ name: 'keypass', variable: keypassEnv, file: keypassFile, fallback: null }, io.env);
}

/** The options for the password that a keystore is to have, as yargs hands them over. */
export interface NewPasswordArgs {
  readonly newStorepassEnv: string | undefined;
  readonly newStorepassFile: string | undefined;
}

/** The password that a keystore is to have, or null for none given. */
export function givenNewPassword({ newStorepassEnv, newStorepassFile }: NewPasswordArgs, io: Io): string | null {
  const source = { name: 'new-storepass', variable: newStorepassEnv, file: newStorepassFile };
  return readOtherPassword({ ...source, fallback: 'ANCHORCTL_NEW_STOREPASS' }, io.env);
}

/**
 * Does something that may need a password: with the one that is known, and when that is none and one is needed, with
 * what a person at the terminal types.
 *
 * @param name - of the file it is for, as the question names it
 * @param use - called again when it throws that a password is missing
 */
export async function withPassword<T>(
  password: string | null,
  io: Io,
  name: string,
  use: (password: string | null) => T,
): Promise<T> {
  try {
    return use(password);
  } catch (error) {
    const missing = error instanceof TrustError && error.code === 'keystore/password-missing';
    if (password !== null || !missing || !canAsk(io)) throw error;
  }
  return use(await askPassword(name, io));
}

/** What a person at the terminal types as the password of a file. */
export function askPassword(name: string, io: Io): Promise<string> {
  return io.askSecret(`Password of ${toPrintable(name)}: `);
}
