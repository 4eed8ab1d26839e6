import { createHash, createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { childrenOf, type DerElement, decodeElement, encodingOf, TAG } from '../../src/encoding/der.ts';
import { encodeHex } from '../../src/encoding/hex.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { countEntries, entryAt, readLayout } from '../../src/store/java-keystore.ts';
import type { KeystoreType, NewKeystoreEntry, Pkcs12Compat } from '../../src/store/keystore.ts';
import { encodeKeystore, needsPassword, requireNewPassword } from '../../src/store/new-keystore.ts';
import { encryptPrivateKey } from '../../src/store/pkcs12-new.ts';
import { openPfx } from '../../src/store/pkcs12-open.ts';
import { readPfx } from '../../src/store/pkcs12-pfx.ts';
import { fingerprint } from '../../src/x509/fingerprint.ts';
import { issue } from '../support/certificates.ts';
import { CREATED, javaKeystore, PASSWORD } from './builders.ts';
import { trustError } from './expectations.ts';
import { FIXTURE_PASSWORD, fixture } from './keystore-fixtures.ts';
import { CERTIFICATES } from './odd-keystores.ts';
import { takeApart } from './pkcs12-bytes.ts';

interface Format {
  readonly type: KeystoreType;
  readonly compat?: Pkcs12Compat;
}

const FORMATS: readonly (Format & { readonly name: string })[] = [
  { name: 'JKS', type: 'jks' },
  { name: 'JCEKS', type: 'jceks' },
  { name: 'PKCS#12', type: 'pkcs12' },
  { name: 'PKCS#12 for Java 8', type: 'pkcs12', compat: 'java8' },
  { name: 'PKCS#12 without a password', type: 'pkcs12', compat: 'passwordless' },
  { name: 'PEM', type: 'pem' },
];

const certificateOf = (name: string): Uint8Array => CERTIFICATES[name]?.der ?? new Uint8Array();
const trusted = (alias: string, name: string): NewKeystoreEntry => ({
  kind: 'trusted-certificate',
  alias,
  created: CREATED,
  certificate: certificateOf(name),
});
const PKCS8 = CERTIFICATES.gateway?.privateKey.export({ type: 'pkcs8', format: 'der' }) ?? new Uint8Array();
const KEYS: Readonly<Record<Pkcs12Compat, Uint8Array>> = {
  modern: encryptPrivateKey(PKCS8, { compat: 'modern', password: PASSWORD, random: countingRandom() }),
  java8: encryptPrivateKey(PKCS8, { compat: 'java8', password: PASSWORD, random: countingRandom() }),
  passwordless: encryptPrivateKey(PKCS8, { compat: 'passwordless', password: PASSWORD, random: countingRandom() }),
};
const key = (alias: string, chain: readonly string[], created: Date = CREATED): NewKeystoreEntry => ({
  kind: 'private-key',
  alias,
  created,
  key: KEYS.modern,
  chain: chain.map(certificateOf),
});

describe.each(FORMATS)('$name', ({ name: _, ...format }) => {
  test('holds what it was made of', () => {
    const numRuns = format.compat === 'java8' ? 3 : process.env.SLOW === undefined ? 25 : 300;
    fc.assert(
      fc.property(arbitraryEntries(format.type), (entries) => {
        const bytes = encode(entries, format);
        const keystore = decodeKeystore(bytes, { password: PASSWORD });
        expect(keystore).toMatchObject({ type: format.type, notes: [] });
        expect(keystore.entries.map(describeEntry).toSorted()).toEqual(
          distinct(
            entries.map((entry) => describeNew(entry, format.type)),
            format.type,
          ).toSorted(),
        );
      }),
      { numRuns },
    );
  });

  test('is the same for the same random numbers', () => {
    const entries = [trusted('A', 'root'), trusted('b', 'other')];
    expect(encode(entries, format)).toEqual(encode(entries, format));
  });
});

test.each(FORMATS.filter(({ type }) => type !== 'pem'))('$name can be empty', ({ name: _, ...format }) => {
  expect(decodeKeystore(encode([], format), { password: PASSWORD }).entries).toEqual([]);
});

describe('the layout', () => {
  test('of JKS is that of Java', () => {
    const made = encode([trusted('Root', 'root'), key('GW', ['gateway', 'issuing'])], { type: 'jks' });
    expect(made).toEqual(
      javaKeystore({
        entries: [
          { alias: 'root', certificates: [certificateOf('root')] },
          { alias: 'gw', key: KEYS.modern, certificates: [certificateOf('gateway'), certificateOf('issuing')] },
        ],
      }),
    );
  });

  test.each([
    ['modern', 'gateway-java17.p12'],
    ['java8', 'gateway-java8.p12'],
  ] as const)('of PKCS#12 (%s) is protected as %s of Java is', (compat, name) => {
    const [made, java] = [
      takeApart(
        encode([key('gw', ['gateway', 'issuing', 'root']), trusted('r', 'root')], { type: 'pkcs12', compat }),
        PASSWORD,
      ),
      takeApart(fixture(name), FIXTURE_PASSWORD),
    ];
    expect(made.safes.map(({ encryption }) => encryption)).toEqual(java.safes.map(({ encryption }) => encryption));
    expect(made.mac?.label).toBe(java.mac?.label);
    expect(made.mac?.salt.length).toBe(java.mac?.salt.length);
    expect(made.safes[1]?.random.map(({ length }) => length)).toEqual(
      java.safes[1]?.random.map(({ length }) => length),
    );
  });

  test.each([
    ['modern', 'gateway-java17.p12'],
    ['java8', 'gateway-java8.p12'],
  ] as const)('of a private key (%s) names the algorithm as in %s', (compat, name) => {
    const [java] = openPfx(readPfx(fixture(name)), FIXTURE_PASSWORD).safes.flatMap(({ bags }) =>
      bags.flatMap(({ content }) => (content?.type === 'shrouded-key' ? [content.algorithm] : [])),
    );
    const [made] = childrenOf(decodeElement(KEYS[compat], TAG.sequence));
    expect(withoutRandom(made)).toBe(withoutRandom(java));
  });

  test('of PKCS#12 without a password is plain certificates and no MAC', () => {
    const { safes, mac } = takeApart(encode([trusted('r', 'root')], { type: 'pkcs12', compat: 'passwordless' }), null);
    expect([safes.map(({ encryption }) => encryption), mac]).toEqual([[null], null]);
  });

  test('of PEM names each certificate once, and nothing in a name can begin a block', () => {
    const hostile = issue({ subject: 'CN=x\n-----BEGIN CERTIFICATE-----\nAAAA' });
    const entries = [
      trusted('root', 'root'),
      { ...trusted('again', 'root') },
      { ...trusted('hostile', 'root'), certificate: hostile.der } as NewKeystoreEntry,
    ];
    const text = Buffer.from(encode(entries, { type: 'pem' })).toString();
    expect(text.match(/^#.*$/gm)).toEqual(['# CN=Root,O=Odd', expect.stringMatching(/^# CN=x.*BEGIN/)]);
    expect(text.match(/^-----BEGIN CERTIFICATE-----$/gm)).toHaveLength(2);
  });
});

describe('the keys of PKCS#12', () => {
  test.each(Object.entries(KEYS))('are decrypted by the password (%s)', (compat, encrypted) => {
    if (compat === 'java8') {
      expect(encodeHex(encrypted)).toContain('060a2a864886f70d010c0103');
      return;
    }
    const found = createPrivateKey({ key: Buffer.from(encrypted), format: 'der', type: 'pkcs8', passphrase: PASSWORD });
    expect(found.export({ type: 'pkcs8', format: 'der' })).toEqual(PKCS8);
  });

  test('of one date are told apart by older Java too', () => {
    const entries = [key('a', ['gateway', 'issuing']), key('b', ['leaf', 'issuing']), key('c', ['other'])];
    const bytes = encode(entries, { type: 'pkcs12' });
    const found = decodeKeystore(bytes, { password: PASSWORD }).entries;
    expect(found.map(({ alias, created }) => [alias, created])).toEqual(['a', 'b', 'c'].map((name) => [name, CREATED]));
    const ids = takeApart(bytes, PASSWORD).safes[0]?.bags.map((bag) => /54696d65(?:20)(3[0-9])+/.exec(bag)?.[0]);
    expect(new Set(ids).size).toBe(3);
  });

  test('may have a chain that goes on with a trusted certificate', () => {
    const bytes = encode([key('gw', ['gateway', 'issuing']), trusted('root', 'root')], { type: 'pkcs12' });
    const { entries } = decodeKeystore(bytes, { password: PASSWORD });
    expect(entries.map(({ alias, fingerprints }) => [alias, fingerprints.length])).toEqual([
      ['gw', 3],
      ['root', 1],
    ]);
  });

  test('and their chains must be found by the issuers', () => {
    expect(() => encode([key('gw', ['gateway', 'other'])], { type: 'pkcs12' })).toThrow(
      trustError('keystore/cannot-preserve', { entry: 'gw' }),
    );
  });
});

describe('refused', () => {
  const two = [trusted('Root', 'root'), trusted('rOOT', 'other')];

  test.each(FORMATS.filter(({ type }) => type !== 'pem'))('two aliases that differ in letter case: $name', (format) => {
    expect(() => encode(two, format)).toThrow(trustError('keystore/alias-taken'));
  });

  test.each(FORMATS)('a missing password: $name', ({ name: _, ...format }) => {
    const entries = [trusted('root', 'root')];
    const encodeWithout = () => encodeKeystore(entries, { ...format, password: null });
    if (needsPassword(format.type, format.compat)) {
      expect(encodeWithout).toThrow(trustError('keystore/password-missing'));
    } else {
      expect(decodeKeystore(encodeWithout(), { password: null }).entries).toHaveLength(1);
    }
  });

  test.each([
    { password: 'short', type: 'jks', refused: true },
    { password: 'short', type: 'pkcs12', refused: true },
    { password: 'sixsix', type: 'pkcs12', refused: false },
    { password: 'pässwörd€', type: 'pkcs12', refused: true },
    { password: 'tab\tinside', type: 'pkcs12', refused: true },
    { password: 'pässwörd€', type: 'jks', refused: false },
    { password: 'pässwörd€', type: 'jceks', refused: false },
  ] as const)('the password "$password" for $type: $refused', ({ password, type, refused }) => {
    const check = () => requireNewPassword(password, type);
    if (refused) expect(check).toThrow(trustError('keystore/password-refused'));
    else expect(check).not.toThrow();
  });

  test.each([
    { name: 'a private key', entry: key('gw', ['gateway']), type: 'pem' },
    { name: 'a secret key', entry: secret('aes'), type: 'pem' },
    { name: 'a secret key', entry: secret('aes'), type: 'jks' },
  ] as const)('$name in $type', ({ entry, type }) => {
    expect(() => encode([trusted('r', 'root'), entry], { type })).toThrow(trustError('keystore/refuses-entry'));
  });

  test('an alias that is too long for JKS', () => {
    expect(() => encode([trusted('x'.repeat(65_536), 'root')], { type: 'jks' })).toThrow(
      trustError('keystore/refuses-entry'),
    );
  });

  test('a PEM bundle of nothing', () => {
    expect(() => encode([], { type: 'pem' })).toThrow(trustError('keystore/cannot-preserve'));
  });
});

/** An AlgorithmIdentifier in hex, with its salts and initialisation vectors left out. */
function withoutRandom(algorithm: DerElement | undefined): string | undefined {
  const hex = algorithm === undefined ? undefined : encodeHex(encodingOf(algorithm));
  return hex?.replace(/0414[0-9a-f]{40}/, 'salt').replace(/0410[0-9a-f]{32}/, 'iv');
}

/** A secret key of a JCEKS keystore that Java made. */
function secret(alias: string): NewKeystoreEntry {
  const bytes = fixture('gateway.jceks');
  const layout = readLayout(bytes, { type: 'jceks', magic: 0xcececece, secretKeys: true });
  const entries = Array.from({ length: countEntries(layout) }, (_, place) => entryAt(layout, place));
  const entry = entries.find(({ keyClass }) => keyClass !== null);
  if (entry === undefined) throw new Error('no secret key in gateway.jceks');
  const aliasLength = new DataView(bytes.buffer, bytes.byteOffset).getUint16(entry.start + 4);
  const sealed = bytes.subarray(entry.start + 4 + 2 + aliasLength + 8, entry.end);
  return { kind: 'secret-key', alias, created: CREATED, sealed };
}

function encode(entries: readonly NewKeystoreEntry[], format: Format): Uint8Array {
  return encodeKeystore(entries, { ...format, password: PASSWORD, random: countingRandom() });
}

/** Random numbers that are the same in every run, and another at every call. */
function countingRandom(): (length: number) => Uint8Array {
  let count = 0;
  return (length) => createHash('shake256', { outputLength: length }).update(`${++count}`).digest();
}

/** Entries under aliases that differ; a key has a chain that follows its issuers, down to none. */
function arbitraryEntries(type: KeystoreType): fc.Arbitrary<readonly NewKeystoreEntry[]> {
  const created = fc.integer({ min: -1e12, max: 4e12 }).map((time) => new Date(time));
  const names = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), {
    selector: (alias) => alias.toLowerCase(),
    maxLength: 6,
    minLength: 1,
  });
  const certificate = fc.constantFrom('root', 'issuing', 'other', 'leaf');
  const chain = fc.constantFrom([], ['other'], ['leaf'], ['leaf', 'issuing'], ['gateway', 'issuing', 'root']);
  const kinds = type === 'pem' ? ['trusted'] : type === 'jks' ? ['trusted', 'key'] : ['trusted', 'key', 'secret'];
  const content = fc.record({ kind: fc.constantFrom(...kinds), created, certificate, chain });
  return fc
    .tuple(names, fc.array(content, { minLength: 6, maxLength: 6 }))
    .map(([aliases, contents]) => aliases.map((alias, index) => toEntry(alias, contents[index], type)));
}

function toEntry(
  alias: string,
  content: { kind: string; created: Date; certificate: string; chain: readonly string[] } | undefined,
  type: KeystoreType,
): NewKeystoreEntry {
  const { kind = '', created = CREATED, certificate = '', chain = [] } = content ?? {};
  if (kind === 'key') return key(alias, chain, created);
  if (kind !== 'secret') return { ...trusted(alias, certificate), created };
  const entry = { ...secret(alias), created };
  return type === 'jceks' ? entry : { kind: 'secret-key', alias, created, sealed: KEYS.modern };
}

function describeEntry({
  alias,
  kind,
  created,
  fingerprints,
}: ReturnType<typeof decodeKeystore>['entries'][number]): string {
  // In PKCS#12 a chain goes on as far as the file has issuers.
  return JSON.stringify([kind === 'trusted-certificate' ? '' : alias, kind, created, fingerprints[0] ?? null]);
}

/** A PEM bundle has a certificate once, under whatever aliases it was. */
function distinct(entries: readonly string[], type: KeystoreType): readonly string[] {
  return type === 'pem' ? [...new Set(entries)] : entries;
}

function describeNew(entry: NewKeystoreEntry, type: KeystoreType): string {
  const { kind, alias, created } = entry;
  const [der] = kind === 'trusted-certificate' ? [entry.certificate] : kind === 'private-key' ? entry.chain : [];
  const hasDate = type === 'jks' || type === 'jceks' || (type === 'pkcs12' && kind !== 'trusted-certificate');
  return JSON.stringify([
    kind === 'trusted-certificate' ? '' : alias.toLowerCase(),
    kind,
    hasDate ? created : null,
    der === undefined ? null : fingerprint('sha256', der),
  ]);
}
