/**
 * The words of Java's keytool, as far as the `keytool` front takes them (docs/keytool.md): one hyphen or two, in any
 * letter case and order, the last one where a word is repeated, `:env` and `:file` behind what is a password.
 *
 * What keytool has and the front has not is refused with what does it instead, never passed over.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import type { KeystoreType } from '../store/keystore.js';
import type { LimitArgs } from './limits.js';
import { atOption, type CommonArgs } from './options.js';
import type { PasswordArgs } from './password.js';
import type { ChangeMode } from './store-change.js';
import { type TrustArgs, trustOptions } from './trust.js';

/** The commands of keytool that the front has. */
export type KeytoolCommand = 'importcert' | 'list' | 'delete';

/** A call of the front. */
export interface KeytoolArgs extends CommonArgs, ChangeMode, PasswordArgs, TrustArgs, LimitArgs {
  readonly command: KeytoolCommand;
  /** Null for the default keystore: `.keystore` in the home folder, or with `cacerts` that of Java. */
  readonly keystore: string | null;
  readonly cacerts: boolean;
  /** What the file may be by `-storetype`; null for any type that Java has. */
  readonly types: readonly KeystoreType[] | null;
  readonly alias: string | null;
  /** Where the certificate is read from; `-` is standard input. */
  readonly file: string;
  readonly noprompt: boolean;
  readonly form: 'brief' | 'verbose' | 'rfc';
  readonly at: Date | undefined;
  /** What is odd about the call and does not stop it. */
  readonly warnings: readonly string[];
}

const COMMANDS: ReadonlyMap<string, KeytoolCommand> = new Map([
  ['importcert', 'importcert'],
  ['import', 'importcert'],
  ['list', 'list'],
  ['delete', 'delete'],
]);

const KEYTOOL_ITSELF = 'call keytool itself for it';

/** The other commands of keytool, under their old names too, and what does the job. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['importkeystore', 'anchorctl keystore convert brings a keystore into another type'],
  ['storepasswd', 'anchorctl keystore passwd changes the password of a keystore'],
  ['printcert', 'anchorctl inspect shows certificates'],
  ['exportcert', 'anchorctl inspect KEYSTORE --pem prints the certificates of a keystore'],
  ['export', 'anchorctl inspect KEYSTORE --pem prints the certificates of a keystore'],
  ...[
    ...['certreq', 'changealias', 'gencert', 'gencrl', 'genkey', 'genkeypair', 'genseckey', 'identitydb'],
    ...['importpass', 'importpassword', 'keyclone', 'keypasswd', 'printcertreq', 'printcrl', 'selfcert', 'showinfo'],
  ].map((name): readonly [string, string] => [name, KEYTOOL_ITSELF]),
]);

/** Options of keytool without a value, and with one. */
const FLAGS = ['cacerts', 'noprompt', 'rfc', 'trustcacerts', 'v'];
const VALUES = ['alias', 'file', 'keypass', 'keystore', 'storepass', 'storetype'];

/** Options of anchorctl that are of use in a script written for keytool. */
const OWN_FLAGS: readonly string[] = [
  ...['dry-run', 'json', 'quiet'],
  ...Object.entries(trustOptions).flatMap(([name, { type }]) => (type === 'boolean' ? [name] : [])),
];
const OWN_VALUES = ['at', 'expect-sha256', 'format', 'limit'];

const FORMATS = ['text', 'json'];

/** Other names of options: those that keytool takes, and those that messages of anchorctl name. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['destkeystore', 'keystore'],
  ['deststorepass', 'storepass'],
  ['deststoretype', 'storetype'],
  ['storepass-env', 'storepass:env'],
  ['storepass-file', 'storepass:file'],
]);

/** Options that say which Java code runs: here none does. */
const OF_JAVA: ReadonlySet<string> = new Set([
  ...['addprovider', 'conf', 'protected', 'provider', 'providerarg', 'providerclass', 'providername', 'providerpath'],
]);

const PASSWORDS: readonly string[] = ['storepass', 'keypass'];
const PASSWORD_SOURCES: readonly (string | undefined)[] = ['env', 'file', undefined];

/** What `-storetype` lets a file be. Java opens JKS and PKCS#12 under either name, and leaves the file what it is. */
const STORE_TYPES: ReadonlyMap<string, readonly KeystoreType[]> = new Map([
  ['jks', ['jks', 'pkcs12']],
  ['pkcs12', ['jks', 'pkcs12']],
  ['jceks', ['jceks']],
]);

const SEE_HELP = { hint: 'see anchorctl keytool --help' };
const GIVE_ONE = { hint: 'give one' };

/** Options of other commands, as messages that are shared with them name them, and the words of the front. */
const FOREIGN_OPTIONS = /--(?:(storepass)-(env|file)|(storepass|alias)(?![\w-]))/g;

/** A message of any command, in the words of the front. */
export function inKeytoolWords(message: string): string {
  return message.replace(FOREIGN_OPTIONS, (_, password?: string, source?: string, plain?: string) =>
    plain === undefined ? `-${password}:${source}` : `-${plain}`,
  );
}

/** Every word, for a shell that completes them. */
export const KEYTOOL_WORDS: readonly string[] = [
  ...[...COMMANDS.keys(), ...FLAGS, ...VALUES, 'help'].map((name) => `-${name}`),
  ...[...OWN_FLAGS, ...OWN_VALUES].map((name) => `--${name}`),
];

/**
 * Reads a call.
 *
 * @param words - what stands behind `anchorctl keytool`
 * @returns null where it asks for help
 * @throws {TrustError} `usage/…`
 */
export function parseKeytoolWords(words: readonly string[]): KeytoolArgs | null {
  const read = [...readWords(words)];
  if (read.some(({ kind }) => kind === 'help')) return null;
  const named = (name: string) => read.filter((word) => word.name === name);
  const has = (name: string) => named(name).length > 0;
  const last = (name: string) => named(name).at(-1)?.value;
  const storetype = last('storetype');
  refuseConflicts(has);
  const format = last('format');
  refuseForm(format, has('json'));
  return {
    ...Object.fromEntries(OWN_FLAGS.map((name) => [name, has(name)])),
    ...parsePassword(named('storepass').at(-1)),
    command: theCommand(read),
    keystore: last('keystore') ?? null,
    cacerts: has('cacerts'),
    types: storetype === undefined ? null : parseStoretype(storetype),
    alias: last('alias') ?? null,
    file: parseFile(last('file') ?? '-'),
    noprompt: has('noprompt'),
    form: has('rfc') ? 'rfc' : has('v') ? 'verbose' : 'brief',
    at: has('at') ? atOption.coerce(last('at')) : undefined,
    expectSha256: has('expect-sha256') ? named('expect-sha256').map(({ value }) => value) : undefined,
    limit: named('limit').map(({ value }) => value),
    intermediates: has('intermediates'),
    json: has('json') || format === 'json',
    quiet: has('quiet'),
    dryRun: has('dry-run'),
    // keytool asks before nothing that it takes away, and a script waits for no answer.
    yes: true,
    failOn: 'error',
    warnings: VALUES.filter((name) => named(name).length > 1).map(
      (name) => `-${name} is given more than once; the last one counts`,
    ),
  };
}

/** A word with what belongs to it. */
interface Word {
  readonly kind: 'command' | 'flag' | 'value' | 'help';
  /** Without hyphens, in lower case; of synonyms the one that the front uses. */
  readonly name: string;
  /** What stands behind a colon. */
  readonly source: string | undefined;
  /** Empty where the word takes none. */
  readonly value: string;
}

function* readWords(words: readonly string[]): Generator<Word> {
  for (let index = 0; index < words.length; index++) {
    const written = words[index] ?? '';
    // Meant for the launcher of Java, of which there is none.
    if (/^-J./.test(written)) continue;
    const word = classify(written, index + 1);
    if (word.kind !== 'value') {
      yield word;
      continue;
    }
    const value = words[++index];
    if (value === undefined)
      throw new TrustError('usage/missing-argument', `${quote(written)} needs a value`, SEE_HELP);
    yield { ...word, value };
  }
}

function classify(written: string, position: number): Word {
  const [, body = ''] = /^--?(.+)$/.exec(written.toLowerCase()) ?? [];
  const [, name = '', source] = /^([^:]*)(?::(.*))?$/s.exec(SYNONYMS.get(body) ?? body) ?? [];
  const word = { name: SYNONYMS.get(name) ?? name, source, value: '' };
  if (source !== undefined && !isPasswordSource(word)) {
    throw unknownWord(written, position, 'only passwords come from elsewhere: -storepass:env and -storepass:file');
  }
  if (['help', 'h', '?'].includes(name)) return { ...word, kind: 'help' };
  if (COMMANDS.has(name)) return { ...word, kind: 'command' };
  if (FLAGS.includes(name) || OWN_FLAGS.includes(name)) return { ...word, kind: 'flag' };
  if (VALUES.includes(word.name) || OWN_VALUES.includes(name)) return { ...word, kind: 'value' };
  throw notTaken(written, position, name);
}

function isPasswordSource({ name, source }: Pick<Word, 'name' | 'source'>): boolean {
  return PASSWORDS.includes(name) && PASSWORD_SOURCES.includes(source);
}

function notTaken(written: string, position: number, name: string): TrustError {
  const elsewhere = ELSEWHERE.get(name);
  if (elsewhere !== undefined) {
    return new TrustError('usage/unknown-command', `${quote(written)} of keytool is not part of anchorctl keytool`, {
      hint: elsewhere,
    });
  }
  if (OF_JAVA.has(name)) {
    return new TrustError('usage/unknown-option', `${quote(written)} of keytool has no meaning without Java`, {
      hint: `leave it out where the keystore is a file of type JKS, JCEKS or PKCS#12; else ${KEYTOOL_ITSELF}`,
    });
  }
  const hint = `${SEE_HELP.hint}; a value stands behind a blank, and in quotes where it has one itself`;
  return unknownWord(written, position, hint);
}

/** A message names a word by its place unless it looks like an option: it may be a password, or a part of one. */
function unknownWord(written: string, position: number, hint: string): TrustError {
  const [, option, value = ''] = /^(--?[a-z][a-z-]*)([:=].*)?$/is.exec(written) ?? [];
  const message =
    option === undefined
      ? `word ${position} behind keytool is neither an option nor the value of one`
      : `there is no option ${quote(value === '' ? option : `${option}${value.charAt(0)}…`)}`;
  return new TrustError('usage/unknown-option', message, { hint });
}

function theCommand(read: readonly Word[]): KeytoolCommand {
  const [first, second] = read.filter(({ kind }) => kind === 'command').map(({ name }) => name);
  if (second !== undefined) {
    throw new TrustError('usage/conflict', `only one command is allowed, not both -${first} and -${second}`, GIVE_ONE);
  }
  const command = COMMANDS.get(first ?? '');
  if (command !== undefined) return command;
  throw new TrustError('usage/missing-argument', 'a command of keytool is missing', {
    hint: 'write -importcert, -list or -delete; see anchorctl keytool --help',
  });
}

function refuseConflicts(has: (name: string) => boolean): void {
  if (has('rfc') && has('v') && has('list'))
    throw new TrustError('usage/conflict', 'both -v and -rfc are given', GIVE_ONE);
  if (has('cacerts') && (has('keystore') || has('storetype')))
    throw new TrustError('usage/conflict', '-cacerts is given beside -keystore or -storetype', GIVE_ONE);
}

/** `--json` is `--format json`. */
function refuseForm(format: string | undefined, isJson: boolean): void {
  if (format === undefined) return;
  if (!FORMATS.includes(format)) {
    throw new TrustError('usage/bad-value', `${toPrintable(format)} is not a value of --format`, {
      hint: `choose one of ${FORMATS.join(', ')}`,
    });
  }
  if (isJson && format !== 'json')
    throw new TrustError('usage/conflict', `--json and --format ${format} ask for two forms`, {
      hint: 'leave one out',
    });
}

function parsePassword(word: Word | undefined): PasswordArgs {
  const { source, value } = word ?? {};
  if (source === 'file') refuseUrl('-storepass:file', value ?? '');
  return {
    storepass: source === undefined ? value : undefined,
    storepassEnv: source === 'env' ? value : undefined,
    storepassFile: source === 'file' ? value : undefined,
  };
}

function parseFile(value: string): string {
  refuseUrl('-file', value);
  return value === '/dev/stdin' ? '-' : value;
}

/**
 * What is fetched: by keytool where Java has the scheme, by other commands of anchorctl as `tls://`. The colon of
 * `debian:root.pem` belongs to the name of a file, and a single letter before it is a drive.
 */
const URL_START = /^(?:[a-z][a-z0-9+.-]+:\/\/|(?:file|ftp|https?|jar|jmod|jrt|mailto):)/i;

function refuseUrl(option: string, value: string): void {
  if (!URL_START.test(value)) return;
  throw new TrustError('usage/bad-value', `${option} names a URL, and nothing here opens a connection`, {
    hint: 'fetch it first, and name the file; write ./ before a name that has a colon',
  });
}

function parseStoretype(text: string): readonly KeystoreType[] {
  const types = STORE_TYPES.get(text.toLowerCase());
  if (types !== undefined) return types;
  throw new TrustError('usage/bad-value', `-storetype ${quote(text)} is not a type that is read here`, {
    hint: 'JKS, JCEKS and PKCS12 are; call keytool itself for other types',
  });
}

function quote(word: string): string {
  return `"${toPrintable(word)}"`;
}
