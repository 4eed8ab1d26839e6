/**
 * The command as a process: what `bin/anchorctl.js` does before and around the command line. Needs the build, which
 * `npm test` makes first.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { NO_SIGNALS } from '../support/platform.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'bin/anchorctl.js');

test.each(['--version', '-V'])('%s alone says the version', (option) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, option], { encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test('hands its arguments over and ends with the status that comes back', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'inspect', 'no-such-file'], {
    encoding: 'utf8',
  });
  expect(status).toBe(3);
  expect(stderr).toContain('[input/not-found]');
  expect(stdout).not.toContain('at ');
});

test.each([
  ['--help', 'help'],
  ['inspect', 'inspect'],
  ['validate', 'cli'],
])('without a build, %s says what to do', (word, bundle) => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-bin-'));
  try {
    for (const name of ['bin', 'package.json']) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    const command = [join(folder, 'bin/anchorctl.js'), word];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 70, stdout: '' });
    expect(stderr).toContain(join('dist', `${bundle}.cjs`));
    expect(stderr).toMatch(/^anchorctl: .*\nanchorctl: hint: run "npm run build" first\n$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a variable that switches off what is never done adds nothing to an error in JSON', () => {
  const { status, stderr } = spawnSync(process.execPath, [BIN, 'inspect', 'tls://127.0.0.1:1', '--json'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0' },
  });
  expect([status, JSON.parse(stderr)]).toEqual([3, expect.objectContaining({ code: 'input/not-readable' })]);
});

test('a call that waits for what never comes is no success', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-bin-'));
  try {
    for (const name of ['bin', 'package.json']) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist/check.cjs'), 'exports.main = () => new Promise(() => {});');
    writeFileSync(join(folder, 'dist/check.cjs.cache'), '');
    const command = [join(folder, 'bin/anchorctl.js'), 'check', '.'];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 70, stdout: '' });
    expect(stderr).toMatch(/^anchorctl: this is a bug in anchorctl, .* \[internal\]\nanchorctl: hint: report it .*\n$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each<{ words: readonly string[]; env?: string; expected: string }>([
  { words: ['.'], expected: 'undefined' },
  { words: ['.', 'tls://gw.example.com'], expected: '64' },
  { words: ['gw.pem', '--aia'], expected: '64' },
  { words: ['tls://gw.example.com'], env: '8', expected: '8' },
])('a call with $words looks up as many names at the same time as it may', ({ words, env, expected }) => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-bin-'));
  try {
    for (const name of ['bin', 'package.json']) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    mkdirSync(join(folder, 'dist'));
    const main = 'exports.main = () => { console.log(String(process.env.UV_THREADPOOL_SIZE)); return 0; };';
    writeFileSync(join(folder, 'dist/check.cjs'), main);
    writeFileSync(join(folder, 'dist/check.cjs.cache'), '');
    const { UV_THREADPOOL_SIZE: _, ...others } = process.env;
    const { status, stdout } = spawnSync(process.execPath, [join(folder, 'bin/anchorctl.js'), 'check', ...words], {
      encoding: 'utf8',
      env: env === undefined ? others : { ...others, UV_THREADPOOL_SIZE: env },
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${expected}\n` });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.skipIf(NO_SIGNALS).each(['SIGINT', 'SIGTERM'] as const)(
  '%s while standard input is waited for ends with 130',
  async (signal) => {
    const child = spawn(process.execPath, [BIN, 'repair', '-', '--quiet'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    // More than a pipe holds: once it is taken, somebody reads.
    child.stdin.write(Buffer.alloc(1024 * 1024, 0x20), () => child.kill(signal));
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
    expect(stderr).toContain('interrupted while standard input was read; nothing was changed [run/interrupted]');
  },
);

test('a reader that goes away is no failure', async () => {
  const child = spawn(process.execPath, [BIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

/** Longer than what is written at once. */
const LONG = [BIN, 'catalog', 'list', '--json'];

test('a file gets what a pipe gets, whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-bin-'));
  const file = join(folder, 'answer');
  try {
    const descriptor = openSync(file, 'w');
    const { status } = spawnSync(process.execPath, LONG, { stdio: ['ignore', descriptor, 'inherit'] });
    closeSync(descriptor);
    const piped = spawnSync(process.execPath, LONG, { encoding: 'utf8', maxBuffer: 1e8 });
    expect([status, piped.status]).toEqual([0, 0]);
    expect(readFileSync(file, 'utf8')).toBe(piped.stdout);
    expect(piped.stdout.length).toBeGreaterThan(100_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.skipIf(!existsSync('/dev/full'))('output that is lost is said once, and no success', () => {
  const descriptor = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, LONG, {
    stdio: ['ignore', descriptor, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(descriptor);
  expect(status).toBe(6);
  expect(stderr.match(/the answer cannot be written: ENOSPC/g)).toHaveLength(1);
});

test.skipIf(!existsSync('/dev/full'))('output that is lost is an error in JSON where JSON was asked for', () => {
  const descriptor = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [...LONG, '--json'], {
    stdio: ['ignore', descriptor, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(descriptor);
  expect(JSON.parse(stderr)).toMatchObject({ schema: 'anchorctl/error/1', code: 'file/cannot-write', status: 6 });
  expect(status).toBe(6);
});

test.skipIf(!existsSync('/dev/full'))('an error of usage that is lost is one of usage still', () => {
  const descriptor = openSync('/dev/full', 'w');
  const { status } = spawnSync(process.execPath, [BIN, 'inspect', '--bogus'], {
    stdio: ['ignore', 'pipe', descriptor],
  });
  closeSync(descriptor);
  expect(status).toBe(2);
});

test('what fails once the call has ended is told all the same', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-bin-'));
  try {
    const late = join(folder, 'late.cjs');
    writeFileSync(
      late,
      "setInterval(() => { if (process.exitCode !== undefined) throw new TypeError('left over'); }, 10);",
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', late, BIN, 'catalog', 'list'], {
      encoding: 'utf8',
    });
    expect(stdout).toContain('IdenTrust');
    expect(stderr).toContain('TypeError: left over');
    expect(status).toBe(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
