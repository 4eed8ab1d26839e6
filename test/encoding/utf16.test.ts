import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeUtf16 } from '../../src/encoding/utf16.ts';

test('any text comes back, short or long, with surrogates that stand alone', () => {
  const text = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });
  fc.assert(
    fc.property(text, fc.nat(3), fc.constantFrom(1, 40), (some, offset, times) => {
      const whole = some.repeat(times);
      const encoded = Buffer.from(whole, 'utf16le').swap16();
      const bytes = Uint8Array.from([...new Uint8Array(offset), ...encoded, 0x41]);
      expect(decodeUtf16(bytes, offset, offset + encoded.length)).toBe(whole);
    }),
  );
});
