import { describe, expect, test } from 'vitest';
import { encodeElement, readElement, TAG } from '../../src/encoding/der.ts';
import { checkStrictDer } from '../../src/encoding/strict-der.ts';

const check = (bytes: Uint8Array) => checkStrictDer(readElement(bytes));
const element = (tag: number, ...octets: readonly number[]) => encodeElement(tag, Uint8Array.from(octets));

describe('DER', () => {
  test.each([
    { name: 'INTEGER 0', bytes: element(TAG.integer, 0) },
    { name: 'INTEGER 128', bytes: element(TAG.integer, 0, 0x80) },
    { name: 'INTEGER -128', bytes: element(TAG.integer, 0x80) },
    { name: 'BOOLEAN TRUE', bytes: element(TAG.boolean, 0xff) },
    { name: 'BOOLEAN FALSE, which a default makes needless', bytes: element(TAG.boolean, 0) },
    { name: 'NULL', bytes: element(TAG.null) },
    { name: 'an empty BIT STRING', bytes: element(TAG.bitString, 0) },
    { name: 'named bits with trailing zeros', bytes: element(TAG.bitString, 0, 0x80, 0) },
    { name: 'a set in order', bytes: encodeElement(TAG.set, element(TAG.integer, 1), element(TAG.integer, 2)) },
    { name: 'PrintableString', bytes: encodeElement(TAG.printableString, Buffer.from("A-z 0 '()+,-./:=?")) },
    { name: 'PrintableString with other ASCII', bytes: encodeElement(TAG.printableString, Buffer.from('*.a_b & c@d')) },
    { name: 'NumericString with a letter', bytes: encodeElement(TAG.numericString, Buffer.from('1a')) },
    { name: 'UTF8String', bytes: encodeElement(TAG.utf8String, Buffer.from('ü\u{1f511}')) },
    { name: 'a primitive context tag, whatever it holds', bytes: element(0x80, 1, 2, 3) },
  ])('$name', ({ bytes }) => {
    expect(() => check(bytes)).not.toThrow();
  });
});

describe('not DER', () => {
  test.each([
    { name: 'an empty INTEGER', bytes: element(TAG.integer) },
    { name: 'an INTEGER with a needless 00', bytes: element(TAG.integer, 0, 1) },
    { name: 'an INTEGER with a needless ff', bytes: element(TAG.integer, 0xff, 0x80) },
    { name: 'an ENUMERATED with a needless 00', bytes: element(TAG.enumerated, 0, 1) },
    { name: 'an empty ENUMERATED', bytes: element(TAG.enumerated) },
    { name: 'TRUE as 01', bytes: element(TAG.boolean, 1) },
    { name: 'a BOOLEAN of two octets', bytes: element(TAG.boolean, 0xff, 0xff) },
    { name: 'NULL with content', bytes: element(TAG.null, 0) },
    { name: 'an OBJECT IDENTIFIER that is padded', bytes: element(TAG.oid, 0x2a, 0x80, 1) },
    { name: 'a BIT STRING without content', bytes: element(TAG.bitString) },
    { name: 'unused bits of no octet', bytes: element(TAG.bitString, 1) },
    { name: 'eight unused bits', bytes: element(TAG.bitString, 8, 0) },
    { name: 'unused bits that are set', bytes: element(TAG.bitString, 4, 0xff) },
    { name: 'a set out of order', bytes: encodeElement(TAG.set, element(TAG.integer, 2), element(TAG.integer, 1)) },
    { name: 'PrintableString with a control', bytes: element(TAG.printableString, 0x61, 0) },
    { name: 'PrintableString above ASCII', bytes: element(TAG.printableString, 0xe9) },
    { name: 'NumericString above ASCII', bytes: element(TAG.numericString, 0xe9) },
    { name: 'VisibleString with a control', bytes: element(TAG.visibleString, 7) },
    { name: 'IA5String above ASCII', bytes: element(TAG.ia5String, 0xe9) },
    { name: 'UTF8String that is not UTF-8', bytes: element(TAG.utf8String, 0xc3, 0x28) },
    { name: 'BMPString of half a character', bytes: element(TAG.bmpString, 0) },
    { name: 'UniversalString of half a character', bytes: element(TAG.universalString, 0, 0) },
    { name: 'a string in pieces', bytes: encodeElement(0x24, element(TAG.octetString, 1)) },
    { name: 'a SEQUENCE not marked as one', bytes: element(0x10, 0) },
    {
      name: 'something wrong far inside',
      bytes: encodeElement(TAG.sequence, encodeElement(0xa0, element(TAG.boolean, 1))),
    },
  ])('$name', ({ bytes }) => {
    expect(() => check(bytes)).toThrow(expect.objectContaining({ name: 'TrustError' }));
  });

  test('nesting has an end', () => {
    let bytes = element(TAG.null);
    for (let i = 0; i < 40; i++) bytes = encodeElement(TAG.sequence, bytes);
    expect(() => check(bytes)).toThrow(expect.objectContaining({ code: 'der/too-deep' }));
  });

  test('the place is where the flaw is', () => {
    const bytes = encodeElement(TAG.sequence, element(TAG.null), element(TAG.boolean, 1));
    expect(() => check(bytes)).toThrow(expect.objectContaining({ at: { offset: 4 } }));
  });
});
