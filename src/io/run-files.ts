/**
 * The files of a rotation run and of its rollback on a real disk. `rotation` knows them only as an interface, which
 * this class has the shape of.
 *
 * @module
 */
import { dirname } from 'node:path';
import { TrustError } from '../errors.js';
import { type ReplaceNote, type ReplaceStep, replaceFile, resolveLinks } from './atomic-file.js';
import { type Host, thisHost } from './host.js';
import { acquireLock, clearLeftovers, type FileLock, isFolderLockName } from './lock.js';
import { isTemporaryName, makeFolders, removeFiles, syncFolder, writeAll, writeNewFile } from './new-file.js';
import { MAX_INPUT_BYTES, readRegularFile } from './read-input.js';
import { requirePath, systemErrorCode, toReadError, toWriteError } from './system-error.js';

/** Settings for tests. */
export interface DiskRunFilesOptions {
  readonly host?: Host;
  /** Told of every step of every replacement. */
  readonly onStep?: (step: ReplaceStep) => void;
}

/** Reads, writes, locks and replaces files; every method throws a `TrustError` where the file system refuses. */
export class DiskRunFiles {
  readonly #host: Host;
  readonly #onStep: (step: ReplaceStep) => void;

  constructor({ host = thisHost, onStep = () => {} }: DiskRunFilesOptions = {}) {
    this.#host = host;
    this.#onStep = onStep;
  }

  /** The path without symbolic links. */
  resolve(path: string): string {
    return resolveLinks(path, this.#host.fs);
  }

  /**
   * Waits for about five seconds for a lock, and clears away what dead processes left there.
   *
   * @param folders - for the lock of a run folder: those below it in which a run writes
   */
  lock(path: string, folders?: readonly string[]): Promise<FileLock> {
    return acquireLock(path, this.#lockOptions(folders));
  }

  /** Clears away what dead processes left; writes nothing where there is nothing, and leaves alone what is locked. */
  clear(path: string, folders?: readonly string[]): Promise<void> {
    return clearLeftovers(path, this.#lockOptions(folders));
  }

  #lockOptions(folders: readonly string[] | undefined): { readonly host: Host; readonly folders?: readonly string[] } {
    return folders === undefined ? { host: this.#host } : { folders, host: this.#host };
  }

  /** The whole of a regular file. */
  read(path: string): Uint8Array {
    return readRegularFile(path, MAX_INPUT_BYTES, this.#host.fs).bytes;
  }

  /** Whether there is anything under that path. */
  exists(path: string): boolean {
    try {
      return this.#host.fs.statSync(path, { throwIfNoEntry: false }) !== undefined;
    } catch (error) {
      throw toReadError(error, path);
    }
  }

  /** The names in a folder, sorted, without temporary files and its lock; null when there is no such folder. */
  list(folder: string): readonly string[] | null {
    requirePath(folder);
    try {
      const names = this.#host.fs.readdirSync(folder);
      return names.filter((name) => !isTemporaryName(name) && !isFolderLockName(name)).sort();
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'ENOENT') return null;
      if (code !== 'ENOTDIR') throw toReadError(error, folder);
      throw new TrustError('run/not-a-run-folder', 'it is a file or lies below one, the folder of a run was expected', {
        at: { source: folder },
        hint: 'name the folder of a run; `rotate --out` also takes one that is not there yet',
        cause: error,
      });
    }
  }

  /** Makes a folder and what is missing above it, and names those it made, outermost first. A private one is its owner's alone. */
  makeFolder(path: string, { isPrivate = false }: { readonly isPrivate?: boolean } = {}): readonly string[] {
    requirePath(path);
    try {
      return makeFolders(path, this.#host, isPrivate ? 0o700 : 0o777);
    } catch (error) {
      throw toWriteError(error, path);
    }
  }

  /** Writes a file that must not exist yet, whole or not at all; `like` lends mode and owner. */
  writeNew(path: string, bytes: Uint8Array, { like }: { readonly like?: string } = {}): void {
    writeNewFile(path, bytes, like === undefined ? { host: this.#host } : { like, host: this.#host });
  }

  /** Puts new content in the place of a file's. */
  async replace(
    path: string,
    bytes: Uint8Array,
    { expected, verify }: { readonly expected: Uint8Array; readonly verify: (bytes: Uint8Array) => void },
  ): Promise<readonly ReplaceNote[]> {
    const options = { expected, verify, onStep: this.#onStep, host: this.#host };
    return (await replaceFile(path, bytes, options)).notes;
  }

  /** Adds to the end of a file, which is made when missing; on the disk when it returns. */
  append(path: string, text: string): void {
    const { fs } = this.#host;
    try {
      const isNew = fs.statSync(path, { throwIfNoEntry: false }) === undefined;
      const file = fs.openSync(path, 'a');
      try {
        writeAll(file, new TextEncoder().encode(text), fs);
        fs.fsyncSync(file);
      } finally {
        fs.closeSync(file);
      }
      if (isNew) syncFolder(dirname(path), this.#host);
    } catch (error) {
      throw toWriteError(error, path);
    }
  }

  /** Removes a file or a folder; false when it had to stay. A folder in which others have put something stays, too. */
  remove(path: string): boolean {
    const { fs } = this.#host;
    try {
      const stats = fs.statSync(path, { throwIfNoEntry: false });
      if (stats?.isDirectory() !== true) return removeFiles([path], fs).length === 0;
      fs.rmdirSync(path);
      return true;
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === null) throw error;
      return code === 'ENOTEMPTY' || code === 'EEXIST';
    }
  }
}
