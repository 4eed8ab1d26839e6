/**
 * Options that several commands share, and what their values must look like. A bad value is a usage error here, before
 * any work: yargs itself would let `--at soon` through.
 *
 * @module
 */
import type { Options } from 'yargs';
import { normaliseSha256 } from '../encoding/hex.js';
import { TrustError } from '../errors.js';
import type { Allowance } from '../rotation/trust.js';
import type { KeystoreType } from '../store/keystore.js';
import { coercion } from './coercion.js';
import { restoreHyphens } from './standard-input.js';

/** Options that every command has. */
export interface CommonArgs {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** What `commonOptions` declares. */
export const commonOptions: Readonly<Record<'json' | 'format' | 'quiet', Options>> = {
  json: { type: 'boolean', default: false, describe: 'Answer with one JSON document' },
  format: { ...choiceOption('format', ['text', 'json'], 'How to answer; json is --json'), default: 'text' },
  quiet: { type: 'boolean', default: false, describe: 'No progress and no messages, errors excepted' },
};

/** `--format` of commands that can answer with a JSON document a line. */
export const formatWithLines: Options = {
  ...choiceOption('format', ['text', 'json', 'ndjson'], 'How to answer'),
  default: 'text',
};

/** Options of commands that change files. */
export const changeOptions = {
  'dry-run': { type: 'boolean', default: false, describe: 'Show what would be done, and change nothing' },
  yes: {
    type: 'boolean',
    default: false,
    describe: 'Do not ask before something is removed, put back or made visible to Java',
  },
} as const;

/** The inputs of a command. */
export const inputsPositional = {
  type: 'string',
  array: true,
  demandOption: true,
  describe: 'File, folder, glob, tls://host:port, or -',
} as const;

/** Whether nothing found is an answer like any other. */
export const allowEmptyOption = {
  type: 'boolean',
  default: false,
  describe: 'Accept a folder or glob that holds nothing',
} as const;

/** From which severity on a call that worked ends with 1. */
export const failOnOption: Options = {
  ...choiceOption('fail-on', ['warning', 'error'], 'End with status 1 from this severity on'),
  default: 'error',
};

/** One option for each thing that makes a certificate unfit and that a user may allow. */
export const allowOptions: Readonly<Record<`allow-${Allowance}`, Options>> = {
  'allow-not-a-ca': allowOption('is not a CA certificate'),
  'allow-expired': allowOption('has expired or is not valid yet'),
  'allow-bad-signature': allowOption('does not verify with its own key'),
  'allow-weak-key': allowOption('has a weak key'),
  'allow-malformed': allowOption('contradicts itself, lacks its name or cannot be read by Java'),
  'allow-distrusted': allowOption('was distrusted for what its CA did'),
};

/** Where a command that looks at the clock takes the instant from. */
export const atOption: Options & { readonly coerce: (value: unknown) => Date } = {
  type: 'string',
  requiresArg: true,
  describe: 'Judge dates as of this instant (RFC 3339); default: now',
  coerce: coercion((value) => parseInstant(single('at', value))),
};

/** What a keystore must be. A check, never a conversion: Java changes the format of a file that it opens as another. */
export const storetypeOption: Options = {
  type: 'string',
  requiresArg: true,
  describe: 'Refuse the keystore unless it is of this type: jks, jceks, pkcs12, pem',
  coerce: coercion((value) => (value === undefined ? undefined : parseStoretype(single('storetype', value)))),
};

/** Where store passwords come from. */
export const passwordOptions: Readonly<Record<'storepass-env' | 'storepass-file' | 'storepass', TextOption>> = {
  'storepass-env': textOption('storepass-env', 'Environment variable that holds the store password'),
  'storepass-file': textOption('storepass-file', 'A file whose first line is the store password'),
  storepass: textOption('storepass', 'The store password itself (other users of this machine can see it)'),
};

/** Where the password of keys comes from that is another than that of their keystore. */
export const keyPasswordOptions: Readonly<Record<'keypass-env' | 'keypass-file', TextOption>> = {
  'keypass-env': textOption('keypass-env', 'Environment variable with the password of keys, where it is another'),
  'keypass-file': textOption('keypass-file', 'A file whose first line is the password of keys, where it is another'),
};

/** Where the password comes from that a keystore is to have. */
export const newPasswordOptions: Readonly<Record<'new-storepass-env' | 'new-storepass-file', TextOption>> = {
  'new-storepass-env': textOption('new-storepass-env', 'Environment variable that holds the new store password'),
  'new-storepass-file': textOption('new-storepass-file', 'A file whose first line is the new store password'),
};

/** An option of yargs that takes one text. */
export type TextOption = Options & { readonly type: 'string'; readonly coerce: (value: unknown) => string | undefined };

/** An option with one text value: given twice, it is a usage error rather than a silent choice. */
export function textOption(name: string, describe: string): TextOption {
  return { type: 'string', requiresArg: true, describe, coerce: coercion((value) => optional(name, value)) };
}

/** `--expect-sha256`, wherever trust can come from a fingerprint. */
export const expectOption: ListOption = listOption(
  'expect-sha256',
  'SHA-256 the certificate must have, or @FILE with one a line',
);

/** An option of yargs that takes one text each time it is given. */
export type ListOption = Options & { readonly type: 'string'; readonly array: true };

/** An option that may be given several times, one value each. */
export function listOption(name: string, describe: string): ListOption {
  const coerce = coercion((value) => (Array.isArray(value) ? value.map((each) => single(name, each)) : value));
  return { type: 'string', array: true, requiresArg: true, describe, coerce };
}

/** An option of yargs that takes one of a few words. */
export type ChoiceOption = Options & { readonly coerce: (value: unknown) => string | undefined };

/** An option whose value is one of a few words: given twice, or without a word, it is a usage error. */
export function choiceOption(name: string, choices: readonly string[], describe: string): ChoiceOption {
  return { choices, requiresArg: true, describe, coerce: coercion((value) => optional(name, value)) };
}

/** A date or date and time as RFC 3339 writes them; a date alone means its first instant in UTC. */
function parseInstant(text: string): Date {
  const [, day = '', time = 'T00:00:00Z'] =
    /^(\d{4}-\d\d-\d\d)([Tt ](?!24)\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d))?$/.exec(text) ?? [];
  // Date takes 30 February for 2 March, and 24:00:00, which RFC 3339 has not, for the next day.
  const exists = new Date(`${day}T00:00:00Z`);
  const instant = new Date(day + time.replace(' ', 'T').toUpperCase());
  if (Number.isNaN(instant.getTime()) || exists.toISOString().slice(0, 10) !== day) {
    throw new TrustError(
      'usage/bad-value',
      `"${text}" is not an RFC 3339 date; write 2026-11-30 or 2026-11-30T03:00:00Z`,
    );
  }
  return instant;
}

/** A SHA-256 fingerprint in any common form as 64 lower-case digits. */
export function parseSha256(text: string): string {
  const digest = normaliseSha256(text);
  if (digest === null) {
    throw new TrustError('usage/bad-value', `"${text}" is not a SHA-256 fingerprint`, {
      hint: 'write 64 hex digits, with or without colons',
    });
  }
  return digest;
}

/** The types by the names that messages give them. */
export const STORE_TYPE_NAMES: readonly KeystoreType[] = ['jks', 'jceks', 'pkcs12', 'pem'];

/** The types by their names and by what files of them are called. */
const STORE_TYPES: Readonly<Record<string, KeystoreType>> = {
  jks: 'jks',
  jceks: 'jceks',
  pkcs12: 'pkcs12',
  p12: 'pkcs12',
  pfx: 'pkcs12',
  pem: 'pem',
};

/**
 * A type of keystore by its name in any case.
 *
 * @throws {TrustError} `usage/bad-value`
 */
export function parseStoretype(text: string): KeystoreType {
  const name = text.toLowerCase();
  const type = Object.hasOwn(STORE_TYPES, name) ? STORE_TYPES[name] : undefined;
  if (type !== undefined) return type;
  throw new TrustError('usage/bad-value', `"${text}" is not a type of keystore`, {
    hint: 'write jks, jceks, pkcs12 or pem',
  });
}

function allowOption(what: string): Options {
  return { type: 'boolean', default: false, describe: `Accept a certificate that ${what}` };
}

function optional(name: string, value: unknown): string | undefined {
  return value === undefined ? undefined : single(name, value);
}

/**
 * The one text that an option was given.
 *
 * @throws {TrustError} `usage/bad-value` where it was given twice; `usage/unknown-option` where it was negated
 */
export function single(name: string, value: unknown): string {
  const restored = restoreHyphens(value);
  if (typeof restored === 'string') return restored;
  // yargs takes --no-NAME for the value false.
  if (restored === false) throw new TrustError('usage/unknown-option', `there is no option "--no-${name}"`);
  throw new TrustError('usage/bad-value', `--${name} is given more than once`);
}
