import { describe, expect, test } from 'vitest';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { javaKeystore, PASSWORD } from '../store/builders.ts';
import { fixture, fixturePassword } from '../store/keystore-fixtures.ts';
import { issue } from '../support/certificates.ts';

const lines = (bytes: Uint8Array, end = '\n'): string =>
  Buffer.from(bytes).toString('base64').replace(/.{64}/g, `$&${end}`);
const armoured = (label: string, bytes: Uint8Array, end = '\n'): string =>
  `-----BEGIN ${label}-----${end}${lines(bytes, end)}${end}-----END ${label}-----${end}`;

const root = issue({ subject: 'CN=Root' });
const jks = javaKeystore({ entries: [{ alias: 'root', certificates: [root.der] }] });
const P12 = 'openssl3.p12';
const p12 = fixture(P12);

describe('a keystore in base64, as the whole of a text', () => {
  const cases = [
    { name: 'PKCS#12 between markers, as GnuTLS writes it', text: armoured('PKCS12', p12), kind: 'pem', of: p12 },
    { name: 'PKCS#12 between markers, CR LF', text: armoured('PKCS12', p12, '\r\n'), kind: 'pem', of: p12 },
    { name: 'PKCS#12 in lines', text: lines(p12), kind: 'base64', of: p12 },
    { name: 'PKCS#12 in one line', text: Buffer.from(p12).toString('base64'), kind: 'base64', of: p12 },
    { name: 'JKS in lines', text: lines(jks), kind: 'base64', of: jks },
  ] as const;

  test.each(cases)('$name', ({ text, kind, of }) => {
    const password = of === jks ? PASSWORD : fixturePassword(P12);
    const read = readCertificates(Buffer.from(text), { password });
    const direct = readCertificates(of, { password });
    const digests = (from: typeof read): readonly string[] => from.certificates.map(({ sha256 }) => sha256);
    expect(direct.certificates.length).toBeGreaterThan(0);
    expect([read.kind, digests(read), read.errors]).toEqual([kind, digests(direct), []]);
    expect(read.notes.map(({ code }) => code)).not.toContain('input/private-key');
  });

  test('without its password says so', () => {
    const { errors } = readCertificates(Buffer.from(`${root.pem}${armoured('PKCS12', p12)}`), { name: 'both.pem' });
    const line = root.pem.trimEnd().split('\n').length + 1;
    expect(errors.map(({ code, at }) => [code, at?.line])).toEqual([['keystore/password-missing', line]]);
  });

  test('beside a certificate both are read', () => {
    const text = `${armoured('PKCS12', p12)}${root.pem}`;
    const password = fixturePassword(P12);
    const { certificates, kind } = readCertificates(Buffer.from(text), { password });
    const both = [root.certificate, ...readCertificates(p12, { password }).certificates];
    expect([kind, certificates.map(({ sha256 }) => sha256)]).toEqual(['pem', both.map(({ sha256 }) => sha256)]);
  });

  test.each([
    ['without its END line', armoured('PKCS12', p12).replace(/-----END.*/s, ''), ['pem/missing-end']],
    ['with marks of a quotation', armoured('PFX', p12).replace(/^/gm, '> '), ['pem/line-prefix']],
    ['with dashes for hyphens', armoured('PKCS12', p12).replace(/-----/g, '\u2013\u2013'), ['pem/damaged-marker']],
  ])('%s it is read as certificates are', (_, block, notes) => {
    const text = Buffer.from(`# my keystore\n${block}`);
    const read = readCertificates(text, { password: fixturePassword(P12) });
    const expected = readCertificates(p12, { password: fixturePassword(P12) });
    expect(read.certificates.map(({ sha256 }) => sha256)).toEqual(expected.certificates.map(({ sha256 }) => sha256));
    expect(read.notes.map(({ code }) => code)).toEqual(expect.arrayContaining(notes));
    expect(read.errors).toEqual([]);
  });

  test('what is called one and is none is damaged', () => {
    const { errors, certificates } = readCertificates(Buffer.from(`${root.pem}${armoured('PKCS12', root.der)}`));
    expect([certificates.length, errors.map(({ code }) => code)]).toEqual([1, ['pem/damaged']]);
  });

  test.each([
    ['PKCS#12 between markers', armoured('PKCS12', p12)],
    ['JKS in lines', lines(jks)],
  ])('%s is not taken for a keystore file, and the refusal says what it is', (_, text) => {
    expect(() => decodeKeystore(Buffer.from(text), { password: PASSWORD })).toThrow(
      expect.objectContaining({
        code: 'keystore/bad-magic',
        message: 'the file is a keystore in base64, expected the keystore itself',
      }),
    );
  });
});
