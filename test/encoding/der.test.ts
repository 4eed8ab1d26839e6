import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  childrenOf,
  contentOf,
  decodeElement,
  encodeElement,
  encodeInteger,
  encodeOid,
  readBitString,
  readCount,
  readElement,
  readInteger,
  readOid,
  TAG,
} from '../../src/encoding/der.ts';
import { readTime } from '../../src/encoding/der-time.ts';
import { TrustError } from '../../src/errors.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('readElement refuses', () => {
  test.each([
    { name: 'nothing', hex: '', code: 'der/truncated', offset: 0 },
    { name: 'a tag without a length', hex: '30', code: 'der/truncated', offset: 1 },
    { name: 'a length that is cut', hex: '30 82 01', code: 'der/truncated', offset: 3 },
    { name: 'content that is cut', hex: '04 03 01 02', code: 'der/truncated', offset: 0 },
    { name: 'a length of 4 GiB', hex: '04 84 ff ff ff ff 00', code: 'der/truncated', offset: 0 },
    { name: 'a length of five octets', hex: '04 85 01 00 00 00 00', code: 'der/bad-length', offset: 1 },
    { name: 'a long form for a short length', hex: '04 81 01 00', code: 'der/bad-length', offset: 1 },
    { name: 'a padded long form', hex: '04 82 00 80', code: 'der/bad-length', offset: 1 },
    { name: 'an indefinite length', hex: '30 80 00 00', code: 'der/bad-length', offset: 1 },
    { name: 'a tag of two octets', hex: '3f 21 00', code: 'der/unexpected-tag', offset: 0 },
  ])('$name', ({ hex, code, offset }) => {
    expect(() => readElement(bytes(hex))).toThrow(expect.objectContaining({ code, at: { offset } }));
  });
});

test('BER rules accept indefinite and padded lengths', () => {
  const outer = readElement(bytes('30 80 30 80 02 01 05 00 00 04 81 01 aa 00 00'), 0, 15, 'ber');
  expect(outer.end).toBe(15);
  const [inner, octets] = childrenOf(outer, 'ber');
  expect(readInteger(childrenOf(inner as never, 'ber')[0])).toBe(5n);
  expect(contentOf(octets as never)).toEqual(bytes('aa'));
});

test('indefinite lengths inside one another are bounded', () => {
  const deep = new Uint8Array(4000).map((_, i) => (i % 2 === 0 ? 0x30 : 0x80));
  expect(() => readElement(deep, 0, deep.length, 'ber')).toThrow(expect.objectContaining({ code: 'der/too-deep' }));
});

test('decodeElement says how many bytes follow', () => {
  expect(() => decodeElement(bytes('05 00 00 00'), TAG.null)).toThrow(/2 bytes follow/);
});

describe('object identifiers', () => {
  test.each([
    '0.9.2342.19200300.100.1.25',
    '1.2.840.113549.1.1.11',
    '2.16.840.1.113894.746875.1.1',
    '2.999.3',
    '2.5.4.3',
  ])('%s', (oid) => {
    expect(readOid(readElement(encodeOid(oid)))).toBe(oid);
  });

  test('an arc of 40 octets does not overflow', () => {
    const arc = (1n << 270n) - 1n;
    expect(readOid(readElement(encodeOid(`1.2.${arc}`)))).toBe(`1.2.${arc}`);
  });

  test('any of them is read as it was written, whatever was read before', () => {
    const arc = fc.oneof(fc.nat(200).map(BigInt), fc.bigInt({ min: 0n, max: 2n ** 70n }));
    fc.assert(
      fc.property(fc.nat(1), fc.nat(39), fc.array(arc, { maxLength: 6 }), (first, second, rest) => {
        const oid = [first, second, ...rest].join('.');
        for (let times = 0; times < 2; times++) expect(readOid(readElement(encodeOid(oid)))).toBe(oid);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(['06 00', '06 02 2a 80', '06 02 80 01'])('%s is refused', (hex) => {
    expect(() => readOid(readElement(bytes(hex)))).toThrow(expect.objectContaining({ code: 'der/bad-value' }));
  });
});

describe('times', () => {
  test.each([
    { tag: TAG.utcTime, text: '491231235959Z', iso: '2049-12-31T23:59:59.000Z' },
    { tag: TAG.utcTime, text: '500101000000Z', iso: '1950-01-01T00:00:00.000Z' },
    { tag: TAG.generalizedTime, text: '20500101000000Z', iso: '2050-01-01T00:00:00.000Z' },
    { tag: TAG.generalizedTime, text: '99991231235959Z', iso: '9999-12-31T23:59:59.000Z' },
    { tag: TAG.utcTime, text: '240229120000Z', iso: '2024-02-29T12:00:00.000Z' },
    { tag: TAG.generalizedTime, text: '20000229000000Z', iso: '2000-02-29T00:00:00.000Z' },
    { tag: TAG.generalizedTime, text: '00990228000000Z', iso: '0099-02-28T00:00:00.000Z' },
    { tag: TAG.generalizedTime, text: '00000101000000Z', iso: '0000-01-01T00:00:00.000Z' },
  ])('$text', ({ tag, text, iso }) => {
    expect(readTime(readElement(encodeElement(tag, Buffer.from(text)))).toISOString()).toBe(iso);
  });

  test.each([
    '230229120000Z',
    '2401010000Z',
    '240101000000+0100',
    '240101000000.5Z',
    '241301000000Z',
    '240001000000Z',
    '240100000000Z',
    '240431000000Z',
    '240132000000Z',
    '241232000000Z',
    '240101006000Z',
    '240101000060Z',
    '240101240000Z',
    '',
  ])('%s is refused', (text) => {
    expect(() => readTime(readElement(encodeElement(TAG.utcTime, Buffer.from(text))))).toThrow(
      expect.objectContaining({ code: 'der/bad-value' }),
    );
  });

  test('any instant of ten thousand years is read back', () => {
    const years = { min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') };
    fc.assert(
      fc.property(fc.date({ ...years, noInvalidDate: true }), (date) => {
        const text = date.toISOString().replace(/\.\d+|[-:T]/g, '');
        const read = readTime(readElement(encodeElement(TAG.generalizedTime, Buffer.from(text))));
        expect(read.getTime()).toBe(Math.floor(date.getTime() / 1000) * 1000);
      }),
    );
  });
});

test('integers keep their sign', () => {
  expect(readInteger(readElement(bytes('02 01 80')))).toBe(-128n);
  expect(readInteger(readElement(bytes('02 02 00 80')))).toBe(128n);
  expect(() => readInteger(readElement(bytes('02 00')))).toThrow(TrustError);
});

test('a count is bounded', () => {
  expect(readCount(readElement(encodeInteger(2048)), 5_000_000)).toBe(2048);
  expect(() => readCount(readElement(encodeInteger(5_000_001)), 5_000_000)).toThrow(/between 0 and 5000000/);
  expect(() => readCount(readElement(bytes('02 01 ff')), 10)).toThrow(TrustError);
  // In decimal it would take seconds to write.
  const long = encodeElement(TAG.integer, new Uint8Array(1_000_000).fill(0x7f));
  expect(() => readCount(readElement(long), 10)).toThrow('a number of 1000000 octets is not between 0 and 10');
});

test('a bit string with a wrong count of unused bits is refused', () => {
  expect(() => readBitString(readElement(bytes('03 02 08 00')))).toThrow(TrustError);
  expect(() => readBitString(readElement(bytes('03 01 01')))).toThrow(TrustError);
  expect(() => readBitString(readElement(bytes('03 00')))).toThrow(TrustError);
});

test('any integer and any content survive encoding', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 1n << 300n }),
      (value) => readInteger(readElement(encodeInteger(value))) === value,
    ),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000 }), (content) => {
      expect(contentOf(decodeElement(encodeElement(TAG.octetString, content), TAG.octetString))).toEqual(content);
    }),
    { numRuns: 30 },
  );
});

test('noise gives a TrustError or an element, and nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('der' as const, 'ber' as const), (noise, rules) => {
      try {
        childrenOf(readElement(noise, 0, noise.length, rules), rules);
      } catch (error) {
        expect(error).toBeInstanceOf(TrustError);
      }
    }),
    { numRuns: 2000 },
  );
});
