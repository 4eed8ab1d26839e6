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
  const text = date.toISOString();
  return text.slice(0, text.indexOf('T'));
}
