/** Paths, names and line ends as they are on Windows. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thisHost } from '../../src/io/host.ts';
import { acquireLock } from '../../src/io/lock.ts';
import { alpha, fresh, StoreFolder } from '../cli/keystore-store.ts';
import { PASSWORD } from '../store/builders.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl, type Call } from '../support/cli.ts';

let at: StoreFolder;
let input = '';
beforeEach(() => {
  at = new StoreFolder();
  input = at.write('new.pem', fresh.pem);
});
afterEach(() => at.remove());

const EXPECTED = ['--expect-sha256', fresh.certificate.sha256];
const withSlashes = (path: string) => path.replaceAll('\\', '/');
const call = (...argv: readonly string[]): Promise<Call> => anchorctl(argv, { env: { ANCHORCTL_STOREPASS: PASSWORD } });

describe('a path with a drive letter', () => {
  test('is taken with backslashes, as it stands', async () => {
    expect(at.store).toMatch(/^[A-Z]:\\/);
    const { status, json } = await at.keystore(['add', at.store, input, ...EXPECTED, '--json']);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({ store: { path: at.store, type: 'jks' }, backup: `${at.store}.20261101T000000Z.bak` }),
    ]);
  });

  test('is taken with slashes', async () => {
    const { status } = await at.keystore(['add', withSlashes(at.store), withSlashes(input), ...EXPECTED]);
    expect([status, at.entries().length]).toEqual([0, 5]);
  });

  test('is taken in any letter case: it is one file with one lock', async () => {
    const lock = await acquireLock(at.path('TG.JKS'));
    expect(lock.path).toBe(at.store);
    const impatient = { ...thisHost, sleep: async () => {} };
    await expect(acquireLock(at.store, { host: impatient })).rejects.toMatchObject({ code: 'file/locked' });
    lock.release();
  });

  test.each(['*.pem', '{new,no}.pem', '**\\*.pem'])('is a glob with %s after it', async (pattern) => {
    const { status, json } = await call('inspect', at.path(pattern), '--json');
    expect([status, json()]).toEqual([0, expect.objectContaining({ inputs: [expect.objectContaining({ input })] })]);
  });

  test('of a run is in its runbook as one can type it, and leads back', async () => {
    const out = at.path('run 1');
    const before = at.bytes();
    const { status } = await call('rotate', input, '--keystore', at.store, '--out', out, '--yes', ...EXPECTED);
    expect([status, at.entries().length]).toEqual([0, 5]);
    const runbook = readFileSync(`${out}\\runbook.md`, 'utf8');
    expect(runbook).toContain(`\`anchorctl rollback "${out}"\``);
    expect(runbook).toContain(`\`keytool -list -v -storetype jks -keystore ${at.store} -alias `);
    expect((await call('rollback', out, '--yes')).status).toBe(0);
    expect(at.bytes()).toEqual(before);
  });
});

test('a keystore with the read-only attribute is refused and stays', async () => {
  const before = at.snapshot();
  chmodSync(at.store, 0o444);
  const { status, stderr } = await at.keystore(['add', at.store, input, ...EXPECTED]);
  expect([status, stderr]).toEqual([6, expect.stringContaining('[file/cannot-write]')]);
  expect(at.snapshot()).toEqual(before);
  chmodSync(at.store, 0o666);
});

describe('lines that end in CR LF', () => {
  const crlf = (text: string) => text.replaceAll('\n', '\r\n');

  test('are read in certificates, digests and passwords', async () => {
    const argv = [
      ...['keystore', 'add', at.store, at.write('crlf.pem', crlf(fresh.pem))],
      ...['--expect-sha256', `@${at.write('digests.txt', crlf(`${fresh.certificate.sha256}\n`))}`],
      ...['--storepass-file', at.write('password.txt', crlf(`${PASSWORD}\n`))],
    ];
    const { status, stderr } = await anchorctl(argv);
    expect([status, stderr, at.entries().length]).toEqual([0, '', 5]);
  });

  test('stay in a PEM bundle as they were', async () => {
    const bundle = at.write('roots.pem', crlf(alpha.pem));
    expect((await call('keystore', 'add', bundle, input, ...EXPECTED)).status).toBe(0);
    expect(readFileSync(bundle, 'utf8').startsWith(crlf(alpha.pem))).toBe(true);
  });
});

describe('names that Windows keeps for devices, or cannot have', () => {
  test.each(['NUL', 'CON', 'COM1'])('%s is no input', async (name) => {
    expect((await call('inspect', name)).status).toBe(3);
  });

  const NAMES = ['CON', 'nul', 'AUX.txt', 'COM1', 'root.', 'root ', 'a:b', 'what?', 'x*<>|"y'];

  test('in subjects and archives become harmless file names', async () => {
    const certificates = NAMES.map((name) => issue({ subject: `CN=${name.replace(/["<>]/g, '\\$&')}` }));
    // A colon after one letter is refused in an archive: it could be a drive.
    const members = Object.fromEntries(
      certificates.map(({ pem }, index) => [`${NAMES[index]?.replace(':', '')}.pem`, strToU8(pem)]),
    );
    const archive = at.write('roots.zip', zipSync(members));
    const folder = at.path('split');
    const { status, stderr } = await call('inspect', archive, '--split', folder);
    expect([status, stderr]).toEqual([0, '']);
    const names = readdirSync(folder);
    expect(names).toHaveLength(NAMES.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9-]*[a-z0-9]-[0-9a-f]{8}\.pem$/);
  });

  test('as a trustpoint stand inside a longer name', async () => {
    mkdirSync(at.path('blocks'));
    const argv = ['snippet', input, '--platform', 'ios-xe', '--trustpoint', 'CON', '--out', at.path('blocks')];
    expect((await anchorctl(argv)).status).toBe(0);
    expect(existsSync(at.path('blocks\\ios-xe-CON.install.txt'))).toBe(true);
  });
});
