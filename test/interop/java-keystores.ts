/** Runs the Java program of the keystore fixtures, which says what Java sees in keystores and what their keys are. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** An entry as Java reports it; `created` in milliseconds, `key` the SHA-256 of the decrypted key. */
export interface JavaEntry {
  readonly alias: string;
  readonly kind: string;
  readonly created: number | null;
  readonly certificates: readonly string[];
  readonly key: string | null;
}

export interface JavaStore {
  readonly entries?: readonly JavaEntry[];
  readonly error?: string;
}

const PROGRAM = fileURLToPath(new URL('../../fixtures/keystores/ListEntries.java', import.meta.url));

/** For a run of Java that ends before its usual compiler and collector pay: half of the time. */
export const BRIEF_RUN: readonly string[] = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

export const hasJava: boolean = spawnSync('java', ['-version']).error === undefined;

/** Lists keystores in one run of Java; by path. */
export function listWithJava(
  stores: readonly { readonly path: string; readonly password: string; readonly keyPassword?: string }[],
): Record<string, JavaStore> {
  const input = stores.map(({ path, password, keyPassword = '' }) => `${path}\0${password}\0${keyPassword}\0`).join('');
  const { status, stdout, stderr } = spawnSync('java', [...BRIEF_RUN, PROGRAM], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`java failed: ${stderr}`);
  return JSON.parse(stdout);
}
