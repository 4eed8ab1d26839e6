import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameNewEntries, planStore, type StoreEdits } from '../../src/rotation/store-plan.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { javaKeystore, PASSWORD } from '../store/builders.ts';
import { trustError } from '../store/expectations.ts';
import { AT, issue } from '../support/certificates.ts';

const [first, second, third, added] = ['First', 'Second', 'Third', 'Added'].map((name) =>
  issue({ subject: `CN=${name}` }),
) as [ReturnType<typeof issue>, ReturnType<typeof issue>, ReturnType<typeof issue>, ReturnType<typeof issue>];
const KEY = Uint8Array.of(0x30, 3, 1, 2, 3);

const one = { alias: 'one', certificates: [first.der] };
const key = { alias: 'key', key: KEY, certificates: [second.der, first.der] };
const odd = { alias: 'Odd', created: -5n, certificateType: 'X509', certificates: [third.der] };
const last = { alias: 'last', certificates: [second.der] };
const entries = [one, key, odd, last];
const fresh = { alias: 'new', created: BigInt(AT.getTime()), certificates: [added.der] };
const bytes = javaKeystore({ entries });

function plan(edits: Partial<StoreEdits>, store: Uint8Array = bytes): ReturnType<typeof planStore> {
  const input = { path: '/tg.jks', name: 'tg.jks', bytes: store, password: PASSWORD };
  const none = { removed: [], added: [], present: [], created: AT };
  return planStore(input, decodeKeystore(store, { password: PASSWORD }), { ...none, ...edits });
}

const addition = { added: [{ alias: 'new', certificate: added.certificate }] };

describe('what was written for an addition', () => {
  test('is what was planned', () => {
    const { after, verify } = plan(addition);
    expect(after).toEqual(javaKeystore({ entries: [...entries, fresh] }));
    expect(() => verify(javaKeystore({ entries: [...entries, fresh] }))).not.toThrow();
  });

  test.each([
    { name: 'without an entry', written: [one, odd, last, fresh] },
    { name: 'with one more', written: [...entries, fresh, { ...last, alias: 'more' }] },
    { name: 'without the new one', written: entries },
    { name: 'with another instead of the new one', written: [...entries, { ...fresh, certificates: [third.der] }] },
    { name: 'with another alias', written: [{ ...one, alias: 'two' }, key, odd, last, fresh] },
    { name: 'with another date', written: [{ ...one, created: 5n }, key, odd, last, fresh] },
    { name: 'with another key', written: [one, { ...key, key: KEY.toReversed() }, odd, last, fresh] },
    { name: 'with a shorter chain', written: [one, { ...key, certificates: [second.der] }, odd, last, fresh] },
    { name: 'with another type', written: [one, key, { ...odd, certificateType: 'X.50' }, last, fresh] },
    { name: 'with an entry that a new alias hides', written: [...entries, { ...fresh, alias: 'one' }] },
    { name: 'with the new entry hidden', written: [...entries, { ...fresh, alias: 'NEW' }] },
  ])('does not verify $name', ({ written }) => {
    expect(() => plan(addition).verify(javaKeystore({ entries: written }))).toThrow(
      trustError('file/verification-failed'),
    );
  });

  test('does not verify with another password', () => {
    const other = javaKeystore({ entries: [...entries, fresh], password: 'other1' });
    expect(() => plan(addition).verify(other)).toThrow(trustError('keystore/wrong-password'));
  });

  test('verifies in another order, which Java does not see', () => {
    expect(() => plan(addition).verify(javaKeystore({ entries: [fresh, last, odd, key, one] }))).not.toThrow();
  });

  test('does not verify with any bit of an old entry changed', () => {
    const whole = javaKeystore({ entries: [...entries, fresh] });
    fc.assert(
      fc.property(fc.integer({ min: 12, max: bytes.length - 21 }), fc.integer({ min: 0, max: 7 }), (offset, bit) => {
        const written = whole.slice();
        written[offset] = (written[offset] as number) ^ (1 << bit);
        const { index } = decodeKeystore(bytes, { password: null });
        const other = readable(written);
        fc.pre(other !== undefined && index?.countSame !== undefined);
        expect(index?.countSame?.(other as NonNullable<typeof other>)).toBe(0);
      }),
      { numRuns: process.env.SLOW === undefined ? 200 : 10_000 },
    );
  });
});

/** The entries of a keystore whose digest is not looked at; undefined where it cannot be read. */
function readable(store: Uint8Array): ReturnType<typeof decodeKeystore>['index'] {
  try {
    return decodeKeystore(store, { password: null }).index;
  } catch {
    return undefined;
  }
}

test('what was written for a removal is what was planned', () => {
  const { entries: present } = decodeKeystore(bytes, { password: PASSWORD });
  const { after, unchanged, verify } = plan({ removed: present.filter(({ alias }) => alias === 'Odd') });
  expect(after).toEqual(javaKeystore({ entries: [one, key, last] }));
  expect(unchanged).toBe(3);
  expect(() => verify(javaKeystore({ entries: [one, key, last] }))).not.toThrow();
  expect(() => verify(javaKeystore({ entries: [one, key] }))).toThrow(trustError('file/verification-failed'));
});

describe('names for new entries', () => {
  const { certificate } = added;
  const name = (digits: number) => `added-${certificate.sha256.slice(0, digits)}`;

  test.each([
    { taken: [], expected: name(8) },
    { taken: ['added', certificate.sha256.slice(0, 8)], expected: name(8) },
    { taken: [name(8)], expected: name(16) },
    { taken: [name(8).toUpperCase()], expected: name(16) },
    { taken: [name(8), name(16)], expected: name(64) },
    { taken: [name(8), name(16), name(64), `${name(64)}-2`], expected: `${name(64)}-3` },
  ])('where $taken is taken', ({ taken, expected }) => {
    const store = javaKeystore({ entries: taken.map((alias) => ({ alias, certificates: [first.der] })) });
    const keystore = decodeKeystore(store, { password: PASSWORD });
    expect(nameNewEntries([certificate], keystore)).toEqual([{ alias: expected, certificate }]);
    expect(nameNewEntries([certificate], { entries: keystore.entries })).toEqual([{ alias: expected, certificate }]);
  });
});
