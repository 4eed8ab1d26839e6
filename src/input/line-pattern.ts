/**
 * Regular expressions made of what stands around lines, which is whatever a text has there.
 *
 * @module
 */

/** The source of a regular expression that matches a text and nothing else, also with the flag `u`. */
export function literalPattern(text: string): string {
  // A hyphen has no escape of its own outside of brackets.
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (character) => (character === '-' ? '\\x2d' : `\\${character}`));
}

/**
 * The same for what stands on other lines in the place of a text: blanks and numbers may differ from line to line, all else may
 * not. Every repetition has a bound, so that the time stays linear.
 */
export function framePattern(text: string): string {
  return text
    .split(/([0-9]+|\s+)/)
    .map((part) => {
      if (/^[0-9]/.test(part)) return '[0-9]{1,20}';
      return /^\s/.test(part) ? '[^\\S\\r\\n]{1,64}' : literalPattern(part);
    })
    .join('');
}
