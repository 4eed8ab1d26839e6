import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderDocument, renderLine } from '../../src/encoding/json-text.ts';

test('what could act on a terminal is escaped, and the value stays the same', () => {
  const value = { alias: 'a\u202eb\u0085\u001b[2J\u2028\u200b', plain: 'ü 根 😀' };
  expect(renderLine(value)).toBe('{"alias":"a\\u202eb\\u0085\\u001b[2J\\u2028\\u200b","plain":"ü 根 😀"}\n');
  expect(JSON.parse(renderDocument(value))).toEqual(value);
});

test('any value survives, and NDJSON stays on one line', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
      expect(JSON.parse(renderDocument({ value, text }))).toEqual(JSON.parse(JSON.stringify({ value, text })));
      expect(renderLine({ value, text }).split('\n')).toHaveLength(2);
    }),
  );
});
