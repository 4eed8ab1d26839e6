/** The spinner: on a terminal, when something takes longer than a moment, and never in the way. */
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { withProgress } from '../../src/cli/progress.ts';

/** What stderr has of a terminal: it is none here. */
const TERMINAL = { columns: 90, isTTY: true, cursorTo: () => true, moveCursor: () => true, clearLine: () => true };
const itsOwn = Object.keys(TERMINAL).map((key) => [key, Object.getOwnPropertyDescriptor(process.stderr, key)] as const);
let written = '';

function setColumns(value: number): void {
  Object.defineProperty(process.stderr, 'columns', { value, configurable: true, writable: true });
}

beforeEach(() => {
  written = '';
  setColumns(90);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  for (const [key, own] of itsOwn) {
    if (own === undefined) Reflect.deleteProperty(process.stderr, key);
    else Object.defineProperty(process.stderr, key, own);
  }
});

const call = (
  wait: number | (() => Promise<void>),
  { stderr = true, ...args }: { stderr?: boolean; quiet?: boolean; json?: boolean },
) =>
  withProgress(
    { quiet: false, json: false, ...args },
    { terminal: { stdin: false, stdout: false, stderr, columns: 90 } } as unknown as Io,
    async (progress) => {
      progress('7 files read');
      await (typeof wait === 'number' ? sleep(wait) : wait());
      return 'done';
    },
  );

test('says after a moment what is going on', async () => {
  const seen = () => vi.waitFor(() => expect(written).toContain('7 files read'), { timeout: 20_000 });
  expect(await call(seen, {})).toBe('done');
});

test.each([
  ['of something short', 10, {}],
  ['without a terminal', 400, { stderr: false }],
  ['with --quiet', 400, { quiet: true }],
  ['with --json', 400, { json: true }],
])('says nothing %s', async (_when, milliseconds, how) => {
  expect(await call(milliseconds, how)).toBe('done');
  expect(written).toBe('');
});

test('ends on a terminal without columns', async () => {
  setColumns(0);
  expect(await call(400, {})).toBe('done');
  expect(written).toBe('');
});

test('leaves the input of the terminal to whom it belongs', async () => {
  const setRawMode = vi.fn();
  const stdin = Object.assign(new EventEmitter(), { isTTY: true, isPaused: () => false, setRawMode });
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as unknown as typeof process.stdin);
  // Where one of these speaks against it, ora does not take stderr for a terminal.
  vi.stubEnv('CI', undefined);
  vi.stubEnv('TERM', 'xterm');
  for (const [key, value] of Object.entries(TERMINAL)) {
    Object.defineProperty(process.stderr, key, { value, configurable: true, writable: true });
  }
  await call(() => vi.waitFor(() => expect(written).toContain('7 files read'), { timeout: 20_000 }), {});
  expect(setRawMode).not.toHaveBeenCalled();
});
