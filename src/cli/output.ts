/**
 * Writing an answer to a file of the user's choice: never over one that is there, unless the user says so.
 *
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { expectTrustError, TrustError } from '../errors.js';
import { replaceFile, resolveLinks } from '../io/atomic-file.js';
import { requireNoDeadLink } from '../io/dead-link.js';
import { thisHost } from '../io/host.js';
import { removeFiles, removeFolders, withLeftovers, writeNewFile } from '../io/new-file.js';
import { readInput } from '../io/read-input.js';
import { requirePath } from '../io/system-error.js';
import type { Io } from './io.js';

/**
 * Writes a text file, whole or not at all, also where an interrupt comes meanwhile.
 *
 * @param force - whether a file that is there may be replaced
 * @throws {TrustError} `output/exists` without `force`, and for what is no file; `file/cannot-write`
 */
export async function writeOutput(path: string, text: string, force: boolean, io: Interruptible): Promise<void> {
  requireFree([{ path }], force);
  await io.interruptible(() => write({ path, text }, force));
}

type Interruptible = Pick<Io, 'interruptible'>;

async function write(output: Output, force: boolean): Promise<WrittenOutput> {
  const { path, text } = output;
  const bytes = encode(text);
  if (!force || !existsSync(path)) return { ...output, before: null, folders: writeNewFile(path, bytes) };
  const before = readInput(path);
  await replaceFile(path, bytes, { expected: before, verify: () => {} });
  return { ...output, before, folders: [] };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What to do instead of naming a stream, as the hint of `requireFileName` says it. */
export const INSTEAD_OF_FILE = 'the answer goes to standard output without the option';

/** A text and where it goes. */
export interface Output {
  readonly path: string;
  readonly text: string;
}

/**
 * Writes text files that belong together, in their order: once begun, all of them, also where an interrupt comes meanwhile.
 * Where one cannot be written, those that this call made are removed again with the folders made for them, and those that it
 * replaced are put back.
 *
 * @param force - whether files that are there may be replaced
 * @throws {TrustError} before anything is written `output/exists` without `force`, and `usage/conflict` when two have one
 *   path; then `file/cannot-write`
 */
export async function writeOutputs(outputs: readonly Output[], force: boolean, io: Interruptible): Promise<void> {
  requireFree(outputs, force);
  await io.interruptible(() => writeAll(outputs, force));
}

async function writeAll(outputs: readonly Output[], force: boolean): Promise<void> {
  const written: WrittenOutput[] = [];
  for (const output of outputs) {
    try {
      written.push(await write(output, force));
    } catch (error) {
      throw withLeftovers(error, await takeBack(written), output.path);
    }
  }
}

/** An output that is in its place, and what it replaced. */
interface WrittenOutput extends Output {
  readonly before: Uint8Array | null;
  /** Those that were made for it, outermost first. */
  readonly folders: readonly string[];
}

/** Undoes what was written; gives the paths of what is still there. */
async function takeBack(written: readonly WrittenOutput[]): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { path, text, before } of written) {
    if (before === null) {
      left.push(...removeFiles([path], thisHost.fs));
      continue;
    }
    try {
      await replaceFile(path, before, { expected: encode(text), verify: () => {} });
    } catch (error) {
      expectTrustError(error);
      left.push(path);
    }
  }
  return [
    ...left,
    ...removeFolders(
      written.flatMap(({ folders }) => folders),
      thisHost.fs,
    ),
  ];
}

/**
 * Refuses paths that cannot all be written.
 *
 * @throws {TrustError} `output/exists` without `force`, and for what is no file; `usage/bad-value` for a hyphen, which is
 *   standard input elsewhere and would be a file of that name here; and `usage/conflict` when two have one path, or symbolic
 *   links lead from both to one
 */
export function requireFree(outputs: readonly Pick<Output, 'path'>[], force: boolean): void {
  const taken = new Set<string>();
  for (const { path } of outputs) {
    requireFileName(path, INSTEAD_OF_FILE);
    requireFileBehind(path);
    const place = placeOf(resolve(path)).toLowerCase();
    if (taken.has(place)) {
      throw new TrustError('usage/conflict', 'two files would be written to one place', {
        at: { source: path },
        hint: 'give each of them a name of its own, and remove symbolic links that lead to one file',
      });
    }
    taken.add(place);
    if (!force && existsSync(path)) {
      throw new TrustError('output/exists', 'there is a file of that name already', {
        at: { source: path },
        hint: 'name another one, move that one away, or use --force',
      });
    }
  }
}

/** Where an absolute path leads, as far as there is something. */
function placeOf(path: string): string {
  const folder = dirname(path);
  if (folder === path) return path;
  return existsSync(path) ? resolveLinks(path, thisHost.fs) : join(placeOf(folder), basename(path));
}

/**
 * Refuses what stands in the place of a file to be written and is none, also where a file might be replaced.
 *
 * @throws {TrustError} `output/exists` for a folder, a pipe, a device, and a symbolic link that leads nowhere
 */
export function requireFileBehind(path: string): void {
  requireNoDeadLink(path);
  // Where it cannot be looked at, writing says so.
  if (!existsSync(path)) return;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isFile()) return;
  const [what, hint] = stats.isDirectory() ? ['a folder', 'name a file in it'] : ['a pipe or device', 'name a file'];
  throw new TrustError('output/exists', `there is ${what} of that name`, { at: { source: path }, hint });
}

/**
 * Refuses what is no name of a file to be written: nothing, and what is a stream elsewhere.
 *
 * @param instead - what to do, as the hint says it
 * @throws {TrustError} `usage/bad-value` for the empty name and for a hyphen
 */
export function requireFileName(path: string, instead: string): void {
  requireName(path, 'file', instead);
}

/** The same for a folder to be written to. @throws {TrustError} as `requireFileName` */
export function requireFolderName(path: string, instead: string): void {
  requireName(path, 'folder', instead);
}

function requireName(path: string, what: 'file' | 'folder', instead: string): void {
  requirePath(path);
  if (path !== '-') return;
  throw new TrustError('usage/bad-value', `a ${what} was expected, found -`, {
    hint: `${instead}; a ${what} of that name is ./-`,
  });
}
