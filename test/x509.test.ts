import { expect, test } from 'vitest';
import { verifyCertificateSignature } from '../src/x509/signature.ts';
import { issue } from './support/certificates.ts';

test('an issued root verifies', () => {
  const root = issue({ subject: 'CN=A,O=B' });
  expect(root.certificate.subject).toBe('CN=A,O=B');
  expect(verifyCertificateSignature(root.certificate, root.certificate.subjectPublicKeyInfo)).toBe('valid');
});
