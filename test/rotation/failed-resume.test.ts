/** A run that was interrupted after its first store, taken up again, and stopped by something else then. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { TrustError } from '../../src/errors.ts';
import { DiskRunFiles } from '../../src/io/run-files.ts';
import { applyRun } from '../../src/rotation/apply.ts';
import type { JournalEntry } from '../../src/rotation/journal.ts';
import { rollbackRun } from '../../src/rotation/rollback.ts';
import type { RunFiles } from '../../src/rotation/run-folder.ts';
import { NO_BASH } from '../support/platform.ts';
import { contentOf, fixture, layOutRun, newContent, now, oldContent, root } from './run-fixture.ts';

const files: RunFiles = new DiskRunFiles();
layOutRun();

const store = (name: string) => join(root.path, 'stores', name);
const apply = (on: RunFiles = files) => applyRun(fixture.plan(), on, { now });
const rollback = () => rollbackRun(fixture.folder, files, { now });

/** Stops when the first store is done. */
async function interrupt(): Promise<void> {
  const controller = new AbortController();
  const onProgress = ({ step, state }: JournalEntry) => {
    if (step === 'verify' && state === 'done') controller.abort();
  };
  const work = applyRun(fixture.plan(), files, { now, signal: controller.signal, onProgress });
  await expect(work).rejects.toMatchObject({ code: 'run/interrupted' });
  expect(contentOf(store('tg.jks'))).toBe(newContent('tg.jks'));
  expect(contentOf(store('gw.jks'))).toBe(oldContent('gw.jks'));
}

function expectStores(content: (name: string) => string): void {
  for (const name of ['tg.jks', 'gw.jks']) expect(contentOf(store(name))).toBe(content(name));
}

/** A disk that is full at the n-th line of the journal, of which `length` characters get there, and never again. */
function fullAtLine(failing: number, length: number): { readonly files: RunFiles; readonly lines: () => number } {
  let lines = 0;
  const full: RunFiles = Object.assign(new DiskRunFiles(), {
    append: (path: string, text: string) => {
      lines += 1;
      files.append(path, lines === failing ? text.slice(0, length) : text);
      if (lines === failing)
        throw new TrustError('file/cannot-write', 'cannot be written: no space is left on the disk');
    },
  });
  return { files: full, lines: () => lines };
}

beforeEach(interrupt);

test('the empty backup that a kill leaves where there are no hard links is made anew', async () => {
  mkdirSync(join(fixture.folder, 'backup'), { recursive: true });
  writeFileSync(join(fixture.folder, 'backup/2-gw.jks'), '');
  expect(await apply()).toMatchObject({ outcome: 'resumed' });
  expect(contentOf(join(fixture.folder, 'backup/2-gw.jks'))).toBe(oldContent('gw.jks'));
  expectStores(newContent);
  await rollback();
  expectStores(oldContent);
});

describe('a line of the journal that the disk has no room for', () => {
  // None of it, a part, all but the end of the line, and all of it, but not on the disk for certain.
  test.each([0, 1, 30, -1, 1000])(
    '%i characters of it: the same call goes on, and so does a rollback',
    async (length) => {
      const counting = fullAtLine(Number.POSITIVE_INFINITY, 0);
      await apply(counting.files);
      expect(counting.lines()).toBeGreaterThan(10);
      for (let failing = 1; failing <= counting.lines(); failing++) {
        for (const [next, content] of [
          [apply, newContent],
          [rollback, oldContent],
        ] as const) {
          await rollback();
          rmSync(fixture.folder, { recursive: true });
          await interrupt();
          await expect(apply(fullAtLine(failing, length).files), `line ${failing}`).rejects.toThrow('no space is left');
          expect(contentOf(store('gw.jks'))).toBe(oldContent('gw.jks'));
          await next();
          expectStores(content);
        }
      }
    },
  );
});

test('a call that fails says what an earlier one changed, and how to take that back', async () => {
  const error: unknown = await apply(fullAtLine(1, 0).files).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: 'file/cannot-write',
    message: `cannot be written: no space is left on the disk; changed by an earlier call, and left so: ${store('tg.jks')}`,
    hint: `run again; \`anchorctl rollback ${fixture.folder}\` takes back what is changed`,
  });
});

test('the way back is named as one can type it, whatever the run folder is called', async () => {
  await rollback();
  const folder = join(root.path, "it's a run");
  const controller = new AbortController();
  const onProgress = ({ step }: JournalEntry) => {
    if (step === 'verify') controller.abort();
  };
  const work = applyRun({ ...fixture.plan(), folder }, files, { now, signal: controller.signal, onProgress });
  const quoted = NO_BASH ? `"${folder}"` : `'${root.path}/it'\\''s a run'`;
  const call = `anchorctl rollback ${quoted}`;
  await expect(work).rejects.toMatchObject({ hint: expect.stringContaining(`\`${call}\` goes back`) });
});

describe('a store that the run did not come to', () => {
  test.each([
    { name: 'was changed by its owner since', change: () => writeFileSync(store('gw.jks'), 'of its owner') },
    { name: 'is gone', change: () => rmSync(store('gw.jks')) },
  ])('and $name keeps no other from being put back', async ({ change }) => {
    change();
    const result = await rollback();
    expect(result.stores.map(({ state }) => state)).toEqual(['restored', 'already']);
    expect(contentOf(store('tg.jks'))).toBe(oldContent('tg.jks'));
    expect(existsSync(store('gw.jks')) ? contentOf(store('gw.jks')) : '').not.toBe(oldContent('gw.jks'));
    expect((await rollback()).outcome).toBe('already');
  });

  test('nor does one that was put back when the run failed', async () => {
    const work = apply(
      Object.assign(new DiskRunFiles(), {
        writeNew: (...args: Parameters<RunFiles['writeNew']>) => {
          if (args[0].endsWith('runbook.md')) throw new TrustError('file/cannot-write', 'no runbook today');
          files.writeNew(...args);
        },
      }),
    );
    await expect(work).rejects.toThrow(
      /put back as before: \S+gw.jks; changed by an earlier call, and left so: \S+tg.jks$/,
    );
    writeFileSync(store('gw.jks'), 'of its owner');
    await rollback();
    expect(contentOf(store('tg.jks'))).toBe(oldContent('tg.jks'));
    expect(contentOf(store('gw.jks'))).toBe('of its owner');
  });

  test('is refused all the same where its backup shows that the journal is not whole', async () => {
    await apply();
    writeFileSync(store('gw.jks'), 'of somebody');
    rmSync(join(fixture.folder, 'journal.ndjson'));
    await expect(rollback()).rejects.toMatchObject({ code: 'run/changed-since', at: { source: store('gw.jks') } });
  });
});
