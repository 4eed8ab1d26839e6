/**
 * `keystore add`, killed at every call that it makes to the file system around the keystore, and with every one of these
 * calls failing: the keystore is the old one or the new one, whole, and the next call finds its way and clears up. Which
 * calls there are comes from watching a call that nothing happens to. Needs the build, which `npm test` makes first.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { systemError } from '../io/hosts.ts';
import { watchFiles } from '../io/watch-files.ts';
import {
  addedTo,
  backupsOf,
  inParallel,
  leftoversBeside,
  letTimePass,
  NEW_ROOT,
  placeForTests,
  STORES,
  TIMEOUT,
} from './keystore-processes.ts';

const processes = placeForTests();

/** Errors of one call; and a disk that from then on gives nothing but errors. */
const FAILURES = ['ENOSPC', 'EIO', 'EPERM', 'EIO for good'];
const EACH_FAILURE = FAILURES.map((name) => ({ name, failures: [name] }));
/** A keystore that takes time: at every call another one of them. */
const ALL_FAILURES = [{ name: FAILURES.join(' or '), failures: FAILURES }];

/** Calls that leave the disk as it is: killed after one of them, a process leaves what it leaves before it. */
const READS = [
  'realpathSync',
  'statSync',
  'lstatSync',
  'fstatSync',
  'accessSync',
  'readdirSync',
  'readSync',
  'closeSync',
];

/** What has to be among the calls, or the watching has missed something. */
const KINDS = ['openSync', 'writeSync', 'fchmodSync', 'fsync', 'fsyncSync', 'linkSync', 'renameSync', 'unlinkSync'];

const kindOf = (call = '') => call.split(' ', 1)[0] ?? '';
const isLock = (name: string) => name.includes('.anchorctl-lock.');
const lockFiles = (store: string) => leftoversBeside(store).filter(isLock);
const temporaryFiles = (store: string) => leftoversBeside(store).filter((name) => !isLock(name));
const content = (store: string) => new Uint8Array(readFileSync(store));

/** The keystore is the old or the new one; says whether it is the new one. */
function expectWhole(store: string, original: Uint8Array, where: string): boolean {
  const bytes = content(store);
  const isOld = Buffer.compare(bytes, original) === 0;
  expect(addedTo(original, bytes), where).toEqual(isOld ? [] : [NEW_ROOT.certificate.sha256]);
  for (const backup of backupsOf(store)) expect(Buffer.compare(backup, original), `${where}: the backup`).toBe(0);
  return !isOld;
}

/** The same call again does what is left to do, and leaves only what belongs there. */
async function expectRecovery(store: string, original: Uint8Array, where: string): Promise<void> {
  const { status, stderr } = await processes.add(store, NEW_ROOT);
  expect({ status, stderr }, where).toEqual({ status: 0, stderr: '' });
  expect(expectWhole(store, original, where), where).toBe(true);
  expect(statSync(store).nlink, where).toBe(1);
  expect(leftoversBeside(store), where).toEqual([]);
}

function countKinds(calls: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const call of calls) {
    const kind = kindOf(call);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
}

describe.each(Object.entries(STORES))('adding to a %s', (type, original) => {
  let calls: readonly string[];

  beforeAll(async () => {
    const store = processes.newStore(original);
    const ended = await processes.spawnAdd(store, NEW_ROOT);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(expectWhole(store, original, 'nothing happened')).toBe(true);
    ({ calls } = ended);
    expect(calls.map(kindOf)).toEqual(expect.arrayContaining(KINDS));
  });

  test(
    'and killed anywhere, it is whole, and the next call goes on',
    async () => {
      const isEverywhere = type === 'JKS' || process.env.SLOW !== undefined;
      const deaths = calls.flatMap((call, index) => {
        const death = { killAt: index + 1, isHalfDone: false, where: `before call ${index + 1}, ${call}` };
        const half = { ...death, isHalfDone: true, where: `in the middle of call ${index + 1}, ${call}` };
        const isOther = isEverywhere || !READS.includes(kindOf(calls[index - 1]));
        return [...(isOther ? [death] : []), ...(kindOf(call) === 'writeSync' ? [half] : [])];
      });
      const seen = { old: 0, new: 0, locks: 0, temporaries: 0 };

      const die = async ({ where, ...death }: (typeof deaths)[number]) => {
        const store = processes.newStore(original);
        expect(await processes.spawnAdd(store, NEW_ROOT, death), where).toMatchObject({ signal: 'SIGKILL' });
        seen[expectWhole(store, original, where) ? 'new' : 'old'] += 1;
        if (lockFiles(store).length > 0) seen.locks += 1;
        if (temporaryFiles(store).length > 0) seen.temporaries += 1;
        for (const name of lockFiles(store)) letTimePass(join(dirname(store), name));
        await expectRecovery(store, original, where);
      };
      await inParallel(deaths, die);

      for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
      process.stdout.write(
        `${type}: killed at ${deaths.length} points (${countKinds(calls)}): ${seen.old} times the old keystore and ${seen.new} times the new one; ${seen.locks} locks and ${seen.temporaries} temporary files were left and cleared away\n`,
      );
    },
    TIMEOUT,
  );

  test.each(type === 'JKS' || process.env.SLOW ? EACH_FAILURE : ALL_FAILURES)(
    'and any call failing with $name, it is whole, and the next call goes on',
    async ({ failures }) => {
      const outcomes: Record<string, number> = {};
      for (let failing = 1; failing <= calls.length; failing++) {
        const failure = failures[failing % failures.length] ?? '';
        const where = `${failure} at call ${failing}, ${calls[failing - 1]}`;
        const store = processes.newStore(original);
        const stop = failAt(failing, failure, dirname(store));
        const { status, stderr } = await processes.add(store, NEW_ROOT).finally(stop);

        const outcome = /\[(.*?)\]/.exec(stderr)?.[1] ?? 'no error';
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        expect(status, `${where}: ${stderr}`).toBe(STATUSES[outcome]);
        // Where it says that it failed, it says so of a keystore that was replaced all the same.
        const isNew = status === 0 || stderr.includes('was replaced');
        expect(expectWhole(store, original, where), `${where}: ${stderr}`).toBe(isNew);
        for (const name of temporaryFiles(store)) expect(stderr, where).toContain(name);
        for (const name of lockFiles(store)) endProcess(join(dirname(store), name));
        await expectRecovery(store, original, where);
      }
      expect(outcomes['file/cannot-write']).toBeGreaterThan(0);
      const summary = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`);
      process.stdout.write(`${type}: ${failures.join(' or ')} at ${calls.length} calls: ${summary.join(', ')}\n`);
    },
    TIMEOUT,
  );
});

/** Lets the n-th call around a keystore fail; gives what ends that. */
function failAt(failing: number, failure: string, folder: string): () => void {
  const [code = '', isForGood] = failure.split(' ', 2);
  let made = 0;
  return watchFiles(folder, ({ name }, proceed) => {
    made += 1;
    if (made === failing || (isForGood !== undefined && made > failing)) throw systemError(code, name);
    return proceed();
  });
}

/** What a failing call may end with, and the exit status of that. */
const STATUSES: Readonly<Record<string, number>> = {
  'no error': 0,
  'file/cannot-write': 6,
  'input/not-readable': 3,
  'input/not-found': 3,
};

/** As if the process whose lock this is had ended: its number belongs to another one by now. */
function endProcess(path: string): void {
  const text = readFileSync(path, 'utf8');
  if (text.startsWith('{')) writeFileSync(path, JSON.stringify({ ...JSON.parse(text), started: '1' }));
  letTimePass(path);
}
