/**
 * Instants as text (RFC 3339).
 *
 * @module
 */

/** An instant in RFC 3339, UTC, whole seconds: `2031-11-24T18:23:33Z`. */
export function toRfc3339(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

/** The day of an instant, in UTC: `2031-11-24`. */
export function toDay(date: Date): string {
  return `${String(date.getUTCFullYear()).padStart(4, '0')}-${twoDigits(date.getUTCMonth() + 1)}-${twoDigits(date.getUTCDate())}`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}
