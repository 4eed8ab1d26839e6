import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasBase64Run } from '../../src/input/text.ts';

test('a run of base64 is found wherever it stands, and whatever is around it', () => {
  const piece = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9+/]{0,30}$/),
    fc.constantFrom('\n', ' ', '\r\n', '-', 'A'.repeat(24), 'b'.repeat(64)),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 20 }),
      fc.constantFrom(8, 9, 24, 64, 100),
      fc.nat(5),
      (pieces, length, place) => {
        const text = pieces.join('');
        const bytes = new Uint8Array(Buffer.from('A'.repeat(place) + text)).subarray(place);
        expect(hasBase64Run(bytes, length)).toBe(new RegExp(`[A-Za-z0-9+/]{${length}}`).test(text));
      },
    ),
    { numRuns: process.env.SLOW ? 20_000 : 1_000 },
  );
});
