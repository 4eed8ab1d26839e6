import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aliasFor, aliasForStored, foldAlias, matchAlias, quoteAlias } from '../../src/store/alias.ts';
import { storedCertificate } from '../../src/store/entry.ts';
import { issue } from '../support/certificates.ts';

describe('aliasFor', () => {
  test.each([
    { subject: 'CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM', words: 'quovadis-root-ca-2' },
    { subject: 'CN=Şişli  Kök – CA_1 (test)', words: 'sisli-kok-ca-1-test' },
    { subject: 'OU=Class 3 Public,O=VeriSign', words: 'class-3-public' },
    { subject: 'CN=根证书,O=Example CA', words: 'example-ca' },
    { subject: 'CN=根证书', words: 'certificate' },
    { subject: `CN=${'long '.repeat(30)}`, words: Array(13).fill('long').join('-').slice(0, 64) },
    { subject: 'CN=\u0000\u001b[2J../../x', words: '2j-x' },
  ])('$subject', ({ subject, words }) => {
    const { certificate } = issue({ subject });
    expect(aliasFor(certificate)).toBe(`${words}-${certificate.sha256.slice(0, 8)}`);
  });

  test('takes more of the digest where the name is taken, then numbers', () => {
    const { certificate } = issue({ subject: 'CN=Root' });
    const { sha256 } = certificate;
    const names = [`root-${sha256.slice(0, 8)}`, `root-${sha256.slice(0, 16)}`, `root-${sha256}`, `root-${sha256}-2`];
    for (const [index, name] of names.entries()) {
      expect(
        aliasFor(
          certificate,
          names.slice(0, index).map((taken) => taken.toUpperCase()),
        ),
      ).toBe(name);
    }
    expect(aliasFor(certificate, names)).toBe(`root-${sha256}-3`);
  });

  test('names a certificate that does not decode by its digest', () => {
    const stored = storedCertificate(Uint8Array.of(1, 2, 3));
    expect(aliasForStored(stored, new Set())).toBe('certificate-039058c6');
  });

  test('is lower-case ASCII for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const subject = `CN=x${name.replace(/[,=]/g, '')}`;
        expect(aliasFor(issue({ subject }).certificate)).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*-[0-9a-f]{8}$/);
      }),
      { numRuns: 20 },
    );
  });
});

describe('matchAlias', () => {
  const aliases = ['root', 'Root', 'OTHER', 'größe'];

  test.each([
    ['root', 'root'],
    ['Root', 'Root'],
    ['other', 'OTHER'],
    ['GRÖSSE', null],
    ['GRÖßE', 'größe'],
  ])('%s', (wanted, found) => {
    if (found === null) expect(() => matchAlias(wanted, aliases)).toThrow(code('keystore/alias-not-found'));
    else expect(matchAlias(wanted, aliases)).toBe(found);
  });

  test('refuses a word that fits several', () => {
    expect(() => matchAlias('ROOT', aliases)).toThrow(code('keystore/alias-ambiguous'));
    expect(() => matchAlias('ROOT', aliases)).toThrow(
      '2 aliases differ from "ROOT" in letter case alone: "root", "Root"',
    );
  });
});

test('foldAlias does not depend on the locale, and folds as Java does', () => {
  expect(foldAlias('TITLE-İI')).toBe('title-i̇i');
  expect(foldAlias('ΟΔΟΣ')).toBe('οδος');
});

test('quoteAlias makes hostile aliases printable and short', () => {
  expect(quoteAlias('a\u001b[2J\u202eb')).toBe('"a\\u{1b}[2J\\u{202e}b"');
  expect(quoteAlias('x'.repeat(70_000))).toBe(`"${'x'.repeat(80)}…"`);
});

function code(expected: string): unknown {
  return expect.objectContaining({ code: expected });
}
