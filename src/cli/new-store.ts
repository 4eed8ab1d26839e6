/**
 * Writing a keystore that is made: never over a file that is there, unless the user says so, and then keeping the old one
 * as a backup.
 *
 * @module
 */
import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Options } from 'yargs';
import type { Finding } from '../check/finding.js';
import { checkStoreLocation } from '../check/store-location.js';
import { equalBytes } from '../encoding/byte-writer.js';
import { expectTrustError, TrustError } from '../errors.js';
import { type ReplaceNote, resolveLinks } from '../io/atomic-file.js';
import { thisHost } from '../io/host.js';
import { clearLeftovers } from '../io/lock.js';
import { writeNewFile } from '../io/new-file.js';
import { readInput } from '../io/read-input.js';
import { systemErrorCode, toWriteError } from '../io/system-error.js';
import type { ChangedStore, ChangeReport } from '../report/keystore-change.js';
import type { KeystoreType, Pkcs12Compat } from '../store/keystore.js';
import { coercion } from './coercion.js';
import type { Io } from './io.js';
import {
  atOption,
  type CommonArgs,
  changeOptions,
  choiceOption,
  commonOptions,
  failOnOption,
  parseStoretype,
  passwordOptions,
  single,
} from './options.js';
import { requireFileBehind, requireFileName } from './output.js';
import type { PasswordArgs } from './password.js';
import { checkFile, replaceStore } from './store-change.js';

/** What `newStoreOptions` declares. */
export interface NewStoreArgs extends CommonArgs, PasswordArgs {
  readonly type: KeystoreType;
  readonly compat: Pkcs12Compat | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly failOn: 'warning' | 'error';
  readonly at: Date | undefined;
}

/** Options of every command that makes a keystore. */
export const newStoreOptions: Readonly<Record<string, Options>> = {
  type: {
    type: 'string',
    requiresArg: true,
    demandOption: true,
    describe: 'The type of the new keystore: jks, jceks, pkcs12, pem',
    coerce: coercion((value) => (value === undefined ? undefined : parseStoretype(single('type', value)))),
  },
  compat: choiceOption(
    'compat',
    ['modern', 'java8', 'passwordless'],
    'Who reads the new PKCS#12: Java since 8u301 (modern), every Java 8 (java8), or without a password Java 17, by experiment (passwordless); default: modern',
  ),
  force: {
    type: 'boolean',
    default: false,
    describe: 'Replace the file if it is there; it is kept as a backup',
  },
  ...commonOptions,
  ...changeOptions,
  'fail-on': failOnOption,
  at: atOption,
  ...passwordOptions,
};

/**
 * The protection of a new keystore.
 *
 * @throws {TrustError} `usage/conflict` for one that is asked of another type than PKCS#12
 */
export function compatOf({ type, compat }: Pick<NewStoreArgs, 'type' | 'compat'>): Pkcs12Compat | undefined {
  if (compat === undefined || type === 'pkcs12') return compat;
  throw new TrustError('usage/conflict', `--compat is for PKCS#12, and the new keystore is ${type.toUpperCase()}`, {
    hint: 'leave --compat out, or write --type pkcs12',
  });
}

/** The place of a new keystore. */
export interface NewStorePlace {
  /** As the user named it. */
  readonly name: string;
  /** Absolute, without symbolic links where there is a file. */
  readonly path: string;
  /** The file that is there, or null for none. */
  readonly before: Uint8Array | null;
}

/**
 * Refuses what is no name of a keystore to be written.
 *
 * @throws {TrustError} `usage/bad-value` for the empty name and for a hyphen
 */
export function requireStoreName(name: string): void {
  requireFileName(name, 'a keystore is never written to standard output');
}

/**
 * Looks at where a keystore is to be written.
 *
 * @param force - whether a file that is there may be replaced
 * @throws {TrustError} `output/exists` for a file that may not, and for a folder; `input/…` for a file that cannot be
 *   read; `usage/bad-value` for the empty name and for a hyphen; `file/cannot-write`, also where the folder above is missing
 */
export function findPlace(name: string, force: boolean): NewStorePlace {
  requireStoreName(name);
  if (!isThere(name)) {
    requireFolder(name);
    return { name, path: resolve(name), before: null };
  }
  requireFileBehind(name);
  if (!force) {
    throw exists(
      name,
      'there is a file of that name already',
      'name another one, or replace it with --force; it is kept as a backup then',
    );
  }
  const before = readInput(name);
  return { name, path: resolveLinks(name, thisHost.fs), before };
}

/** A folder is never made: a mistyped path would hide the keystore in it. */
function requireFolder(name: string): void {
  if (statsOf(dirname(resolve(name)), name) !== undefined) return;
  throw new TrustError('file/cannot-write', 'cannot be written: the folder it would stand in is not there', {
    at: { source: name },
    hint: 'correct the path, or make the folder first',
  });
}

function exists(name: string, message: string, hint: string): TrustError {
  return new TrustError('output/exists', message, { at: { source: name }, hint });
}

/** Undefined where there is nothing. */
function statsOf(path: string, name: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw toWriteError(error, name);
  }
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

/** What is to be known about a place before a keystore comes to stand there. */
export function checkPlace(place: NewStorePlace): readonly Finding[] {
  return place.before === null ? checkStoreLocation(place.path, place.name) : checkFile(place);
}

/** A keystore that was made. */
export interface NewStore {
  readonly bytes: Uint8Array;
  /** Throws a `TrustError` unless the bytes are what they should be. */
  readonly verify: (bytes: Uint8Array) => void;
  /** The widest access that a file gets which was not there; the mask of the process may narrow it. Default: 0o666. */
  readonly mode?: number;
}

/** What became of a keystore that was made. */
export interface WrittenStore {
  /** `already`: the file that is there has the same bytes, and stays as it is. */
  readonly outcome: ChangeReport['outcome'];
  /** Where the file that was there is kept, or null. */
  readonly backup: string | null;
  readonly notes: readonly ReplaceNote[];
}

/**
 * Writes a keystore, whole or not at all; with `isPlanned` it is verified alone. What a killed call left beside the one that was
 * there is cleared away, also where that is the same already.
 *
 * @throws {TrustError} `output/exists`, `file/…`, `run/interrupted`, and as `verify`, `clearLeftovers`
 */
export async function writeStore(
  { name, path, before }: NewStorePlace,
  { bytes, verify, mode = 0o666 }: NewStore,
  isPlanned: boolean,
  io: Io,
): Promise<WrittenStore> {
  if (before !== null && equalBytes(before, bytes)) {
    if (!isPlanned) await clearLeftovers(path);
    return { outcome: 'already', backup: null, notes: [] };
  }
  if (before !== null && !isPlanned) {
    const replaced = await io.interruptible((signal) =>
      replaceStore({ name, path, before, verify }, bytes, signal, io),
    );
    return { ...replaced, outcome: 'applied' };
  }
  verify(bytes);
  // An interrupt meanwhile would end the process and leave a temporary file, which may hold keys.
  if (!isPlanned) await io.interruptible(async () => writeFree(name, bytes, mode));
  return { outcome: isPlanned ? 'planned' : 'applied', backup: null, notes: [] };
}

/** A keystore as reports show it: where the file holds all of it already, nothing is added. */
export function toChangedStore(
  plan: Omit<ChangedStore, 'backup'>,
  { outcome, backup }: Pick<WrittenStore, 'outcome' | 'backup'>,
): ChangedStore {
  if (outcome !== 'already') return { ...plan, backup };
  return { ...plan, backup, after: null, added: [], present: plan.added, unchanged: plan.added.length };
}

/** Under a name that was free when the call began. */
function writeFree(name: string, bytes: Uint8Array, mode: number): void {
  try {
    writeNewFile(name, bytes, { mode });
  } catch (error) {
    if (expectTrustError(error).code !== 'output/exists') throw error;
    throw exists(name, 'somebody else made a file of that name meanwhile', 'look at it, then call again');
  }
}
