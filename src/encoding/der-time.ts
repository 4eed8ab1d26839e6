/**
 * Times in DER as certificates and CRLs have them (RFC 5280 4.1.2.5).
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { type DerElement, TAG } from './der.js';

/** The letter that ends a time. */
const ZULU = 0x5a;

const DAY = 86_400_000;

/**
 * A UTCTime or GeneralizedTime (RFC 5280 4.1.2.5): Zulu, with seconds, without fractions; two-digit years pivot at 50.
 *
 * @returns milliseconds since 1970
 * @throws {TrustError} `der/bad-value` for any other form or a date that does not exist
 */
export function readInstant(element: DerElement | undefined): number {
  if (element === undefined) throw new TrustError('der/truncated', 'a time is missing');
  const { tag, bytes, contentStart, contentEnd, start } = element;
  const yearLength = tag === TAG.utcTime ? 2 : tag === TAG.generalizedTime ? 4 : 0;
  const rest = contentStart + yearLength;
  const isWhole = yearLength > 0 && contentEnd === rest + 11 && bytes[contentEnd - 1] === ZULU;
  if (!isWhole || !isDecimal(bytes, contentStart, contentEnd - 1)) {
    refuse('a time is not in the form that RFC 5280 asks for', start);
  }
  const ofCentury = twoDigits(bytes, rest - 2);
  const year =
    yearLength === 4 ? twoDigits(bytes, contentStart) * 100 + ofCentury : ofCentury + (ofCentury < 50 ? 2000 : 1900);
  const month = twoDigits(bytes, rest);
  const day = twoDigits(bytes, rest + 2);
  const hour = twoDigits(bytes, rest + 4);
  const minute = twoDigits(bytes, rest + 6);
  const second = twoDigits(bytes, rest + 8);
  if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) {
    refuse('a time names an instant that does not exist', start);
  }
  return dayNumber(year, month, day) * DAY + (hour * 3600 + minute * 60 + second) * 1000;
}

/** The same as a `Date`. @throws {TrustError} as `readInstant` */
export function readTime(element: DerElement | undefined): Date {
  return new Date(readInstant(element));
}

/** Whether the calendar has the day: it must come before the first of the next month. */
function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= 28 || dayNumber(year, month, day) < dayNumber(year, month + 1, 1);
}

/**
 * A day of the Gregorian calendar, by how many days it is after the first of 1970. `Date.UTC` takes the years below 100 for those
 * of another century, and ten times as long.
 *
 * @param month - from 1; 13 is the first of the next year
 */
function dayNumber(year: number, month: number, day: number): number {
  // Counted from March on, a leap day is the last of its year, and five months have 153 days wherever they begin.
  const started = month > 2 ? year : year - 1;
  const leapDays = Math.floor(started / 4) - Math.floor(started / 100) + Math.floor(started / 400);
  const daysBefore = Math.floor((((month + 9) % 12) * 153 + 2) / 5);
  return started * 365 + leapDays + daysBefore + day - 719_469;
}

function isDecimal(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const octet = bytes[i] as number;
    if (octet < 0x30 || octet > 0x39) return false;
  }
  return true;
}

/** The number that two digits write. */
function twoDigits(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] as number) * 10 + (bytes[offset + 1] as number) - 0x30 * 11;
}

function refuse(message: string, offset: number): never {
  throw new TrustError('der/bad-value', message, { at: { offset } });
}
