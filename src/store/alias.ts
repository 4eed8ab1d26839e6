/**
 * Aliases: how Java compares them, how a user's word finds one, and how one is made for a certificate.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import { fingerprint } from '../x509/fingerprint.js';
import { attributeOf } from '../x509/name.js';
import type { StoredCertificate } from './entry.js';

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const ORGANIZATIONAL_UNIT = '2.5.4.11';

/** What a certificate is called whose name has no ASCII letters or digits. */
const ANONYMOUS = 'certificate';

/** How many digits of its SHA-256 the alias of a certificate has at least. */
export const ALIAS_DIGITS = 8;

/** Long enough to tell names apart, short enough for a table. */
const MAX_WORDS_LENGTH = 64;
const MAX_QUOTED_LENGTH = 80;

/**
 * An alias as Java's JKS, JCEKS and PKCS#12 look it up: `toLowerCase(Locale.ENGLISH)`, which JavaScript's `toLowerCase`
 * equals for all letters but those newer than the Unicode version of the JDK.
 */
export function foldAlias(alias: string): string {
  return alias.toLowerCase();
}

/** An alias for a message: escaped, in quotes, shortened when it is very long. */
export function quoteAlias(alias: string): string {
  const text = alias.length > MAX_QUOTED_LENGTH ? `${alias.slice(0, MAX_QUOTED_LENGTH)}…` : alias;
  return `"${toPrintable(text)}"`;
}

/**
 * The one of the aliases that a user's word means: the same, else the only one that differs in letter case alone.
 *
 * @throws {TrustError} `keystore/alias-not-found`, or `keystore/alias-ambiguous` when several differ in letter case
 */
export function matchAlias(wanted: string, aliases: Iterable<string>): string {
  const folded = foldAlias(wanted);
  const similar = new Set<string>();
  for (const alias of aliases) {
    if (alias === wanted) return alias;
    if (foldAlias(alias) === folded) similar.add(alias);
  }
  const [match, ...others] = similar;
  if (match === undefined) {
    throw new TrustError('keystore/alias-not-found', `the keystore has no entry with alias ${quoteAlias(wanted)}`, {
      hint: 'list the keystore to see its aliases',
    });
  }
  if (others.length > 0) {
    throw new TrustError(
      'keystore/alias-ambiguous',
      `${similar.size} aliases differ from ${quoteAlias(wanted)} in letter case alone: ${[...similar].map(quoteAlias).join(', ')}`,
      { hint: 'write the alias exactly as the keystore has it' },
    );
  }
  return match;
}

/**
 * The same for a keystore in which an alias is found without a look at all of them, as it mostly is.
 *
 * @param isThere - whether an entry has exactly this alias
 * @param all - the aliases, asked for only where none has
 * @throws {TrustError} as `matchAlias`
 */
export function findAlias(wanted: string, isThere: (alias: string) => boolean, all: () => Iterable<string>): string {
  return isThere(wanted) ? wanted : matchAlias(wanted, all());
}

/** The error for an alias that is wanted for something new, and holds something else. */
export function aliasTaken(alias: string, holds: string): TrustError {
  return new TrustError('keystore/alias-taken', `the alias ${quoteAlias(alias)} holds ${holds}`, {
    hint: 'choose another alias, or remove that entry first',
  });
}

/** The error for an entry that is named by its place in a keystore, and is not there. */
export function noSuchEntry(index: number): TrustError {
  return new TrustError(
    'keystore/alias-not-found',
    `the keystore has no entry number ${index + 1} that could be revealed`,
    {
      hint: 'list the keystore to see its entries',
    },
  );
}

/**
 * A name for a certificate in a keystore: the words of its common name in lower-case ASCII, and the first eight digits
 * of its SHA-256, e.g. `quovadis-root-ca-2-85a0dd7d`. The same certificate always gets the same name.
 *
 * @param taken - aliases that are in use; where the name is among them (letter case aside) more digits follow, and
 *   where all 64 do not help, a number
 */
export function aliasFor(certificate: Certificate, taken: readonly string[] = []): string {
  return aliasAmong(certificate, new Set(taken.map(foldAlias)));
}

/** Which aliases are in use: folded. */
export type TakenAliases = Pick<ReadonlySet<string>, 'has'>;

/** As `aliasFor`, for naming many. */
export function aliasAmong(certificate: Certificate, taken: TakenAliases): string {
  return uniqueAlias(wordsOf(certificate), certificate.sha256, taken);
}

/** As `aliasFor`, for a certificate as a keystore holds it, which need not decode. */
export function aliasForStored({ der, decoded }: StoredCertificate, taken: TakenAliases): string {
  const words = decoded instanceof TrustError ? ANONYMOUS : wordsOf(decoded);
  return uniqueAlias(words, fingerprint('sha256', der), taken);
}

/** Words and as many digits of a digest as make them unique. */
function uniqueAlias(words: string, digest: string, taken: TakenAliases): string {
  const candidates = [ALIAS_DIGITS, 16, digest.length].map((length) => `${words}-${digest.slice(0, length)}`);
  const free = candidates.find((candidate) => !taken.has(candidate));
  if (free !== undefined) return free;
  let number = 2;
  while (taken.has(`${words}-${digest}-${number}`)) number++;
  return `${words}-${digest}-${number}`;
}

/** The words of the common name, else of the organizational unit, else of the organization. */
function wordsOf({ subjectName }: Certificate): string {
  const names = [COMMON_NAME, ORGANIZATIONAL_UNIT, ORGANIZATION].map((type) => attributeOf(subjectName, type));
  return names.map((name) => asciiWords(name ?? '')).find((words) => words !== '') ?? ANONYMOUS;
}

/** Letters lose their accents, everything else that is no ASCII letter or digit separates words. */
function asciiWords(text: string): string {
  const words = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return (words ?? []).join('-').slice(0, MAX_WORDS_LENGTH).replace(/-$/, '');
}
