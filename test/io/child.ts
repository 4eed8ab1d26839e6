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

function kill(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Dies after half of the bytes of the temporary file. */
const dyingInWrite: Host = {
  ...thisHost,
  fs: {
    ...thisHost.fs,
    writeSync: ((file: number, bytes: Uint8Array, offset: number, length: number) => {
      fs.writeSync(file, bytes, offset, Math.floor(length / 2));
      kill();
    }) as typeof fs.writeSync,
  },
};

/** Replaces a store and dies at a step; `half-written` is one of them. */
async function replace(path: string, step: string): Promise<void> {
  const lock = await acquireLock(path, { onStep: (reached) => reached === step && kill() });
  await replaceFile(path, Buffer.from(newContent('tg.jks')), {
    expectedSha256: sha256(fs.readFileSync(path)),
    verify: () => {},
    backup: `${path}.bak`,
    onStep: (reached) => reached === step && kill(),
    ...(step === 'half-written' ? { host: dyingInWrite } : {}),
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

/** Applies or rolls back the run of a fixture and dies at the n-th event: a line of the journal or a step of a replacement. */
async function run(command: string, root: string, dieAt: number): Promise<void> {
  let events = 0;
  const count = () => {
    events += 1;
    if (events === dieAt) kill();
  };
  const files = new DiskRunFiles({ onStep: count });
  const fixture = fixtureAt(root);
  if (command === 'apply') await applyRun(fixture.plan(), files, { now, onProgress: count });
  else await rollbackRun(fixture.folder, files, { now, onProgress: count });
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
