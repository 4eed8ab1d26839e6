import * as zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { genuineBodies } from '../../src/catalog/catalog.ts';
import { concatBytes } from '../../src/encoding/byte-writer.ts';
import { encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { encodePem } from '../../src/encoding/pem.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { issue } from '../support/certificates.ts';
import { berPkcs7, certsOnly, signedPkcs7 } from '../support/pkcs7.ts';

const ROOT = issue({ subject: 'CN=Root' });
const SUB = issue({ subject: 'CN=Sub', issuer: ROOT });

const SEQUENCE = (...parts: Uint8Array[]) => encodeElement(TAG.sequence, ...parts);

describe('by another name', () => {
  const NOTE = 'pem/damaged-marker';

  test.each<[string, string | Uint8Array, readonly string[]]>([
    ['PKCS#7 called CERTIFICATE', encodePem('CERTIFICATE', certsOnly([ROOT.der])), [NOTE]],
    ['PKCS#7 called CERTIFICATE CHAIN', encodePem('CERTIFICATE CHAIN', certsOnly([ROOT.der])), []],
    ['PKCS#7 called CMS', encodePem('CMS', certsOnly([ROOT.der])), []],
    ['PKCS#7 by a name of its own', encodePem('VENDOR BUNDLE', certsOnly([ROOT.der])), [NOTE]],
    ['a certificate by a name of its own', encodePem('VENDOR ROOT', ROOT.der), [NOTE]],
  ])('%s', (_, bytes, notes) => {
    const result = readCertificates(Buffer.from(bytes));
    expect(result.certificates.map(({ sha256 }) => sha256)).toEqual([ROOT.certificate.sha256]);
    expect([result.notes.map(({ code }) => code), result.errors]).toEqual([notes, []]);
  });

  test('a certificate by a name of its own beside one by the usual', () => {
    const text = `${encodePem('CERTIFICATE', ROOT.der)}\n${encodePem('VENDOR SUB', SUB.der)}`;
    const { certificates } = readCertificates(Buffer.from(text));
    expect(certificates.map(({ subject, source }) => [subject, source?.line])).toEqual([
      ['CN=Root', 1],
      ['CN=Sub', text.slice(0, text.indexOf('VENDOR')).split('\n').length],
    ]);
  });

  test('a damaged copy of a public root by a name of its own is the root, with its differences', () => {
    const base64 = [...genuineBodies().values()][0] ?? '';
    const at = Math.floor(base64.length / 2);
    const changed = base64.slice(0, at) + (base64.charAt(at) === 'A' ? 'B' : 'A') + base64.slice(at + 1);
    const { damaged } = readCertificates(Buffer.from(encodePem('VENDOR ROOT', Buffer.from(changed, 'base64'))));
    expect(damaged.map(({ differences }) => differences.length)).toEqual([1]);
  });

  test('a block of another name that holds neither is passed over', () => {
    const { certificates, notes } = readCertificates(
      Buffer.from(encodePem('ATTRIBUTE CERTIFICATE', SEQUENCE(SEQUENCE()))),
    );
    expect([certificates, notes]).toEqual([[], []]);
  });
});

describe('what follows a PKCS#7', () => {
  const bundle = certsOnly([ROOT.der]);

  test.each<[string, Uint8Array, readonly string[], readonly string[], readonly string[]]>([
    ['zeros', new Uint8Array(3), ['root'], ['der/trailing-bytes'], []],
    ['an end of line', Buffer.from('\r\n'), ['root'], ['der/trailing-bytes'], []],
    ['another', certsOnly([SUB.der]), ['root', 'sub'], [], []],
    [
      'another in BER, and zeros',
      concatBytes([berPkcs7(SUB.der), new Uint8Array(3)]),
      ['root', 'sub'],
      ['der/trailing-bytes'],
      [],
    ],
    ['words', Buffer.from('words'), ['root'], [], ['der/trailing-bytes']],
    ['another, cut short', certsOnly([SUB.der]).subarray(0, 50), ['root'], [], ['der/trailing-bytes']],
  ])('%s', (_, after, found, notes, errors) => {
    const result = readCertificates(concatBytes([bundle, after]));
    expect(result.certificates.map(({ sha256 }) => (sha256 === ROOT.certificate.sha256 ? 'root' : 'sub'))).toEqual(
      found,
    );
    expect([result.notes.map(({ code }) => code), result.errors.map(({ code }) => code)]).toEqual([notes, errors]);
  });
});

describe('what is signed in a PKCS#7', () => {
  const membersOf = (bytes: Uint8Array) => {
    const { certificates, errors } = readCertificates(bytes);
    return [
      certificates.map(({ sha256, source }) => [sha256 === ROOT.certificate.sha256 ? 'root' : 'sub', source?.member]),
      errors.map(({ code }) => code),
    ];
  };

  test.each([
    ['a certificate', SUB.der, false],
    ['a certificate in pieces', SUB.der, true],
    ['PEM', Buffer.from(SUB.pem), false],
    ['an archive', zlib.gzipSync(SUB.der), false],
  ])('%s', (_, content, inPieces) => {
    const bundle = signedPkcs7(content, inPieces, ROOT.der);
    const both = [
      ['root', null],
      ['sub', 'content'],
    ];
    expect(membersOf(bundle)).toEqual([both, []]);
    const pem = `-----BEGIN PKCS7-----\n${Buffer.from(bundle).toString('base64')}\n-----END PKCS7-----\n`;
    expect(membersOf(Buffer.from(pem))).toEqual([both, []]);
  });

  test('a bundle in a bundle, as deep as anything may be', () => {
    const deep = (levels: number): Uint8Array => (levels === 0 ? SUB.der : signedPkcs7(deep(levels - 1), false));
    expect(membersOf(deep(4))).toEqual([[['sub', 'content!/content!/content!/content']], []]);
    expect(membersOf(deep(5))).toEqual([[], ['input/too-deep']]);
  });

  test('words, a structure of another kind, and nothing are passed over', () => {
    const contents = [Buffer.from('words'), SEQUENCE(encodeInteger(1), encodeOid('1.2.3')), new Uint8Array()];
    for (const content of contents)
      expect(membersOf(signedPkcs7(content, false, ROOT.der))).toEqual([[['root', null]], []]);
  });
});
