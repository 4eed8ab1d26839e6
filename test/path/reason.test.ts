import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { WORK } from '../../src/path/budget.ts';
import { REASON_CODES, reason, sortReasons } from '../../src/path/reason.ts';
import { REASON_HINTS } from '../../src/path/reason-hints.ts';

const page = readFileSync(new URL('../../docs/path-validation.md', import.meta.url), 'utf8');

test('docs/path-validation.md explains every code, in the order of what they tell', () => {
  const listed = [...page.matchAll(/^\| `(path\/[a-z-]+)` \|/gm)].map(([, code]) => code);
  expect(listed).toEqual([...REASON_CODES]);
});

test('it gives the advice that the program gives', () => {
  const rows = page.matchAll(/^\| `(path\/[a-z-]+)` \| .* \| (.*) \|$/gm);
  const advice = Object.fromEntries(Array.from(rows, ([, code, hint]) => [code, hint?.replaceAll('`', '')]));
  expect(advice).toEqual(REASON_HINTS);
});

test('it names the limits that hold', () => {
  const { signatures, candidates, paths, nameComparisons, policyNodes } = WORK;
  for (const limit of [signatures, candidates, paths, nameComparisons, policyNodes]) {
    expect(page.replaceAll(/\s+/g, ' ')).toContain(` ${limit.toLocaleString('en-US')} `);
  }
});

test('reasons are sorted by what they tell, and each is said once', () => {
  const [late, other, missing] = [
    reason('path/expired', 'expired on one day'),
    reason('path/expired', 'expired on another day'),
    reason('path/no-issuer', 'nobody is at hand'),
  ];
  expect(sortReasons([missing, late, other, late])).toEqual([late, other, missing]);
});
