import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fingerprint } from '../../src/x509/fingerprint.ts';
import { javaKeystore } from '../store/builders.ts';
import type { CallOptions } from '../support/cli.ts';
import { alpha, beta, expired, leaf, StoreFolder } from './keystore-store.ts';

let at: StoreFolder;
beforeEach(() => {
  at = new StoreFolder();
});
afterEach(() => at.remove());

const remove = (args: readonly string[], options?: CallOptions) => at.keystore(['remove', at.store, ...args], options);

describe('what is named goes', () => {
  test.each([
    { name: 'by its alias', args: ['--alias', 'beta'] },
    { name: 'by its alias in other letters', args: ['--alias', 'BETA'] },
    { name: 'by its SHA-256', args: ['--sha256', beta.certificate.sha256] },
    { name: 'by both', args: ['--alias', 'beta', '--sha256', beta.certificate.sha256.toUpperCase()] },
  ])('$name', async ({ args }) => {
    const before = at.bytes();
    const { status, json, stderr } = await remove([...args, '--yes', '--json']);
    expect([status, stderr]).toEqual([0, '']);
    expect(json()).toEqual({
      schema: 'anchorctl/keystore-remove/1',
      changed: true,
      store: { path: at.store, type: 'jks' },
      backup: `${at.store}.20261101T000000Z.bak`,
      before: fingerprint('sha256', before),
      after: fingerprint('sha256', at.bytes()),
      added: [],
      removed: [{ alias: 'beta', sha256: beta.certificate.sha256, subject: 'CN=Beta Root' }],
      present: [],
      unchanged: 3,
      outcome: 'applied',
      findings: [],
    });
    expect(at.aliases()).toEqual(['alpha', 'gateway', 'expired']);
    expect(at.bytes('tg.jks.20261101T000000Z.bak')).toEqual(before);
  });

  test('several at once', async () => {
    expect((await remove(['--alias', 'alpha', '--alias', 'beta', '--expired', '--yes'])).status).toBe(0);
    expect(at.aliases()).toEqual(['gateway']);
  });

  test('and is said to be trusted as before, where another alias has it too', async () => {
    const entries = ['one', 'two'].map((alias) => ({ alias, certificates: [alpha.der] }));
    const twice = new StoreFolder(javaKeystore({ entries }));
    try {
      const { status, stderr } = await twice.keystore(['remove', twice.store, '--alias', 'one', '--yes']);
      expect([status, twice.aliases()]).toEqual([0, ['two']]);
      expect(stderr).toMatch(
        /^warning: .*two.*: CN=Alpha Root is still trusted: .* \[keystore\/still-trusted\]\n.*\n$/,
      );
      expect(stderr).toContain(`keystore remove --sha256 ${alpha.certificate.sha256}`);
      const bundle = twice.write('bundle.pem', alpha.pem + beta.pem + alpha.pem);
      const alias = `alpha-root-${alpha.certificate.sha256.slice(0, 8)}`;
      const { json } = await twice.keystore(['remove', bundle, '--alias', alias, '--yes', '--json']);
      expect(json()).toMatchObject({
        findings: [{ code: 'keystore/still-trusted', source: { alias: null }, sha256: alpha.certificate.sha256 }],
      });
    } finally {
      twice.remove();
    }
  });

  test('under all its aliases, when it is named by its SHA-256', async () => {
    const twice = new StoreFolder(
      javaKeystore({
        entries: ['one', 'two', 'Three'].map((alias) => ({ alias, certificates: [alpha.der] })),
      }),
    );
    try {
      const args = ['remove', twice.store, '--sha256', alpha.certificate.sha256, '--yes'];
      expect([(await twice.keystore(args)).status, twice.aliases()]).toEqual([0, []]);
    } finally {
      twice.remove();
    }
  });

  test('also where Java does not see it, and with all that repeat its alias', async () => {
    const odd = new StoreFolder(
      javaKeystore({
        entries: [
          { alias: 'RootCA', certificates: [alpha.der] },
          { alias: 'twice', certificates: [alpha.der] },
          { alias: 'twice', certificates: [beta.der] },
        ],
      }),
    );
    try {
      const { status, json } = await odd.keystore(['remove', odd.store, '--alias', 'twice', '--yes', '--json']);
      expect([status, json()]).toEqual([
        0,
        expect.objectContaining({
          removed: [
            expect.objectContaining({ sha256: alpha.certificate.sha256 }),
            expect.objectContaining({ sha256: beta.certificate.sha256 }),
          ],
          unchanged: 1,
        }),
      ]);
      expect((await odd.keystore(['remove', odd.store, '--alias', 'RootCA', '--yes'])).status).toBe(0);
      expect(odd.aliases()).toEqual([]);
    } finally {
      odd.remove();
    }
  });
});

describe('--expired', () => {
  test('takes trusted certificates whose time is over as of --at', async () => {
    expect((await remove(['--expired', '--yes'])).status).toBe(0);
    expect(at.aliases()).toEqual(['alpha', 'gateway', 'beta']);
  });

  test('finds nothing, which is no failure: nothing is written and nothing asked', async () => {
    const before = at.snapshot();
    const { status, stdout } = await remove(['--expired', '--at', '2026-10-01']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^Nothing was to do/)]);
    expect(at.snapshot()).toEqual(before);
  });

  test('never takes a key, whose certificate may have expired', async () => {
    const { status, json } = await remove(['--expired', '--at', '2100-01-01', '--yes', '--json']);
    expect(status).toBe(0);
    expect((json().removed as { alias: string }[]).map(({ alias }) => alias)).toEqual(['alpha', 'beta', 'expired']);
    expect(at.aliases()).toEqual(['gateway']);
  });
});

describe('something is taken away only', () => {
  test('with --yes or a typed yes, after it was named', async () => {
    const before = at.snapshot();
    const nobody = await remove(['--alias', 'beta']);
    expect([nobody.status, nobody.stderr]).toEqual([5, expect.stringMatching(/run\/needs-confirmation/)]);
    const no = await remove(['--alias', 'beta'], { answers: ['Test123%', 'no'], env: {} });
    expect([no.status, no.stdout]).toEqual([5, '']);
    expect(at.snapshot()).toEqual(before);
    const yes = await remove(['--alias', 'beta'], { answers: ['Test123%', 'yes'], env: {} });
    expect([yes.status, yes.stderr]).toEqual([
      0,
      expect.stringMatching(/This removes "beta" \(CN=Beta Root\) from .*tg\.jks\./),
    ]);
  });

  test('without --dry-run, which asks nothing', async () => {
    const before = at.snapshot();
    const { status, stdout } = await remove(['--alias', 'beta', '--dry-run']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^Dry run.*removes +beta\n/s)]);
    expect(at.snapshot()).toEqual(before);
  });
});

describe('refused', () => {
  const digest = leaf.certificate.sha256;
  test.each([
    { name: 'nothing named', args: [], status: 2, code: 'usage/missing-argument' },
    { name: 'no digest', args: ['--sha256', '85a0'], status: 2, code: 'usage/bad-value' },
    { name: 'an unknown alias', args: ['--alias', 'typo'], status: 3, code: 'keystore/alias-not-found' },
    {
      name: 'an unknown digest',
      args: ['--sha256', '0'.repeat(64)],
      status: 3,
      code: 'keystore/certificate-not-found',
    },
    {
      name: 'one unknown among known ones',
      args: ['--alias', 'beta', '--alias', 'typo'],
      status: 3,
      code: 'keystore/alias-not-found',
    },
    { name: 'a key', args: ['--alias', 'gateway'], status: 5, code: 'keystore/refuses-entry' },
    { name: 'the certificate of a key', args: ['--sha256', digest], status: 5, code: 'keystore/refuses-entry' },
    { name: 'another type', args: ['--alias', 'beta', '--storetype', 'p12'], status: 2, code: 'keystore/other-type' },
  ])('$name', async ({ args, status, code }) => {
    const before = at.snapshot();
    const call = await remove([...args, '--yes']);
    expect(call.stderr).toContain(`[${code}]`);
    expect([call.status, call.stdout]).toEqual([status, '']);
    expect(at.snapshot()).toEqual(before);
  });

  test('an alias that several have, letter case aside', async () => {
    const twins = new StoreFolder(
      javaKeystore({ entries: ['Root', 'ROOT'].map((alias) => ({ alias, certificates: [alpha.der] })) }),
    );
    try {
      const { status, stderr } = await twins.keystore(['remove', twins.store, '--alias', 'root', '--yes']);
      expect([status, stderr]).toEqual([5, expect.stringMatching(/keystore\/alias-ambiguous/)]);
      expect((await twins.keystore(['remove', twins.store, '--alias', 'ROOT', '--yes'])).status).toBe(0);
      expect(twins.aliases()).toEqual(['Root']);
    } finally {
      twins.remove();
    }
  });

  test('a key under an alias that Java does not see', async () => {
    const upper = new StoreFolder(
      javaKeystore({ entries: [{ alias: 'GW', key: Uint8Array.of(1), certificates: [leaf.der] }] }),
    );
    try {
      const { status, stderr } = await upper.keystore(['remove', upper.store, '--alias', 'GW', '--yes']);
      expect([status, stderr]).toEqual([5, expect.stringMatching(/keystore\/refuses-entry.*tg\.jks/)]);
      expect((await upper.keystore(['remove', upper.store, '--sha256', digest, '--yes'])).status).toBe(5);
    } finally {
      upper.remove();
    }
  });
});

describe('a PEM bundle', () => {
  test('loses the block, under whatever alias was made for it', async () => {
    const bundle = at.write('bundle.pem', alpha.pem + beta.pem + alpha.pem + expired.pem);
    const [first = ''] = at.aliases('bundle.pem');
    expect((await at.keystore(['remove', bundle, '--alias', first, '--yes'])).status).toBe(0);
    expect(Buffer.from(at.bytes('bundle.pem')).toString()).toBe(beta.pem + alpha.pem + expired.pem);
    expect(
      (await at.keystore(['remove', bundle, '--sha256', beta.certificate.sha256, '--expired', '--yes'])).status,
    ).toBe(0);
    expect(Buffer.from(at.bytes('bundle.pem')).toString()).toBe(alpha.pem);
    const last = await at.keystore(['remove', bundle, '--sha256', alpha.certificate.sha256, '--yes']);
    expect([last.status, last.stderr]).toEqual([5, expect.stringMatching(/keystore\/cannot-preserve/)]);
    expect(last.stderr).toContain('anchorctl keystore replace puts another certificate in its place');
  });
});
