import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placePath, wrap, wrapBehind } from '../../src/report/wrap.ts';

test('no line is wider than 80 characters, and nothing is lost but blanks', () => {
  const text = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 200 }), { maxLength: 20 });
  fc.assert(
    fc.property(text, fc.nat(40), (words, indent) => {
      const wrapped = wrap(words.join(' '), ' '.repeat(indent), '    ');
      expect(wrapped.split('\n').every((line) => line.length <= 80)).toBe(true);
      expect(wrapped.replaceAll(/\s/g, '')).toBe(words.join('').replaceAll(/\s/g, ''));
    }),
    { numRuns: process.env.SLOW === undefined ? 100 : 5000 },
  );
});

test('a short text stays on its line', () => {
  expect(wrap('a short text', '- ', '  ')).toBe('- a short text\n');
});

test('a word of a megabyte is cut in one go', () => {
  expect(wrap('x'.repeat(1_000_000), '', '').length).toBe(1_012_500);
});

test.each([
  ['error: ', 'a.pem', 'error: a.pem\n'],
  ['error: ', 'x'.repeat(73), `error: ${'x'.repeat(73)}\n`],
  ['error: ', 'x'.repeat(74), `error:\n  ${'x'.repeat(74)}\n`],
  ['               ', 'x'.repeat(65), `               ${'x'.repeat(65)}\n`],
  ['               ', 'x x'.repeat(30), `  ${'x x'.repeat(30)}\n`],
])('a path is never broken: %j, %s', (before, path, expected) => {
  expect(placePath(before, path)).toBe(expected);
});

test('what is said of a place stands behind it, or below where it would have no room', () => {
  const words = 'word '.repeat(20).trim();
  expect(wrapBehind('error: a.pem:', words)).toBe(
    `error: a.pem: ${'word '.repeat(13).trim()}\n  ${'word '.repeat(7).trim()}\n`,
  );
  const place = `error: ${'x'.repeat(40)}:`;
  expect(wrapBehind(place, words)).toBe(`${place}\n  ${'word '.repeat(15).trim()}\n  ${'word '.repeat(5).trim()}\n`);
});

test('a long word is cut behind a comma or slash where that leaves no line nearly empty', () => {
  const [a, b] = ['a'.repeat(60), 'b'.repeat(60)];
  expect(wrap(`CN=${a},O=${b}`, '', '  ')).toBe(`CN=${a},\n  O=${b}\n`);
  expect(wrap(`x/${'y'.repeat(100)}`, '', '')).toBe(`x/${'y'.repeat(78)}\n${'y'.repeat(22)}\n`);
});

test('what a terminal shows in two columns counts twice', () => {
  expect(wrap('証'.repeat(50), '', '')).toBe(`${'証'.repeat(40)}\n${'証'.repeat(10)}\n`);
});
