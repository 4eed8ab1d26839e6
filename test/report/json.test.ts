import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderDocument } from '../../src/encoding/json-text.ts';
import { renderDocumentParts } from '../../src/report/json.ts';

test('a document in parts is the same document, and its lists may be any iterables', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()), (fields, elements) => {
      const [whole, inParts] = [elements, new Set(elements.map((element) => ({ element })))];
      expect([...renderDocumentParts({ ...fields, whole, absent: undefined })].join('')).toBe(
        renderDocument({ ...fields, whole }),
      );
      expect([...renderDocumentParts({ inParts })].join('')).toBe(renderDocument({ inParts: [...inParts] }));
    }),
  );
  expect([...renderDocumentParts({})].join('')).toBe(renderDocument({}));
});

test('an element of a list is not made before it is written', () => {
  const made: number[] = [];
  const elements = function* () {
    for (let number = 1; ; number++) {
      made.push(number);
      yield number;
    }
  };
  const parts = renderDocumentParts({ schema: 'x', elements: elements() });
  const written = Array.from({ length: 5 }, () => parts.next().value);
  expect(written.join('')).toBe('{\n  "schema": "x",\n  "elements": [\n    1,\n    2');
  expect(made).toEqual([1, 2]);
});
