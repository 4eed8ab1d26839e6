import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countLineFeeds, includesText, indexOfText } from '../../src/encoding/byte-search.ts';

test('finds what a plain search finds, from any place', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'Z', ' '), maxLength: 60 });
  const sought = fc.string({ unit: fc.constantFrom('a', 'b', 'Z', ' '), minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(letters, sought, fc.nat(70), (text, found, from) => {
      const bytes = Buffer.from(text);
      expect(indexOfText(bytes, found, from)).toBe(bytes.indexOf(found, from));
      expect(includesText(bytes, found)).toBe(text.includes(found));
    }),
    { numRuns: process.env.SLOW === undefined ? 300 : 10_000 },
  );
});

test('a text full of what is rare elsewhere is no trouble', () => {
  const bytes = Buffer.from(`${'Z'.repeat(1_000_000)}aZb`);
  expect(indexOfText(bytes, 'aZb')).toBe(1_000_000);
  expect(indexOfText(bytes, 'aZc')).toBe(-1);
});

test('line feeds are counted wherever a part begins and ends', () => {
  const byte = fc.constantFrom(0x0a, 0x0b, 0x09, 0x00, 0x8a, 0xff, 0x61);
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 200 }), fc.nat(8), fc.nat(12), fc.nat(12), (values, place, from, less) => {
      const bytes = new Uint8Array(new ArrayBuffer(values.length + place), place);
      bytes.set(values);
      const start = Math.min(from, values.length);
      const end = Math.max(start, values.length - less);
      const expected = values.slice(start, end).filter((value) => value === 0x0a).length;
      expect(countLineFeeds(bytes, start, end)).toBe(expected);
    }),
    { numRuns: process.env.SLOW ? 20_000 : 500 },
  );
});
