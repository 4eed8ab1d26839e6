import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editsBetween } from '../../src/catalog/edit-script.ts';
import { compareLines, GAP } from '../../src/input/compare-lines.ts';

const GENUINE = 'abcdefgh'.repeat(20);

function compare(found: string) {
  return compareLines(found, editsBetween(found, GENUINE, 20) ?? []);
}

test('only the lines that differ, each character above its own', () => {
  const found = `${GENUINE.slice(0, 70)}!${GENUINE.slice(71, 130)}${GENUINE.slice(131)}`;
  expect(compare(found)).toEqual([
    { number: 3, found: `${GENUINE.slice(64, 70)}!${GENUINE.slice(71, 128)}`, genuine: GENUINE.slice(64, 128) },
    { number: 4, found: `${GENUINE.slice(128, 130)}${GAP}${GENUINE.slice(131)}`, genuine: GENUINE.slice(128) },
  ]);
});

test('a character too many has a gap below it', () => {
  const [line] = compare(`${GENUINE.slice(0, 10)}~${GENUINE.slice(10)}`);
  expect([line?.number, line?.found.charAt(10), line?.genuine.charAt(10)]).toEqual([2, '~', GAP]);
});

test('nothing where nothing differs', () => {
  expect(compare(GENUINE)).toEqual([]);
});

test('both texts of a line are as long, and without gaps they are parts of what was compared', () => {
  const edit = fc.tuple(fc.nat(GENUINE.length - 1), fc.constantFrom('', '~', '~~'));
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 5 }), (edits) => {
      let found = GENUINE;
      for (const [at, text] of edits) found = found.slice(0, at) + text + found.slice(at + 1);
      for (const line of compare(found)) {
        expect(line.found).toHaveLength(line.genuine.length);
        expect(found).toContain(line.found.replaceAll(GAP, ''));
        const start = (line.number - 2) * 64;
        expect(GENUINE.slice(start, start + 64)).toBe(line.genuine.replaceAll(GAP, ''));
      }
    }),
  );
});
