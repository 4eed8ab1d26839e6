import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { foldAlias } from '../../src/store/alias.ts';
import { decodeKeystore, detectKeystore } from '../../src/store/codecs.ts';
import {
  bag,
  CREATED,
  certificateBag,
  crlBag,
  javaKeystore,
  PASSWORD,
  pfx,
  plainKeyBag,
  shroudedKeyBag,
} from '../store/builders.ts';
import { fixture } from '../store/keystore-fixtures.ts';
import { takeApart } from '../store/pkcs12-bytes.ts';
import { AT } from '../support/certificates.ts';
import type { Call, CallOptions } from '../support/cli.ts';
import { alpha, beta, jksKey, layOutFolders, leaf, type StoreFolder } from './keystore-store.ts';

const KEY_PASSWORD = 'KeyPass1%';
const NEW = 'New-Pass-9';
const folderWith = layOutFolders();

function convert(folder: StoreFolder, argv: readonly string[], options: CallOptions = {}): Promise<Call> {
  const env = { ANCHORCTL_STOREPASS: PASSWORD, KEYPASS: KEY_PASSWORD, NEW };
  return folder.keystore(['convert', folder.store, folder.path('out'), ...argv], { env, ...options });
}

/** Kind, folded alias and certificates of what Java sees, in an order of its own. */
function seen(bytes: Uint8Array, password: string | null): readonly string[] {
  return decodeKeystore(bytes, { password })
    .entries.filter(({ kind }) => kind !== 'invisible')
    .map(({ alias, kind, fingerprints }) => [foldAlias(alias), kind, ...fingerprints].join(' '))
    .sort();
}

const codes = (call: Call): readonly unknown[] =>
  (call.json().findings as readonly { code: string }[]).map(({ code }) => code);

describe('from one type to another', () => {
  test.each([
    ['gateway.jks', 'pkcs12', []],
    ['gateway.jks', 'jceks', []],
    ['gateway.jceks', 'pkcs12', ['--compat', 'java8']],
    ['gateway-java17.p12', 'jks', []],
    ['secret.p12', 'jceks', []],
    ['roots.jks', 'pkcs12', ['--compat', 'passwordless']],
    ['openssl3.p12', 'jks', []],
    ['passwordless.p12', 'jks', []],
    ['passwordless.p12', 'pkcs12', []],
    ['gateway.jks', 'jks', []],
    ['roots-with-text.pem', 'jceks', []],
  ] as const)('%s to %s %j', async (name, type, argv) => {
    const before = fixture(name);
    const folder = folderWith(before);
    const call = await convert(folder, ['--type', type, ...argv, '--keypass-env', 'KEYPASS', '--json']);
    expect(call.stderr).not.toContain('anchorctl:');
    expect(call.status).toBe(0);
    const after = folder.bytes('out');
    expect(detectKeystore(after)).toBe(type);
    const password = argv[1] === 'passwordless' ? null : PASSWORD;
    expect(seen(after, password)).toEqual(seen(before, PASSWORD));
    expect(call.json()).toMatchObject({
      schema: 'anchorctl/keystore-convert/1',
      changed: true,
      store: { path: folder.path('out'), type },
      from: { path: folder.store },
      backup: null,
      before: null,
      after: hash('sha256', after),
      removed: [],
      unchanged: 0,
      outcome: 'applied',
    });
    expect(call.json().added).toHaveLength(seen(after, password).length);
    expect(folder.bytes()).toEqual(before);
  });

  test('a PEM bundle of trusted certificates', async () => {
    const folder = folderWith(fixture('roots.jks'));
    const call = await convert(folder, ['--type', 'pem', '--json']);
    expect(call.status).toBe(0);
    const { entries } = decodeKeystore(folder.bytes('out'), { password: null });
    const before = decodeKeystore(fixture('roots.jks'), { password: PASSWORD }).entries;
    expect(entries.map(({ fingerprints }) => fingerprints)).toEqual(before.map(({ fingerprints }) => fingerprints));
    expect((call.json().added as { alias: string }[]).map(({ alias }) => alias)).toEqual(
      entries.map(({ alias }) => alias),
    );
    expect(codes(call)).toEqual(['keystore/date-lost']);
  });
});

describe('dates', () => {
  const trusted = { entries: [{ alias: 'alpha', certificates: [alpha.der] }] };

  test('go from JKS to JCEKS', async () => {
    const folder = folderWith(javaKeystore(trusted));
    const call = await convert(folder, ['--type', 'jceks', '--json']);
    expect(codes(call)).toEqual([]);
    expect(folder.entries('out')[0]?.created).toEqual(CREATED);
  });

  test('of trusted certificates have no place in PKCS#12, which is said', async () => {
    const folder = folderWith(javaKeystore(trusted));
    expect(codes(await convert(folder, ['--type', 'pkcs12', '--json']))).toEqual(['keystore/date-lost']);
  });

  test('of keys have', async () => {
    const folder = folderWith(fixture('gateway.jks'));
    await convert(folder, ['--type', 'pkcs12', '--keypass-env', 'KEYPASS']);
    const dateOf = (bytes: Uint8Array) =>
      decodeKeystore(bytes, { password: PASSWORD }).entries.find(({ kind }) => kind === 'private-key')?.created;
    expect(dateOf(folder.bytes('out'))).toEqual(dateOf(folder.bytes()));
    expect(dateOf(folder.bytes())).toBeInstanceOf(Date);
  });

  test('are made where there were none', async () => {
    const folder = folderWith(Buffer.from(alpha.pem));
    expect(codes(await convert(folder, ['--type', 'jks', '--json']))).toEqual(['keystore/date-made']);
    expect(folder.entries('out')[0]?.created).toEqual(AT);
  });
});

test('a chain that goes on in PKCS#12 is named', async () => {
  const entries = [
    { alias: 'gw', key: jksKey(leaf.privateKey), certificates: [leaf.der] },
    { alias: 'alpha', certificates: [alpha.der] },
  ];
  const call = await convert(folderWith(javaKeystore({ entries })), ['--type', 'pkcs12', '--json']);
  expect(call.json().findings).toMatchObject([
    { code: 'keystore/longer-chain', severity: 'warning', source: { alias: 'gw' } },
    { code: 'keystore/date-lost', severity: 'info' },
  ]);
});

describe('PKCS#12 to PKCS#12', () => {
  const key = alpha.privateKey;
  const odd = bag('1.2.3.4.5', Uint8Array.of(5, 0), {});
  const bytes = pfx({
    safes: [
      [shroudedKeyBag(key, { friendlyName: 'GW', localKeyId: 'Time 1748779200000' })],
      [certificateBag(alpha.der, { friendlyName: 'Alpha', trusted: true }), certificateBag(beta.der), crlBag(), odd],
    ],
    encrypted: true,
  });

  test.each(['java8', 'modern'] as const)('%s keeps bags and what Java does not see', async (compat) => {
    const folder = folderWith(bytes);
    const call = await convert(folder, ['--type', 'pkcs12', '--compat', compat, '--json']);
    expect(call.status).toBe(0);
    const [was, is] = [takeApart(bytes, PASSWORD), takeApart(folder.bytes('out'), PASSWORD)];
    expect(is.safes[1]?.bags).toEqual(was.safes[1]?.bags);
    expect(is.mac?.label).toBe(
      compat === 'java8' ? 'HmacPBESHA1, 100000 iterations' : 'HmacPBESHA256, 10000 iterations',
    );
    const { encryption } = decodeKeystore(folder.bytes('out'), { password: PASSWORD });
    expect(encryption).toContain(compat === 'java8' ? 'RC2_40' : 'AES-256');
    expect(call.json()).toMatchObject({ reencrypted: [{ alias: 'GW', hadOwnPassword: false }] });
    expect(codes(call)).toEqual(Array.from({ length: 3 }, () => 'keystore/invisible-entry'));
  });

  test('says that Java sees nothing in the new file either', async () => {
    const folder = folderWith(pfx({ safes: [[certificateBag(beta.der)]], encrypted: true }));
    const call = await convert(folder, ['--type', 'pkcs12', '--json']);
    expect(call.status).toBe(0);
    expect(codes(call)).toEqual(['keystore/zero-entries', 'keystore/invisible-entry']);
  });

  test('names a key that nothing encrypts, and encrypts the part that it lies in', async () => {
    const clear = key.export({ type: 'pkcs8', format: 'der' });
    const folder = folderWith(pfx({ safes: [[plainKeyBag(key, { friendlyName: 'gw' })]] }));
    const call = await convert(folder, ['--type', 'pkcs12', '--json']);
    expect(call.json()).toMatchObject({ reencrypted: [] });
    expect(call.json().findings).toContainEqual(
      expect.objectContaining({
        code: 'keystore/invisible-entry',
        severity: 'warning',
        message: expect.stringContaining('private keys that are not encrypted'),
        source: expect.objectContaining({ alias: 'gw' }),
      }),
    );
    expect([folder.bytes(), folder.bytes('out')].map((bytes) => Buffer.from(bytes).includes(clear))).toEqual([
      true,
      false,
    ]);
  });

  test('--skip-invisible leaves out what Java does not see', async () => {
    const folder = folderWith(bytes);
    const call = await convert(folder, ['--type', 'pkcs12', '--skip-invisible', '--json']);
    expect(call.status).toBe(0);
    expect(folder.aliases('out')).toEqual(['GW', 'Alpha']);
    expect(codes(call)).toEqual(Array.from({ length: 3 }, () => 'keystore/invisible-entry'));
  });

  test.each([
    { name: 'a key', bags: [shroudedKeyBag(key, { friendlyName: 'gw', localKeyId: '1' })] },
    { name: 'a key that nothing encrypts', bags: [plainKeyBag(key, { friendlyName: 'gw' })] },
  ])('$name never goes into a file without a password', async ({ bags }) => {
    const folder = folderWith(pfx({ safes: [bags], encrypted: true }));
    const call = await convert(folder, ['--type', 'pkcs12', '--compat', 'passwordless']);
    expect(call.stderr).toContain('keystore/refuses-entry');
    expect(call.status).toBe(5);
  });
});

describe('refuses', () => {
  const hidden = pfx({
    safes: [[certificateBag(alpha.der, { friendlyName: 'a', trusted: true }), certificateBag(beta.der)]],
  });
  const upper = javaKeystore({
    entries: [
      { alias: 'alpha', certificates: [alpha.der] },
      { alias: 'Beta', certificates: [beta.der] },
    ],
  });
  const odd = javaKeystore({ entries: [{ alias: 'gw', key: Uint8Array.of(1, 2, 3), certificates: [leaf.der] }] });
  const bare = pfx({ safes: [[shroudedKeyBag(alpha.privateKey, { friendlyName: 'gw', localKeyId: '1' })]] });
  const trailing = javaKeystore({ entries: [], trailing: Uint8Array.of(0) });
  test.each([
    { name: 'what Java does not see', bytes: hidden, type: 'jks', status: 5, says: 'keystore repair' },
    { name: 'an upper-case alias', bytes: upper, type: 'jceks', status: 5, says: '--skip-invisible' },
    { name: 'bytes behind the end', bytes: trailing, type: 'jceks', status: 5, says: 'keystore/cannot-preserve' },
    { name: 'a key without a certificate in JCEKS', bytes: bare, type: 'jceks', status: 5, says: 'has no certificate' },
    { name: 'keys in PEM', bytes: fixture('gateway.jks'), type: 'pem', status: 5, says: 'the private key "gateway"' },
    { name: 'a secret key in JKS', bytes: fixture('secret.p12'), type: 'jks', status: 5, says: 'the secret key' },
    { name: 'a key without its password', bytes: fixture('gateway.jks'), type: 'jceks', status: 4, says: '"gateway"' },
    { name: 'a damaged key', bytes: odd, type: 'jceks', status: 3, says: '"gw"' },
    {
      name: 'a wrong password',
      bytes: fixture('roots.jks'),
      type: 'jceks',
      status: 4,
      env: { ANCHORCTL_STOREPASS: 'x' },
    },
    {
      name: 'a short password',
      bytes: fixture('roots.jks'),
      type: 'jceks',
      status: 5,
      env: { ANCHORCTL_STOREPASS: PASSWORD, ANCHORCTL_NEW_STOREPASS: 'short' },
      says: 'keystore/password-refused',
    },
    {
      name: 'a password beyond ASCII',
      bytes: javaKeystore({ entries: [], password: 'pässwort' }),
      type: 'pkcs12',
      status: 5,
      env: { ANCHORCTL_STOREPASS: 'pässwort' },
      says: 'keystore/password-refused',
    },
    {
      name: 'no password',
      bytes: Buffer.from(alpha.pem),
      type: 'jks',
      status: 4,
      env: {},
      says: '--new-storepass-env',
    },
    {
      name: 'another type than --storetype',
      bytes: fixture('roots.jks'),
      type: 'pem',
      argv: ['--storetype', 'pkcs12'],
      status: 2,
    },
    { name: '--compat of JKS', bytes: fixture('roots.jks'), type: 'jks', argv: ['--compat', 'java8'], status: 2 },
    { name: 'no such type', bytes: fixture('roots.jks'), type: 'bks', status: 2 },
  ])('$name', async ({ bytes, type, argv = [], env, status, says = '' }) => {
    const folder = folderWith(bytes);
    const before = folder.snapshot();
    const call = await convert(folder, ['--type', type, ...argv], env === undefined ? {} : { env });
    expect(call.stderr).toContain(says);
    expect(call.status).toBe(status);
    expect(folder.snapshot()).toEqual(before);
  });

  test('an upper-case alias alone, with --skip-invisible', async () => {
    const folder = folderWith(upper);
    const call = await convert(folder, ['--type', 'jks', '--skip-invisible', '--json']);
    expect(call.status).toBe(0);
    expect(folder.aliases('out')).toEqual(['alpha']);
    expect(codes(call)).toEqual(['keystore/invisible-entry']);
  });

  test.each(['pkcs12', 'jks'])('to leave out everything, %s', async (type) => {
    const folder = folderWith(pfx({ safes: [[certificateBag(beta.der)]] }));
    const before = folder.snapshot();
    const call = await convert(folder, ['--type', type, '--skip-invisible']);
    expect(call.stderr).toContain('nothing would be left: Java sees no entry');
    expect(call.status).toBe(5);
    expect(folder.snapshot()).toEqual(before);
  });

  test('keys where none may go, and names all of them', async () => {
    const keys = ['rsa', 'ec'].map((alias) => ({ alias, key: jksKey(alpha.privateKey), certificates: [alpha.der] }));
    const call = await convert(folderWith(javaKeystore({ entries: keys })), ['--type', 'pem']);
    expect(call.stderr).toContain(
      'the private key "rsa", the private key "ec" never go into PEM [keystore/refuses-entry]',
    );
  });

  test('to go on without the password of a keystore, and says that it is missing', async () => {
    const call = await convert(folderWith(fixture('roots.jks')), ['--type', 'jceks'], { env: {} });
    expect([call.status, call.stderr]).toEqual([
      4,
      expect.stringMatching(/: the password of the JKS keystore is missing, by which its integrity is checked/),
    ]);
  });

  test('attributes that only PKCS#12 has, until --drop-attributes', async () => {
    const limited = Buffer.from(certificateBag(alpha.der, { friendlyName: 'a', trusted: true }));
    const any = Buffer.from([0x55, 0x1d, 0x25, 0x00]);
    limited[limited.indexOf(any) + 3] = 1;
    const folder = folderWith(pfx({ safes: [[limited]] }));
    const refused = await convert(folder, ['--type', 'jks']);
    expect(refused.stderr).toContain('"a" has attributes');
    expect(refused.stderr).toContain('2.16.840.1.113894.746875.1.1');
    expect(refused.status).toBe(5);
    const call = await convert(folder, ['--type', 'jks', '--drop-attributes', '--json']);
    expect(call.status).toBe(0);
    expect(codes(call)).toContain('keystore/attributes-dropped');
  });
});

test('the new password is one of its own, and never printed', async () => {
  const folder = folderWith(fixture('roots.jks'));
  const { stdout, stderr } = await convert(folder, ['--type', 'pkcs12', '--new-storepass-env', 'NEW']);
  expect(stdout + stderr).not.toContain(NEW);
  expect(decodeKeystore(folder.bytes('out'), { password: NEW }).integrity).toBe('verified');
});
