import fc from 'fast-check';
import { expect, test } from 'vitest';
import { childrenOf, decodeElement, encodeElement, readElement, TAG } from '../../src/encoding/der.ts';
import { DerReader } from '../../src/encoding/der-reader.ts';
import { TrustError } from '../../src/errors.ts';

const numRuns = process.env.SLOW ? 50_000 : 2000;

/** Headers of all forms, well-formed and not, with enough behind them for some to be whole. */
const headers = fc.tuple(
  fc.constantFrom(0x02, 0x05, 0x30, 0x31, 0xa0, 0x1f, 0xbf),
  fc.oneof(
    fc.nat(0xff).map((length) => [length]),
    fc.tuple(fc.constant(0x81), fc.nat(0xff)),
    fc.tuple(fc.constant(0x82), fc.nat(3), fc.nat(0xff)),
    fc.tuple(fc.constantFrom(0x83, 0x84, 0x85), fc.constant(0), fc.nat(1), fc.nat(0xff)),
  ),
  fc.nat(600),
);

const structures = fc.letrec<{ readonly element: Uint8Array }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 4 },
    fc.uint8Array({ maxLength: 300 }).map((content) => encodeElement(TAG.octetString, content)),
    fc.array(tie('element'), { maxLength: 4 }).map((parts) => encodeElement(TAG.sequence, ...parts)),
  ),
})).element;

function outcome<T>(work: () => T): T | { readonly code: string; readonly message: string; readonly at: unknown } {
  try {
    return work();
  } catch (error) {
    expect(error).toBeInstanceOf(TrustError);
    const { code, message, at } = error as TrustError;
    return { code, message, at };
  }
}

const placeOf = ({ tag, start, contentStart, contentEnd, end }: ReturnType<typeof readElement>) => {
  return { tag, start, contentStart, contentEnd, end };
};

test('a header is read, or refused, as readElement does it', () => {
  fc.assert(
    fc.property(headers, fc.nat(3), fc.nat(4), ([tag, length, rest], before, after) => {
      const bytes = Uint8Array.from([...Array(before).fill(0), tag, ...length, ...Array(rest).fill(0)]);
      const limit = Math.max(0, bytes.length - after);
      expect(outcome(() => placeOf(new DerReader(bytes).read(before, limit)))).toEqual(
        outcome(() => placeOf(readElement(bytes, before, limit))),
      );
    }),
    { numRuns },
  );
});

test('the elements inside of one are those of childrenOf, also where they are damaged', () => {
  fc.assert(
    fc.property(structures, fc.nat(), fc.nat(0xff), (whole, place, octet) => {
      const damaged = Uint8Array.from(whole);
      damaged[place % damaged.length] = octet;
      for (const bytes of [whole, damaged]) {
        const starts = outcome(() => new DerReader(bytes).read(0, bytes.length).children());
        expect(starts).toEqual(outcome(() => childrenOf(readElement(bytes)).map(({ start }) => start)));
        const skipped = outcome(() => {
          const reader = new DerReader(bytes).read(0, bytes.length);
          reader.skip(reader.contentStart, reader.end);
          return null;
        });
        expect(skipped).toEqual(Array.isArray(starts) ? null : starts);
      }
    }),
    { numRuns },
  );
});

test.each([
  ['the right one', Uint8Array.of(0x30, 1, 0)],
  ['another tag', Uint8Array.of(0x31, 1, 0)],
  ['something behind it', Uint8Array.of(0x30, 1, 0, 0)],
  ['too little', Uint8Array.of(0x30, 2, 0)],
  ['nothing', new Uint8Array()],
])('the one element that fills a range: %s', (_, bytes) => {
  expect(outcome(() => placeOf(new DerReader(bytes).readWhole(0, bytes.length, TAG.sequence)))).toEqual(
    outcome(() => placeOf(decodeElement(bytes, TAG.sequence))),
  );
});

test('behind the last element there is none, and none is missed where one has to be', () => {
  const reader = new DerReader(Uint8Array.of(0x30, 2, 5, 0));
  const { contentStart, end } = reader.read(0, 4);
  expect(reader.next(contentStart, end)?.tag).toBe(TAG.null);
  expect(reader.next(reader.end, end)).toBeUndefined();
  expect(placeOf(reader.expect(contentStart, end, TAG.null))).toEqual(placeOf(readElement(reader.bytes, 2)));
  const wanted = (at: number, tag: number) => outcome(() => placeOf(reader.expect(at, end, tag)));
  expect(wanted(contentStart, TAG.integer)).toMatchObject({ code: 'der/unexpected-tag', at: { offset: 2 } });
  expect(wanted(end, TAG.null)).toMatchObject({ code: 'der/truncated' });
});
