/**
 * Two `keystore add` at the same time, each a process of its own with a root of its own, on one keystore: nothing is lost,
 * and who did not add its root was told so. In every third round one of them is killed. Needs the build, which `npm test`
 * makes first.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { randomBytes } from '../support/damage.ts';
import {
  addedTo,
  backupsOf,
  type Ended,
  inParallel,
  leftoversBeside,
  letTimePass,
  placeForTests,
  STORES,
} from './keystore-processes.ts';

const ROUNDS = process.env.SLOW ? 1000 : 50;
const SEED = 3;
/** About how long a call takes from its first look at the keystore to its end. */
const LONGEST_PAUSE_MS = 60;

const roots = [issue({ subject: 'CN=First Root,O=Test' }), issue({ subject: 'CN=Second Root,O=Test' })];

const processes = placeForTests();

/** What a process was told: `file/changed-meanwhile`. */
const codeOf = ({ stderr }: Ended) => /\[(.*?)\]/.exec(stderr)?.[1] ?? '';

/** Whether a process came across the lock of the other one. */
function metLock({ calls }: Ended): boolean {
  return new Set(calls.flatMap((call) => / (\.tg\.anchorctl-lock\..*)/.exec(call)?.[1] ?? [])).size > 1;
}

const all = roots.map(({ certificate }) => certificate.sha256);
const content = (store: string) => new Uint8Array(readFileSync(store));
const seen = { bothAdded: 0, toldToRetry: 0, metLock: 0, killed: 0 };

/** One round; `calls` is how many calls to the file system a process makes at least. */
async function meet(round: number, calls: number): Promise<void> {
  const original = round % 2 === 0 ? STORES.JKS : STORES['PKCS#12'];
  const store = processes.newStore(original);
  const folder = processes.newFolder();
  const [choice = 0, moment = 0, ...pauses] = randomBytes(2 + roots.length, SEED + round);
  const victim = round % 3 === 0 ? choice % 2 : null;
  const ended = await Promise.all(
    roots.map((root, index) =>
      processes.spawnAdd(store, root, {
        meeting: { folder, pauseMs: (pauses[index] ?? 0) % LONGEST_PAUSE_MS },
        ...(index === victim ? { killAt: 1 + (moment % calls) } : {}),
      }),
    ),
  );

  const where = `round ${round}: ${ended.map(({ signal, stderr }) => signal ?? stderr).join()}`;
  const told = ended.filter(({ status, signal }) => status !== 0 && signal === null);
  for (const one of told) {
    expect(['file/changed-meanwhile', 'file/locked'], where).toContain(codeOf(one));
    expect(one.stderr, where).toContain('run again');
  }
  const has = addedTo(original, content(store));
  for (const [index, { status, signal }] of ended.entries()) {
    if (signal === null) expect(has.includes(all[index] ?? ''), where).toBe(status === 0);
  }

  for (const name of leftoversBeside(store)) letTimePass(join(dirname(store), name));
  const again = roots.filter((_, index) => ended[index]?.status !== 0);
  for (const root of again) expect(await processes.add(store, root), where).toMatchObject({ status: 0, stderr: '' });
  expect(addedTo(original, content(store)).toSorted(), where).toEqual(all.toSorted());
  expect(leftoversBeside(store), where).toEqual([]);
  for (const backup of backupsOf(store))
    expect(all, where).toEqual(expect.arrayContaining([...addedTo(original, backup)]));

  if (ended.every(({ status }) => status === 0)) seen.bothAdded += 1;
  if (told.length > 0) seen.toldToRetry += 1;
  if (ended.some(metLock)) seen.metLock += 1;
  if (ended.some(({ signal }) => signal === 'SIGKILL')) seen.killed += 1;
}

test(`two processes that add to one keystore lose nothing in ${ROUNDS} rounds`, async () => {
  const { calls } = await processes.spawnAdd(processes.newStore(STORES.JKS), roots[0] ?? issue());
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
  await inParallel(rounds, (round) => meet(round, calls.length));
  process.stdout.write(
    `${ROUNDS} rounds of two processes: in ${seen.bothAdded} both added, in ${seen.toldToRetry} one was told to run again, in ${seen.metLock} one met the lock of the other, in ${seen.killed} one was killed\n`,
  );
  // They were really there at the same time.
  expect(seen.toldToRetry + seen.metLock).toBeGreaterThan(0);
  expect(seen.killed).toBeGreaterThan(0);
}, 1_800_000);
