/**
 * The machine as the file side sees it: the few calls of the file system it makes, the clock, randomness, who runs on
 * it. A test hands in one with other answers (a full disk, a Windows that holds a file open).
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import { systemErrorCode } from './system-error.js';

/** The calls that change files, and those that decide about changes. */
export type HostFileSystem = Pick<
  typeof fs,
  | 'accessSync'
  | 'closeSync'
  | 'fchmodSync'
  | 'fchownSync'
  | 'fstatSync'
  | 'fsync'
  | 'fsyncSync'
  | 'linkSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readSync'
  | 'readdirSync'
  | 'readlinkSync'
  | 'realpathSync'
  | 'renameSync'
  | 'rmdirSync'
  | 'statSync'
  | 'unlinkSync'
  | 'writeSync'
>;

/** A process, as another one on the same or another machine can tell it apart. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Another value after every start of the machine; empty where the system does not tell. */
  readonly boot: string;
  /** In which numbering of processes the pid counts (containers have their own); empty where there is only one. */
  readonly pidNamespace: string;
  /** When it was started, in the system's own terms: numbers of processes are given again. Empty where not known. */
  readonly started: string;
}

/** The machine. */
export interface Host {
  readonly fs: HostFileSystem;
  readonly platform: NodeJS.Platform;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** 32 hex digits that nobody can foresee. */
  readonly randomToken: () => string;
  readonly identity: () => ProcessIdentity;
  /** When the process that has this number now was started, as in `ProcessIdentity`; null where there is none. */
  readonly startOf: (pid: number) => string | null;
}

/** The machine this process runs on. */
export const thisHost: Host = {
  fs,
  platform: process.platform,
  now: () => new Date(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  randomToken: () => randomBytes(16).toString('hex'),
  identity: () => ({
    pid: process.pid,
    host: hostname(),
    boot: orEmpty(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: orEmpty(() => fs.readlinkSync('/proc/self/ns/pid')),
    started: startOf(process.pid) ?? '',
  }),
  startOf,
};

function startOf(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, and belongs to another user.
    if (systemErrorCode(error) !== 'EPERM') return null;
  }
  // proc_pid_stat(5): the 22nd field. The second is a name in parentheses that may hold anything, the third a state.
  const fields = orEmpty(() => fs.readFileSync(`/proc/${pid}/stat`, 'latin1'))
    .replace(/^.*\) /s, '')
    .split(' ');
  // A zombie has ended; nobody has asked for its exit status yet.
  return fields[0] === 'Z' ? null : (fields[19] ?? '');
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
