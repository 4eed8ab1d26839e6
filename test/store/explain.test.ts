import { describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { explainKeystore, javaSupportOf } from '../../src/store/explain.ts';
import { issue } from '../support/certificates.ts';
import { certificateBag, javaKeystore, nestedBag, PASSWORD, pfx, plainKeyBag, shroudedKeyBag } from './builders.ts';
import { FIXTURE_PASSWORD, fixture, fixturePassword } from './keystore-fixtures.ts';

const root = issue({ subject: 'CN=Root' });
const other = issue({ subject: 'CN=Other' });

const explain = (bytes: Uint8Array, password: string | null = PASSWORD) =>
  explainKeystore(decodeKeystore(bytes, { password }));
const codes = (bytes: Uint8Array, password?: string | null) => explain(bytes, password).map(({ code }) => code);
const support = (bytes: Uint8Array, password: string | null = PASSWORD) =>
  javaSupportOf(decodeKeystore(bytes, { password }));

describe('which Java opens a keystore', () => {
  const trusted = [certificateBag(root.der, { friendlyName: 'root', trusted: true })];
  const someFrom = (...from: readonly string[]) => ({ readable: 'some versions', from });
  const cases = [
    { name: 'JKS', bytes: javaKeystore(), expected: { readable: 'every version', reasons: [] } },
    { name: 'JCEKS', bytes: javaKeystore({ type: 'jceks' }), expected: { readable: 'every version' } },
    { name: 'PEM', bytes: Buffer.from(root.pem), expected: { readable: 'no version' } },
    {
      name: 'gateway-java8.p12',
      bytes: fixture('gateway-java8.p12'),
      expected: { readable: 'every version', reasons: [] },
    },
    { name: 'passwordless.p12', bytes: fixture('passwordless.p12'), expected: { readable: 'every version' } },
    {
      name: 'gateway-java17.p12',
      bytes: fixture('gateway-java17.p12'),
      expected: {
        ...someFrom('8u301', '11.0.12', '16'),
        reasons: ['it is encrypted with PBES2', 'its MAC is HmacPBESHA256'],
      },
    },
    { name: 'gateway-sha512.p12', bytes: fixture('gateway-sha512.p12'), expected: someFrom('8u301', '11.0.12', '16') },
    {
      name: 'plain certificates with a MAC of SHA-256',
      bytes: pfx({ safes: [trusted] }),
      expected: { ...someFrom('8u301', '11.0.12', '16'), reasons: ['its MAC is HmacPBESHA256'] },
    },
    { name: 'PBMAC1', bytes: pfx({ safes: [trusted], mac: 'pbmac1' }), expected: someFrom('26') },
    {
      name: 'certificates under AES-192, which Java has not in PBES2',
      bytes: pfx({ safes: [trusted], encrypted: true, keyBits: 192 }),
      expected: {
        readable: 'no version',
        reasons: ['a part of the keystore is encrypted with PBES2 AES-192-CBC, HmacSHA256, which Java has not'],
      },
    },
    {
      name: 'another version of PKCS#12',
      bytes: pfx({ safes: [trusted], version: 4 }),
      expected: { readable: 'no version' },
    },
  ];
  test.each(cases)('$name', ({ bytes, expected }) => {
    expect(support(bytes, FIXTURE_PASSWORD)).toMatchObject(expected);
  });

  test('25 and later, when the password of PKCS#12 is not ASCII', () => {
    const password = 'pässwörd€';
    const bytes = pfx({ safes: [trusted], encrypted: true, password });
    expect(support(bytes, password)).toMatchObject({
      ...someFrom('25'),
      reasons: [expect.stringMatching(/outside of ASCII, Java before 25/)],
    });
    expect(support(pfx({ safes: [trusted], mac: 'pbmac1', password }), password)).toMatchObject(someFrom('26'));
    expect(codes(bytes, password)).toContain('keystore/non-ascii-password');
    expect(codes(javaKeystore({ password, entries: [{ alias: 'a', certificates: [root.der] }] }), password)).toEqual(
      [],
    );
  });
});

describe('keys that Java lists and cannot use', () => {
  const remarksOn = (cipher: string) => {
    const key = shroudedKeyBag(root.privateKey, { friendlyName: 'gw', localKeyId: '01' }, PASSWORD, cipher);
    const bytes = pfx({ safes: [[key, certificateBag(root.der, { localKeyId: '01' })]] });
    expect(support(bytes).readable).toBe('some versions');
    return explain(bytes).filter(({ code }) => code === 'keystore/foreign-key-algorithm');
  };

  test.each(['aes-192-cbc', 'des-ede3-cbc', 'camellia-256-cbc'])('%s', (cipher) => {
    expect(remarksOn(cipher)).toEqual([
      expect.objectContaining({
        severity: 'warning',
        message: expect.stringMatching(
          /^Java lists keys that it cannot use: they are encrypted with PBES2 .*, which Java/,
        ),
        hint: expect.stringMatching(/keystore convert/),
      }),
    ]);
  });

  test.each(['aes-128-cbc', 'aes-256-cbc'])('not %s', (cipher) => {
    expect(remarksOn(cipher)).toEqual([]);
  });
});

describe('what Java does not see', () => {
  test('"0 entries" of a file with certificates', () => {
    const remarks = explain(fixture('openssl-nokeys.p12'), fixturePassword('openssl-nokeys.p12'));
    expect(remarks.find(({ code }) => code === 'keystore/zero-entries')?.message).toMatch(
      /keytool lists 0 entries.*none of the 2 entries/,
    );
    const hidden = remarks.filter(({ code }) => code === 'keystore/invisible-entry');
    expect(hidden.map(({ message }) => message)).toEqual([
      expect.stringMatching(/no trusted-usage attribute/),
      expect.stringMatching(/no trusted-usage attribute/),
    ]);
    expect(hidden.every(({ sha256, alias }) => sha256?.length === 64 && alias !== null)).toBe(true);
  });

  test('a key in the clear, and bags in bags', () => {
    const bytes = pfx({
      safes: [
        [
          plainKeyBag(root.privateKey, { friendlyName: 'key' }),
          nestedBag([certificateBag(root.der)]),
          certificateBag(root.der, { friendlyName: 'root', trusted: true }),
        ],
      ],
    });
    const remarks = explain(bytes);
    expect(remarks.filter(({ code }) => code === 'keystore/invisible-entry')).toHaveLength(2);
    expect(remarks.map(({ code }) => code)).not.toContain('keystore/zero-entries');
  });

  test('aliases in upper case of JKS, and what keytool does then', () => {
    const bytes = javaKeystore({
      entries: [
        { alias: 'RootCA', certificates: [root.der] },
        { alias: 'b', certificates: [other.der] },
      ],
    });
    expect(explain(bytes)).toEqual([
      expect.objectContaining({
        code: 'keystore/upper-case-alias',
        severity: 'warning',
        alias: 'RootCA',
        sha256: root.certificate.sha256,
        message: expect.stringMatching(/keytool counts the entry, then fails to list it/),
      }),
    ]);
  });

  test('one of two aliases that differ in letter case alone', () => {
    const jks = javaKeystore({
      entries: [
        { alias: 'gw', certificates: [root.der] },
        { alias: 'GW', certificates: [other.der] },
      ],
    });
    expect(codes(jks)).toEqual(['keystore/upper-case-alias', 'keystore/alias-case']);
    const p12 = pfx({
      safes: [
        ['gw', 'GW'].map((friendlyName, i) =>
          certificateBag([root, other][i]?.der ?? root.der, { friendlyName, trusted: true }),
        ),
      ],
    });
    expect(codes(p12)).toEqual(['keystore/needs-newer-java', 'keystore/invisible-entry', 'keystore/alias-case']);
    expect(explain(jks).at(-1)?.message).toBe('aliases that differ in letter case alone: "gw", "GW"');
  });

  test('the earlier of two entries with one alias', () => {
    const bytes = javaKeystore({ entries: [root, other].map(({ der }) => ({ alias: 'a', certificates: [der] })) });
    expect(codes(bytes)).toEqual(['keystore/invisible-entry']);
  });
});

describe('what else is odd', () => {
  const cases = [
    { name: 'nothing', bytes: fixture('gateway.jks'), expected: [] },
    { name: 'no entry', bytes: javaKeystore(), expected: ['keystore/empty'] },
    {
      name: 'a key without a chain',
      bytes: javaKeystore({ entries: [{ alias: 'k', key: Uint8Array.of(1) }] }),
      expected: ['keystore/key-without-chain'],
    },
    {
      name: 'a key without a chain in PKCS#12',
      bytes: pfx({ safes: [[shroudedKeyBag(root.privateKey, { friendlyName: 'k', localKeyId: '1' })]] }),
      expected: ['keystore/needs-newer-java', 'keystore/key-without-chain'],
    },
    {
      name: 'certificates in a part that is encrypted as a whole',
      bytes: pfx({ safes: [[certificateBag(root.der, { friendlyName: 'r', trusted: true })]], encrypted: true }),
      expected: ['keystore/needs-newer-java', 'keystore/hidden-without-password'],
    },
    {
      name: 'nothing in a part that is encrypted as a whole',
      bytes: pfx({ safes: [[]], encrypted: true }),
      expected: ['keystore/needs-newer-java', 'keystore/empty'],
    },
    {
      name: 'one certificate twice',
      bytes: javaKeystore({ entries: ['a', 'b'].map((alias) => ({ alias, certificates: [root.der] })) }),
      expected: ['keystore/duplicate-anchor'],
    },
    {
      name: 'bytes behind the end',
      bytes: javaKeystore({ entries: [{ alias: 'a', certificates: [root.der] }], trailing: Uint8Array.of(1, 2) }),
      expected: ['keystore/trailing-bytes'],
    },
    {
      name: 'a certificate that is none',
      bytes: javaKeystore({ entries: [{ alias: 'a', certificates: [Uint8Array.of(0x30, 0)] }] }),
      expected: ['keystore/odd-entry'],
    },
    {
      name: 'a type of certificate that Java does not know',
      bytes: javaKeystore({ entries: [{ alias: 'a', certificates: [root.der], certificateType: 'PGP' }] }),
      expected: ['keystore/odd-entry'],
    },
    {
      name: 'JCEKS, which Java opens only by name',
      bytes: fixture('gateway.jceks'),
      expected: ['keystore/needs-storetype'],
    },
    {
      name: 'PBMAC1',
      bytes: pfx({ safes: [[certificateBag(root.der, { friendlyName: 'r', trusted: true })]], mac: 'pbmac1' }),
      expected: ['keystore/pbmac1'],
    },
    {
      name: 'a PEM bundle with one certificate twice',
      bytes: Buffer.from(root.pem + root.pem),
      expected: ['keystore/no-java-keystore', 'keystore/duplicate-anchor'],
    },
    {
      name: 'a PEM bundle with a key',
      bytes: Buffer.from(`${root.pem}${root.privateKey.export({ type: 'pkcs8', format: 'pem' })}`),
      expected: ['keystore/no-java-keystore', 'keystore/other-content'],
    },
    {
      name: 'a PEM bundle with a damaged block',
      bytes: Buffer.from(root.pem + other.pem.slice(0, 200)),
      expected: ['keystore/no-java-keystore', 'keystore/other-content'],
    },
  ];
  test.each(cases)('$name', ({ bytes, expected }) => {
    expect(codes(bytes)).toEqual(expected);
  });

  test('that nothing was verified without a password', () => {
    expect(codes(fixture('gateway.jks'), null)).toEqual(['keystore/not-verified']);
  });

  test('is said in lower case, without a full stop, with what to do, and printable', () => {
    const hostile = javaKeystore({
      entries: ['x\u001b]0;', 'X\u001b]0;'].map((alias) => ({ alias, certificates: [root.der] })),
    });
    const stores = [hostile, ...cases.map(({ bytes }) => bytes)];
    for (const { message, hint } of stores.flatMap((bytes) => explain(bytes))) {
      expect(message).toMatch(/^[^A-Z.]|^(?:JDK|Java|keytool)/);
      expect(`${message}${hint}`).not.toMatch(/\.$|[\u0000-\u001f]/);
      expect(hint).not.toBe('');
    }
  });
});
