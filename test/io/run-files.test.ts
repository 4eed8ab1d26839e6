import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DiskRunFiles } from '../../src/io/run-files.ts';
import { temporaryFolder } from '../rotation/run-fixture.ts';
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
  expect(statSync(at('a/b/c')).mode & 0o777).toBe(0o700);
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
