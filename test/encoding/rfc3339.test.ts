/** Instants as text. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toRfc3339 } from '../../src/encoding/rfc3339.ts';

test('an instant is written as ECMAScript writes it, without the part of a second where there is none', () => {
  const property = fc.property(fc.date({ noInvalidDate: true }), fc.boolean(), (date, isWhole) => {
    const instant = isWhole ? new Date(Math.floor(date.getTime() / 1000) * 1000) : date;
    fc.pre(!Number.isNaN(instant.getTime()));
    expect(toRfc3339(instant)).toBe(instant.toISOString().replace('.000Z', 'Z'));
  });
  fc.assert(property, { numRuns: 1000 });
});

test('days are written right when more are asked for than are kept', () => {
  for (const _ of [1, 2]) {
    for (let day = -3000; day < 3000; day++) {
      const date = new Date(day * 86_400_000 + 86_399_000);
      expect(toRfc3339(date)).toBe(`${date.toISOString().slice(0, 10)}T23:59:59Z`);
    }
  }
});
