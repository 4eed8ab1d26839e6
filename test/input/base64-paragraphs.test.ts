/** Base64 that nothing marks, among other lines: found where it is a certificate to its last octet, and passed over elsewhere. */
import { describe, expect, test } from 'vitest';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { type Issued, issue } from '../support/certificates.ts';
import { base64, folded } from '../support/documents.ts';
import { body } from '../support/pem-copies.ts';
import { certsOnly } from '../support/pkcs7.ts';

/** By how many octets the last digits of base64 hold. */
const byRest = new Map<number, Issued>();
for (let length = 1; byRest.size < 3; length++) {
  const one = issue({ subject: `CN=${'x'.repeat(length)}` });
  byRest.set(one.der.length % 3, one);
}
const [A, B, C] = [0, 1, 2].map((rest) => byRest.get(rest)) as [Issued, Issued, Issued];
const pem = issue({ subject: 'CN=PEM' }).pem;
const bare = ({ pem: block }: Issued) => body(block);

function read(text: string) {
  const { certificates, notes, errors } = readCertificates(Buffer.from(text));
  return {
    found: certificates.map(({ sha256, source }) => [sha256, source?.line]),
    codes: [...notes, ...errors].map(({ code }) => code),
  };
}

const sha256Of = ({ certificate }: Issued) => certificate.sha256;
const linesOf = (text: string) => text.split('\n').length - 1;

describe.each([A, B, C])('a certificate of any length', (one) => {
  test.each<[string, (base64: string) => string, number]>([
    ['in the body of a mail', (base64) => `Dear colleague,\nhere it is:\n\n${base64}\nBest regards\n`, 4],
    ['without a blank line around it', (base64) => `here it is:\n${base64}Best regards, all of us\n`, 2],
    ['on one line', (base64) => `here:\n${base64.replaceAll('\n', '')}\nregards to all of you over there\n`, 2],
    ['indented', (base64) => `as you asked\n${base64.replaceAll(/^(?=.)/gm, '  \t')}\nregards to all of you\n`, 2],
    ['behind lines that end with CR', (base64) => `one\rtwo\rhere:\n${base64}\nregards to all of you\n`, 4],
    ['with CRLF', (base64) => `here:\n${base64}\nregards\n`.replaceAll('\n', '\r\n'), 2],
  ])('%s', (_name, form, line) => {
    const { found, codes } = read(form(bare(one)));
    expect([found, codes]).toEqual([[[sha256Of(one), line]], ['pem/no-markers']]);
  });

  test.each<[string, (base64: string) => string, number]>([
    [
      'an attribute of LDIF in a log',
      (base64) => `$ ldapsearch -x\n\ndn: cn=a\ncACertificate;binary:: ${base64.replaceAll(/\n(?=.)/g, '\n ')}cn: a\n`,
      4,
    ],
    [
      'an element in a log',
      (base64) => `05:10 DEBUG <ds:X509Certificate>${base64.trimEnd()}</ds:X509Certificate></a>\n05:11 INFO\n`,
      1,
    ],
  ])('%s', (_name, form, line) => {
    for (const text of [form(bare(one)), form(bare(one)).replaceAll('\n', '\r\n')])
      expect(read(text)).toEqual({ found: [[sha256Of(one), line]], codes: ['pem/no-markers'] });
  });

  test('beside a block that has its markers, before and after', () => {
    const text = `first\n${bare(one)}\nthen\n${pem}and again\n${bare(one)}`;
    const { found } = read(text);
    const second = 3 + linesOf(bare(one)) + 1;
    expect(found.map(([, line]) => line)).toEqual([2, second, second + linesOf(pem) + 1]);
    expect(found.map(([sha256]) => sha256 === sha256Of(one))).toEqual([true, false, true]);
  });

  test('beside blocks that are damaged: before, between and after, in order', () => {
    const damaged = pem.replaceAll('-----', '----');
    const unended = pem.replace(/-----END.*\n/, '');
    const parts = ['first\n', bare(one), damaged, bare(one), unended, bare(one)];
    const { found, codes } = read(parts.join(''));
    const lines = parts.map((_, index) => linesOf(parts.slice(0, index).join('')) + 1);
    expect(found.map(([, line]) => line)).toEqual(lines.slice(1));
    expect(found.map(([sha256]) => sha256 === sha256Of(one))).toEqual([true, false, true, false, true]);
    expect(codes.filter((code) => code === 'pem/no-markers')).toHaveLength(3);
  });

  test.each([A, B, C])('followed by another one', (other) => {
    for (const between of ['', '\n', 'and\n']) {
      const text = bare(one) + between + bare(other);
      expect(read(text).found).toEqual([
        [sha256Of(one), 1],
        [sha256Of(other), linesOf(bare(one) + between) + 1],
      ]);
    }
  });

  test.each<[string, (base64: string) => string]>([
    ['cut short', (base64) => base64.slice(0, -70)],
    ['with a character too many', (base64) => base64.replace('MII', 'MIIA')],
    ['with a word in it', (base64) => `${base64.slice(0, 130)}oops, sorry\n${base64.slice(130)}`],
    ['that is the value of something', (base64) => `key=${base64}`],
    ['that lacks a digit before a tag', (base64) => `<a>${base64.replace(/[^=](=*)\n$/, '$1</a>')}`],
  ])('is not made up of one %s', (_name, damage) => {
    const text = `Dear colleague, here it is:\n${damage(bare(one))}\nBest regards from all of us\n`;
    expect(read(text).found).toEqual([]);
  });
});

test.each([
  ['on one line', 'MII'.repeat(2_000_000)],
  ['on very many', 'MII\n'.repeat(1_000_000)],
  ['that say how long they are', 'MIIP//AA\n'.repeat(300_000)],
  ['behind blanks', ' MII .\n'.repeat(500_000)],
  ['behind colons', 'a:MII'.repeat(1_000_000)],
  ['behind tags', '<a>MIIP//AA\n'.repeat(300_000)],
])('what only begins like them takes no time: %s', (_name, text) => {
  expect(read(`${text}\nand so on\n`).found).toEqual([]);
});

describe('PKCS#7', () => {
  const bundle = folded(base64(certsOnly([A.der, B.der])), 64);

  test.each([
    ['an answer of EST with its headers', `HTTP/1.1 200 OK\nContent-Type: application/pkcs7-mime\n\n${bundle}`, 4],
    ['in the body of a mail', `Dear colleague,\nhere they are:\n${bundle}Best regards\n`, 3],
    ['twice', `${bundle}\n${bundle}`, 1],
  ])('%s', (_, text, line) => {
    const { found, codes } = read(text);
    expect(found.slice(0, 2)).toEqual([
      [sha256Of(A), line],
      [sha256Of(B), line],
    ]);
    expect(new Set(codes)).toEqual(new Set(['pem/no-markers']));
  });

  test('cut short is none', () => {
    expect(read(`here they are:\n${bundle.slice(0, -66)}\nBest regards to all of you\n`).found).toEqual([]);
  });
});
