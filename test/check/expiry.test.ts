import { describe, expect, test } from 'vitest';
import { expiryOf, parseThreshold, type Thresholds } from '../../src/check/expiry.ts';
import { TrustError } from '../../src/errors.ts';

const DAY = 86_400_000;
const THRESHOLDS: Thresholds = { warn: parseThreshold('60d'), fail: parseThreshold('14d') };
const NOT_BEFORE = new Date('2024-02-29T00:00:00Z');
const NOT_AFTER = new Date('2028-02-29T12:00:00Z');

function levelAt(at: Date, thresholds = THRESHOLDS, notBefore: Date | null = NOT_BEFORE, notAfter = NOT_AFTER): string {
  return expiryOf({ notBefore, notAfter }, at, thresholds).level;
}

describe('levels, at the second around each threshold', () => {
  test.each([
    [60 * DAY, 'ok'],
    [60 * DAY - 1000, 'warning'],
    [14 * DAY, 'warning'],
    [14 * DAY - 1000, 'critical'],
    [0, 'critical'],
    [-1000, 'expired'],
  ])('%d ms left is %s', (left, level) => {
    expect(levelAt(new Date(NOT_AFTER.getTime() - left))).toBe(level);
  });

  test('notBefore belongs to the period', () => {
    expect(levelAt(NOT_BEFORE)).toBe('ok');
    expect(levelAt(new Date(NOT_BEFORE.getTime() - 1000))).toBe('not-yet-valid');
  });

  test('a certificate that ended before it began has ended', () => {
    const end = new Date(NOT_BEFORE.getTime() - DAY);
    expect(levelAt(new Date(NOT_BEFORE.getTime() - 1000), THRESHOLDS, NOT_BEFORE, end)).toBe('expired');
  });

  test('leap days, dates beyond 2049 and the year 9999 are days like any other', () => {
    const end = new Date('9999-12-31T23:59:59Z');
    expect(levelAt(new Date('9999-12-17T23:59:59Z'), THRESHOLDS, NOT_BEFORE, end)).toBe('warning');
    expect(levelAt(new Date('9999-12-18T00:00:00Z'), THRESHOLDS, NOT_BEFORE, end)).toBe('critical');
    expect(levelAt(new Date('2049-12-31T23:59:59Z'), THRESHOLDS, NOT_BEFORE, new Date('2050-01-01T00:00:00Z'))).toBe(
      'critical',
    );
    expect(levelAt(new Date('2028-02-15T12:00:00Z'))).toBe('warning');
    expect(levelAt(new Date('2028-02-15T12:00:01Z'))).toBe('critical');
  });

  test('days left have a fraction and go below zero', () => {
    const daysLeft = (at: Date) => expiryOf({ notBefore: NOT_BEFORE, notAfter: NOT_AFTER }, at, THRESHOLDS).daysLeft;
    expect(daysLeft(new Date('2028-02-28T00:00:00Z'))).toBe(1.5);
    expect(daysLeft(new Date('2028-03-01T00:00:00Z'))).toBe(-0.5);
  });

  test('a share of the lifetime', () => {
    const third: Thresholds = { warn: parseThreshold('50%'), fail: parseThreshold('30%') };
    const begin = new Date('2026-01-01T00:00:00Z');
    const end = new Date(begin.getTime() + 100 * DAY);
    const after = (days: number) => levelAt(new Date(begin.getTime() + days * DAY), third, begin, end);
    expect([after(50), after(50.001), after(70), after(70.001)]).toEqual(['ok', 'warning', 'warning', 'critical']);
    expect(levelAt(begin, third, null, end)).toBe('ok');
  });
});

describe('thresholds', () => {
  test.each([
    ['60d', { milliseconds: 60 * DAY }],
    ['60', { milliseconds: 60 * DAY }],
    ['1.5d', { milliseconds: 1.5 * DAY }],
    ['36h', { milliseconds: 1.5 * DAY }],
    ['8w', { milliseconds: 56 * DAY }],
    ['30%', { share: 0.3 }],
    ['0', { milliseconds: 0 }],
  ])('%s', (text, threshold) => {
    expect(parseThreshold(text)).toEqual(threshold);
  });

  test.each(['soon', '', '-1d', '101%', '60 d', '60m', '1e3d', '9999999d', '36501d', 'd', '1.d'])('not %j', (text) => {
    expect(() => parseThreshold(text)).toThrow(TrustError);
  });
});
