/**
 * Advisory locks: two runs of this program never change one keystore, or one run folder, at the same time. A lock is a
 * file that says who holds it: `.tg.jks.anchorctl-lock.<token>` beside a keystore, `.anchorctl-lock.<token>` in a run
 * folder.
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
import { isBackupName } from './backup-name.js';
import { type Host, type HostFileSystem, type ProcessIdentity, thisHost } from './host.js';
import { prefixBeside } from './name-beside.js';
import { isTemporaryName, removeFiles, temporaryPrefix, writeAll } from './new-file.js';
import { readRegularFile } from './read-input.js';
import { isSameFile } from './same-file.js';
import { requirePath, systemErrorCode, toWriteError } from './system-error.js';

/** The content of a lock file, as JSON. */
export interface LockHolder extends ProcessIdentity {
  /** RFC 3339, UTC. */
  readonly at: string;
}

/** A held lock. */
export interface FileLock {
  /** The file or folder that is locked, without symbolic links. */
  readonly path: string;
  /** Gives the lock back; a second call does nothing. */
  readonly release: () => void;
}

/** What is locked. */
interface LockOptions {
  /** For a folder: those below it in which the holder of its lock writes, besides itself. Absent for a file. */
  readonly folders?: readonly string[];
  readonly host?: Host;
}

/** How to lock. */
export interface AcquireLockOptions extends LockOptions {
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

/** What the names of lock files hold, after a dot and the name of the file, or alone in a folder. */
const LOCK_MARK = '.anchorctl-lock.';

const LEFTOVERS_HINT =
  'delete these files as a user who may, then run again; temporary files of a keystore hold its private keys';

/** Whether a name is that of the lock file of the folder it lies in. */
export function isFolderLockName(name: string): boolean {
  return name.startsWith(LOCK_MARK);
}

/**
 * Locks a file or a folder against other runs of this program; waits up to about five seconds for one that holds it.
 * What a killed run left there (its lock, its temporary files, a backup of what it did not change) is cleared away.
 *
 * @throws {TrustError} `file/locked` saying who holds it and since when; `file/cannot-write`, also where something that
 *   was left cannot be cleared away; `input/not-found`
 */
export async function acquireLock(path: string, options: AcquireLockOptions = {}): Promise<FileLock> {
  const { host = thisHost, onStep = () => {} } = options;
  const target = resolveLinks(path, host.fs);
  const guard = guardOf(target, options.folders, host.fs);
  for (let attempt = 1; ; attempt++) {
    const { own, holder } = tryLock(path, guard, host, onStep);
    if (own !== null) return { path: target, release: () => void removeFiles([own], host.fs) };
    if (attempt === ATTEMPTS) throw locked(path, holder);
    await host.sleep(pause(host));
  }
}

/**
 * Clears away what dead processes left beside a file or in a folder. Nothing is written where nothing was left, and
 * nothing is touched while a living process holds the lock: it has cleared away the rest itself.
 *
 * @throws {TrustError} `file/cannot-write` naming what had to stay; `usage/bad-value` for the empty path
 */
export async function clearLeftovers(path: string, { folders, host = thisHost }: LockOptions = {}): Promise<void> {
  requirePath(path);
  const guard = guardOf(locate(path, host.fs), folders, host.fs);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { locks, files } = leftoversOf(guard, host);
    if (locks.length + files.length === 0) return;
    const living = locks.filter(({ isStale }) => !isStale);
    if (living.some(({ holder }) => holder !== null)) return;
    // One without a holder is about to be written, or was left by a crash: a moment tells.
    if (living.length === 0 && clearUnderLock(path, guard, [...files, ...locks.map((lock) => lock.path)], host)) return;
    await host.sleep(pause(host));
  }
}

/** Nothing where the folder cannot be looked into. */
function leftoversOf(guard: Guard, host: Host): { locks: readonly OtherLock[]; files: readonly string[] } {
  try {
    return { locks: lookAround(guard, '', host).others, files: guard.leftovers() };
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return { locks: [], files: [] };
  }
}

/** One attempt; false when somebody else has the lock by now. */
function clearUnderLock(path: string, guard: Guard, found: readonly string[], host: Host): boolean {
  try {
    const { own } = tryLock(path, guard, host, () => {});
    if (own !== null) removeFiles([own], host.fs);
    return own !== null;
  } catch (error) {
    const { message } = toWriteError(error, path);
    throw new TrustError('file/cannot-write', `a killed run left ${found.join(', ')}; clearing up: ${message}`, {
      at: { source: path },
      hint: LEFTOVERS_HINT,
      cause: error,
    });
  }
}

/** The file behind a path, or the place where it would be. */
function locate(path: string, fs: HostFileSystem): string {
  for (const [folder, name] of [
    [path, '.'],
    [dirname(path), basename(path)],
  ] as const) {
    try {
      return join(fs.realpathSync.native(folder), name);
    } catch (error) {
      if (systemErrorCode(error) === null) throw error;
    }
  }
  return path;
}

/** Different for two that step back at the same time. */
function pause(host: Host): number {
  const fraction = Number.parseInt(host.randomToken().slice(0, 4), 16) / 0x10000;
  return SHORTEST_PAUSE_MS + fraction * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS);
}

/** Where the lock files of something lie, and what the holder of its lock alone writes. */
interface Guard {
  readonly folder: string;
  /** What the names of the lock files begin with. */
  readonly prefix: string;
  /** Paths of the temporary files that are there now, and of backups that are none. */
  readonly leftovers: () => readonly string[];
}

function guardOf(target: string, folders: readonly string[] | undefined, fs: HostFileSystem): Guard {
  if (folders === undefined) {
    const folder = dirname(target);
    const isOurs = (name: string) => name.startsWith(temporaryPrefix(target));
    const leftovers = () => [...filesIn(folder, isOurs, fs), ...secondNames(target, fs)];
    return { folder, prefix: prefixBeside(target, LOCK_MARK), leftovers };
  }
  const all = [target, ...folders.map((name) => join(target, name))];
  const leftovers = () => all.flatMap((folder) => filesIn(folder, isTemporaryName, fs));
  return { folder: target, prefix: LOCK_MARK, leftovers };
}

/**
 * Backups that are the file itself: whoever was killed had named one and not changed the name over yet. What is written to the
 * file in place would be written to them, too.
 */
function secondNames(target: string, fs: HostFileSystem): readonly string[] {
  const links = fs.lstatSync(target, { throwIfNoEntry: false })?.nlink ?? 0;
  if (links <= 1) return [];
  const names = filesIn(dirname(target), (name) => isBackupName(target, name), fs);
  return names.filter((path) => isSameFile(path, target, fs));
}

/** None in a folder that is not there. */
function filesIn(folder: string, isWanted: (name: string) => boolean, fs: HostFileSystem): readonly string[] {
  try {
    const names = fs.readdirSync(folder).filter(isWanted);
    return names.map((name) => join(folder, name));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** One attempt: the path of our lock file, or who holds the lock (nobody, where our own file was deleted). */
function tryLock(
  path: string,
  guard: Guard,
  host: Host,
  onStep: (step: 'announced' | 'held') => void,
): { readonly own: string | null; readonly holder?: OtherLock | undefined } {
  const own = announce(path, guard, host);
  try {
    onStep('announced');
    const { others, isAnnounced } = lookAround(guard, own, host);
    const holder = others.find(({ isStale }) => !isStale);
    if (holder === undefined && isAnnounced) {
      clearUp(guard, others, host.fs);
      onStep('held');
      return { own };
    }
    removeFiles([own], host.fs);
    return { own: null, holder };
  } catch (error) {
    removeFiles([own], host.fs);
    throw toWriteError(error, path);
  }
}

function announce(path: string, { folder, prefix }: Guard, host: Host): string {
  const own = join(folder, `${prefix}${host.randomToken()}`);
  const holder: LockHolder = { ...identityOf(host), at: host.now().toISOString() };
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
function lookAround(
  { folder, prefix }: Guard,
  own: string,
  host: Host,
): { others: readonly OtherLock[]; isAnnounced: boolean } {
  const paths = filesIn(folder, (name) => name.startsWith(prefix), host.fs);
  const others = paths.filter((path) => path !== own).flatMap((path) => readLock(path, host) ?? []);
  return { others, isAnnounced: paths.includes(own) };
}

/** A lock file of another process; null when it is gone by now. */
function readLock(path: string, host: Host): OtherLock | null {
  try {
    const { bytes, stats } = readRegularFile(path, MAX_LOCK_BYTES, host.fs);
    const holder = parseHolder(new TextDecoder().decode(bytes));
    const isStale =
      holder === null ? host.now().getTime() - stats.mtimeMs > UNWRITTEN_MS : isDead(holder, identityOf(host), host);
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
  const isPlain = (text: unknown) => typeof text === 'string' && /^[\w.:[\]-]{0,1023}$/.test(text);
  return Number.isSafeInteger(pid) && Number(pid) > 0 && [host, boot, pidNamespace, started, at].every(isPlain);
}

/** With the name of the machine, which may hold any letter, in characters that `isHolder` takes. */
function identityOf(host: Host): ProcessIdentity {
  const identity = host.identity();
  const plain = identity.host.replace(/[^\w.-]/g, (unit) => `[${unit.charCodeAt(0).toString(16)}]`);
  return { ...identity, host: plain };
}

/** Certain only on the holder's own machine; a doubt keeps the lock. */
function isDead(holder: LockHolder, here: ProcessIdentity, host: Host): boolean {
  if (holder.host !== here.host) return false;
  if (holder.boot !== here.boot) return true;
  if (holder.pidNamespace !== here.pidNamespace) return false;
  const started = host.startOf(holder.pid);
  return started === null || started !== holder.started;
}

/**
 * For the holder of the lock, who alone may be writing temporary files. The locks of the dead go last: as long as one is
 * there, the next run sees at a glance that somebody was killed.
 */
function clearUp({ leftovers }: Guard, stale: readonly OtherLock[], fs: HostFileSystem): void {
  const left = removeFiles([...leftovers(), ...stale.map(({ path }) => path)], fs);
  if (left.length === 0) return;
  throw new TrustError('file/cannot-write', `what a killed run left cannot be removed: ${left.join(', ')}`, {
    hint: LEFTOVERS_HINT,
  });
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
