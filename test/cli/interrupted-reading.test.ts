/** An interrupt while inputs are read: it is said, with the status for it, and nothing was changed. Needs the build. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readEachInput, readInputs } from '../../src/cli/inputs.ts';
import { SHORT_BYTES } from '../../src/cli/interruption.ts';
import type { Io } from '../../src/cli/io.ts';
import { processIo } from '../../src/cli/process-io.ts';
import { temporaryFolder } from '../rotation/run-fixture.ts';
import { javaKeystore, PASSWORD } from '../store/builders.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { NO_SIGNALS } from '../support/platform.ts';
import { ENTRIES } from './keystore-store.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/anchorctl.js');
const root = issue({ notAfter: new Date('2099-01-01T00:00:00Z') });

let place: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  place = temporaryFolder();
  mkdirSync(at('many'));
  for (const name of ['a', 'b', 'c']) writeFileSync(at(`many/${name}.pem`), root.pem);
  writeFileSync(at('tg.jks'), javaKeystore(ENTRIES));
});
afterEach(() => place.remove());

const at = (name: string) => join(place.path, name);
const SHAS = ['--old', 'a'.repeat(64), '--new', 'b'.repeat(64)];

describe('between two inputs', () => {
  const options = { password: null, strict: false } as const;

  test('the event loop gets its turns, and no other one is read after the interrupt', async () => {
    const controller = new AbortController();
    const io = {
      interruptible: (work: (signal: AbortSignal) => unknown) => work(controller.signal),
      atOneStretch: async (work: () => unknown) => work(),
    } as unknown as Io;
    let taken = 0;
    const reading = readEachInput([at('many')], io, options, () => {
      taken++;
      setImmediate(() => controller.abort());
      // As long as it takes until a turn is due.
      for (const begin = process.uptime(); process.uptime() - begin < 0.06; );
    });
    await expect(reading).rejects.toMatchObject({
      code: 'run/interrupted',
      message: 'interrupted; nothing was changed',
    });
    expect(taken).toBe(1);
  });

  test.each([
    { bytes: SHORT_BYTES, stretches: 1 },
    { bytes: SHORT_BYTES + 1, stretches: 2 },
  ])('a file of $bytes bytes is found and worked through at $stretches stretches', async ({ bytes, stretches }) => {
    writeFileSync(at('large.pem'), root.pem.padEnd(bytes, '\n'));
    let count = 0;
    const io = {
      interruptible: (work: (signal: AbortSignal) => unknown) => work(new AbortController().signal),
      atOneStretch: async (work: () => unknown) => {
        count++;
        return work();
      },
    } as unknown as Io;
    const { inputs } = await readInputs([at('large.pem')], io, options);
    expect(inputs).toMatchObject([{ certificates: [{ sha256: root.certificate.sha256 }], errors: [] }]);
    expect(count).toBe(stretches);
  });

  test('nobody listens for an interrupt in what is done at one stretch', async () => {
    const io = processIo();
    const before = process.listenerCount('SIGINT');
    const counts = await io.interruptible(async () => [
      process.listenerCount('SIGINT') - before,
      await io.atOneStretch(() => process.listenerCount('SIGINT') - before),
      process.listenerCount('SIGINT') - before,
    ]);
    expect([...counts, process.listenerCount('SIGINT') - before]).toEqual([1, 0, 1, 0]);
  });
});

test.each([['inspect'], ['inspect', '--json'], ['validate'], ['catalog', 'match'], ['ledger', ...SHAS]])(
  'an interrupted %s %s says so and gives no answer',
  async (...words) => {
    const { status, stdout, stderr } = await anchorctl([...words, at('many')], { signal: AbortSignal.abort() });
    expect([status, stdout]).toEqual([130, '']);
    expect(stderr).toContain('interrupted; nothing was changed');
    expect(stderr).toContain('run/interrupted');
  },
);

describe.skipIf(NO_SIGNALS)('a process', () => {
  let server: Server;
  afterEach(() => server.close());

  const SAID = 'anchorctl: interrupted; nothing was changed [run/interrupted]\nanchorctl: hint: call again\n';
  const PART = 'interrupted; the lines that were written are a part of the answer [run/interrupted]';

  test.each<{ name: string; words: () => readonly string[]; signal?: NodeJS.Signals; out?: string; err?: string }>([
    { name: 'inspect', words: () => ['inspect'], err: SAID },
    { name: 'inspect, terminated', words: () => ['inspect'], signal: 'SIGTERM', err: SAID },
    { name: 'inspect --json', words: () => ['inspect', '--json'], err: '"code": "run/interrupted"' },
    { name: 'inspect --format ndjson', words: () => ['inspect', '--format', 'ndjson'], out: '"sha256":', err: PART },
    { name: 'validate', words: () => ['validate'], err: SAID },
    { name: 'catalog match', words: () => ['catalog', 'match'], err: SAID },
    { name: 'snippet', words: () => ['snippet', '--platform', 'ios', '--trustpoint', 'NEW'], err: SAID },
    { name: 'keystore add', words: () => ['keystore', 'add', at('tg.jks')], err: SAID },
    { name: 'keystore create', words: () => ['keystore', 'create', at('new.jks'), '--type', 'jks'], err: SAID },
    { name: 'rotate', words: () => ['rotate', '--keystore', at('tg.jks'), '--out', at('run')], err: SAID },
  ])('$name says that it was interrupted', async ({ words, signal = 'SIGINT', out = '', err = '' }) => {
    const before = readdirSync(place.path);
    // It takes the connection and says nothing.
    const port = await new Promise<number>((resolve) => {
      server = createServer(() => child.kill(signal));
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    const child = spawn(process.execPath, [PROGRAM, ...words(), at('many/a.pem'), `tls://127.0.0.1:${port}`], {
      env: { ...process.env, ANCHORCTL_STOREPASS: PASSWORD },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
    if (out === '') expect(stdout).toBe('');
    else expect(stdout).toContain(out);
    expect(stderr).toContain(err);
    expect(readdirSync(place.path)).toEqual(before);
  });
});
