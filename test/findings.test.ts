/** docs/findings.md: every code with why it matters, what to do and the source, and no other code. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FINDING_CODES } from '../src/check/finding.ts';
import { BLOCK_NOTE_CODES } from '../src/device/trustpoint.ts';

const PAGE = join(import.meta.dirname, '../docs/findings.md');
const page = readFileSync(PAGE, 'utf8');

/** The rows about codes: the cells of each. */
const rows = page
  .split('\n')
  .filter((line) => /^\| `[a-z0-9-]+\/[a-z0-9-]+` \|/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

test('it explains every code of a finding, and no other', () => {
  const listed = rows.map(([code = '']) => code.replaceAll('`', ''));
  expect(listed.sort()).toEqual([...new Set<string>([...FINDING_CODES, ...BLOCK_NOTE_CODES])].sort());
});

test('its tables say the same of each code', () => {
  const heads = page.split('\n').filter((line) => line.startsWith('| code |'));
  expect(heads.length).toBeGreaterThan(5);
  for (const head of heads) {
    expect(head).toBe('| code | severity | what it means | why it matters | what to do | source |');
  }
});

/** Documents other than those of this project. */
const DOCUMENT =
  /RFC \d|X\.690|SEC 1|CA\/Browser Forum|JDK-\d|\b(?:sun|com\.sun|java|javax)\.[a-z]|certdata\.txt|OpenSSL/;

describe('of each code it says', () => {
  test.each(rows.map((cells) => [cells[0] ?? '', cells] as const))('%s', (_code, cells) => {
    expect(cells).toHaveLength(6);
    const [, severity = '', meaning = '', why = '', remedy = '', source = ''] = cells;
    expect(severity).toMatch(/^(?:info|warning|error)\b/);
    expect(meaning.split(' ').length).toBeGreaterThan(2);
    expect(why.split(' ').length).toBeGreaterThan(3);
    expect(remedy).toMatch(/[a-z]/);
    expect(why).not.toBe(meaning);
    const links = [...source.matchAll(/\]\(([^)#]+)(#[^)]+)?\)/g)];
    expect(links.length > 0 || DOCUMENT.test(source), source).toBe(true);
    for (const [, path = '', anchor] of links) {
      const file = join(dirname(PAGE), path);
      expect(existsSync(file), path).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(file)).toContain(anchor);
    }
  });
});

/** The anchors that GitHub and GitLab make of the headings of a page. */
function anchorsOf(file: string): readonly string[] {
  const headings = readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = '']) => {
    const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '');
    return `#${words.trim().replaceAll(/\s/g, '-')}`;
  });
}
