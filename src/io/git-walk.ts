/**
 * From what the user names to files, as `walk.ts`, with what git knows about them: without those that it ignores, and on
 * request only those that have changed.
 *
 * @module
 */
import { existsSync, lstatSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { TrustError } from '../errors.js';
import { listDifferent, listTracked, listUntracked, requireWorkTree } from './git.js';
import { systemErrorCode, toReadError } from './system-error.js';
import { notReadable, REPLACED, statOf, type Walk, type WalkedFile, walkInputs } from './walk.js';

/**
 * How to find files with git. Names that lie in no work tree are refused, but for a file that is named itself while nothing
 * is asked about changes.
 *
 * In a folder, and of what a pattern matches, the files count that git tracks or does not ignore. Submodules and other
 * repositories inside are walked by their own rules; symbolic links to folders are not followed, as git does not.
 *
 * @param since - a revision: only files that differ from it, committed or not; a submodule whose commit differs counts whole. A
 *   named file that git does not track always counts. Null for all files
 * @returns what `walkInputs` is otherwise; it throws `input/no-match` where there is no file, changed or not
 */
export function walkWithGit(since: string | null): (argument: string) => Promise<Walk> {
  const asked = new Map<string, Promise<FolderState>>();
  const stateOf = (folder: string, revision: string) => {
    const state = asked.get(folder) ?? readState(folder, revision);
    asked.set(folder, state);
    return state;
  };
  return async (argument) => {
    const stats = statOf(argument);
    if (stats === null || stats.isDirectory()) return new GitWalker(since).walk(argument, stats !== null);
    const isWanted = since === null || isChanged(argument, await stateOf(dirname(argument), since));
    return { files: isWanted ? [{ path: argument, isFromFolder: false, isRegular: false }] : [], problems: [] };
  };
}

/** What git says of all files of a folder; asked once, however many of them are named. */
interface FolderState {
  readonly different: ReadonlySet<string>;
  readonly tracked: ReadonlySet<string>;
}

async function readState(folder: string, since: string): Promise<FolderState> {
  await requireWorkTree(folder);
  const different = new Set(await listDifferent(folder, since));
  return { different, tracked: new Set((await listTracked(folder)).map(({ name }) => name)) };
}

function isChanged(path: string, { different, tracked }: FolderState): boolean {
  const name = basename(path);
  return different.has(name) || !tracked.has(name);
}

/** Collects files. */
class GitWalker {
  readonly #since: string | null;
  readonly #files: string[] = [];
  readonly #problems: TrustError[] = [];

  constructor(since: string | null) {
    this.#since = since;
  }

  /** A folder, or a pattern. */
  async walk(argument: string, isFolder: boolean): Promise<Walk> {
    return isFolder ? this.#below(argument) : this.#matches(await walkInputs(argument));
  }

  async #below(folder: string): Promise<Walk> {
    await this.#collect(folder, this.#since);
    const files = this.#sorted().map((path) => ({ path, isFromFolder: true, isRegular: false }));
    if (files.length > 0 || this.#problems.length > 0 || this.#since !== null) {
      return { files, problems: this.#problems };
    }
    throw new TrustError('input/no-match', 'git has no file in the folder, or ignores them all', {
      at: { source: folder },
      hint: 'name the folder that holds the files, or leave --git away',
    });
  }

  /** Of what a pattern matches, what git knows. */
  async #matches({ files, problems }: Walk): Promise<Walk> {
    const folder = commonFolder(files);
    if (folder === null) return { files, problems };
    await this.#collect(folder, this.#since);
    const known = new Set(this.#files);
    return { files: files.filter(({ path }) => known.has(path)), problems };
  }

  async #collect(folder: string, since: string | null): Promise<void> {
    await requireWorkTree(folder);
    const tracked = await listTracked(folder);
    const untracked = await listUntracked(folder);
    const wanted = since === null ? tracked.map(({ name }) => name) : await listDifferent(folder, since);
    for (const name of new Set([...wanted, ...untracked])) await this.#take(folder, name);
    if (since === null) return;
    const seen = new Set(wanted);
    for (const { name, isSubmodule } of tracked) {
      // At the same commit as before, it can only differ from that.
      if (isSubmodule && !seen.has(name)) await this.#repository(join(folder, name), 'HEAD');
    }
  }

  /** A name that git gave: a file, a link, the folder of another repository, or nothing any more. */
  async #take(folder: string, name: string): Promise<void> {
    const path = join(folder, name);
    if (name.split('/').includes('..')) {
      this.#problems.push(notReadable(path, 'the index of git has a name that leads out of the folder'));
      return;
    }
    try {
      const stats = lstatSync(path);
      if (stats.isDirectory()) await this.#repository(path, null);
      else if (stats.isFile() || (stats.isSymbolicLink() && statSync(path).isFile())) this.#files.push(path);
    } catch (error) {
      this.#missing(path, error);
    }
  }

  /** Deleted and still tracked is no fault; a link that leads nowhere is, and a name that cannot be written in Unicode. */
  #missing(path: string, error: unknown): void {
    const code = systemErrorCode(error);
    const isGone = code === 'ENOTDIR' || (code === 'ENOENT' && !isLink(path));
    if (!isGone) this.#problems.push(toReadError(error, path));
    else if (path.includes(REPLACED)) this.#problems.push(notReadable(path, 'the name of the file is not UTF-8'));
  }

  /** A repository inside the work tree of another; a submodule that is not checked out is an empty folder. */
  async #repository(path: string, since: string | null): Promise<void> {
    if (!existsSync(join(path, '.git'))) return;
    try {
      await this.#collect(path, since);
    } catch (error) {
      this.#problems.push(toReadError(error, path));
    }
  }

  /** As a walk finds them: by code unit, folder by folder. */
  #sorted(): readonly string[] {
    const key = (path: string) => path.replaceAll(/[\\/]/g, '\0');
    return this.#files
      .map((path) => ({ path, key: key(path) }))
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .map(({ path }) => path);
  }
}

/** The lowest folder above all files; null without any. */
function commonFolder(files: readonly WalkedFile[]): string | null {
  const [first] = files;
  if (first === undefined) return null;
  let folder = dirname(first.path);
  for (const { path } of files) {
    while (folder !== '.' && folder !== dirname(folder) && !path.startsWith(join(folder, '/')))
      folder = dirname(folder);
  }
  return folder;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
