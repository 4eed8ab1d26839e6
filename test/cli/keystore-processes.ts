/** `anchorctl keystore add` as processes of their own, which are watched, killed, or sent against one another. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { encodeHex } from '../../src/encoding/hex.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import type { KeystoreEntry } from '../../src/store/keystore.ts';
import { bundleScript } from '../io/bundle-script.ts';
import type { Watching } from '../io/watched-program.ts';
import { temporaryFolder } from '../rotation/run-fixture.ts';
import { FIXTURE_PASSWORD, fixture } from '../store/keystore-fixtures.ts';
import { takeApart } from '../store/pkcs12-bytes.ts';
import { AT, type Issued, issue } from '../support/certificates.ts';
import { anchorctl, type Call } from '../support/cli.ts';

const BIN = join(import.meta.dirname, '../../bin/anchorctl.js');
const ENV = { ANCHORCTL_STOREPASS: FIXTURE_PASSWORD };

/** Keystores as Java and openssl wrote them, with a private key each. */
export const STORES = { JKS: fixture('gateway.jks'), 'PKCS#12': fixture('openssl3.p12') } as const;

/** What is added to them where one is enough. */
export const NEW_ROOT: Issued = issue({ subject: 'CN=New Root,O=Test' });

/** In milliseconds, for what makes a process at each call of another one. */
export const TIMEOUT = 300_000;

/** What became of a process. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** What it did in the folder of the keystore, `writeSync tg.p12`; nothing where it was killed. */
  readonly calls: readonly string[];
}

/** A place for keystores, each in a folder of its own, and for the processes that add to them. */
export class KeystoreProcesses {
  readonly #place: ReturnType<typeof temporaryFolder> = temporaryFolder();
  readonly #program: string = bundleScript('watched-program.cjs', this.#place.path);
  #folders = 0;

  /** The path of a new folder. */
  newFolder(): string {
    this.#folders += 1;
    const folder = join(this.#place.path, `${this.#folders}`);
    mkdirSync(folder);
    return folder;
  }

  /** The path of a new keystore, alone in its folder. */
  newStore(bytes: Uint8Array): string {
    const store = join(this.newFolder(), 'tg');
    writeFileSync(store, bytes);
    return store;
  }

  /** Adds a root in this process. */
  add(store: string, root: Issued): Promise<Call> {
    return anchorctl(this.#argumentsFor(store, root), { env: ENV });
  }

  /** Adds a root in a process of its own. */
  spawnAdd(store: string, root: Issued, watching: Omit<Watching, 'folder' | 'log'> = {}): Promise<Ended> {
    return this.spawnCall(this.#argumentsFor(store, root), { ...watching, folder: dirname(store) });
  }

  /** Makes any call in a process of its own. */
  async spawnCall(argv: readonly string[], watching: Omit<Watching, 'log'>): Promise<Ended> {
    const log = join(this.newFolder(), 'calls');
    const watched: Watching = { ...watching, log };
    const child = spawn(process.execPath, ['--require', this.#program, BIN, ...argv], {
      env: { ...process.env, ...ENV, WATCHED: JSON.stringify(watched) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    return new Promise((resolve) =>
      child.on('close', (status, signal) => {
        const calls = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
        resolve({ status, signal, stderr, calls });
      }),
    );
  }

  remove(): void {
    this.#place.remove();
  }

  #argumentsFor(store: string, { pem, certificate }: Issued): readonly string[] {
    const path = join(this.#place.path, `${certificate.sha256}.pem`);
    if (!existsSync(path)) writeFileSync(path, pem);
    return ['keystore', 'add', store, path, '--expect-sha256', certificate.sha256, '--at', AT.toISOString()];
  }
}

/** A place for the tests of a file, removed after them. */
export function placeForTests(): KeystoreProcesses {
  const processes = new KeystoreProcesses();
  afterAll(() => processes.remove());
  return processes;
}

/**
 * The SHA-256 of the certificates that a keystore holds besides what was in it, all of which must be there as it was, to
 * the byte. Its digest or MAC must be right.
 */
export function addedTo(original: Uint8Array, bytes: Uint8Array): readonly string[] {
  if (Buffer.compare(original, bytes) === 0) return [];
  const before = takeStock(original);
  const after = takeStock(bytes);
  expect(after.integrity).toBe('verified');
  expect(after.parts).toEqual(expect.arrayContaining([...before.parts]));
  expect(after.entries).toEqual(expect.arrayContaining([...before.entries]));
  return after.entries
    .filter(({ alias }) => !before.entries.some((entry) => entry.alias === alias))
    .flatMap(({ fingerprints }) => fingerprints);
}

/** What is in a keystore, entry by entry, and the bytes of the parts that an edit leaves alone. */
function takeStock(bytes: Uint8Array): {
  readonly integrity: string;
  readonly entries: readonly Pick<KeystoreEntry, 'alias' | 'kind' | 'created' | 'fingerprints'>[];
  readonly parts: readonly string[];
} {
  const { type, integrity, entries } = decodeKeystore(bytes, { password: FIXTURE_PASSWORD });
  return {
    integrity,
    entries: entries.map(({ alias, kind, created, fingerprints }) => ({ alias, kind, created, fingerprints })),
    parts:
      type === 'jks'
        ? entries.map(({ raw = new Uint8Array() }) => encodeHex(raw))
        : takeApart(bytes, FIXTURE_PASSWORD).safes.flatMap(({ bags }) => bags),
  };
}

/** The files beside a keystore, its backups aside, which must be what it was at some time. */
export function leftoversBeside(store: string): readonly string[] {
  return readdirSync(dirname(store)).filter((name) => name !== 'tg' && !/^tg\.\w+(-\d+)?\.bak$/.test(name));
}

/** The content of the backups beside a keystore. */
export function backupsOf(store: string): readonly Uint8Array[] {
  return readdirSync(dirname(store))
    .filter((name) => name.endsWith('.bak'))
    .map((name) => new Uint8Array(readFileSync(join(dirname(store), name))));
}

/** Nobody waits any longer for a lock file to be written that a killed process left empty. */
export function letTimePass(path: string): void {
  const time = Date.now() / 1000 - 10;
  utimesSync(path, time, time);
}

/** Works on as many items at the same time as there are processors. */
export async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const workOn = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, workOn));
}
