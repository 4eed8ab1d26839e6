/** A rollback of some keystores of a run: one whose disk is gone must not keep twenty others from it. */
import { existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { quoteWord } from '../../src/encoding/printable.ts';
import { TrustError } from '../../src/errors.ts';
import { DiskRunFiles } from '../../src/io/run-files.ts';
import { applyRun } from '../../src/rotation/apply.ts';
import { type RollbackOptions, rollbackRun } from '../../src/rotation/rollback.ts';
import { anchorctl } from '../support/cli.ts';
import { NO_SYMLINKS } from '../support/platform.ts';
import { contentOf, fixtureIn, newContent, now, oldContent, type RunFixture, temporaryFolder } from './run-fixture.ts';

const files = new DiskRunFiles();
let root: ReturnType<typeof temporaryFolder>;
let fixture: RunFixture;
let [first, second] = ['', ''];

beforeEach(async () => {
  root = temporaryFolder();
  fixture = fixtureIn(root.path);
  await applyRun(fixture.plan(), files, { now });
  [first, second] = ['tg.jks', 'gw.jks'].map((name) => join(root.path, 'stores', name)) as [string, string];
});
afterEach(() => root.remove());

function rollback(options: Partial<RollbackOptions> = {}): ReturnType<typeof rollbackRun> {
  return rollbackRun(fixture.folder, files, { now, ...options });
}

test('the refusal names the call that puts the others back', async () => {
  renameSync(first, `${first}.away`);
  const call = `anchorctl rollback ${quoteWord(fixture.folder)} --except ${quoteWord(first)}`;
  await expect(rollback()).rejects.toMatchObject({
    code: 'run/changed-since',
    message: 'the keystore is gone',
    at: { source: first },
    hint: expect.stringContaining(`\`${call}\` puts the others back`),
  });
  expect(contentOf(second)).toBe(newContent('gw.jks'));
});

test('so does the refusal where a keystore cannot be locked, as on a disk that is read-only now', async () => {
  const readOnly = Object.assign(new DiskRunFiles(), {
    lock: (path: string, folders?: readonly string[]) => {
      if (path !== files.resolve(first)) return files.lock(path, folders);
      const hint = 'remount it writable';
      return Promise.reject(new TrustError('file/cannot-write', 'read-only', { at: { source: path }, hint }));
    },
  });
  const call = `anchorctl rollback ${quoteWord(fixture.folder)} --except ${quoteWord(first)}`;
  await expect(rollbackRun(fixture.folder, readOnly, { now })).rejects.toMatchObject({
    code: 'file/cannot-write',
    hint: `remount it writable; or \`${call}\` puts the others back`,
  });
  expect(contentOf(second)).toBe(newContent('gw.jks'));
  await rollbackRun(fixture.folder, readOnly, { now, except: [first] });
  expect(contentOf(second)).toBe(oldContent('gw.jks'));
});

test('every keystore that cannot be put back is named at once', async () => {
  renameSync(first, `${first}.away`);
  writeFileSync(second, 'another');
  const refusal = await rollback().catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'run/changed-since', at: { source: first } });
  expect(refusal).toMatchObject({
    message: expect.stringContaining(`the keystore is gone; ${second}: the keystore was changed by somebody else`),
  });
  // There are no others.
  expect(refusal).not.toMatchObject({ hint: expect.stringContaining('--except') });
});

test('once the others are back, the refusal names no such call', async () => {
  renameSync(first, `${first}.away`);
  await rollback({ except: [first] });
  const refusal = await rollback().catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'run/changed-since', at: { source: first } });
  expect(refusal).not.toMatchObject({ hint: expect.stringContaining('puts the others back') });
});

test('the call in a refusal excepts again what was excepted', async () => {
  const place = join(root.path, 'three');
  const three = fixtureIn(place, ['a.jks', 'b.jks', 'c.jks']);
  await applyRun(three.plan(), files, { now });
  const [a = '', b = '', c = ''] = ['a.jks', 'b.jks', 'c.jks'].map((name) => join(place, 'stores', name));
  for (const gone of [a, b]) renameSync(gone, `${gone}.away`);
  await expect(rollbackRun(three.folder, files, { now, except: [a] })).rejects.toMatchObject({
    at: { source: b },
    hint: expect.stringContaining(`--except ${quoteWord(a)} --except ${quoteWord(b)}\` puts the others back`),
  });
  expect(contentOf(c)).toBe(newContent('c.jks'));
});

test('one that is excepted is left as it is, and the others are put back', async () => {
  renameSync(first, `${first}.away`);
  const result = await rollback({ except: [first] });
  expect(result.outcome).toBe('rolled-back');
  expect(result.stores.map(({ state }) => state)).toEqual(['excepted', 'restored']);
  expect(existsSync(first)).toBe(false);
  expect(contentOf(second)).toBe(oldContent('gw.jks'));
  expect(contentOf(join(fixture.folder, 'journal.ndjson'))).toContain(
    `"step":"except","target":${JSON.stringify(first)},"state":"done"}`,
  );
});

test('once it is there again, the same call without the exception puts it back', async () => {
  renameSync(first, `${first}.away`);
  await rollback({ except: [first] });
  renameSync(`${first}.away`, first);
  const result = await rollback();
  expect(result.stores.map(({ state }) => state)).toEqual(['restored', 'already']);
  expect(contentOf(first)).toBe(oldContent('tg.jks'));
});

test('a keystore that was changed since is left alone where it is excepted', async () => {
  writeFileSync(first, 'another');
  await rollback({ except: [first] });
  expect([contentOf(first), contentOf(second)]).toEqual(['another', oldContent('gw.jks')]);
});

test.skipIf(NO_SYMLINKS)('one that is a link to another file now is excepted by the path of the refusal', async () => {
  writeFileSync(join(root.path, 'other.jks'), 'another');
  rmSync(first);
  symlinkSync(join(root.path, 'other.jks'), first);
  await expect(rollback()).rejects.toMatchObject({ code: 'run/changed-since', hint: expect.stringContaining(first) });
  expect((await rollback({ except: [first] })).stores.map(({ state }) => state)).toEqual(['excepted', 'restored']);
});

test('a call that excepts all of them changes none, and says so', async () => {
  const argv = ['rollback', fixture.folder, '--yes', '--except', first, '--except', second];
  expect((await anchorctl([...argv, '--json'])).json()).toMatchObject({ changed: false });
  expect((await anchorctl(argv)).stdout).not.toContain('Restart');
});

describe('one that was excepted', () => {
  const states = async (options: Partial<RollbackOptions> = {}) =>
    (await rollback(options)).stores.map(({ state }) => state);

  test('and is not as the run left it is refused as before, however often the others are put back', async () => {
    writeFileSync(first, 'another');
    for (const except of [[first], [first]]) {
      await rollback({ except });
      const { status, stdout, stderr } = await anchorctl(['rollback', fixture.folder, '--yes']);
      expect([status, stdout]).toEqual([5, '']);
      expect(stderr).toMatch(/changed by somebody else since the run.*\[run\/changed-since\]/);
      await expect(rollback({ dryRun: true })).rejects.toMatchObject({ code: 'run/changed-since' });
    }
    expect(contentOf(first)).toBe('another');
  });

  test("keeps no other from being its owner's once that was put back", async () => {
    writeFileSync(first, 'another');
    await rollback({ except: [first] });
    writeFileSync(second, 'its owner');
    await expect(rollback()).rejects.toMatchObject({ code: 'run/changed-since', at: { source: first } });
    expect(await states({ except: [first] })).toEqual(['excepted', 'already']);
    expect([contentOf(first), contentOf(second)]).toEqual(['another', 'its owner']);
  });

  test("is its owner's once a rollback found it as it was before the run", async () => {
    await rollback({ except: [first] });
    writeFileSync(first, oldContent('tg.jks'));
    expect(await states()).toEqual(['already', 'already']);
    writeFileSync(first, 'its owner');
    expect(await rollback()).toMatchObject({
      outcome: 'already',
      stores: [{ state: 'already' }, { state: 'already' }],
    });
    expect(contentOf(first)).toBe('its owner');
  });

  test('is still open after a rollback of all that failed', async () => {
    await rollback({ except: [first] });
    const signal = AbortSignal.abort();
    await expect(rollback({ signal })).rejects.toMatchObject({ code: 'run/interrupted' });
    expect(await states()).toEqual(['restored', 'already']);
  });
});

test('what is none of the run cannot be excepted, and nothing is put back', async () => {
  await expect(rollback({ except: [join(root.path, 'stores', 'other.jks')] })).rejects.toMatchObject({
    code: 'input/no-match',
    hint: `those of the run are ${first}, ${second}`,
  });
  expect([contentOf(first), contentOf(second)]).toEqual([newContent('tg.jks'), newContent('gw.jks')]);
});

test('on the command line it is named by any path, and told of', async () => {
  const call = await anchorctl([
    'rollback',
    fixture.folder,
    '--yes',
    '--except',
    join(root.path, 'stores', '.', 'tg.jks'),
  ]);
  expect(call.status).toBe(0);
  expect(call.stdout).toContain('is left as it is, as you asked');
  expect([contentOf(first), contentOf(second)]).toEqual([newContent('tg.jks'), oldContent('gw.jks')]);
});
