/** `check --format html` and `--output html=FILE`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-check-html-'));
  writeFileSync(join(folder, 'root.pem'), issue({ subject: 'CN=Page Root' }).pem);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the page on stdout and in a file are the same, with the status of the check', async () => {
  const file = join(folder, 'page.html');
  const call = await anchorctl(['check', join(folder, 'root.pem'), '--format', 'html', '--output', `html=${file}`]);
  expect(call.status).toBe(0);
  expect(call.stderr).toBe('');
  expect(call.stdout).toMatch(/^<!doctype html>\n/);
  expect(call.stdout).toContain('<span class="name">Page Root</span>');
  expect(readFileSync(file, 'utf8')).toBe(call.stdout);
});

test('what cannot be read stands on the page, and in the status', async () => {
  const missing = join(folder, 'missing.pem');
  const call = await anchorctl(['check', join(folder, 'root.pem'), missing, '--format', 'html']);
  expect(call.status).toBe(3);
  expect(call.stdout).toContain('<p class="verdict">1 other error.</p>');
  expect(call.stdout).toContain('<code>input/not-found</code>');
  expect(call.stderr).toContain('[input/not-found]');
});
