import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { thisHost } from '../../src/io/host.ts';
import { InputReader, MAX_INPUT_BYTES, readInPieces, readInput, readRegularFile } from '../../src/io/read-input.ts';
import { temporaryFolder } from '../rotation/run-fixture.ts';
import { NO_PIPES_AND_DEVICES, NO_SYMLINKS, ONE_ERROR_FOR_BAD_PATHS } from '../support/platform.ts';
import { processorTime } from '../support/processor-time.ts';
import { hostWith, systemError } from './hosts.ts';

let root: ReturnType<typeof temporaryFolder>;
const at = (name: string) => join(root.path, name);

beforeAll(() => {
  root = temporaryFolder();
  writeFileSync(at('a.pem'), 'abc');
  writeFileSync(at('empty'), '');
  mkdirSync(at('folder'));
  if (!NO_SYMLINKS) {
    symlinkSync('a.pem', at('link'));
    symlinkSync('circle', at('circle'));
  }
  if (!NO_PIPES_AND_DEVICES) spawnSync('mkfifo', [at('pipe')]);
  for (const [name, size] of [
    ['sparse', 1024 ** 3],
    ['largest', MAX_INPUT_BYTES + 1],
  ] as const) {
    const file = openSync(at(name), 'w');
    ftruncateSync(file, size);
    closeSync(file);
  }
});
afterAll(() => root.remove());

test('an InputReader gives the same, until it reads the next', () => {
  const reader = new InputReader();
  const first = reader.read(at('a.pem'));
  expect([...first]).toEqual([...readInput(at('a.pem'))]);
  expect(reader.read(at('empty')).length).toBe(0);
  writeFileSync(at('long'), Buffer.alloc(3_000_000, 7));
  expect(Buffer.compare(reader.read(at('long')), readInput(at('long')))).toBe(0);
  expect(() => reader.read(at('folder'))).toThrow('it is a folder');
});

describe('readInput', () => {
  test.each(['a.pem', ...(NO_SYMLINKS ? [] : ['link'])])('gives the bytes of %s', (name) => {
    const bytes = readInput(at(name));
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    expect(new TextDecoder().decode(bytes)).toBe('abc');
  });

  test('gives no bytes of an empty file', () => {
    expect(readInput(at('empty'))).toEqual(new Uint8Array(0));
  });

  const missing = { code: 'input/not-found', message: 'there is no such file' };
  const unreadable = (message: string) => (ONE_ERROR_FOR_BAD_PATHS ? missing : { code: 'input/not-readable', message });

  test.each([
    { name: 'missing', ...missing },
    { name: 'a.pem/x', ...unreadable('a part of the path is not a folder') },
    { name: 'folder', code: 'input/not-readable', message: 'it is a folder' },
    ...(NO_PIPES_AND_DEVICES ? [] : [{ name: 'pipe', code: 'input/not-readable', message: 'it is a named pipe' }]),
    ...(NO_SYMLINKS ? [] : [{ name: 'circle', code: 'input/not-readable', message: 'go in a circle' }]),
    { name: 'x'.repeat(300), ...unreadable('the name is too long') },
    { name: 'sparse', code: 'input/too-large', message: 'the file has 1073741824 bytes' },
    { name: 'largest', code: 'input/too-large', message: 'at most 268435456' },
  ])('refuses $name: $code', ({ name, code, message }) => {
    const error = expect.objectContaining({
      code,
      exitStatus: 3,
      message: expect.stringContaining(message),
      at: { source: at(name) },
      hint: expect.any(String),
    });
    const spent = processorTime();
    expect(() => readInput(at(name))).toThrow(error);
    expect(spent()).toBeLessThan(500);
  });

  test.skipIf(NO_PIPES_AND_DEVICES)('refuses a device', () => {
    expect(() => readInput('/dev/zero')).toThrow(expect.objectContaining({ code: 'input/not-readable' }));
  });

  test('takes a limit of its own', () => {
    expect(() => readInput(at('a.pem'), 2)).toThrow(expect.objectContaining({ code: 'input/too-large' }));
    expect(readInput(at('a.pem'), 3)).toHaveLength(3);
  });
});

test('a file that may not be read, a disk that fails', () => {
  for (const code of ['EACCES', 'EIO']) {
    const { fs } = hostWith({
      openSync: () => {
        throw systemError(code);
      },
    });
    expect(() => readRegularFile(at('a.pem'), 10, fs)).toThrow(expect.objectContaining({ code: 'input/not-readable' }));
  }
});

test('a file that shrinks while it is read gives what is there', () => {
  const { fs } = hostWith({
    readSync: ((_file: number, _bytes: Uint8Array, offset: number) => (offset === 0 ? 1 : 0)) as never,
  });
  expect(readRegularFile(at('a.pem'), 10, fs).bytes).toHaveLength(1);
});

test('a file in pieces is the same file', () => {
  const whole = new Uint8Array(3 * 1024 * 1024 + 5).map((_, index) => index * 31);
  writeFileSync(at('large'), whole);
  const pieces: Uint8Array[] = [];
  const { size } = readInPieces(at('large'), whole.length, thisHost.fs, (piece) => pieces.push(piece.slice()));
  expect(size).toBe(whole.length);
  expect(pieces.map(({ length }) => length)).toEqual([...Array.from({ length: 24 }, () => 128 * 1024), 5]);
  expect(Buffer.compare(Buffer.concat(pieces), whole)).toBe(0);
  expect(() => readInPieces(at('large'), 10, thisHost.fs, () => {})).toThrow(
    expect.objectContaining({ code: 'input/too-large' }),
  );
});
