/** What a call finds in its run folder and beside its keystores, and what it may do with that. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TrustError } from '../../src/errors.ts';
import { type HostFileSystem, thisHost } from '../../src/io/host.ts';
import { acquireLock } from '../../src/io/lock.ts';
import { DiskRunFiles } from '../../src/io/run-files.ts';
import { applyRun, checkRunFolder } from '../../src/rotation/apply.ts';
import { parseJournal } from '../../src/rotation/journal.ts';
import { parsePlanDocument } from '../../src/rotation/plan-document.ts';
import { rollbackRun } from '../../src/rotation/rollback.ts';
import type { RunFiles } from '../../src/rotation/run-folder.ts';
import { hostWith, systemError } from '../io/hosts.ts';
import {
  contentOf,
  fixture,
  fixtureIn,
  layOutRun,
  namesIn,
  now,
  oldContent,
  RUN_NAMES,
  root,
  STORE_NAMES,
} from './run-fixture.ts';

const files: RunFiles = new DiskRunFiles();
layOutRun();

const journalText = () => contentOf(join(fixture.folder, 'journal.ndjson'));

async function errorOf(work: Promise<unknown>): Promise<TrustError> {
  const error = await work.catch((caught: unknown) => caught);
  if (error instanceof TrustError) return error;
  throw new Error('it did not fail as expected', { cause: error });
}

test('what could act on a terminal is escaped in the files of a run, which say the same', async () => {
  const place = join(root.path, 'hostile');
  const name = 'a\u202esk\u200bj.jks';
  const run = fixtureIn(place, [name]);
  await applyRun(run.plan(), files, { now });
  const store = join(place, 'stores', name);
  const [plan, journal] = ['plan.json', 'journal.ndjson'].map((file) => contentOf(join(run.folder, file)));
  for (const text of [plan, journal]) {
    expect(text).toContain('a\\u202esk\\u200bj.jks');
    expect(text).not.toMatch(/[\u202e\u200b]/);
  }
  expect(parsePlanDocument(plan as string, 'plan.json').stores.map(({ path }) => path)).toEqual([store]);
  expect(parseJournal(journal as string, 'journal.ndjson').entries.map(({ target }) => target)).toContain(store);
  expect((await applyRun(run.plan(), files, { now })).outcome).toBe('already');
  await rollbackRun(run.folder, files, { now });
  expect(contentOf(store)).toBe(oldContent(name));
});

describe('a text of a finished run that was edited', () => {
  const INSTALL = 'devices/ios-xe-CA.install.txt';

  test.each([INSTALL, 'runbook.md'])('is left as it is, and named: %s', async (name) => {
    await applyRun(fixture.plan(), files, { now });
    const path = join(fixture.folder, name);
    const other = join(fixture.folder, name === INSTALL ? 'runbook.md' : INSTALL);
    writeFileSync(path, `${contentOf(path)}no shutdown\n`);
    files.remove(other);
    const before = journalText();

    const error = await errorOf(applyRun(fixture.plan(), files, { now }));

    expect(error).toMatchObject({
      code: 'run/changed-since',
      exitStatus: 5,
      at: { source: `${fixture.folder}/${name}` },
      hint: 'remove it to have it written again, or name another folder with --out',
    });
    expect(() => checkRunFolder(fixture.plan(), files)).toThrow(expect.objectContaining({ code: 'run/changed-since' }));
    expect(contentOf(path)).toContain('no shutdown');
    expect(files.exists(other)).toBe(false);
    expect(journalText()).toBe(before);

    files.remove(path);
    expect((await applyRun(fixture.plan(), files, { now })).texts).toHaveLength(2);
    expect(contentOf(path)).not.toContain('no shutdown');
  });

  test('in a run that was cut off between its texts, too', async () => {
    await applyRun(fixture.plan(), files, { now });
    const path = join(fixture.folder, 'journal.ndjson');
    const lines = contentOf(path).split('\n');
    writeFileSync(
      path,
      lines
        .slice(
          0,
          lines.findIndex((line) => line.includes('runbook.md')),
        )
        .join('\n'),
    );
    files.remove(join(fixture.folder, 'runbook.md'));
    writeFileSync(join(fixture.folder, INSTALL), 'mine');
    expect(await errorOf(applyRun(fixture.plan(), files, { now }))).toMatchObject({ code: 'run/changed-since' });
    expect(files.exists(join(fixture.folder, 'runbook.md'))).toBe(false);
  });

  test('is not one that another spelling of the folder would make', async () => {
    await applyRun(fixture.plan(), files, { now });
    const texts = fixture.plan().texts.map(({ path }) => ({ path, text: 'spelled in another way' }));
    expect((await applyRun(fixture.plan({ texts }), files, { now })).outcome).toBe('already');
  });
});

describe('a run folder is looked at without writing', () => {
  const check = (run = fixture.plan()) => checkRunFolder(run, files);

  test('and is good where it is new, empty, complete or interrupted', async () => {
    check();
    expect(namesIn(root.path)).toEqual(STORE_NAMES);
    mkdirSync(fixture.folder);
    check();
    await applyRun(fixture.plan(), files, { now });
    const names = namesIn(root.path);
    check();
    expect(namesIn(root.path)).toEqual(names);
  });

  test.each([
    {
      name: 'something else',
      code: 'output/exists',
      prepare: () => files.writeNew(join(fixture.folder, 'a.jpg'), Buffer.from('')),
    },
    { name: 'no folder but a file', code: 'run/not-a-run-folder', prepare: () => writeFileSync(fixture.folder, '') },
    { name: 'a run that was rolled back', code: 'run/rolled-back', prepare: applyAndRollBack },
    {
      name: 'a run whose store was put back by hand',
      code: 'run/changed-since',
      prepare: async () => {
        await applyRun(fixture.plan(), files, { now });
        writeFileSync(join(root.path, 'stores/tg.jks'), oldContent('tg.jks'));
      },
    },
  ])('and is refused with $name', async ({ code, prepare }) => {
    await prepare();
    const names = namesIn(root.path);
    expect(() => check()).toThrow(expect.objectContaining({ code, hint: expect.any(String) }));
    expect(namesIn(root.path)).toEqual(names);
  });

  test('and is not blamed where the same call did it all since the keystores were read', async () => {
    const read = fixture.plan();
    await applyRun(fixture.plan(), files, { now });
    const changed = expect.objectContaining({ code: 'file/changed-meanwhile', hint: 'nothing was changed; run again' });
    expect(() => check(read)).toThrow(changed);
    await expect(applyRun(read, files, { now })).rejects.toEqual(changed);
  });

  test('and is refused with another plan, and where its path is empty', async () => {
    await applyRun(fixture.plan(), files, { now });
    expect(() => check(fixture.plan({ devices: ['nxos:CA'] }))).toThrow(
      expect.objectContaining({ code: 'run/other-plan' }),
    );
    const nowhere = { ...fixture.plan(), folder: '' };
    expect(() => check(nowhere)).toThrow(
      expect.objectContaining({ code: 'usage/bad-value', message: 'the path is empty' }),
    );
    expect(await errorOf(applyRun(nowhere, files, { now }))).toMatchObject({ code: 'usage/bad-value' });
  });

  async function applyAndRollBack(): Promise<void> {
    await applyRun(fixture.plan(), files, { now });
    await rollbackRun(fixture.folder, files, { now });
  }
});

test('a read-only disk is named as the reason', async () => {
  const readOnly = new DiskRunFiles({ host: hostWith(refusing('EROFS')) });
  expect(await errorOf(applyRun(fixture.plan(), readOnly, { now }))).toMatchObject({
    code: 'file/cannot-write',
    message: 'cannot be written: the file system is read-only (EROFS)',
    at: { source: fixture.folder },
    hint: expect.stringContaining('remount'),
  });
  expect(namesIn(root.path)).toEqual(STORE_NAMES);
});

describe('what a process that was killed left', () => {
  const LEFT = [
    'stores/.tg.jks.anchorctl-tmp.00ff',
    'run/.plan.json.anchorctl-tmp.00ff',
    'run/backup/.1-tg.jks.anchorctl-tmp.00ff',
    'run/devices/.ios-xe-CA.install.txt.anchorctl-tmp.00ff',
  ];
  const leave = () => {
    for (const name of LEFT) writeFileSync(join(root.path, name), 'half of it');
  };

  test('is cleared away by a call with nothing to do', async () => {
    await applyRun(fixture.plan(), files, { now });
    leave();
    expect((await applyRun(fixture.plan(), files, { now })).outcome).toBe('already');
    expect(namesIn(root.path)).toEqual([...RUN_NAMES, ...STORE_NAMES]);
  });

  test('stays while somebody holds the lock of the store', async () => {
    await applyRun(fixture.plan(), files, { now });
    const lock = await acquireLock(join(root.path, 'stores/tg.jks'));
    leave();
    const names = namesIn(join(root.path, 'stores'));
    expect((await applyRun(fixture.plan(), files, { now })).outcome).toBe('already');
    expect(namesIn(join(root.path, 'stores'))).toEqual(names);
    lock.release();
  });

  test('is not looked for by writing: a disk that is read-only does', async () => {
    await applyRun(fixture.plan(), files, { now });
    const readOnly = new DiskRunFiles({ host: hostWith(refusing('EROFS')) });
    expect((await applyRun(fixture.plan(), readOnly, { now })).outcome).toBe('already');
    leave();
    const error = await errorOf(applyRun(fixture.plan(), readOnly, { now }));
    expect(error).toMatchObject({ code: 'file/cannot-write', hint: expect.stringContaining('private keys') });
    expect(error.message).toMatch(
      /^a killed run left \S+[/\\]run[/\\]\.plan\.json\.anchorctl-tmp\.00ff, .*: the file system is read-only \(EROFS\)$/,
    );
  });
});

/** A disk that takes no write. */
function refusing(code: string): Partial<HostFileSystem> {
  const fail = () => {
    throw systemError(code);
  };
  const openSync: HostFileSystem['openSync'] = (path, flags, ...rest) =>
    typeof flags === 'string' ? fail() : thisHost.fs.openSync(path, flags, ...rest);
  return { openSync, mkdirSync: fail, unlinkSync: fail, renameSync: fail, linkSync: fail };
}
