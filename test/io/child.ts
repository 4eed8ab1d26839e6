/**
 * A run in a process of its own, for the tests that kill or interrupt it: `node child.mjs COMMAND FOLDER STOP-AT`. Bundled
 * by `bundleScript` before it runs.
 */
import process from 'node:process';
import { TrustError } from '../../src/errors.ts';
import { DiskRunFiles } from '../../src/io/run-files.ts';
import { applyRun } from '../../src/rotation/apply.ts';
import { rollbackRun } from '../../src/rotation/rollback.ts';
import { fixtureAt, now } from '../rotation/run-fixture.ts';

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

const [command = '', root = '', stopAt] = process.argv.slice(2);
try {
  await run(command, root, Number(stopAt));
} catch (error) {
  if (!(error instanceof TrustError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = error.exitStatus;
}
