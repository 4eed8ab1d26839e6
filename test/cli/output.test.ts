/** The names of files and folders that a call is to write: what is refused before anything is written. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

const root = issue({ subject: 'CN=Own Root' });

let folder = '';
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-output-'));
  writeFileSync(at('root.pem'), root.pem);
});
afterEach(() => rmSync(folder, { recursive: true }));

const snippet = (...more: readonly string[]) => [
  ...['snippet', at('root.pem'), '--platform', 'ios', '--trustpoint', 'NEW'],
  ...more,
];

describe('a hyphen is a stream elsewhere, and no name for what a call writes', () => {
  const cases: readonly (readonly [name: string, argv: () => readonly string[], what: string, hint: string])[] = [
    [
      'rotate',
      () => ['rotate', at('root.pem'), '--device', 'ios:NEW', '--expect-sha256', root.certificate.sha256, '--out', '-'],
      'a folder',
      'the run leaves its blocks, backups, journal and runbook there; a folder of that name is ./-',
    ],
    [
      'snippet in stages',
      () => snippet('--replace', 'OLD', '--out', '-'),
      'a folder',
      'without --out a block goes to standard output; a folder of that name is ./-',
    ],
    [
      'inspect --split',
      () => ['inspect', at('root.pem'), '--split', '-'],
      'a folder',
      'write --pem for standard output; a folder of that name is ./-',
    ],
    [
      'snippet',
      () => snippet('--out', '-'),
      'a file',
      'the answer goes to standard output without the option; a file of that name is ./-',
    ],
    [
      'check',
      () => ['check', at('root.pem'), '--output', 'json=-'],
      'a file',
      'the answer goes to standard output without the option; a file of that name is ./-',
    ],
    [
      'catalog update',
      () => ['catalog', 'update', '--from', at('root.pem'), '--at', '2026-11-20', '--yes', '--out', '-'],
      'a file',
      'a catalog is never written to standard output; a file of that name is ./-',
    ],
  ];
  test.each(cases)('%s', async (_name, argv, what, hint) => {
    const { status, stdout, stderr } = await anchorctl([...argv()]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${what} was expected, found - [usage/bad-value]`);
    expect(stderr).toContain(`hint: ${hint}\n`);
    expect([existsSync('-'), readdirSync(folder)]).toEqual([false, ['root.pem']]);
  });
});

test('the empty name of a run folder is refused before anything is read', async () => {
  const { status, stderr } = await anchorctl(['rotate', at('absent.pem'), '--device', 'ios:NEW', '--out', '']);
  expect([status, stderr]).toEqual([2, expect.stringContaining('the path is empty [usage/bad-value]')]);
});
