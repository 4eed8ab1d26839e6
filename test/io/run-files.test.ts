import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thisHost } from '../../src/io/host.ts';
import { DiskRunFiles } from '../../src/io/run-files.ts';
import { temporaryFolder } from '../rotation/run-fixture.ts';
import { NO_MODES, NO_SYMLINKS, ONE_ERROR_FOR_BAD_PATHS } from '../support/platform.ts';
import { hostWith, systemError } from './hosts.ts';

const files = new DiskRunFiles();

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => root.remove());

const at = (name: string) => join(root.path, name);

test('makeFolder names what it made, outermost first; a private folder is its owner’s alone', () => {
  mkdirSync(at('a'));
  expect(files.makeFolder(at('a/b/c'), { isPrivate: true })).toEqual([at('a/b'), at('a/b/c')]);
  expect(files.makeFolder(at('a/b/c'))).toEqual([]);
  if (!NO_MODES) expect(statSync(at('a/b/c')).mode & 0o777).toBe(0o700);
  writeFileSync(at('file'), '');
  expect(() => files.makeFolder(at('file/x'))).toThrow(expect.objectContaining({ code: 'file/cannot-write' }));
});

test('writeNew makes folders, and never overwrites', () => {
  files.writeNew(at('a/b/text'), Buffer.from('one'));
  expect(() => files.writeNew(at('a/b/text'), Buffer.from('two'))).toThrow(
    expect.objectContaining({ code: 'output/exists', exitStatus: 2, at: { source: at('a/b/text') } }),
  );
  expect(readFileSync(at('a/b/text'), 'utf8')).toBe('one');
  expect(files.list(at('a/b'))).toEqual(['text']);
});

test('list gives sorted names, and null for no folder', () => {
  for (const name of ['b', 'a', 'C']) writeFileSync(at(name), '');
  expect(files.list(root.path)).toEqual(['C', 'a', 'b']);
  expect(files.list(at('no'))).toBeNull();
});

test('append makes the file and adds to its end', () => {
  files.append(at('journal'), 'one\n');
  files.append(at('journal'), 'two\n');
  expect(readFileSync(at('journal'), 'utf8')).toBe('one\ntwo\n');
  expect(() => files.append(at('no/journal'), 'x')).toThrow(
    expect.objectContaining({ code: 'file/cannot-write', at: { source: at('no/journal') } }),
  );
});

test('remove takes files and empty folders away, and says what had to stay', () => {
  mkdirSync(at('empty'));
  mkdirSync(at('full'));
  writeFileSync(at('full/theirs'), '');
  expect([at('empty'), at('no'), at('full')].map((path) => files.remove(path))).toEqual([true, true, true]);
  expect([existsSync(at('empty')), existsSync(at('full/theirs'))]).toEqual([false, true]);
  const fail = () => {
    throw systemError('EROFS');
  };
  const readOnly = new DiskRunFiles({ host: hostWith({ unlinkSync: fail, rmdirSync: fail }) });
  expect([readOnly.remove(at('full/theirs')), readOnly.remove(at('full'))]).toEqual([false, false]);
});

test('a folder that may not be looked into is not taken for an empty one', () => {
  const fail = () => {
    throw systemError('EACCES');
  };
  const blind = new DiskRunFiles({ host: hostWith({ statSync: fail as never, readdirSync: fail as never }) });
  expect(() => blind.exists(at('x'))).toThrow(expect.objectContaining({ code: 'input/not-readable' }));
  expect(() => blind.list(root.path)).toThrow(expect.objectContaining({ code: 'input/not-readable' }));
});

describe('a place where nothing can be written is named with its reason', () => {
  const refuse = (code: string) => () => {
    throw systemError(code);
  };

  test('makeFolder on a read-only disk', () => {
    const readOnly = new DiskRunFiles({ host: hostWith({ mkdirSync: refuse('EROFS') }) });
    expect(() => readOnly.makeFolder(at('a/b'))).toThrow(
      expect.objectContaining({
        code: 'file/cannot-write',
        message: 'cannot be written: the file system is read-only (EROFS)',
        at: { source: at('a') },
        hint: 'remount it writable, or name a path on another one',
      }),
    );
  });

  test.each(['file', 'file/x/y'])('a file in the way of %s', (name) => {
    writeFileSync(at('file'), '');
    const error = expect.objectContaining({
      code: 'file/cannot-write',
      message: 'cannot be written: a file stands where a folder is needed',
      at: { source: at('file') },
      hint: 'name another path, or move it away',
    });
    expect(() => files.makeFolder(at(name))).toThrow(error);
    expect(() => files.writeNew(at(`${name}/text`), Buffer.from(''))).toThrow(error);
  });

  test.skipIf(NO_SYMLINKS)('a link that leads nowhere in the way', () => {
    symlinkSync('nowhere', at('link'));
    expect(() => files.makeFolder(at('link/x'))).toThrow(
      expect.objectContaining({ message: expect.stringContaining('a symbolic link that leads nowhere stands') }),
    );
  });

  test('a folder that somebody else makes at the same moment is as good', () => {
    const mkdirSync = ((path: string, ...rest: []) => {
      thisHost.fs.mkdirSync(path, ...rest);
      throw systemError('EEXIST');
    }) as typeof thisHost.fs.mkdirSync;
    expect(new DiskRunFiles({ host: hostWith({ mkdirSync }) }).makeFolder(at('a/b'))).toEqual([]);
  });

  test('the empty path, of which nothing is taken for the current folder', async () => {
    const error = expect.objectContaining({ code: 'usage/bad-value', exitStatus: 2, hint: expect.any(String) });
    expect(() => files.list('')).toThrow(error);
    expect(() => files.makeFolder('')).toThrow(error);
    expect(() => files.writeNew('', Buffer.from(''))).toThrow(error);
    await expect(files.clear('', [])).rejects.toEqual(error);
    expect(() => files.read('')).toThrow(
      expect.objectContaining({ code: 'input/not-found', message: 'the path is empty' }),
    );
  });

  test('a run folder that is a file, or lies below one', () => {
    writeFileSync(at('file'), '');
    for (const name of ['file', ...(ONE_ERROR_FOR_BAD_PATHS ? [] : ['file/run'])]) {
      expect(() => files.list(at(name))).toThrow(
        expect.objectContaining({ code: 'run/not-a-run-folder', at: { source: at(name) }, hint: expect.any(String) }),
      );
    }
  });
});
