/**
 * A keystore in a folder of its own, for the tests of the commands that change one. `layOutStore()` in a test file makes
 * and removes such a folder for each test; `layOutFolders()` gives the function that makes as many as a test needs.
 */
import { type KeyObject, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { protectJksKey } from '../../src/store/java-key-protection.ts';
import type { KeystoreEntry } from '../../src/store/keystore.ts';
import { javaKeystore, PASSWORD } from '../store/builders.ts';
import { AT, type Issued, issue } from '../support/certificates.ts';
import { anchorctl, type Call, type CallOptions } from '../support/cli.ts';

const DAY = 86_400_000;

/** The certificates of the stores made here; keys take time, so each is made once. */
export const alpha = issue({ subject: 'CN=Alpha Root' });
export const beta = issue({ subject: 'CN=Beta Root' });
export const expired = issue({ subject: 'CN=Expired Root', notAfter: new Date(AT.getTime() - DAY) });
export const fresh = issue({ subject: 'CN=New Root' });
export const leaf = issue({ subject: 'CN=gw', issuer: alpha, basicConstraints: null });

/** Two roots, one that has expired, and a key. */
export const ENTRIES: Parameters<typeof javaKeystore>[0] = {
  entries: [
    { alias: 'alpha', certificates: [alpha.der] },
    { alias: 'gateway', key: Uint8Array.of(1, 2, 3), certificates: [leaf.der] },
    { alias: 'beta', certificates: [beta.der] },
    { alias: 'expired', certificates: [expired.der] },
  ],
};

/** A JCEKS keystore with a secret key whose end cannot be found, and an entry behind it. */
export const readInPart: Uint8Array = javaKeystore({
  type: 'jceks',
  entries: [
    { alias: 'alpha', certificates: [alpha.der] },
    { alias: 'odd', sealed: Uint8Array.of(0xac, 0xed, 0, 5, 0x7d, 0, 0) },
    { alias: 'later', certificates: [beta.der] },
  ],
});

/** A key as a JKS keystore under the usual password holds it. */
export function jksKey(key: KeyObject): Uint8Array {
  return protectJksKey(key.export({ type: 'pkcs8', format: 'der' }), { password: PASSWORD, random: randomBytes });
}

/** A folder with `tg.jks` in it, gone when `remove` is called. */
export class StoreFolder {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'anchorctl-keystore-'));
  readonly store: string = this.path('tg.jks');

  constructor(bytes: Uint8Array = javaKeystore(ENTRIES)) {
    writeFileSync(this.store, bytes);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file and gives its path. */
  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  bytes(name = 'tg.jks'): Uint8Array {
    return new Uint8Array(readFileSync(this.path(name)));
  }

  entries(name = 'tg.jks'): readonly KeystoreEntry[] {
    return decodeKeystore(this.bytes(name), { password: PASSWORD }).entries;
  }

  aliases(name = 'tg.jks'): readonly string[] {
    return this.entries(name).map(({ alias }) => alias);
  }

  /** Every file with its content: to show that nothing was changed and nothing left behind. */
  snapshot(): Record<string, string> {
    return Object.fromEntries(readdirSync(this.folder).map((name) => [name, readFileSync(this.path(name), 'latin1')]));
  }

  backups(): readonly string[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.bak'))
      .sort();
  }

  /** `anchorctl keystore …` with the password of the stores made here. */
  keystore(argv: readonly string[], options: CallOptions = {}): Promise<Call> {
    return anchorctl(['keystore', ...argv], { env: { ANCHORCTL_STOREPASS: PASSWORD }, ...options });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The folder of the test, and the file in it that holds the new root. */
export let at: StoreFolder;
export let input = '';

/** Makes the folder before each test of a file, and removes it afterwards. */
export function layOutStore(): void {
  beforeEach(() => {
    at = new StoreFolder();
    input = at.write('new.pem', fresh.pem);
  });
  afterEach(() => at.remove());
}

/** `anchorctl keystore add` on the keystore of the test. */
export function add(args: readonly string[], options?: CallOptions): Promise<Call> {
  return at.keystore(['add', at.store, ...args], options);
}

/** The words of a call that name these certificates by their fingerprints. */
export function expecting(...certificates: readonly Pick<Issued, 'certificate'>[]): readonly string[] {
  return certificates.flatMap(({ certificate }) => ['--expect-sha256', certificate.sha256]);
}

/** Gives the function that makes a folder with a keystore of these bytes; after each test of a file those made are gone. */
export function layOutFolders(): (bytes: Uint8Array) => StoreFolder {
  const made: StoreFolder[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) folder.remove();
  });
  return (bytes) => {
    const folder = new StoreFolder(bytes);
    made.push(folder);
    return folder;
  };
}
