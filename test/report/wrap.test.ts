import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrap } from '../../src/report/wrap.ts';

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
