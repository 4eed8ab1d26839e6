/** The same call again, where the keystores that decided about trust are no longer as they were. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl, type Call, type CallOptions } from '../support/cli.ts';
import { folder, layOutRotation, out, own, rotate, snapshot, store, withPassword } from '../support/rotation.ts';

layOutRotation();

const old = issue({ subject: 'CN=Old Root' });
const renewed = issue({ subject: 'CN=Own Root', key: own.privateKey });
const belowOld = issue({ subject: 'CN=Below Old', issuer: old });
const belowSub = issue({ subject: 'CN=Below Sub', issuer: belowOld });

const JSON_AGAIN = { status: 0, outcome: 'already' };

function write(name: string, ...parts: readonly { readonly pem: string }[]): string {
  const path = join(folder, name);
  writeFileSync(path, parts.map(({ pem }) => pem).join(''));
  return path;
}

async function call(words: readonly string[], options?: CallOptions): Promise<{ status: number; outcome: unknown }> {
  const { status, stdout, stderr }: Call = await rotate([...words, '--json'], options);
  const outcome = status === 0 ? (JSON.parse(stdout) as { readonly outcome: unknown }).outcome : stderr;
  return { status, outcome };
}

/** Retires the root that vouches for an intermediate CA of the device block. */
function retiring(...stores: readonly string[]): readonly string[] {
  return [
    write('below.pem', belowOld),
    join(folder, 'own.pem'),
    ...['--expect-sha256', own.certificate.sha256, '--retire', old.certificate.sha256, '--device', 'ios:X', '--yes'],
    ...stores.flatMap((path) => ['--keystore', path]),
  ];
}

test('the root that vouched was retired by the run', async () => {
  const words = retiring(write('a-store.pem', old));
  expect(await call(words)).toEqual({ status: 0, outcome: 'applied' });
  const done = snapshot();
  expect(await call(words)).toEqual(JSON_AGAIN);
  expect(snapshot()).toEqual(done);
});

/** As a kill leaves it that comes when the first keystore is done and the second one is not begun. */
function killBeforeSecond(name: string, content: string): void {
  const journal = join(out, 'journal.ndjson');
  const lines = readFileSync(journal, 'utf8').split('\n');
  const firstDone = lines.findIndex((line) => line.includes('"verify"') && line.includes('"done"'));
  writeFileSync(journal, `${lines.slice(0, firstDone + 1).join('\n')}\n`);
  writeFileSync(join(folder, name), content);
  for (const made of [`backup/2-${name}`, 'runbook.md']) rmSync(join(out, made));
}

test('it was retired in the first keystore when the run was killed', async () => {
  const [first, second] = [write('a-store.pem', old), write('b-store.pem', old)];
  const words = retiring(first, second);
  await call(words);
  killBeforeSecond('b-store.pem', old.pem);
  expect(await call(words)).toEqual({ status: 0, outcome: 'resumed' });
  expect(readFileSync(second, 'utf8')).toBe(readFileSync(first, 'utf8'));
});

test('the one keystore that held what is retired was done when the run was killed', async () => {
  const other = issue({ subject: 'CN=Other Root' });
  const stores = [write('a-store.pem', old), write('b-store.pem', other)];
  const words = [join(folder, 'own.pem'), ...stores.flatMap((path) => ['--keystore', path])];
  const retire = ['--retire', old.certificate.sha256, '--retire', other.certificate.sha1.padEnd(64, '0'), '--yes'];
  const all = [...words, ...retire, '--expect-sha256', own.certificate.sha256];
  await call(all);
  killBeforeSecond('b-store.pem', other.pem);
  for (const more of [['--dry-run'], []]) {
    const { status, stderr } = await rotate([...all, ...more]);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining(old.certificate.sha256)]);
    expect(stderr).toMatch(/0{24}.*rotate\/retire-not-found/);
  }
});

test('what was left out is left out, although the run added a root that vouches for it', async () => {
  const words = [
    write('both.pem', renewed, own, belowSub, belowOld),
    ...['--expect-sha256', renewed.certificate.sha256, '--expect-sha256', belowOld.certificate.sha256],
    ...['--keystore', store, '--intermediates', '--skip-unfit'],
  ];
  expect(await call(words)).toEqual({ status: 0, outcome: 'applied' });
  const done = snapshot();
  expect(await call(words)).toEqual(JSON_AGAIN);
  expect(snapshot()).toEqual(done);
});

test('a root that was put into the backup vouches for nothing', async () => {
  const words = retiring(write('a-store.pem', old));
  await call(words);
  const stranger = issue({ subject: 'CN=Stranger' });
  write('run/backup/1-a-store.pem', stranger);
  const plan = join(out, 'plan.json');
  const forged = createHash('sha256').update(stranger.pem).digest('hex');
  writeFileSync(plan, readFileSync(plan, 'utf8').replace(/("before": ")[0-9a-f]{64}/, `$1${forged}`));
  const below = write('stranger.pem', issue({ subject: 'CN=Below Stranger', issuer: stranger }));
  const { status, outcome } = await call([below, ...words]);
  expect([status, outcome]).toEqual([5, expect.stringContaining('nothing vouches for CN=Below Stranger')]);
});

test.each([
  { what: 'in a folder of inputs', pattern: '' },
  { what: 'among what a pattern matches', pattern: '**' },
])('the run folder lies $what', async ({ pattern }) => {
  const inputs = join(folder, 'inputs');
  mkdirSync(inputs);
  write('inputs/own.pem', own);
  const to = ['--keystore', store, '--device', 'ios:X', '--expect-sha256', own.certificate.sha256];
  const words = ['rotate', join(inputs, pattern), ...to, '--out', join(inputs, 'run'), '--json'];
  expect(await anchorctl(words, withPassword())).toMatchObject({ status: 0 });
  const done = snapshot();
  const again = await anchorctl(words, withPassword());
  expect([again.status, again.stderr]).toEqual([0, expect.not.stringContaining('anchorctl:')]);
  expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'already' });
  expect(snapshot()).toEqual(done);
});

test('nobody is asked again about what was added after a typed yes', async () => {
  const words = [join(folder, 'own.pem'), '--keystore', store];
  expect(await call(words, withPassword({ answers: ['yes'] }))).toEqual({ status: 0, outcome: 'applied' });
  expect(await call(words, withPassword({ answers: [] }))).toEqual(JSON_AGAIN);
});
