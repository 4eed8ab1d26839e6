/**
 * Patterns of paths as shells have them: `*`, `?`, `[a-z]`, `[!a-z]`, `{a,b}`, and `**` for any folders.
 *
 * Policies and the names of files may come from anybody, so no pattern is made into a regular expression: matching takes time
 * in proportion to the length of the pattern times that of the path, and never more.
 *
 * @module
 */

/** What the braces of a pattern may come to. */
export const MAX_ALTERNATIVES = 64;

/** A name itself; or for each of its characters whether it is what the pattern asks for, where null is any number of them. */
type NamePattern = string | readonly (((character: string) => boolean) | null)[];

/** Names of folders and of a file; null is any number of folders. */
type PathPattern = readonly (NamePattern | null)[];

const PARENT = '..';

/**
 * Makes a matcher of a pattern. Hidden names are names like any other; `..` is matched by `..` alone.
 *
 * @param pattern - with `/` between folders; of more than `MAX_ALTERNATIVES` the rest is left out (`countAlternatives` tells)
 */
export function compilePattern(pattern: string): (path: string) => boolean {
  const patterns = expandBraces(pattern).map(toPathPattern);
  return (path) => {
    const names = path.split('/');
    return patterns.some((one) => matchSequence(one, names, matchName, (name) => name !== PARENT));
  };
}

/** How many patterns without braces a pattern stands for; more than `MAX_ALTERNATIVES` are not counted. */
export function countAlternatives(pattern: string): number {
  return expandBraces(pattern).length;
}

/** `a{b,c{d,e}}` is `ab`, `acd` and `ace`; braces without a comma are characters. */
function expandBraces(pattern: string): readonly string[] {
  const done: string[] = [];
  const pending = [pattern];
  for (let next = pending.pop(); next !== undefined && done.length <= MAX_ALTERNATIVES; next = pending.pop()) {
    const group = /\{([^{}]*,[^{}]*)\}/.exec(next);
    if (group === null) done.push(next);
    else {
      const [head, tail] = [next.slice(0, group.index), next.slice(group.index + group[0].length)];
      for (const choice of (group[1] ?? '').split(',').reverse()) pending.push(`${head}${choice}${tail}`);
    }
  }
  return done;
}

/** Everything below a folder has a name, so that `a/**` is not `a` itself. */
function toPathPattern(pattern: string): PathPattern {
  const names = pattern.replace(/\/\*\*$/, '/**/*').split('/');
  return names.map((name) => (name === '**' ? null : toNamePattern(name)));
}

/** Stars, a question mark, characters in brackets, or one. No set is longer: its end is looked for from each bracket on. */
const PARTS = /\*+|\?|\[(!?)([^\]]{1,1000})\]|./gsu;

function toNamePattern(name: string): NamePattern {
  if (!/[*?[]/.test(name)) return name;
  return [...name.matchAll(PARTS)].map(([part, not, among]) => {
    if (part.startsWith('*')) return null;
    if (part === '?') return () => true;
    if (among === undefined) return (character) => character === part;
    const isAmong = toCharacterClass(among);
    return not === '!' ? (character) => !isAmong(character) : isAmong;
  });
}

/** `a-z_`: ranges and characters. */
function toCharacterClass(text: string): (character: string) => boolean {
  const ranges = [...text.matchAll(/(.)-(.)|./gsu)].map(([all, first = all, last = all]) => [first, last] as const);
  return (character) => ranges.some(([first, last]) => first <= character && character <= last);
}

function matchName(pattern: NamePattern, name: string): boolean {
  if (typeof pattern === 'string' || name === PARENT) return pattern === name;
  return matchSequence(
    pattern,
    [...name],
    (matches, character) => matches(character),
    () => true,
  );
}

/**
 * Whether a pattern fits a sequence as a whole. Of several gaps only the last is ever made longer: what fits behind an earlier
 * one fits behind the first place where it does.
 *
 * @param pattern - null is any number of items
 * @param maySkip - whether an item may be one of those
 */
function matchSequence<P, T>(
  pattern: readonly (P | null)[],
  items: readonly T[],
  matches: (one: P, item: T) => boolean,
  maySkip: (item: T) => boolean,
): boolean {
  let index = 0;
  let afterGap = -1;
  let gapEnd = 0;
  for (let at = 0; at < items.length; ) {
    const one = pattern[index];
    if (one === null) {
      afterGap = ++index;
      gapEnd = at;
    } else if (one !== undefined && matches(one, items[at] as T)) {
      index++;
      at++;
    } else if (afterGap >= 0 && maySkip(items[gapEnd] as T)) {
      index = afterGap;
      at = ++gapEnd;
    } else return false;
  }
  return pattern.slice(index).every((one) => one === null);
}
