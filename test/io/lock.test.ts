import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Host, thisHost } from '../../src/io/host.ts';
import { acquireLock, clearLeftovers, type LockHolder } from '../../src/io/lock.ts';
import { namesIn, temporaryFolder } from '../rotation/run-fixture.ts';
import { NO_SYMLINKS } from '../support/platform.ts';
import { hostWith, systemError } from './hosts.ts';
import { errorOf } from './replacing.ts';

let root: ReturnType<typeof temporaryFolder>;
let path: string;

beforeEach(() => {
  root = temporaryFolder();
  path = join(root.path, 'tg.jks');
  writeFileSync(path, '');
});
afterEach(() => root.remove());

/** Does not wait; calls back where it would. */
function impatient(onPause: (pauses: number) => void = () => {}): Host {
  let pauses = 0;
  return {
    ...thisHost,
    sleep: async () => {
      pauses += 1;
      onPause(pauses);
    },
  };
}

const others = () => readdirSync(root.path).filter((name) => name !== 'tg.jks');

describe('a lock', () => {
  test('is a file beside the store that says who holds it, and is gone when given back', async () => {
    const lock = await acquireLock(path);
    const [name = ''] = others();
    expect(others()).toEqual([expect.stringMatching(/^\.tg\.jks\.anchorctl-lock\.[0-9a-f]{32}$/)]);
    const holder: LockHolder = JSON.parse(readFileSync(join(root.path, name), 'utf8'));
    expect(holder).toMatchObject({ pid: process.pid, host: expect.any(String), at: expect.stringMatching(/^20.*Z$/) });
    expect(lock.path).toBe(path);
    lock.release();
    lock.release();
    expect(others()).toEqual([]);
  });

  test('is waited for, and had when it is given back', async () => {
    const first = await acquireLock(path);
    const host = impatient((pauses) => {
      if (pauses === 7) first.release();
    });
    const second = await acquireLock(path, { host });
    expect(others()).toHaveLength(1);
    second.release();
  });

  test('that is not given back is refused, saying who holds it and since when', async () => {
    const lock = await acquireLock(path);
    const error = await errorOf(acquireLock(path, { host: impatient() }));
    lock.release();
    expect(error).toMatchObject({ code: 'file/locked', exitStatus: 6, at: { source: path } });
    expect(error.message).toMatch(/^locked by process \d+ on \S+ since 20\S+Z$/);
    expect(error.hint).toContain('.tg.jks.anchorctl-lock.');
    expect(others()).toEqual([]);
  });

  test.each(['b\u00fcro-pc', "joe's mac", '\u4e8b\u52d9\u6240'.repeat(21)])(
    'is kept for longer than an empty file is believed, on a machine called %s',
    async (name) => {
      const machine = { ...impatient(), identity: () => ({ ...thisHost.identity(), host: name }) };
      const lock = await acquireLock(path, { host: machine });
      const later = { ...machine, now: () => new Date(Date.now() + 60_000) };
      const error = await errorOf(acquireLock(path, { host: later }));
      lock.release();
      expect(error.message).toContain(`locked by process ${process.pid} on `);
    },
  );

  test.skipIf(NO_SYMLINKS)('holds for a file under all its symbolic links', async () => {
    mkdirSync(join(root.path, 'conf'));
    const link = join(root.path, 'conf/link.jks');
    symlinkSync('../tg.jks', link);
    const lock = await acquireLock(link);
    expect(lock.path).toBe(path);
    expect(await errorOf(acquireLock(path, { host: impatient() }))).toMatchObject({ code: 'file/locked' });
    lock.release();
  });

  test('is not held by two that announce themselves at the same moment', async () => {
    const held: string[] = [];
    const take = async (name: string, host: Host, onAnnounced = () => {}) => {
      const onStep = (step: string) => step === 'announced' && onAnnounced();
      const lock = await acquireLock(path, { host, onStep });
      held.push(name);
      expect(held, 'another one holds it').toEqual([name]);
      await thisHost.sleep(5);
      held.pop();
      lock.release();
    };
    const running: Promise<void>[] = [];
    const startSecond = () => {
      if (running.length === 0) running.push(take('second', { ...thisHost, sleep: () => thisHost.sleep(2) }));
    };
    const first = take('first', { ...thisHost, sleep: () => thisHost.sleep(3) }, startSecond);
    running.push(first);
    await Promise.all(running);
    expect(running).toHaveLength(2);
    expect(others()).toEqual([]);
  });

  test('is tried for again when somebody deletes the file in between', async () => {
    let announced = 0;
    const onStep = (step: string) => {
      if (step !== 'announced') return;
      announced += 1;
      if (announced < 3) for (const name of others()) rmSync(join(root.path, name));
    };
    const lock = await acquireLock(path, { host: impatient(), onStep });
    expect(announced).toBe(3);
    expect(others()).toHaveLength(1);
    lock.release();
  });

  test.each([
    { call: 'openSync' as const, code: 'EACCES' },
    { call: 'writeSync' as const, code: 'ENOSPC' },
    { call: 'readdirSync' as const, code: 'EACCES' },
  ])('that cannot be made ($call $code) leaves nothing', async ({ call, code }) => {
    const fail = () => {
      throw systemError(code);
    };
    expect(await errorOf(acquireLock(path, { host: hostWith({ [call]: fail }) }))).toMatchObject({
      code: 'file/cannot-write',
      at: { source: path },
    });
    expect(others()).toEqual([]);
  });

  test('of a file that is not there is an input error', async () => {
    expect(await errorOf(acquireLock(`${path}.no`))).toMatchObject({ code: 'input/not-found' });
  });
});

describe('a lock file of', () => {
  const NAME = '.tg.jks.anchorctl-lock.0123456789abcdef0123456789abcdef';

  function deadPid(): number {
    return spawnSync(process.execPath, ['-e', '0']).pid;
  }

  function leave(holder: Partial<LockHolder> | string, secondsAgo = 0): void {
    const here = { ...thisHost.identity(), at: '2026-10-31T23:00:00.000Z' };
    const text = typeof holder === 'string' ? holder : JSON.stringify({ ...here, ...holder });
    writeFileSync(join(root.path, NAME), text);
    const time = Date.now() / 1000 - secondsAgo;
    utimesSync(join(root.path, NAME), time, time);
  }

  test.each<{ name: string; holder: () => Partial<LockHolder> | string; secondsAgo?: number }>([
    { name: 'a process that has ended', holder: () => ({ pid: deadPid() }) },
    { name: 'a process whose number another one has now', holder: () => ({ started: '1' }) },
    { name: 'this machine before it was started anew', holder: () => ({ boot: 'an-earlier-one' }) },
    { name: 'a crash before it was written', holder: () => '', secondsAgo: 10 },
    { name: 'a crash while it was written', holder: () => '{"pid":12', secondsAgo: 10 },
  ])('$name is cleared away, with the temporary files', async ({ holder, secondsAgo }) => {
    leave(holder(), secondsAgo);
    writeFileSync(join(root.path, '.tg.jks.anchorctl-tmp.00ff'), 'half a sto');
    writeFileSync(join(root.path, '.other.jks.anchorctl-tmp.00ff'), 'not ours');
    const lock = await acquireLock(path, { host: impatient() });
    lock.release();
    expect(others()).toEqual(['.other.jks.anchorctl-tmp.00ff']);

    leave(holder(), secondsAgo);
    writeFileSync(join(root.path, '.tg.jks.anchorctl-tmp.00ff'), 'half a sto');
    await clearLeftovers(path, { host: impatient() });
    expect(others()).toEqual(['.other.jks.anchorctl-tmp.00ff']);
  });

  test('a crash before it was written is waited for, as it may be about to be written', async () => {
    leave('');
    let clock = Date.now();
    const sleep = async (milliseconds: number) => {
      clock += milliseconds;
    };
    await clearLeftovers(path, { host: { ...thisHost, sleep, now: () => new Date(clock) } });
    expect(others()).toEqual([]);
    expect(clock - Date.now()).toBeGreaterThan(2000);
  });

  test.each<{ name: string; holder: () => Partial<LockHolder> | string; message: string }>([
    { name: 'a process that runs', holder: () => ({}), message: `locked by process ${process.pid} on ` },
    {
      name: 'another machine',
      holder: () => ({ pid: deadPid(), host: 'gw2' }),
      message: 'on gw2 since 2026-10-31T23:00:00.000Z',
    },
    {
      name: 'another container',
      holder: () => ({ pid: 7, pidNamespace: 'pid:[1]' }),
      message: 'locked by process 7 on',
    },
    { name: 'a process that is about to write it', holder: () => '', message: 'locked by another process' },
    {
      name: 'somebody who would like to speak to the terminal',
      holder: () => ({ pid: deadPid(), host: '\u001b[31mgw' }),
      message: 'locked by another process',
    },
  ])('$name is respected', async ({ holder, message }) => {
    leave(holder());
    writeFileSync(join(root.path, '.tg.jks.anchorctl-tmp.00ff'), 'being written');
    const error = await errorOf(acquireLock(path, { host: impatient() }));
    expect(error.code).toBe('file/locked');
    expect(error.message).toContain(message);
    await clearLeftovers(path, { host: impatient() });
    expect(others().sort()).toEqual([NAME, '.tg.jks.anchorctl-tmp.00ff'].sort());
  });
});

describe('clearing up', () => {
  const TEMPORARY = '.tg.jks.anchorctl-tmp.00ff';

  test('takes temporary files whose lock somebody deleted by hand', async () => {
    writeFileSync(join(root.path, TEMPORARY), 'half a sto');
    await clearLeftovers(path);
    expect(others()).toEqual([]);
  });

  test('takes them from beside a store that is gone', async () => {
    writeFileSync(join(root.path, TEMPORARY), 'half a sto');
    rmSync(path);
    await clearLeftovers(path);
    expect(others()).toEqual([]);
  });

  test('takes a backup that is the file itself, as a call killed before the rename leaves it, and no other', async () => {
    const copy = 'tg.jks.20261121T030000Z.bak';
    const secondNames = ['tg.jks.bak', 'other.jks.20261121T030000Z.bak'];
    copyFileSync(path, join(root.path, copy));
    for (const name of [...secondNames, 'tg.jks.20261121T030001Z.bak', 'tg.jks.20261121T030001Z-12.bak']) {
      linkSync(path, join(root.path, name));
    }
    await clearLeftovers(path);
    expect(others().toSorted()).toEqual([...secondNames, copy].toSorted());
  });

  test('leaves a backup whose number of the inode differs beyond what a double holds', async () => {
    const name = 'tg.jks.20261121T030000Z.bak';
    copyFileSync(path, join(root.path, name));
    linkSync(path, join(root.path, 'other.jks'));
    // As overlayfs has them with xino=on, and NTFS.
    const lstatSync = ((file: string, { bigint = false } = {}) => {
      const ino = file.endsWith('.bak') ? 0x8000_0000_0021_6271n : 0x8000_0000_0021_6261n;
      return Object.assign(thisHost.fs.lstatSync(file, { bigint }), { ino: bigint ? ino : Number(ino) });
    }) as typeof thisHost.fs.lstatSync;
    await clearLeftovers(path, { host: hostWith({ lstatSync }) });
    expect(others().toSorted()).toEqual(['other.jks', name]);
  });

  test('in a folder takes those of the folders named, and no others', async () => {
    for (const name of ['backup', 'theirs']) {
      mkdirSync(join(root.path, name));
      writeFileSync(join(root.path, name, TEMPORARY), 'half');
    }
    writeFileSync(join(root.path, TEMPORARY), 'half');
    await clearLeftovers(root.path, { folders: ['backup', 'not-there'] });
    expect(namesIn(root.path)).toEqual(['backup/', 'tg.jks', 'theirs/', `theirs/${TEMPORARY}`]);
  });

  test('leaves a folder alone that somebody has locked', async () => {
    const lock = await acquireLock(root.path, { folders: [] });
    writeFileSync(join(root.path, TEMPORARY), 'being written');
    await clearLeftovers(root.path, { folders: [] });
    expect(others()).toHaveLength(2);
    expect(await errorOf(acquireLock(root.path, { folders: [], host: impatient() }))).toMatchObject({
      code: 'file/locked',
    });
    lock.release();
    expect(others()).toEqual([TEMPORARY]);
  });

  test.each(['missing/tg.jks', 'tg.jks/x', 'missing'])('does nothing at %s', async (name) => {
    await clearLeftovers(join(root.path, name));
    await clearLeftovers(join(root.path, name), { folders: ['backup'] });
    expect(others()).toEqual([]);
  });

  test('names what cannot be removed', async () => {
    writeFileSync(join(root.path, TEMPORARY), 'half a sto');
    const unlinkSync = ((name: string) => {
      if (name.includes('anchorctl-tmp')) throw systemError('EPERM');
      rmSync(name);
    }) as Host['fs']['unlinkSync'];
    const host = hostWith({ unlinkSync });
    const expected = { code: 'file/cannot-write', at: { source: path }, hint: expect.stringContaining('private keys') };
    expect(await errorOf(clearLeftovers(path, { host }))).toMatchObject(expected);
    const error = await errorOf(acquireLock(path, { host }));
    expect(error).toMatchObject(expected);
    expect(error.message).toBe(`what a killed run left cannot be removed: ${join(root.path, TEMPORARY)}`);
    expect(others()).toEqual([TEMPORARY]);
  });
});
