/**
 * Instants as text (RFC 3339).
 *
 * @module
 */

/** An instant in RFC 3339, UTC, whole seconds: `2031-11-24T18:23:33Z`. */
export function toRfc3339(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
