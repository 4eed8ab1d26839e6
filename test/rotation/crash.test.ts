import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DiskRunFiles } from '../../src/io/run-files.ts';
import { applyRun } from '../../src/rotation/apply.ts';
import { rollbackRun } from '../../src/rotation/rollback.ts';
import { type RunFiles, readRunFolder } from '../../src/rotation/run-folder.ts';
import { bundleScript } from '../io/bundle-script.ts';
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
  root,
  temporaryFolder,
} from './run-fixture.ts';

const files: RunFiles = new DiskRunFiles();

let scripts: ReturnType<typeof temporaryFolder>;
let child: string;

beforeAll(() => {
  scripts = temporaryFolder();
  child = bundleScript('child.mjs', scripts.path);
});
afterAll(() => scripts.remove());
layOutRun();

type Command = 'apply' | 'rollback' | 'interrupted-apply' | 'interrupted-rollback';

function runChild(command: Command, stopAt: number): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [child, command, root.path, String(stopAt)], { encoding: 'utf8' });
}

function expectNoLeftovers(): void {
  expect(namesIn(root.path).filter((name) => name.includes('anchorctl-'))).toEqual([]);
}

function expectWhole(): void {
  for (const name of NAMES) {
    expect([oldContent(name), newContent(name)]).toContain(contentOf(join(root.path, 'stores', name)));
  }
}

function expectStores(content: (name: string) => string): void {
  for (const name of NAMES) expect(contentOf(join(root.path, 'stores', name))).toBe(content(name));
}

/** Every third event, so that it stays short; all of them in a long run. */
const stride = process.env.SLOW ? 1 : 3;

test('a run that is killed anywhere leaves whole stores; the same call finishes it; it can be taken back', async () => {
  const whole = runChild('apply', 0);
  expect(whole.stderr).toBe('');
  const events = Number(whole.stdout);
  expect(events).toBeGreaterThan(30);

  for (let dieAt = 1; dieAt <= events; dieAt += stride) {
    root.remove();
    const { folder } = fixtureIn(root.path);
    expect(runChild('apply', dieAt).signal).toBe('SIGKILL');
    expectWhole();

    const result = await applyRun(fixtureAt(root.path).plan(), files, { now });
    expect(result.outcome).toBe(dieAt === events ? 'already' : 'resumed');
    expectStores(newContent);
    for (const [index, name] of NAMES.entries()) {
      expect(readFileSync(join(folder, `backup/${index + 1}-${name}`), 'utf8')).toBe(oldContent(name));
    }

    await rollbackRun(folder, files, { now });
    expectStores(oldContent);
    expect(namesIn(join(root.path, 'stores'))).toEqual([...NAMES].sort());
  }
});

test('a run that is killed anywhere can be taken back at once', async () => {
  for (const dieAt of [1, 9, 15, 21, 28, 33]) {
    root.remove();
    const { folder } = fixtureIn(root.path);
    expect(runChild('apply', dieAt).signal).toBe('SIGKILL');
    await rollbackRun(folder, files, { now });
    expectStores(oldContent);
    expectNoLeftovers();
    expect(readRunFolder(folder, files)).toMatchObject({ journal: { state: 'rolled-back' } });
  }
});

test('a rollback that is killed anywhere leaves whole stores; the same call finishes it', async () => {
  const { folder, plan } = fixtureAt(root.path);
  await applyRun(plan(), files, { now });
  const events = Number(runChild('rollback', 0).stdout);
  expect(events).toBeGreaterThan(20);

  for (let dieAt = 1; dieAt < events; dieAt += stride) {
    root.remove();
    await applyRun(fixtureIn(root.path).plan(), files, { now });
    expect(runChild('rollback', dieAt).signal).toBe('SIGKILL');
    expectWhole();
    expect((await rollbackRun(folder, files, { now })).outcome).toBe('rolled-back');
    expectStores(oldContent);
    expect((await rollbackRun(folder, files, { now })).outcome).toBe('already');
    expectNoLeftovers();
  }
});

test('a run that gets a SIGINT in the middle of a store stops before the next one; the same call goes on', async () => {
  const { folder, plan } = fixtureAt(root.path);
  const { status, stderr } = runChild('interrupted-apply', 5);
  expect(stderr).toMatch(/^run\/interrupted: interrupted; changed: \S+tg.jks; not changed: \S+gw.jks$/m);
  expect(status).toBe(130);
  expect(contentOf(join(root.path, 'stores/gw.jks'))).toBe(oldContent('gw.jks'));
  expectNoLeftovers();
  expect((await applyRun(plan(), files, { now })).outcome).toBe('resumed');
  expectStores(newContent);

  const rollback = runChild('interrupted-rollback', 5);
  expect(rollback.stderr).toMatch(/^run\/interrupted: interrupted; put back: \S+tg.jks; not put back: \S+gw.jks$/m);
  expect(rollback.status).toBe(130);
  expectNoLeftovers();
  expect((await rollbackRun(folder, files, { now })).stores.map(({ state }) => state)).toEqual(['already', 'restored']);
  expectStores(oldContent);
});

test('a run that gets a SIGINT in its last store stops before the texts', () => {
  const events = Number(runChild('apply', 0).stdout);
  root.remove();
  const { folder } = fixtureIn(root.path);
  const { status, stderr } = runChild('interrupted-apply', events - 5);
  expect(stderr).toContain('texts are missing');
  expect(status).toBe(130);
  expectStores(newContent);
  expect(namesIn(folder)).not.toContain('runbook.md');
});
