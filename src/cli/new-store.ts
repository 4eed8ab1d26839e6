/**
 * Writing a keystore that is made: never over a file that is there, unless the user says so, and then keeping the old one
 * as a backup.
 *
 * @module
 */
import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { TrustError } from '../errors.js';
import { type ReplaceNote, resolveLinks } from '../io/atomic-file.js';
import { thisHost } from '../io/host.js';
import { writeNewFile } from '../io/new-file.js';
import { readInput } from '../io/read-input.js';
import { requirePath, systemErrorCode, toWriteError } from '../io/system-error.js';
import { fingerprint } from '../x509/fingerprint.js';
import type { Io } from './io.js';
import { replaceStore } from './store-change.js';

/** The place of a new keystore. */
export interface NewStorePlace {
  /** As the user named it. */
  readonly name: string;
  /** Absolute, without symbolic links where there is a file. */
  readonly path: string;
  /** SHA-256 of the file that is there, or null for none. */
  readonly before: string | null;
}

/**
 * Looks at where a keystore is to be written.
 *
 * @param force - whether a file that is there may be replaced
 * @throws {TrustError} `output/exists` for a file that may not, `input/…` for one that cannot be read,
 *   `usage/bad-value` for the empty name, `file/cannot-write`
 */
export function findPlace(name: string, force: boolean): NewStorePlace {
  requirePath(name);
  if (!isThere(name)) return { name, path: resolve(name), before: null };
  if (force) return { name, path: resolveLinks(name, thisHost.fs), before: fingerprint('sha256', readInput(name)) };
  throw new TrustError('output/exists', 'there is a file of that name already', {
    at: { source: name },
    hint: 'name another one, or replace it with --force; it is kept as a backup then',
  });
}

/** Whether there is anything of that name, be it a link that leads nowhere. */
function isThere(name: string): boolean {
  try {
    lstatSync(name);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw toWriteError(error, name);
  }
}

/**
 * Writes a keystore, whole or not at all.
 *
 * @param verify - throws a `TrustError` unless the bytes are what they should be
 * @param mode - the widest access that a file gets which was not there; the process's own mask may narrow it
 * @returns where the file that was there is kept, or null
 * @throws {TrustError} `output/exists`, `file/…`, `run/interrupted`
 */
export async function writeStore(
  { name, path, before }: NewStorePlace,
  bytes: Uint8Array,
  verify: (bytes: Uint8Array) => void,
  io: Io,
  mode: number = 0o666,
): Promise<{ readonly backup: string | null; readonly notes: readonly ReplaceNote[] }> {
  if (before !== null) {
    return io.interruptible((signal) => replaceStore({ name, path, before, verify }, bytes, signal, io));
  }
  verify(bytes);
  writeNewFile(name, bytes, { mode });
  return { backup: null, notes: [] };
}
