import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convertKeystore } from '../../src/store/convert.ts';
import type { KeystoreType, Pkcs12Compat } from '../../src/store/keystore.ts';
import { changeStorePassword } from '../../src/store/store-password.ts';
import { FIXTURE_KEY_PASSWORD, FIXTURE_PASSWORD, fixture, SEEN_BY_JAVA } from '../store/keystore-fixtures.ts';
import { AT } from '../support/certificates.ts';
import { hasJava, type JavaEntry, type JavaStore, listWithJava } from './java-keystores.ts';
import { callKeytool, hasKeytool } from './keytool.ts';

const NEW_PASSWORD = 'New-Pass-9';
const present = { password: FIXTURE_PASSWORD, keyPassword: FIXTURE_KEY_PASSWORD };

/** A fixture, and what becomes of it. */
interface Case {
  readonly from: string;
  readonly bytes: Uint8Array;
  readonly title: string;
}

const converted = (from: string, type: KeystoreType, compat: Pkcs12Compat = 'modern'): Case => ({
  from,
  title: `${from} converted to ${type}, ${compat}`,
  bytes: convertKeystore(fixture(from), {
    ...present,
    type,
    compat,
    newPassword: NEW_PASSWORD,
    skipInvisible: false,
    dropAttributes: false,
    at: AT,
  }).bytes,
});

const changed = (from: string): Case => ({
  from,
  title: `${from} under another password`,
  bytes: changeStorePassword(fixture(from), { ...present, newPassword: NEW_PASSWORD }).bytes,
});

function makeCases(): readonly Case[] {
  return [
    converted('gateway.jks', 'jceks'),
    converted('gateway.jks', 'pkcs12'),
    converted('gateway.jks', 'pkcs12', 'java8'),
    converted('gateway.jceks', 'pkcs12'),
    converted('gateway-java17.p12', 'jks'),
    converted('gateway-java17.p12', 'pkcs12', 'java8'),
    converted('gateway-java8.p12', 'pkcs12'),
    converted('openssl3.p12', 'jceks'),
    converted('secret.p12', 'jceks'),
    ...[
      'gateway.jks',
      'gateway.jceks',
      'gateway-java17.p12',
      'gateway-java8.p12',
      'secret.p12',
      'openssl3.p12',
      'openssl1.p12',
    ].map(changed),
  ];
}

/** Java adds issuers that it finds to the chains of PKCS#12: the end entity counts. */
const summarize = ({ alias, kind, certificates, key }: JavaEntry): unknown => [alias, kind, certificates[0], key];

describe.skipIf(!hasJava)('Java recovers the keys', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-keys-'));
  let cases: readonly Case[];
  let seen: Record<string, JavaStore>;

  beforeAll(() => {
    cases = makeCases();
    const stores = cases.map(({ bytes }, index) => {
      const path = join(folder, `${index}`);
      writeFileSync(path, bytes);
      return { path, password: NEW_PASSWORD };
    });
    seen = listWithJava(stores);
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('of every keystore that was converted or put under another password', () => {
    for (const [index, { from, title }] of cases.entries()) {
      const entries = seen[join(folder, `${index}`)]?.entries?.map(summarize);
      expect(entries, title).toEqual(SEEN_BY_JAVA[from]?.entries?.map(summarize));
    }
    expect(Object.keys(seen)).toHaveLength(cases.length);
  });
});

/** An entry under the alias `pw` as `keytool -importpass` makes it. */
function importPassword(path: string, storetype: string): Uint8Array {
  const words = ['-importpass', '-alias', 'pw', '-keystore', path, '-storetype', storetype];
  const passwords = ['-storepass', FIXTURE_PASSWORD, '-keypass', FIXTURE_PASSWORD];
  const { status, stdout, stderr } = callKeytool([...words, ...passwords], { input: 'a stored one\na stored one\n' });
  if (status !== 0) throw new Error(stdout + stderr);
  return readFileSync(path);
}

describe.skipIf(!hasKeytool)('a password that keytool -importpass stored', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-importpass-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['pkcs12', 'jceks'],
    ['jceks', 'pkcs12'],
  ] as const)('goes from %s to %s', (from, to) => {
    const path = join(folder, from);
    const options = { password: FIXTURE_PASSWORD, keyPassword: null, newPassword: NEW_PASSWORD };
    const losses = { skipInvisible: false, dropAttributes: false };
    const { bytes } = convertKeystore(importPassword(path, from), { ...options, ...losses, type: to, at: AT });
    const made = join(folder, `to-${to}`);
    writeFileSync(made, bytes);
    const seen = listWithJava([
      { path, password: FIXTURE_PASSWORD },
      { path: made, password: NEW_PASSWORD },
    ]);
    const [before, after] = [path, made].map((name) => seen[name]?.entries?.map(summarize));
    expect(before).toEqual([['pw', expect.any(String), undefined, expect.any(String)]]);
    expect(after).toEqual(before);
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;

describe.skipIf(!hasOpenssl)('openssl recovers the key', () => {
  const keyOf = (bytes: Uint8Array, password: string, legacy: boolean): string => {
    const argv = ['pkcs12', '-nocerts', '-nodes', '-passin', `pass:${password}`, ...(legacy ? ['-legacy'] : [])];
    const { stdout, stderr } = spawnSync('openssl', argv, { input: bytes, encoding: 'utf8' });
    const [key] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(stdout) ?? [];
    if (key === undefined) throw new Error(stderr);
    return key;
  };

  test.each([
    { compat: 'modern', legacy: false },
    { compat: 'java8', legacy: true },
  ] as const)(
    'of a JKS keystore converted for $compat',
    ({ compat, legacy }) => {
      const key = keyOf(converted('gateway.jks', 'pkcs12', 'modern').bytes, NEW_PASSWORD, false);
      expect(keyOf(converted('gateway.jks', 'pkcs12', compat).bytes, NEW_PASSWORD, legacy)).toBe(key);
    },
    60_000,
  );

  test.each(['openssl3.p12', 'openssl1.p12'])(
    'of %s under another password',
    (name) => {
      const legacy = name === 'openssl1.p12';
      expect(keyOf(changed(name).bytes, NEW_PASSWORD, legacy)).toBe(keyOf(fixture(name), FIXTURE_PASSWORD, legacy));
    },
    60_000,
  );
});
