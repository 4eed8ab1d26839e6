import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TrustError } from '../../src/errors.ts';
import { REPLACE_STEPS, type ReplaceFileOptions, type ReplaceStep, replaceFile } from '../../src/io/atomic-file.ts';
import { type Host, thisHost } from '../../src/io/host.ts';
import { temporaryFolder } from '../rotation/run-fixture.ts';
import { NO_MODES, NO_SYMLINKS } from '../support/platform.ts';
import { hostFailingAt, hostWith, refusing, systemError } from './hosts.ts';
import { contentOf, errorOf, NEW, OLD, replaceAt } from './replacing.ts';

const isRoot = process.getuid?.() === 0;

let root: ReturnType<typeof temporaryFolder>;
let path: string;

beforeEach(() => {
  root = temporaryFolder();
  path = join(root.path, 'tg.jks');
  writeFileSync(path, OLD);
});
afterEach(() => root.remove());

const replace = (options: Partial<ReplaceFileOptions> = {}, name = path) => replaceAt(name, options);

/** The old content is there, and nothing else. */
function expectUntouched(content = OLD): void {
  expect(contentOf(path)).toBe(content);
  expect(readdirSync(root.path)).toEqual(['tg.jks']);
}

describe('replacing a file', () => {
  test('puts the new content there, the old one into the backup, and leaves nothing else', async () => {
    const steps: ReplaceStep[] = [];
    const result = await replace({ backup: `${path}.bak`, onStep: (step) => steps.push(step) });
    expect(contentOf(path)).toBe(NEW);
    expect(contentOf(`${path}.bak`)).toBe(OLD);
    expect(readdirSync(root.path).sort()).toEqual(['tg.jks', 'tg.jks.bak']);
    expect(result).toEqual({ path, notes: [] });
    expect(steps).toEqual(REPLACE_STEPS);
  });

  test.skipIf(NO_MODES).each(['600', '644', '4750', '666'])('keeps the mode %s, for the backup too', async (octal) => {
    const mode = Number.parseInt(octal, 8);
    chmodSync(path, mode);
    await replace({ backup: `${path}.bak` });
    expect([statSync(path).mode & 0o7777, statSync(`${path}.bak`).mode & 0o7777]).toEqual([mode, mode]);
  });

  test.skipIf(NO_MODES)('lets nobody else read the temporary file of a private store', async () => {
    chmodSync(path, 0o600);
    const modes: number[] = [];
    const look = () => {
      for (const name of readdirSync(root.path)) modes.push(statSync(join(root.path, name)).mode & 0o077);
    };
    await replace({ backup: `${path}.bak`, onStep: look });
    expect(modes.length).toBeGreaterThan(REPLACE_STEPS.length);
    expect(new Set(modes)).toEqual(new Set([0]));
  });

  test.skipIf(NO_MODES)('keeps owner and group', async () => {
    const { uid, gid } = isRoot ? { uid: 1234, gid: 2345 } : statSync(path);
    chownSync(path, uid, gid);
    chmodSync(path, 0o2640);
    await replace({ backup: `${path}.bak` });
    for (const file of [path, `${path}.bak`]) expect(statSync(file)).toMatchObject({ uid, gid, mode: 0o102640 });
  });

  test.skipIf(NO_SYMLINKS)('goes through symbolic links, which stay', async () => {
    mkdirSync(join(root.path, 'conf'));
    const link = join(root.path, 'conf/link.jks');
    symlinkSync('../tg.jks', link);
    symlinkSync('link.jks', join(root.path, 'conf/link-to-link.jks'));
    const result = await replace({}, join(root.path, 'conf/link-to-link.jks'));
    expect(result.path).toBe(path);
    expect(contentOf(path)).toBe(NEW);
    expect(readlinkSync(link)).toBe('../tg.jks');
    expect(lstatSync(path).isSymbolicLink()).toBe(false);
    expect(readdirSync(join(root.path, 'conf')).sort()).toEqual(['link-to-link.jks', 'link.jks']);
  });

  test('notes another name of the file, which keeps the old content', async () => {
    linkSync(path, join(root.path, 'other.jks'));
    const { notes } = await replace();
    expect(notes).toEqual([
      { code: 'file/hard-link', message: expect.stringContaining('1 more name, which keeps the old content') },
    ]);
    expect(contentOf(join(root.path, 'other.jks'))).toBe(OLD);
  });
});

describe('a change by somebody else is noticed', () => {
  const changes: readonly { name: string; change: () => void }[] = [
    { name: 'other content', change: () => writeFileSync(path, 'theirs') },
    {
      name: 'another file of the same content',
      change: () => {
        writeFileSync(`${path}.theirs`, OLD);
        renameSync(`${path}.theirs`, path);
      },
    },
    { name: 'no file any more', change: () => rmSync(path) },
  ];

  const moments: readonly ReplaceStep[] = ['write-backup', 'check-original'];

  test.each(moments.flatMap((moment) => changes.map((change) => ({ ...change, moment }))))(
    'before $moment: $name',
    async ({ change, moment }) => {
      const onStep = (step: ReplaceStep) => step === moment && change();
      const error = await errorOf(replace({ backup: `${path}.bak`, onStep }));
      expect(error).toMatchObject({ code: 'file/changed-meanwhile', exitStatus: 5, at: { source: path } });
      expect(readdirSync(root.path).filter((name) => name !== 'tg.jks')).toEqual([]);
    },
  );

  test.skipIf(NO_SYMLINKS)('in between: the link leads elsewhere', async () => {
    const link = join(root.path, 'link');
    symlinkSync('tg.jks', link);
    const turn = () => {
      rmSync(link);
      writeFileSync(join(root.path, 'other.jks'), OLD);
      symlinkSync('other.jks', link);
    };
    const error = await errorOf(replace({ onStep: (step) => step === 'check-original' && turn() }, link));
    expect(error.code).toBe('file/changed-meanwhile');
    expect([contentOf(path), contentOf(join(root.path, 'other.jks'))]).toEqual([OLD, OLD]);
  });

  test('before: it is not the file that was read', async () => {
    const error = await errorOf(replace({ expected: Buffer.from('something else') }));
    expect(error.code).toBe('file/changed-meanwhile');
    expectUntouched();
  });
});

describe('nothing is changed and nothing left', () => {
  test('where the new content does not verify', async () => {
    const verify = (bytes: Uint8Array) => {
      expect(new TextDecoder().decode(bytes)).toBe(NEW);
      throw new TrustError('keystore/malformed', 'an entry too many');
    };
    const error = await errorOf(replace({ verify }));
    expect(error).toMatchObject({ code: 'file/verification-failed', exitStatus: 6, at: { source: path } });
    expect(error.message).toContain('an entry too many');
    expectUntouched();
  });

  test('where verifying has a bug, which passes through', async () => {
    const verify = () => {
      throw new RangeError('a bug');
    };
    await expect(replace({ verify })).rejects.toThrow(RangeError);
    expectUntouched();
  });

  test('where the disk gives back other bytes', async () => {
    const host = hostWith({
      readSync: ((file: number, buffer: Uint8Array, ...rest: [number, number, null]) => {
        const count = thisHost.fs.readSync(file, buffer, ...rest);
        if (buffer.length === NEW.length) buffer[7] = 0;
        return count;
      }) as typeof thisHost.fs.readSync,
    });
    expect(await errorOf(replace({ host }))).toMatchObject({ code: 'file/verification-failed' });
    expectUntouched();
  });

  test('where the backup exists', async () => {
    writeFileSync(`${path}.bak`, 'an older backup');
    const error = await errorOf(replace({ backup: `${path}.bak` }));
    expect(error).toMatchObject({ code: 'output/exists', at: { source: `${path}.bak` } });
    expect(contentOf(`${path}.bak`)).toBe('an older backup');
    expect(contentOf(path)).toBe(OLD);
  });

  test.skipIf(NO_MODES)('where the owner cannot be kept', async () => {
    let looks = 0;
    const host = hostWith({
      fstatSync: ((file: number) => {
        looks += 1;
        // The first look is at the original.
        return Object.assign(thisHost.fs.fstatSync(file), { uid: looks === 1 ? 4711 : 0, gid: 0 });
      }) as typeof thisHost.fs.fstatSync,
      fchownSync: refusing('EPERM'),
    });
    const error = await errorOf(replace({ host }));
    expect(error).toMatchObject({ code: 'file/cannot-write', exitStatus: 6, at: { source: path } });
    expect(error.message).toContain('the owner of the file (4711:0) cannot be kept');
    expectUntouched();
  });

  test('where its owner made the file read-only', async () => {
    const host = hostWith({
      accessSync: refusing('EACCES'),
    });
    expect(await errorOf(replace({ host }))).toMatchObject({ code: 'file/cannot-write' });
    expectUntouched();
  });

  test.each(['EIO', 'ENOSPC', 'EROFS', 'EDQUOT'])('whichever call of the file system fails with %s', async (code) => {
    const counting = hostFailingAt(0, code);
    await replace({ host: counting.host, backup: `${path}.bak` });
    const calls = counting.calls.length;
    // On Windows, which has no folders to sync and no owners to keep, there are 26.
    expect(calls).toBeGreaterThan(25);
    let replaced = 0;

    for (let failing = 1; failing <= calls; failing++) {
      root.remove();
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, OLD);
      const { host, calls: made } = hostFailingAt(failing, code);
      const error = await errorOf(replace({ host, backup: `${path}.bak` }));
      const where = `call ${failing}, ${made[failing - 1]}`;
      expect(['file/cannot-write', 'input/not-readable'], where).toContain(error.code);
      if (contentOf(path) === NEW) {
        replaced += 1;
        expect(error.message, where).toContain('the file was replaced, but its folder');
        expect(contentOf(`${path}.bak`)).toBe(OLD);
      } else {
        expect(contentOf(path), where).toBe(OLD);
        const left = readdirSync(root.path).filter((name) => name !== 'tg.jks');
        for (const name of left) expect(error.message, where).toContain(name);
        expect(left.length, where).toBeLessThanOrEqual(made[failing - 1] === 'unlinkSync' ? 1 : 0);
      }
    }
    // Opening, syncing and closing the folder, after the rename; on Windows none of that is done.
    expect(replaced).toBe(process.platform === 'win32' ? 0 : 3);
  });

  test('where writing takes only a part and then fails', async () => {
    let writes = 0;
    const host = hostWith({
      writeSync: ((file: number, bytes: Uint8Array, offset: number) => {
        writes += 1;
        if (writes > 3) throw systemError('ENOSPC');
        return thisHost.fs.writeSync(file, bytes, offset, 5);
      }) as typeof thisHost.fs.writeSync,
    });
    const error = await errorOf(replace({ host }));
    expect(error).toMatchObject({ code: 'file/cannot-write', hint: 'make room, then run again' });
    expect(error.message).toBe('cannot be written: no space is left on the disk');
    expectUntouched();
  });

  test.each(['EPERM', 'EISDIR'])(
    'where a file system without hard links (%s) takes the backup under another way',
    async (code) => {
      const host = hostWith({ linkSync: refusing(code) });
      await replace({ host, backup: `${path}.bak` });
      expect(contentOf(`${path}.bak`)).toBe(OLD);
      expect(readdirSync(root.path).sort()).toEqual(['tg.jks', 'tg.jks.bak']);
      writeFileSync(path, OLD);
      expect(await errorOf(replace({ host, backup: `${path}.bak` }))).toMatchObject({ code: 'output/exists' });
    },
  );

  test.each(['EINVAL', 'ENOTSUP'])('but a file system that says %s to syncing a folder is no failure', async (code) => {
    const host = hostWith({
      fsyncSync: (file) => {
        if (thisHost.fs.fstatSync(file).isDirectory()) throw systemError(code);
        thisHost.fs.fsyncSync(file);
      },
    });
    await replace({ host, backup: `${path}.bak` });
    expect(contentOf(path)).toBe(NEW);
  });
});

describe.each([
  { backup: 'the old file itself', hasSecondName: true },
  { backup: 'a copy', hasSecondName: false },
])('while the files are brought to the disk, the backup being $backup', ({ hasSecondName }) => {
  /** A slow disk, and what happens when; the n-th file fails with EIO. */
  function slowDisk(failing?: number): { readonly host: Host; readonly events: string[] } {
    const events: string[] = [];
    let syncs = 0;
    const told = <Name extends 'linkSync' | 'renameSync'>(name: Name) =>
      ((from: string, to: string) => {
        if (from === path && !hasSecondName) throw systemError('ENOTSUP', name);
        if (from !== path) events.push(name);
        thisHost.fs[name](from, to);
      }) as (typeof thisHost.fs)[Name];
    const host = hostWith({
      linkSync: told('linkSync'),
      renameSync: told('renameSync'),
      fsync: ((file, done) => {
        syncs += 1;
        const error = syncs === failing ? systemError('EIO', 'fsync') : null;
        const which = `file ${syncs}`;
        events.push(`${which} begun`);
        // The first file takes longer than the second.
        setTimeout(
          () =>
            thisHost.fs.fsync(file, () => {
              events.push(`${which} ${error === null ? 'on the disk' : 'failed'}`);
              done(error);
            }),
          60 / syncs,
        );
      }) as typeof thisHost.fs.fsync,
    });
    return { host, events };
  }

  test('the new one is verified; both are there before a name is given', async () => {
    const { host, events } = slowDisk();
    await replace({ host, backup: `${path}.bak`, verify: () => void events.push('verified') });
    expect(events).toEqual([
      ...['file 1 begun', 'file 2 begun', 'verified', 'file 2 on the disk', 'file 1 on the disk'],
      ...['linkSync', 'renameSync'],
    ]);
  });

  test.each([1, 2])('and file %i fails, nothing is changed, and the other one is waited for', async (failing) => {
    const { host, events } = slowDisk(failing);
    const error = await errorOf(replace({ host, backup: `${path}.bak` }));
    expect(error).toMatchObject({ code: 'file/cannot-write', exitStatus: 6, at: { source: path } });
    expect(events.slice(2).sort()).toEqual([1, 2].map((n) => `file ${n} ${n === failing ? 'failed' : 'on the disk'}`));
    expectUntouched();
  });

  test('and the new one does not verify, both are waited for before they are removed', async () => {
    const { host, events } = slowDisk();
    const verify = () => {
      throw new TrustError('keystore/malformed', 'an entry too many');
    };
    const unlinkSync = (file: string) => {
      events.push('removed');
      thisHost.fs.unlinkSync(file);
    };
    const careful = { ...host, fs: { ...host.fs, unlinkSync: unlinkSync as typeof thisHost.fs.unlinkSync } };
    const error = await errorOf(replace({ host: careful, backup: `${path}.bak`, verify }));
    expect(error.code).toBe('file/verification-failed');
    expect(events.slice(2)).toEqual(['file 2 on the disk', 'file 1 on the disk', 'removed', 'removed']);
    expectUntouched();
  });
});

/** A disk of 64 KB: a file system in memory where this process may mount one, else a machine that behaves so. */
function smallDisk(folder: string): { host: Host; makeReadOnly: () => Host; unmount: () => void } {
  mkdirSync(folder);
  const mount = (...options: string[]) => spawnSync('mount', [...options, folder]).status === 0;
  if (isRoot && mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs')) {
    return {
      host: thisHost,
      makeReadOnly: () => {
        expect(mount('-o', 'remount,ro')).toBe(true);
        return thisHost;
      },
      unmount: () => void spawnSync('umount', [folder]),
    };
  }
  return {
    host: hostWith({ writeSync: refusing('ENOSPC') }),
    makeReadOnly: () => hostWith({ accessSync: refusing('EROFS') }),
    unmount: () => {},
  };
}

describe('on a disk of 64 KB', () => {
  let disk: ReturnType<typeof smallDisk>;
  beforeEach(() => {
    disk = smallDisk(join(root.path, 'disk'));
    path = join(root.path, 'disk/tg.jks');
    writeFileSync(path, OLD);
  });
  afterEach(() => disk.unmount());

  test('that is full, the old file stays', async () => {
    const options = { expected: Buffer.from(OLD), verify: () => {}, host: disk.host };
    const error = await errorOf(replaceFile(path, new Uint8Array(80_000), options));
    expect(error).toMatchObject({ code: 'file/cannot-write', exitStatus: 6, hint: 'make room, then run again' });
    expect(contentOf(path)).toBe(OLD);
    expect(readdirSync(dirname(path))).toEqual(['tg.jks']);
  });

  test('that is mounted read-only, the old file stays', async () => {
    const error = await errorOf(replace({ host: disk.makeReadOnly() }));
    expect(error.message).toBe('cannot be written: the file system is read-only (EROFS)');
    expect(contentOf(path)).toBe(OLD);
    expect(readdirSync(dirname(path))).toEqual(['tg.jks']);
  });
});

describe('on Windows', () => {
  /** A Windows on which another program lets go of the file after a number of attempts. */
  function windows(refusals: number, code: string): { host: typeof thisHost; pauses: number[] } {
    const pauses: number[] = [];
    let attempts = 0;
    const host = hostWith(
      {
        renameSync: (from, to) => {
          attempts += 1;
          if (attempts <= refusals) throw systemError(code, 'rename');
          thisHost.fs.renameSync(from, to);
        },
        openSync: (name, ...rest) => {
          if (statSync(name, { throwIfNoEntry: false })?.isDirectory()) throw systemError('EPERM', 'open');
          return thisHost.fs.openSync(name, ...rest);
        },
        fchmodSync: () => {
          throw systemError('EPERM', 'fchmod');
        },
      },
      { platform: 'win32', sleep: async (milliseconds) => void pauses.push(milliseconds) },
    );
    return { host, pauses };
  }

  test.each(['EPERM', 'EACCES', 'EBUSY'])('a file that is held open for a while (%s) is waited for', async (code) => {
    const { host, pauses } = windows(5, code);
    await replace({ host, backup: `${path}.bak` });
    expect(contentOf(path)).toBe(NEW);
    expect(pauses).toHaveLength(5);
  });

  test('a service that keeps it open is named as the reason; the file is as before, nothing is left', async () => {
    const { host, pauses } = windows(Number.POSITIVE_INFINITY, 'EPERM');
    const error = await errorOf(replace({ host, backup: `${path}.bak` }));
    expect(error).toMatchObject({
      code: 'file/cannot-write',
      hint: 'stop the service that holds it open, then run again',
    });
    expect(error.message).toBe('another program holds the file open (EPERM, tried for 4.75 seconds)');
    expect(pauses.reduce((sum, pause) => sum + pause)).toBe(4750);
    expectUntouched();
  });

  test('a change while waiting is noticed', async () => {
    const { host } = windows(5, 'EBUSY');
    const sleep = async () => writeFileSync(path, 'theirs');
    expect(await errorOf(replace({ host: { ...host, sleep } }))).toMatchObject({ code: 'file/changed-meanwhile' });
    expectUntouched('theirs');
  });

  test('elsewhere such an error is final at once', async () => {
    const { host, pauses } = windows(1, 'EPERM');
    const error = await errorOf(
      replace({ host: { ...host, platform: 'linux', fs: { ...host.fs, fchmodSync: () => {} } } }),
    );
    expect(error.message).toBe('cannot be written: the operation is not permitted');
    expect(pauses).toEqual([]);
    expectUntouched();
  });
});
