/**
 * Times in DER as certificates and CRLs have them (RFC 5280 4.1.2.5).
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { type DerElement, TAG } from './der.js';

/** The letter that ends a time. */
const ZULU = 0x5a;

/** After 400 years the calendar is the same again. */
const CALENDAR_CYCLE = { years: 400, milliseconds: 146_097 * 86_400_000 } as const;

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
  return instantOf(year, month, day, hour, minute, second);
}

/** The same as a `Date`. @throws {TrustError} as `readInstant` */
export function readTime(element: DerElement | undefined): Date {
  return new Date(readInstant(element));
}

/** Whether the calendar has the day: it must come before the first of the next month. */
function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= 28 || instantOf(year, month, day) < instantOf(year, month + 1, 1);
}

/** As `Date.UTC`, which takes the years below 100 for those of another century, with the month from 1. */
function instantOf(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  const cycled = Date.UTC(year + CALENDAR_CYCLE.years, month - 1, day, hour, minute, second);
  return cycled - CALENDAR_CYCLE.milliseconds;
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
