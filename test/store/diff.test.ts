import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffEntries } from '../../src/store/diff.ts';
import type { EntryKind, KeystoreEntry } from '../../src/store/keystore.ts';

const entry = (alias: string, fingerprints: readonly string[], kind: EntryKind = 'trusted-certificate') =>
  ({ alias, kind, created: null, certificates: [], encodings: [], fingerprints }) satisfies KeystoreEntry;

const describeDifference = (first: readonly KeystoreEntry[], second: readonly KeystoreEntry[]) => {
  const { onlyInFirst, onlyInSecond, renamed, common } = diffEntries(first, second);
  return [
    ...onlyInFirst.map(({ alias }) => `- ${alias}`),
    ...onlyInSecond.map(({ alias }) => `+ ${alias}`),
    ...renamed.map(({ firstAliases, secondAliases }) => `~ ${firstAliases} ${secondAliases}`),
    common,
  ];
};

describe('two keystores', () => {
  const cases = [
    { name: 'are both empty', first: [], second: [], expected: [0] },
    { name: 'hold the same', first: [entry('a', ['1'])], second: [entry('a', ['1'])], expected: [1] },
    {
      name: 'in another order',
      first: [entry('a', ['1']), entry('b', ['2'])],
      second: [entry('b', ['2']), entry('a', ['1'])],
      expected: [2],
    },
    { name: 'under another alias', first: [entry('a', ['1'])], second: [entry('b', ['1'])], expected: ['~ a b', 1] },
    {
      name: 'under an alias in other letters',
      first: [entry('Root', ['1'])],
      second: [entry('root', ['1'])],
      expected: [1],
    },
    {
      name: 'once and twice',
      first: [entry('a', ['1'])],
      second: [entry('a', ['1']), entry('b', ['1'])],
      expected: ['~ a a,b', 1],
    },
    {
      name: 'one alias for two certificates',
      first: [entry('a', ['1'])],
      second: [entry('a', ['2'])],
      expected: ['- a', '+ a', 0],
    },
    { name: 'one more on a side', first: [entry('a', ['1'])], second: [], expected: ['- a', 0] },
    {
      name: 'the same certificate, which Java does not see in one',
      first: [entry('a', ['1'])],
      second: [entry('a', ['1'], 'invisible')],
      expected: ['- a', '+ a', 0],
    },
    {
      name: 'a key whose chain has grown',
      first: [entry('k', ['1'], 'private-key')],
      second: [entry('k', ['1', '2'], 'private-key')],
      expected: ['- k', '+ k', 0],
    },
    {
      name: 'secret keys, told apart by alias',
      first: [entry('s', [], 'secret-key')],
      second: [entry('S', [], 'secret-key'), entry('t', [], 'secret-key')],
      expected: ['+ t', 1],
    },
    {
      name: 'a key without a chain and a secret key of one name',
      first: [entry('s', [], 'private-key')],
      second: [entry('s', [], 'secret-key')],
      expected: ['- s', '+ s', 0],
    },
  ];
  test.each(cases)('$name', ({ first, second, expected }) => {
    expect(describeDifference(first, second)).toEqual(expected);
  });
});

const anyEntries = fc.array(
  fc
    .tuple(
      fc.constantFrom('a', 'b', 'A', 'c'),
      fc.constantFrom('1', '2', '3'),
      fc.constantFrom('trusted-certificate', 'invisible'),
    )
    .map(([alias, digest, kind]) => entry(alias, [digest], kind as EntryKind)),
  { maxLength: 8 },
);

test('a keystore is the same as itself, in any order', () => {
  fc.assert(
    fc.property(anyEntries, (entries) => {
      const { onlyInFirst, onlyInSecond, renamed } = diffEntries(entries, entries.toReversed());
      expect([onlyInFirst, onlyInSecond, renamed]).toEqual([[], [], []]);
    }),
  );
});

test('turned round, what one has more is what the other has more', () => {
  fc.assert(
    fc.property(anyEntries, anyEntries, (first, second) => {
      const [there, back] = [diffEntries(first, second), diffEntries(second, first)];
      expect([back.onlyInFirst, back.onlyInSecond, back.common]).toEqual([
        there.onlyInSecond,
        there.onlyInFirst,
        there.common,
      ]);
    }),
  );
});
