import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64, decodeEvenBase64, encodeBase64, withoutPadding } from '../../src/encoding/base64.ts';
import { TrustError } from '../../src/errors.ts';

function decode(text: string): string {
  return Buffer.from(decodeBase64(Buffer.from(text, 'latin1'))).toString('latin1');
}

function refusal(text: string): TrustError {
  try {
    decode(text);
  } catch (error) {
    if (error instanceof TrustError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(text)} was accepted`);
}

describe('decodeBase64', () => {
  test.each([
    ['nothing', '', ''],
    ['no padding', 'QUJD', 'ABC'],
    ['one of padding', 'QUI=', 'AB'],
    ['two of padding', 'QQ==', 'A'],
    ['line ends', 'QU\nJD\r\nQU\rJD\n', 'ABCABC'],
    ['blanks anywhere', ' Q\tU J\fD\v ', 'ABC'],
    ['blanks in the padding', 'QQ= =\n', 'A'],
    ['even lines', 'QUJD\nQUJD\nQUI=\n', 'ABCABCAB'],
  ])('%s', (_name, text, expected) => {
    expect(decode(text)).toBe(expected);
  });

  test.each([
    ['a character of another alphabet', 'QUJD\nQU-D\n', 7],
    ['a character that is none', 'QUJD\nQ*JD\n', 6],
    ['a character in even lines, where only the count shows it', 'QUJD\nQU*D\nQUJD\n', 7],
    ['text after the padding', 'QQ==QUJD', 4],
    ['a byte beyond ASCII', 'QUJ\xc4', 3],
    ['a character too few', 'QUJDQUJ', 7],
    ['a character too many', 'QUJDQ', 5],
    ['too much padding', 'QUJDQ===', 8],
    ['padding alone', '====', 4],
  ])('refuses %s', (_name, text, offset) => {
    const error = refusal(text);
    expect([error.code, error.at?.offset]).toEqual(['pem/bad-base64', offset]);
  });

  test('reads only between the offsets', () => {
    expect(Buffer.from(decodeBase64(Buffer.from('*QUJD*'), 1, 5)).toString()).toBe('ABC');
  });

  test('is the reverse of encodeBase64, whatever the line width', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 130 }), (bytes, width) => {
        const lines = encodeBase64(bytes).replace(new RegExp(`.{1,${width}}`, 'g'), '$&\n');
        expect(decodeBase64(Buffer.from(lines))).toEqual(bytes);
      }),
    );
  });
});

test.each([
  ['QUJD\n', 1],
  ['QUJD\nQUJD\n', 2],
  ['QUJD\nQUJD\nQQ==\n', 3],
  ['QUJDQUJD\nQUI=\n', 2],
  ['QUJD', null],
  ['QUJD\nQUJDQUJD\n', null],
  ['QUJDQUJD\nQUJD\n\n', null],
  ['QUJDQUJD\nQ\nUI=\n', null],
  ['QUJD\r\nQUJD\r\n', null],
  ['QUJD\nQ J=\n', null],
  ['QUJD\nQQ*=\n', null],
  ['QUJD\nQU-D\n', null],
  ['', null],
  [`${'QUJD'.repeat(19)}\n`, 1],
  [`${'QUJD'.repeat(20)}\n`, null],
])('the even lines of %j are %j', (text, lines) => {
  const decoded = decodeEvenBase64(Buffer.from(text), 0, text.length);
  expect(decoded?.lines ?? null).toBe(lines);
  if (decoded !== null) expect(decoded.bytes).toEqual(decodeBase64(Buffer.from(text)));
});

test.each([
  ['QQ==', 'QQ'],
  ['QUJD', 'QUJD'],
  ['===', ''],
  ['Q=Q=', 'Q=Q'],
])('withoutPadding of %j is %j', (text, expected) => {
  expect(withoutPadding(text)).toBe(expected);
});
