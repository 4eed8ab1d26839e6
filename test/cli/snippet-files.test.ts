/** `snippet` for platforms that load a file: what goes where, and that nothing is overwritten or left behind by halves. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

const root = issue({ subject: 'CN=Own Root' });
const sub = issue({ subject: 'CN=Own Sub', issuer: root });

let folder = '';
const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-files-'));
  writeFileSync(at('root.pem'), root.pem);
  writeFileSync(at('chain.pem'), root.pem + sub.pem);
  mkdirSync(at('out'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const snippet = (platform: string, ...more: readonly string[]) =>
  anchorctl(['snippet', at('chain.pem'), '--chain', '--platform', platform, '--trustpoint', 'NEW', ...more]);

describe('without --out', () => {
  test('stdout is the block alone, and stderr says which files it loads and how to get them', async () => {
    const { status, stdout, stderr } = await snippet('junos');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^# needs junos-NEW-CA1\.pem in your home folder\n[\s\S]*\nyes\n$/);
    expect(stdout).not.toContain('BEGIN CERTIFICATE');
    expect(stderr).toMatch(/junos-NEW-CA1\.pem, junos-NEW\.pem.*\[device\/file-needed\]/);
    expect(stderr).toContain('--out FOLDER');
    expect(readdirSync(at('out'))).toEqual([]);
  });

  test('as JSON the files are in the document', async () => {
    const document = JSON.parse((await snippet('junos', '--json')).stdout);
    expect(document.blocks).toEqual([
      expect.objectContaining({
        files: [
          { name: 'junos-NEW-CA1.pem', text: root.pem },
          { name: 'junos-NEW.pem', text: sub.pem },
        ],
      }),
    ]);
    expect(document.findings).toContainEqual(
      expect.objectContaining({ code: 'device/file-needed', severity: 'warning', source: null }),
    );
  });

  test('aos-cx: stderr says how to end the paste', async () => {
    const args = ['snippet', at('root.pem'), '--platform', 'aos-cx', '--trustpoint', 'NEW'];
    const { status, stdout, stderr } = await anchorctl(args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\n-----END CERTIFICATE-----\n$/);
    expect(stderr).toMatch(/press Enter, then Ctrl-D.*answer y/);
    expect(stderr).toContain('write memory');
  });
});

describe('--out', () => {
  test.each(['out', 'out/', 'made/on/the/way/'])('the folder %s gets the block and what it loads', async (name) => {
    const { status, stdout } = await snippet('junos', '--out', at(name));
    expect([status, stdout]).toEqual([0, '']);
    expect(readdirSync(at(name)).sort()).toEqual(['junos-NEW-CA1.pem', 'junos-NEW.install.txt', 'junos-NEW.pem']);
    expect([read(`${name}/junos-NEW-CA1.pem`), read(`${name}/junos-NEW.pem`)]).toEqual([root.pem, sub.pem]);
    expect(read(`${name}/junos-NEW.install.txt`)).toBe((await snippet('junos')).stdout);
  });

  test('beside a block in a file of its own name', async () => {
    expect((await snippet('comware', '--out', at('out/block.txt'))).status).toBe(0);
    expect(readdirSync(at('out')).sort()).toEqual(['block.txt', 'comware-NEW.pem']);
    expect(read('out/comware-NEW.pem')).toBe(sub.pem + root.pem);
  });

  test('a removal is the block alone', async () => {
    expect((await snippet('junos', '--action', 'remove', '--out', at('out'))).status).toBe(0);
    expect(readdirSync(at('out'))).toEqual(['junos-NEW.remove.txt']);
  });

  test.each(['junos-NEW.pem', 'junos-NEW.install.txt'])(
    'writes nothing where %s is there, but with --force',
    async (name) => {
      writeFileSync(at(`out/${name}`), 'kept');
      const { status, stdout, stderr } = await snippet('junos', '--out', at('out'));
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/output\/exists/);
      expect(stderr).toContain(name);
      expect([readdirSync(at('out')), read(`out/${name}`)]).toEqual([[name], 'kept']);
      expect((await snippet('junos', '--out', at('out'), '--force')).status).toBe(0);
      expect(readdirSync(at('out'))).toHaveLength(3);
      expect(read(`out/${name}`)).not.toBe('kept');
    },
  );

  test('is refused where the block would have the name of what it loads', async () => {
    const { status, stderr } = await snippet('junos', '--out', at('out/JUNOS-new.pem'));
    expect([status, stderr]).toEqual([2, expect.stringContaining('[usage/conflict]')]);
    expect(readdirSync(at('out'))).toEqual([]);
  });

  test('takes away what it made where the block cannot be written', async () => {
    const out = at(`out/${'x'.repeat(300)}`);
    const { status, stderr } = await snippet('junos', '--out', out);
    expect([status, stderr]).toEqual([6, expect.stringContaining('file/cannot-write')]);
    expect(readdirSync(at('out'))).toEqual([]);
  });
});

describe('rotate', () => {
  const rotate = (...devices: readonly string[]) =>
    anchorctl([
      ...['rotate', at('chain.pem'), '--out', at('run'), '--expect-sha256', root.certificate.sha256],
      ...devices.flatMap((device) => ['--device', device]),
    ]);

  test('writes what the blocks load beside them, and the runbook says where it goes', async () => {
    const { status, stdout } = await rotate('junos:NEW', 'vrp:NEW', 'ios-xe:NEW');
    expect(status).toBe(0);
    expect(readdirSync(at('run/devices')).filter((name) => name.endsWith('.pem'))).toEqual([
      'junos-NEW-CA1.pem',
      'junos-NEW.pem',
      'vrp-NEW-CA1.pem',
      'vrp-NEW.pem',
    ]);
    expect([read('run/devices/junos-NEW-CA1.pem'), read('run/devices/vrp-NEW.pem')]).toEqual([root.pem, sub.pem]);
    expect(stdout).toContain('run/devices/junos-NEW.pem');
    expect(stdout).toContain('Copy what the install blocks load to the devices.');
    const runbook = read('run/runbook.md');
    expect(runbook).toContain('Copy `devices/junos-NEW.pem` under the same name into your home folder on the device.');
    expect(runbook).toContain('At the prompt of the operational mode, paste `devices/junos-NEW.install.txt` whole.');
    expect(runbook).toContain('Check the clock: `display clock`.');
    expect(runbook).toContain('At the privileged exec prompt, paste `devices/ios-xe-NEW.install.txt` whole.');
    expect(runbook.match(/devices\/junos-NEW\.pem/g)).toHaveLength(1);
    expect(runbook).toContain('whether VRP takes intermediate CAs');
    expect(JSON.parse(read('run/plan.json')).devices).toContainEqual(
      expect.objectContaining({ platform: 'junos', files: ['junos-NEW-CA1.pem', 'junos-NEW.pem'] }),
    );
    expect((await rotate('junos:NEW', 'vrp:NEW', 'ios-xe:NEW')).stdout).toContain('already');
  });

  test('the runbook says what is left to do by hand', async () => {
    const { status } = await anchorctl([
      ...['rotate', at('root.pem'), '--out', at('run'), '--expect-sha256', root.certificate.sha256],
      ...['--device', 'aos-cx:NEW'],
    ]);
    expect(status).toBe(0);
    const runbook = read('run/runbook.md');
    expect(runbook).toMatch(
      /It ends unfinished\.\n3\. Finish by hand: `the block ends inside the paste: press Enter, then/,
    );
    expect(runbook).not.toContain('Know before');
  });

  test.each([
    { name: 'a chain where one CA is taken at a time', devices: ['aos-cx:NEW'], code: 'usage/too-many-certificates' },
    { name: 'two devices with one file', devices: ['junos:NEW', 'junos:NEW-CA1'], code: 'usage/conflict' },
    { name: 'a name that the device does not take', devices: ['comware:a.b'], code: 'device/bad-name' },
  ])('refuses $name', async ({ devices, code }) => {
    const { status, stderr } = await rotate(...devices);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`[${code}]`)]);
    expect(existsSync(at('run'))).toBe(false);
  });
});
