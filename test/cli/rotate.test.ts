import { cpSync, linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchorctl, type Call, type CallOptions } from '../support/cli.ts';
import { DEMO_PASSWORD } from '../support/demo-run.ts';
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

const aliases = () => entries().map(({ alias }) => alias);
const wholeDemo = () => [
  ...['guide.txt', 'identrust.zip', 'chain.tar'].map(demo),
  ...['--keystore', store, '--device', 'ios-xe:CISCO-CA', '--device', 'nxos:CISCO-CA', '--retire', 'old-vendor-root'],
  ...['--expect-sha256', `@${demo('expected.sha256')}`],
];

describe('the whole job', () => {
  test('puts the genuine roots into the keystore, retires the old one, and writes everything a person needs', async () => {
    const before = entries();
    const { status, json, stderr } = await rotate([...wholeDemo(), '--yes', '--json']);
    expect(stderr).not.toMatch(/error/);
    expect(status).toBe(0);
    const document = json() as {
      stores: { added: { sha256: string }[]; removed: { alias: string }[]; unchanged: number; backup: string }[];
      changed: boolean;
    };
    expect(document.changed).toBe(true);
    const [one] = document.stores;
    expect(one?.added.map(({ sha256 }) => sha256).slice(0, 2)).toEqual([QUOVADIS, IDENTRUST]);
    expect(one?.removed.map(({ alias }) => alias)).toEqual(['old-vendor-root']);
    const after = entries();
    for (const entry of before.filter(({ alias }) => alias !== 'old-vendor-root')) {
      const kept = after.find(({ alias }) => alias === entry.alias);
      expect([kept?.created, kept?.fingerprints]).toEqual([entry.created, entry.fingerprints]);
    }
    expect(readFileSync(one?.backup as string)).toEqual(readFileSync(demo('tg.jks')));
    expect(readdirSync(out).sort()).toEqual(['backup', 'devices', 'journal.ndjson', 'plan.json', 'runbook.md']);
    expect(readdirSync(join(out, 'devices')).sort()).toEqual(
      ['ios-xe', 'nxos'].flatMap((platform) =>
        ['install', 'remove', 'rollback'].map((action) => `${platform}-CISCO-CA.${action}.txt`),
      ),
    );
  });

  test('says that QuoVadis Root CA 2 is genuine but no longer advisable, and what replaces it', async () => {
    const { stderr, stdout } = await rotate([...wholeDemo(), '--yes']);
    expect(stderr).toMatch(/warning: .*guide\.txt.*damaged copy of QuoVadis Root CA 2/);
    expect(stderr).toMatch(/2026-04-09/);
    expect(stderr).toMatch(/its successor IdenTrust Commercial Root CA 1 is part of this run/);
    expect(stdout).toMatch(/^Done\.\n/);
    expect(stdout).toMatch(/rollback/);
  });

  test('names the successor when it is not part of the run', async () => {
    const { stderr } = await rotate([demo('guide.txt'), '--keystore', store]);
    expect(stderr).toMatch(/hint: install IdenTrust Commercial Root CA 1, which replaces it/);
  });

  test('twice says that all is in place, and changes nothing', async () => {
    await rotate([...wholeDemo(), '--yes']);
    const before = snapshot();
    const { status, stdout } = await rotate([...wholeDemo(), '--yes']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^All is in place already/);
    expect(snapshot()).toEqual(before);
    const again = await rotate([...wholeDemo(), '--json']);
    expect(again.json()).toMatchObject({
      changed: false,
      outcome: 'already',
      stores: [{ changed: false, backup: null, added: [] }],
    });
  });

  test.each([
    { name: 'complete', cut: false },
    { name: 'cut off before its texts', cut: true },
  ])('with its inputs in another order goes by the plan of the folder, which is $name', async ({ cut }) => {
    const [one, other] = ['identrust.zip', 'guide.txt'].map(demo) as [string, string];
    const call = (...inputs: readonly string[]) =>
      rotate([...inputs, '--device', 'ios:TP', '--keystore', store, '--yes', '--json']);
    const trustpoints = ({ json }: Call) =>
      (json() as { devices: { trustpoints: { name: string; certificates: string[] }[] }[] }).devices.flatMap(
        (device) => device.trustpoints,
      );
    const first = await call(one, other);
    expect(trustpoints(first)).toEqual([
      { name: 'TP', certificates: [IDENTRUST] },
      { name: 'TP-2', certificates: [QUOVADIS] },
    ]);
    const whole = snapshot();
    if (cut) {
      const journal = join(out, 'journal.ndjson');
      const lines = readFileSync(journal, 'utf8').split('\n');
      const start = lines.findIndex((line) => line.includes('write-text'));
      writeFileSync(journal, lines.slice(0, start).join('\n'));
      rmSync(join(out, 'devices'), { recursive: true });
      rmSync(join(out, 'runbook.md'));
    }
    const again = await call(other, one);
    expect([again.status, again.json()]).toEqual([
      0,
      expect.objectContaining({ outcome: cut ? 'resumed' : 'already' }),
    ]);
    expect(trustpoints(again)).toEqual(trustpoints(first));
    const texts = (files: Record<string, string>) =>
      Object.entries(files).filter(([path]) => !path.endsWith('journal.ndjson'));
    expect(texts(snapshot())).toEqual(texts(whole));
  });

  test('is shown by a dry run, which writes nothing and asks nothing', async () => {
    const before = snapshot();
    const { status, stdout } = await rotate([...wholeDemo(), '--dry-run']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Dry run: nothing was changed/);
    expect(stdout).toMatch(/removes +old-vendor-root/);
    expect(snapshot()).toEqual(before);
  });

  test('gives the same bytes for the same inputs at the same instant', async () => {
    const results: string[] = [];
    for (const name of ['a', 'b']) {
      cpSync(demo('tg.jks'), store);
      await anchorctl(
        ['rotate', ...wholeDemo(), '--yes', '--at', '2026-11-21T03:00:00Z', '--out', join(folder, name)],
        withPassword(),
      );
      results.push(readFileSync(store, 'latin1'));
    }
    expect(results[0]).toBe(results[1]);
  });

  test('ends with 1 on a warning where that is asked for', async () => {
    expect((await rotate([demo('guide.txt'), '--keystore', store, '--fail-on', 'warning'])).status).toBe(1);
  });

  test('reads standard input', async () => {
    const { status } = await rotate(
      ['-', '--keystore', store, '--expect-sha256', own.certificate.sha256],
      withPassword({ stdin: own.pem }),
    );
    expect(status).toBe(0);
    expect(entries().at(-1)?.fingerprints).toEqual([own.certificate.sha256]);
  });
});

describe('what takes something away', () => {
  const args = () => [demo('identrust.zip'), '--keystore', store, '--retire', 'old-vendor-root'];

  test('needs --yes or an answer', async () => {
    const before = snapshot();
    expect((await rotate(args())).status).toBe(5);
    expect(snapshot()).toEqual(before);
    expect((await rotate(args(), withPassword({ answers: ['no'] }))).status).toBe(5);
    expect(snapshot()).toEqual(before);
    const { status, stderr } = await rotate(args(), withPassword({ answers: ['yes'] }));
    expect([status, stderr]).toEqual([0, expect.stringMatching(/This removes "old-vendor-root" from/)]);
    expect(aliases()).not.toContain('old-vendor-root');
  });

  test('is never a private key', async () => {
    const { status, stderr } = await rotate([
      demo('identrust.zip'),
      '--keystore',
      store,
      '--retire',
      'gateway',
      '--yes',
    ]);
    expect([status, stderr]).toEqual([5, expect.stringMatching(/keystore\/refuses-entry/)]);
  });

  test('and is not there under that name is most likely mistyped: nothing is changed', async () => {
    const before = snapshot();
    const { status, stderr } = await rotate([demo('identrust.zip'), '--keystore', store, '--retire', 'typo', '--yes']);
    expect([status, stderr]).toEqual([3, expect.stringMatching(/no keystore holds "typo".*\[input\/no-match\]/)]);
    expect(snapshot()).toEqual(before);
  });

  test('and is gone by its SHA-256 is as it should be, and said', async () => {
    const { status, stderr } = await rotate([
      demo('identrust.zip'),
      '--keystore',
      store,
      '--retire',
      QUOVADIS,
      '--yes',
    ]);
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/warning: no keystore holds .*rotate\/retire-not-found/),
    ]);
  });

  test('and has another alias, too, is said to be trusted as before', async () => {
    const bundle = join(folder, 'twice.pem');
    writeFileSync(bundle, own.pem + own.pem);
    const alias = `own-root-${own.certificate.sha256.slice(0, 8)}`;
    const { status, stderr } = await rotate([
      ...[demo('identrust.zip'), '--keystore', bundle, '--retire', alias, '--yes'],
    ]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/is still trusted: .*keystore\/still-trusted/)]);
  });

  test('is shown whole before the question', async () => {
    const { stderr } = await rotate([demo('guide.txt'), ...args().slice(1)], withPassword({ answers: ['no'] }));
    const question = stderr.indexOf('This removes "old-vendor-root"');
    for (const said of [
      'damaged copy of QuoVadis Root CA 2',
      'lost TLS server trust',
      'The plan; nothing is changed yet.\n\nCertificates\n',
      'adds     quovadis-root-ca-2-85a0dd7d',
    ]) {
      expect(stderr.indexOf(said)).toBeGreaterThan(-1);
      expect(stderr.indexOf(said)).toBeLessThan(question);
    }
    expect(stderr).not.toContain('Dry run');
  });

  test.each([
    { name: 'without a keystore', more: ['--device', 'ios:X', '--retire', 'old'] },
    { name: 'without a name', more: ['--keystore', 'KEYSTORE', '--retire', ''] },
  ])('$name cannot be', async ({ more }) => {
    expect(
      (await rotate([demo('identrust.zip'), ...more.map((word) => (word === 'KEYSTORE' ? store : word))])).status,
    ).toBe(2);
  });
});

describe('an interrupt', () => {
  test('before the first keystore changes nothing, and ends with 130', async () => {
    const before = snapshot();
    const { status, stdout, stderr } = await rotate(
      [...wholeDemo(), '--yes'],
      withPassword({ signal: AbortSignal.abort() }),
    );
    expect([status, stdout, stderr]).toEqual([130, '', expect.stringMatching(/\[run\/interrupted\]/)]);
    expect(snapshot()).toEqual(before);
  });
});

describe('rollback', () => {
  test('puts the keystore back byte for byte, once', async () => {
    await rotate([...wholeDemo(), '--yes']);
    expect((await anchorctl(['rollback', out])).status).toBe(5);
    const { status, stdout } = await anchorctl(['rollback', out, '--yes']);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/is back as it was before the run\n {4}SHA-256 {3}[0-9a-f]{64}\n/),
    ]);
    expect(readFileSync(store)).toEqual(readFileSync(demo('tg.jks')));
    const again = await anchorctl(['rollback', out, '--yes', '--json']);
    expect([again.status, again.json()]).toEqual([
      0,
      expect.objectContaining({ schema: 'anchorctl/rollback/1', changed: false }),
    ]);
    expect((await rotate([...wholeDemo(), '--yes'])).status).toBe(5);
  });

  test('of a run that found all in place asks for no restart, as the run did', async () => {
    const call = ['--keystore', store, '--yes'];
    await rotate([demo('identrust.zip'), ...call]);
    rmSync(out, { recursive: true });
    const before = readFileSync(store);
    const run = await rotate([demo('identrust.zip'), ...call]);
    expect([run.status, run.stdout]).toEqual([0, expect.stringContaining('runbook.md')]);
    expect(run.stdout).not.toMatch(/Restart|rollback/);
    expect(readFileSync(join(out, 'runbook.md'), 'utf8')).toMatch(/## Back to how it was\n\n- Gateways: .*\n$/);
    const back = await anchorctl(['rollback', out, '--yes']);
    expect([back.status, back.stdout]).toEqual([0, expect.stringContaining('was not changed by the run')]);
    expect(back.stdout).not.toContain('Restart');
    expect(readFileSync(store)).toEqual(before);
  });

  test('refuses where somebody changed the keystore since', async () => {
    await rotate([...wholeDemo(), '--yes']);
    writeFileSync(store, Buffer.concat([readFileSync(store), Buffer.of(0)]));
    const before = snapshot();
    const { status, stderr } = await anchorctl(['rollback', out, '--yes']);
    expect([status, stderr]).toEqual([5, expect.stringMatching(/run\/changed-since/)]);
    expect(snapshot()).toEqual(before);
  });
});

describe('a bad call changes nothing, leaves nothing behind, and says why with a code, a hint and its status', () => {
  const cases: readonly {
    readonly name: string;
    readonly args: () => readonly string[];
    readonly options?: CallOptions;
    readonly status: number;
    readonly code: string;
  }[] = [
    { name: 'no target', args: () => [demo('identrust.zip')], status: 2, code: 'usage/missing-argument' },
    {
      name: 'an unknown option',
      args: () => [demo('identrust.zip'), '--keystore', store, '--bogus'],
      status: 2,
      code: 'usage/unknown-option',
    },
    {
      name: 'a bad date',
      args: () => [demo('identrust.zip'), '--keystore', store, '--at', 'soon'],
      status: 2,
      code: 'usage/bad-value',
    },
    {
      name: 'a date that does not exist',
      args: () => [demo('identrust.zip'), '--keystore', store, '--at', '2026-02-30'],
      status: 2,
      code: 'usage/bad-value',
    },
    {
      name: 'a bad digest',
      args: () => [demo('identrust.zip'), '--keystore', store, '--expect-sha256', '85a0'],
      status: 2,
      code: 'usage/bad-value',
    },
    {
      name: 'an unknown platform',
      args: () => [demo('identrust.zip'), '--device', 'vax:X'],
      status: 2,
      code: 'device/unknown-platform',
    },
    {
      name: 'a trustpoint name with a blank',
      args: () => [demo('identrust.zip'), '--device', 'ios:A B'],
      status: 2,
      code: 'device/bad-name',
    },
    {
      name: 'a trustpoint name of 33 characters',
      args: () => [demo('identrust.zip'), '--device', `ios:${'x'.repeat(33)}`],
      status: 2,
      code: 'device/bad-name',
    },
    {
      name: 'a device without a trustpoint',
      args: () => [demo('identrust.zip'), '--device', 'ios'],
      status: 2,
      code: 'usage/bad-value',
    },
    {
      name: 'a missing input',
      args: () => [join(folder, 'nowhere.pem'), '--keystore', store],
      status: 3,
      code: 'input/not-found',
    },
    {
      name: 'a missing keystore',
      args: () => [demo('identrust.zip'), '--keystore', join(folder, 'nowhere.jks')],
      status: 3,
      code: 'input/not-found',
    },
    {
      name: 'a keystore that is none',
      args: () => [demo('identrust.zip'), '--keystore', demo('guide.txt')],
      status: 3,
      code: 'keystore/',
    },
    {
      name: 'a wrong password',
      args: () => [demo('identrust.zip'), '--keystore', store],
      options: { env: { ANCHORCTL_STOREPASS: 'wrong!' } },
      status: 4,
      code: 'keystore/wrong-password',
    },
    {
      name: 'no password',
      args: () => [demo('identrust.zip'), '--keystore', store],
      options: { env: {} },
      status: 4,
      code: 'keystore/password-missing',
    },
  ];
  test.each(cases)('$name', async ({ args, options, status, code }) => {
    const before = snapshot();
    const call = await rotate(args(), options);
    expect(call.stderr).toMatch(new RegExp(`\\[${code}`));
    expect([call.status, call.stdout]).toEqual([status, '']);
    expect(call.stderr).not.toContain(DEMO_PASSWORD);
    expect(snapshot()).toEqual(before);
  });

  test.each([
    { password: 'a wrong password', options: { env: { ANCHORCTL_STOREPASS: 'wrong!' } }, code: 'wrong-password' },
    // Which would come to nothing, so that nobody is asked for it.
    { password: 'no password', options: { env: {}, answers: [] }, code: 'password-missing' },
  ])('every keystore that cannot be opened, with $password', async ({ options, code }) => {
    const missing = join(folder, 'a-missing.jks');
    const words = [demo('identrust.zip'), '--keystore', missing, '--keystore', store, '--keystore', demo('guide.txt')];
    const { status, stderr } = await rotate(words, options);
    expect([status, stderr]).toEqual([4, expect.stringContaining(`[keystore/${code}] at ${store}`)]);
    expect(stderr).toMatch(/\[input\/not-found\] at .*a-missing\.jks/);
    expect(stderr).toMatch(/ at .*guide\.txt/);
    expect(stderr).not.toContain('Password of');
  });

  test('as JSON where JSON was asked for', async () => {
    const { status, stderr } = await rotate([join(folder, 'own.pem'), '--keystore', store, '--json']);
    expect(status).toBe(5);
    expect(JSON.parse(stderr)).toMatchObject({ schema: 'anchorctl/error/1', code: 'trust/not-established', status: 5 });
  });

  test('an edited block in the run folder', async () => {
    const args = [demo('identrust.zip'), '--keystore', store, '--device', 'ios:X'];
    await rotate(args);
    writeFileSync(join(out, 'devices/ios-X.remove.txt'), 'reload\n');
    const before = snapshot();
    const { status, stderr } = await rotate(args);
    expect([status, stderr]).toEqual([5, expect.stringMatching(/run\/changed-since.*ios-X\.remove\.txt/)]);
    expect(snapshot()).toEqual(before);
  });

  test('a hard link beside the keystore is said', async () => {
    linkSync(store, join(folder, 'other.jks'));
    const { status, stderr } = await rotate([demo('identrust.zip'), '--keystore', store]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/warning: .*\[file\/hard-link\]/)]);
  });

  test('another plan in the run folder', async () => {
    await rotate([demo('identrust.zip'), '--keystore', store]);
    const before = snapshot();
    const { status, stderr } = await rotate([demo('identrust.zip'), '--keystore', store, '--device', 'ios:X']);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/run\/other-plan/)]);
    expect((await rotate([demo('identrust.zip'), '--keystore', store, '--device', 'ios:X', '--dry-run'])).status).toBe(
      2,
    );
    expect(snapshot()).toEqual(before);
  });
});
