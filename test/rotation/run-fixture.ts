/**
 * Runs over small files in a temporary folder: what apply, crash and rollback tests work on. A "keystore" is any file
 * here; what is in it is the plan's business. `layOutRun()` in a test file makes and removes the folder.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, sep } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { TrustError } from '../../src/errors.ts';
import type { RunChanges, RunText } from '../../src/rotation/apply.ts';
import type { PlanDocument } from '../../src/rotation/plan-document.ts';
import { backupPath } from '../../src/rotation/run-folder.ts';
import { fingerprint } from '../../src/x509/fingerprint.ts';

const NOW = new Date('2026-11-01T00:00:00Z');
export const now = (): Date => NOW;

/** In memory where there is such a place: hundreds of runs, each waiting for a real disk many times, take minutes. */
const PLACE = process.platform === 'linux' && existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A temporary folder for one test; `remove` it at the end. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = realpathSync(mkdtempSync(join(PLACE, 'anchorctl-test-')));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Every name below a folder, sorted, with slashes on every system, also at the end of a folder. */
export function namesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1) + (entry.isDirectory() ? '/' : ''))
    .map((name) => name.replaceAll(sep, '/'))
    .sort();
}

export const sha256 = (bytes: Uint8Array | string): string =>
  fingerprint('sha256', typeof bytes === 'string' ? Buffer.from(bytes) : bytes);

export const contentOf = (path: string): string => readFileSync(path, 'utf8');

export const oldContent = (name: string): string => `old ${name} ${'o'.repeat(3000)}`;
export const newContent = (name: string): string => `new ${name} ${'n'.repeat(5000)}`;

/** Refuses what neither of the two functions above made. */
function verify(bytes: Uint8Array): void {
  if (!/^(old|new) \S+ (o{3000}|n{5000})$/.test(new TextDecoder().decode(bytes))) {
    throw new TrustError('keystore/malformed', 'not a whole store');
  }
}

export interface RunFixture {
  readonly folder: string;
  /** The changes as they are planned from what is on the disk now. */
  readonly plan: (changes?: Partial<Pick<RunChanges, 'texts'>> & { devices?: readonly string[] }) => RunChanges;
}

const TEXTS: readonly RunText[] = [
  { path: 'devices/ios-xe-CA.install.txt', text: 'configure terminal\nend\n' },
  { path: 'runbook.md', text: (plan) => plan.stores.map(({ path, backup }) => `${path} ${backup}\n`).join('') },
];

/** The stores, in the order of the plan. */
export const NAMES: readonly string[] = ['tg.jks', 'gw.jks'];

/** What `namesIn` gives of the temporary folder before a run. */
export const STORE_NAMES: readonly string[] = ['stores/', 'stores/gw.jks', 'stores/tg.jks'];

/** What it gives besides, in front of those, once a run is complete. */
export const RUN_NAMES: readonly string[] = [
  'run/',
  'run/backup/',
  'run/backup/1-tg.jks',
  'run/backup/2-gw.jks',
  'run/devices/',
  'run/devices/ios-xe-CA.install.txt',
  'run/journal.ndjson',
  'run/plan.json',
  'run/runbook.md',
];

/** Stores in a folder of their own, `tg.jks` and `gw.jks` unless told otherwise, and a run that is to change them all. */
export function fixtureIn(root: string, names = NAMES): RunFixture {
  mkdirSync(join(root, 'stores'), { recursive: true });
  for (const name of names) writeFileSync(join(root, 'stores', name), oldContent(name));
  return fixtureAt(root, names);
}

/** The same over stores that are there. */
export function fixtureAt(root: string, names = NAMES): RunFixture {
  const folder = join(root, 'run');
  const paths = names.map((name) => join(root, 'stores', name));
  return { folder, plan: ({ texts = TEXTS, devices = [] } = {}) => planOf(folder, paths, texts, devices) };
}

/** The temporary folder of the test, and the run over the two stores in it. */
export let root: ReturnType<typeof temporaryFolder>;
export let fixture: RunFixture;

/** Makes the folder and the stores before each test of a file, and removes them afterwards. */
export function layOutRun(): void {
  beforeEach(() => {
    root = temporaryFolder();
    fixture = fixtureIn(root.path);
  });
  afterEach(() => root.remove());
}

function planOf(
  folder: string,
  paths: readonly string[],
  texts: readonly RunText[],
  devices: readonly string[],
): RunChanges {
  const stores = paths.map((path) => {
    const current = contentOf(path);
    const wanted = newContent(basename(path));
    const after = current === wanted ? null : new TextEncoder().encode(wanted);
    return { path, before: sha256(current), after, verify };
  });
  const plan: PlanDocument = {
    schema: 'anchorctl/plan/1',
    at: NOW.toISOString(),
    request: { certificates: [], keystores: paths, devices, retire: [], intermediates: false },
    certificates: [],
    stores: stores.map(({ path, before, after }, index) => ({
      path,
      type: 'jks',
      before,
      after: after === null ? before : sha256(after),
      backup: after === null ? null : backupPath(index, path),
      added: [],
      removed: [],
    })),
    devices: [],
  };
  return { folder, plan, stores, texts };
}
