import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSplit } from '../../src/cli/exports.ts';
import { decodePem } from '../../src/encoding/pem.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { NO_SYMLINKS } from '../support/platform.ts';

const root = issue({ subject: 'CN=Root' });
const renewed = issue({ subject: 'CN=Root' });
const shouted = issue({ subject: 'CN=ROOT' });

let folder: string;
let fresh = 0;
const nextFolder = () => join(folder, String(fresh++));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-split-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function split(pems: readonly string[], to: string, ...options: readonly string[]) {
  return anchorctl(['inspect', '-', '--split', to, ...options], { stdin: pems.join('') });
}

const contentOf = (path: string) => Buffer.from(decodePem(readFileSync(path))[0]?.der ?? []);

test('each certificate once, under its name and fingerprint, however often it stands there', async () => {
  const to = nextFolder();
  const { status, stdout } = await split([root.pem, renewed.pem, shouted.pem, root.pem], to);
  expect(status).toBe(0);
  const paths = stdout.trimEnd().split('\n');
  expect(paths).toEqual(
    [root, renewed, shouted].map(({ certificate }) => join(to, `root-${certificate.sha256.slice(0, 8)}.pem`)),
  );
  expect(paths.map(contentOf)).toEqual([root, renewed, shouted].map(({ der }) => Buffer.from(der)));
  expect(readdirSync(to)).toHaveLength(3);
});

test('names that fingerprints of eight digits do not tell apart get more digits', async () => {
  const { certificate } = root;
  const twin = (digits: string): Certificate =>
    Object.defineProperty(certificate.withBytes(certificate.der), 'sha256', {
      value: certificate.sha256.slice(0, 8) + digits.repeat(28),
    });
  const to = nextFolder();
  await writeSplit([certificate, twin('ab'), twin('cd')], to, false, {
    interruptible: (work) => work(new AbortController().signal),
  });
  expect(readdirSync(to).toSorted()).toEqual(
    [
      `root-${certificate.sha256.slice(0, 8)}.pem`,
      `root-${certificate.sha256.slice(0, 8)}abababab.pem`,
      `root-${certificate.sha256.slice(0, 8)}cdcdcdcd.pem`,
    ].toSorted(),
  );
});

describe('no subject makes a name that does harm', () => {
  /** What some file system does not take, keeps for itself, or takes for another name. */
  const isSafe = (name: string) =>
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-[0-9a-f]{8}\.pem$/.test(name) && name.length <= 128;

  test.each([
    ...[
      'CON',
      'NUL',
      'con.pem',
      'COM1',
      'LPT9.',
      'aux ',
      'trailing. ',
      '.hidden',
      '-rf',
      '~',
      '$HOME',
      '`id`',
      '%PATH%',
    ],
    ...['../../etc/passwd', '..\\..\\x', 'C:\\x', '\\\\server\\share', 'a/b', 'a:b', 'a*?<>|"b', 'a\u0000b', 'a\nb'],
    ...[
      '\u202efdp.exe',
      '\u001b[2J',
      '\u200b',
      '',
      ' ',
      '証明書',
      'İstanbul',
      'ﬁle',
      'x'.repeat(10_000),
      '🔒'.repeat(3000),
    ],
  ])('%j', async (name) => {
    const to = nextFolder();
    const one = issue({ subject: `CN=${name.replaceAll(',', ';')}` });
    expect((await split([one.pem], to)).status).toBe(0);
    const names = readdirSync(to);
    expect(names.map(isSafe)).toEqual([true]);
    expect(contentOf(join(to, names[0] ?? ''))).toEqual(Buffer.from(one.der));
  });

  test('whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (name) => {
        const to = nextFolder();
        const { status } = await split([issue({ subject: `CN=${name.replaceAll(',', ';')}` }).pem], to);
        expect([status, readdirSync(to).map(isSafe)]).toEqual([0, [true]]);
      }),
      { numRuns: process.env.SLOW === undefined ? 40 : 2000 },
    );
  });
});

describe('a file that is there', () => {
  const nameOf = ({ certificate }: typeof root) => `root-${certificate.sha256.slice(0, 8)}.pem`;

  test('stays as it is, and nothing else is written', async () => {
    const to = nextFolder();
    mkdirSync(to);
    writeFileSync(join(to, nameOf(renewed)), 'mine');
    const { status, stdout, stderr } = await split([root.pem, renewed.pem], to);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`[output/exists] at ${join(to, nameOf(renewed))}`);
    expect(readdirSync(to)).toEqual([nameOf(renewed)]);
    expect(readFileSync(join(to, nameOf(renewed)), 'utf8')).toBe('mine');
  });

  test('is replaced with --force', async () => {
    const to = nextFolder();
    mkdirSync(to);
    writeFileSync(join(to, nameOf(renewed)), 'mine');
    expect((await split([root.pem, renewed.pem], to, '--force')).status).toBe(0);
    expect(readdirSync(to).toSorted()).toEqual([nameOf(root), nameOf(renewed)].toSorted());
    expect(contentOf(join(to, nameOf(renewed)))).toEqual(Buffer.from(renewed.der));
  });

  test.skipIf(NO_SYMLINKS)('behind two of the names is not written twice', async () => {
    const to = nextFolder();
    mkdirSync(to);
    writeFileSync(join(to, 'one'), 'mine');
    for (const one of [root, renewed]) symlinkSync('one', join(to, nameOf(one)));
    const { status, stdout, stderr } = await split([root.pem, renewed.pem], to, '--force');
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining('[usage/conflict]')]);
    expect(readFileSync(join(to, 'one'), 'utf8')).toBe('mine');
  });

  test('in the place of a folder for one of them takes back those that were written', async () => {
    const to = nextFolder();
    mkdirSync(join(to, nameOf(renewed)), { recursive: true });
    const { status } = await split([root.pem, renewed.pem], to, '--force');
    expect(status).not.toBe(0);
    expect(readdirSync(to)).toEqual([nameOf(renewed)]);
  });

  test('in the place of the folder is named', async () => {
    const to = nextFolder();
    writeFileSync(to, '');
    const { status, stderr } = await split([root.pem], to);
    expect([status, stderr]).toEqual([6, expect.stringContaining('a file stands where a folder is needed')]);
  });
});

test('without any certificate no folder is made', async () => {
  const to = nextFolder();
  expect((await split(['nothing'], to)).status).toBe(3);
  expect(existsSync(to)).toBe(false);
});

describe('keys', () => {
  const key = root.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const secret = key.split('\n')[1] ?? '';

  test.each([
    ['--pem', [], key + root.pem],
    ['--der', [], key + root.pem],
    ['text', [], key + root.pem],
    ['--json', ['--json'], root.pem + key],
    ['a damaged block of one', [], `${root.pem}${key.replace('-----END', '----END')}`],
    ['one in a string', [], `${root.pem}"key": "${key.replaceAll('\n', '\\n')}"\n`],
  ])('of an input are in no output: %s', async (name, more, stdin) => {
    const option = name.startsWith('--') && name !== '--json' ? [name] : [];
    const { stdout, stderr } = await anchorctl(['inspect', '-', ...option, ...more], { stdin });
    expect(stdout.length).toBeGreaterThan(0);
    for (const text of [stdout, Buffer.from(stdout, 'latin1').toString('base64'), stderr]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain('PRIVATE KEY');
    }
  });

  test('are in no file of --split either', async () => {
    const to = nextFolder();
    await split([key, root.pem, key], to);
    const files = readdirSync(to).map((name) => readFileSync(join(to, name), 'utf8'));
    expect(files).toEqual([root.pem]);
  });
});

test.each([
  ['', 'the path is empty'],
  ['-', 'a folder was expected, found -'],
])('%j is no folder', async (to, expected) => {
  const { status, stderr } = await split([root.pem], to, '--force');
  expect([status, stderr]).toEqual([2, expect.stringContaining(expected)]);
});

test.each([['--pem'], ['--der'], ['--split', 'never-made']])('%s is no form of lines', async (...option) => {
  const { status, stdout, stderr } = await anchorctl(['inspect', '-', '--format', 'ndjson', ...option], {
    stdin: root.pem,
  });
  expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining('[usage/conflict]')]);
});
