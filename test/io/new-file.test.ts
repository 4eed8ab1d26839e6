import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thisHost } from '../../src/io/host.ts';
import { makeFolders, writeNewFile } from '../../src/io/new-file.ts';
import { temporaryFolder } from '../rotation/run-fixture.ts';
import { hostFailingAt, hostWith, refusing, systemError } from './hosts.ts';
import { contentOf, NEW } from './replacing.ts';

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  root = temporaryFolder();
  mkdirSync(at('there'));
});
afterEach(() => root.remove());

const at = (name: string) => join(root.path, name);
const bytes = Buffer.from(NEW);

describe('a new file', () => {
  test('comes with the folders above it, which are named', () => {
    expect(writeNewFile(at('there/a/b/new.pem'), bytes)).toEqual([at('there/a'), at('there/a/b')]);
    expect(contentOf(at('there/a/b/new.pem'))).toBe(NEW);
    expect(writeNewFile(at('there/a/b/other.pem'), bytes)).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('is on the disk with the folders that were made for it', () => {
    const opened = new Map<number, string>();
    const synced: (string | undefined)[] = [];
    const host = hostWith({
      openSync: (path, ...how) => {
        const file = thisHost.fs.openSync(path, ...how);
        opened.set(file, String(path));
        return file;
      },
      fsyncSync: (file) => {
        synced.push(opened.get(file));
        thisHost.fs.fsyncSync(file);
      },
    });
    writeNewFile(at('there/a/b/new.pem'), bytes, { host });
    expect(synced).toEqual(expect.arrayContaining([at('there'), at('there/a'), at('there/a/b')]));
  });

  test.each(['ENOSPC', 'EDQUOT', 'EIO'])('leaves nothing, whichever call of the file system fails with %s', (code) => {
    const write = (failing: number, folder: string) => {
      const { host, calls } = hostFailingAt(failing, code);
      const path = at(`there/${folder}/b/new.pem`);
      return { path, calls, work: () => writeNewFile(path, bytes, { host }) };
    };
    const whole = write(0, 'whole');
    whole.work();
    expect(whole.calls.length).toBeGreaterThan(8);
    for (let failing = 1; failing <= whole.calls.length; failing++) {
      const { path, calls, work } = write(failing, 'a');
      expect(work).toThrow(expect.objectContaining({ code: 'file/cannot-write', at: { source: expect.anything() } }));
      const where = `call ${failing}, ${calls[failing - 1]}`;
      expect(existsSync(path), where).toBe(false);
      expect(readdirSync(at('there')), where).toEqual(['whole']);
    }
  });

  test('leaves the folders that were there, and one that somebody else uses meanwhile', () => {
    const writeSync = () => {
      writeFileSync(at('there/a/theirs'), '');
      throw systemError('ENOSPC');
    };
    expect(() => writeNewFile(at('there/a/b/new.pem'), bytes, { host: hostWith({ writeSync }) })).toThrow('no space');
    expect(readdirSync(at('there/a'))).toEqual(['theirs']);
  });

  test('that cannot be cleared away names what is left', () => {
    const host = hostWith({ writeSync: refusing('ENOSPC'), rmdirSync: refusing('EACCES') });
    expect(() => writeNewFile(at('there/a/b/new.pem'), bytes, { host })).toThrow(
      expect.objectContaining({
        code: 'file/cannot-write',
        message: expect.stringContaining(`; left behind: ${at('there/a/b')}, ${at('there/a')}`),
      }),
    );
  });
});

test('of folders that cannot all be made, none is left', () => {
  let made = 0;
  const mkdirSync = ((...args: Parameters<typeof thisHost.fs.mkdirSync>) => {
    if (made++ === 2) throw systemError('ENOSPC');
    return thisHost.fs.mkdirSync(...args);
  }) as typeof thisHost.fs.mkdirSync;
  expect(() => makeFolders(at('there/a/b/c'), hostWith({ mkdirSync }))).toThrow(
    expect.objectContaining({ code: 'file/cannot-write', at: { source: at('there/a/b/c') } }),
  );
  expect(readdirSync(at('there'))).toEqual([]);
});
