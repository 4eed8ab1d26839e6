import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { genuineRoot } from '../../src/catalog/catalog.ts';
import { platformNames } from '../../src/device/platforms.ts';
import { groupHex } from '../../src/encoding/hex.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import { AT, issue, toPem } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { IosConsole } from '../support/consoles/ios-console.ts';
import { NO_CONTROL_CHARACTERS_IN_NAMES } from '../support/platform.ts';

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

  test.each([
    { input: 'leaf.pem', more: [], code: 'device/not-a-ca', expected: 5 },
    { input: 'root.pem', more: ['--expect-sha256', QUOVADIS_SHA256], code: 'trust/fingerprint-mismatch', expected: 5 },
    { input: 'chain.pem', more: [], code: 'usage/too-many-certificates', expected: 2 },
    { input: 'root.pem', more: [], code: null, expected: 3 },
  ])(
    '$input beside an input that cannot be read is refused with $expected',
    async ({ input, more, code, expected }) => {
      const { status, stdout, stderr } = await iosXe(input, at('nowhere.pem'), ...more, '--json');
      const error = JSON.parse(stderr) as { code: string; others: { code: string }[] };
      expect([status, stdout]).toEqual([expected, '']);
      const codes = [error.code, ...error.others.map((other) => other.code)];
      expect(codes).toEqual([...(code === null ? [] : [code]), 'input/not-found']);
    },
  );

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
        verify: [
          {
            command: 'show crypto pki trustpoints NEW status',
            shows: 'SHA-1',
            expect: [groupHex(sub.certificate.sha1)],
            absent: [],
          },
        ],
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

describe('settings', () => {
  test('--revocation-check may be given a word at a time', async () => {
    const { status, stdout } = await iosXe('root.pem', '--revocation-check', 'ocsp', '--revocation-check', 'none');
    expect(status).toBe(0);
    expect(stdout).toContain('\n revocation-check ocsp none\n');
  });

  test.each(['crl none', 'crl,none', ' crl , none '])(
    '--revocation-check "%s" and the others become lines',
    async (methods) => {
      const { status, stdout } = await iosXe(
        'root.pem',
        ...['--revocation-check', methods, '--vrf', 'Mgmt-vrf', '--source-interface', 'GigabitEthernet0/0/1'],
      );
      expect(status).toBe(0);
      expect(stdout).toContain('\n vrf Mgmt-vrf\n source interface GigabitEthernet0/0/1\n revocation-check crl none\n');
    },
  );

  test('--legacy-keywords writes crypto ca', async () => {
    const { status, stdout, stderr } = await snippet(
      ...[at('root.pem'), '--platform', 'ios', '--trustpoint', 'NEW', '--legacy-keywords'],
    );
    expect([status, stdout.includes('crypto pki')]).toEqual([0, false]);
    expect(stdout).toMatch(/\ncrypto ca trustpoint NEW\n[\s\S]*\ncrypto ca authenticate NEW\n[\s\S]*\nquit\nyes\n/);
    expect(stderr).toContain('[device/legacy-unverified]');
  });
});

describe('--verify', () => {
  const SHOW = 'show crypto pki trustpoints NEW status\n  must print SHA-1 ';

  test('prints what to type and to see, instead of the block', async () => {
    const { status, stdout } = await iosXe('root.pem', '--verify');
    expect(status).toBe(0);
    expect(stdout).toContain(`${SHOW}${groupHex(root.certificate.sha1)}\n`);
    expect(stdout).toContain(`\nCN=Own Root\n`);
    expect(stdout).not.toContain('BEGIN CERTIFICATE');
  });

  test('beside the blocks of a folder', async () => {
    const out = at('verified/');
    const { status, stdout } = await iosXe('root.pem', '--verify', '--out', out);
    expect([status, stdout]).toEqual([0, '']);
    expect(readFileSync(join(out, 'ios-xe-NEW.install.txt'), 'utf8')).toContain('BEGIN CERTIFICATE');
    expect(readFileSync(join(out, 'ios-xe-NEW.verify.txt'), 'utf8')).toContain(SHOW);
    expect((await iosXe('root.pem', '--verify', '--out', out, '--action', 'remove')).status).toBe(0);
    expect(readFileSync(join(out, 'ios-xe-NEW.remove.verify.txt'), 'utf8')).toContain('must not print SHA-1');
  });

  test('on stdout, where the block is in a file', async () => {
    const out = at('verified.txt');
    const { status, stdout } = await iosXe('root.pem', '--verify', '--out', out);
    expect(status).toBe(0);
    expect(stdout).toContain(SHOW);
    expect(readFileSync(out, 'utf8')).toContain('BEGIN CERTIFICATE');
  });
});

describe('what the device may not take', () => {
  test('an expired root: the clock of the device is named', async () => {
    const { status, stderr } = await iosXe('expired.pem');
    expect(status).toBe(0);
    expect(stderr).toContain('[device/clock]');
    expect(stderr).toContain('show clock');
    expect((await iosXe('root.pem', '--at', '2020-01-01T00:00:00Z')).stderr).toContain('[device/clock]');
    expect((await iosXe('expired.pem', '--action', 'remove')).stderr).toBe('');
  });

  test.each([
    { platform: 'ios-xr', code: 'fitness/key-size', source: 'Cisco NCS 1004' },
    { platform: 'ios-xe', code: null, source: null },
  ])('$platform: a key of 4096 bits: $code', async ({ platform, code, source }) => {
    const { status, stderr } = await snippet(IDENTRUST, '--platform', platform, '--trustpoint', 'NEW');
    expect(status).toBe(0);
    expect(stderr.includes('[fitness/')).toBe(code !== null);
    if (code !== null) expect(stderr).toContain(`[${code}]`);
    if (source !== null) expect(stderr).toContain(source);
    const removal = await snippet(IDENTRUST, '--platform', platform, '--trustpoint', 'NEW', '--action', 'remove');
    expect(removal.stderr).not.toContain('[fitness/');
  });

  test('asa: dates beyond 2038, with the source', async () => {
    const late = issue({ subject: 'CN=Late', notAfter: new Date('2045-01-01T00:00:00Z') });
    const { status, stderr } = await anchorctl(['snippet', '-', '--platform', 'asa', '--trustpoint', 'NEW'], {
      stdin: late.pem,
    });
    expect(status).toBe(0);
    expect(stderr).toMatch(/documented in Cisco ASA Series CLI Configuration Guide.*\[fitness\/validity\]/);
  });
});

describe('docs/snippet.md', () => {
  const page = (name: string) => {
    const path = join(import.meta.dirname, '../../docs', name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };

  test('shows what --verify prints', async () => {
    const { stdout } = await snippet(IDENTRUST, '--platform', 'ios-xe', '--trustpoint', 'NEW-ROOT', '--verify');
    expect(page('snippet.md')).toContain(`--verify\n${stdout}\`\`\``);
  });

  test('has every platform, and every option that is not one of all commands', async () => {
    const { stdout } = await anchorctl(['snippet', '--help']);
    const ofAll = (await anchorctl(['catalog', 'list', '--help'])).stdout;
    const optionsOf = (text: string) =>
      [...text.matchAll(/^ +(?:-\w, )?(--[a-z0-9-]+)/gm)].map(([, name]) => name as string);
    const own = optionsOf(stdout).filter((name) => !optionsOf(ofAll).includes(name) && !/pass/.test(name));
    expect(own).toEqual(expect.arrayContaining(['--platform', '--revocation-check', '--verify']));
    const pages = page('snippet.md') + page('replacing-a-trustpoint.md');
    const named = (option: string) => pages.includes(option) || pages.includes(option.replace(/^--/, '--no-'));
    expect(own.filter((option) => !named(option))).toEqual([]);
    const [, table = ''] = page('snippet.md').split('## Platforms');
    expect(platformNames().filter((name) => !table.includes(`(platforms/${name}.md)`))).toEqual([]);
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

describe('hostile names of what is read', () => {
  const NASTY = 'quit\nreload\nEND OF INPUT\u202e\u001b[2J!';

  /** Nothing but the lines of the plain file, and messages that begin as messages do. */
  function expectTheSame({ status, stdout, stderr }: Awaited<ReturnType<typeof snippet>>, plain: string): void {
    expect([status, stdout]).toEqual([0, plain]);
    expect(stderr).toContain('quit');
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .filter((line) => !/^(?:warning|note| {2}hint): /.test(line)),
    ).toEqual([]);
  }

  test.skipIf(NO_CONTROL_CHARACTERS_IN_NAMES)('a file: the block is that of the file with a plain name', async () => {
    const name = `${NASTY}.pem`;
    writeFileSync(at(name), root.pem);
    const { stdout: plain } = await iosXe('root.pem', '--comments');
    expectTheSame(await iosXe(name, '--comments'), plain);
  });

  test('an alias: the block is that of the bare certificate', async () => {
    const { sha256 } = sub.certificate;
    const created = await anchorctl(
      [
        'keystore',
        'create',
        at('names.jks'),
        at('sub.pem'),
        '--type',
        'jks',
        '--intermediates',
        '--expect-sha256',
        sha256,
      ],
      { env: { ANCHORCTL_STOREPASS: 'changeit' } },
    );
    expect(created.status).toBe(0);
    const bytes = new Uint8Array(readFileSync(at('names.jks')));
    const [{ alias = '' } = {}] = decodeKeystore(bytes, { password: 'changeit' }).entries;
    const removed = editKeystore(bytes, [{ action: 'remove', alias }], { password: 'changeit' });
    const edit = { action: 'add', alias: NASTY, certificate: root.certificate, created: AT } as const;
    writeFileSync(at('names.jks'), editKeystore(removed, [edit], { password: 'changeit' }));
    const { stdout: plain } = await iosXe('root.pem', '--comments');
    const result = await anchorctl(
      ['snippet', at('names.jks'), '--platform', 'ios-xe', '--trustpoint', 'NEW', '--comments'],
      { env: { ANCHORCTL_STOREPASS: 'changeit' } },
    );
    expectTheSame(result, plain);
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
    {
      name: 'a VRF on NX-OS',
      args: ['root.pem', '--platform', 'nxos', '--vrf', 'A'],
      code: 'device/unsupported-setting',
      status: 2,
    },
    {
      name: 'a VRF with a second line',
      args: ['root.pem', '--vrf', 'A\nreload'],
      code: 'usage/bad-value',
      status: 2,
    },
    {
      name: 'no method',
      args: ['root.pem', '--revocation-check', 'soon'],
      code: 'usage/bad-value',
      status: 2,
    },
    {
      name: 'an interface that is none',
      args: ['root.pem', '--source-interface', 'up; reload'],
      code: 'usage/bad-value',
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
