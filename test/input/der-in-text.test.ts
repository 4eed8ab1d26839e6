/** DER and text one after the other, as cat makes it of files that are not all of one form. */
import { expect, test } from 'vitest';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { fixture, fixturePassword } from '../store/keystore-fixtures.ts';
import { issue } from '../support/certificates.ts';
import { crlDer } from '../support/crls.ts';
import { type Found, read } from '../support/documents.ts';
import { certsOnly } from '../support/pkcs7.ts';

const ROOT = issue({ subject: 'CN=Root' });
const SUB = issue({ subject: 'CN=Sub', issuer: ROOT });
const LINES = SUB.pem.split('\n').length - 1;
const OLD = issue({ subject: 'CN=Old', version: 1 });
const feedsIn = (der: Uint8Array): number => der.filter((byte) => byte === 0x0a).length;
const FEEDS = feedsIn(ROOT.der);

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
    'DER after an end of line, and PKCS#7 after that',
    joined(ROOT.der, '\r\n', SUB.der, '\n', certsOnly([OLD.der]), ROOT.der),
    'der',
    [
      ['CN=Root', null, null],
      ['CN=Sub', null, null],
      ['CN=Old', null, null],
      ['CN=Root', null, null],
    ],
  ],
  [
    'PKCS#7, then DER and PEM',
    joined(certsOnly([ROOT.der]), OLD.der, SUB.pem),
    'pkcs7',
    [
      ['CN=Root', null, null],
      ['CN=Old', null, null],
      ['CN=Sub', null, feedsIn(certsOnly([ROOT.der])) + feedsIn(OLD.der) + 1],
    ],
  ],
  ['a CRL, then DER', joined(crlDer({ issuer: ROOT }), ROOT.der), 'der', [['CN=Root', null, null]]],
  [
    'what a server said, then DER',
    joined('HTTP/1.1 200 OK\r\nContent-Type: application/pkix-cert\r\n\r\n', ROOT.der),
    'text',
    [['CN=Root', null, 4]],
  ],
  ['words, then PKCS#7', joined('Here:\n', certsOnly([ROOT.der])), 'text', [['CN=Root', null, 2]]],
  [
    'a member of an archive of ar',
    joined('!<arch>\na.pem/          0           0     0     644     100       `\n', SUB.pem, ROOT.der),
    'text',
    [
      ['CN=Sub', null, 3],
      ['CN=Root', null, LINES + 3],
    ],
  ],
  [
    'PEM, then a certificate of version 1 in DER',
    joined(SUB.pem, OLD.der, '\n', ROOT.pem),
    'text',
    [
      ['CN=Sub', null, 1],
      ['CN=Old', null, LINES + 1],
      ['CN=Root', null, LINES + 2 + feedsIn(OLD.der)],
    ],
  ],
  [
    'PEM, then PKCS#7 in DER',
    joined(SUB.pem, certsOnly([ROOT.der, OLD.der])),
    'text',
    [
      ['CN=Sub', null, 1],
      ['CN=Root', null, LINES + 1],
      ['CN=Old', null, LINES + 1],
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

test('PEM, then PKCS#12', () => {
  const [p12, password] = [fixture('openssl3.p12'), fixturePassword('openssl3.p12')];
  const { certificates, errors } = readCertificates(joined(SUB.pem, p12), { password });
  const inside = readCertificates(p12, { password }).certificates;
  expect(certificates.map(({ sha256 }) => sha256)).toEqual([SUB.certificate, ...inside].map(({ sha256 }) => sha256));
  expect(errors).toEqual([]);
  const locked = readCertificates(joined(SUB.pem, p12)).errors;
  expect(locked.map(({ code, at }) => [code, at?.line])).toEqual([['keystore/password-missing', LINES + 1]]);
});

test('a private key, then DER', () => {
  const key = ROOT.privateKey.export({ format: 'der', type: 'pkcs8' });
  const { kind, certificates, notes, errors } = readCertificates(joined(key, '\n', SUB.der));
  expect([kind, certificates.length, notes.map(({ code }) => code), errors]).toEqual([
    'der',
    1,
    ['input/private-key'],
    [],
  ]);
});

test('DER, then PKCS#12', () => {
  const [p12, password] = [fixture('openssl3.p12'), fixturePassword('openssl3.p12')];
  const { certificates, errors } = readCertificates(joined(SUB.der, p12, ROOT.der), { password });
  const inside = readCertificates(p12, { password }).certificates;
  expect(certificates.map(({ sha256 }) => sha256)).toEqual(
    [SUB.certificate, ...inside, ROOT.certificate].map(({ sha256 }) => sha256),
  );
  expect(errors).toEqual([]);
});

test('PEM, then a private key', () => {
  const key = ROOT.privateKey.export({ format: 'der', type: 'pkcs8' });
  const { certificates, notes, errors } = readCertificates(joined(SUB.pem, key));
  expect([certificates.length, notes.map(({ code }) => code), errors]).toEqual([1, ['input/private-key'], []]);
});

test.each<[string, readonly (string | Uint8Array)[]]>([
  ['DER', [ROOT.der]],
  ['an end of line and DER', ['\n', ROOT.der]],
  ['PEM', [ROOT.pem]],
])('PKCS#12, then %s', (_name, parts) => {
  const [p12, password] = [fixture('openssl3.p12'), fixturePassword('openssl3.p12')];
  const { kind, certificates, errors } = readCertificates(joined(p12, ...parts), { password });
  expect([kind, certificates.at(-1)?.sha256, errors]).toEqual(['pkcs12', ROOT.certificate.sha256, []]);
});

test.each(['\n', 'xyz xyz'])('what follows a CRL alone is no matter: %j', (end) => {
  const { kind, notes, errors } = readCertificates(joined(crlDer({ issuer: ROOT }), end), { mayHoldNothing: true });
  expect([kind, notes, errors]).toEqual(['crl', [], []]);
});

test('what follows DER and is nothing is an error', () => {
  expect(read(joined(ROOT.der, 'xyz xyz')).errors).toEqual([[expect.stringMatching(/^der/), 'in', null]]);
});
