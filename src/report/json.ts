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

/**
 * The same for a document that may be long: a part for each element of the lists in it. A list may be any iterable, whose
 * elements are not made before they are written.
 */
export function* renderDocumentParts(document: Readonly<Record<string, unknown>>): Generator<string> {
  let separator = '{\n';
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue;
    yield `${separator}  ${JSON.stringify(key)}: `;
    if (isList(value)) yield* renderList(value);
    else yield indented(value, '  ');
    separator = ',\n';
  }
  yield separator === ',\n' ? '\n}\n' : '{}\n';
}

function* renderList(elements: Iterable<unknown>): Generator<string> {
  let separator = '[\n    ';
  for (const element of elements) {
    yield `${separator}${indented(element, '    ')}`;
    separator = ',\n    ';
  }
  yield separator.startsWith(',') ? '\n  ]' : '[]';
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** A value over several lines, all but the first behind an indent. */
function indented(value: unknown, indent: string): string {
  return escapeUnprintable((JSON.stringify(value, null, 2) ?? 'null').split('\n')).join(`\n${indent}`);
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
