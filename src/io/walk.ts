/**
 * From what the user names to files: a path, a folder with everything below it, a glob. Synchronous calls, which are
 * several times faster than promises on many small files.
 *
 * @module
 */
import { type Dirent, existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { TrustError } from '../errors.js';
import { systemErrorCode, toNotFound, toReadError } from './system-error.js';

/** A file to read. */
export interface WalkedFile {
  readonly path: string;
  /** Found in a folder; false for one that the user named, by its path or by a glob. */
  readonly isFromFolder: boolean;
  /** Whether the folder says that it is a regular file itself and no link. */
  readonly isRegular: boolean;
}

/** What a name leads to. */
export interface Walk {
  /** Sorted within each folder; each file under one name even where symbolic links lead to a folder twice. */
  readonly files: readonly WalkedFile[];
  /** Folders and entries that cannot be read; `at.source` names them. The files beside them are there all the same. */
  readonly problems: readonly TrustError[];
}

/** What Node puts into a name in the place of bytes that are no UTF-8, so that the name leads nowhere. */
export const REPLACED = '\ufffd';

/** What makes a path that does not exist a glob. */
const GLOB = /[*?[{]|[@!+]\(/;

/**
 * Finds the files behind one argument of the command line. A name that exists is taken literally, whatever characters
 * it has. Pipes, sockets and devices in folders are passed over; a file is not opened.
 *
 * @throws {TrustError} `input/not-found`: no such path; `input/no-match`: a glob or folder without any file;
 *   `input/not-readable`; `usage/bad-value`: a pattern that is too long or too deep
 */
export async function walkInputs(argument: string): Promise<Walk> {
  const walker = new Walker();
  const stats = statOf(argument);
  if (stats?.isDirectory() === true) walker.folder(argument);
  else if (stats !== null) return { files: [{ path: argument, isFromFolder: false, isRegular: false }], problems: [] };
  else if (GLOB.test(argument)) await walkGlob(argument, walker);
  else throw toNotFound(argument);

  const { files, problems } = walker;
  if (files.length > 0 || problems.length > 0) return { files, problems };
  const [what, hint] =
    stats === null
      ? ['nothing matches the pattern', 'correct it, and put it in quotes so that the shell leaves it alone']
      : ['there is no file in the folder', 'name the folder that holds the files'];
  throw new TrustError('input/no-match', what, { at: { source: argument }, hint });
}

/** What a name leads to; null where that is nothing, or nothing but a pattern. */
export function statOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    // A path through a file leads nowhere, and so does a pattern that is no possible name on Windows. Node 26 says the
    // first by itself.
    const code = systemErrorCode(error);
    if (code === 'ENOTDIR' || (GLOB.test(path) && code !== null)) return null;
    throw toReadError(error, path);
  }
}

/** The error of a file that is there, and that cannot be read under its name. */
export function notReadable(path: string, what: string): TrustError {
  return new TrustError('input/not-readable', what, { at: { source: path }, hint: 'rename it, or read it by itself' });
}

/** Collects files. It walks each folder once, however many links lead there, so that circles end. */
class Walker {
  readonly files: WalkedFile[] = [];
  readonly problems: TrustError[] = [];
  readonly #walked = new Set<string>();
  /** The names that a pattern matched, in each folder that was looked through for it. */
  readonly #matched = new Map<string, Set<string>>();

  /** A folder and all below it, but for what a pattern has found there before. */
  folder(path: string): void {
    const identity = this.#identityOf(path);
    if (identity === null || this.#walked.has(identity)) return;
    this.#walked.add(identity);
    const matched = this.#matched.get(identity);
    for (const entry of this.#entries(path)) {
      if (matched?.has(entry.name) !== true) this.#entry(join(path, entry.name), entry, true);
    }
  }

  /**
   * Collects what a pattern matches in a folder that was neither walked nor looked through before.
   *
   * @returns the other entries, each before the next one is looked at
   */
  *match(path: string, isMatch: (name: string) => boolean): Generator<Dirent> {
    const identity = this.#identityOf(path);
    if (identity === null || this.#walked.has(identity) || this.#matched.has(identity)) return;
    const matched = new Set<string>();
    this.#matched.set(identity, matched);
    for (const entry of this.#entries(path)) {
      if (!isMatch(entry.name)) {
        yield entry;
        continue;
      }
      matched.add(entry.name);
      this.#entry(join(path, entry.name), entry, false);
    }
  }

  /** An entry of a folder: a file is collected, a folder walked. */
  #entry(path: string, entry: Dirent, isFromFolder: boolean): void {
    if (entry.name.includes(REPLACED) && !existsSync(path)) {
      this.problems.push(notReadable(path, 'the name of the file is not UTF-8'));
      return;
    }
    const kind = this.#kindOf(path, entry);
    if (kind === 'folder') this.folder(path);
    else if (kind === 'file') this.files.push({ path, isFromFolder, isRegular: entry.isFile() });
  }

  /** What an entry is, also behind a symbolic link. A link that leads nowhere is a problem. */
  #kindOf(path: string, entry: Dirent): 'file' | 'folder' | 'other' {
    if (!entry.isSymbolicLink()) return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
    try {
      const stats = statSync(path);
      return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
    } catch (error) {
      this.problems.push(toReadError(error, path));
      return 'other';
    }
  }

  /**
   * Whether an entry that a pattern does not match leads to a folder, in which it may match something. A link that leads nowhere,
   * or to itself, is nobody's business then.
   */
  leadsToFolder(path: string, entry: Dirent): boolean {
    if (!entry.isSymbolicLink()) return entry.isDirectory();
    try {
      return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    } catch (error) {
      const code = systemErrorCode(error);
      if (code !== 'ELOOP' && code !== 'ENOTDIR') this.problems.push(toReadError(error, path));
      return false;
    }
  }

  /** What a folder is, under whatever name; null where that cannot be seen. */
  #identityOf(path: string): string | null {
    try {
      const { dev, ino } = statSync(path, { bigint: true });
      return `${dev}:${ino}`;
    } catch (error) {
      this.problems.push(toReadError(error, path));
      return null;
    }
  }

  /** The entries of a folder in the order of their names; none when it cannot be read. */
  #entries(path: string): readonly Dirent[] {
    try {
      return readdirSync(path, { withFileTypes: true }).sort(byName);
    } catch (error) {
      this.problems.push(toReadError(error, path));
      return [];
    }
  }
}

/** By code unit, not by the user's language: the same everywhere. */
function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** As a shell does it: hidden names only where the pattern says so; a folder that matches is walked whole. */
async function walkGlob(argument: string, walker: Walker): Promise<void> {
  requireBounds(argument);
  const { default: picomatch } = await import('picomatch');
  const pattern = process.platform === 'win32' ? argument.replaceAll('\\', '/') : argument;
  const options = { nonegate: true };
  const { base, glob, prefix } = picomatch.scan(pattern, options);
  // A bracket that is never closed is a character, and a name that is not there.
  if (glob === '') return;
  const matches = guarded(argument, () => picomatch(glob, options));
  const depth = depthOf(glob);
  const descend = (folder: string, parents: readonly string[]) => {
    const isMatch = (name: string) => guarded(argument, () => matches([...parents, name].join('/')));
    for (const entry of walker.match(folder, isMatch)) {
      const path = join(folder, entry.name);
      const names = [...parents, entry.name];
      if (names.length < depth && walker.leadsToFolder(path, entry)) descend(path, names);
    }
  };
  const start = `${prefix}${base}` || '.';
  if (statOf(start)?.isDirectory() === true) descend(start, []);
}

/** Far more than a command line has that a person wrote. */
const MAX_PATTERN = 65_536;

/** Each level of them becomes one of a regular expression, which runs out of memory at some ten thousand. */
const MAX_NESTING = 100;

function requireBounds(pattern: string): void {
  if (pattern.length > MAX_PATTERN) {
    throw badPattern(pattern, `has ${pattern.length} characters; at most ${MAX_PATTERN} are taken`);
  }
  let depth = 0;
  for (const [character] of pattern.matchAll(/[{}()]/g)) {
    depth = Math.max(0, depth + (character === '{' || character === '(' ? 1 : -1));
    if (depth > MAX_NESTING) {
      throw badPattern(pattern, `has more than ${MAX_NESTING} braces or parentheses inside one another`);
    }
  }
}

/** Regular expressions are made when they are first used, so that one that is too large fails only then. */
function guarded<T>(pattern: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    throw badPattern(pattern, 'is too large to be matched');
  }
}

function badPattern(pattern: string, what: string): TrustError {
  const start = pattern.length > 60 ? `${pattern.slice(0, 60)}…` : pattern;
  return new TrustError('usage/bad-value', `the pattern "${start}" ${what}`, {
    hint: 'name the folder, or give several patterns that are shorter',
  });
}

/** A slash in braces or parentheses. Looked for from the last one that opens before it: each character is met once. */
const SLASH_WITHIN: RegExp = /[{(][^{}()/]*\//;

/** How many folders deep a pattern can match. */
function depthOf(glob: string): number {
  const isOpen = glob.includes('**') || SLASH_WITHIN.test(glob);
  return isOpen ? Number.POSITIVE_INFINITY : glob.split('/').length;
}
