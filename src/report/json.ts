/**
 * JSON that is also safe to look at: what JSON leaves as it is although it can act on a terminal (C1 controls, bidi
 * overrides, zero-width characters) is written as an escape, which gives the same value.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';

/** A document over several lines, with a line end. */
export function renderDocument(value: unknown): string {
  return escapeUnprintable(JSON.stringify(value, null, 2).split('\n'))
    .join('\n')
    .concat('\n');
}

/** A value on one line, with a line end: NDJSON. */
export function renderLine(value: unknown): string {
  return `${escapeUnprintable([JSON.stringify(value)])[0]}\n`;
}

/** Outside of strings, JSON has nothing that needs it; so every line may be taken as a whole. */
function escapeUnprintable(lines: readonly string[]): readonly string[] {
  return lines.map((line) =>
    toPrintable(line, (character) =>
      Array.from(
        { length: character.length },
        (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
      ).join(''),
    ),
  );
}
