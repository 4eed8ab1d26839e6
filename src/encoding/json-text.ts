/**
 * JSON that is also safe to look at: what JSON leaves as it is although it can act on a terminal (C1 controls, bidi
 * overrides, zero-width characters) is written as an escape, which gives the same value.
 *
 * @module
 */
import { toPrintable } from './printable.js';

/** A document over several lines, with a line end. */
export function renderDocument(value: unknown): string {
  return escapeUnprintable(JSON.stringify(value, null, 2).split('\n'))
    .join('\n')
    .concat('\n');
}

/** A value over several lines, all but the first behind an indent. */
export function renderIndented(value: unknown, indent: string): string {
  return escapeUnprintable((JSON.stringify(value, null, 2) ?? 'null').split('\n')).join(`\n${indent}`);
}

/** A value on one line, with a line end: NDJSON. */
export function renderLine(value: unknown): string {
  return `${renderValue(value)}\n`;
}

/** A value on one line, as a part of it. */
export function renderValue(value: unknown): string {
  const json = JSON.stringify(value);
  return isPlain(json) ? json : escapeUnprintable([json]).join('');
}

/** Whether JSON, which escapes the other control characters itself, is printable ASCII: two looks that cost next to nothing. */
function isPlain(json: string): boolean {
  return Buffer.byteLength(json) === json.length && !json.includes('\u007f');
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
