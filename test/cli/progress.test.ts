/** The spinner: on a terminal, when something takes longer than a moment, and never in the way. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { withProgress } from '../../src/cli/progress.ts';

const columns = Object.getOwnPropertyDescriptor(process.stderr, 'columns');
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
  if (columns === undefined) Reflect.deleteProperty(process.stderr, 'columns');
  else Object.defineProperty(process.stderr, 'columns', columns);
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
