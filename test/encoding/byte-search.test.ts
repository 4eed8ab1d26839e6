import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indexOfText } from '../../src/encoding/byte-search.ts';

test('finds what a plain search finds, from any place', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'Z', ' '), maxLength: 60 });
  const sought = fc.string({ unit: fc.constantFrom('a', 'b', 'Z', ' '), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(letters, sought, fc.nat(70), (text, found, from) => {
      const bytes = Buffer.from(text);
      expect(indexOfText(bytes, found, from)).toBe(bytes.indexOf(found, from));
    }),
    { numRuns: process.env.SLOW === undefined ? 300 : 10_000 },
  );
});

test('a text full of what is rare elsewhere is no trouble', () => {
  const bytes = Buffer.from(`${'Z'.repeat(1_000_000)}aZb`);
  expect(indexOfText(bytes, 'aZb')).toBe(1_000_000);
  expect(indexOfText(bytes, 'aZc')).toBe(-1);
});
