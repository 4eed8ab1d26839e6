import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasBase64Run } from '../../src/input/text.ts';

test('a run of base64 is found wherever it stands, and whatever is around it', () => {
  const piece = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9+/]{0,30}$/),
    fc.constantFrom('\n', ' ', '\r\n', '-', 'A'.repeat(24), 'b'.repeat(64)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.constantFrom(1, 2, 24, 64, 100), (pieces, length) => {
      const text = pieces.join('');
      expect(hasBase64Run(Buffer.from(text), length)).toBe(new RegExp(`[A-Za-z0-9+/]{${length}}`).test(text));
    }),
    { numRuns: process.env.SLOW ? 20_000 : 1_000 },
  );
});
