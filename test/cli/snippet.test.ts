import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { genuineRoot } from '../../src/catalog/catalog.ts';
import { AT, issue, toPem } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { IosConsole } from '../support/consoles/ios-console.ts';

const IDENTRUST = join(import.meta.dirname, '../../fixtures/certificates/identrust-commercial-root-ca-1.pem');
const QUOVADIS_SHA256 = '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86';
const root = issue({ subject: 'CN=Own Root' });
const sub = issue({ subject: 'CN=Own Sub', issuer: root });
const expired = issue({ subject: 'CN=Expired Root', notAfter: new Date(AT.getTime() - 1000) });
const leaf = issue({ subject: 'CN=leaf.example', issuer: root, basicConstraints: { ca: false } });

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-snippet-'));
  writeFileSync(at('root.pem'), root.pem);
  writeFileSync(at('sub.pem'), sub.pem);
  writeFileSync(at('chain.pem'), root.pem + sub.pem);
  writeFileSync(at('expired.pem'), expired.pem);
  writeFileSync(at('leaf.pem'), leaf.pem);
  writeFileSync(at('quovadis.pem'), toPem(genuineRoot(QUOVADIS_SHA256) ?? new Uint8Array()));
  writeFileSync(at('digests.txt'), `${root.certificate.sha256} # own root\n`);
});

afterAll(() => rmSync(folder, { recursive: true }));

const snippet = (...args: readonly string[]) => anchorctl(['snippet', ...args], { stdin: root.pem });
const iosXe = (input: string, ...more: readonly string[]) =>
  snippet(at(input), '--platform', 'ios-xe', '--trustpoint', 'NEW', ...more);

describe('snippet', () => {
  test('prints the block and nothing else, and has nothing to say of a known root', async () => {
    const { status, stdout, stderr } = await snippet(
      ...[IDENTRUST, '--platform', 'ios-xe', '--trustpoint', 'IdenTrust-Root-1', '--comments'],
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      readFileSync(join(import.meta.dirname, '../../fixtures/devices/ios-xe.install.golden.txt'), 'utf8'),
    );
  });

  test('an unknown CA is printed, with a warning that names its fingerprint', async () => {
    const { status, stdout, stderr } = await iosXe('root.pem');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^configure terminal\n[\s\S]*\nwrite memory\n$/);
    expect(stderr).toContain(root.certificate.sha256);
    expect(stderr).toContain('[trust/not-established]');
    expect((await iosXe('root.pem', '--fail-on', 'warning')).status).toBe(1);
  });

  test.each([
    { input: 'quovadis.pem', code: 'catalog/email-only' },
    { input: 'expired.pem', code: 'anchor/expired' },
  ])('$input is printed with the warning $code', async ({ input, code }) => {
    const { status, stdout, stderr } = await iosXe(input);
    expect(status).toBe(0);
    expect(stdout).toContain('BEGIN CERTIFICATE');
    expect(stderr).toMatch(/^warning: /);
    expect(stderr).toContain(code);
  });

  test('reads standard input', async () => {
    const { status, stdout } = await snippet('-', '--platform', 'nxos', '--trustpoint', 'NEW', '--no-save');
    expect(status).toBe(0);
    expect(stdout).toMatch(/\nEND OF INPUT\nyes\nend\n$/);
  });

  test('sorts a chain, which a console then takes', async () => {
    const { status, stdout } = await iosXe('chain.pem', '--chain');
    expect(status).toBe(0);
    const console = new IosConsole('ios-xe-26').paste(stdout);
    expect([console.invalid, console.failures, console.saved]).toEqual([[], [], true]);
    expect(console.installed).toMatchObject({ NEW: [sub.certificate.sha256], 'NEW-CA1': [root.certificate.sha256] });
  });

  test('a removal says nothing of trust', async () => {
    const { status, stdout, stderr } = await iosXe('root.pem', '--action', 'remove');
    expect([status, stdout, stderr]).toEqual([
      0,
      'configure terminal\nno crypto pki trustpoint NEW\nyes\nend\nwrite memory\n',
      '',
    ]);
  });

  test('as JSON', async () => {
    const { status, stdout } = await iosXe('sub.pem', '--json', '--accept', 'prompt');
    const document = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(Object.keys(document)).toEqual(['schema', 'blocks', 'findings']);
    expect(document.schema).toBe('anchorctl/snippet/1');
    expect(document.blocks).toEqual([
      {
        platform: 'ios-xe',
        trustpoint: 'NEW',
        style: 'paste',
        action: 'install',
        text: expect.stringContaining('\nquit\nyes\n'),
        files: [],
        certificates: [sub.certificate.sha256],
        trustpoints: [{ name: 'NEW', certificates: [sub.certificate.sha256] }],
      },
    ]);
    expect(document.findings).toEqual([
      expect.objectContaining({ code: 'trust/not-established', severity: 'warning' }),
      expect.objectContaining({
        code: 'device/incomplete-chain',
        source: expect.objectContaining({ input: at('sub.pem') }),
      }),
      expect.objectContaining({ code: 'device/fingerprint-required', source: null }),
    ]);
  });
});

describe('--expect-sha256', () => {
  test.each([
    { name: 'the certificate', input: 'root.pem', expected: root.certificate.sha256, status: 0 },
    { name: 'a list that has it', input: 'root.pem', expected: '@digests.txt', status: 0 },
    { name: 'another certificate', input: 'root.pem', expected: sub.certificate.sha256, status: 5 },
    { name: 'another than a known root', input: 'quovadis.pem', expected: root.certificate.sha256, status: 5 },
    { name: 'a list without it', input: 'quovadis.pem', expected: '@digests.txt', status: 5 },
    {
      name: 'the root, which vouches for its sub CA',
      input: 'chain.pem',
      expected: root.certificate.sha256,
      status: 0,
    },
    {
      name: 'the sub CA, which does not vouch for its root',
      input: 'chain.pem',
      expected: sub.certificate.sha256,
      status: 5,
    },
    { name: 'no digest', input: 'root.pem', expected: 'soon', status: 2 },
  ])('$name: $status', async ({ input, expected, status }) => {
    const value = expected.startsWith('@') ? `@${at(expected.slice(1))}` : expected;
    const result = await iosXe(input, '--chain', '--expect-sha256', value);
    expect(result.status).toBe(status);
    expect(result.stdout === '').toBe(status !== 0);
    if (status === 5) expect(result.stderr).toContain('[trust/fingerprint-mismatch]');
    if (status === 0) expect(result.stderr).not.toContain('trust/not-established');
  });
});

describe('--out', () => {
  test('writes a file, and never over another one without --force', async () => {
    const out = at('block.txt');
    const first = await iosXe('root.pem', '--out', out);
    expect([first.status, first.stdout]).toEqual([0, '']);
    const block = readFileSync(out, 'utf8');
    expect(block).toBe((await iosXe('root.pem')).stdout);
    const second = await iosXe('root.pem', '--out', out, '--action', 'remove');
    expect(second.status).toBe(2);
    expect(second.stderr).toContain('[output/exists]');
    expect(readFileSync(out, 'utf8')).toBe(block);
    expect((await iosXe('root.pem', '--out', out, '--action', 'remove', '--force')).status).toBe(0);
    expect(readFileSync(out, 'utf8')).toMatch(/^configure terminal\nno crypto/);
  });

  test.each(['', 'made/on/the/way/'])('writes into the folder "%s"', async (name) => {
    const { status } = await iosXe('root.pem', '--out', at(name), '--action', 'rollback');
    expect(status).toBe(0);
    expect(readFileSync(join(at(name), 'ios-xe-NEW.rollback.txt'), 'utf8')).toContain('no crypto pki trustpoint NEW');
  });
});

describe('refusals leave stdout empty', () => {
  test.each([
    { name: 'several certificates', args: ['chain.pem'], code: 'usage/too-many-certificates', status: 2 },
    { name: 'another platform', args: ['root.pem', '--platform', 'vax'], code: 'device/unknown-platform', status: 2 },
    { name: 'a bad name', args: ['root.pem', '--trustpoint', 'a b'], code: 'device/bad-name', status: 2 },
    {
      name: 'a name of the device',
      args: ['root.pem', '--trustpoint', 'SLA-TrustPoint'],
      code: 'device/bad-name',
      status: 2,
    },
    { name: 'no platform', args: ['root.pem', '--platform'], code: 'usage/', status: 2 },
    { name: 'another style', args: ['root.pem', '--style', 'qr'], code: 'usage/', status: 2 },
    {
      name: 'rows of hex on NX-OS',
      args: ['root.pem', '--platform', 'nxos', '--style', 'hex'],
      code: 'device/unsupported-style',
      status: 2,
    },
    {
      name: 'a fingerprint on NX-OS',
      args: ['root.pem', '--platform', 'nxos', '--accept', 'fingerprint'],
      code: 'device/unsupported-accept',
      status: 2,
    },
    { name: 'no CA', args: ['leaf.pem'], code: 'device/not-a-ca', status: 5 },
    { name: 'no file', args: ['absent.pem'], code: 'input/', status: 3 },
    { name: 'one file of two is absent', args: ['root.pem', at('absent.pem')], code: 'input/', status: 3 },
  ])('$name: $status', async ({ args: [input = '', ...more], code, status }) => {
    const defaults = { '--platform': 'ios-xe', '--trustpoint': 'NEW' };
    const missing = Object.entries(defaults)
      .filter(([option]) => !more.includes(option))
      .flat();
    const result = await snippet(at(input), ...missing, ...more);
    expect({ status: result.status, stdout: result.stdout }).toEqual({ status, stdout: '' });
    expect(result.stderr).toContain(`[${code}`);
  });
});
