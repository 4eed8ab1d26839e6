import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { findPlace, writeStore } from '../../src/cli/new-store.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { fingerprint } from '../../src/x509/fingerprint.ts';
import { certificateBag, PASSWORD, pfx } from '../store/builders.ts';
import { AT, issue } from '../support/certificates.ts';
import type { CallOptions } from '../support/cli.ts';
import { NO_SYMLINKS } from '../support/platform.ts';
import { alpha, beta, expired, fresh, leaf, StoreFolder } from './keystore-store.ts';

const sub = issue({ subject: 'CN=Sub CA', issuer: fresh });

let at: StoreFolder;
let input = '';
beforeEach(() => {
  at = new StoreFolder();
  input = at.write('roots.pem', alpha.pem + fresh.pem);
});
afterEach(() => at.remove());

const KEY_PEM = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
const NO_PASSWORD: CallOptions = { env: {} };
const create = (name: string, args: readonly string[], options?: CallOptions) =>
  at.keystore(['create', at.path(name), ...args], options);
const expecting = (...certificates: readonly { readonly certificate: { readonly sha256: string } }[]) =>
  certificates.flatMap(({ certificate }) => ['--expect-sha256', certificate.sha256]);
const both = () => [input, ...expecting(alpha, fresh)];

describe('a new keystore', () => {
  test.each([
    { type: 'jks', encryption: null, mac: 'SHA-1 digest with password', dated: true },
    { type: 'jceks', encryption: null, mac: 'SHA-1 digest with password', dated: true },
    {
      type: 'pkcs12',
      encryption: 'PBES2 AES-256-CBC, HmacSHA256, 10000 iterations',
      mac: 'HmacPBESHA256, 10000 iterations',
    },
    {
      type: 'pkcs12',
      compat: 'modern',
      encryption: 'PBES2 AES-256-CBC, HmacSHA256, 10000 iterations',
      mac: 'HmacPBESHA256, 10000 iterations',
    },
    {
      type: 'p12',
      compat: 'java8',
      encryption: 'PBEWithSHA1AndRC2_40, 50000 iterations',
      mac: 'HmacPBESHA1, 100000 iterations',
    },
  ])('of type $type $compat', async ({ type, compat, encryption, mac, dated = false }) => {
    const options = compat === undefined ? [] : ['--compat', compat];
    const { status, stderr } = await create('new.store', [...both(), '--type', type, ...options]);
    expect([status, stderr]).toEqual([0, '']);
    const keystore = decodeKeystore(at.bytes('new.store'), { password: PASSWORD });
    expect(keystore).toMatchObject({ encryption, mac, integrity: 'verified', notes: [] });
    expect(
      keystore.entries.map(({ alias, kind, created, fingerprints }) => [alias, kind, created, fingerprints]),
    ).toEqual(
      [alpha, fresh].map(({ certificate: { sha256 } }, index) => [
        `${['alpha', 'new'][index]}-root-${sha256.slice(0, 8)}`,
        'trusted-certificate',
        dated ? AT : null,
        [sha256],
      ]),
    );
  });

  test.each([
    { name: 'PKCS#12 without a password', args: ['--type', 'pkcs12', '--compat', 'passwordless'] },
    { name: 'PEM', args: ['--type', 'pem'] },
  ])('that needs no password: $name', async ({ args }) => {
    const { status, stderr } = await create('new.store', [...both(), ...args], NO_PASSWORD);
    expect([status, stderr]).toEqual([0, '']);
    const { entries, mac, encryption } = decodeKeystore(at.bytes('new.store'), { password: null });
    expect([entries.length, mac, encryption]).toEqual([2, null, null]);
  });

  test.each([['pkcs12', '--compat', 'passwordless'], ['pem']])(
    'says that a password given for %s %s %s protects nothing',
    async (...type) => {
      const { status, json } = await create('new.store', [...both(), '--type', ...type.filter(Boolean), '--json']);
      expect(status).toBe(0);
      expect(json().findings).toEqual([
        expect.objectContaining({ code: 'keystore/password-not-used', severity: 'warning' }),
      ]);
      expect(decodeKeystore(at.bytes('new.store'), { password: null }).entries).toHaveLength(2);
    },
  );

  test('is told as a document', async () => {
    const { status, json } = await create('new.jks', [...both(), '--type', 'jks', '--json']);
    expect(status).toBe(0);
    const document = json();
    expect(Object.keys(document)[0]).toBe('schema');
    expect(document).toMatchObject({
      schema: 'anchorctl/keystore-create/1',
      changed: true,
      outcome: 'applied',
      store: { path: at.path('new.jks'), type: 'jks' },
      backup: null,
      before: null,
      after: fingerprint('sha256', at.bytes('new.jks')),
      added: [{ sha256: alpha.certificate.sha256 }, { sha256: fresh.certificate.sha256 }],
      removed: [],
      unchanged: 0,
      certificates: [{ trustedBy: 'fingerprint' }, { trustedBy: 'fingerprint' }],
      leftOut: [],
      findings: [],
    });
  });

  test('is told to a person', async () => {
    const { stdout } = await create('new.jks', [...both(), '--type', 'jks']);
    const short = [alpha, fresh].map(({ certificate }) => certificate.sha256.slice(0, 8));
    expect(stdout).toMatch(/^Done\.\n\nCertificates\n {2}Alpha Root /);
    expect(stdout.slice(stdout.indexOf('\nKeystore'))).toBe(
      `\nKeystore\n  ${at.path('new.jks')} (JKS)\n    added    alpha-root-${short[0]}\n    added    new-root-${short[1]}\n`,
    );
  });

  test('gets one certificate under the alias that was asked for', async () => {
    const one = at.write('one.pem', fresh.pem);
    const { status } = await create('new.p12', [
      one,
      ...expecting(fresh),
      '--type',
      'pkcs12',
      '--alias',
      'Vendor-ROOT',
    ]);
    expect([status, at.aliases('new.p12')]).toEqual([0, ['vendor-root']]);
  });

  test('takes the password that is typed twice, where there is a terminal', async () => {
    const { status, stderr } = await create('new.jks', [...both(), '--type', 'jks'], {
      env: {},
      answers: [PASSWORD, PASSWORD],
    });
    expect([status, at.aliases('new.jks').length]).toEqual([0, 2]);
    expect(stderr).not.toContain(PASSWORD);
  });

  test('has the intermediates where they are asked for', async () => {
    const chain = at.write('chain.pem', fresh.pem + sub.pem);
    const args = [chain, ...expecting(fresh), '--type', 'jks', '--json'];
    const without = await create('roots.jks', args);
    expect(without.json()).toMatchObject({ added: [{}], findings: [{ code: 'keystore/intermediate-left-out' }] });
    const { status } = await create('all.jks', [...args, '--intermediates']);
    expect([status, at.aliases('all.jks').length]).toEqual([0, 2]);
  });

  test('leaves out what is not accepted with --skip-unfit', async () => {
    const mixed = at.write('mixed.pem', fresh.pem + expired.pem + beta.pem);
    const { status, json } = await create('new.jks', [
      ...[mixed, ...expecting(fresh), '--type', 'jks', '--skip-unfit', '--json'],
    ]);
    expect([status, at.aliases('new.jks').length]).toEqual([0, 1]);
    expect(json().leftOut).toHaveLength(2);
  });
});

describe('a file that is there', () => {
  test('is never overwritten', async () => {
    const before = at.snapshot();
    const { status, stderr } = await create('tg.jks', [...both(), '--type', 'jks']);
    expect([status, stderr, at.snapshot()]).toEqual([2, expect.stringContaining('output/exists'), before]);
  });

  test.skipIf(NO_SYMLINKS)('stays in the way as a link that leads nowhere', async () => {
    symlinkSync(at.path('nowhere'), at.path('link.jks'));
    for (const force of [[], ['--force']]) {
      const { status, stderr } = await create('link.jks', [...both(), '--type', 'jks', ...force]);
      expect([status, stderr]).toEqual([2, expect.stringMatching(/leads nowhere \[output\/exists\]/)]);
      expect(stderr).not.toContain('--force');
    }
  });

  test('stays as it is with --force where it would be the same', async () => {
    expect((await create('out.pem', [...both(), '--type', 'pem'])).status).toBe(0);
    const before = at.snapshot();
    for (const argv of [[], ['--dry-run']]) {
      const { status, json } = await create('out.pem', [...both(), '--type', 'pem', '--force', '--json', ...argv]);
      expect(status).toBe(0);
      expect(json()).toMatchObject({ changed: false, outcome: 'already', backup: null, added: [], removed: [] });
      expect(json().present).toHaveLength(2);
    }
    expect(at.snapshot()).toEqual(before);
  });

  test('is replaced with --force, and kept as a backup', async () => {
    const before = at.bytes();
    const { status, json } = await create('tg.jks', [...both(), '--type', 'pkcs12', '--force', '--yes', '--json']);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({
        removed: [
          { alias: 'gateway', sha256: leaf.certificate.sha256, subject: 'CN=gw' },
          { alias: 'beta', sha256: beta.certificate.sha256, subject: 'CN=Beta Root' },
          { alias: 'expired', sha256: expired.certificate.sha256, subject: 'CN=Expired Root' },
        ],
        before: fingerprint('sha256', before),
        after: fingerprint('sha256', at.bytes()),
        backup: `${at.store}.20261101T000000Z.bak`,
      }),
    ]);
    expect([at.bytes('tg.jks.20261101T000000Z.bak'), at.entries().length]).toEqual([before, 2]);
  });

  test('is not replaced when it is a folder', async () => {
    mkdirSync(at.path('folder'));
    for (const force of [[], ['--force']]) {
      const { status, stderr } = await create('folder', [...both(), '--type', 'jks', ...force]);
      expect([status, stderr]).toEqual([2, expect.stringMatching(/there is a folder of that name .*\n.*a file in it/)]);
      expect(readdirSync(at.path('folder'))).toEqual([]);
    }
  });

  test('gives nothing up without a yes, with --force or not', async () => {
    const before = at.snapshot();
    const args = [...both(), '--type', 'jks', '--force'];
    const alone = await create('tg.jks', args);
    expect([alone.status, alone.stderr]).toEqual([5, expect.stringContaining('run/needs-confirmation')]);
    const env = { ANCHORCTL_STOREPASS: PASSWORD };
    const asked = await create('tg.jks', args, { env, answers: ['no'] });
    expect([asked.status, asked.stderr]).toEqual([
      5,
      expect.stringMatching(
        /This takes out of .*: "gateway" \(CN=gw\), "beta" \(CN=Beta Root\), "expired" .*yes to go on/,
      ),
    ]);
    expect(at.snapshot()).toEqual(before);
    const planned = await create('tg.jks', [...args, '--dry-run']);
    expect([planned.status, planned.stdout]).toEqual([
      0,
      expect.stringMatching(/ adds +new-root.*\n +removes +gateway\n/),
    ]);
    expect(at.snapshot()).toEqual(before);
    expect((await create('tg.jks', args, { env, answers: ['yes'] })).status).toBe(0);
  });

  test('is replaced without a yes where nothing goes that the new one has not', async () => {
    at.write('old.pem', alpha.pem);
    at.write('notes.txt', 'no keystore');
    for (const name of ['old.pem', 'notes.txt']) {
      const { status, json } = await create(name, [...both(), '--type', 'jks', '--force', '--json']);
      expect([status, json().removed]).toEqual([0, []]);
    }
  });

  test.each([
    { name: 'with another password', bytes: () => pfx({ safes: [[certificateBag(beta.der)]], encrypted: true }) },
    { name: 'with a key beside the certificates', bytes: () => Buffer.from(alpha.pem + KEY_PEM) },
  ])('needs a yes where it is not known what goes: a keystore $name', async ({ bytes }) => {
    const store = at.write('old', bytes());
    const args = ['create', store, ...both(), '--type', 'jks', '--force', '--json'];
    const env = { ANCHORCTL_STOREPASS: 'another-one' };
    expect((await at.keystore(args, { env })).status).toBe(5);
    const { status, json } = await at.keystore([...args, '--yes'], { env });
    expect([status, json().findings]).toEqual([
      0,
      [expect.objectContaining({ code: 'keystore/replaced-unread', severity: 'warning' })],
    ]);
  });

  test('that somebody else made meanwhile stays', async () => {
    const place = findPlace(at.path('race.jks'), true);
    at.write('race.jks', 'theirs');
    const store = { bytes: Uint8Array.of(1), verify: () => {} };
    const interruptible: Io['interruptible'] = (work) => work(new AbortController().signal);
    await expect(writeStore(place, store, false, { interruptible } as Io)).rejects.toMatchObject({
      code: 'output/exists',
      hint: expect.stringContaining('call again'),
    });
    expect(Buffer.from(at.bytes('race.jks')).toString()).toBe('theirs');
  });
});

test('--dry-run writes nothing', async () => {
  const before = at.snapshot();
  const { status, json, stderr } = await create('new.jks', [...both(), '--type', 'jks', '--dry-run', '--json']);
  expect(stderr).toBe('');
  expect([status, json()]).toEqual([
    0,
    expect.objectContaining({
      changed: false,
      outcome: 'planned',
      before: null,
      added: [expect.anything(), expect.anything()],
    }),
  ]);
  expect(at.snapshot()).toEqual(before);
});

describe('refused, with nothing written', () => {
  const cases: readonly {
    readonly name: string;
    readonly args: () => readonly string[];
    readonly status: number;
    readonly code: string;
    readonly to?: string;
    readonly options?: CallOptions;
  }[] = [
    { name: 'no type', args: () => both(), status: 2, code: 'usage/missing-argument' },
    { name: 'an unknown type', args: () => [...both(), '--type', 'bks'], status: 2, code: 'usage/bad-value' },
    {
      name: 'an unknown --compat',
      args: () => [...both(), '--type', 'pkcs12', '--compat', 'java5'],
      status: 2,
      code: 'usage/bad-value',
    },
    {
      name: '--compat for JKS',
      args: () => [...both(), '--type', 'jks', '--compat', 'java8'],
      status: 2,
      code: 'usage/conflict',
    },
    {
      name: 'an alias for PEM',
      args: () => [...both(), '--type', 'pem', '--alias', 'a'],
      status: 2,
      code: 'usage/conflict',
    },
    {
      name: 'one alias for two',
      args: () => [...both(), '--type', 'jks', '--alias', 'a'],
      status: 2,
      code: 'usage/too-many-certificates',
    },
    {
      name: 'no password',
      args: () => [...both(), '--type', 'jks'],
      status: 4,
      code: 'keystore/password-missing',
      options: NO_PASSWORD,
    },
    {
      name: 'a short password',
      args: () => [...both(), '--type', 'jks', '--storepass', 'short'],
      status: 5,
      code: 'keystore/password-refused',
    },
    {
      name: 'a password that Java does not take',
      args: () => [...both(), '--type', 'pkcs12', '--storepass', 'pässwörd'],
      status: 5,
      code: 'keystore/password-refused',
    },
    {
      name: 'two passwords that differ',
      args: () => [...both(), '--type', 'jks'],
      status: 5,
      code: 'keystore/password-refused',
      options: { env: {}, answers: [PASSWORD, `${PASSWORD}x`] },
    },
    {
      name: 'a folder that is not there, which is never made',
      args: () => [...both(), '--type', 'jks'],
      to: 'a/b/new.jks',
      status: 6,
      code: 'file/cannot-write',
    },
    { name: 'standard output', args: () => [...both(), '--type', 'jks'], to: '-', status: 2, code: 'usage/bad-value' },
    { name: 'a missing input', args: () => [at.path('none.pem'), '--type', 'jks'], status: 3, code: 'input/not-found' },
    {
      name: 'what nothing vouches for',
      args: () => [input, '--type', 'jks'],
      status: 5,
      code: 'trust/not-established',
    },
    {
      name: 'a fingerprint that nothing has',
      args: () => [input, ...expecting(beta), '--type', 'jks'],
      status: 5,
      code: 'trust/fingerprint-mismatch',
    },
    {
      name: 'an expired root',
      args: () => [at.write('old.pem', expired.pem), ...expecting(expired), '--type', 'jks'],
      status: 5,
      code: 'trust/unfit',
    },
    {
      name: 'no CA',
      args: () => [at.write('leaf.pem', leaf.pem), ...expecting(leaf), '--type', 'jks'],
      status: 5,
      code: 'trust/unfit',
    },
    {
      name: 'nothing but an intermediate',
      args: () => [at.write('sub.pem', sub.pem), ...expecting(sub), '--type', 'jks'],
      status: 5,
      code: 'trust/unfit',
    },
  ];

  test.each(cases)('$name', async ({ args, to = 'new.store', status, code, options }) => {
    const given = args();
    const before = at.snapshot();
    const name = to === '-' ? to : at.path(to);
    const call = await at.keystore(['create', name, ...given, '--json'], options);
    expect([call.status, call.stdout, call.stderr]).toEqual([status, '', expect.stringContaining(code)]);
    expect([at.snapshot(), existsSync('-')]).toEqual([before, false]);
  });
});
