/**
 * Advisory locks: two runs of this program never change one keystore at the same time. A lock is a file beside the
 * keystore, `.tg.jks.anchorctl-lock.<token>`, that says who holds it.
 *
 * Every process announces itself under a name of its own, and only then looks for others: of two that want the lock at
 * the same time, at least one sees the other and steps back. No name is ever used twice, so what a dead process left
 * can be deleted at any time without a race. docs/decisions/0005-locks.md has the argument.
 *
 * @module
 */
import { basename, dirname, join } from 'node:path';
import { TrustError } from '../errors.js';
import { resolveLinks } from './atomic-file.js';
import { type Host, type HostFileSystem, type ProcessIdentity, thisHost } from './host.js';
import { removeFiles, temporaryPrefix, writeAll } from './new-file.js';
import { readRegularFile } from './read-input.js';
import { toWriteError } from './system-error.js';

/** The content of a lock file, as JSON. */
export interface LockHolder extends ProcessIdentity {
  /** RFC 3339, UTC. */
  readonly at: string;
}

/** A held lock. */
export interface FileLock {
  /** The file that is locked, without symbolic links. */
  readonly path: string;
  /** Gives the lock back; a second call does nothing. */
  readonly release: () => void;
}

/** How to lock. */
export interface AcquireLockOptions {
  readonly host?: Host;
  /** Called between announcing and looking, and when the lock is held. */
  readonly onStep?: (step: 'announced' | 'held') => void;
}

/** A keystore is locked for fractions of a second: who waits longer than about five waits for something that hangs. */
const ATTEMPTS = 25;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 300;

/** Between making a lock file and writing it lie microseconds; one that is still empty after this was left by a crash. */
const UNWRITTEN_MS = 3000;
const MAX_LOCK_BYTES = 4096;

/**
 * Locks a file against other runs of this program; waits up to about five seconds for one that holds it. What a killed
 * run left beside the file (its lock, its temporary files) is cleared away.
 *
 * @throws {TrustError} `file/locked` saying who holds it and since when; `file/cannot-write`; `input/not-found`
 */
export async function acquireLock(path: string, options: AcquireLockOptions = {}): Promise<FileLock> {
  const { host = thisHost, onStep = () => {} } = options;
  const target = resolveLinks(path, host.fs);
  for (let attempt = 1; ; attempt++) {
    const own = announce(path, target, host);
    let holder: OtherLock | undefined;
    try {
      onStep('announced');
      const { others, isAnnounced } = lookAround(target, own, host);
      holder = others.find(({ isStale }) => !isStale);
      if (holder === undefined && isAnnounced) {
        clearUp(target, others, host.fs);
        onStep('held');
        return { path: target, release: () => void removeFiles([own], host.fs) };
      }
    } catch (error) {
      removeFiles([own], host.fs);
      throw toWriteError(error, path);
    }
    removeFiles([own], host.fs);
    if (attempt === ATTEMPTS) throw locked(path, holder);
    await host.sleep(pause(host));
  }
}

/** Different for two that step back at the same time. */
function pause(host: Host): number {
  const fraction = Number.parseInt(host.randomToken().slice(0, 4), 16) / 0x10000;
  return SHORTEST_PAUSE_MS + fraction * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS);
}

function lockPrefix(target: string): string {
  return `.${basename(target)}.anchorctl-lock.`;
}

function announce(path: string, target: string, host: Host): string {
  const own = join(dirname(target), `${lockPrefix(target)}${host.randomToken()}`);
  const holder: LockHolder = { ...host.identity(), at: host.now().toISOString() };
  try {
    const file = host.fs.openSync(own, 'wx', 0o644);
    try {
      writeAll(file, new TextEncoder().encode(`${JSON.stringify(holder)}\n`), host.fs);
    } finally {
      host.fs.closeSync(file);
    }
    return own;
  } catch (error) {
    removeFiles([own], host.fs);
    throw toWriteError(error, path);
  }
}

interface OtherLock {
  readonly path: string;
  /** Null when it cannot be told. */
  readonly holder: LockHolder | null;
  readonly isStale: boolean;
}

/** The lock files of others; and whether our own is still there, which somebody may have deleted. */
function lookAround(target: string, own: string, host: Host): { others: readonly OtherLock[]; isAnnounced: boolean } {
  const paths = filesBeside(target, lockPrefix(target), host.fs);
  const others = paths.filter((path) => path !== own).flatMap((path) => readLock(path, host) ?? []);
  return { others, isAnnounced: paths.includes(own) };
}

/** A lock file of another process; null when it is gone by now. */
function readLock(path: string, host: Host): OtherLock | null {
  try {
    const { bytes, stats } = readRegularFile(path, MAX_LOCK_BYTES, host.fs);
    const holder = parseHolder(new TextDecoder().decode(bytes));
    const isStale =
      holder === null ? host.now().getTime() - stats.mtimeMs > UNWRITTEN_MS : isDead(holder, host.identity(), host);
    return { path, holder, isStale };
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    return error.code === 'input/not-found' ? null : { path, holder: null, isStale: false };
  }
}

function parseHolder(text: string): LockHolder | null {
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? value : null;
  } catch {
    return null;
  }
}

/** Anybody who may write to the folder may have written this, and it ends in messages: no strange characters. */
function isHolder(value: unknown): value is LockHolder {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, ...texts }: Partial<Record<keyof LockHolder, unknown>> = value;
  const { host, boot, pidNamespace, started, at } = texts;
  const isPlain = (text: unknown) => typeof text === 'string' && /^[\w.:[\]-]{0,255}$/.test(text);
  return Number.isSafeInteger(pid) && Number(pid) > 0 && [host, boot, pidNamespace, started, at].every(isPlain);
}

/** Certain only on the holder's own machine; a doubt keeps the lock. */
function isDead(holder: LockHolder, here: ProcessIdentity, host: Host): boolean {
  if (holder.host !== here.host) return false;
  if (holder.boot !== here.boot) return true;
  if (holder.pidNamespace !== here.pidNamespace) return false;
  const started = host.startOf(holder.pid);
  return started === null || started !== holder.started;
}

/** The locks go last: as long as one is there, the next run knows that there may be temporary files. */
function clearUp(target: string, stale: readonly OtherLock[], fs: HostFileSystem): void {
  if (stale.length === 0) return;
  removeFiles(filesBeside(target, temporaryPrefix(target), fs), fs);
  removeFiles(
    stale.map(({ path }) => path),
    fs,
  );
}

function filesBeside(target: string, prefix: string, fs: HostFileSystem): readonly string[] {
  const folder = dirname(target);
  const names = fs.readdirSync(folder).filter((name) => name.startsWith(prefix));
  return names.map((name) => join(folder, name));
}

function locked(path: string, lock: OtherLock | undefined): TrustError {
  const at = { source: path };
  if (lock === undefined) {
    return new TrustError('file/locked', 'the lock cannot be kept: somebody deletes its file', {
      at,
      hint: 'run again',
    });
  }
  const { holder } = lock;
  const who = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host} since ${holder.at}`;
  return new TrustError('file/locked', `locked by ${who}`, {
    at,
    hint: `wait until it has ended, then run again; if it runs no more, delete ${lock.path}`,
  });
}
