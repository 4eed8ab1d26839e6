/** An interrupt of `check`: what was read so far is said, and that it is not all. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { takeTurns, untilInterrupted } from '../../src/cli/interruption.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { NO_SIGNALS } from '../support/platform.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/anchorctl.js');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-interrupted-'));
  writeFileSync(join(folder, 'a.pem'), issue({ notAfter: new Date('2099-01-01T00:00:00Z') }).pem);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('work that can be interrupted', () => {
  test('is waited for to its end', async () => {
    let isDone = false;
    const work = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      isDone = true;
    };
    await untilInterrupted(work(), new AbortController().signal);
    expect(isDone).toBe(true);
  });

  test('is not waited for after the interrupt', async () => {
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    await untilInterrupted(new Promise(() => {}), controller.signal);
    await untilInterrupted(new Promise(() => {}), controller.signal);
    expect(controller.signal.aborted).toBe(true);
  });

  test('fails as it fails', async () => {
    const failed = untilInterrupted(Promise.reject(new Error('no')), new AbortController().signal);
    await expect(failed).rejects.toThrow('no');
  });

  test('a timer gets its turn while everything is there at once', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1);
    const turn = takeTurns();
    let seen = 0;
    for (; !controller.signal.aborted; seen++) await turn();
    expect(seen).toBeGreaterThan(0);
  });
});

describe('an answer that is not whole', () => {
  const signal = AbortSignal.abort();

  test('says so in the document and on stderr, and leaves files as they are', async () => {
    const output = join(folder, 'out.xml');
    const call = await anchorctl(['check', folder, '--json', '--output', `junit=${output}`], { signal });
    expect(call.status).toBe(130);
    expect(call.json()).toMatchObject({
      schema: 'anchorctl/check/1',
      summary: { files: 0, errors: 1 },
      findings: [{ code: 'run/interrupted', severity: 'error', source: null }],
    });
    expect(JSON.parse(call.stderr)).toMatchObject({ code: 'run/interrupted', status: 130 });
    expect(existsSync(output)).toBe(false);
  });

  test('is no success of a test run, and unknown to monitoring', async () => {
    const sarif = await anchorctl(['check', folder, '--format', 'sarif'], { signal });
    expect(sarif.json()).toMatchObject({ runs: [{ invocations: [{ executionSuccessful: false }] }] });
    expect((await anchorctl(['check', folder, '--format', 'tap'], { signal })).stdout).toContain(
      'not ok 1 - run/interr',
    );
    const plugin = await anchorctl(['check', folder, '--format', 'nagios'], { signal });
    expect([plugin.status, plugin.stdout]).toEqual([3, expect.stringMatching(/^CERTIFICATES UNKNOWN: /)]);
  });
});

describe.skipIf(NO_SIGNALS)('a process', () => {
  let server: Server;
  afterEach(() => server.close());

  test.each(['SIGINT', 'SIGTERM'] as const)('ends at once on %s, and has said what it knows', async (signal) => {
    let begin = Number.NaN;
    // It takes the connection and says nothing.
    const port = await new Promise<number>((resolve) => {
      server = createServer(() => {
        begin = performance.now();
        child.kill(signal);
      });
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    const child = spawn(process.execPath, [PROGRAM, 'check', join(folder, 'a.pem'), `tls://127.0.0.1:${port}`, folder]);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect(status).toBe(130);
    expect(stdout).toContain('Test Root');
    expect(stdout).toContain('interrupted after 1 file; what comes after is missing here\n  [run/interrupted]');
    expect(stdout).toContain('1 certificate in 1 file: 1 ok, 1 error');
    expect(stderr).toContain('[run/interrupted]');
    // A server is waited for 10 seconds.
    expect(performance.now() - begin).toBeLessThan(8000);
  });

  test('ends at once while standard input stays open', async () => {
    // By then it listens for interrupts; it reads on, and waits for what never comes.
    const port = await new Promise<number>((resolve) => {
      server = createServer((socket) => {
        socket.destroy();
        setTimeout(() => child.kill('SIGINT'), 300);
      });
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    const child = spawn(process.execPath, [PROGRAM, 'check', `tls://127.0.0.1:${port}`, '-', '--format', 'ndjson']);
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
    expect(stderr).toContain('[run/interrupted]');
  });
});
