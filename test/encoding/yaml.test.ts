import { expect, test } from 'vitest';
import { readYamlTokens } from '../../src/encoding/yaml.js';

test.each([
  ['lists of flow style', '[', ']', 1],
  ['mappings of flow style', '{a: ', '}', 4],
  ['lists of block style', '- ', '', 2],
  ['keys that are mappings', '? ', '', 2],
])('%s are read to a hundred in one another', (_what, open, close, width) => {
  const text = (depth: number) => `${open.repeat(depth)}x${close.repeat(depth)}`;
  const { tokens, stopped } = readYamlTokens(text(97));
  expect([tokens.length, stopped]).toEqual([1, null]);
  const deep = readYamlTokens(text(100_000)).stopped;
  expect(deep?.because).toBe('it is nested too deep');
  expect((deep?.at ?? 0) / width).toBeGreaterThan(97);
  expect((deep?.at ?? 0) / width).toBeLessThan(102);
});

test('every document has its token, and every line its beginning', () => {
  const lines: number[] = [];
  const { tokens } = readYamlTokens('a: 1\n---\nb: 2\n', (index) => lines.push(index));
  expect([tokens.map(({ type }) => type), lines]).toEqual([
    ['document', 'document'],
    [0, 5, 9, 14],
  ]);
});

test.each([
  ['a million short words', '- a\n'.repeat(300_000), 'it has too many words and signs'],
  ['lists that nothing separates', '[]'.repeat(10_000), 'it has too many errors'],
])('%s are not read to their end', (_what, text, because) => {
  expect(readYamlTokens(text).stopped?.because).toBe(because);
});
