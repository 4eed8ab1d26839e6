/** What a command reads: files as they stand, and keystores whose password only a person knows. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anchorctl } from '../support/cli.ts';

const STORE = 'fixtures/keystores/gateway-java17.p12';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-inputs-'));
  for (const name of ['a.p12', 'b.p12']) cpSync(STORE, join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a person is asked for the password of each keystore, and of each file in a folder', async () => {
  const known = await anchorctl(['inspect', STORE, '--json', '--storepass', 'Test123%']);
  const asked = await anchorctl(['inspect', STORE, '--json'], { answers: ['Test123%'] });
  expect([asked.status, asked.stderr]).toEqual([0, `Password of ${STORE}: `]);
  expect(asked.stdout).toBe(known.stdout);
  const both = await anchorctl(['inspect', folder], { answers: ['Test123%', 'wrong'] });
  expect([both.status, both.stderr]).toEqual([
    4,
    expect.stringContaining(`Password of ${join(folder, 'a.p12')}: Password of ${join(folder, 'b.p12')}: `),
  ]);
  expect(both.stderr).toMatch(/b\.p12: .*\[keystore\/wrong-password\]/);
});

test('nobody is asked who is not there', async () => {
  const { status, stderr } = await anchorctl(['inspect', STORE]);
  expect([status, stderr]).toEqual([4, expect.stringMatching(/keystore\/password-missing/)]);
});
