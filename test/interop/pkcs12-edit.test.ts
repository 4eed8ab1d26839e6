/** PKCS#12 files edited here, read by Java, keytool and openssl; and edited here and by keytool in turn. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import type { KeystoreEdit } from '../../src/store/keystore.ts';
import { certificateBag, PASSWORD, pfx, shroudedKeyBag } from '../store/builders.ts';
import { FIXTURE_PASSWORD, fixture, fixturePassword, SCHEMES, SEEN_BY_JAVA } from '../store/keystore-fixtures.ts';
import { CERTIFICATES, ODD_PKCS12 } from '../store/odd-keystores.ts';
import { takeApart } from '../store/pkcs12-bytes.ts';
import { issue } from '../support/certificates.ts';
import { hasJava, type JavaEntry, type JavaStore, listWithJava } from './java-keystores.ts';
import { hasKeytool, keytool } from './keytool.ts';

const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;
const TIMEOUT = 120_000;
const added = issue({ subject: 'CN=Added Root,O=Test' });
const ALIAS = 'added-root-ü根😀';
const add: KeystoreEdit = {
  action: 'add',
  alias: 'Added-Root-Ü根😀',
  certificate: added.certificate,
  created: new Date('2026-11-21T10:00:00Z'),
};
const remove: KeystoreEdit = { action: 'remove', alias: ALIAS };

interface OpensslCase {
  readonly name: string;
  readonly options: readonly string[];
  readonly password?: string;
}

interface Store {
  readonly name: string;
  readonly password: string;
  readonly bytes: Uint8Array;
}

const FIXTURES: readonly Store[] = [
  ...Object.keys(SEEN_BY_JAVA).filter((name) => name.endsWith('.p12') && !SCHEMES.includes(name)),
  ...SCHEMES,
].map((name) => ({ name, password: fixturePassword(name), bytes: fixture(name) }));
const ODD: readonly Store[] = ODD_PKCS12.filter(({ name }) => name !== 'bytes after the file').map((store) => ({
  ...store,
  password: PASSWORD,
}));

let folder: string;
const path = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasJava)('Java', () => {
  const stores = [...FIXTURES, ...ODD];
  let seen: Record<string, JavaStore>;

  beforeAll(() => {
    const files = stores.flatMap(({ bytes, password }, index) => {
      const edited = editKeystore(bytes, [add], { password });
      const versions = { before: bytes, after: edited, back: editKeystore(edited, [remove], { password }) };
      return Object.entries(versions).map(([version, content]) => {
        writeFileSync(path(`${index}-${version}`), content);
        return { path: path(`${index}-${version}`), password };
      });
    });
    seen = listWithJava(files);
  }, TIMEOUT);

  test.each(stores.map(({ name }, index) => [name, index] as const))('%s', (_, index) => {
    const [before, after, back] = ['before', 'after', 'back'].map((version) => seen[path(`${index}-${version}`)]);
    if (before?.error !== undefined) {
      expect([after?.error, back?.error]).toEqual([before.error, before.error]);
      return;
    }
    const entries = [before, after, back].map((store) => undated(store?.entries));
    expect(entries[1]?.filter(({ alias }) => alias !== ALIAS)).toEqual(entries[0]);
    expect(entries[1]?.find(({ alias }) => alias === ALIAS)).toMatchObject({
      kind: 'trusted-certificate',
      certificates: [added.certificate.sha256],
    });
    expect(entries[2]).toEqual(entries[0]);
    expect(entries[1]?.map(({ key }) => key)).not.toContain('not decrypted');
  });
});

describe.skipIf(!hasJava)('what Java makes of an edited keystore is what is listed here', () => {
  const { gateway, issuing, root } = CERTIFICATES;
  const key = shroudedKeyBag(gateway?.privateKey ?? added.privateKey, { friendlyName: 'gw', localKeyId: 'a' });
  const bag = (name: string, attributes = {}): Uint8Array =>
    certificateBag(CERTIFICATES[name]?.der ?? added.der, attributes);
  const chain = [bag('gateway', { localKeyId: 'a' }), bag('issuing')];
  const CASES = [
    { name: 'a chain that grows', bytes: pfx({ safes: [[key], chain], encrypted: true }), root },
    {
      name: 'a chain without its middle',
      bytes: pfx({ safes: [[key], [...chain.slice(0, 1), bag('root')]] }),
      root: issuing,
    },
    { name: 'a key alone', bytes: pfx({ safes: [[key]] }), root },
    { name: 'a key alone, without a MAC', bytes: pfx({ safes: [[key]], mac: null }), root },
    { name: 'nothing', bytes: pfx({ safes: [] }), root },
  ];
  let seen: Record<string, JavaStore>;
  const edited = CASES.map(({ bytes, root: certificate }) =>
    editKeystore(bytes, [{ ...add, ...certificate }], { password: PASSWORD }),
  );

  beforeAll(() => {
    for (const [index, bytes] of edited.entries()) writeFileSync(path(`listed-${index}`), bytes);
    seen = listWithJava(edited.map((_, index) => ({ path: path(`listed-${index}`), password: PASSWORD })));
  }, TIMEOUT);

  test.each(CASES.map(({ name }, index) => [name, index] as const))('%s', (_, index) => {
    const { entries } = decodeKeystore(edited[index] ?? new Uint8Array(), { password: PASSWORD });
    const listed = entries
      .filter(({ kind }) => kind !== 'invisible')
      .map(({ alias, kind, fingerprints }) => ({ alias, kind, certificates: fingerprints }));
    const found = seen[path(`listed-${index}`)]?.entries?.map(({ alias, kind, certificates }) => ({
      alias,
      kind,
      certificates,
    }));
    expect(found?.toSorted(byAlias)).toEqual(listed.toSorted(byAlias));
  });
});

describe.skipIf(!hasKeytool)('keytool', () => {
  const password = FIXTURE_PASSWORD;

  test.each(['gateway-java17.p12', 'gateway-java8.p12', 'secret.p12', 'passwordless.p12'])(
    'lists %s with a root added',
    (name) => {
      writeFileSync(path(name), editKeystore(fixture(name), [add], { password }));
      const listed = keytool('-list', '-v', '-keystore', path(name), '-storepass', password);
      const before = SEEN_BY_JAVA[name]?.entries ?? [];
      expect(listed).toContain(`Your keystore contains ${before.length + 1} entries`);
      for (const { alias } of before) expect(listed).toContain(`Alias name: ${alias}`);
      expect(listed).toContain('Owner: CN=Added Root, O=Test');
    },
    TIMEOUT,
  );

  test.each(['gateway-java17.p12', 'gateway-java8.p12', 'passwordless.p12'])(
    'edits %s after it was edited here, and the other way round',
    (name) => {
      const file = path(`both-${name}`);
      const store = ['-keystore', file, '-storepass', password];
      writeFileSync(file, editKeystore(fixture(name), [{ ...add, alias: 'ours' }], { password }));
      writeFileSync(path('root.pem'), added.pem);
      keytool('-importcert', '-noprompt', '-alias', 'theirs', '-file', path('root.pem'), ...store);
      keytool('-delete', '-alias', 'ours', ...store);
      const theirs = new Uint8Array(readFileSync(file));
      expect(protection(theirs)).toEqual(protection(fixture(name)));
      writeFileSync(file, editKeystore(theirs, [{ action: 'remove', alias: 'theirs' }], { password }));
      const [after] = Object.values(listWithJava([{ path: file, password }]));
      expect(undated(after?.entries)).toEqual(undated(SEEN_BY_JAVA[name]?.entries));
    },
    TIMEOUT,
  );

  test(
    'opens a store that was emptied and filled here',
    () => {
      const emptied = editKeystore(
        fixture('passwordless.p12'),
        ['alpha-root', 'beta-root'].map((alias) => ({ action: 'remove', alias })),
        { password: null },
      );
      const filled = editKeystore(pfx({ safes: [] }), [add], { password: PASSWORD });
      writeFileSync(path('empty.p12'), emptied);
      writeFileSync(path('filled.p12'), filled);
      const seen = listWithJava(['empty.p12', 'filled.p12'].map((name) => ({ path: path(name), password: PASSWORD })));
      expect(seen[path('empty.p12')]?.entries).toEqual([]);
      expect(seen[path('filled.p12')]?.entries?.map(({ alias }) => alias)).toEqual([ALIAS]);
    },
    TIMEOUT,
  );
});

describe.skipIf(!hasOpenssl)('openssl', () => {
  test.each(FIXTURES.map((store) => [store.name, store] as const))(
    '%s',
    (_, { bytes, password }) => {
      const edited = editKeystore(bytes, [add], { password });
      const back = editKeystore(edited, [remove], { password });
      const [before, after, restored] = [bytes, edited, back].map((content) => blocksIn(content, password));
      expect(before?.length).toBeGreaterThan(0);
      expect(after?.toSorted()).toEqual([...(before ?? []), blockOf(added.pem)].toSorted());
      expect(restored).toEqual(before);
    },
    TIMEOUT,
  );

  test.each<OpensslCase>([
    { name: 'without a MAC', options: ['-nomac'] },
    { name: 'without certificates', options: ['-nocerts'] },
    { name: 'without certificates and MAC', options: ['-nocerts', '-nomac'] },
    { name: 'for old programs, without certificates', options: ['-nocerts', '-legacy'] },
    { name: 'with plain certificates', options: ['-certpbe', 'NONE'] },
    { name: 'with the empty password', options: [], password: '' },
    { name: 'with a password beyond ASCII', options: [], password: 'pässwörd€😀' },
    { name: 'with many iterations', options: ['-iter', '60000'] },
    { name: 'with a SHA-512 MAC', options: ['-macalg', 'sha512'] },
  ])('reads a root beside a key that it exported $name', ({ options, password = 'changeit' }) => {
    const leaf = issue({ subject: 'CN=leaf.test', basicConstraints: null });
    const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(path('leaf.pem'), `${leaf.pem}${key}`);
    openssl(
      ['pkcs12', '-export', '-in', path('leaf.pem'), '-passout', 'stdin', '-out', path('a.p12'), ...options],
      password,
    );
    const bytes = new Uint8Array(readFileSync(path('a.p12')));
    const edited = editKeystore(bytes, [add], { password });
    const before = blocksIn(bytes, password);
    expect(before.length).toBe(options.includes('-nocerts') ? 1 : 2);
    expect(blocksIn(edited, password).toSorted()).toEqual([...before, blockOf(added.pem)].toSorted());
    expect(blocksIn(editKeystore(edited, [remove], { password }), password)).toEqual(before);
  });

  test('parses what was written, with every bag that was there', () => {
    const bytes = fixture('openssl-plain.p12');
    const edited = editKeystore(bytes, [add], { password: null });
    writeFileSync(path('plain.p12'), edited);
    expect(openssl(['asn1parse', '-inform', 'DER', '-in', path('plain.p12')], '')).toContain('pkcs7-data');
    for (const bag of takeApart(bytes, null).safes.flatMap(({ bags }) => bags)) {
      expect(Buffer.from(edited).includes(Buffer.from(bag, 'hex'))).toBe(true);
    }
  });

  /** The PEM blocks that openssl prints of a file: certificates and decrypted keys. */
  function blocksIn(bytes: Uint8Array, password: string): string[] {
    writeFileSync(path('in.p12'), bytes);
    const printed = openssl(['pkcs12', '-in', path('in.p12'), '-nodes', '-legacy', '-passin', 'stdin'], password);
    return (printed.match(/-----BEGIN [\s\S]*?-----END [A-Z ]*-----/g) ?? []).map(blockOf);
  }
});

function byAlias(a: { readonly alias: string }, b: { readonly alias: string }): number {
  return a.alias < b.alias ? -1 : 1;
}

function blockOf(pem: string): string {
  return pem.replaceAll(/\s/g, '');
}

/** How the parts of a file are protected, keys aside. */
function protection(bytes: Uint8Array): unknown {
  const { safes, mac } = takeApart(bytes, FIXTURE_PASSWORD);
  return [safes.map(({ encryption }) => encryption), mac?.label ?? null];
}

/** Without the dates: Java makes up that of the day for trusted certificates. */
function undated(entries: readonly JavaEntry[] = []): Omit<JavaEntry, 'created'>[] {
  return entries.map(({ created: _, ...entry }) => entry);
}

/** Runs openssl with a password on its standard input. */
function openssl(args: readonly string[], password: string): string {
  const { status, stdout, stderr } = spawnSync('openssl', args, { input: `${password}\n`, encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  return stdout;
}
