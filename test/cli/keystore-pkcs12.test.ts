/** The commands that change a keystore, on PKCS#12 files of several programs. */
import { describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import type { KeystoreEntry } from '../../src/store/keystore.ts';
import { certificateBag, PASSWORD, pfx, shroudedKeyBag } from '../store/builders.ts';
import { fixture, fixturePassword } from '../store/keystore-fixtures.ts';
import { issue } from '../support/certificates.ts';
import { fresh, StoreFolder } from './keystore-store.ts';

const digest = fresh.certificate.sha256;

async function inFolder(bytes: Uint8Array, use: (at: StoreFolder) => Promise<void>): Promise<void> {
  const at = new StoreFolder(bytes);
  try {
    await use(at);
  } finally {
    at.remove();
  }
}

const identities = (entries: readonly KeystoreEntry[]) =>
  entries.map(({ alias, kind, created, fingerprints }) => ({ alias, kind, created, fingerprints }));

const FILES = [
  'gateway-java17.p12',
  'gateway-java8.p12',
  'gateway-sha512.p12',
  'secret.p12',
  'passwordless.p12',
  'openssl1.p12',
  'openssl3.p12',
  'openssl-nomac.p12',
  'openssl-nokeys.p12',
  'empty-password.p12',
];

describe.each(FILES)('%s', (name) => {
  const password = fixturePassword(name);
  const options = { env: { PW: password } };
  const secret = ['--storepass-env', 'PW'];

  test('gets a root and loses it again; every other entry stays', async () => {
    await inFolder(fixture(name), async (at) => {
      const before = decodeKeystore(at.bytes(), { password });
      const added = await at.keystore(
        ['add', at.store, at.write('new.pem', fresh.pem), '--expect-sha256', digest, '--json', ...secret],
        options,
      );
      expect([added.status, added.json()]).toEqual([
        0,
        expect.objectContaining({ changed: true, unchanged: before.entries.length }),
      ]);
      const between = decodeKeystore(at.bytes(), { password });
      expect(identities(between.entries).filter(({ fingerprints }) => fingerprints[0] !== digest)).toEqual(
        identities(before.entries),
      );
      expect([between.encryption, between.mac]).toEqual([before.encryption, before.mac]);
      expect(between.entries.find(({ fingerprints }) => fingerprints[0] === digest)?.kind).toBe('trusted-certificate');

      const removed = await at.keystore(['remove', at.store, '--sha256', digest, '--yes', ...secret], options);
      expect([removed.status, removed.stderr]).toEqual([0, '']);
      expect(identities(decodeKeystore(at.bytes(), { password }).entries)).toEqual(identities(before.entries));
      expect(at.backups()).toHaveLength(2);
    });
  });
});

test('a trusted certificate is replaced under its alias, in the letter case that Java finds', async () => {
  await inFolder(fixture('gateway-java17.p12'), async (at) => {
    const args = ['replace', at.store, at.write('new.pem', fresh.pem), '--alias', 'ALPHA-root', '--yes', '--json'];
    const { status, json } = await at.keystore([...args, '--expect-sha256', digest]);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({
        added: [expect.objectContaining({ alias: 'alpha-root', sha256: digest })],
        removed: [expect.objectContaining({ alias: 'Alpha-Root' })],
      }),
    ]);
    expect(at.entries().find(({ alias }) => alias === 'alpha-root')?.fingerprints).toEqual([digest]);
  });
});

test('the root of a key comes: its chain grows, and that is as planned', async () => {
  const root = issue({ subject: 'CN=Root' });
  const gateway = issue({ subject: 'CN=gw', issuer: root, basicConstraints: null });
  const bytes = pfx({
    safes: [
      [shroudedKeyBag(gateway.privateKey, { friendlyName: 'gw', localKeyId: 'id' })],
      [certificateBag(gateway.der, { friendlyName: 'gw', localKeyId: 'id' })],
    ],
  });
  await inFolder(bytes, async (at) => {
    const args = ['add', at.store, at.write('root.pem', root.pem), '--expect-sha256', root.certificate.sha256];
    const { status } = await at.keystore(args);
    expect(status).toBe(0);
    expect(at.entries().map(({ kind, fingerprints }) => [kind, fingerprints.length])).toEqual([
      ['private-key', 2],
      ['trusted-certificate', 1],
    ]);
  });
});

test('a certificate that Java does not see is added so that it does', async () => {
  const bytes = pfx({ safes: [[certificateBag(fresh.der, { friendlyName: 'orphan' })]] });
  await inFolder(bytes, async (at) => {
    const { status } = await at.keystore(['add', at.store, at.write('new.pem', fresh.pem), '--expect-sha256', digest]);
    expect([status, at.entries().map(({ kind }) => kind)]).toEqual([0, ['invisible', 'trusted-certificate']]);
    expect(decodeKeystore(at.bytes(), { password: PASSWORD }).integrity).toBe('verified');
  });
});

describe('a file whose password is empty is changed without one', () => {
  const bytes = pfx({
    safes: [
      [
        shroudedKeyBag(fresh.privateKey, { friendlyName: 'gw', localKeyId: '01' }, ''),
        certificateBag(fresh.der, { localKeyId: '01' }),
      ],
    ],
    encrypted: true,
    password: '',
  });
  const other = issue({ subject: 'CN=Other root' });

  test('by add', async () => {
    await inFolder(bytes, async (at) => {
      const { status } = await at.keystore(
        ['add', at.store, at.write('other.pem', other.pem), '--expect-sha256', other.certificate.sha256],
        { env: {} },
      );
      expect(status).toBe(0);
      const { integrity, entries } = decodeKeystore(at.bytes(), { password: '' });
      expect([integrity, entries.map(({ kind }) => kind)]).toEqual([
        'verified',
        ['private-key', 'trusted-certificate'],
      ]);
    });
  });

  test('by passwd, its key too', async () => {
    await inFolder(bytes, async (at) => {
      const { status } = await at.keystore(['passwd', at.store, '--new-storepass-env', 'NEW'], {
        env: { NEW: PASSWORD },
      });
      expect(status).toBe(0);
      expect(decodeKeystore(at.bytes(), { password: PASSWORD }).entries).toHaveLength(1);
    });
  });
});
