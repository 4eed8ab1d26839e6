/** A keystore that another process has open: for a gateway on Windows that is the normal case. */
import { mkdirSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ENTRIES, fresh, StoreFolder } from '../cli/keystore-store.ts';
import { javaKeystore, PASSWORD } from '../store/builders.ts';
import { AT } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { callAnchorctl, endingBefore, startGateway } from './programs.ts';

let at: StoreFolder;
let input = '';
let running: { readonly stop: () => Promise<void> }[];
beforeEach(() => {
  at = new StoreFolder();
  input = at.write('new.pem', fresh.pem);
  running = [];
});
afterEach(async () => {
  for (const program of running) await program.stop();
  at.remove();
});

const EXPECTED = ['--expect-sha256', fresh.certificate.sha256];

async function startHolding(path: string, milliseconds?: number): Promise<(typeof running)[number]> {
  const program = await startGateway(path, milliseconds);
  running.push(program);
  return program;
}

const CHANGES = {
  add: () => ['add', at.store, input, ...EXPECTED],
  remove: () => ['remove', at.store, '--alias', 'beta', '--yes'],
  replace: () => ['replace', at.store, input, '--alias', 'beta', ...EXPECTED, '--yes'],
} as const;

describe.each(Object.entries(CHANGES))('keystore %s', (_name, argv) => {
  test('is refused while a gateway keeps its keystore open: the old bytes are whole, nothing is left', async () => {
    const before = at.snapshot();
    const gateway = await startHolding(at.store);
    const began = performance.now();
    const { status, stderr } = await at.keystore([...argv(), '--json']);
    const seconds = (performance.now() - began) / 1000;
    expect(status).toBe(6);
    expect(JSON.parse(stderr)).toMatchObject({
      code: 'file/cannot-write',
      message: 'another program holds the file open (EPERM, tried for 4.75 seconds)',
      hint: 'stop the service that holds it open, then run again',
      at: { source: at.store },
    });
    expect(seconds).toBeGreaterThan(4.5);
    expect(at.snapshot()).toEqual(before);

    await gateway.stop();
    expect((await at.keystore(argv())).status).toBe(0);
    expect(at.backups()).toHaveLength(1);
  });
});

test('a keystore that is let go of in time is changed', async () => {
  await startHolding(at.store, 1000);
  expect((await at.keystore(CHANGES.add())).status).toBe(0);
  expect(at.entries()).toHaveLength(5);
});

test('a keystore that is held open is read all the same', async () => {
  await startHolding(at.store);
  expect((await at.keystore(['list', at.store])).status).toBe(0);
});

test('a run puts every keystore back when one of them is held open; the other is not left changed', async () => {
  const other = at.write('gw.jks', javaKeystore(ENTRIES));
  const before = at.snapshot();
  await startHolding(at.store);
  const argv = ['rotate', input, '--keystore', other, '--keystore', at.store, '--out', at.path('run'), '--yes'];
  const { status, stderr } = await anchorctl([...argv, ...EXPECTED], { env: { ANCHORCTL_STOREPASS: PASSWORD } });
  expect([status, stderr]).toEqual([6, expect.stringContaining('stop the service that holds it open')]);
  expect(at.snapshot()).toEqual(before);
});

describe('a process that is ended', () => {
  test.each([
    { call: 'fsync', nth: 1 },
    { call: 'fsync', nth: 2 },
    { call: 'linkSync', nth: 1 },
    { call: 'renameSync', nth: 1 },
    { call: 'unlinkSync', nth: 1 },
    { call: 'unlinkSync', nth: 2 },
  ])('before its $call number $nth leaves a whole keystore, and the next call clears up', async ({ call, nth }) => {
    const before = at.bytes();
    mkdirSync(at.path('elsewhere'));
    const ended = await callAnchorctl(
      ['keystore', ...CHANGES.add(), '--at', AT.toISOString()],
      endingBefore(call, nth, at.path('elsewhere')),
    );
    expect(ended).toEqual({ status: 1, stderr: '' });
    const count = at.entries().length;
    expect([4, 5]).toContain(count);
    if (count === 4) expect(at.bytes()).toEqual(before);
    expect(leftovers().length).toBeGreaterThan(0);

    expect((await at.keystore(CHANGES.add())).status).toBe(0);
    expect(at.entries()).toHaveLength(5);
    expect(leftovers()).toEqual([]);
  });
});

describe('two processes at one keystore', () => {
  test('both succeed, or one is told to come back; no entry is lost', async () => {
    for (let round = 0; round < 3; round++) {
      const store = at.write(`${round}.jks`, javaKeystore(ENTRIES));
      const calls = [
        ['keystore', 'add', store, input, ...EXPECTED],
        ['keystore', 'remove', store, '--alias', 'expired', '--yes'],
      ];
      const [added, removed] = await Promise.all(calls.map((argv) => callAnchorctl(argv)));
      for (const ended of [added, removed]) {
        if (ended?.status !== 0) expect(ended?.stderr).toMatch(/\[file\/(locked|changed-meanwhile)\]/);
      }
      const aliases = at.aliases(`${round}.jks`);
      expect(aliases).toEqual(expect.arrayContaining(['alpha', 'gateway', 'beta']));
      expect(aliases.some((alias) => alias.startsWith('new-root-'))).toBe(added?.status === 0);
      expect(aliases.includes('expired')).toBe(removed?.status !== 0);
    }
    expect(leftovers()).toEqual([]);
  });
});

/** Locks and temporary files. */
function leftovers(): readonly string[] {
  return readdirSync(at.folder).filter((name) => name.includes('anchorctl-'));
}
