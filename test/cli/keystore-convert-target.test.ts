/** Where `keystore convert` writes: what it refuses, replaces and leaves alone, and who may read the new file. */
import { hash, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, linkSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeKeystore } from '../../src/store/new-keystore.ts';
import { protectPortableKey } from '../../src/store/portable-key.ts';
import { watchFiles } from '../io/watch-files.ts';
import { javaKeystore, PASSWORD } from '../store/builders.ts';
import { fixture } from '../store/keystore-fixtures.ts';
import { AT } from '../support/certificates.ts';
import type { Call } from '../support/cli.ts';
import { NO_MODES } from '../support/platform.ts';
import { alpha, jksKey, layOutFolders, type StoreFolder } from './keystore-store.ts';

const folderWith = layOutFolders();

function secretKeyStore(alias: string): Uint8Array {
  const secret = { algorithm: 'AES', encoded: new Uint8Array(16) };
  const key = { kind: 'secret-key', alias, secret, text: '' } as const;
  const protection = { compat: 'modern', password: PASSWORD, random: randomBytes } as const;
  const sealed = protectPortableKey(key, 'pkcs12', protection);
  return encodeKeystore([{ kind: 'secret-key', alias, created: AT, sealed }], { type: 'pkcs12', password: PASSWORD });
}

function convert(folder: StoreFolder, argv: readonly string[]): Promise<Call> {
  return folder.keystore(['convert', folder.store, folder.path('out'), ...argv]);
}

test('does not take a file for the keystore whose number of the inode differs beyond what a double holds', async () => {
  const folder = folderWith(fixture('roots.jks'));
  folder.write('out', 'something else');
  // As overlayfs has them with xino=on, and NTFS.
  const stop = watchFiles(folder.folder, ({ name, file, args }, proceed) => {
    const result = proceed();
    if (name !== 'statSync' || !(result instanceof Object)) return result;
    const ino = file === 'out' ? 0x8000_0000_0021_6271n : 0x8000_0000_0021_6261n;
    return Object.assign(result, { ino: Object(args[1]).bigint === true ? ino : Number(ino) });
  });
  const call = await convert(folder, ['--type', 'jceks', '--force', '--dry-run']).finally(stop);
  expect(call).toMatchObject({ status: 0, stderr: '' });
});

describe('refuses', () => {
  test('the keystore itself, by whatever name', async () => {
    const folder = folderWith(fixture('roots.jks'));
    linkSync(folder.store, folder.path('out'));
    const call = await convert(folder, ['--type', 'jceks', '--force']);
    expect(call.stderr).toContain('both names lead to one file');
    expect(call.status).toBe(2);
  });

  test('a folder as the old keystore, without a word that would lead to standard input for it', async () => {
    const folder = folderWith(fixture('roots.jks'));
    const call = await folder.keystore(['convert', folder.folder, folder.path('out'), '--type', 'jceks']);
    expect([call.status, call.stderr]).toEqual([3, expect.stringContaining('only where a command takes <input>')]);
  });

  test('a name below a file', async () => {
    const folder = folderWith(fixture('roots.jks'));
    const below = folder.path('tg.jks/out');
    const call = await folder.keystore(['convert', folder.store, below, '--type', 'jceks']);
    expect(call).toMatchObject({ status: 6, stderr: expect.stringContaining('[file/cannot-write]') });
  });

  test.each([
    {
      name: 'a folder that is not there',
      to: 'nowhere/out',
      status: 6,
      says: 'the folder it would stand in is not there',
    },
    { name: 'a folder', to: '.', status: 2, says: 'there is a folder of that name' },
  ])('$name', async ({ to, status, says }) => {
    const folder = folderWith(fixture('roots.jks'));
    const before = folder.snapshot();
    const call = await folder.keystore(['convert', folder.store, folder.path(to), '--type', 'jceks']);
    expect([call.status, call.stderr]).toEqual([status, expect.stringContaining(says)]);
    expect(folder.snapshot()).toEqual(before);
  });

  test('to take keys out of a file that is there, until a yes', async () => {
    const folder = folderWith(fixture('roots.jks'));
    const entries = [{ alias: 'gw', key: jksKey(alpha.privateKey), certificates: [alpha.der] }];
    folder.write('out', javaKeystore({ entries }));
    chmodSync(folder.path('out'), 0o600);
    const before = folder.snapshot();
    const call = await convert(folder, ['--type', 'jceks', '--force']);
    expect([call.status, call.stderr]).toEqual([5, expect.stringContaining('run/needs-confirmation')]);
    expect(folder.snapshot()).toEqual(before);
    const { status, json } = await convert(folder, ['--type', 'jceks', '--force', '--yes', '--json']);
    expect([status, json().removed]).toEqual([
      0,
      [{ alias: 'gw', sha256: alpha.certificate.sha256, subject: 'CN=Alpha Root' }],
    ]);
  });

  test('to put a secret key in the place of another of its name, until a yes', async () => {
    const folder = folderWith(fixture('secret.p12'));
    folder.write('out', secretKeyStore('secret-aes'));
    chmodSync(folder.path('out'), 0o600);
    const before = folder.snapshot();
    const call = await convert(folder, ['--type', 'jceks', '--force']);
    expect([call.status, call.stderr]).toEqual([5, expect.stringContaining('run/needs-confirmation')]);
    expect(folder.snapshot()).toEqual(before);
    const { status, json } = await convert(folder, ['--type', 'jceks', '--force', '--yes', '--json']);
    expect([status, json().removed]).toEqual([0, [{ alias: 'secret-aes', sha256: '', subject: '' }]]);
    // The same key is no other one, in whatever type of keystore.
    expect((await convert(folder, ['--type', 'pkcs12', '--force'])).status).toBe(0);
  });

  test('a file that is there, without --force', async () => {
    const folder = folderWith(fixture('roots.jks'));
    folder.write('out', 'something else');
    expect((await convert(folder, ['--type', 'jceks'])).status).toBe(2);
    const call = await convert(folder, ['--type', 'jceks', '--force', '--json']);
    expect(call.json()).toMatchObject({ before: hash('sha256', 'something else') });
    expect(Buffer.from(folder.bytes(folder.backups()[0])).toString()).toBe('something else');
    expect(folder.entries('out')).toHaveLength(2);
  });
});

test('--dry-run writes nothing', async () => {
  const folder = folderWith(fixture('roots.jks'));
  const before = folder.snapshot();
  const { stdout, status } = await convert(folder, ['--type', 'pkcs12', '--dry-run']);
  expect(status).toBe(0);
  expect(stdout).toContain('Dry run');
  expect(folder.snapshot()).toEqual(before);
});

test('--force writes nothing where the file is the same already', async () => {
  const folder = folderWith(fixture('roots.jks'));
  await convert(folder, ['--type', 'pem']);
  const before = folder.snapshot();
  const call = await convert(folder, ['--type', 'pem', '--force', '--json']);
  expect(call.json()).toMatchObject({ changed: false, outcome: 'already', backup: null, added: [], removed: [] });
  expect(call.json().present).toHaveLength(2);
  expect(folder.snapshot()).toEqual(before);
});

test('--force clears away what a killed call left, also where the file is the same already', async () => {
  const folder = folderWith(fixture('roots.jks'));
  await convert(folder, ['--type', 'pem']);
  const before = folder.snapshot();
  linkSync(folder.path('out'), folder.path('out.20261121T030000Z.bak'));
  folder.write('.out.anchorctl-tmp.00ff', 'half a sto');
  const left = folder.snapshot();
  await convert(folder, ['--type', 'pem', '--force', '--dry-run']);
  expect(folder.snapshot()).toEqual(left);
  expect(await convert(folder, ['--type', 'pem', '--force'])).toMatchObject({ status: 0 });
  expect(folder.snapshot()).toEqual(before);
});

describe.skipIf(NO_MODES)('who may not read the old keystore may not read the new one', () => {
  const modeOf = (path: string): number => statSync(path).mode & 0o777;
  const withKey = (): Uint8Array =>
    javaKeystore({ entries: [{ alias: 'gw', key: jksKey(alpha.privateKey), certificates: [alpha.der] }] });

  test.each([
    { name: 'certificates', bytes: fixture('roots.jks'), from: 0o400, to: 0o600 },
    { name: 'certificates that all read', bytes: fixture('roots.jks'), from: 0o644, to: 0o644 },
    { name: 'certificates that a group reads', bytes: fixture('roots.jks'), from: 0o640, to: 0o600 },
    { name: 'keys', bytes: withKey(), from: 0o666, to: 0o600 },
  ])('$name, a new file', async ({ bytes, from, to }) => {
    const folder = folderWith(bytes);
    chmodSync(folder.store, from);
    await convert(folder, ['--type', 'pkcs12']);
    expect(modeOf(folder.path('out'))).toBe(to & ~process.umask());
  });

  test.each([
    { name: 'others', from: 0o600, to: 0o644 },
    { name: 'the group', from: 0o600, to: 0o640 },
    { name: 'others, who read the old one only', from: 0o644, to: 0o666 },
  ])('keys never go into a file that is open to $name', async ({ from, to }) => {
    const folder = folderWith(withKey());
    chmodSync(folder.store, from);
    chmodSync(folder.write('out', 'something else'), to);
    const call = await convert(folder, ['--type', 'pkcs12', '--force']);
    expect(call.stderr).toContain('[file/wider-access]');
    expect(call.status).toBe(5);
    expect(Buffer.from(folder.bytes('out')).toString()).toBe('something else');
    expect(folder.backups()).toEqual([]);
  });

  test.skipIf(process.getuid?.() !== 0)('keys never go into a file that another group reads', async () => {
    const folder = folderWith(withKey());
    chmodSync(folder.store, 0o640);
    chownSync(folder.store, 0, 2345);
    chmodSync(folder.write('out', 'something else'), 0o640);
    const call = await convert(folder, ['--type', 'pkcs12', '--force']);
    expect([call.status, call.stderr]).toEqual([5, expect.stringContaining('[file/wider-access]')]);
    chownSync(folder.path('out'), 0, 2345);
    expect((await convert(folder, ['--type', 'pkcs12', '--force'])).status).toBe(0);
  });

  test('keys go into a file with the same access, and certificates into any', async () => {
    for (const [bytes, from, to] of [
      [withKey(), 0o640, 0o640] as const,
      [fixture('roots.jks'), 0o600, 0o644] as const,
    ]) {
      const folder = folderWith(bytes);
      chmodSync(folder.store, from);
      chmodSync(folder.write('out', 'something else'), to);
      expect((await convert(folder, ['--type', 'pkcs12', '--force'])).status).toBe(0);
      expect(modeOf(folder.path('out'))).toBe(to);
    }
  });
});
