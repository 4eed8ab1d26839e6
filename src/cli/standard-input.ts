/**
 * Words that yargs 18 does not hand over as they are: it drops a lone hyphen, which means standard input, from the
 * positional arguments, and does not give a command what stands behind `--`.
 *
 * @module
 */

/** Travels through yargs in the place of a hyphen: no path can have it. */
const HYPHEN = '\u0000-';

/**
 * The words as they are handed to yargs. What stands behind `--` is a path: one that begins with a hyphen is written so
 * that it cannot be taken for an option.
 */
export function protectWords(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  const paths = end < 0 ? [] : words.slice(end + 1).map((word) => (/^-./.test(word) ? `./${word}` : word));
  return [...(end < 0 ? words : words.slice(0, end)), ...paths].map((word) => (word === '-' ? HYPHEN : word));
}

/** A value as it comes back from yargs, with the hyphen that the user wrote. */
export function restoreHyphens(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(restoreHyphens);
  return value === HYPHEN ? '-' : value;
}
