/**
 * A keystore of the demo in a folder of its own for every test, and calls of `rotate` on it. `layOutRotation()` in a test
 * file makes and removes the folder.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import type { KeystoreEntry } from '../../src/store/keystore.ts';
import { issue } from './certificates.ts';
import { anchorctl, type Call, type CallOptions } from './cli.ts';
import { DEMO_PASSWORD } from './demo-run.ts';

export const QUOVADIS = '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86';
export const IDENTRUST = '5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae';

/** A file of the demo. */
export const demo = (name: string): string => join(import.meta.dirname, '../../fixtures/demo', name);

/** A root that no catalog knows; in `own.pem` of the folder. */
export const own = issue({ subject: 'CN=Own Root' });

/** The folder of the test, the keystore in it, and the run folder that is to come. */
export let folder = '';
export let store = '';
export let out = '';

/** Makes the folder before each test of a file, and removes it afterwards. */
export function layOutRotation(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'anchorctl-rotate-'));
    store = join(folder, 'tg.jks');
    out = join(folder, 'run');
    cpSync(demo('tg.jks'), store);
    writeFileSync(join(folder, 'own.pem'), own.pem);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}

/** The surroundings of a call that knows the password. */
export function withPassword(options: CallOptions = {}): CallOptions {
  return { env: { ANCHORCTL_STOREPASS: DEMO_PASSWORD }, ...options };
}

/** Runs `rotate` into the run folder. */
export function rotate(args: readonly string[], options?: CallOptions): Promise<Call> {
  return anchorctl(['rotate', ...args, '--out', out], withPassword(options));
}

/** What is in the keystore now. */
export function entries(): readonly KeystoreEntry[] {
  return decodeKeystore(new Uint8Array(readFileSync(store)), { password: DEMO_PASSWORD }).entries;
}

/** Every file below the folder with its content, to show that nothing was changed and nothing left behind. */
export function snapshot(): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((file) => [join(file.parentPath, file.name), readFileSync(join(file.parentPath, file.name), 'latin1')]),
  );
}
