/**
 * JSON documents in parts, so that a long one is never in memory whole.
 *
 * @module
 */
import { renderIndented } from '../encoding/json-text.js';

/**
 * Renders a document that may be long: a part for each element of the lists in it. A list may be any iterable, whose
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
    else yield renderIndented(value, `${indent}  `);
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
    } else yield start + renderIndented(element, `${indent}  `);
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
