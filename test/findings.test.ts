import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FINDING_CODES } from '../src/check/finding.ts';
import { BLOCK_NOTE_CODES } from '../src/device/trustpoint.ts';

const PAGE = join(import.meta.dirname, '../docs/findings.md');

test('docs/findings.md explains every code of a finding, and no other', () => {
  const page = readFileSync(PAGE, 'utf8');
  const listed = [...page.matchAll(/^\| `([a-z0-9-]+\/[a-z0-9-]+)` \|/gm)].map(([, code]) => code as string);
  expect([...listed].sort()).toEqual([...new Set<string>([...FINDING_CODES, ...BLOCK_NOTE_CODES])].sort());
});
