import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../src/encoding/byte-reader.ts';
import { ByteWriter, concatBytes, equalBytes } from '../../src/encoding/byte-writer.ts';
import { colonHex, decodeHex, encodeHex, groupHex, normaliseSha256 } from '../../src/encoding/hex.ts';
import { decodeModifiedUtf8, encodeModifiedUtf8 } from '../../src/encoding/modified-utf8.ts';
import { toPrintable } from '../../src/encoding/printable.ts';

test('what ByteWriter writes, ByteReader reads', () => {
  const bytes = new ByteWriter().uint32(0xfeedfeed).uint16(7).int64(-5n).bytes(Uint8Array.of(1, 2)).toBytes();
  const reader = new ByteReader(bytes, 'keystore/truncated');
  expect([reader.uint32(), reader.uint16(), reader.int64(), ...reader.bytes(2), reader.remaining]).toEqual([
    0xfeedfeed, 7, -5, 1, 2, 0,
  ]);
});

test('ByteReader never reads past the end and says where it stood', () => {
  const reader = new ByteReader(new Uint8Array(6), 'keystore/truncated');
  reader.uint32();
  expect(() => reader.bytes(0xffffffff)).toThrow(
    expect.objectContaining({
      code: 'keystore/truncated',
      message: 'needs 4294967295 bytes, has 2',
      at: { offset: 4 },
    }),
  );
  expect(reader.uint8()).toBe(0);
  expect(() => reader.uint16()).toThrow(expect.objectContaining({ at: { offset: 5 } }));
});

test('joining and comparing bytes', () => {
  expect(concatBytes([Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)])).toEqual(Uint8Array.of(1, 2, 3));
  expect([equalBytes(Uint8Array.of(1), Uint8Array.of(1)), equalBytes(Uint8Array.of(1), Uint8Array.of(1, 2))]).toEqual([
    true,
    false,
  ]);
});

describe('hex', () => {
  const digest = '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86';
  test.each([
    digest,
    digest.toUpperCase(),
    (digest.match(/../g) ?? []).join(':'),
    `sha256:${digest}`,
    `SHA256 Fingerprint=${(digest.toUpperCase().match(/../g) ?? []).join(':')}`,
    `  ${groupHex(digest)} \n`,
  ])('%s is a SHA-256 fingerprint', (text) => {
    expect(normaliseSha256(text)).toBe(digest);
  });

  test.each(['', 'x', digest.slice(1), `${digest}00`, digest.replace('8', 'g'), '85a0'])('"%s" is not', (text) => {
    expect(normaliseSha256(text)).toBeNull();
  });

  test('any bytes survive', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) =>
        equalBytes(decodeHex(encodeHex(bytes)) ?? Uint8Array.of(), bytes),
      ),
    );
  });

  test('devices print groups of eight upper-case digits', () => {
    expect(groupHex('ca3afbcf12')).toBe('CA3AFBCF 12');
    expect(colonHex('ca3afbcf12')).toBe('CA:3A:FB:CF:12');
  });
});

describe('modified UTF-8', () => {
  test.each([
    { name: 'ASCII', text: 'root-1', hex: '726f6f742d31' },
    { name: 'NUL', text: 'a\u0000b', hex: '61c08062' },
    { name: 'two bytes', text: 'ü', hex: 'c3bc' },
    { name: 'three bytes', text: '根', hex: 'e6a0b9' },
    { name: 'two surrogates', text: '😀', hex: 'eda0bdedb880' },
  ])('$name', ({ text, hex }) => {
    expect(encodeHex(encodeModifiedUtf8(text))).toBe(hex);
    expect(decodeModifiedUtf8(Buffer.from(hex, 'hex'))).toBe(text);
  });

  test.each(['c3', 'c341', 'e6a0', 'f09f9880', '80', 'e64141'])('%s is refused', (hex) => {
    expect(() => decodeModifiedUtf8(Buffer.from(hex, 'hex'))).toThrow(
      expect.objectContaining({ code: 'keystore/malformed' }),
    );
  });

  test('any string of UTF-16 units survives', () => {
    const unit = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const text = String.fromCharCode(...units);
        return decodeModifiedUtf8(Buffer.from(encodeModifiedUtf8(text))) === text;
      }),
    );
  });
});

test.each([
  { text: 'plain ü 根 😀', printed: 'plain ü 根 😀' },
  { text: 'a\u001b[31mb\r\nc', printed: 'a\\u{1b}[31mb\\u{d}\\u{a}c' },
  { text: '\u202egnp.exe', printed: '\\u{202e}gnp.exe' },
  { text: '\ud800x', printed: '\\u{d800}x' },
])('hostile text is printed as $printed', ({ text, printed }) => {
  expect(toPrintable(text)).toBe(printed);
});
