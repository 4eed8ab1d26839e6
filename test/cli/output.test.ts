/** The names of files and folders that a call is to write: what is refused before anything is written. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeOutputs } from '../../src/cli/output.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { NO_SYMLINKS } from '../support/platform.ts';

const root = issue({ subject: 'CN=Own Root' });
const expected = ['--expect-sha256', root.certificate.sha256];

let folder = '';
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-output-'));
  writeFileSync(at('root.pem'), root.pem);
});
afterEach(() => rmSync(folder, { recursive: true }));

const snippet = (...more: readonly string[]) => [
  ...['snippet', at('root.pem'), '--platform', 'ios', '--trustpoint', 'NEW'],
  ...more,
];

describe('a hyphen is a stream elsewhere, and no name for what a call writes', () => {
  const cases: readonly (readonly [name: string, argv: () => readonly string[], what: string, hint: string])[] = [
    [
      'rotate',
      () => ['rotate', at('root.pem'), '--device', 'ios:NEW', ...expected, '--out', '-'],
      'a folder',
      'the run leaves its blocks, backups, journal and runbook there; a folder of that name is ./-',
    ],
    [
      'snippet in stages',
      () => snippet('--replace', 'OLD', '--out', '-'),
      'a folder',
      'without --out a block goes to standard output; a folder of that name is ./-',
    ],
    [
      'inspect --split',
      () => ['inspect', at('root.pem'), '--split', '-'],
      'a folder',
      'write --pem for standard output; a folder of that name is ./-',
    ],
    [
      'snippet',
      () => snippet('--out', '-'),
      'a file',
      'the answer goes to standard output without the option; a file of that name is ./-',
    ],
    [
      'check',
      () => ['check', at('root.pem'), '--output', 'json=-'],
      'a file',
      'the answer goes to standard output without the option; a file of that name is ./-',
    ],
    [
      'catalog update',
      () => ['catalog', 'update', '--from', at('root.pem'), '--at', '2026-10-20', '--yes', '--out', '-'],
      'a file',
      'a catalog is never written to standard output; a file of that name is ./-',
    ],
  ];
  test.each(cases)('%s', async (_name, argv, what, hint) => {
    const { status, stdout, stderr } = await anchorctl([...argv()]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${what} was expected, found - [usage/bad-value]`);
    expect(stderr).toContain(`hint: ${hint}\n`);
    expect([existsSync('-'), readdirSync(folder)]).toEqual([false, ['root.pem']]);
  });
});

test('the empty name of a run folder is refused before anything is read', async () => {
  const { status, stderr } = await anchorctl(['rotate', at('absent.pem'), '--device', 'ios:NEW', '--out', '']);
  expect([status, stderr]).toEqual([2, expect.stringContaining('the path is empty [usage/bad-value]')]);
});

test.each([
  ['repair', ['repair', join(import.meta.dirname, '../../fixtures/demo/guide.txt'), '--out', 'FOLDER']],
  ['snippet', ['snippet', 'ROOT', '--platform', 'ios', '--trustpoint', 'NEW', '--out', 'PARENT']],
  ['inspect --split', ['inspect', 'IDENTRUST', '--split', 'PARENT']],
  ['check', ['check', 'ROOT', '--at', '2026-11-20', '--output', 'json=FOLDER']],
  ['catalog update', ['catalog', 'update', '--from', 'ROOT', '--at', '2026-10-20', '--yes', '--out', 'FOLDER']],
])('a folder in the place of a file to be written is refused, --force or not: %s', async (_name, argv) => {
  const identrust = join(import.meta.dirname, '../../fixtures/certificates/identrust-commercial-root-ca-1.pem');
  const [parent, name] = [
    at('blocks'),
    argv.includes('snippet') ? 'ios-NEW.install.txt' : 'identrust-commercial-root-ca-1-5d56499b.pem',
  ];
  mkdirSync(join(parent, name), { recursive: true });
  const words = argv.map((word) =>
    word
      .replace('FOLDER', join(parent, name))
      .replace('PARENT', parent)
      .replace('ROOT', at('root.pem'))
      .replace('IDENTRUST', identrust),
  );
  for (const force of [[], ['--force']]) {
    const { status, stdout, stderr } = await anchorctl([...words, ...force]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`there is a folder of that name [output/exists] at ${join(parent, name)}\n`);
    expect(stderr).toContain('hint: name a file in it\n');
    expect(readdirSync(parent)).toEqual([name]);
  }
});

describe.skipIf(NO_SYMLINKS)('a symbolic link in the place of a file to be written', () => {
  const calls: readonly (readonly [name: string, argv: readonly string[]])[] = [
    ['repair', ['repair', 'QUOVADIS', '--out', 'LINK']],
    ['snippet', ['snippet', 'ROOT', '--platform', 'ios', '--trustpoint', 'NEW', '--out', 'LINK']],
    ['check', ['check', 'ROOT', '--at', '2026-11-20', '--output', 'json=LINK']],
    ['keystore create', ['keystore', 'create', 'LINK', 'ROOT', '--type', 'pem', '--yes', ...expected]],
    ['catalog update', ['catalog', 'update', '--from', 'ROOT', '--at', '2026-10-20', '--yes', '--out', 'LINK']],
  ];
  const call = (argv: readonly string[], ...more: readonly string[]) =>
    anchorctl([
      ...argv.map((word) =>
        word
          .replace('LINK', at('link'))
          .replace('ROOT', at('root.pem'))
          .replace('QUOVADIS', join(import.meta.dirname, '../../fixtures/demo/guide.txt')),
      ),
      ...more,
    ]);

  test.each(calls)('that leads nowhere: %s', async (_name, argv) => {
    symlinkSync('gone/\u001b[2Jfile', at('link'));
    for (const force of [[], ['--force']]) {
      const { status, stdout, stderr } = await call(argv, ...force);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toContain(
        `a symbolic link of that name, to "gone/\\u{1b}[2Jfile", leads nowhere [output/exists] at ${at('link')}`,
      );
      expect(stderr).toContain('hint: remove the link, or name the file that it should lead to\n');
      expect(readdirSync(folder).sort()).toEqual(['link', 'root.pem']);
    }
  });

  test.each(calls)('that leads to a file: --force replaces what it leads to: %s', async (_name, argv) => {
    writeFileSync(at('file'), '# nothing\n');
    symlinkSync('file', at('link'));
    expect((await call(argv)).stderr).toContain('there is a file of that name already [output/exists]');
    const { stderr } = await call(argv, '--force');
    expect(stderr).not.toContain('anchorctl: hint');
    expect(readlinkSync(at('link'))).toBe('file');
    expect(readFileSync(at('file'), 'utf8')).not.toBe('# nothing\n');
  });
});

test('where one of several files cannot be written, the others are as they were', async () => {
  writeFileSync(at('first.txt'), 'mine');
  const outputs = ['first.txt', 'second.txt', 'root.pem/third.txt', 'fourth.txt'].map((name) => ({
    path: at(name),
    text: 'new',
  }));
  const io = { interruptible: <T>(work: (signal: AbortSignal) => Promise<T>) => work(new AbortController().signal) };
  await expect(writeOutputs(outputs, true, io)).rejects.toMatchObject({ code: 'file/cannot-write' });
  expect(readFileSync(at('first.txt'), 'utf8')).toBe('mine');
  expect(readdirSync(folder).toSorted()).toEqual(['first.txt', 'root.pem']);
});

test('where one of several files cannot be written, no folder is left that was made for another', async () => {
  mkdirSync(at('there'));
  const outputs = ['there/one/first.txt', 'there/one/two/second.txt', 'three/third.txt', 'root.pem/fourth.txt'];
  const io = { interruptible: <T>(work: (signal: AbortSignal) => Promise<T>) => work(new AbortController().signal) };
  await expect(
    writeOutputs(
      outputs.map((name) => ({ path: at(name), text: 'new' })),
      false,
      io,
    ),
  ).rejects.toMatchObject({ code: 'file/cannot-write', message: expect.not.stringContaining('left behind') });
  expect(readdirSync(folder).toSorted()).toEqual(['root.pem', 'there']);
  expect(readdirSync(at('there'))).toEqual([]);
});
