import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TrustError } from '../../src/errors.ts';
import { asCertificate, decodeCertificate, looksLikeCertificate } from '../../src/x509/certificate.ts';
import { usesOldHash, verifyCertificateSignature } from '../../src/x509/signature.ts';
import { sourceOf } from '../../src/x509/source.ts';
import { AT, issue } from '../support/certificates.ts';

const roots = rootCertificates.map((pem) => new X509Certificate(pem));

test(`${roots.length} public roots are read as node:crypto reads them, and verify`, () => {
  for (const root of roots) {
    const certificate = decodeCertificate(new Uint8Array(root.raw));
    expect(certificate.sha256).toBe(root.fingerprint256.replaceAll(':', '').toLowerCase());
    expect(certificate.sha1).toBe(root.fingerprint.replaceAll(':', '').toLowerCase());
    expect(certificate.notBefore.getTime()).toBe(Date.parse(root.validFrom));
    expect(certificate.notAfter.getTime()).toBe(Date.parse(root.validTo));
    expect(BigInt(`0x${certificate.serialNumber}`)).toBe(BigInt(`0x${root.serialNumber}`));
    expect(certificate.ca).toBe(root.ca);
    expect(certificate.selfIssued).toBe(true);
    expect(certificate.publicKey.algorithm).toBe(root.publicKey.asymmetricKeyType?.toUpperCase());
    expect(verifyCertificateSignature(certificate, certificate.subjectPublicKeyInfo)).toBe('valid');
  }
});

describe('a certificate', () => {
  const root = issue({ subject: 'CN=Root,O=Example,C=CH', serialNumber: 0xdcn });
  const intermediate = issue({ subject: 'CN=Sub', issuer: root, basicConstraints: { ca: true, pathLength: 0 } });

  test('gives its fields', () => {
    const { certificate } = intermediate;
    expect(certificate).toMatchObject({
      version: 3,
      subject: 'CN=Sub',
      issuer: 'CN=Root,O=Example,C=CH',
      selfIssued: false,
      ca: true,
      signatureAlgorithm: 'ecdsa-with-SHA256',
      publicKey: { algorithm: 'EC', size: 256, curve: 'P-256' },
      basicConstraints: { ca: true, pathLength: 0 },
      authorityKeyIdentifier: null,
      extendedKeyUsage: null,
      source: null,
    });
    expect([...(certificate.keyUsage ?? [])]).toEqual(['keyCertSign', 'cRLSign']);
    expect(certificate.subjectKeyIdentifier).toMatch(/^[0-9a-f]{40}$/);
  });

  test('keeps the sign octet of its serial number', () => {
    expect(root.certificate.serialNumber).toBe('00dc');
  });

  test('carries its source, and the same bytes with another source are the same certificate', () => {
    const found = decodeCertificate(root.der, sourceOf('roots.zip', { member: 'a.cer' }));
    expect(found.source).toEqual({ input: 'roots.zip', member: 'a.cer', line: null, alias: null, trustpoint: null });
    expect(found.withSource(sourceOf('b.pem')).sha256).toBe(root.certificate.sha256);
    expect(asCertificate(found)).toBe(found);
    expect(asCertificate(root.der).sha256).toBe(found.sha256);
  });

  test('of version 1 is a CA when it is self-issued', () => {
    expect(issue({ version: 1 }).certificate).toMatchObject({ version: 1, ca: true, extensions: [], keyUsage: null });
  });
});

describe('signatures', () => {
  test.each([
    { name: 'its issuer', key: 'ec', tamper: false, expected: 'valid' },
    { name: 'RSA', key: 'rsa2048', tamper: false, expected: 'valid' },
    { name: 'a changed signature', key: 'ec', tamper: true, expected: 'invalid' },
    { name: 'a changed RSA signature', key: 'rsa2048', tamper: true, expected: 'invalid' },
  ] as const)('$name is $expected', ({ key, tamper, expected }) => {
    const root = issue({ key });
    const { certificate } = issue({ issuer: root, subject: 'CN=Sub', badSignature: tamper });
    expect(verifyCertificateSignature(certificate, root.certificate.subjectPublicKeyInfo)).toBe(expected);
  });

  test.each([
    { hash: 'sha1', old: true },
    { hash: 'sha256', old: false },
  ] as const)('RSASSA-PSS with $hash verifies, and its hash is known', ({ hash, old }) => {
    const { certificate } = issue({ key: 'rsa2048', pss: true, hash });
    expect(certificate.signatureAlgorithm).toBe('rsassaPss');
    expect(verifyCertificateSignature(certificate, certificate.subjectPublicKeyInfo)).toBe('valid');
    expect(usesOldHash(certificate)).toBe(old);
  });

  test('another key of the same name does not verify', () => {
    const { certificate } = issue();
    expect(verifyCertificateSignature(certificate, issue().certificate.subjectPublicKeyInfo)).toBe('invalid');
    expect(verifyCertificateSignature(certificate, issue({ key: 'rsa2048' }).certificate.subjectPublicKeyInfo)).toBe(
      'invalid',
    );
  });
});

describe('decodeCertificate refuses', () => {
  const { der } = issue();

  test('bytes that follow', () => {
    expect(() => decodeCertificate(new Uint8Array([...der, 0]))).toThrow(
      expect.objectContaining({
        code: 'certificate/malformed',
        message: 'not a certificate: 1 bytes follow the certificate',
        at: { offset: der.length },
      }),
    );
  });

  test('every truncation, with a TrustError', () => {
    for (let length = 0; length < der.length; length++) {
      expect(() => decodeCertificate(der.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'certificate/malformed' }),
      );
    }
  });

  test('a changed byte either decodes to another certificate or gives a TrustError', () => {
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (offset, flip) => {
        const changed = Uint8Array.from(der);
        changed[offset] = (changed[offset] as number) ^ flip;
        try {
          expect(decodeCertificate(changed).sha256).not.toBe(decodeCertificate(der).sha256);
        } catch (error) {
          expect(error).toBeInstanceOf(TrustError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test('looksLikeCertificate tells certificates from other DER', () => {
  const { der, privateKey } = issue({ notAfter: AT });
  expect(looksLikeCertificate(der)).toBe(true);
  expect(looksLikeCertificate(privateKey.export({ type: 'pkcs8', format: 'der' }))).toBe(false);
  expect(looksLikeCertificate(Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x03))).toBe(false);
  expect(looksLikeCertificate(Uint8Array.of())).toBe(false);
});
