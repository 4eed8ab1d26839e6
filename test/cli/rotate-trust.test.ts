import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AT, issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import {
  demo,
  entries,
  folder,
  IDENTRUST,
  layOutRotation,
  out,
  own,
  QUOVADIS,
  rotate,
  snapshot,
  store,
  withPassword,
} from '../support/rotation.ts';

layOutRotation();

describe('trust', () => {
  test('is not made by --yes', async () => {
    const before = snapshot();
    const { status, stderr } = await rotate([join(folder, 'own.pem'), '--keystore', store, '--yes']);
    expect(status).toBe(5);
    expect(stderr).toMatch(
      new RegExp(`nothing vouches for CN=Own Root, SHA-256 ${own.certificate.sha256} \\[trust/not-established\\]`),
    );
    expect(snapshot()).toEqual(before);
  });

  test('is refused with the warning that a damaged copy was read as the genuine root', async () => {
    const { status, stderr } = await rotate([demo('guide.txt'), join(folder, 'own.pem'), '--keystore', store]);
    expect(status).toBe(5);
    expect(stderr).toMatch(/^warning: .*\[input\/restored-from-catalog\]$/m);
  });

  test('is made by a typed yes, after the certificate was shown', async () => {
    const { status, stderr } = await rotate(
      [join(folder, 'own.pem'), '--keystore', store],
      withPassword({ answers: ['yes'] }),
    );
    expect(stderr).toMatch(/Nothing vouches for this certificate:\n {2}CN=Own Root/);
    expect(stderr).toMatch(new RegExp(`SHA-256 +${own.certificate.sha256}`));
    expect(stderr).toMatch(/valid +2025-11-01 to 2036-/);
    expect(status).toBe(0);
  });

  test.each(['no', 'y', ''])('is not made by the answer "%s"', async (answer) => {
    const { status } = await rotate(
      [join(folder, 'own.pem'), '--keystore', store],
      withPassword({ answers: [answer] }),
    );
    expect(status).toBe(5);
    expect(existsSync(out)).toBe(false);
  });

  test('is judged beside an input that cannot be read, without asking anybody', async () => {
    const before = snapshot();
    const words = [join(folder, 'own.pem'), join(folder, 'nowhere.pem'), '--keystore', store];
    const { status, stderr } = await rotate(words, withPassword({ answers: [] }));
    expect([status, stderr]).toEqual([5, expect.stringContaining('[trust/not-established]')]);
    expect(stderr).toContain('[input/not-found]');
    expect(snapshot()).toEqual(before);
  });

  test('is refused when the expected fingerprint is another one', async () => {
    const { status, stderr } = await rotate([
      join(folder, 'own.pem'),
      '--keystore',
      store,
      '--expect-sha256',
      QUOVADIS,
    ]);
    expect([status, stderr]).toEqual([5, expect.stringMatching(/trust\/fingerprint-mismatch/)]);
  });

  test('of one unknown among good ones refuses all, unless it is to be skipped', async () => {
    const args = [demo('identrust.zip'), join(folder, 'own.pem'), '--keystore', store];
    expect((await rotate(args)).status).toBe(5);
    expect(existsSync(out)).toBe(false);
    const { status, stdout, stderr } = await rotate([...args, '--skip-unfit']);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^warning: .*left out \[trust\/not-established\]$/m)]);
    expect(stdout).toMatch(/Own Root .*\n {4}LEFT OUT: nothing vouches for it/);
    expect(entries().at(-1)?.fingerprints).toEqual([IDENTRUST]);
  });

  test('of one unfit among good ones, skipped, is no failure of the call', async () => {
    const expired = issue({ subject: 'CN=Expired', notAfter: new Date(AT.getTime() - 1000) });
    writeFileSync(join(folder, 'expired.pem'), expired.pem);
    const { status, stderr } = await rotate([
      demo('identrust.zip'),
      join(folder, 'expired.pem'),
      '--keystore',
      store,
      '--skip-unfit',
    ]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^warning: .*anchor\/expired/m)]);
  });

  test('of a server certificate that is wanted all the same puts it into the keystore', async () => {
    const leaf = issue({ subject: 'CN=server', issuer: own, basicConstraints: { ca: false } });
    writeFileSync(join(folder, 'leaf.pem'), leaf.pem);
    const args = [join(folder, 'leaf.pem'), '--keystore', store, '--expect-sha256', leaf.certificate.sha256];
    const refused = await rotate(args);
    expect([refused.status, refused.stderr]).toEqual([5, expect.stringContaining('--allow-not-a-ca accepts it')]);
    const toDevice = await rotate([...args, '--device', 'ios:X']);
    expect([toDevice.status, toDevice.stderr]).toEqual([5, expect.not.stringContaining('--allow-not-a-ca')]);
    expect((await rotate([...args, '--allow-not-a-ca'])).status).toBe(0);
    expect(entries().at(-1)?.fingerprints).toEqual([leaf.certificate.sha256]);
  });

  test('does not make an unfit certificate fit; every reason is named, and the option that allows it', async () => {
    const bad = issue({
      subject: 'CN=Bad',
      basicConstraints: null,
      notAfter: new Date(AT.getTime() - 1000),
      badSignature: true,
      key: 'rsa1024',
    });
    writeFileSync(join(folder, 'bad.pem'), bad.pem);
    const args = [join(folder, 'bad.pem'), '--keystore', store, '--expect-sha256', bad.certificate.sha256];
    const { status, stderr } = await rotate(args);
    expect(status).toBe(5);
    for (const code of ['not-a-ca', 'expired', 'bad-signature', 'weak-key'])
      expect(stderr).toMatch(new RegExp(`anchor/${code}.*\n.*--allow-${code}`));
    expect(stderr).toMatch(/CN=Bad is not fit to be installed/);
    expect(
      (await rotate([...args, '--allow-not-a-ca', '--allow-expired', '--allow-bad-signature', '--allow-weak-key']))
        .status,
    ).toBe(0);
  });

  test('of an intermediate without --intermediates and without a device would do nothing, and is refused', async () => {
    const { status, stderr } = await rotate([
      demo('chain.tar'),
      '--keystore',
      store,
      '--expect-sha256',
      `@${demo('expected.sha256')}`,
      '--intermediates',
    ]);
    expect([status, stderr]).toEqual([0, expect.any(String)]);
    const sub = issue({ subject: 'CN=Sub', issuer: own });
    writeFileSync(join(folder, 'sub.pem'), sub.pem);
    const alone = await anchorctl(
      [
        'rotate',
        join(folder, 'sub.pem'),
        '--keystore',
        store,
        '--expect-sha256',
        sub.certificate.sha256,
        '--out',
        join(folder, 'other'),
      ],
      withPassword(),
    );
    expect([alone.status, alone.stderr]).toEqual([5, expect.stringMatching(/--intermediates/)]);
  });
});
