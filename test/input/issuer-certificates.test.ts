import { describe, expect, test } from 'vitest';
import { contextTag, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { decodeIssuerCertificates } from '../../src/input/issuer-certificates.ts';
import { sourceOf } from '../../src/x509/source.ts';
import { issue, toPem } from '../support/certificates.ts';
import { certsOnly } from '../support/pkcs7.ts';

const source = sourceOf('http://ca.example/ca.cer');
const root = issue({ subject: 'CN=Root' });
const ca = issue({ subject: 'CN=CA', issuer: root });
const text = (value: string) => new TextEncoder().encode(value);
const subjectsIn = (bytes: Uint8Array) => decodeIssuerCertificates(bytes, source).map(({ subject }) => subject);

describe('what lies where the issuer should', () => {
  test.each([
    { form: 'DER', bytes: ca.der, subjects: ['CN=CA'] },
    { form: 'a bundle', bytes: certsOnly([ca.der, root.der]), subjects: ['CN=CA', 'CN=Root'] },
    {
      form: 'a bundle with something else in it',
      bytes: certsOnly([encodeElement(TAG.sequence, encodeInteger(1)), ca.der]),
      subjects: ['CN=CA'],
    },
    { form: 'PEM', bytes: text(`CA\n${ca.pem}${root.pem}`), subjects: ['CN=CA', 'CN=Root'] },
    { form: 'a bundle in PEM', bytes: text(toPem(certsOnly([ca.der]), 'PKCS7')), subjects: ['CN=CA'] },
  ])('may be $form', ({ bytes, subjects }) => {
    expect(subjectsIn(bytes)).toEqual(subjects);
    expect(decodeIssuerCertificates(bytes, source)[0]?.source).toEqual(source);
  });

  test.each([
    { form: 'nothing', bytes: new Uint8Array() },
    { form: 'HTML', bytes: text('<!DOCTYPE html><title>404</title>') },
    { form: 'an empty bundle', bytes: certsOnly([]) },
    { form: 'a certificate cut short', bytes: ca.der.subarray(0, -1) },
    { form: 'another structure', bytes: encodeElement(TAG.sequence, encodeOid('1.2.3'), encodeElement(contextTag(0))) },
    { form: 'a private key', bytes: text('-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n') },
    { form: 'a zip', bytes: text('PK\u0003\u0004') },
  ])('is refused as $form', ({ bytes }) => {
    expect(() => subjectsIn(bytes)).toThrow(expect.objectContaining({ code: 'input/no-certificate' }));
  });

  test('is refused as a bundle of everything', () => {
    const bytes = certsOnly(Array.from({ length: 51 }, () => ca.der));
    expect(() => subjectsIn(bytes)).toThrow(expect.objectContaining({ code: 'input/too-many' }));
  });
});
