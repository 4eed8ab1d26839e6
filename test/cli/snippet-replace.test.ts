/** `snippet --replace` and `--config` from the command line. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl, type CallOptions } from '../support/cli.ts';
import { IosConsole } from '../support/consoles/ios-console.ts';
import { printChain } from '../support/running-config.ts';

const root = issue({ subject: 'CN=New Root' });
const old = issue({ subject: 'CN=Old Root' });
const held = (name: string, { der }: { readonly der: Uint8Array }) => printChain(name, [{ der, heading: 'ca 01' }]);
const CONFIG = `version 17.9
hostname r1
crypto pki trustpoint OLD
 enrollment terminal
${held('OLD', old)}ip http client secure-trustpoint OLD
crypto ikev2 profile P
 pki trustpoint OLD verify
end
`;

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-replace-'));
  writeFileSync(at('root.pem'), root.pem);
  writeFileSync(at('old.pem'), old.pem);
  writeFileSync(at('r1.cfg'), CONFIG);
  writeFileSync(
    at('busy.cfg'),
    `${CONFIG.replace(/end\n$/, '')}telephony-service\n secure-signaling trustpoint OLD\nend\n`,
  );
  writeFileSync(at('taken.cfg'), `${CONFIG}${held('NEW', old)}`);
  writeFileSync(at('done.cfg'), `${CONFIG}${held('NEW', root)}`);
  writeFileSync(at('part.cfg'), CONFIG.replace(/^version.*\n/, ''));
  writeFileSync(at('cut.cfg'), CONFIG.replace(/ pki trustpoint OLD verify\nend\n/, ''));
  writeFileSync(at('two.cfg'), CONFIG + CONFIG.replace('hostname r1', 'hostname r2'));
  writeFileSync(at('bare.cfg'), 'hostname r1\nversion 17.9\ninterface Gi1\n');
  writeFileSync(at('letter.txt'), 'Dear all, the root changes on Sunday.\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

const snippet = (args: readonly string[], options?: CallOptions) =>
  anchorctl(['snippet', at('root.pem'), '--platform', 'ios', '--trustpoint', 'NEW', ...args], options);
const replace = (config: string, ...more: readonly string[]) =>
  snippet(['--replace', 'OLD', '--config', at(config), ...more]);

describe('the stages', () => {
  test('one at a time, pasted one after the other', async () => {
    const console = new IosConsole('ios-15').paste(
      (await anchorctl(['snippet', at('old.pem'), '--platform', 'ios', '--trustpoint', 'OLD'])).stdout,
    );
    console.load('ip http client secure-trustpoint OLD\ncrypto ikev2 profile P\n pki trustpoint OLD verify\n');
    for (const stage of ['add', 'switch', 'remove']) {
      const { status, stdout, stderr } = await replace('r1.cfg', '--stage', stage);
      expect(status).toBe(0);
      // What is known of the certificate is said where it is brought.
      expect(stderr.includes('[trust/not-established]')).toBe(stage === 'add');
      console.paste(stdout);
    }
    expect([console.invalid, console.failures, console.saved]).toEqual([[], [], true]);
    expect(console.installed).toEqual({ 'SLA-TrustPoint': [], NEW: [root.certificate.sha256] });
    expect(console.configuration).toContain('\nip http client secure-trustpoint NEW\n');
    expect(console.configuration).toContain('\ncrypto ikev2 profile P\n pki trustpoint NEW verify\n');
    expect(console.configuration).not.toContain('OLD');
  });

  test('all of them as JSON', async () => {
    const { status, json } = await replace('r1.cfg', '--json');
    const { blocks, findings } = json() as { blocks: Record<string, unknown>[]; findings: { code: string }[] };
    expect(status).toBe(0);
    expect(blocks.map(({ stage, trustpoint, action }) => [stage, trustpoint, action])).toEqual([
      ['add', 'NEW', 'install'],
      ['switch', 'NEW', 'install'],
      ['remove', 'OLD', 'install'],
    ]);
    expect(blocks.map(({ certificates }) => certificates)).toEqual([
      [root.certificate.sha256],
      [],
      [old.certificate.sha256],
    ]);
    expect(findings.map(({ code }) => code)).toEqual([
      'trust/not-established',
      'device/verify-first',
      'device/switch-first',
    ]);
  });

  test('into a folder, a file each', async () => {
    const out = at('out');
    const { status, stdout } = await replace('r1.cfg', '--out', out);
    expect([status, stdout]).toEqual([0, '']);
    expect(readdirSync(out).sort()).toEqual(['ios-NEW.add.txt', 'ios-NEW.switch.txt', 'ios-OLD.remove.txt']);
    expect(readFileSync(join(out, 'ios-NEW.switch.txt'), 'utf8')).toBe(
      (await replace('r1.cfg', '--stage', 'switch')).stdout,
    );
    expect((await replace('r1.cfg', '--out', out, '--action', 'rollback')).status).toBe(0);
    expect(readdirSync(out)).toEqual(
      expect.arrayContaining(['ios-NEW.rollback-add.txt', 'ios-NEW.rollback-switch.txt']),
    );
  });

  test('one of them into a file', async () => {
    expect((await replace('r1.cfg', '--stage', 'switch', '--out', at('switch.txt'))).status).toBe(0);
    expect(readFileSync(at('switch.txt'), 'utf8')).toContain(' no pki trustpoint OLD verify\n');
  });

  test('each says how to see that it worked', async () => {
    const verify = async (...more: string[]) => (await snippet(['--replace', 'OLD', '--verify', ...more])).stdout;
    const switched = await verify('--config', at('r1.cfg'), '--stage', 'switch');
    expect(switched).toContain('\nshow running-config\n  must print the line ip http client secure-trustpoint NEW\n');
    expect(switched).toContain('\n  must not print the line pki trustpoint OLD verify\n');
    expect(switched).not.toContain('certificates:');
    expect(switched).toMatch(/^After the block of stage switch, NEW \(ios(?:-xe)?\), type/);
    const back = await verify('--config', at('r1.cfg'), '--stage', 'add', '--action', 'rollback');
    expect(back).toMatch(/^After the block of stage add of the rollback, NEW /);
    const removed = await verify('--stage', 'remove');
    expect(removed).toContain('OLD status\n  must print no certificate\n');
    expect(removed).not.toMatch(/certificates:|serial number/);
  });

  test('the configuration from standard input', async () => {
    const { status, stdout } = await snippet(['--replace', 'OLD', '--config', '-', '--stage', 'switch'], {
      stdin: CONFIG,
    });
    expect(status).toBe(0);
    expect(stdout).toBe((await replace('r1.cfg', '--stage', 'switch')).stdout);
  });

  test('a part of a configuration is read, with a warning', async () => {
    const { status, stdout, stderr } = await replace('part.cfg', '--stage', 'switch');
    expect([status, stdout]).toEqual([0, (await replace('r1.cfg', '--stage', 'switch')).stdout]);
    expect(stderr).toContain('[device/partial-config]');
    expect((await snippet(['--config', at('part.cfg')])).stderr).not.toContain('partial');
  });

  test('a configuration that was cut off is one, with a warning: what names the trustpoint may be below', async () => {
    const { status, stderr } = await replace('cut.cfg', '--stage', 'remove');
    expect([status, stderr.includes('[device/partial-config]')]).toEqual([0, true]);
    expect((await replace('r1.cfg', '--stage', 'remove')).stderr).not.toContain('partial-config');
  });

  test('that of another platform is read, with a warning', async () => {
    const config = `ASA Version 9.16(4)\n${CONFIG.replace(/^version .*\n/, '')}`;
    const { status, stderr } = await snippet(['--config', '-'], { stdin: config });
    expect([status, stderr]).toEqual([0, expect.stringContaining('[device/other-platform]')]);
    expect(stderr).toContain('line 1: this looks like a configuration of Cisco ASA ("ASA Version 9.16(4)")');
    expect((await snippet(['--config', at('r1.cfg')])).stderr).not.toContain('other-platform');
  });

  test('the lines of two devices make no block', async () => {
    const { status, stdout, stderr } = await replace('two.cfg', '--stage', 'switch');
    expect([status, stdout]).toEqual([5, '']);
    expect(stderr).toContain('"r1" and of "r2" [device/several-devices]');
    expect(stderr).toMatch(/at \S*two\.cfg line \d+/);
  });

  test('without a configuration the other stages are there', async () => {
    const { status, json } = await snippet(['--replace', 'OLD', '--json']);
    const { blocks, findings } = json() as { blocks: { stage: string }[]; findings: { code: string }[] };
    expect(status).toBe(0);
    expect(blocks.map(({ stage }) => stage)).toEqual(['add', 'remove']);
    expect(findings.filter(({ code }) => code === 'device/no-config')).toHaveLength(1);
    const alone = await snippet(['--replace', 'OLD', '--stage', 'switch']);
    expect([alone.status, alone.stdout]).toEqual([0, '']);
    expect(alone.stderr).toContain('[device/no-config]');
  });
});

describe('what the configuration speaks against', () => {
  test('an unknown line keeps the old trustpoint; the other stages are there all the same', async () => {
    const { status, stdout, stderr } = await replace('busy.cfg', '--json');
    expect(status).toBe(5);
    expect(JSON.parse(stdout).blocks.map(({ stage }: { stage: string }) => stage)).toEqual(['add', 'switch']);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'device/in-use', at: { source: at('busy.cfg'), line: 23 } });
    expect(JSON.parse(stdout).findings.at(-1)).toMatchObject({ code: 'device/in-use', severity: 'error' });
    expect(stderr).toContain('secure-signaling trustpoint OLD');
  });

  test('asked for alone, it is refused; --force prints it', async () => {
    const refused = await replace('busy.cfg', '--stage', 'remove');
    expect([refused.status, refused.stdout]).toEqual([5, '']);
    expect(refused.stderr).toContain('[device/in-use]');
    const asJson = await replace('busy.cfg', '--stage', 'remove', '--json');
    expect([asJson.status, asJson.stdout]).toEqual([5, '']);
    const forced = await replace('busy.cfg', '--stage', 'remove', '--force');
    expect(forced.status).toBe(0);
    expect(forced.stdout).toContain('no crypto pki trustpoint OLD\n');
    expect(forced.stderr).toContain('device/in-use');
  });

  test('into a folder, the refused stage has no file', async () => {
    const { status } = await replace('busy.cfg', '--out', at('refused'));
    expect(status).toBe(5);
    expect(readdirSync(at('refused')).sort()).toEqual(['ios-NEW.add.txt', 'ios-NEW.switch.txt']);
  });

  test.each([
    { name: 'the name is taken', args: ['--config', 'taken.cfg'], code: 'device/name-in-use', status: 5 },
    {
      name: 'the same in a replacement',
      args: ['--replace', 'OLD', '--stage', 'add', '--config', 'taken.cfg'],
      code: 'device/name-in-use',
      status: 5,
    },
    {
      name: 'a removal of what is used',
      args: ['--trustpoint', 'OLD', '--action', 'remove', '--config', 'r1.cfg'],
      code: 'device/in-use',
      status: 5,
    },
    { name: 'no configuration', args: ['--config', 'letter.txt'], code: 'input/unrecognised', status: 3 },
    { name: 'no file', args: ['--config', 'absent.cfg'], code: 'input/not-found', status: 3 },
    { name: 'a folder', args: ['--config', '.'], code: 'input/not-readable', status: 3 },
    { name: 'a stage without a replacement', args: ['--stage', 'add'], code: 'usage/conflict', status: 2 },
    { name: 'all stages as text', args: ['--replace', 'OLD'], code: 'usage/missing-argument', status: 2 },
    { name: 'another stage', args: ['--replace', 'OLD', '--stage', 'verify'], code: 'usage/', status: 2 },
    {
      name: 'a removal in stages',
      args: ['--replace', 'OLD', '--action', 'remove', '--json'],
      code: 'usage/conflict',
      status: 2,
    },
    {
      name: 'putting back what was removed',
      args: ['--replace', 'OLD', '--action', 'rollback', '--stage', 'remove'],
      code: 'usage/bad-value',
      status: 2,
    },
    { name: 'one name for both', args: ['--replace', 'NEW', '--json'], code: 'usage/conflict', status: 2 },
    {
      name: 'a built-in trustpoint',
      args: ['--replace', 'TP-self-signed-1', '--json'],
      code: 'device/bad-name',
      status: 2,
    },
  ])('$name: $status', async ({ args, code, status }) => {
    const named = args.map((arg, index) => (args[index - 1] === '--config' ? at(arg) : arg));
    const given = named.includes('--trustpoint')
      ? ['snippet', at('old.pem'), '--platform', 'ios', ...named]
      : ['snippet', at('root.pem'), '--platform', 'ios', '--trustpoint', 'NEW', ...named];
    const call = await anchorctl(given);
    expect([call.status, call.stdout]).toEqual([status, '']);
    expect(call.stderr).toContain(code);
  });

  test('standard input cannot be two things', async () => {
    const call = await anchorctl(['snippet', '-', '--platform', 'ios', '--trustpoint', 'NEW', '--config', '-'], {
      stdin: root.pem,
    });
    expect([call.status, call.stdout]).toEqual([2, '']);
  });

  test('what is there already needs no block, and no file', async () => {
    const { status, stdout, stderr } = await snippet(['--config', at('done.cfg'), '--out', at('nothing.txt')]);
    expect([status, stdout, existsSync(at('nothing.txt'))]).toEqual([0, '', false]);
    expect(stderr).toContain('[device/already-installed]');
  });

  test('a configuration without trustpoints speaks against nothing', async () => {
    const { status, stdout } = await snippet(['--config', at('bare.cfg')]);
    expect([status, stdout]).toEqual([0, (await snippet([])).stdout]);
  });

  test('a built-in trustpoint is removed only with --force', async () => {
    const remove = (...more: readonly string[]) =>
      anchorctl([
        ...['snippet', at('root.pem'), '--platform', 'ios', '--trustpoint', 'SLA-TrustPoint'],
        ...['--action', 'remove', ...more],
      ]);
    expect((await remove()).status).toBe(2);
    const forced = await remove('--force');
    expect([forced.status, forced.stdout]).toEqual([
      0,
      'configure terminal\nno crypto pki trustpoint SLA-TrustPoint\nyes\nend\nwrite memory\n',
    ]);
  });
});
