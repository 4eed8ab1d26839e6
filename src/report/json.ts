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
 * elements are not made before they are written; where one stands deeper, it is written in parts as well.
 */
export function* renderDocumentParts(document: Readonly<Record<string, unknown>>): Generator<string> {
  yield* renderObject(document, '');
  yield '\n';
}

function* renderObject(object: Readonly<Record<string, unknown>>, indent: string): Generator<string> {
  let separator = '{';
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    yield `${separator}\n${indent}  ${JSON.stringify(key)}: `;
    if (isIterable(value)) yield* renderList(value, `${indent}  `);
    else yield indented(value, `${indent}  `);
    separator = ',';
  }
  yield separator === ',' ? `\n${indent}}` : '{}';
}

function* renderList(elements: Iterable<unknown>, indent: string): Generator<string> {
  let separator = '[';
  for (const element of elements) {
    const start = `${separator}\n${indent}  `;
    if (hasMadeList(element)) {
      yield start;
      yield* renderObject(element, `${indent}  `);
    } else yield start + indented(element, `${indent}  `);
    separator = ',';
  }
  yield separator === ',' ? `\n${indent}]` : '[]';
}

/** Whether an object has a list that is made while it is written. */
function hasMadeList(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some((one) => isIterable(one) && !Array.isArray(one))
  );
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** A value over several lines, all but the first behind an indent. */
function indented(value: unknown, indent: string): string {
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
