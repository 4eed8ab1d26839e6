/**
 * Keystores of eleven other projects, where they are present: whatever keytool or openssl opens must open here with the
 * same entries, what must be rejected must be rejected, and a root that is added and removed again must leave every entry as
 * it was, also for the eyes of Java and openssl.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldAlias } from '../../src/store/alias.ts';
import { decodeKeystore, detectKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import type { Keystore } from '../../src/store/keystore.ts';
import { hasJava, type JavaEntry, type JavaStore, listWithJava } from '../interop/java-keystores.ts';
import { issue } from '../support/certificates.ts';
import { takeApart } from './pkcs12-bytes.ts';

interface Case {
  readonly id: string;
  readonly file: string;
  readonly type: 'JKS' | 'JCEKS' | 'PKCS12' | 'BKS/UBER';
  readonly password: string | null;
  readonly expect: string;
  readonly keytool: {
    readonly opened: boolean;
    readonly entries?: readonly {
      readonly alias: string;
      readonly type: string;
      readonly cert_sha256: readonly string[];
    }[];
  } | null;
  readonly openssl?: { readonly opened: boolean; readonly certs?: number; readonly private_keys?: number };
}

const FOLDER = new URL('../../../shared/conformance/keystores/', import.meta.url);
const isPresent = existsSync(FOLDER);
const cases: readonly Case[] = isPresent
  ? JSON.parse(readFileSync(new URL('keystores.json', FOLDER), 'utf8')).keystores
  : [];
const exceptions: readonly { readonly id: string; readonly reason: string }[] = JSON.parse(
  readFileSync(new URL('conformance-exceptions.json', import.meta.url), 'utf8'),
);

const KINDS: Readonly<Record<string, string>> = {
  trustedCertEntry: 'trusted-certificate',
  PrivateKeyEntry: 'private-key',
  SecretKeyEntry: 'secret-key',
};
/** How many certificates a file has twice: openssl prints them twice. */
const REPEATED: Readonly<Record<string, number>> = {
  'wolfssl/test-servercert.p12': 1,
  'wolfssl/test-servercert-rc2.p12': 1,
};

const RULES = [
  {
    name: 'opened by keytool or openssl',
    applies: ({ keytool, openssl }: Case) => keytool?.opened || openssl?.opened,
    check: opens,
  },
  { name: 'to be rejected', applies: ({ expect: expected }: Case) => expected === 'reject', check: isRejected },
  {
    name: 'PBMAC1, which the tools at hand do not open',
    applies: ({ keytool, openssl, expect: expected, type }: Case) =>
      type === 'PKCS12' && expected === 'open' && !keytool?.opened && !openssl?.opened,
    check: (store: Case) => expect(decode(store).integrity).toBe('verified'),
  },
  { name: 'of Bouncy Castle', applies: ({ type }: Case) => type === 'BKS/UBER', check: isNamed },
  { name: 'JKS and JCEKS, edited', applies: isEditableJavaKeystore, check: survivesEditing },
  { name: 'PKCS#12, edited', applies: isEditablePkcs12, check: keepsItsBags },
] as const;

const added = issue({ subject: 'CN=Added' }).certificate;
const ALIAS = 'added-by-a-test';

describe.skipIf(!isPresent)('keystores of other projects', () => {
  describe.each(RULES)('$name', ({ name, applies, check }) => {
    const chosen = cases.filter(applies);
    let passed = 0;
    // biome-ignore lint/suspicious/noConsole: the figure is what the run is for
    afterAll(() => console.log(`conformance keystores, ${name}: ${passed} of ${chosen.length}`));

    test.each(chosen.map((store) => [store.id, store] as const))('%s', (id, store) => {
      const exception = exceptions.find((entry) => entry.id === id);
      if (exception === undefined) check(store);
      else expect(() => check(store), `passes, though the exceptions say: ${exception.reason}`).toThrow();
      if (exception === undefined) passed++;
    });
  });

  describe('PKCS#12, edited, as Java and openssl see it', () => {
    const chosen = cases.filter((store) => isEditablePkcs12(store) && (store.keytool?.opened || store.openssl?.opened));
    const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;
    let folder: string;
    let seen: Record<string, JavaStore> = {};
    let passed = 0;
    const path = ({ file }: Case, version: string): string => join(folder, `${file}-${version}`);
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'anchorctl-'));
      for (const store of chosen) {
        for (const [version, bytes] of Object.entries(versionsOf(store))) writeFileSync(path(store, version), bytes);
      }
      const files = chosen.flatMap((store) =>
        VERSIONS.map((version) => ({ path: path(store, version), password: store.password ?? '' })),
      );
      if (hasJava) seen = listWithJava(files);
    }, 300_000);
    afterAll(() => {
      rmSync(folder, { recursive: true });
      // biome-ignore lint/suspicious/noConsole: the figure is what the run is for
      console.log(`conformance keystores, PKCS#12, edited, as Java and openssl see it: ${passed} of ${chosen.length}`);
    });

    test.each(chosen.map((store) => [store.id, store] as const))('%s', (_, store) => {
      if (hasJava && store.keytool?.opened === true) {
        const [before, after, back] = VERSIONS.map((version) => undated(seen[path(store, version)]?.entries));
        expect(after?.filter(({ alias }) => alias !== ALIAS)).toEqual(before);
        expect(after?.find(({ alias }) => alias === ALIAS)?.certificates).toEqual([added.sha256]);
        expect(back).toEqual(before);
      }
      if (hasOpenssl && store.openssl?.opened === true) {
        const [before, after, back] = VERSIONS.map((version) => blocksIn(path(store, version), store.password ?? ''));
        expect(after?.toSorted()).toEqual([...(before ?? []), Buffer.from(added.der).toString('base64')].toSorted());
        expect(back).toEqual(before);
      }
      passed++;
    });
  });

  test('every exception names a case', () => {
    const ids = cases.map(({ id }) => id);
    expect(exceptions.filter(({ id, reason }) => !ids.includes(id) || reason === '')).toEqual([]);
  });
});

function opens(store: Case): void {
  const { keytool, openssl, type } = store;
  const { entries } = decode(store);
  expect(detectKeystore(read(store))).toBe(type.toLowerCase());
  if (keytool?.entries !== undefined) {
    const visible = entries.filter(({ kind }) => kind !== 'invisible');
    const found = visible.map(({ alias, kind, fingerprints }) => ({ alias: foldAlias(alias), kind, fingerprints }));
    const listed = keytool.entries.map((entry) => ({
      alias: entry.alias,
      kind: KINDS[entry.type],
      fingerprints: entry.cert_sha256,
    }));
    expect(found.toSorted(byAlias)).toEqual(listed.toSorted(byAlias));
  }
  if (openssl?.certs !== undefined) {
    const digests = new Set(entries.flatMap(({ fingerprints }) => fingerprints));
    expect(digests.size + (REPEATED[store.id] ?? 0)).toBe(openssl.certs);
    const keys = entries.filter(
      ({ kind, fingerprints }) => kind === 'private-key' || (kind === 'invisible' && fingerprints.length === 0),
    );
    expect(keys).toHaveLength(openssl.private_keys ?? 0);
  }
}

function isRejected(store: Case): void {
  expect(() => decode(store)).toThrow(expect.objectContaining({ name: 'TrustError' }));
}

function isNamed(store: Case): void {
  expect(store.file).toContain(detectKeystore(read(store)) ?? 'nothing');
  expect(() => decode(store)).toThrow(expect.objectContaining({ code: 'keystore/unsupported' }));
}

function isEditableJavaKeystore({ type, keytool }: Case): boolean {
  return (type === 'JKS' || type === 'JCEKS') && keytool?.opened === true;
}

function isEditablePkcs12({ type, expect: expected }: Case): boolean {
  return type === 'PKCS12' && expected === 'open';
}

function survivesEditing(store: Case): void {
  const { before, after, back } = versionsOf(store);
  const { password } = store;
  expect(editKeystore(before, [], { password })).toBe(before);
  expect(decodeKeystore(after, { password }).entries.length).toBe(decode(store).entries.length + 1);
  expect(Buffer.from(after).includes(Buffer.from(before.subarray(12, -20)))).toBe(true);
  expect(Buffer.compare(back, before)).toBe(0);
}

function keepsItsBags(store: Case): void {
  const { before, after, back } = versionsOf(store);
  const { password } = store;
  expect(editKeystore(before, [], { password })).toBe(before);
  const [old, fresh, restored] = [before, after, back].map((bytes) => takeApart(bytes, password));
  const bagsOf = (file: typeof old): readonly string[] => file?.safes.flatMap(({ bags }) => bags) ?? [];
  const ours = bagsOf(fresh).filter((bag) => !bagsOf(old).includes(bag));
  expect(ours).toHaveLength(1);
  expect(bagsOf(fresh).filter((bag) => !ours.includes(bag))).toEqual(bagsOf(old));
  expect(bagsOf(restored)).toEqual(bagsOf(old));
  expect([fresh?.mac?.label, restored?.mac?.label]).toEqual([old?.mac?.label, old?.mac?.label]);
  const changed = old?.safes.filter(({ encoding }, index) => fresh?.safes[index]?.encoding !== encoding) ?? [];
  expect(changed.length).toBeLessThanOrEqual(1);
  for (const [index, { encryption }] of (old?.safes ?? []).entries()) {
    expect(fresh?.safes[index]?.encryption).toBe(encryption);
  }
  const entriesOf = (bytes: Uint8Array) =>
    decodeKeystore(bytes, { password }).entries.map(({ alias, kind, fingerprints }) => [alias, kind, fingerprints]);
  expect(entriesOf(back)).toEqual(entriesOf(before));
}

const VERSIONS = ['before', 'after', 'back'] as const;
type Versions = Readonly<Record<(typeof VERSIONS)[number], Uint8Array>>;
const edited = new Map<string, Versions>();

/** A file, the same with a root added, and that with the root removed again. */
function versionsOf(store: Case): Versions {
  const { id, password } = store;
  const known = edited.get(id);
  if (known !== undefined) return known;
  const before = read(store);
  const add = { action: 'add', alias: ALIAS, certificate: added, created: new Date(0) } as const;
  const after = editKeystore(before, [add], { password });
  const versions = { before, after, back: editKeystore(after, [{ action: 'remove', alias: ALIAS }], { password }) };
  edited.set(id, versions);
  return versions;
}

/** Without the dates: Java makes up that of the day for trusted certificates. */
function undated(entries: readonly JavaEntry[] = []): Omit<JavaEntry, 'created'>[] {
  return entries.map(({ created: _, ...entry }) => entry);
}

/** The certificates and decrypted keys that openssl finds in a file, in base64. */
function blocksIn(path: string, password: string): string[] {
  const options = ['-nodes', '-legacy', '-passin', 'stdin'];
  const { status, stdout, stderr } = spawnSync('openssl', ['pkcs12', '-in', path, ...options], {
    input: Buffer.from(`${password}\n`),
  });
  if (status !== 0) throw new Error(`openssl pkcs12 ${path}: ${stderr}`);
  return [...stdout.toString('latin1').matchAll(/-----BEGIN [A-Z ]*-----([\s\S]*?)-----END [A-Z ]*-----/g)].map(
    ([, text = '']) => text.replaceAll(/\s/g, ''),
  );
}

function decode(store: Case): Keystore {
  return decodeKeystore(read(store), { password: store.password });
}

function read({ file }: Case): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, FOLDER)));
}

function byAlias(a: { readonly alias: string }, b: { readonly alias: string }): number {
  return a.alias < b.alias ? -1 : 1;
}
