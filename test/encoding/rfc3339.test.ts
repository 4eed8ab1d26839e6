/** Instants as text. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toDay, toRfc3339 } from '../../src/encoding/rfc3339.ts';

test.each([
  ['2031-11-24T18:23:33.999Z', '2031-11-24'],
  ['1999-12-31T23:59:59.999Z', '1999-12-31'],
  ['2000-02-29T00:00:00.000Z', '2000-02-29'],
  ['0999-12-31T23:59:59.999Z', '0999-12-31'],
  ['9999-12-31T23:59:59.000Z', '9999-12-31'],
  ['+010000-01-01T00:00:00.000Z', '+010000-01-01'],
  ['-000001-01-01T00:00:00.000Z', '-000001-01-01'],
])('the day of %s', (instant, day) => {
  expect(toDay(new Date(instant))).toBe(day);
});

test('the day of any instant is what stands before the time in ISO 8601', () => {
  fc.assert(fc.property(fc.date({ noInvalidDate: true }), (date) => toDay(date) === date.toISOString().split('T')[0]));
});

test('an instant that does not exist has no day', () => {
  expect(() => toDay(new Date(Number.NaN))).toThrow(RangeError);
});

test('an instant is written as ECMAScript writes it, without the part of a second where there is none', () => {
  const property = fc.property(fc.date({ noInvalidDate: true }), fc.boolean(), (date, isWhole) => {
    const instant = isWhole ? new Date(Math.floor(date.getTime() / 1000) * 1000) : date;
    fc.pre(!Number.isNaN(instant.getTime()));
    expect(toRfc3339(instant)).toBe(instant.toISOString().replace('.000Z', 'Z'));
  });
  fc.assert(property, { numRuns: 1000 });
});

test('days are written right when more are asked for than are kept', () => {
  for (const _ of [1, 2]) {
    for (let day = -3000; day < 3000; day++) {
      const date = new Date(day * 86_400_000 + 86_399_000);
      expect(toRfc3339(date)).toBe(`${date.toISOString().slice(0, 10)}T23:59:59Z`);
    }
  }
});
