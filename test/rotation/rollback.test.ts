import { chmodSync, copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TrustError } from '../../src/errors.ts';
import { DiskRunFiles } from '../../src/io/run-files.ts';
import { applyRun } from '../../src/rotation/apply.ts';
import { type RollbackOptions, rollbackRun } from '../../src/rotation/rollback.ts';
import { type RunFiles, readRunFolder } from '../../src/rotation/run-folder.ts';
import { NO_MODES } from '../support/platform.ts';
import {
  contentOf,
  fixtureIn,
  newContent,
  now,
  oldContent,
  type RunFixture,
  sha256,
  temporaryFolder,
} from './run-fixture.ts';

let root: ReturnType<typeof temporaryFolder>;
let fixture: RunFixture;
const files: RunFiles = new DiskRunFiles();

beforeEach(async () => {
  root = temporaryFolder();
  fixture = fixtureIn(root.path);
  await applyRun(fixture.plan(), files, { now });
});
afterEach(() => root.remove());

const store = (name: string) => join(root.path, 'stores', name);
const journalText = () => contentOf(join(fixture.folder, 'journal.ndjson'));

function expectStores(content: (name: string) => string): void {
  for (const name of ['tg.jks', 'gw.jks']) expect(contentOf(store(name))).toBe(content(name));
}

function rollback(options: Partial<RollbackOptions> = {}): ReturnType<typeof rollbackRun> {
  return rollbackRun(fixture.folder, files, { now, ...options });
}

test('puts every store back byte for byte, with the mode it has now', async () => {
  if (!NO_MODES) chmodSync(store('tg.jks'), 0o604);
  const result = await rollback();
  expectStores(oldContent);
  if (!NO_MODES) expect(statSync(store('tg.jks')).mode & 0o777).toBe(0o604);
  expect(result.outcome).toBe('rolled-back');
  expect(result.stores.map(({ path, state }) => [path, state])).toEqual([
    [store('tg.jks'), 'restored'],
    [store('gw.jks'), 'restored'],
  ]);
  expect(readRunFolder(fixture.folder, files)).toMatchObject({ journal: { state: 'rolled-back' } });
});

test('a second time says already and writes nothing', async () => {
  await rollback();
  const journal = journalText();
  const result = await rollback();
  expect(result.outcome).toBe('already');
  expect(result.stores.map(({ state }) => state)).toEqual(['already', 'already']);
  expect(journalText()).toBe(journal);
});

test('a second time leaves alone what its owner did since', async () => {
  await rollback();
  writeFileSync(store('tg.jks'), 'changed since');
  expect((await rollback()).outcome).toBe('already');
  expect(contentOf(store('tg.jks'))).toBe('changed since');
});

test('a dry run says what it would do and writes nothing', async () => {
  const journal = journalText();
  const result = await rollback({ dryRun: true });
  expect(result.outcome).toBe('would-roll-back');
  expect(result.stores.map(({ state }) => state)).toEqual(['would-restore', 'would-restore']);
  expectStores(newContent);
  expect(journalText()).toBe(journal);
});

test('asks with what it would restore, and takes no for an answer', async () => {
  const asked: string[] = [];
  const no = async (toRestore: readonly { path: string }[]) => {
    asked.push(...toRestore.map(({ path }) => path));
    return false;
  };
  await expect(rollback({ confirm: no })).rejects.toMatchObject({
    code: 'run/needs-confirmation',
    hint: expect.stringContaining('--yes'),
  });
  expect(asked).toEqual([store('tg.jks'), store('gw.jks')]);
  expectStores(newContent);
});

test('an interrupt before the first store changes nothing, and is no rollback', async () => {
  const journal = journalText();
  await expect(rollback({ signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'run/interrupted',
    exitStatus: 130,
    message: `interrupted; no keystore was put back; not put back: ${store('tg.jks')}, ${store('gw.jks')}`,
    hint: expect.any(String),
  });
  expectStores(newContent);
  expect(journalText()).toBe(journal);
  expect((await applyRun(fixture.plan(), files, { now })).outcome).toBe('already');
});

test('an interrupt between two stores says what is done; the same call goes on', async () => {
  const controller = new AbortController();
  const onProgress = (entry: { step: string }) => entry.step === 'restore' && controller.abort();
  await expect(rollback({ signal: controller.signal, onProgress })).rejects.toMatchObject({
    code: 'run/interrupted',
    message: `interrupted; put back: ${store('tg.jks')}; not put back: ${store('gw.jks')}`,
  });
  expect(contentOf(store('gw.jks'))).toBe(newContent('gw.jks'));
  expect((await rollback()).stores.map(({ state }) => state)).toEqual(['already', 'restored']);
  expectStores(oldContent);
});

test('refuses where the run was taken up meanwhile: nobody said yes to that', async () => {
  writeFileSync(store('gw.jks'), oldContent('gw.jks'));
  const slow = async () => {
    writeFileSync(store('gw.jks'), newContent('gw.jks'));
    return true;
  };
  await expect(rollback({ confirm: slow })).rejects.toMatchObject({ code: 'file/changed-meanwhile' });
  expectStores(newContent);
});

test.each([{ dryRun: false }, { dryRun: true }])(
  'clears away what was left, unless it is a dry run: %o',
  async ({ dryRun }) => {
    await rollback();
    const left = [store('.tg.jks.anchorctl-tmp.00ff'), join(fixture.folder, 'devices/.x.txt.anchorctl-tmp.00ff')];
    for (const path of left) writeFileSync(path, 'half of it');
    expect((await rollback({ dryRun })).outcome).toBe('already');
    expect(left.map((path) => existsSync(path))).toEqual([dryRun, dryRun]);
  },
);

test('says of a store that is gone which backup to copy, and goes on once that is done', async () => {
  rmSync(store('gw.jks'));
  const backup = `${fixture.folder}/backup/2-gw.jks`;
  await expect(rollback()).rejects.toMatchObject({
    code: 'run/changed-since',
    message: 'the keystore is gone',
    at: { source: store('gw.jks') },
    hint: expect.stringContaining(
      `mount its disk if it is on one, or copy ${backup} to ${store('gw.jks')}, with its owner and mode; then run the rollback again`,
    ),
  });
  copyFileSync(backup, store('gw.jks'));
  expect((await rollback()).stores.map(({ state }) => state)).toEqual(['restored', 'already']);
  expectStores(oldContent);
});

test('says of a store that was changed what was found, what was expected, and what to do', async () => {
  writeFileSync(store('gw.jks'), 'x');
  const digests = [oldContent('gw.jks'), newContent('gw.jks'), 'x'].map(sha256);
  const error = await rollback().catch((caught: unknown) => caught);
  for (const digest of digests) expect(String(error)).toContain(digest);
  expect(error).toMatchObject({ hint: expect.stringContaining(`${fixture.folder}/backup/2-gw.jks`) });
});

test('looks again after the answer', async () => {
  const slow = async () => {
    writeFileSync(store('gw.jks'), 'while you were thinking');
    return true;
  };
  await expect(rollback({ confirm: slow })).rejects.toMatchObject({ code: 'run/changed-since' });
  expect(contentOf(store('tg.jks'))).toBe(newContent('tg.jks'));
});

test.each([
  {
    name: 'a store that somebody changed',
    prepare: () => writeFileSync(store('gw.jks'), 'x'),
    code: 'run/changed-since',
    status: 5,
    source: () => store('gw.jks'),
  },
  {
    name: 'a store that is gone',
    prepare: () => rmSync(store('gw.jks')),
    code: 'run/changed-since',
    status: 5,
    source: () => store('gw.jks'),
  },
  {
    name: 'a backup that was changed',
    prepare: () => writeFileSync(join(fixture.folder, 'backup/2-gw.jks'), 'x'),
    code: 'run/damaged',
    status: 3,
    source: () => `${fixture.folder}/backup/2-gw.jks`,
  },
  {
    name: 'a backup that is gone',
    prepare: () => rmSync(join(fixture.folder, 'backup/2-gw.jks')),
    code: 'run/damaged',
    status: 3,
    source: () => `${fixture.folder}/backup/2-gw.jks`,
  },
  {
    name: 'a plan that was cut',
    prepare: () => writeFileSync(join(fixture.folder, 'plan.json'), '{"schema":'),
    code: 'run/damaged',
    status: 3,
    source: () => `${fixture.folder}/plan.json`,
  },
  {
    name: 'a plan whose backup leads out of the run folder',
    prepare: () => editPlan((text) => text.replace('backup/2-gw.jks', 'backup/../../stores/tg.jks')),
    code: 'run/damaged',
    status: 3,
    source: () => `${fixture.folder}/plan.json`,
  },
  {
    name: 'a journal that was overwritten',
    prepare: () => writeFileSync(join(fixture.folder, 'journal.ndjson'), 'all is well\n'),
    code: 'run/damaged',
    status: 3,
    source: () => `${fixture.folder}/journal.ndjson`,
  },
])('refuses $name, and touches nothing', async ({ prepare, code, status, source }) => {
  prepare();
  const journal = journalText();
  const error = await rollback().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(TrustError);
  expect(error).toMatchObject({ code, exitStatus: status, at: expect.objectContaining({ source: source() }) });
  expect(contentOf(store('tg.jks'))).toBe(newContent('tg.jks'));
  expect(journalText()).toBe(journal);
});

function editPlan(edit: (text: string) => string): void {
  const path = join(fixture.folder, 'plan.json');
  writeFileSync(path, edit(readFileSync(path, 'utf8')));
}

test.each(['nowhere', '.'])('refuses %s, which is no run folder', async (name) => {
  await expect(rollbackRun(join(root.path, name), files, { now })).rejects.toMatchObject({
    code: 'run/not-a-run-folder',
  });
});

test('one store that cannot be put back does not keep the others from it; the same call goes on', async () => {
  let broken = true;
  const failing: RunFiles = Object.assign(new DiskRunFiles(), {
    replace: async (...args: Parameters<RunFiles['replace']>) => {
      if (broken && args[0].endsWith('tg.jks')) {
        throw new TrustError('file/cannot-write', 'another program holds the file open', { hint: 'stop the service' });
      }
      return files.replace(...args);
    },
  });
  const error = await rollbackRun(fixture.folder, failing, { now }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'run/failed', exitStatus: 6, hint: 'stop the service' });
  expect(String(error)).toMatch(/not put back: \S+tg.jks \(another program holds the file open\); put back: \S+gw.jks/);
  expect(contentOf(store('gw.jks'))).toBe(oldContent('gw.jks'));

  broken = false;
  const result = await rollbackRun(fixture.folder, failing, { now });
  expect(result.stores.map(({ state }) => state)).toEqual(['restored', 'already']);
  expectStores(oldContent);
});

test.each([
  {
    name: 'before a store is put back keeps that one',
    failing: 2,
    message: () =>
      `not put back: ${store('tg.jks')} (no space: ${fixture.folder}/journal.ndjson); put back: ${store('gw.jks')}`,
  },
  {
    name: 'after a store was put back does not deny that',
    failing: 3,
    message: () => `no space; put back: ${store('tg.jks')}, ${store('gw.jks')}`,
  },
])('a journal that cannot be written $name', async ({ failing, message }) => {
  let lines = 0;
  const full: RunFiles = Object.assign(new DiskRunFiles(), {
    append: (path: string, text: string) => {
      lines += 1;
      if (lines === failing) throw new TrustError('file/cannot-write', 'no space', { at: { source: path } });
      files.append(path, text);
    },
  });
  await expect(rollbackRun(fixture.folder, full, { now })).rejects.toMatchObject({
    code: 'run/failed',
    message: message(),
  });
  await rollback();
  expectStores(oldContent);
});

test('a store that the run did not change stays as it is, whatever became of it', async () => {
  root.remove();
  fixture = fixtureIn(root.path);
  writeFileSync(store('gw.jks'), newContent('gw.jks'));
  await applyRun(fixture.plan(), files, { now });
  writeFileSync(store('gw.jks'), 'later');
  const result = await rollback();
  expect(result.stores.map(({ state }) => state)).toEqual(['restored', 'unchanged']);
  expect(contentOf(store('gw.jks'))).toBe('later');
});
