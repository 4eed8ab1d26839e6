import { expect, test } from 'vitest';
import { likenessOf } from '../../src/device/recognise.ts';
import { issue } from '../support/certificates.ts';

const described = { sha1: null, md5: null, serialNumber: '0509', subject: null, notBefore: null, notAfter: null };
const likeness = (subject: string, issuer: string) =>
  likenessOf({ ...described, issuer }, issue({ subject, serialNumber: 0x509n }).certificate);

test.each([
  ['CN=Root,O=Test', 'O=Test,CN=Root', 'probable'],
  ['CN=Root,1.2.840.113549.1.9.2=r1.example', 'CN=Root,hostname=r1.example', 'probable'],
  ['CN=Root,O=Test', 'CN=Root', null],
  ['CN=Root', 'CN=ROOT', null],
])('an issuer %s that is printed as %s: %s', (issuer, printed, expected) => {
  expect(likeness(issuer, printed)).toBe(expected);
});

test.each([
  ['CN=Root', 'probable'],
  ['CN=Sub CA', null],
])(
  'a certificate with issuer, serial number and dates of a root whose subject is printed as %s: %s',
  (subject, expected) => {
    const { certificate } = issue({ subject: 'CN=Root', serialNumber: 0x509n });
    const { notBefore, notAfter } = certificate;
    expect(likenessOf({ ...described, issuer: 'CN=Root', subject, notBefore, notAfter }, certificate)).toBe(expected);
    expect(likenessOf({ ...described, issuer: null, subject }, certificate)).toBe(expected);
  },
);

test('names of megabytes are compared like any other', () => {
  const long = 'a'.repeat(17_000_000);
  expect(likeness('O=Test,CN=Root', `CN=Root,O=${long}`)).toBeNull();
});
