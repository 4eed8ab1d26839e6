import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeHex } from '../../src/encoding/hex.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { recoverKeys } from '../../src/store/recover-keys.ts';
import {
  CREATED,
  certificateBag,
  javaKeystore,
  nestedBag,
  PASSWORD,
  pfx,
  plainKeyBag,
  shroudedKeyBag,
} from '../store/builders.ts';
import { FIXTURE_KEY_PASSWORD, fixture } from '../store/keystore-fixtures.ts';
import { takeApart } from '../store/pkcs12-bytes.ts';
import type { Call, CallOptions } from '../support/cli.ts';
import { alpha, layOutFolders, leaf, type StoreFolder } from './keystore-store.ts';

const NEW = 'New-Pass-9';
const folderWith = layOutFolders();

/** With the old password, the new one, and that of keys where it is another. */
function passwd(folder: StoreFolder, argv: readonly string[] = [], env: Record<string, string> = {}): Promise<Call> {
  const options: CallOptions = {
    env: { ANCHORCTL_STOREPASS: PASSWORD, ANCHORCTL_NEW_STOREPASS: NEW, KEYPASS: FIXTURE_KEY_PASSWORD, ...env },
  };
  return folder.keystore(['passwd', folder.store, ...argv], options);
}

/** What a password opens: the entries, how they are encrypted, and the digests of the keys by their aliases. */
function openWith(
  bytes: Uint8Array,
  password: string,
  keyPassword: string | null = null,
): { readonly entries: unknown; readonly encryption: string | null; readonly keys: Record<string, string> } {
  const derivedKeys = new Map();
  const { entries, encryption } = decodeKeystore(bytes, { password, derivedKeys });
  const keys = [...recoverKeys(bytes, { password, keyPassword, derivedKeys })];
  return {
    entries: entries.map(({ alias, kind, created, fingerprints }) => [alias, kind, created, fingerprints]),
    encryption,
    keys: Object.fromEntries(keys.map(([index, { plain }]) => [entries[index]?.alias, hash('sha256', plain)])),
  };
}

describe('another password', () => {
  test.each(['gateway.jks', 'gateway.jceks'])('of %s, whose keys have one of their own', async (name) => {
    const before = fixture(name);
    const folder = folderWith(before);
    const call = await passwd(folder, ['--keypass-env', 'KEYPASS', '--json']);
    expect(call.stderr).toBe('');
    expect(call.status).toBe(0);
    const after = openWith(folder.bytes(), NEW);
    expect(after).toEqual(openWith(before, PASSWORD, FIXTURE_KEY_PASSWORD));
    const [backup] = folder.backups();
    expect(call.json()).toMatchObject({
      schema: 'anchorctl/keystore-passwd/1',
      changed: true,
      backup: folder.path(backup ?? ''),
      before: hash('sha256', before),
      after: hash('sha256', folder.bytes()),
      added: [],
      removed: [],
      outcome: 'applied',
      reencrypted: Object.keys(after.keys).map((alias) => ({ alias, hadOwnPassword: true })),
      findings: [{ code: 'keystore/old-password', severity: 'info' }],
    });
    expect(encodeHex(folder.bytes(backup))).toBe(encodeHex(before));
  });

  test.each(['gateway-java17.p12', 'gateway-java8.p12', 'secret.p12', 'openssl3.p12', 'openssl-nomac.p12'])(
    'of %s, with the algorithms it has',
    async (name) => {
      const before = fixture(name);
      const folder = folderWith(before);
      expect((await passwd(folder)).status).toBe(0);
      const after = folder.bytes();
      expect(openWith(after, NEW)).toEqual(openWith(before, PASSWORD));
      const [was, is] = [takeApart(before, PASSWORD), takeApart(after, NEW)];
      expect(is.mac?.label).toBe(was.mac?.label);
      expect(is.safes.map(({ encryption }) => encryption)).toEqual(was.safes.map(({ encryption }) => encryption));
      const certificates = ({ bags }: (typeof was.safes)[number]): boolean => bags.length > 0;
      for (const [index, safe] of was.safes.entries()) {
        if (safe.encryption === null || !certificates(safe)) continue;
        expect(is.safes[index]?.bags).toEqual(safe.bags);
        expect(is.safes[index]?.random).not.toEqual(safe.random);
      }
    },
  );

  test('keeps PBMAC1, plain keys and what Java does not see', async () => {
    const key = alpha.privateKey;
    const bytes = pfx({
      safes: [
        [plainKeyBag(key)],
        [certificateBag(alpha.der)],
        [shroudedKeyBag(key, { friendlyName: 'gw', localKeyId: '1' }), nestedBag([shroudedKeyBag(key)])],
      ],
      encrypted: true,
      mac: 'pbmac1',
    });
    const folder = folderWith(bytes);
    expect((await passwd(folder)).status).toBe(0);
    expect(takeApart(folder.bytes(), NEW).mac?.label).toMatch(/^PBMAC1 /);
    expect(openWith(folder.bytes(), NEW)).toEqual(openWith(bytes, PASSWORD));
  });

  test('names the keys that no password protects, neither before nor now', async () => {
    const key = alpha.privateKey;
    const folder = folderWith(
      pfx({ safes: [[plainKeyBag(key, { friendlyName: 'leaf' })], [nestedBag([plainKeyBag(key)])]] }),
    );
    const call = await passwd(folder, ['--json']);
    expect(call.json()).toMatchObject({ outcome: 'applied', reencrypted: [] });
    const findings = call.json().findings as readonly { code: string; message: string }[];
    expect(findings.filter(({ code }) => code === 'keystore/key-in-clear')).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('the key "leaf" lies in the clear') },
      { severity: 'warning', message: expect.stringContaining('the key "bag-2" lies in the clear') },
    ]);
  });

  test('says what it did with keys and with the backup', async () => {
    const folder = folderWith(fixture('gateway.jks'));
    const { stdout, status } = await passwd(folder, ['--keypass-env', 'KEYPASS']);
    expect(status).toBe(0);
    expect(stdout).toContain(
      'gateway: encrypted anew under the new password of the keystore, which takes the place of its own',
    );
    expect(stdout).toContain('The backup opens with the old password still');
    expect(stdout).not.toContain(NEW);
  });

  test('is asked for twice at a terminal', async () => {
    const folder = folderWith(fixture('roots.jks'));
    const env = { ANCHORCTL_STOREPASS: PASSWORD };
    const slip = await folder.keystore(['passwd', folder.store], { env, answers: [NEW, 'slip of the finger'] });
    expect(slip.status).toBe(5);
    const call = await folder.keystore(['passwd', folder.store], { env, answers: [NEW, NEW] });
    expect(call.status).toBe(0);
    expect(openWith(folder.bytes(), NEW).entries).toHaveLength(2);
  });

  test('that is the old one changes nothing', async () => {
    const folder = folderWith(fixture('gateway-java17.p12'));
    const before = folder.snapshot();
    const call = await passwd(folder, ['--json'], { ANCHORCTL_NEW_STOREPASS: PASSWORD });
    expect(call.json()).toMatchObject({ changed: false, outcome: 'already', backup: null, reencrypted: [] });
    expect(folder.snapshot()).toEqual(before);
  });

  test('that is the old one, given to a key with another: no word of an old password', async () => {
    const folder = folderWith(fixture('gateway.jks'));
    const call = await passwd(folder, ['--keypass-env', 'KEYPASS', '--json'], { ANCHORCTL_NEW_STOREPASS: PASSWORD });
    expect(call.json()).toMatchObject({ changed: true, reencrypted: [{ hadOwnPassword: true }], findings: [] });
    const again = folderWith(fixture('gateway.jks'));
    const { status, stdout } = await passwd(again, ['--keypass-env', 'KEYPASS'], { ANCHORCTL_NEW_STOREPASS: PASSWORD });
    expect([status, stdout]).toEqual([0, expect.not.stringContaining('old password')]);
  });

  test('is shown by --dry-run', async () => {
    const folder = folderWith(fixture('gateway-java17.p12'));
    const before = folder.snapshot();
    const { stdout, status } = await passwd(folder, ['--dry-run']);
    expect(status).toBe(0);
    expect(stdout).toContain('would be encrypted anew');
    expect(folder.snapshot()).toEqual(before);
  });
});

describe('refuses, and changes nothing', () => {
  const key = alpha.privateKey;
  const nested = javaKeystore({ entries: [{ alias: 'a', certificates: [alpha.der] }], trailing: Uint8Array.of(1) });
  test.each([
    { name: 'a wrong password', bytes: fixture('roots.jks'), env: { ANCHORCTL_STOREPASS: 'Wrong-1' }, status: 4 },
    { name: 'a key with another password', bytes: fixture('gateway.jks'), status: 4, says: 'the key "gateway"' },
    {
      name: 'a key whose other password is wrong',
      bytes: fixture('gateway.jceks'),
      argv: ['--keypass-env', 'KEYPASS'],
      env: { KEYPASS: 'Wrong-2' },
      status: 4,
      says: 'neither the password of the keystore nor the other one',
    },
    {
      name: 'a damaged key',
      bytes: javaKeystore({
        entries: [{ alias: 'gw', key: Uint8Array.of(1), certificates: [leaf.der], created: BigInt(CREATED.getTime()) }],
      }),
      status: 3,
      says: '"gw"',
    },
    { name: 'no password', bytes: fixture('passwordless.p12'), status: 5, says: 'keystore/no-password' },
    { name: 'a PEM bundle', bytes: fixture('alpha.pem'), status: 2, says: 'a PEM bundle has no password' },
    { name: 'bytes behind the end', bytes: nested, status: 5, says: 'keystore/cannot-preserve' },
    {
      name: 'a short password',
      bytes: fixture('roots.jks'),
      env: { ANCHORCTL_NEW_STOREPASS: 'short' },
      status: 5,
      says: 'keystore/password-refused',
    },
    {
      name: 'a password beyond ASCII, PKCS#12',
      bytes: fixture('secret.p12'),
      env: { ANCHORCTL_NEW_STOREPASS: 'pässwort' },
      status: 5,
      says: 'keystore/password-refused',
    },
    {
      name: 'a password beyond ASCII, keys of JCEKS',
      bytes: fixture('gateway.jceks'),
      argv: ['--keypass-env', 'KEYPASS'],
      env: { ANCHORCTL_NEW_STOREPASS: 'pässwort' },
      status: 5,
      says: 'keystore/password-refused',
    },
    {
      name: 'no new password',
      bytes: fixture('roots.jks'),
      env: { ANCHORCTL_NEW_STOREPASS: '' },
      status: 4,
      says: '--new-storepass-env',
    },
    {
      name: 'two ways of the new password',
      bytes: fixture('roots.jks'),
      argv: ['--new-storepass-env', 'A', '--new-storepass-file', 'b'],
      status: 2,
    },
    {
      name: 'a variable that is not set',
      bytes: fixture('roots.jks'),
      argv: ['--keypass-env', 'NO_SUCH'],
      status: 2,
      says: '--keypass-env',
    },
    {
      name: 'a key of PKCS#12 with another password',
      bytes: pfx({ safes: [[shroudedKeyBag(key, { friendlyName: 'gw', localKeyId: '1' }, 'Other-1')]] }),
      status: 4,
      says: 'the key "gw"',
    },
  ])('$name', async ({ bytes, argv = [], env = {}, status, says = '' }) => {
    const folder = folderWith(bytes);
    const before = folder.snapshot();
    const call = await passwd(folder, argv, env);
    expect(call.stderr).toContain(says);
    expect(call.status).toBe(status);
    expect(folder.snapshot()).toEqual(before);
  });
});
