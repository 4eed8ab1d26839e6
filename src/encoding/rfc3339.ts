/**
 * Instants as text (RFC 3339).
 *
 * @module
 */

const SECOND = 1000;
const DAY = 86_400 * SECOND;

/** The days that were written last, each by its number since 1970: a hundred thousand certificates have few. */
const days = new Map<number, string>();
const MAX_DAYS = 4096;

/** Every number that a month, a day or a part of a time of day can be, in two digits. */
const TWO_DIGITS: readonly string[] = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** An instant in RFC 3339, UTC, whole seconds: `2031-11-24T18:23:33Z`. */
export function toRfc3339(date: Date): string {
  const time = date.getTime();
  const seconds = (time - Math.floor(time / DAY) * DAY) / SECOND;
  const hour = TWO_DIGITS[Math.floor(seconds / 3600)];
  const minute = TWO_DIGITS[Math.floor(seconds / 60) % 60];
  // Undefined for a part of a second.
  const second = TWO_DIGITS[seconds % 60];
  if (second === undefined) return date.toISOString();
  return `${toDay(date)}T${hour}:${minute}:${second}Z`;
}

/** The day of an instant, in UTC: `2031-11-24`. */
export function toDay(date: Date): string {
  const number = Math.floor(date.getTime() / DAY);
  const known = days.get(number);
  if (known !== undefined) return known;
  const text = date.toISOString();
  const day = text.slice(0, text.indexOf('T'));
  if (days.size === MAX_DAYS) days.clear();
  days.set(number, day);
  return day;
}
