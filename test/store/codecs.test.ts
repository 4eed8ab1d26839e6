import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { decodeKeystore, detectKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import { issue, toPem } from '../support/certificates.ts';
import { javaKeystore, pfx } from './builders.ts';
import { trustError } from './expectations.ts';

const root = issue();
const algorithm = encodeElement(TAG.sequence, encodeOid('1.2.840.113549.1.5.13'), Uint8Array.of(TAG.null, 0));
const octets = encodeElement(TAG.octetString, new Uint8Array(300));
const bcfks = encodeElement(TAG.sequence, encodeElement(TAG.sequence, algorithm, octets), algorithm);

/** Version, salt, iterations: how BKS and UBER begin. */
const bcHeader = (version: number): Buffer => Buffer.concat([u32(version), u32(20), Buffer.alloc(20, 7), u32(1024)]);
const bksEntry = Buffer.concat([
  Buffer.from([1, 0, 4]),
  Buffer.from('root'),
  Buffer.from([0, 0, 1, 0x90, 0, 0, 0, 0]),
  u32(0),
]);

describe('recognising keystores by content', () => {
  test.each([
    { name: 'JKS', bytes: javaKeystore(), type: 'jks' },
    { name: 'JCEKS', bytes: javaKeystore({ type: 'jceks' }), type: 'jceks' },
    { name: 'JKS of another version', bytes: javaKeystore({ version: 9 }), type: 'jks' },
    { name: 'four bytes of JKS', bytes: Uint8Array.of(0xfe, 0xed, 0xfe, 0xed), type: 'jks' },
    { name: 'PKCS#12', bytes: pfx({ safes: [] }), type: 'pkcs12' },
    { name: 'PKCS#12 that is cut short', bytes: pfx({ safes: [] }).subarray(0, 20), type: 'pkcs12' },
    { name: 'a PEM bundle', bytes: Buffer.from(root.pem), type: 'pem' },
    { name: 'a PEM bundle after text', bytes: Buffer.from(`text\r\n${root.pem}`), type: 'pem' },
    { name: 'an old label', bytes: Buffer.from(toPem(root.der, 'X509 CERTIFICATE')), type: 'pem' },
    { name: 'BKS', bytes: Buffer.concat([bcHeader(2), bksEntry, Buffer.alloc(60)]), type: 'bks' },
    { name: 'an empty BKS', bytes: Buffer.concat([bcHeader(1), Buffer.alloc(21)]), type: 'bks' },
    { name: 'UBER', bytes: Buffer.concat([bcHeader(1), Buffer.alloc(64, 0xa5)]), type: 'uber' },
    { name: 'BCFKS', bytes: bcfks, type: 'bcfks' },
    { name: 'nothing', bytes: new Uint8Array(0), type: null },
    { name: 'a certificate', bytes: root.der, type: null },
    { name: 'an encrypted key', bytes: encodeElement(TAG.sequence, algorithm, octets), type: null },
    { name: 'a key', bytes: encodeElement(TAG.sequence, encodeInteger(0), algorithm, octets), type: null },
    { name: 'a key in PEM', bytes: Buffer.from(toPem(root.der, 'PRIVATE KEY')), type: null },
    { name: 'a marker inside of a line', bytes: Buffer.from(`x ${root.pem}`), type: null },
    { name: 'text', bytes: Buffer.from('hello'), type: null },
  ])('$name', ({ bytes, type }) => {
    expect(detectKeystore(bytes)).toBe(type);
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void detectKeystore(bytes)));
    for (const bytes of [bcfks, pfx({ safes: [] }), bcHeader(2)]) {
      for (let length = 0; length <= bytes.length; length++)
        expect(() => detectKeystore(bytes.subarray(0, length))).not.toThrow();
    }
  });
});

describe('what is no keystore, or not one that is read', () => {
  test.each([
    { name: 'an empty file', bytes: new Uint8Array(0), code: 'input/empty' },
    { name: 'text', bytes: Buffer.from('hello'), code: 'keystore/bad-magic' },
    { name: 'BKS', bytes: Buffer.concat([bcHeader(1), Buffer.alloc(21)]), code: 'keystore/unsupported' },
    { name: 'BCFKS', bytes: bcfks, code: 'keystore/unsupported' },
  ] as const)('$name', ({ bytes, code }) => {
    expect(() => decodeKeystore(bytes, { password: null })).toThrow(trustError(code));
    expect(() => editKeystore(bytes, [], { password: null })).toThrow(trustError(code));
  });

  test('is named, with what to do', () => {
    expect(() => decodeKeystore(bcfks, { password: null })).toThrow(
      expect.objectContaining({
        message: 'a BCFKS keystore of Bouncy Castle, which is not supported',
        hint: expect.stringContaining('-srcstoretype BCFKS -deststoretype PKCS12'),
      }),
    );
  });

  test.each([
    ['with a byte order mark', '\ufeff'],
    ['without one', ''],
  ])('a bundle in UTF-16 %s is called that', (_, mark) => {
    const bundle = Buffer.from(`${mark}${root.pem}`, 'utf16le');
    for (const bytes of [bundle, Buffer.from(bundle).swap16()]) {
      expect(() => decodeKeystore(bytes, { password: null })).toThrow(
        expect.objectContaining({
          code: 'keystore/bad-magic',
          message: 'the file is a PEM bundle in UTF-16, expected one in UTF-8 or ASCII',
          hint: expect.stringContaining('keystore create NEW FILE --type pem'),
        }),
      );
    }
  });
});

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
