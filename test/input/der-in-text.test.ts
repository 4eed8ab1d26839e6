/** DER and text one after the other, as cat makes it of files that are not all of one form. */
import { expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { type Found, read } from '../support/documents.ts';

const ROOT = issue({ subject: 'CN=Root' });
const SUB = issue({ subject: 'CN=Sub', issuer: ROOT });
const LINES = SUB.pem.split('\n').length - 1;
const FEEDS = Buffer.from(ROOT.der).filter((byte) => byte === 0x0a).length;

const joined = (...parts: readonly (string | Uint8Array)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));

test.each<[string, Uint8Array, string, readonly Found[]]>([
  [
    'PEM, then DER',
    joined(SUB.pem, ROOT.der),
    'text',
    [
      ['CN=Sub', null, 1],
      ['CN=Root', null, LINES + 1],
    ],
  ],
  ['a short PEM, then DER', joined('-----BEGIN X-----\n-----END X-----\n', ROOT.der), 'text', [['CN=Root', null, 3]]],
  [
    'DER twice between PEM',
    joined(SUB.pem, ROOT.der, ROOT.der, '\n', SUB.pem),
    'text',
    [
      ['CN=Sub', null, 1],
      ['CN=Root', null, LINES + 1],
      ['CN=Root', null, LINES + 1 + FEEDS],
      ['CN=Sub', null, LINES + 2 + 2 * FEEDS],
    ],
  ],
  [
    'DER, then PEM',
    joined(ROOT.der, '\n', SUB.pem),
    'der',
    [
      ['CN=Root', null, null],
      ['CN=Sub', null, FEEDS + 2],
    ],
  ],
  [
    'a member of an archive of ar',
    joined('!<arch>\na.pem/          0           0     0     644     100       `\n', SUB.pem, ROOT.der),
    'text',
    [
      ['CN=Sub', null, 3],
      ['CN=Root', null, LINES + 3],
    ],
  ],
])('%s', (_name, bytes, kind, found) => {
  expect(read(bytes)).toEqual({ kind, found, notes: [], errors: [] });
});

test.each([
  ['cut short', joined(SUB.pem, ROOT.der.subarray(0, -1))],
  ['that only begins so, very often', joined(SUB.pem, ...Array<Uint8Array>(50_000).fill(ROOT.der.subarray(0, 20)))],
])('what is no certificate is none: %s', (_name, bytes) => {
  expect(read(bytes).found).toEqual([['CN=Sub', null, 1]]);
});

test('what follows DER and is nothing is an error', () => {
  expect(read(joined(ROOT.der, 'xyz xyz')).errors).toEqual([[expect.stringMatching(/^der/), 'in', null]]);
});
