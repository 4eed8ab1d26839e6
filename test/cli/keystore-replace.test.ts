import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { javaKeystore } from '../store/builders.ts';
import { AT, issue } from '../support/certificates.ts';
import type { CallOptions } from '../support/cli.ts';
import { alpha, beta, expired, fresh, StoreFolder } from './keystore-store.ts';

let at: StoreFolder;
let input = '';
beforeEach(() => {
  at = new StoreFolder();
  input = at.write('new.pem', fresh.pem);
});
afterEach(() => at.remove());

const expected = ['--expect-sha256', fresh.certificate.sha256];
const replace = (args: readonly string[], options?: CallOptions) =>
  at.keystore(['replace', at.store, ...args], options);

describe('the new certificate takes the place of the old', () => {
  test.each([
    { name: 'by its alias', args: ['--alias', 'Expired'] },
    { name: 'by its SHA-256', args: ['--sha256', expired.certificate.sha256] },
  ])('$name', async ({ args }) => {
    const before = at.bytes();
    const { status, json, stderr } = await replace([input, ...args, ...expected, '--yes', '--json']);
    expect([status, stderr]).toEqual([0, '']);
    expect(json()).toMatchObject({
      schema: 'anchorctl/keystore-replace/1',
      changed: true,
      backup: `${at.store}.20261101T000000Z.bak`,
      added: [{ alias: 'expired', sha256: fresh.certificate.sha256 }],
      removed: [{ alias: 'expired', sha256: expired.certificate.sha256 }],
      unchanged: 3,
    });
    expect(at.bytes('tg.jks.20261101T000000Z.bak')).toEqual(before);
    const replaced = at.entries().find(({ alias }) => alias === 'expired');
    expect([replaced?.fingerprints, replaced?.created]).toEqual([[fresh.certificate.sha256], AT]);
    expect(at.aliases()).toEqual(['alpha', 'gateway', 'beta', 'expired']);
  });

  test('after a yes that names both', async () => {
    const args = [input, '--alias', 'beta', ...expected];
    const before = at.snapshot();
    expect((await replace(args)).status).toBe(5);
    expect((await replace(args, { answers: ['Test123%', 'no'], env: {} })).status).toBe(5);
    expect(at.snapshot()).toEqual(before);
    const { status, stderr } = await replace(args, { answers: ['Test123%', 'yes'], env: {} });
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/This replaces CN=Beta Root by CN=New Root under "beta" in .*tg\.jks\./),
    ]);
  });

  test('after a yes that names what Java sees under an alias that comes twice, and what it does not', async () => {
    const entries = [beta, alpha].map(({ der }) => ({ alias: 'twice', certificates: [der] }));
    const path = at.write('twice.jks', javaKeystore({ entries }));
    const args = ['replace', path, input, '--sha256', alpha.certificate.sha256, ...expected];
    const { stderr } = await at.keystore(args, { answers: ['Test123%', 'no'], env: {} });
    expect(stderr).toMatch(
      /This replaces CN=Alpha Root by CN=New Root under "twice" in .*\. It removes CN=Beta Root too, which/,
    );
  });

  test('when it is there already, nothing is to do', async () => {
    const before = at.snapshot();
    const { status, stdout } = await replace([at.write('b.pem', beta.pem), '--alias', 'beta']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^Nothing was to do.*there +beta\n/s)]);
    expect({ ...at.snapshot(), 'b.pem': '' }).toEqual({ ...before, 'b.pem': '' });
  });

  test('as --dry-run shows', async () => {
    const before = at.snapshot();
    const { status, stdout } = await replace([input, '--alias', 'beta', ...expected, '--dry-run']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/adds +beta\n +removes +beta\n/)]);
    expect(at.snapshot()).toEqual(before);
  });

  test('in a PEM bundle, which has no aliases of its own', async () => {
    const bundle = at.write('bundle.pem', alpha.pem + beta.pem);
    const args = ['replace', bundle, input, '--sha256', alpha.certificate.sha256, ...expected, '--yes'];
    expect((await at.keystore(args)).status).toBe(0);
    expect(Buffer.from(at.bytes('bundle.pem')).toString()).toBe(beta.pem + fresh.pem);
  });
});

describe('refused', () => {
  const cases: readonly {
    readonly name: string;
    readonly args: () => readonly string[];
    readonly status: number;
    readonly code: string;
  }[] = [
    { name: 'nothing named', args: () => [input], status: 2, code: 'usage/missing-argument' },
    {
      name: 'two things named',
      args: () => [input, '--alias', 'beta', '--sha256', beta.certificate.sha256],
      status: 2,
      code: 'usage/conflict',
    },
    {
      name: 'two new certificates',
      args: () => [at.write('two.pem', fresh.pem + issue().pem), '--alias', 'beta'],
      status: 2,
      code: 'usage/too-many-certificates',
    },
    { name: 'an unknown alias', args: () => [input, '--alias', 'typo'], status: 3, code: 'keystore/alias-not-found' },
    { name: 'a key', args: () => [input, '--alias', 'gateway'], status: 5, code: 'keystore/refuses-entry' },
    { name: 'no trust', args: () => [input, '--alias', 'beta'], status: 5, code: 'trust/not-established' },
    {
      name: 'one that has another alias',
      args: () => [at.write('a.pem', alpha.pem), '--alias', 'beta'],
      status: 5,
      code: 'keystore/certificate-present',
    },
    {
      name: 'an intermediate',
      args: () => [at.write('sub.pem', issue({ subject: 'CN=Sub', issuer: alpha }).pem), '--alias', 'beta'],
      status: 5,
      code: 'trust/unfit',
    },
  ];
  test.each(cases)('$name', async ({ args, status, code }) => {
    const words = args();
    const before = at.snapshot();
    const call = await replace([...words, '--yes']);
    expect(call.stderr).toContain(`[${code}]`);
    expect([call.status, call.stdout]).toEqual([status, '']);
    expect(at.snapshot()).toEqual(before);
  });

  test('what is there twice, or what Java does not see', async () => {
    const odd = new StoreFolder(
      javaKeystore({ entries: ['one', 'two', 'Upper'].map((alias) => ({ alias, certificates: [alpha.der] })) }),
    );
    try {
      const call = (args: readonly string[]) =>
        odd.keystore(['replace', odd.store, input, ...args, ...expected, '--yes']);
      const twice = await call(['--sha256', alpha.certificate.sha256]);
      expect([twice.status, twice.stderr]).toEqual([
        5,
        expect.stringMatching(/"one", "two", "Upper".*alias-ambiguous/),
      ]);
      const hidden = await call(['--alias', 'Upper']);
      expect([hidden.status, hidden.stderr]).toEqual([5, expect.stringMatching(/keystore\/refuses-entry/)]);
    } finally {
      odd.remove();
    }
  });
});
