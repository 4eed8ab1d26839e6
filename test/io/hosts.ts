/** Machines on which something goes wrong, or that are another kind of machine. */
import { type Host, type HostFileSystem, thisHost } from '../../src/io/host.ts';

/** An error as node:fs throws it. */
export function systemError(code: string, syscall = 'call'): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made by a test, ${syscall}`), { code, syscall, errno: -1 });
}

/** A call of the file system that always fails. */
export const refusing = (code: string) => (): never => {
  throw systemError(code);
};

/** This machine with some other answers of its file system. */
export function hostWith(fs: Partial<HostFileSystem>, more: Partial<Host> = {}): Host {
  return { ...thisHost, ...more, fs: { ...thisHost.fs, ...fs } };
}

type Call = keyof HostFileSystem;

/** Counts the calls to the file system and lets the n-th fail with a system error. */
export function hostFailingAt(failing: number, code: string): { readonly host: Host; readonly calls: Call[] } {
  const calls: Call[] = [];
  const names = Object.keys(thisHost.fs).filter((name): name is Call => name.endsWith('Sync') || name === 'fsync');
  const fs = { ...thisHost.fs };
  for (const name of names) {
    const original: (...args: never[]) => unknown = thisHost.fs[name];
    const counted = (...args: never[]) => {
      calls.push(name);
      if (calls.length === failing) {
        // A file is closed all the same (close(2)), and Windows removes no folder while one in it is open.
        if (name === 'closeSync') original(...args);
        const error = systemError(code, name);
        if (name !== 'fsync') throw error;
        return void setImmediate(args.at(-1) as unknown as (error: Error) => void, error);
      }
      return original(...args);
    };
    Object.assign(fs, { [name]: Object.assign(counted, original) });
  }
  return { host: { ...thisHost, fs }, calls };
}
