/**
 * A process of its own for the tests that kill it, or that let two change one file: `node child.js MODE ARGUMENT…`.
 * Bundled by `bundleChild` before it runs.
 */
import * as fs from 'node:fs';
import process from 'node:process';
import { TrustError } from '../../src/errors.ts';
import { replaceFile } from '../../src/io/atomic-file.ts';
import { type Host, thisHost } from '../../src/io/host.ts';
import { acquireLock } from '../../src/io/lock.ts';
import { DiskRunFiles } from '../../src/io/run-files.ts';
import { applyRun } from '../../src/rotation/apply.ts';
import { rollbackRun } from '../../src/rotation/rollback.ts';
import { fixtureAt, newContent, now, sha256 } from '../rotation/run-fixture.ts';

function kill(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive');
}

/** Dies after half of the bytes of the n-th file that it writes. */
function dyingInWrite(dieAt: number): Host {
  let writes = 0;
  const writeSync = (file: number, bytes: Uint8Array, offset: number, length: number) => {
    writes += 1;
    if (writes < dieAt) return fs.writeSync(file, bytes, offset, length);
    fs.writeSync(file, bytes, offset, Math.floor(length / 2));
    return kill();
  };
  return { ...thisHost, fs: { ...thisHost.fs, writeSync: writeSync as typeof fs.writeSync } };
}

const HALF_WRITTEN: Readonly<Record<string, number>> = { 'half-written': 1, 'half-backup': 2 };

/** Replaces a store and dies at a step, or in the middle of writing the new file or the backup. */
async function replace(path: string, step: string): Promise<void> {
  const lock = await acquireLock(path, { onStep: (reached) => reached === step && kill() });
  await replaceFile(path, Buffer.from(newContent('tg.jks')), {
    expectedSha256: sha256(fs.readFileSync(path)),
    verify: () => {},
    backup: `${path}.bak`,
    onStep: (reached) => reached === step && kill(),
    ...(HALF_WRITTEN[step] === undefined ? {} : { host: dyingInWrite(HALF_WRITTEN[step]) }),
  });
  lock.release();
}

/** Adds a line to a file: reads it under its lock, writes it anew. Exit status 6 where it is to try again. */
async function add(path: string, line: string): Promise<void> {
  const lock = await acquireLock(path);
  const old = fs.readFileSync(path);
  const bytes = Buffer.concat([old, Buffer.from(`${line}\n`)]);
  await replaceFile(path, bytes, { expectedSha256: sha256(old), verify: () => {} });
  lock.release();
}

/**
 * Applies or rolls back the run of a fixture. At the n-th event (a line of the journal or a step of a replacement) it
 * dies; or, where it is to be interrupted, gets a SIGINT, which its handler turns into the abort of the signal.
 */
async function run(command: string, root: string, stopAt: number): Promise<void> {
  const isInterrupt = command.startsWith('interrupted-');
  const controller = new AbortController();
  process.on('SIGINT', () => controller.abort());
  let events = 0;
  const count = () => {
    events += 1;
    if (events === stopAt) process.kill(process.pid, isInterrupt ? 'SIGINT' : 'SIGKILL');
  };
  const files = new DiskRunFiles({ onStep: count });
  const fixture = fixtureAt(root);
  const options = { now, onProgress: count, ...(isInterrupt ? { signal: controller.signal } : {}) };
  if (command.endsWith('apply')) await applyRun(fixture.plan(), files, options);
  else await rollbackRun(fixture.folder, files, options);
  process.stdout.write(`${events}\n`);
}

const [mode, first = '', second = ''] = process.argv.slice(2);
try {
  if (mode === 'replace') await replace(first, second);
  else if (mode === 'add') await add(first, second);
  else await run(mode ?? '', first, Number(second));
} catch (error) {
  if (!(error instanceof TrustError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = error.exitStatus;
}
