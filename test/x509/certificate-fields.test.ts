/** What is read when it is asked for: it is what was there, and whatever cannot be read is refused before anybody asks. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  childrenOf,
  contentOf,
  encodeElement,
  encodeInteger,
  encodeOid,
  readElement,
  TAG,
} from '../../src/encoding/der.ts';
import { TrustError } from '../../src/errors.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { Certificate, decodeCertificate } from '../../src/x509/certificate.ts';
import { KEY_USAGES } from '../../src/x509/extensions.ts';
import { decodeName, renderName } from '../../src/x509/name.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { decodePublicKey } from '../../src/x509/public-key.ts';
import { issue } from '../support/certificates.ts';
import { subjectAltName } from '../support/extensions.ts';
import { newKeyPair } from '../support/keys.ts';

const FIXTURES = ['certificates/identrust-commercial-root-ca-1.pem', 'keystores/gateway.pem', 'keystores/roots.jks'];

const samples: readonly Uint8Array[] = [
  ...rootCertificates.map((pem) => new Uint8Array(new X509Certificate(pem).raw)),
  ...FIXTURES.flatMap((file) =>
    readCertificates(readFileSync(`fixtures/${file}`)).certificates.map(({ der }) => Uint8Array.from(der)),
  ),
];

/** The getters, whichever there are. */
const FIELDS = Object.entries(Object.getOwnPropertyDescriptors(Certificate.prototype)).flatMap(([name, { get }]) =>
  get === undefined ? [] : [name as keyof Certificate],
);

/** node:crypto prints an attribute a line, in the order of the certificate. */
const asNodePrints = (name: string) => name.split(',').reverse().join('\n');

function expectAsNodeReads(certificate: Certificate): void {
  const node = new X509Certificate(certificate.der);
  expect(certificate.sha256).toBe(node.fingerprint256.replaceAll(':', '').toLowerCase());
  expect(certificate.sha1).toBe(node.fingerprint.replaceAll(':', '').toLowerCase());
  expect(BigInt(`0x${certificate.serialNumber}`)).toBe(BigInt(`0x${node.serialNumber}`));
  expect(certificate.notBefore.getTime()).toBe(Date.parse(node.validFrom));
  expect(certificate.notAfter.getTime()).toBe(Date.parse(node.validTo));
  expect(certificate.extendedKeyUsage ?? undefined).toEqual(node.keyUsage);
  const { asymmetricKeyType, asymmetricKeyDetails } = node.publicKey;
  const { algorithm, size, exponent } = certificate.publicKey;
  expect(algorithm).toBe(asymmetricKeyType?.toUpperCase());
  if (asymmetricKeyDetails?.modulusLength !== undefined) expect(size).toBe(asymmetricKeyDetails.modulusLength);
  expect(exponent).toBe(asymmetricKeyDetails?.publicExponent);
}

test(`${samples.length} certificates are what node:crypto and the parts read alone say`, () => {
  for (const der of samples) {
    const certificate = decodeCertificate(der);
    expectAsNodeReads(certificate);
    expect(certificate.ca).toBe(new X509Certificate(der).ca);
    const [tbs, algorithm] = childrenOf(readElement(der)) as [ReturnType<typeof readElement>, never];
    const fields = childrenOf(tbs).slice(certificate.version === 1 ? 0 : 1);
    const [serialNumber, , issuer, , subject] = fields as Required<typeof fields>;
    if (serialNumber === undefined || issuer === undefined || subject === undefined) throw new Error('cut short');
    expect(certificate.serialNumber).toBe(Buffer.from(contentOf(serialNumber)).toString('hex'));
    expect(certificate.issuerName).toEqual(decodeName(issuer));
    expect(certificate.subjectName).toEqual(decodeName(subject));
    expect(certificate.issuer).toBe(renderName(decodeName(issuer)));
    expect(certificate.subject).toBe(renderName(decodeName(subject)));
    expect(certificate.signatureAlgorithmDer).toEqual(der.subarray(tbs.end, (algorithm as typeof tbs).end));
    expect(certificate.tbsCertificate).toEqual(der.subarray(tbs.start, tbs.end));
    expect({ ...certificate.publicKey }).toEqual({ ...decodePublicKey(certificate.subjectPublicKeyInfo) });
  }
});

test('what a certificate was made of is read from it', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9.][A-Za-z0-9 .:@()'*-]{0,40}[A-Za-z0-9.)]$/);
  const keys = [
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    newKeyPair('ec'),
    generateKeyPairSync('rsa', { modulusLength: 1024, publicExponent: 3 }),
  ].map(({ privateKey }) => privateKey);
  const dates = { min: new Date('1950-01-01T00:00:00Z'), max: new Date('2049-12-31T00:00:00Z'), noInvalidDate: true };
  fc.assert(
    fc.property(
      fc.record({
        names: fc.tuple(word, word, word),
        serialNumber: fc.bigInt({ min: 1n, max: 2n ** 159n }),
        notBefore: fc.date(dates),
        notAfter: fc.date(dates),
        key: fc.constantFrom(...keys),
        keyUsage: fc.option(fc.subarray([...KEY_USAGES], { minLength: 1 })),
        purposes: fc.array(fc.constantFrom('1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2', '2.5.29.37.0', '1.2.3.4'), {
          minLength: 1,
        }),
        constraints: fc.option(fc.record({ ca: fc.boolean(), pathLength: fc.nat(300) })),
      }),
      ({ names: [common, organization, country], serialNumber, notBefore, notAfter, key, keyUsage, ...rest }) => {
        const subject = `CN=${common},O=${organization},C=${country}`;
        const purposes = encodeElement(TAG.sequence, ...rest.purposes.map(encodeOid));
        const extensions = [{ oid: EXTENSION.extendedKeyUsage, value: purposes }];
        const basicConstraints = rest.constraints;
        const options = { subject, serialNumber, notBefore, notAfter, key, keyUsage, extensions, basicConstraints };
        const { certificate } = issue(options);
        expectAsNodeReads(certificate);
        const node = new X509Certificate(certificate.der);
        expect(asNodePrints(certificate.subject)).toBe(node.subject);
        expect(asNodePrints(certificate.issuer)).toBe(node.issuer);
        expect(certificate.subject).toBe(subject);
        expect(certificate.keyUsage === null ? null : [...certificate.keyUsage]).toEqual(keyUsage);
        expect(certificate.extendedKeyUsage).toEqual(rest.purposes);
        expect(certificate.basicConstraints).toEqual(rest.constraints);
      },
    ),
    { numRuns: process.env.SLOW ? 2000 : 50 },
  );
});

test('a damaged certificate is refused when it is decoded, or every field of it can be read', () => {
  const change = fc.tuple(
    fc.nat(),
    fc.oneof(fc.nat(0xff), fc.constantFrom(0, 0x30, 0x31, 0x80, 0x81, 0x82, 0xa3, 0xff)),
  );
  fc.assert(
    fc.property(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 3 }), (der, changes) => {
      const damaged = Uint8Array.from(der);
      // Most of a certificate is key and signature, which may be anything; names, times and extensions stand before and behind.
      for (const [place, octet] of changes) damaged[place % (place % 2 === 0 ? 300 : damaged.length)] = octet;
      let certificate: Certificate;
      try {
        certificate = decodeCertificate(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(TrustError);
        expect(error).toMatchObject({ code: 'certificate/malformed' });
        return;
      }
      for (const field of FIELDS) expect(() => certificate[field]).not.toThrow();
      const { modulus = 0n, exponent = 0n } = certificate.publicKey;
      expect(typeof (modulus + exponent)).toBe('bigint');
    }),
    { numRuns: process.env.SLOW ? 200_000 : 4000 },
  );
});

describe('what is wrong is told with where it stands in the certificate', () => {
  const spki = (...key: readonly Uint8Array[]) =>
    encodeElement(
      TAG.sequence,
      encodeElement(TAG.sequence, encodeOid('1.2.840.113549.1.1.1')),
      encodeElement(TAG.bitString, Uint8Array.of(0), encodeElement(TAG.sequence, ...key)),
    );
  const odd = encodeElement(TAG.visibleString, Buffer.from('odd'));
  const { der, certificate } = issue();

  test.each([
    { name: 'a modulus', publicKey: spki(odd, encodeInteger(3)), message: 'found tag 0x1a, expected 0x2' },
    { name: 'an exponent', publicKey: spki(encodeInteger(9), odd), message: 'found tag 0x1a, expected 0x2' },
  ])('$name', ({ publicKey, message }) => {
    const whole = withKey(publicKey);
    expect(() => decodeCertificate(whole)).toThrow(
      expect.objectContaining({
        code: 'certificate/malformed',
        message: `not a certificate: ${message}`,
        at: { offset: Buffer.from(whole).indexOf(odd) },
      }),
    );
  });

  function withKey(publicKey: Uint8Array): Uint8Array {
    const [tbs, ...others] = childrenOf(readElement(der)).map((part) => der.subarray(part.start, part.end));
    if (tbs === undefined) throw new Error('cut short');
    const fields = childrenOf(readElement(tbs)).map((field) => tbs.subarray(field.start, field.end));
    fields[6] = publicKey;
    expect(certificate.version).toBe(3);
    return encodeElement(TAG.sequence, encodeElement(TAG.sequence, ...fields), ...others);
  }
});

describe('what a person calls a certificate', () => {
  test.each([
    { subject: 'CN=a.test,O=Test', names: ['dns:b.test'], displayName: 'a.test', displaySubject: 'CN=a.test,O=Test' },
    { subject: 'CN= ,O=Test', names: ['dns:b.test'], displayName: 'Test', displaySubject: 'CN=\\ ,O=Test' },
    {
      subject: '',
      names: ['dns:b.test', 'dns:c.test'],
      displayName: 'b.test',
      displaySubject: 'no subject, for b.test',
    },
    {
      subject: '',
      names: ['id:1.2.3', 'ip:192.0.2.1'],
      displayName: '192.0.2.1',
      displaySubject: 'no subject, for 192.0.2.1',
    },
    {
      subject: '',
      names: ['ip:2001:db8::1'],
      displayName: '2001:db8::1',
      displaySubject: 'no subject, for 2001:db8::1',
    },
    { subject: '', names: ['dns:\u001b[2J'], displayName: '\\u{1b}[2J', displaySubject: 'no subject, for \\u{1b}[2J' },
    { subject: '', names: ['dir:CN=x'], displayName: 'no subject', displaySubject: 'no subject' },
  ])('$subject $names', ({ subject, names, displayName, displaySubject }) => {
    const { certificate } = issue({ subject, extensions: [subjectAltName(names)] });
    expect([certificate.displayName, certificate.displaySubject]).toEqual([displayName, displaySubject]);
  });

  test('an alternative name that cannot be read is none', () => {
    const extensions = [{ oid: EXTENSION.subjectAltName, value: Uint8Array.of(0x30, 0x50) }];
    expect(issue({ subject: '', extensions }).certificate.displayName).toBe('no subject');
  });
});
