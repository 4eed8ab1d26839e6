import { describe, expect, test } from 'vitest';
import { encodeElement, encodeOid, TAG } from '../../src/encoding/der.ts';
import { renderJavaDay, renderJavaName, renderKeytoolCertificate } from '../../src/report/keytool-certificate.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { issue } from '../support/certificates.ts';

describe('a name is written as Java writes it', () => {
  test.each([
    { subject: 'CN=Root,O=Org,C=US', expected: 'CN=Root, O=Org, C=US' },
    { subject: 'CN=a#b', expected: 'CN="a#b"' },
    { subject: 'CN=say "hi" \\ bye', expected: 'CN="say \\"hi\\" \\\\ bye"' },
    { subject: 'CN= a', expected: 'CN=" a"' },
    { subject: 'CN=a  b', expected: 'CN="a  b"' },
    { subject: 'CN=a b', expected: 'CN=a b' },
    { subject: 'SN=s,serialNumber=1,emailAddress=a@b', expected: 'SURNAME=s, SERIALNUMBER=1, EMAILADDRESS=a@b' },
    { subject: 'organizationIdentifier=V', expected: 'OID.2.5.4.97=V' },
    { subject: 'CN=a\u001b[31m\u202eb', expected: 'CN=a\\u{1b}[31m\\u{202e}b' },
  ])('$expected', ({ subject, expected }) => {
    expect(renderJavaName(issue({ subject }).certificate.subjectName)).toBe(expected);
  });
});

test('a certificate has the lines of keytool', () => {
  const { certificate } = issue({
    subject: 'CN=Root',
    serialNumber: 0xf00dn,
    notBefore: new Date('2013-08-01T12:00:00Z'),
    notAfter: new Date('2038-01-05T02:03:04Z'),
  });
  const colons = (hex: string) => (hex.toUpperCase().match(/../g) ?? []).join(':');
  expect(renderKeytoolCertificate(certificate).split('\n')).toEqual([
    'Owner: CN=Root',
    'Issuer: CN=Root',
    'Serial number: f00d',
    'Valid from: Thu Aug 01 12:00:00 UTC 2013 until: Tue Jan 05 02:03:04 UTC 2038',
    'Certificate fingerprints:',
    `\t SHA1: ${colons(certificate.sha1)}`,
    `\t SHA256: ${colons(certificate.sha256)}`,
    'Signature algorithm name: SHA256withECDSA',
    'Subject Public Key Algorithm: 256-bit EC (secp256r1) key',
    'Version: 3',
    '',
    '',
  ]);
});

test.each([
  { serialNumber: 0n, expected: '0' },
  { serialNumber: 255n, expected: 'ff' },
])('serial number $expected', ({ serialNumber, expected }) => {
  expect(renderKeytoolCertificate(issue({ serialNumber }).certificate)).toContain(`\nSerial number: ${expected}\n`);
});

test('a serial number may be negative, and is to Java', () => {
  const der = Uint8Array.from(issue({ serialNumber: 0x7fn }).der);
  const at = Buffer.from(der).indexOf(Uint8Array.of(0x02, 0x01, 0x7f));
  der[at + 2] = 0x81;
  expect(renderKeytoolCertificate(decodeCertificate(der))).toContain('\nSerial number: -7f\n');
});

test.each([
  { key: 'rsa2048', line: 'Subject Public Key Algorithm: 2048-bit RSA key' },
  { key: 'rsa2048', line: 'Signature algorithm name: SHA256withRSA' },
] as const)('$line', ({ key, line }) => {
  expect(renderKeytoolCertificate(issue({ key }).certificate)).toContain(`\n${line}\n`);
});

test('an RSA key that is for RSASSA-PSS alone goes by that name', () => {
  const der = Buffer.from(issue({ key: 'rsa2048' }).certificate.der);
  const rsa = encodeOid('1.2.840.113549.1.1.1');
  der.set(encodeOid('1.2.840.113549.1.1.10'), der.indexOf(rsa));
  expect(renderKeytoolCertificate(decodeCertificate(der))).toContain(
    '\nSubject Public Key Algorithm: 2048-bit RSASSA-PSS key\n',
  );
});

test('a day has no zero in front', () => {
  expect(renderJavaDay(new Date('2026-11-02T23:59:59Z'))).toBe('Nov 2, 2026');
});

test.each([
  ['1.2.840.113549.1.1.16', 'SHA512/256withRSA'],
  ['2.16.840.1.101.3.4.3.14', 'SHA3-256withRSA'],
  ['2.16.840.1.101.3.4.3.11', 'SHA3-384withECDSA'],
  ['2.16.840.1.101.3.4.3.1', 'SHA224withDSA'],
  ['1.2.840.113549.1.1.10', 'RSASSA-PSS'],
])('the signature algorithm %s has the name that Java 17 gives it', (oid, name) => {
  const { certificate } = issue({ outerAlgorithm: encodeElement(TAG.sequence, encodeOid(oid)) });
  expect(renderKeytoolCertificate(certificate)).toContain(`\nSignature algorithm name: ${name}\n`);
});
