import { describe, expect, test } from 'vitest';
import {
  childrenOf,
  contextTag,
  type DerElement,
  decodeElement,
  encodeElement,
  encodeOid,
  encodingOf,
  TAG,
} from '../../src/encoding/der.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { checkCertificateEncoding, hasRightDateTypes } from '../../src/x509/certificate-encoding.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { issue } from '../support/certificates.ts';
import { newKeyPair } from '../support/keys.ts';

const NULL = Uint8Array.of(TAG.null, 0);
const { der } = issue();

/** The certificate with other fields: `changeOuter` of the three, `changeTbs` of those in the first. */
function rebuilt(
  changeTbs: (fields: Uint8Array[]) => Uint8Array[],
  changeOuter = (parts: Uint8Array[]) => parts,
): Uint8Array {
  const parts = childrenOf(decodeElement(der, TAG.sequence));
  const [tbs, ...others] = parts as [DerElement, ...DerElement[]];
  const fields = childrenOf(tbs).map(encodingOf);
  return encodeElement(
    TAG.sequence,
    ...changeOuter([encodeElement(TAG.sequence, ...changeTbs(fields)), ...others.map(encodingOf)]),
  );
}

const check = (bytes: Uint8Array) => checkCertificateEncoding(decodeCertificate(bytes));
const same = (fields: Uint8Array[]) => fields;

test('an ordinary certificate is as it must be', () => {
  expect(() => check(rebuilt(same))).not.toThrow();
});

test.each([
  { where: 'in an extension', part: [0x30, 3, 1, 1, 1], at: 2 },
  { where: 'behind the value of an extension', part: [0x30, 3, 1, 1, 0xff, 2, 2, 0, 1], at: 5 },
])('the offset of what is wrong $where counts from the start of the certificate', ({ part, at }) => {
  const value = Uint8Array.from(part);
  const { der } = issue({
    basicConstraints: null,
    extensions: [{ oid: EXTENSION.basicConstraints, critical: true, value }],
  });
  const offset = Buffer.from(der).indexOf(Buffer.from(value)) + at;
  expect(() => check(der)).toThrow(expect.objectContaining({ at: { offset } }));
});

test('so does that in a key', () => {
  const { publicKey } = newKeyPair('rsa2048');
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  const exponent = spki.length - 5;
  const padded = Uint8Array.from([...spki.subarray(0, exponent), 2, 3, 0, 0, 3]);
  const { der } = issue({ publicKey: padded });
  const offset = Buffer.from(der).indexOf(Buffer.from(padded)) + exponent;
  expect(() => check(der)).toThrow(expect.objectContaining({ at: { offset } }));
});

describe('not as it must be', () => {
  test.each([
    { name: 'a fourth part', bytes: rebuilt(same, (parts) => [...parts, NULL]) },
    {
      name: 'a signature algorithm with a third field',
      bytes: rebuilt(same, (parts) => parts.with(1, encodeElement(TAG.sequence, encodeOid('1.2.3'), NULL, NULL))),
    },
    {
      name: 'an attribute with a third field',
      bytes: rebuilt((fields) => fields.with(5, attributed(encodeOid('2.5.4.3'), encodeElement(TAG.utf8String), NULL))),
    },
    {
      name: 'a public key that is none',
      bytes: rebuilt((fields) => fields.with(6, keyed(encodeOid('1.3.101.112'), NULL))),
    },
    {
      name: 'unused bits in the signature',
      bytes: rebuilt(same, (parts) => parts.with(2, encodeElement(TAG.bitString, Uint8Array.of(1, 2)))),
    },
    {
      name: 'a unique identifier that is no BIT STRING',
      bytes: rebuilt((fields) => fields.toSpliced(7, 0, Uint8Array.of(0x82, 1, 7))),
    },
    { name: 'version 1 written out', bytes: rebuilt((fields) => fields.with(0, Uint8Array.of(0xa0, 3, 2, 1, 0))) },
    { name: 'two versions', bytes: rebuilt((fields) => fields.with(0, Uint8Array.of(0xa0, 6, 2, 1, 2, 2, 1, 2))) },
    { name: 'a field after the extensions', bytes: rebuilt((fields) => [...fields, encodeElement(contextTag(4))]) },
    { name: 'extensions twice', bytes: rebuilt((fields) => [...fields, fields.at(-1) ?? NULL]) },
    {
      name: 'identifiers in the wrong order',
      bytes: rebuilt((fields) => fields.toSpliced(7, 0, Uint8Array.of(0x82, 2, 0, 1), Uint8Array.of(0x81, 2, 0, 1))),
    },
    { name: 'a third date', bytes: rebuilt((fields) => fields.with(4, withMore(fields[4] ?? NULL))) },
    { name: 'no extension in the list', bytes: rebuilt((fields) => fields.with(-1, Uint8Array.of(0xa3, 2, 0x30, 0))) },
    {
      name: 'an extension with a fourth field',
      bytes: rebuilt((fields) => fields.with(-1, oneExtension(Uint8Array.of(1, 1, 0xff), Uint8Array.of(4, 0), NULL))),
    },
    {
      name: 'an extension with a third that is no critical',
      bytes: rebuilt((fields) => fields.with(-1, oneExtension(Uint8Array.of(4, 0), NULL))),
    },
  ])('$name', ({ bytes }) => {
    expect(() => check(bytes)).toThrow(expect.objectContaining({ name: 'TrustError' }));
  });
});

test.each([
  { notAfter: '2049-12-31T23:59:59Z', type: TAG.utcTime },
  { notAfter: '2050-01-01T00:00:00Z', type: TAG.generalizedTime },
])('a date of $notAfter has one right type', ({ notAfter, type }) => {
  const { certificate } = issue({ notAfter: new Date(notAfter) });
  expect(hasRightDateTypes(certificate)).toBe(true);
  expect(Buffer.from(certificate.der).includes(Buffer.from([type, type === TAG.utcTime ? 13 : 15]))).toBe(true);
});

test('a date before 2050 as GeneralizedTime has the wrong one', () => {
  const late = encodeElement(TAG.generalizedTime, Buffer.from('20400101000000Z'));
  const bytes = rebuilt((fields) => fields.with(4, encodeElement(TAG.sequence, firstDate(fields[4] ?? NULL), late)));
  expect(hasRightDateTypes(decodeCertificate(bytes))).toBe(false);
  expect(() => check(bytes)).not.toThrow();
});

function attributed(...fields: readonly Uint8Array[]): Uint8Array {
  return encodeElement(TAG.sequence, encodeElement(TAG.set, encodeElement(TAG.sequence, ...fields)));
}

function keyed(...algorithm: readonly Uint8Array[]): Uint8Array {
  const key = encodeElement(TAG.bitString, new Uint8Array(33));
  return encodeElement(TAG.sequence, encodeElement(TAG.sequence, ...algorithm), key);
}

function firstDate(validity: Uint8Array): Uint8Array {
  return encodingOf(childrenOf(decodeElement(validity, TAG.sequence))[0] as DerElement);
}

function withMore(validity: Uint8Array): Uint8Array {
  return encodeElement(
    TAG.sequence,
    ...childrenOf(decodeElement(validity, TAG.sequence)).map(encodingOf),
    firstDate(validity),
  );
}

function oneExtension(...fields: readonly Uint8Array[]): Uint8Array {
  const extension = encodeElement(TAG.sequence, Uint8Array.of(6, 2, 0x2a, 3), ...fields);
  return encodeElement(contextTag(3), encodeElement(TAG.sequence, extension));
}
