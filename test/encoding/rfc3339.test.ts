import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toDay } from '../../src/encoding/rfc3339.ts';

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
