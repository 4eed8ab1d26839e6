import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasBase64Run } from '../../src/input/text.ts';
import { issue } from '../support/certificates.ts';
import { type Found, read } from '../support/documents.ts';

test('a run of base64 is found wherever it stands, and whatever is around it', () => {
  const piece = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9+/]{0,30}$/),
    fc.constantFrom('\n', ' ', '\r\n', '-', 'A'.repeat(24), 'b'.repeat(64)),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 20 }),
      fc.constantFrom(8, 9, 24, 64, 100),
      fc.nat(5),
      (pieces, length, place) => {
        const text = pieces.join('');
        const bytes = new Uint8Array(Buffer.from('A'.repeat(place) + text)).subarray(place);
        expect(hasBase64Run(bytes, length)).toBe(new RegExp(`[A-Za-z0-9+/]{${length}}`).test(text));
      },
    ),
    { numRuns: process.env.SLOW ? 20_000 : 1_000 },
  );
});

/** UTF-32 as iconv writes it. */
const utf32 = (text: string) => Buffer.concat([...text].map((character) => Buffer.from(`${character}\0`, 'utf16le')));
const PEM = issue({ subject: 'CN=Root' }).pem;
const OTHER = issue({ subject: 'CN=Other' }).pem;
const LINES = PEM.split('\n').length - 1;

describe('zeros between characters', () => {
  test.each<[string, Uint8Array, readonly Found[]]>([
    ['UTF-32', utf32(`x\n${PEM}`), [['CN=Root', null, 2]]],
    ['UTF-32 with a mark', Buffer.concat([Buffer.from('fffe0000', 'hex'), utf32(PEM)]), [['CN=Root', null, 1]]],
    ['UTF-32, big endian', utf32(PEM).swap32(), [['CN=Root', null, 1]]],
    [
      'UTF-16 after UTF-8, as >> of PowerShell makes it',
      Buffer.concat([Buffer.from(OTHER), Buffer.from(PEM, 'utf16le')]),
      [
        ['CN=Other', null, 1],
        ['CN=Root', null, OTHER.split('\n').length],
      ],
    ],
    [
      'UTF-8 after UTF-16 with a mark',
      Buffer.concat([Buffer.from(`\ufeff${PEM}`, 'utf16le'), Buffer.from(OTHER)]),
      [
        ['CN=Root', null, 1],
        ['CN=Other', null, LINES + 1],
      ],
    ],
    ['a part of a disk', Buffer.from(`\0\0\0${PEM}`), [['CN=Root', null, 1]]],
  ])('%s', (_name, bytes, found) => {
    expect(read(bytes)).toEqual({
      kind: 'pem',
      found,
      notes: [['pem/invisible-character', null, 1]],
      errors: [],
    });
  });

  test('a byte order mark between files that were put together is noted', () => {
    expect(read(Buffer.from(`${PEM}\ufeff${OTHER}`))).toEqual({
      kind: 'pem',
      found: [
        ['CN=Root', null, 1],
        ['CN=Other', null, LINES + 1],
      ],
      notes: [['pem/invisible-character', null, LINES + 1]],
      errors: [],
    });
  });

  test('in a program they are no text', () => {
    const program = Buffer.concat([Buffer.from('7f454c4602010100000000', 'hex'), Buffer.from(PEM)]);
    expect(read(program, { mayHoldNothing: true })).toMatchObject({ kind: 'unknown', found: [] });
  });
});
