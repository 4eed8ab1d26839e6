import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FINDING_CODES } from '../src/check/finding.ts';

const ROOT = join(import.meta.dirname, '..');

/** What the device platforms note, as their sources spell it. */
function deviceCodes(): readonly string[] {
  const folder = join(ROOT, 'src/device');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const sources = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  return sources.flatMap((source) =>
    [...source.matchAll(/code: '(device\/[a-z0-9-]+)',/g)].map(([, code]) => code as string),
  );
}

test('docs/findings.md explains every code of a finding, and no other', () => {
  const page = readFileSync(join(ROOT, 'docs/findings.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `([a-z0-9-]+\/[a-z0-9-]+)` \|/gm)].map(([, code]) => code as string);
  const known = new Set([...FINDING_CODES, ...deviceCodes()]);
  expect([...listed].sort()).toEqual([...known].sort());
});
