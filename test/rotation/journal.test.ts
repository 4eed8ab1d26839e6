import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TrustError } from '../../src/errors.ts';
import { type JournalStep, JournalWriter, parseJournal, wasRolledBack } from '../../src/rotation/journal.ts';

const now = () => new Date('2026-11-01T00:00:00Z');

/** A journal written line by line, and the text so far after each. */
function written(lines: readonly [JournalStep, 'begin' | 'done' | 'failed'][], text = ''): string {
  let journal = text;
  const earlier = parseJournal(text, 'j');
  const writer = new JournalWriter(
    (line) => {
      journal += line;
    },
    { now, earlier },
  );
  for (const [step, state] of lines) writer.write(step, 'x', state);
  return journal;
}

test('a line holds number, time, step, target and state', () => {
  expect(written([['run', 'begin']])).toBe(
    '{"seq":1,"at":"2026-11-01T00:00:00.000Z","step":"run","target":"x","state":"begin"}\n',
  );
});

test.each<{ lines: [JournalStep, 'begin' | 'done' | 'failed'][]; state: string }>([
  { lines: [], state: 'interrupted' },
  { lines: [['run', 'begin']], state: 'interrupted' },
  {
    lines: [
      ['run', 'begin'],
      ['back-up', 'done'],
    ],
    state: 'interrupted',
  },
  {
    lines: [
      ['run', 'begin'],
      ['run', 'failed'],
    ],
    state: 'interrupted',
  },
  {
    lines: [
      ['run', 'begin'],
      ['run', 'done'],
    ],
    state: 'complete',
  },
  {
    lines: [
      ['run', 'begin'],
      ['run', 'begin'],
      ['run', 'done'],
    ],
    state: 'complete',
  },
  {
    lines: [
      ['run', 'begin'],
      ['run', 'done'],
      ['rollback', 'begin'],
    ],
    state: 'rollback-interrupted',
  },
  {
    lines: [
      ['run', 'begin'],
      ['rollback', 'begin'],
      ['rollback', 'failed'],
    ],
    state: 'rollback-interrupted',
  },
  {
    lines: [
      ['run', 'begin'],
      ['rollback', 'begin'],
      ['restore', 'done'],
      ['rollback', 'done'],
    ],
    state: 'rolled-back',
  },
])('$lines is $state', ({ lines, state }) => {
  expect(parseJournal(written(lines), 'j').state).toBe(state);
});

test.each<{ name: string; lines: [JournalStep, string, 'begin' | 'done' | 'failed'][]; expected: boolean }>([
  { name: 'nothing', lines: [], expected: false },
  {
    name: 'a run',
    lines: [
      ['run', 'r', 'begin'],
      ['run', 'r', 'done'],
    ],
    expected: false,
  },
  {
    name: 'a rollback that did not end',
    lines: [
      ['rollback', 'r', 'begin'],
      ['restore', 'x', 'done'],
    ],
    expected: false,
  },
  {
    name: 'a rollback',
    lines: [
      ['rollback', 'r', 'begin'],
      ['rollback', 'r', 'done'],
    ],
    expected: true,
  },
  {
    name: 'a rollback whose last line did not get to the disk',
    lines: [
      ['rollback', 'r', 'begin'],
      ['rollback', 'r', 'done'],
      ['rollback', 'r', 'failed'],
    ],
    expected: false,
  },
  {
    name: 'a rollback without it',
    lines: [
      ['rollback', 'r', 'begin'],
      ['except', 'x', 'done'],
      ['rollback', 'r', 'done'],
    ],
    expected: false,
  },
  {
    name: 'a rollback without another one',
    lines: [
      ['rollback', 'r', 'begin'],
      ['except', 'y', 'done'],
      ['rollback', 'r', 'done'],
    ],
    expected: true,
  },
  {
    name: 'a rollback without it and one with it',
    lines: [
      ['rollback', 'r', 'begin'],
      ['except', 'x', 'done'],
      ['rollback', 'r', 'done'],
      ['rollback', 'r', 'begin'],
      ['rollback', 'r', 'done'],
    ],
    expected: true,
  },
  {
    name: 'a rollback, and one without it',
    lines: [
      ['rollback', 'r', 'begin'],
      ['rollback', 'r', 'done'],
      ['rollback', 'r', 'begin'],
      ['except', 'x', 'done'],
      ['rollback', 'r', 'done'],
    ],
    expected: true,
  },
  {
    name: 'a rollback, and one that failed',
    lines: [
      ['rollback', 'r', 'begin'],
      ['rollback', 'r', 'done'],
      ['rollback', 'r', 'begin'],
      ['rollback', 'r', 'failed'],
    ],
    expected: true,
  },
])('whether a keystore was rolled back, after $name: $expected', ({ lines, expected }) => {
  let text = '';
  const writer = new JournalWriter((line) => (text += line), { now, earlier: null });
  for (const line of lines) writer.write(...line);
  expect(wasRolledBack(parseJournal(text, 'j'), 'x')).toBe(expected);
});

test('a journal that is cut anywhere is read as far as it goes, and can be gone on with', () => {
  const text = written([
    ['run', 'begin'],
    ['replace', 'begin'],
    ['replace', 'done'],
    ['run', 'done'],
  ]);
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(100), (length, lengthOfNext) => {
      const cut = text.slice(0, length);
      const journal = parseJournal(cut, 'j');
      const wholeLines = cut.split('\n').filter((line) => line.endsWith('}'));
      expect(journal.entries.length).toBe(wholeLines.length);
      expect(journal.isCut).toBe(cut !== '' && !cut.endsWith('\n'));

      const cutAgain = written([['run', 'begin']], cut).slice(0, cut.length + lengthOfNext);
      const before = parseJournal(cutAgain, 'j').entries;
      const later = parseJournal(
        written(
          [
            ['run', 'begin'],
            ['run', 'done'],
          ],
          cutAgain,
        ),
        'j',
      );
      expect(later.state).toBe('complete');
      expect(later.entries.map(({ seq }) => seq)).toEqual(
        Array.from({ length: before.length + 2 }, (_, index) => index + 1),
      );
    }),
    { numRuns: process.env.SLOW ? 5000 : 300 },
  );
});

test.each([
  { name: 'no JSON in the middle', line: '!' },
  { name: 'JSON of something else', line: '{"seq":1}' },
  { name: 'a state that does not exist', line: '{"seq":1,"at":"","step":"run","target":"","state":"maybe"}' },
])('$name is damage, and its line is named', ({ line }) => {
  const begin = written([['run', 'begin']]);
  const step = begin.replace('"run"', '"replace"');
  expect(() => parseJournal(`${begin}${line}\n${step}`, 'run/journal.ndjson')).toThrow(
    expect.objectContaining({ code: 'run/damaged', at: { source: 'run/journal.ndjson', line: 2 } }),
  );
});

test('noise gives a TrustError or a journal, and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        parseJournal(text, 'j');
      } catch (error) {
        expect(error).toBeInstanceOf(TrustError);
      }
    }),
    { numRuns: process.env.SLOW ? 10_000 : 200 },
  );
});

test('after a line that could not be written whole the next one begins on a line of its own', () => {
  let text = '';
  let failing = false;
  const append = (line: string) => {
    text += failing ? line.slice(0, 10) : line;
    if (failing) throw new TrustError('file/cannot-write', 'no space');
  };
  const writer = new JournalWriter(append, { now, earlier: null });
  writer.write('run', 'x', 'begin');
  failing = true;
  expect(() => writer.write('replace', 'x', 'begin')).toThrow('no space');
  failing = false;
  writer.write('run', 'x', 'begin');
  expect(parseJournal(text, 'j').entries.map(({ seq }) => seq)).toEqual([1, 2]);
});

test('a step that fails leaves its reason, and throws it on', async () => {
  let text = '';
  const writer = new JournalWriter(
    (line) => {
      text += line;
    },
    { now, earlier: null },
  );
  await expect(
    writer.step('replace', 'tg.jks', () => {
      throw new TrustError('file/locked', 'locked by process 1');
    }),
  ).rejects.toThrow('locked by process 1');
  expect(parseJournal(text, 'j').entries.at(-1)).toMatchObject({ state: 'failed', detail: 'locked by process 1' });
});
