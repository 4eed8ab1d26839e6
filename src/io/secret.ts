/**
 * Where the password of a keystore comes from. It never appears in a message.
 *
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { TrustError } from '../errors.js';
import { toReadError } from './system-error.js';

/** What the command line said: at most one of them. */
export interface PasswordOptions {
  /** `--storepass-env`: name of an environment variable. */
  readonly storepassEnv?: string | undefined;
  /** `--storepass-file`: path of a file, of which the first line counts. */
  readonly storepassFile?: string | undefined;
  /** `--storepass`: the password itself. */
  readonly storepass?: string | undefined;
}

/** Where else a password may come from. */
export interface PasswordSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks without echo; null where nobody sits at a terminal. */
  readonly prompt: (() => Promise<string>) | null;
}

/** A password, and what its owner should know about the way it came. */
export interface StorePassword {
  /** Null when no source gave one. */
  readonly password: string | null;
  readonly warnings: readonly string[];
}

/** A password beside that of the keystore. */
export interface OtherPassword {
  /** What its options begin with: `new-storepass` for `--new-storepass-env` and `--new-storepass-file`. */
  readonly name: string;
  /** Value of the option that names an environment variable. */
  readonly variable: string | undefined;
  /** Value of the option that names a file, of which the first line counts. */
  readonly file: string | undefined;
  /** The environment variable that counts where no option is given. */
  readonly fallback: string | null;
}

const ENVIRONMENT_VARIABLE = 'ANCHORCTL_STOREPASS';
const MAX_FILE_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Finds the password: the option that was given, else `ANCHORCTL_STOREPASS` (set and not empty), else the prompt.
 *
 * @throws {TrustError} `usage/conflict`: several options; `usage/bad-value`: a variable that is not set;
 *   `input/not-readable`: bytes that are no UTF-8; `input/not-found` and the like, `input/empty`: the file
 */
export async function readStorePassword(
  { storepassEnv, storepassFile, storepass }: PasswordOptions,
  { env, prompt }: PasswordSurroundings,
): Promise<StorePassword> {
  const named = [storepassEnv, storepassFile, storepass].filter((option) => option !== undefined);
  if (named.length > 1) {
    throw new TrustError('usage/conflict', 'the password is given in several ways', {
      hint: 'give one of --storepass-env, --storepass-file and --storepass',
    });
  }
  if (storepassEnv !== undefined) return { password: fromVariable('storepass-env', storepassEnv, env), warnings: [] };
  if (storepassFile !== undefined) return { password: readPasswordFile(storepassFile), warnings: [] };
  if (storepass !== undefined) {
    const warning =
      'other users of this machine can see a password on the command line; use --storepass-env or --storepass-file';
    return { password: requireWhole(storepass, '--storepass'), warnings: [warning] };
  }
  const password = fromEnvironment(ENVIRONMENT_VARIABLE, env);
  return { password: password === null && prompt !== null ? await prompt() : password, warnings: [] };
}

/**
 * Finds another password of a call.
 *
 * @returns null when no source gave one
 * @throws {TrustError} as `readStorePassword`
 */
export function readOtherPassword(
  { name, variable, file, fallback }: OtherPassword,
  env: PasswordSurroundings['env'],
): string | null {
  if (variable !== undefined && file !== undefined) {
    throw new TrustError('usage/conflict', 'a password is given in several ways', {
      hint: `give one of --${name}-env and --${name}-file`,
    });
  }
  if (variable !== undefined) return fromVariable(`${name}-env`, variable, env);
  if (file !== undefined) return readPasswordFile(file);
  return fallback === null ? null : fromEnvironment(fallback, env);
}

/** Set and empty is how many CI systems say that there is none. */
function fromEnvironment(name: string, env: PasswordSurroundings['env']): string | null {
  return requireWhole(env[name] ?? '', name) || null;
}

function fromVariable(option: string, name: string, env: PasswordSurroundings['env']): string {
  const value = env[name];
  if (value !== undefined) return requireWhole(value, `--${option}`);
  // Who gives the password itself instead of a name must not find it in a log.
  const shown = /^[A-Z][A-Z0-9_]*$/.test(name) ? ` ${name}` : '';
  throw new TrustError('usage/bad-value', `the environment variable${shown} of --${option} is not set`, {
    hint: 'give the name of a variable, not its value, and export it',
  });
}

/**
 * Node.js puts U+FFFD where the environment and the command line have bytes that are no UTF-8: any other such bytes would
 * be the same password.
 */
function requireWhole(password: string, origin: string): string {
  if (!password.includes('\ufffd')) return password;
  throw new TrustError('input/not-readable', `the password of ${origin} is no UTF-8 text, or holds U+FFFD`, {
    hint: 'write it as UTF-8; one that holds U+FFFD can be given in a file',
  });
}

/** A pipe is as good as a file here: `--storepass-file <(pass show gateway)`. */
function readPasswordFile(path: string): string {
  const line = decodeText(firstLineOf(readHead(path)), path);
  if (line !== '') return line;
  throw new TrustError('input/empty', 'the first line of the password file is empty', {
    at: { source: path },
    hint: 'put the password, and nothing else, into its first line',
  });
}

function readHead(path: string): Uint8Array {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = new Uint8Array(MAX_FILE_BYTES);
      let length = 0;
      while (length < bytes.length) {
        const count = readSync(file, bytes, length, bytes.length - length, null);
        if (count === 0) break;
        length += count;
      }
      return bytes.subarray(0, length);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw toReadError(error, path);
  }
}

/** Without its end. What is behind it, and may be cut anywhere, need be no text. */
function firstLineOf(bytes: Uint8Array): Uint8Array {
  const isWide = isUtf16(bytes);
  const end = bytes.findIndex((octet, index) => {
    const isEnd = octet === LINE_FEED || octet === CARRIAGE_RETURN;
    return isEnd && (!isWide || (index % 2 === 0 && bytes[index + 1] === 0));
  });
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** What PowerShell's `>` makes, with its mark. */
function isUtf16(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xfe;
}

function decodeText(bytes: Uint8Array, path: string): string {
  const encoding = isUtf16(bytes) ? 'utf-16le' : 'utf-8';
  try {
    // The decoder takes a byte order mark away by itself.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TrustError('input/not-readable', 'the password file is no UTF-8 text', {
      at: { source: path },
      hint: 'save it as UTF-8',
      cause,
    });
  }
}
