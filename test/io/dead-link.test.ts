import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TrustError } from '../../src/errors.ts';
import { requireNoDeadLink } from '../../src/io/dead-link.ts';
import { type HostFileSystem, thisHost } from '../../src/io/host.ts';
import { writeNewFile } from '../../src/io/new-file.ts';
import { NO_SYMLINKS } from '../support/platform.ts';

describe.skipIf(NO_SYMLINKS)('the path of a file to be written', () => {
  let folder = '';
  const at = (name: string): string => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'anchorctl-link-'));
    writeFileSync(at('file'), '');
    symlinkSync('file', at('live'));
    symlinkSync('gone', at('dead'));
    symlinkSync('dead', at('further'));
    symlinkSync('file/below', at('through'));
    symlinkSync('circle', at('circle'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const refusalOf = (call: () => void) => {
    try {
      call();
    } catch (error) {
      if (error instanceof TrustError) return { code: error.code, message: error.message, at: error.at };
      throw error;
    }
    return null;
  };

  test.each(['file', 'live', 'free', 'file/below'])('%s is no dead link', (name) => {
    expect(refusalOf(() => requireNoDeadLink(at(name)))).toBeNull();
  });

  test.each([
    ['dead', 'gone'],
    ['further', 'dead'],
    ['through', 'file/below'],
  ])('%s leads nowhere, also for who writes without having looked', (name, target) => {
    const refusal = {
      code: 'output/exists',
      message: `a symbolic link of that name, to "${target}", leads nowhere`,
      at: { source: at(name) },
    };
    expect(refusalOf(() => requireNoDeadLink(at(name)))).toEqual(refusal);
    expect(refusalOf(() => writeNewFile(at(name), Uint8Array.of(1)))).toEqual(refusal);
    expect(existsSync(at('gone'))).toBe(false);
  });

  test('one that somebody takes away meanwhile is no bug', () => {
    const fs = {
      ...thisHost.fs,
      readlinkSync: () => {
        throw Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT', syscall: 'readlink' });
      },
    } as unknown as HostFileSystem;
    expect(refusalOf(() => requireNoDeadLink(at('dead'), fs))).toMatchObject({ code: 'file/cannot-write' });
  });

  test('a circle is called one', () => {
    expect(refusalOf(() => requireNoDeadLink(at('circle')))).toMatchObject({
      code: 'file/cannot-write',
      message: expect.stringContaining('go in a circle'),
    });
  });
});
