/**
 * Death at every single call to the file system, played in one process: from that call on nothing is done any more, and
 * the locks name a process that runs no more. Whatever comes next finds its way and leaves only what belongs there.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Host, thisHost } from '../../src/io/host.ts';
import { DiskRunFiles } from '../../src/io/run-files.ts';
import { applyRun } from '../../src/rotation/apply.ts';
import { rollbackRun } from '../../src/rotation/rollback.ts';
import { hostWith } from '../io/hosts.ts';
import {
  contentOf,
  fixtureAt,
  fixtureIn,
  layOutRun,
  NAMES,
  namesIn,
  newContent,
  now,
  oldContent,
  RUN_NAMES,
  root,
  STORE_NAMES,
} from './run-fixture.ts';

/** What is not caught by anything, as nothing is after a SIGKILL. */
class Killed extends Error {}

const deadPid = spawnSync(process.execPath, ['-e', '0']).pid;

/** Nobody waits to see whether a lock file that was left empty is about to be written. */
function later(): Date {
  return new Date(Date.now() + 10_000);
}

/** A process that dies at its n-th call to the file system; a write is cut in the middle. */
function dyingAt(dieAt: number): { readonly files: DiskRunFiles; readonly calls: () => number } {
  let calls = 0;
  const overrides: Partial<Record<string, unknown>> = {};
  for (const [name, original] of Object.entries(thisHost.fs)) {
    // The system closes what a dead process had open.
    if (typeof original !== 'function' || !name.endsWith('Sync') || name === 'closeSync') continue;
    const call: (...args: never[]) => unknown = original;
    const counted = (...args: never[]) => {
      calls += 1;
      if (calls < dieAt) return call(...args);
      if (calls === dieAt && name === 'writeSync') writeHalf(...(args as unknown as Parameters<typeof writeHalf>));
      throw new Killed();
    };
    overrides[name] = Object.assign(counted, original);
  }
  const identity = { ...thisHost.identity(), pid: deadPid, started: 'long ago' };
  const host: Host = hostWith(overrides as Partial<Host['fs']>, { identity: () => identity, now: later });
  return { files: new DiskRunFiles({ host }), calls: () => calls };
}

function writeHalf(file: number, bytes: Uint8Array, offset: number, length: number): void {
  fs.writeSync(file, bytes, offset, Math.floor(length / 2));
}

const files = new DiskRunFiles({ host: { ...thisHost, now: later } });
layOutRun();

function fresh(): string {
  root.remove();
  return fixtureIn(root.path).folder;
}

function expectStores(content: (name: string) => string, when: string): void {
  for (const name of NAMES) expect(contentOf(join(root.path, 'stores', name)), when).toBe(content(name));
}

async function die(work: (files: DiskRunFiles) => Promise<unknown>, dieAt: number): Promise<void> {
  await expect(work(dyingAt(dieAt).files), `call ${dieAt}`).rejects.toThrow(Killed);
}

async function countCalls(work: (files: DiskRunFiles) => Promise<unknown>): Promise<number> {
  const counting = dyingAt(Number.POSITIVE_INFINITY);
  await work(counting.files);
  return counting.calls();
}

const apply = (on: DiskRunFiles) => applyRun(fixtureAt(root.path).plan(), on, { now });
const rollback = (on: DiskRunFiles) => rollbackRun(join(root.path, 'run'), on, { now });

/** Takes the run back; where there is none yet, an empty folder at most stays. */
async function expectRollback(when: string): Promise<void> {
  const hasPlan = fs.existsSync(join(root.path, 'run/plan.json'));
  if (hasPlan) await rollback(files);
  else await expect(rollback(files), when).rejects.toMatchObject({ code: 'run/not-a-run-folder' });
  expectStores(oldContent, when);
  const names = namesIn(root.path);
  expect(
    names.filter((name) => !RUN_NAMES.includes(name)),
    when,
  ).toEqual(STORE_NAMES);
  if (!hasPlan) expect(names.filter((name) => name.startsWith('run/')).length, when).toBeLessThanOrEqual(1);
}

/** Every third call, so that it stays short (under Wine each takes ten times as long); all of them in a long run. */
const stride = process.env.SLOW ? 1 : process.platform === 'win32' ? 16 : 3;

test('a run that dies anywhere can be taken back at once, and nothing is left beside what belongs there', async () => {
  fresh();
  const calls = await countCalls(apply);
  expect(calls).toBeGreaterThan(200);
  for (let dieAt = 1; dieAt <= calls; dieAt += stride) {
    fresh();
    await die(apply, dieAt);
    await expectRollback(`call ${dieAt}`);
  }
});

test('a run that dies anywhere is finished by the same call, and nothing is left', async () => {
  fresh();
  const calls = await countCalls(apply);
  for (let dieAt = 1; dieAt <= calls; dieAt += stride) {
    const when = `call ${dieAt}`;
    fresh();
    await die(apply, dieAt);
    await apply(files);
    expectStores(newContent, when);
    expect(namesIn(root.path), when).toEqual([...RUN_NAMES, ...STORE_NAMES]);
    expect((await apply(files)).outcome, when).toBe('already');
  }
});

test('a run that is taken up again and dies anywhere, too', async () => {
  const middle = 150;
  fresh();
  await die(apply, middle);
  const calls = await countCalls(apply);
  for (let dieAt = 1; dieAt <= calls; dieAt += stride) {
    const when = `call ${dieAt}`;
    for (const end of [() => expectRollback(when), () => apply(files)]) {
      fresh();
      await die(apply, middle);
      await die(apply, dieAt);
      await end();
      expect(
        namesIn(root.path).filter((name) => !RUN_NAMES.includes(name)),
        when,
      ).toEqual(STORE_NAMES);
    }
  }
});

test('a rollback that dies anywhere is finished by the same call, and nothing is left', async () => {
  fresh();
  await apply(files);
  const calls = await countCalls(rollback);
  expect(calls).toBeGreaterThan(80);
  for (let dieAt = 1; dieAt <= calls; dieAt += stride) {
    const when = `call ${dieAt}`;
    fresh();
    await apply(files);
    await die(rollback, dieAt);
    await rollback(files);
    expectStores(oldContent, when);
    expect(namesIn(root.path), when).toEqual([...RUN_NAMES, ...STORE_NAMES]);
  }
});

test('after a rollback that died a new run there is refused, and clears up all the same', async () => {
  fresh();
  await apply(files);
  const calls = await countCalls(rollback);
  for (let dieAt = 1; dieAt <= calls; dieAt += stride) {
    fresh();
    await apply(files);
    await die(rollback, dieAt);
    const outcome = await apply(files).then(
      (result) => result.outcome,
      (error) => error.code,
    );
    expect(['already', 'run/rolled-back'], `call ${dieAt}`).toContain(outcome);
    expect(namesIn(root.path), `call ${dieAt}`).toEqual([...RUN_NAMES, ...STORE_NAMES]);
  }
});
