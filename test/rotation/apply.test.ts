import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TrustError } from '../../src/errors.ts';
import { thisHost } from '../../src/io/host.ts';
import { acquireLock } from '../../src/io/lock.ts';
import { DiskRunFiles } from '../../src/io/run-files.ts';
import { applyRun } from '../../src/rotation/apply.ts';
import { parseJournal } from '../../src/rotation/journal.ts';
import { rollbackRun } from '../../src/rotation/rollback.ts';
import type { RunFiles } from '../../src/rotation/run-folder.ts';
import { NO_MODES, NO_SYMLINKS } from '../support/platform.ts';
import {
  contentOf,
  fixture,
  fixtureIn,
  layOutRun,
  namesIn,
  newContent,
  now,
  oldContent,
  RUN_NAMES,
  root,
  STORE_NAMES,
  sha256,
} from './run-fixture.ts';

const files: RunFiles = new DiskRunFiles();
layOutRun();

function expectStores(content: (name: string) => string): void {
  for (const name of ['tg.jks', 'gw.jks']) expect(contentOf(join(root.path, 'stores', name))).toBe(content(name));
}

function journal(): string[] {
  const path = join(fixture.folder, 'journal.ndjson');
  return parseJournal(contentOf(path), path).entries.map(({ step, target, state }) => {
    const name = target === fixture.folder ? '' : ` ${basename(target)}`;
    return `${step}${name} ${state}`;
  });
}

async function errorOf(work: Promise<unknown>): Promise<TrustError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (error instanceof TrustError) return error;
  throw error;
}

describe('a run', () => {
  test('changes the stores, keeps backups and leaves its texts', async () => {
    const run = fixture.plan();
    const result = await applyRun(run, files, { now });

    expectStores(newContent);
    expect(namesIn(root.path)).toEqual([...RUN_NAMES, ...STORE_NAMES]);
    expect(contentOf(join(fixture.folder, 'backup/1-tg.jks'))).toBe(oldContent('tg.jks'));
    expect(JSON.parse(contentOf(join(fixture.folder, 'plan.json')))).toEqual(run.plan);
    expect(contentOf(join(fixture.folder, 'plan.json'))).toBe(`${JSON.stringify(run.plan, null, 2)}\n`);
    expect(result.outcome).toBe('applied');
    expect(result.texts).toEqual([`${fixture.folder}/devices/ios-xe-CA.install.txt`, `${fixture.folder}/runbook.md`]);
    expect(result.stores[0]).toMatchObject({ changed: true, backup: `${fixture.folder}/backup/1-tg.jks`, notes: [] });
    expect(journal()).toEqual([
      'run begin',
      ...['tg.jks', 'gw.jks'].flatMap((name) =>
        ['back-up', 'replace', 'verify'].flatMap((step) => [`${step} ${name} begin`, `${step} ${name} done`]),
      ),
      'write-text ios-xe-CA.install.txt begin',
      'write-text ios-xe-CA.install.txt done',
      'write-text runbook.md begin',
      'write-text runbook.md done',
      'run done',
    ]);
  });

  test.skipIf(NO_MODES)('keeps the backups of private stores private', async () => {
    chmodSync(join(root.path, 'stores/tg.jks'), 0o640);
    await applyRun(fixture.plan(), files, { now });
    const modeOf = (name: string) => statSync(join(root.path, name)).mode & 0o7777;
    expect([modeOf('run/backup'), modeOf('run/backup/1-tg.jks'), modeOf('stores/tg.jks')]).toEqual([
      0o700, 0o640, 0o640,
    ]);
  });

  test('a second time says that all is in place, and writes nothing', async () => {
    await applyRun(fixture.plan(), files, { now });
    const before = statSync(fixture.folder, { bigint: true }).mtimeNs;
    const storesBefore = statSync(join(root.path, 'stores'), { bigint: true }).mtimeNs;
    const journalBefore = contentOf(join(fixture.folder, 'journal.ndjson'));

    const result = await applyRun(fixture.plan(), files, { now });

    expect(result.outcome).toBe('already');
    expect(result.stores.map(({ changed }) => changed)).toEqual([false, false]);
    expect(result.plan.stores[0]?.backup).toBe('backup/1-tg.jks');
    expect(statSync(fixture.folder, { bigint: true }).mtimeNs).toBe(before);
    expect(statSync(join(root.path, 'stores'), { bigint: true }).mtimeNs).toBe(storesBefore);
    expect(contentOf(join(fixture.folder, 'journal.ndjson'))).toBe(journalBefore);
  });

  test('with nothing to change and nothing to write makes no folder', async () => {
    for (const name of ['tg.jks', 'gw.jks']) writeFileSync(join(root.path, 'stores', name), newContent(name));
    expect((await applyRun(fixture.plan({ texts: [] }), files, { now })).outcome).toBe('already');
    expect(namesIn(root.path)).toEqual(STORE_NAMES);
  });

  test('writes a text again that somebody deleted, and nothing else', async () => {
    await applyRun(fixture.plan(), files, { now });
    files.remove(join(fixture.folder, 'runbook.md'));
    const result = await applyRun(fixture.plan(), files, { now });
    expect(result.texts).toEqual([`${fixture.folder}/runbook.md`]);
    expect(contentOf(join(fixture.folder, 'runbook.md'))).toContain('tg.jks backup/1-tg.jks');
    expect(journal().slice(-4)).toEqual([
      'run begin',
      'write-text runbook.md begin',
      'write-text runbook.md done',
      'run done',
    ]);
  });

  test('tells of other names of a store, which keep the old content', async () => {
    linkSync(join(root.path, 'stores/tg.jks'), join(root.path, 'other.jks'));
    const { stores } = await applyRun(fixture.plan(), files, { now });
    const message = `${join(root.path, 'stores/tg.jks')} had 1 more name, which keeps the old content`;
    expect(stores.map(({ notes }) => notes)).toEqual([[{ code: 'file/hard-link', message }], []]);
    expect(contentOf(join(root.path, 'other.jks'))).toBe(oldContent('tg.jks'));
  });

  test('is had by one of two calls at the same time; the other is told', async () => {
    const results = await Promise.allSettled(
      [fixture.plan(), fixture.plan()].map((run) => applyRun(run, files, { now })),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = results.find(({ status }) => status === 'rejected');
    expect(lost).toMatchObject({ reason: { code: 'file/changed-meanwhile' } });
    expectStores(newContent);
    expect(namesIn(root.path)).toEqual([...RUN_NAMES, ...STORE_NAMES]);
    expect((await applyRun(fixture.plan(), files, { now })).outcome).toBe('already');
  });

  test('tells of its progress after each line of the journal', async () => {
    const seen: string[] = [];
    await applyRun(fixture.plan(), files, { now, onProgress: ({ seq, state }) => seen.push(`${seq} ${state}`) });
    expect(seen).toHaveLength(journal().length);
    expect(seen.at(-1)).toBe(`${seen.length} done`);
  });
});

describe('a run is refused, and changes nothing', () => {
  test.each([
    {
      name: 'where a store was changed since it was read',
      prepare: () => writeFileSync(join(root.path, 'stores/gw.jks'), 'something else'),
      code: 'file/changed-meanwhile',
    },
    {
      name: 'where the folder holds something else',
      prepare: () => {
        mkdirSync(fixture.folder);
        writeFileSync(join(fixture.folder, 'holiday.jpg'), '');
      },
      code: 'output/exists',
    },
    {
      name: 'where the folder is a file',
      prepare: () => writeFileSync(fixture.folder, ''),
      code: 'run/not-a-run-folder',
    },
    {
      name: 'where the plan in the folder is no plan',
      prepare: () => {
        mkdirSync(fixture.folder);
        writeFileSync(join(fixture.folder, 'plan.json'), '{"stores":');
      },
      code: 'run/damaged',
    },
  ])('$name', async ({ prepare, code }) => {
    const run = fixture.plan();
    prepare();
    const names = namesIn(root.path);
    expect(await errorOf(applyRun(run, files, { now }))).toMatchObject({ code });
    expect(namesIn(root.path)).toEqual(names);
    expect(contentOf(join(root.path, 'stores/tg.jks'))).toBe(oldContent('tg.jks'));
  });

  test('where the folder holds a run with another plan', async () => {
    await applyRun(fixture.plan(), files, { now });
    const other = fixture.plan({ devices: ['nxos:CA'] });
    expect(await errorOf(applyRun(other, files, { now }))).toMatchObject({ code: 'run/other-plan' });
  });

  test('where the run was rolled back', async () => {
    await applyRun(fixture.plan(), files, { now });
    await rollbackRun(fixture.folder, files, { now });
    expect(await errorOf(applyRun(fixture.plan(), files, { now }))).toMatchObject({ code: 'run/rolled-back' });
    expectStores(oldContent);
  });

  test('where a store of a finished run was put back by hand', async () => {
    await applyRun(fixture.plan(), files, { now });
    writeFileSync(join(root.path, 'stores/tg.jks'), oldContent('tg.jks'));
    expect(await errorOf(applyRun(fixture.plan(), files, { now }))).toMatchObject({
      code: 'run/changed-since',
      at: { source: join(root.path, 'stores/tg.jks') },
    });
  });

  test.skipIf(NO_SYMLINKS)('where one store is named twice', async () => {
    symlinkSync(join(root.path, 'stores/tg.jks'), join(root.path, 'stores/link.jks'));
    const run = fixtureIn(root.path).plan({ texts: [] });
    const [tg, gw] = run.stores;
    const [plannedTg, plannedGw] = run.plan.stores;
    if (tg === undefined || gw === undefined || plannedTg === undefined || plannedGw === undefined) throw new Error();
    const path = join(root.path, 'stores/link.jks');
    const twice = {
      ...run,
      stores: [tg, gw, { ...tg, path }],
      plan: { ...run.plan, stores: [plannedTg, plannedGw, { ...plannedTg, path, backup: 'backup/3-link.jks' }] },
    };
    expect(await errorOf(applyRun(twice, files, { now }))).toMatchObject({ code: 'usage/conflict' });
    expectStores(oldContent);
  });

  test('where a store is locked, after waiting', async () => {
    const lock = await acquireLock(join(root.path, 'stores/gw.jks'));
    const pauses: number[] = [];
    const sleep = async (milliseconds: number) => void pauses.push(milliseconds);
    const impatient = new DiskRunFiles({ host: { ...thisHost, sleep } });
    const error = await errorOf(applyRun(fixture.plan(), impatient, { now }));
    lock.release();
    const waited = pauses.reduce((sum, pause) => sum + pause);
    expect(waited).toBeGreaterThan(2500);
    expect(waited).toBeLessThan(7500);
    expect(error).toMatchObject({ code: 'file/locked' });
    expect(error.message).toContain(`process ${process.pid}`);
    expect(namesIn(root.path)).toEqual(STORE_NAMES);
  });

  test.each(['../x.txt', 'devices/../x.txt', 'other/x.txt', 'devices/.x', ''])(
    'where a text is named %j: a bug',
    async (path) => {
      const run = fixture.plan({ texts: [{ path, text: '' }] });
      await expect(applyRun(run, files, { now })).rejects.toThrow('not a name for a file of a run folder');
      expectStores(oldContent);
    },
  );
});

/** Counts the calls that read or change something, and lets one of them fail. */
function failingAt(failing: number): { readonly files: RunFiles; readonly calls: () => number } {
  let calls = 0;
  const attempt = <Result>(call: () => Result): Result => {
    calls += 1;
    if (calls === failing) throw new TrustError('file/cannot-write', 'cannot be written: no space is left on the disk');
    return call();
  };
  return {
    calls: () => calls,
    files: {
      resolve: (path) => files.resolve(path),
      exists: (path) => files.exists(path),
      list: (path) => files.list(path),
      clear: (path, folders) => files.clear(path, folders),
      remove: (path) => files.remove(path),
      lock: async (path, folders) => attempt(() => files.lock(path, folders)),
      read: (path) => attempt(() => files.read(path)),
      makeFolder: (path, options) => attempt(() => files.makeFolder(path, options)),
      writeNew: (path, bytes, options) => attempt(() => files.writeNew(path, bytes, options)),
      replace: async (path, bytes, options) => attempt(() => files.replace(path, bytes, options)),
      append: (path, text) => attempt(() => files.append(path, text)),
    },
  };
}

describe('a run that fails', () => {
  test('at any call puts everything back and leaves nothing behind', async () => {
    const counting = failingAt(Number.POSITIVE_INFINITY);
    await applyRun(fixture.plan(), counting.files, { now });
    await rollbackRun(fixture.folder, files, { now });
    root.remove();
    const calls = counting.calls();
    expect(calls).toBeGreaterThan(30);

    let putBack = 0;
    for (let failing = 1; failing <= calls; failing++) {
      fixtureIn(root.path);
      const error = await errorOf(applyRun(fixture.plan(), failingAt(failing).files, { now }));
      expectStores(oldContent);
      expect(namesIn(root.path), `call ${failing}`).toEqual(STORE_NAMES);
      expect(error.message).toContain('no space is left');
      expect(error.exitStatus).toBe(6);
      if (error.code === 'run/failed') {
        putBack += 1;
        expect(error.message).toContain('put back as before: ');
      }
    }
    expect(putBack).toBeGreaterThan(10);
  });

  test('for want of room makes some by removing the backup of the store that it could not replace', async () => {
    const full: RunFiles = Object.assign(new DiskRunFiles(), {
      replace: (...args: Parameters<RunFiles['replace']>) => {
        const hasRoom = args[0].endsWith('tg.jks') && !existsSync(join(fixture.folder, 'backup/2-gw.jks'));
        if (!hasRoom) throw new TrustError('file/cannot-write', 'no space is left on the disk');
        return files.replace(...args);
      },
    });
    const error = await errorOf(applyRun(fixture.plan(), full, { now }));
    expect(error.message).toMatch(/no space is left on the disk; put back as before: \S+tg.jks$/);
    expectStores(oldContent);
    expect(namesIn(root.path)).toEqual(STORE_NAMES);
  });

  test('where a store cannot be put back says so and keeps its backup', async () => {
    const broken: RunFiles = Object.assign(Object.create(files), {
      lock: (path: string, folders?: readonly string[]) => files.lock(path, folders),
      read: (path: string) => files.read(path),
      exists: (path: string) => files.exists(path),
      list: (path: string) => files.list(path),
      clear: (path: string, folders?: readonly string[]) => files.clear(path, folders),
      makeFolder: (path: string) => files.makeFolder(path),
      append: (path: string, text: string) => files.append(path, text),
      remove: (path: string) => files.remove(path),
      resolve: (path: string) => files.resolve(path),
      replace: (...args: Parameters<RunFiles['replace']>) => {
        if (new TextDecoder().decode(args[1]).startsWith('old')) throw new TrustError('file/cannot-write', 'it burns');
        return files.replace(...args);
      },
      writeNew: (...args: Parameters<RunFiles['writeNew']>) => {
        if (args[0].endsWith('runbook.md')) throw new TrustError('file/cannot-write', 'no runbook today');
        files.writeNew(...args);
      },
    });
    const error = await errorOf(applyRun(fixture.plan(), broken, { now }));
    expect(error).toMatchObject({ code: 'run/failed', hint: expect.stringContaining('run/backup') });
    expect(error.message).toMatch(/no runbook today; NOT put back: \S+gw.jks \(it burns\), \S+tg.jks \(it burns\)/);
    expect(contentOf(join(fixture.folder, 'backup/1-tg.jks'))).toBe(oldContent('tg.jks'));
    expect(
      journal()
        .filter((line) => line.startsWith('put-back'))
        .at(-1),
    ).toBe('put-back tg.jks failed');

    expect((await rollbackRun(fixture.folder, files, { now })).outcome).toBe('rolled-back');
    expectStores(oldContent);
  });

  test('because the new store does not verify leaves the old one', async () => {
    const run = fixture.plan();
    const stores = run.stores.map((store) => ({
      ...store,
      verify: () => {
        throw new TrustError('keystore/wrong-password', 'the digest does not match');
      },
    }));
    const error = await errorOf(applyRun({ ...run, stores }, files, { now }));
    expect(error).toMatchObject({ code: 'file/verification-failed' });
    expect(error.message).toContain('the digest does not match');
    expect(namesIn(root.path)).toEqual(STORE_NAMES);
    expectStores(oldContent);
  });

  test('by a bug puts back and lets the bug through', async () => {
    const texts = [{ path: 'runbook.md', text: () => undefined as unknown as string }];
    const broken = [
      {
        path: 'a.txt',
        text: () => {
          throw new RangeError('a bug');
        },
      },
      ...texts,
    ];
    await expect(applyRun(fixture.plan({ texts: broken }), files, { now })).rejects.toThrow(RangeError);
    expectStores(oldContent);
    expect(namesIn(root.path)).toEqual(STORE_NAMES);
  });

  test('keeps a folder that was there, empty', async () => {
    mkdirSync(fixture.folder);
    await errorOf(applyRun(fixture.plan(), failingAt(20).files, { now }));
    expect(namesIn(root.path)).toEqual(['run/', ...STORE_NAMES]);
  });
});

describe('a run that is interrupted', () => {
  /** Aborts at the line of the journal that is `done` for the given step. */
  function interruptAfter(step: string): {
    signal: AbortSignal;
    onProgress: (entry: { step: string; state: string }) => void;
  } {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      onProgress: (entry) => {
        if (entry.step === step && entry.state === 'done') controller.abort();
      },
    };
  }

  test('before the first store changes nothing and leaves nothing', async () => {
    const signal = AbortSignal.abort();
    const error = await errorOf(applyRun(fixture.plan(), files, { now, signal }));
    expect(error).toMatchObject({ code: 'run/interrupted', exitStatus: 130 });
    expect(error.message).toContain('no keystore was changed');
    expect(namesIn(root.path)).toEqual(STORE_NAMES);
  });

  test('between two stores says what is done; the same call goes on', async () => {
    const error = await errorOf(applyRun(fixture.plan(), files, { now, ...interruptAfter('verify') }));
    expect(error.message).toMatch(/interrupted; changed: \S+tg.jks; not changed: \S+gw.jks/);
    expect(contentOf(join(root.path, 'stores/tg.jks'))).toBe(newContent('tg.jks'));
    expect(contentOf(join(root.path, 'stores/gw.jks'))).toBe(oldContent('gw.jks'));

    const result = await applyRun(fixture.plan(), files, { now });

    expect(result.outcome).toBe('resumed');
    expect(result.stores.map(({ changed }) => changed)).toEqual([false, true]);
    expectStores(newContent);
    expect(namesIn(root.path)).toEqual([...RUN_NAMES, ...STORE_NAMES]);
    expect(contentOf(join(fixture.folder, 'runbook.md'))).toMatch(/tg.jks backup\/1-tg.jks\n.*gw.jks backup\/2-gw.jks/);
    expect((await applyRun(fixture.plan(), files, { now })).outcome).toBe('already');
    expect((await rollbackRun(fixture.folder, files, { now })).outcome).toBe('rolled-back');
    expectStores(oldContent);
  });

  test('by a kill before the plan had its name begins anew', async () => {
    mkdirSync(fixture.folder);
    writeFileSync(join(fixture.folder, '.plan.json.anchorctl-tmp.00ff'), '{"sche');
    expect((await applyRun(fixture.plan(), files, { now })).outcome).toBe('applied');
    expect(namesIn(root.path)).toEqual([...RUN_NAMES, ...STORE_NAMES]);
  });

  test('clears away the temporary files of the call that was killed', async () => {
    await errorOf(applyRun(fixture.plan(), files, { now, ...interruptAfter('verify') }));
    writeFileSync(join(fixture.folder, 'backup/.2-gw.jks.anchorctl-tmp.00ff'), 'half a backup');
    await applyRun(fixture.plan(), files, { now });
    expect(namesIn(root.path)).toEqual([...RUN_NAMES, ...STORE_NAMES]);
  });

  test('and taken up again with other new bytes for what is left records those', async () => {
    await errorOf(applyRun(fixture.plan(), files, { now, ...interruptAfter('verify') }));
    const run = fixture.plan();
    const planned = run.plan.stores[1];
    const store = run.stores[1];
    if (planned === undefined || store === undefined) throw new Error();
    const after = Buffer.from(newContent('later'));
    const again = {
      ...run,
      stores: [...run.stores.slice(0, 1), { ...store, after }],
      plan: { ...run.plan, stores: [...run.plan.stores.slice(0, 1), { ...planned, after: sha256(after) }] },
    };
    await applyRun(again, files, { now });
    expect(contentOf(join(root.path, 'stores/gw.jks'))).toBe(newContent('later'));
    await rollbackRun(fixture.folder, files, { now });
    expectStores(oldContent);
  });

  test('and meets a store that was changed since does not go on', async () => {
    await errorOf(applyRun(fixture.plan(), files, { now, ...interruptAfter('verify') }));
    writeFileSync(join(root.path, 'stores/gw.jks'), oldContent('by-somebody'));
    expect(await errorOf(applyRun(fixture.plan(), files, { now }))).toMatchObject({ code: 'run/changed-since' });
  });

  test('and meets a damaged backup does not go on', async () => {
    await errorOf(
      applyRun(fixture.plan(), failingAt(Number.POSITIVE_INFINITY).files, { now, ...interruptAfter('verify') }),
    );
    writeFileSync(join(fixture.folder, 'backup/2-gw.jks'), 'rust');
    expect(await errorOf(applyRun(fixture.plan(), files, { now }))).toMatchObject({ code: 'run/damaged' });
    expect(readFileSync(join(fixture.folder, 'backup/2-gw.jks'), 'utf8')).toBe('rust');
  });
});
