/**
 * Instants as text (RFC 3339).
 *
 * @module
 */

/** An instant in RFC 3339, UTC, whole seconds: `2031-11-24T18:23:33Z`. */
export function toRfc3339(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

const TWO_DIGITS: readonly string[] = Array.from({ length: 32 }, (_, value) => `${value}`.padStart(2, '0'));

/** The day of an instant, in UTC: `2031-11-24`. */
export function toDay(date: Date): string {
  const year = date.getUTCFullYear();
  // Three of these for each entry of a listing: `toISOString` takes three times as long.
  if (year >= 1000 && year <= 9999) {
    return `${year}-${TWO_DIGITS[date.getUTCMonth() + 1]}-${TWO_DIGITS[date.getUTCDate()]}`;
  }
  const text = date.toISOString();
  return text.slice(0, text.indexOf('T'));
}
