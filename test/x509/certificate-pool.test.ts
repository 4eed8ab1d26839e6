/** Certificates of many inputs, one of each. */
import { expect, test } from 'vitest';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { CertificatePool } from '../../src/x509/certificate-pool.ts';
import { issue } from '../support/certificates.ts';
import { newKey } from '../support/keys.ts';

test('a certificate is there once, and does not change with the memory it was read into', () => {
  const { certificate } = issue();
  const memory = Uint8Array.from(certificate.der);
  const pool = new CertificatePool();
  const first = pool.keep(decodeCertificate(memory));
  const second = pool.keep(decodeCertificate(memory));
  memory.fill(0);
  expect(second.der).toBe(first.der);
  expect([first, second].map(({ sha256 }) => sha256)).toEqual([certificate.sha256, certificate.sha256]);
});

test('the numbers of an RSA key do not change with the memory it was read into', () => {
  const { certificate } = issue({ key: newKey('rsa1024') });
  const memory = Uint8Array.from(certificate.der);
  const kept = new CertificatePool().keep(decodeCertificate(memory));
  memory.fill(0);
  const { modulus, exponent, size } = kept.publicKey;
  expect({ modulus, exponent, size }).toEqual({
    modulus: certificate.publicKey.modulus,
    exponent: 65_537n,
    size: 1024,
  });
});

test('certificates that differ only where no sample is taken are told apart', () => {
  const { certificate } = issue();
  const { der } = certificate;
  const middle = certificate.signature.byteOffset - der.byteOffset;
  const others = [1, 2, 1].map((bit) => der.map((byte, at) => (at === middle ? byte ^ bit : byte)));
  const pool = new CertificatePool();
  const kept = [der, ...others].map((bytes) => pool.keep(decodeCertificate(bytes)));
  expect(kept.map(({ sha256 }) => sha256)).toEqual([der, ...others].map((bytes) => decodeCertificate(bytes).sha256));
  expect(new Set(kept.map((one) => one.der)).size).toBe(3);
  expect(kept[3]?.der).toBe(kept[1]?.der);
});
