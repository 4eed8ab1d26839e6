import { expect, test } from 'vitest';
import { findNamingLines } from '../../src/device/naming-lines.ts';

test('a trustpoint is used where a line has its name as a word', () => {
  const text = [
    'crypto pki trustpoint A',
    ' enrollment terminal',
    'crypto pki certificate chain A',
    'ip http secure-trustpoint A',
    'crypto ikev2 profile P',
    ' pki trustpoint A sign\r',
    ' pki trustpoint A sign\r',
    'interface A1',
    'ip host \u202eA A',
  ].join('\n');
  expect(findNamingLines(Buffer.from(text), ['A', 'B', 'P'])).toEqual(
    new Map([
      ['A', ['ip http secure-trustpoint A', 'pki trustpoint A sign', 'ip host \\u{202e}A A']],
      ['P', ['crypto ikev2 profile P']],
    ]),
  );
});

test('what a session shows of a trustpoint does not use it', () => {
  const text = [
    'R1#show crypto pki certificates A',
    'R1(config)# crypto pki authenticate A',
    'Trustpoint: A',
    'Trustpoint A status',
    '  Associated Trustpoints: B A ',
    'ip http secure-trustpoint A',
  ].join('\n');
  expect(findNamingLines(Buffer.from(text), ['A'])).toEqual(new Map([['A', ['ip http secure-trustpoint A']]]));
});

test('a long line and many names cost no more than their length', () => {
  const names = Array.from({ length: 20_000 }, (_, number) => `${number}`);
  expect(
    findNamingLines(Buffer.from(`${'A'.repeat(400_000)} ${'7 '.repeat(100_000)}`), ['A', 'AA', ...names]).size,
  ).toBe(1);
});

test('a line is shown as it is written, in UTF-8 or in Latin-1', () => {
  const text = Buffer.concat([
    Buffer.from(' description à Zürich, A\n'),
    Buffer.from(' description Zürich, A\n', 'latin1'),
  ]);
  expect(findNamingLines(text, ['A']).get('A')).toEqual(['description à Zürich, A', 'description Zürich, A']);
});
