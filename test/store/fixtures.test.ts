import { describe, expect, test } from 'vitest';
import { foldAlias } from '../../src/store/alias.ts';
import { decodeKeystore, detectKeystore } from '../../src/store/codecs.ts';
import type { Keystore } from '../../src/store/keystore.ts';
import { fixture, fixtureCertificate, fixturePassword, SCHEMES, SEEN_BY_JAVA } from './keystore-fixtures.ts';

const stores = Object.keys(SEEN_BY_JAVA).filter((name) => !name.startsWith('schemes/'));

describe('keystores written by Java and openssl', () => {
  test.each(stores)('%s holds what Java sees in it', (name) => {
    const { type, entries } = open(name);
    const visible = entries.filter(({ kind }) => kind !== 'invisible');
    const seen = SEEN_BY_JAVA[name]?.entries;
    expect(
      visible
        .map(({ alias, kind, fingerprints }) => ({ alias: foldAlias(alias), kind, fingerprints }))
        .toSorted(byAlias),
    ).toEqual(
      seen?.map(({ alias, kind, certificates }) => ({ alias, kind, fingerprints: certificates })).toSorted(byAlias),
    );
    // Java makes up today's date for what has none in PKCS#12.
    for (const { alias, created } of visible.filter((entry) => type !== 'pkcs12' || entry.created !== null)) {
      expect(created?.getTime()).toBe(seen?.find((entry) => entry.alias === foldAlias(alias))?.created);
    }
    expect(visible.flatMap(({ note }) => note ?? [])).toEqual([]);
  });

  test.each([
    { name: 'gateway.jks', encryption: null, mac: 'SHA-1 digest with password' },
    {
      name: 'gateway-java17.p12',
      encryption: 'PBES2 AES-256-CBC, HmacSHA256, 10000 iterations',
      mac: 'HmacPBESHA256, 10000 iterations',
    },
    {
      name: 'gateway-java8.p12',
      encryption: 'certificates: PBEWithSHA1AndRC2_40, 50000 iterations; keys: PBEWithSHA1AndDESede, 50000 iterations',
      mac: 'HmacPBESHA1, 100000 iterations',
    },
    {
      name: 'gateway-sha512.p12',
      encryption:
        'certificates: PBES2 AES-128-CBC, HmacSHA512, 10000 iterations; keys: PBES2 AES-256-CBC, HmacSHA1, 10000 iterations',
      mac: 'HmacPBESHA512, 10000 iterations',
    },
    {
      name: 'openssl3.p12',
      encryption: 'PBES2 AES-256-CBC, HmacSHA256, 2048 iterations',
      mac: 'HmacPBESHA256, 2048 iterations',
    },
    { name: 'openssl-plain.p12', encryption: null, mac: null },
    { name: 'passwordless.p12', encryption: null, mac: null },
  ])('$name says how it is protected', ({ name, encryption, mac }) => {
    expect(open(name)).toMatchObject({ encryption, mac, integrity: mac === null ? 'not-verified' : 'verified' });
  });

  test('openssl writes certificates that Java does not see', () => {
    expect(open('openssl-nokeys.p12').entries).toMatchObject([
      { alias: 'alpha', kind: 'invisible', note: expect.stringContaining('no trusted-usage attribute') },
      { alias: 'beta', kind: 'invisible', note: expect.stringContaining('no trusted-usage attribute') },
    ]);
  });

  test('every certificate says where it was found', () => {
    const [key] = open('openssl3.p12').entries;
    expect(key?.certificates.map(({ source }) => source?.alias)).toEqual(['Gateway', 'Gateway', 'Gateway']);
  });
});

describe('encryption schemes and MACs of openssl', () => {
  test.each(SCHEMES)('%s', (name) => {
    const keystore = open(name);
    expect(keystore.integrity).toBe('verified');
    expect(keystore.entries.flatMap(({ certificates }) => certificates.map(({ sha256 }) => sha256))).toEqual([
      fixtureCertificate('alpha').sha256,
    ]);
  });

  test('have names', () => {
    expect(SCHEMES.map((name) => open(name)).map(({ encryption, mac }) => encryption ?? mac)).toMatchInlineSnapshot(`
      [
        "PBES2 AES-128-CBC, HmacSHA256, 2048 iterations",
        "PBES2 AES-192-CBC, HmacSHA256, 2048 iterations",
        "PBES2 AES-256-CBC, HmacSHA256, 2048 iterations",
        "PBES2 CAMELLIA-128-CBC, HmacSHA256, 2048 iterations",
        "PBES2 CAMELLIA-192-CBC, HmacSHA256, 2048 iterations",
        "PBES2 CAMELLIA-256-CBC, HmacSHA256, 2048 iterations",
        "PBES2 DES-CBC, HmacSHA256, 2048 iterations",
        "PBES2 DES-EDE3-CBC, HmacSHA256, 2048 iterations",
        "PBEWithMD5AndDES, 2048 iterations",
        "PBEWithMD5AndRC2_64, 2048 iterations",
        "PBEWithSHA1And2KeyDESede, 2048 iterations",
        "PBEWithSHA1AndDESede, 2048 iterations",
        "PBEWithSHA1AndDES, 2048 iterations",
        "PBEWithSHA1AndRC2_128, 2048 iterations",
        "PBEWithSHA1AndRC2_40, 2048 iterations",
        "PBEWithSHA1AndRC2_64, 2048 iterations",
        "PBEWithSHA1AndRC4_128, 2048 iterations",
        "PBEWithSHA1AndRC4_40, 2048 iterations",
        "PBES2 RC2-CBC, HmacSHA256, 2048 iterations",
        "HmacPBEMD5, 2048 iterations",
        "HmacPBESHA1, 2048 iterations",
        "HmacPBESHA224, 2048 iterations",
        "HmacPBESHA256, 2048 iterations",
        "HmacPBESHA384, 2048 iterations",
        "HmacPBESHA512/224, 2048 iterations",
        "HmacPBESHA512/256, 2048 iterations",
        "HmacPBESHA512, 2048 iterations",
      ]
    `);
  });
});

function open(name: string): Keystore {
  const bytes = fixture(name);
  const keystore = decodeKeystore(bytes, { password: fixturePassword(name) });
  expect(detectKeystore(bytes)).toBe(keystore.type);
  return keystore;
}

function byAlias(a: { readonly alias: string }, b: { readonly alias: string }): number {
  return a.alias < b.alias ? -1 : 1;
}
