import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Edit, editsBetween } from '../../src/catalog/edit-script.ts';

/** The number of edits, the slow and plain way. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, character] of [...a].entries()) {
    const row = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      const same = character === b[j - 1] ? 0 : 1;
      row.push(Math.min((above[j - 1] ?? 0) + same, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    above = row;
  }
  return above[b.length] ?? 0;
}

function applyEdits(found: string, edits: readonly Edit[]): string {
  let genuine = '';
  let index = 0;
  for (const edit of edits) {
    genuine += found.slice(index, edit.index) + edit.genuine;
    index = edit.index + edit.found.length;
  }
  return genuine + found.slice(index);
}

test.each<[string, string, readonly Edit[]]>([
  ['same', 'same', []],
  ['', '', []],
  ['abXd', 'abcd', [{ index: 2, found: 'X', genuine: 'c' }]],
  ['abd', 'abcd', [{ index: 2, found: '', genuine: 'c' }]],
  ['abcXd', 'abcd', [{ index: 3, found: 'X', genuine: '' }]],
  [
    'Xbcd',
    'abc',
    [
      { index: 0, found: 'X', genuine: 'a' },
      { index: 3, found: 'd', genuine: '' },
    ],
  ],
  [
    '',
    'ab',
    [
      { index: 0, found: '', genuine: 'a' },
      { index: 0, found: '', genuine: 'b' },
    ],
  ],
])('%j is %j changed by %j', (found, genuine, edits) => {
  expect(editsBetween(found, genuine, 5)).toEqual(edits);
});

test('more edits than the limit are none', () => {
  expect(editsBetween('abcdef', 'uvwxyz', 5)).toBeNull();
  expect(editsBetween('abcdef', 'uvwxyz', 6)).toHaveLength(6);
  expect(editsBetween('abc', 'abcd', 0)).toBeNull();
  expect(editsBetween('abc', 'abc', 0)).toEqual([]);
});

test('the edits are as few as there can be, and make the one text from the other', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 40 });
  fc.assert(
    fc.property(text, text, fc.nat(45), (found, genuine, limit) => {
      const edits = editsBetween(found, genuine, limit);
      const least = distance(found, genuine);
      if (least > limit) expect(edits).toBeNull();
      else {
        expect(edits).toHaveLength(least);
        expect(applyEdits(found, edits ?? [])).toBe(genuine);
      }
    }),
    { numRuns: process.env.SLOW ? 20_000 : 300 },
  );
});
