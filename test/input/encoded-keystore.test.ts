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
    const { errors } = readCertificates(Buffer.from(armoured('PKCS12', p12)));
    expect(errors.map(({ code }) => code)).toEqual(['keystore/password-missing']);
  });

  test('beside a certificate hides it not', () => {
    const { certificates } = readCertificates(Buffer.from(`${armoured('PKCS12', p12)}${root.pem}`));
    expect(certificates.map(({ sha256 }) => sha256)).toContain(root.certificate.sha256);
  });

  test('without its END line it is read like base64 on lines of its own', () => {
    const text = `# my keystore\n${armoured('PKCS12', p12).replace(/-----END.*/s, '')}`;
    const { certificates, errors } = readCertificates(Buffer.from(text), { password: fixturePassword(P12) });
    expect([certificates.length > 0, errors]).toEqual([true, []]);
  });

  test('what is none is read as any other text', () => {
    expect(readCertificates(Buffer.from(armoured('PKCS12', root.der))).errors).not.toEqual([]);
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
