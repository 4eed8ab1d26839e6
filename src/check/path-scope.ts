/**
 * Where an entry of a policy holds: patterns of paths, relative to the folder of the policy file, with `/` between folders on
 * every system.
 *
 * - `*`, `**`, `?`, `[a-z]` and `{a,b}` are those of `path-pattern.ts`; hidden files are files.
 * - `gateways/` is everything below the folder. `!pattern` takes out again what another one took in.
 * - `../` leads out of the folder of the policy; nothing else does.
 * - The members of an archive are covered by a pattern of the archive, or by one of their own: `backup.zip!/**` and so on. What is in a
 *   member that is an archive or a document itself is covered by a pattern of the member.
 * - A server is covered by patterns that begin with `tls://`, standard input by `-`, and neither by any other.
 *
 * @module
 */
import { compilePattern } from './path-pattern.js';

/** Between an archive or a document and what is in it. */
const WITHIN = '!/';

/** Far more than stand in one another; a member can be called by that separator a thousand times. */
const MAX_NAMES = 64;

/** A place where certificates are. */
export interface Place {
  /** The path relative to the folder of the policy, or an endpoint, or `-`. */
  readonly file: string;
  /** Path inside an archive. */
  readonly member: string | null;
}

/** The places that patterns cover. */
export class PathScope {
  readonly #isEverywhere: boolean;
  readonly #including: readonly Matcher[];
  readonly #excluding: readonly Matcher[];
  #isUsed = false;

  /** @param patterns - those that begin with `!` exclude; null covers every place */
  constructor(patterns: readonly string[] | null) {
    this.#isEverywhere = patterns === null;
    const isExcluding = (pattern: string) => pattern.startsWith('!');
    this.#including = (patterns ?? []).filter((pattern) => !isExcluding(pattern)).map(toMatcher);
    this.#excluding = (patterns ?? []).filter(isExcluding).map((pattern) => toMatcher(pattern.slice(1)));
  }

  /** Whether it has covered any place that was asked about. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  covers({ file, member }: Place): boolean {
    const names = member === null ? [file] : [file, ...withOuter(`${file}!/${withoutDots(member)}`, file.length + 1)];
    const isAmong = (matchers: readonly Matcher[]) => matchers.some((matches) => names.some(matches));
    const isCovered = this.#isEverywhere || (isAmong(this.#including) && !isAmong(this.#excluding));
    this.#isUsed ||= isCovered;
    return isCovered;
  }
}

/** A name, and those of the members it is in. */
function withOuter(name: string, from: number): readonly string[] {
  const names = [name];
  for (let at = name.indexOf(WITHIN, from); at !== -1 && names.length < MAX_NAMES; at = name.indexOf(WITHIN, at + 1)) {
    names.push(name.slice(0, at));
  }
  return names;
}

/** `tar -C folder .` calls its members `./a/b`. */
function withoutDots(member: string): string {
  return member.replace(/(^|\/)(?:\.\/)+/g, '$1');
}

type Matcher = (name: string) => boolean;

/** What a name is of: a pattern covers names of its own kind alone. What is in an archive that comes by standard input is in no file. */
function kindOf(name: string): 'endpoint' | 'standard-input' | 'file' {
  if (name.startsWith('tls://')) return 'endpoint';
  return name === '-' || name.startsWith('-!/') ? 'standard-input' : 'file';
}

function toMatcher(pattern: string): Matcher {
  const matches = compilePattern(pattern.replace(/^(?:\.\/)+/, '').replace(/\/$/, '/**'));
  const kind = kindOf(pattern);
  return (name) => kindOf(name) === kind && matches(name);
}
