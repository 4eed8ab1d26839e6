/**
 * Sees every call that a program makes to the file system below one folder, whatever part of the program makes it, and
 * decides what becomes of it. What is watched comes from `node:fs` itself: a call that is new is seen without a list.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, sep } from 'node:path';

type Call = (...args: unknown[]) => unknown;

/** A call to the file system. */
export interface FileCall {
  /** `writeSync`. */
  readonly name: string;
  /** The file that it is about, without its folder. */
  readonly file: string;
  readonly args: readonly unknown[];
}

/** Makes the call by `proceed`, or does something else. */
export type OnCall = (call: FileCall, proceed: Call) => unknown;

/** It says no to everything that goes wrong, so it cannot fail. */
const NEVER_FAILS = 'existsSync';

/** The calls that go on while the program does something else, and tell a function how they ended. */
const ASYNCHRONOUS: ReadonlySet<string> = new Set(['fsync']);

/**
 * Watches from now on.
 *
 * @returns stops watching
 */
export function watchFiles(folder: string, onCall: OnCall): () => void {
  const table = fs as unknown as Record<string, Call>;
  const originals = Object.entries(table).filter(
    ([name]) => (name.endsWith('Sync') && name !== NEVER_FAILS) || ASYNCHRONOUS.has(name),
  );
  /** Open files by their descriptors. */
  const opened = new Map<unknown, string>();
  let isInside = false;

  const fileOf = (args: readonly unknown[]): string | undefined =>
    opened.get(args[0]) ??
    args
      .slice(0, 2)
      .find((arg): arg is string => typeof arg === 'string' && `${arg}${sep}`.startsWith(`${folder}${sep}`));

  const watched = (name: string, original: Call): Call =>
    function call(this: unknown, ...args) {
      const file = fileOf(args);
      // Node.js makes some of its calls out of others of them.
      if (file === undefined || isInside) return original.apply(this, args);
      isInside = true;
      try {
        const result = onCall({ name, file: basename(file), args }, () => original.apply(this, args));
        if (name === 'openSync') opened.set(result, file);
        if (name === 'closeSync') opened.delete(args[0]);
        return result;
      } catch (error) {
        if (!ASYNCHRONOUS.has(name)) throw error;
        return void setImmediate(args.at(-1) as Call, error);
      } finally {
        isInside = false;
      }
    };

  for (const [name, original] of originals) {
    const replacement = Object.assign(watched(name, original), original);
    if ('native' in replacement) replacement.native = watched(name, replacement.native as Call);
    table[name] = replacement;
  }
  syncBuiltinESMExports();
  return () => {
    Object.assign(table, Object.fromEntries(originals));
    syncBuiltinESMExports();
  };
}
