import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { walkInputs } from '../../src/io/walk.ts';
import { temporaryFolder } from '../rotation/run-fixture.ts';
import { NO_CONTROL_CHARACTERS_IN_NAMES, NO_PIPES_AND_DEVICES, NO_SYMLINKS } from '../support/platform.ts';
import { processorTime } from '../support/processor-time.ts';

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => root.remove());

const at = (name: string) => join(root.path, name);

function make(...names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), '');
  }
}

/** The paths found, relative to the temporary folder, with slashes on every system. */
async function walk(argument: string): Promise<string[]> {
  const { files, problems } = await walkInputs(at(argument));
  expect(problems).toEqual([]);
  return files.map(({ path }) => path.slice(root.path.length + 1).replaceAll(sep, '/'));
}

describe('a path', () => {
  test('of a file is that file, named by the user', async () => {
    make('a.pem');
    expect(await walkInputs(at('a.pem'))).toEqual({
      files: [{ path: at('a.pem'), isFromFolder: false, isRegular: false }],
      problems: [],
    });
  });

  test('that exists is no glob, whatever its characters', async () => {
    make('a[1].pem', 'a1.pem', '{x}/b.pem');
    expect(await walk('a[1].pem')).toEqual(['a[1].pem']);
    expect(await walk('{x}')).toEqual(['{x}/b.pem']);
  });

  test.each(['no.pem', 'no/a.pem'])('%s that does not exist is refused', async (name) => {
    await expect(walkInputs(at(name))).rejects.toMatchObject({
      code: 'input/not-found',
      at: { source: at(name) },
      hint: expect.any(String),
    });
  });

  test('through a file is refused', async () => {
    make('a.pem');
    await expect(walkInputs(at('a.pem/b'))).rejects.toMatchObject({ code: 'input/not-found' });
  });
});

describe('a folder', () => {
  test('gives every file below it, sorted, hidden ones too', async () => {
    make('in/b/2.pem', 'in/b/10.pem', 'in/a.pem', 'in/c/d/e/f.pem', 'in/.hidden/x', 'in/B.pem', 'out.pem');
    expect(await walk('in')).toEqual([
      'in/.hidden/x',
      'in/B.pem',
      'in/a.pem',
      'in/b/10.pem',
      'in/b/2.pem',
      'in/c/d/e/f.pem',
    ]);
    expect((await walkInputs(at('in'))).files.every(({ isFromFolder }) => isFromFolder)).toBe(true);
  });

  test('that is empty, or holds only folders, is refused', async () => {
    mkdirSync(at('in/a/b'), { recursive: true });
    await expect(walkInputs(at('in'))).rejects.toMatchObject({
      code: 'input/no-match',
      exitStatus: 3,
      hint: expect.any(String),
    });
  });

  test.skipIf(NO_SYMLINKS)('follows symbolic links, and ends where they go in circles', async () => {
    make('in/a/1.pem', 'elsewhere/2.pem');
    symlinkSync('..', at('in/a/up'));
    symlinkSync('.', at('in/self'));
    symlinkSync('../elsewhere', at('in/link'));
    symlinkSync('../elsewhere/2.pem', at('in/two'));
    expect(await walk('in')).toEqual(['in/a/1.pem', 'in/link/2.pem', 'in/two']);
  });

  test.skipIf(NO_PIPES_AND_DEVICES)('passes pipes over', async () => {
    make('in/a.pem');
    spawnSync('mkfifo', [at('in/pipe')]);
    expect(await walk('in')).toEqual(['in/a.pem']);
  });

  test.skipIf(NO_SYMLINKS)('reports what cannot be read, beside what can', async () => {
    make('in/a.pem');
    symlinkSync('nowhere', at('in/dangling'));
    symlinkSync('circle', at('in/circle'));
    const { files, problems } = await walkInputs(at('in'));
    expect(files.map(({ path }) => path)).toEqual([at('in/a.pem')]);
    expect(problems.map(({ code, at: position }) => [code, position?.source])).toEqual([
      ['input/not-readable', at('in/circle')],
      ['input/not-found', at('in/dangling')],
    ]);
  });

  test.skipIf(NO_CONTROL_CHARACTERS_IN_NAMES)('a name that is no UTF-8 is a problem beside the others', async () => {
    make('in/a.pem', 'in/\ufffd.pem');
    const latin1 = (name: string) => Buffer.concat([Buffer.from(at('in/')), Buffer.from(name, 'latin1')]);
    writeFileSync(latin1('r\u00e4t.pem'), '');
    mkdirSync(latin1('\u00e4'));
    for (const argument of ['in', 'in/*']) {
      const { files, problems } = await walkInputs(at(argument));
      expect(files.map(({ path }) => path)).toEqual([at('in/a.pem'), at('in/\ufffd.pem')]);
      expect(problems.map(({ code, message, at: position }) => [code, message, position?.source])).toEqual([
        ['input/not-readable', 'the name of the file is not UTF-8', at('in/r\ufffdt.pem')],
        ['input/not-readable', 'the name of the file is not UTF-8', at('in/\ufffd')],
      ]);
    }
  });

  test.skipIf(NO_SYMLINKS)('with nothing but what cannot be read gives its problems', async () => {
    mkdirSync(at('in'));
    symlinkSync('nowhere', at('in/dangling'));
    expect(await walkInputs(at('in'))).toMatchObject({ files: [], problems: [{ code: 'input/not-found' }] });
  });
});

describe('a glob', () => {
  beforeEach(() => make('a.pem', 'b.cer', '.c.pem', 'd/a.pem', 'd/e/a.pem', 'd/.f/a.pem', '!x/a.pem'));

  test.each([
    { pattern: '*.pem', found: ['a.pem'] },
    { pattern: '*.{pem,cer}', found: ['a.pem', 'b.cer'] },
    { pattern: '[ab].*', found: ['a.pem', 'b.cer'] },
    { pattern: '?.cer', found: ['b.cer'] },
    { pattern: '.*.pem', found: ['.c.pem'] },
    { pattern: '**/*.pem', found: ['!x/a.pem', 'a.pem', 'd/a.pem', 'd/e/a.pem'] },
    { pattern: '*/a.pem', found: ['!x/a.pem', 'd/a.pem'] },
    { pattern: 'd/{.f,e}/*', found: ['d/.f/a.pem', 'd/e/a.pem'] },
    { pattern: '{d/e,!x}/*.pem', found: ['!x/a.pem', 'd/e/a.pem'] },
    { pattern: '@(a|z).pem', found: ['a.pem'] },
    { pattern: '!x/*', found: ['!x/a.pem'] },
    { pattern: 'd*', found: ['d/.f/a.pem', 'd/a.pem', 'd/e/a.pem'] },
  ])('$pattern', async ({ pattern, found }) => {
    expect(await walk(pattern)).toEqual(found);
  });

  test('names files as the user would; those in a folder that it matches are found there', async () => {
    const { files } = await walkInputs(at('{a.pem,d}'));
    expect(files.map(({ isFromFolder }) => isFromFolder)).toEqual([false, true, true, true]);
  });

  test.each(['*.jks', 'no/*.pem', 'a.pem/*', 'd/{x,y}', 'a[.pem', '[', 'd/a{', '!(', '\\['])(
    '%s that matches nothing is refused',
    async (pattern) => {
      await expect(walkInputs(at(pattern))).rejects.toMatchObject({
        code: 'input/no-match',
        hint: expect.stringContaining('quotes'),
      });
    },
  );

  test('of any characters matches or is refused', async () => {
    const characters = fc.constantFrom(...'*?[]{}()!+@|/.,^a-:#$'.split(''));
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: characters, minLength: 1, maxLength: 8 }), async (pattern) => {
        const found = await walkInputs(at(`d/[${pattern}`)).catch((error: unknown) => error);
        if (found instanceof Error) expect(found).toMatchObject({ code: expect.stringMatching(/^input\//) });
      }),
      { numRuns: process.env.SLOW === undefined ? 200 : 10_000 },
    );
  });

  test('of tens of thousands of open brackets takes no longer than it is long', async () => {
    const spent = processorTime();
    await expect(walkInputs(at(`*${'['.repeat(20_000)}x`))).rejects.toMatchObject({ code: 'input/no-match' });
    expect(spent()).toBeLessThan(1500);
  });

  test.each([
    { name: 'too many characters', pattern: `*${'a'.repeat(65_536)}`, says: 'at most 65536' },
    { name: 'more than fit into a regular expression', pattern: `*${'a'.repeat(65_000)}`, says: 'too large' },
    { name: 'open parentheses', pattern: `*${'('.repeat(10_000)}`, says: 'inside one another' },
    { name: 'open braces', pattern: `[${'{'.repeat(60_000)}]*`, says: 'inside one another' },
    {
      name: 'choices in choices',
      pattern: `*${'{a,'.repeat(10_000)}${'}'.repeat(10_000)}`,
      says: 'inside one another',
    },
    { name: 'negations in negations', pattern: '!('.repeat(101), says: 'inside one another' },
  ])('of $name is refused', async ({ pattern, says }) => {
    await expect(walkInputs(at(pattern))).rejects.toMatchObject({
      code: 'usage/bad-value',
      message: expect.stringContaining(says),
      hint: expect.any(String),
    });
  });

  test('of many choices side by side is taken', async () => {
    const choices = Array.from({ length: 2000 }, (_, index) => `{x${index},a}`);
    expect(await walk(`{${choices.slice(0, 500).join(',')}}.pem`)).toEqual(['a.pem']);
  });

  test.skipIf(NO_SYMLINKS)('finds what is in a folder that it looked through before under another name', async () => {
    make('sets/v1/1.pem', 'sets/v1/2.pem', 'sets/v2/3.pem');
    symlinkSync('../v1', at('sets/v2/current'));
    expect(await walk('sets/*/current')).toEqual(['sets/v2/current/1.pem', 'sets/v2/current/2.pem']);
    expect(await walk('sets/{v1/2.pem,v2}')).toEqual(['sets/v1/2.pem', 'sets/v2/3.pem', 'sets/v2/current/1.pem']);
    expect(await walk('sets/v*/*')).toEqual(['sets/v1/1.pem', 'sets/v1/2.pem', 'sets/v2/3.pem']);
  });

  test.skipIf(NO_SYMLINKS)('does not complain of what it does not match', async () => {
    symlinkSync('nowhere', at('dangling'));
    symlinkSync('circle', at('circle'));
    symlinkSync('b.cer/c', at('through'));
    expect(await walk('*.cer')).toEqual(['b.cer']);
    expect(await walk('*/a.pem')).toEqual(['!x/a.pem', 'd/a.pem']);
    expect((await walkInputs(at('dang*'))).problems).toMatchObject([{ code: 'input/not-found' }]);
  });
});
