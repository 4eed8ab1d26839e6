/** What becomes of the old file when it is replaced. */
import { spawnSync } from 'node:child_process';
import { constants, linkSync, lstatSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Host, thisHost } from '../../src/io/host.ts';
import { temporaryFolder } from '../rotation/run-fixture.ts';
import { HELD_IN_COMMON, NO_PIPES_AND_DEVICES } from '../support/platform.ts';
import { hostWith, refusing } from './hosts.ts';
import { contentOf, errorOf, NEW, OLD, replaceAt } from './replacing.ts';

let root: ReturnType<typeof temporaryFolder>;
let path: string;
let backup: string;

beforeEach(() => {
  root = temporaryFolder();
  path = join(root.path, 'tg.jks');
  backup = `${path}.bak`;
  writeFileSync(path, OLD);
});
afterEach(() => root.remove());

describe('the backup', () => {
  test.skipIf(HELD_IN_COMMON)('is the old file itself, with its date and whatever else it has', async () => {
    const date = new Date('2020-02-29T12:00:00Z');
    utimesSync(path, date, date);
    const { ino } = statSync(path);
    await replaceAt(path, { backup });
    expect(statSync(backup)).toMatchObject({ ino, mtime: date, nlink: 1 });
    expect(statSync(path)).toMatchObject({ nlink: 1, ino: expect.not.toSatisfy((other) => other === ino) });
  });

  test.skipIf(HELD_IN_COMMON)('keeps what a program writes to the old file after the last look', async () => {
    const onStep = (step: string) => step === 'rename' && writeFileSync(path, 'theirs');
    await replaceAt(path, { backup, onStep });
    expect([contentOf(path), contentOf(backup)]).toEqual([NEW, 'theirs']);
  });

  test.skipIf(NO_PIPES_AND_DEVICES)('waits for nobody where the old file was made a pipe meanwhile', async () => {
    const onStep = (step: string) => {
      if (step !== 'write-backup') return;
      rmSync(path);
      spawnSync('mkfifo', [path]);
    };
    const openSync = ((file: string, flags: string | number, mode?: number) => {
      const isPipe = lstatSync(file, { throwIfNoEntry: false })?.isFIFO() === true;
      const waits = typeof flags === 'string' || (flags & constants.O_NONBLOCK) === 0;
      if (isPipe && waits) throw new Error('it would wait for whoever writes to the pipe');
      return thisHost.fs.openSync(file, flags, mode);
    }) as typeof thisHost.fs.openSync;
    const error = await errorOf(replaceAt(path, { backup, onStep, host: hostWith({ openSync }) }));
    expect(error).toMatchObject({ at: { source: path } });
    expect(readdirSync(root.path)).toEqual(['tg.jks']);
  });

  const copied: readonly { readonly name: string; readonly host: () => Host }[] = [
    {
      name: 'the old file has another name, by which it may be written to',
      host: () => {
        linkSync(path, join(root.path, 'other.jks'));
        return thisHost;
      },
    },
    {
      name: 'a program that holds the file open would hold both (Windows)',
      host: () => hostWith({}, { platform: 'win32' }),
    },
    ...['EPERM', 'EXDEV'].map((code) => ({
      name: `it can have no second name (${code})`,
      host: () => hostWith({ linkSync: refusing(code) }),
    })),
  ];

  test.each(copied)('is a copy where $name', async ({ host }) => {
    const { ino } = statSync(path);
    await replaceAt(path, { host: host(), backup });
    expect(contentOf(backup)).toBe(OLD);
    expect(statSync(backup)).toMatchObject({ nlink: 1, ino: expect.not.toSatisfy((other) => other === ino) });
  });
});
