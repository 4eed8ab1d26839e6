/**
 * Times in DER as certificates and CRLs have them (RFC 5280 4.1.2.5).
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { asBuffer } from './buffer.js';
import { type DerElement, TAG } from './der.js';

/** The letter that ends a time. */
const ZULU = 0x5a;

const DAY = 86_400_000;

/** Characters of the longest time that is read: a GeneralizedTime with nine digits behind the point and an offset. */
const LONGEST = 29;

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
  const year = yearLength === 4 ? twoDigits(bytes, contentStart) * 100 + ofCentury : fullYear(ofCentury);
  const month = twoDigits(bytes, rest);
  const day = twoDigits(bytes, rest + 2);
  const hour = twoDigits(bytes, rest + 4);
  const minute = twoDigits(bytes, rest + 6);
  const second = twoDigits(bytes, rest + 8);
  if (!isInstant(year, month, day, hour, minute, second)) refuse('a time names an instant that does not exist', start);
  return instant(year, month, day, hour, minute, second);
}

/** What ends a time of any form: UTC itself, or how far its local time is ahead. */
const ZONE = '(?:Z|(?<sign>[+-])(?<zoneHours>\\d{2})(?<zoneMinutes>\\d{2}))$';
const MINUTE = '(?<month>\\d{2})(?<day>\\d{2})(?<hour>\\d{2})(?<minute>\\d{2})';

const UTC_TIME = new RegExp(`^(?<year>\\d{2})${MINUTE}(?<second>\\d{2})?${ZONE}`);
const GENERALIZED_TIME = new RegExp(
  `^(?<year>\\d{4})${MINUTE}(?:(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9}))?)?${ZONE}`,
);

/**
 * A time in the forms beside that of RFC 5280 that name an instant (ITU-T X.680 46.3, 47.3) and that Java or OpenSSL read:
 * seconds may be left out, fractions of them and an offset from UTC be there. Local time without an offset names none.
 *
 * @returns milliseconds since 1970, fractions of them cut off; null for any other form or a date that does not exist
 */
export function readInstantOfOtherForm({ tag, bytes, contentStart, contentEnd }: DerElement): number | null {
  const form = tag === TAG.utcTime ? UTC_TIME : tag === TAG.generalizedTime ? GENERALIZED_TIME : undefined;
  const text = asBuffer(bytes).toString('latin1', contentStart, Math.min(contentEnd, contentStart + LONGEST + 1));
  const parts = form?.exec(text)?.groups;
  if (parts === undefined) return null;
  const number = (name: string) => Number(parts[name] ?? 0);
  const year = tag === TAG.utcTime ? fullYear(number('year')) : number('year');
  const [month, day, hour] = [number('month'), number('day'), number('hour')];
  const [minute, second] = [number('minute'), number('second')];
  const [zoneHours, zoneMinutes] = [number('zoneHours'), number('zoneMinutes')];
  if (!isInstant(year, month, day, hour, minute, second) || zoneHours > 23 || zoneMinutes > 59) return null;
  const milliseconds = Math.floor(Number(`0.${parts.fraction ?? 0}`) * 1000);
  const ahead = (zoneHours * 60 + zoneMinutes) * (parts.sign === '-' ? -60_000 : 60_000);
  return instant(year, month, day, hour, minute, second) + milliseconds - ahead;
}

/** The same as `readInstant` as a `Date`. @throws {TrustError} as `readInstant` */
export function readTime(element: DerElement | undefined): Date {
  return new Date(readInstant(element));
}

/** The year that two digits stand for (RFC 5280 4.1.2.5.1). */
function fullYear(ofCentury: number): number {
  return ofCentury + (ofCentury < 50 ? 2000 : 1900);
}

/** Whether the calendar has the day, and the day the time. */
function isInstant(year: number, month: number, day: number, hour: number, minute: number, second: number): boolean {
  return isDay(year, month, day) && hour <= 23 && minute <= 59 && second <= 59;
}

/** Milliseconds since 1970. */
function instant(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  return dayNumber(year, month, day) * DAY + (hour * 3600 + minute * 60 + second) * 1000;
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
