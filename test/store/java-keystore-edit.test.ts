import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import type { KeystoreEdit } from '../../src/store/keystore.ts';
import { issue } from '../support/certificates.ts';
import { javaKeystore, PASSWORD } from './builders.ts';
import { trustError } from './expectations.ts';
import { FIXTURE_PASSWORD, fixture } from './keystore-fixtures.ts';

const first = issue({ subject: 'CN=First' });
const second = issue({ subject: 'CN=Second' });
const third = issue({ subject: 'CN=Third' });
const NOW = new Date('2026-11-21T10:00:00.123Z');
const KEY = Uint8Array.of(0x30, 3, 1, 2, 3);

const store = javaKeystore({
  entries: [
    { alias: 'first', certificates: [first.der] },
    { alias: 'key', key: KEY, certificates: [second.der, first.der] },
    { alias: 'Odd', created: -5n, certificateType: 'X509', certificates: [second.der] },
  ],
});

describe('adding', () => {
  test('appends an entry and touches no other byte but the count and the digest', () => {
    const edited = edit(store, [add('New-CA')]);
    const expected = javaKeystore({
      entries: [
        { alias: 'first', certificates: [first.der] },
        { alias: 'key', key: KEY, certificates: [second.der, first.der] },
        { alias: 'Odd', created: -5n, certificateType: 'X509', certificates: [second.der] },
        { alias: 'new-ca', created: BigInt(NOW.getTime()), certificates: [third.der] },
      ],
    });
    expect(edited).toEqual(expected);
  });

  test('refuses a creation date that is none', () => {
    const edits = [{ action: 'add', alias: 'new', certificate: third.certificate, created: new Date('soon') }] as const;
    expect(() => edit(store, edits)).toThrow(trustError('usage/bad-value'));
  });

  test('keeps version 1, which has no certificate types', () => {
    const edited = edit(javaKeystore({ version: 1 }), [add('new')]);
    const created = BigInt(NOW.getTime());
    expect(edited).toEqual(
      javaKeystore({ version: 1, entries: [{ alias: 'new', created, certificates: [third.der] }] }),
    );
  });

  test('an alias that holds the certificate already gives the same array back', () => {
    expect(edit(store, [add('FIRST', first)])).toBe(store);
    expect(edit(store, [])).toBe(store);
  });

  test('an alias in upper case, which Java does not find, is not taken', () => {
    const edited = edit(store, [add('odd')]);
    expect(aliases(edited)).toEqual(['first', 'key', 'Odd', 'odd']);
  });

  test.each([
    { name: 'another certificate', edits: [add('first')], message: 'the alias "first" holds another certificate' },
    { name: 'a key', edits: [add('KEY')], message: 'the alias "key" holds a key' },
    {
      name: 'one just added',
      edits: [add('new'), add('NEW', first)],
      message: 'the alias "new" holds another certificate',
    },
  ])('refuses an alias that holds $name', ({ edits, message }) => {
    expect(() => edit(store, edits)).toThrow(trustError('keystore/alias-taken'));
    expect(() => edit(store, edits)).toThrow(message);
  });

  test('refuses an alias that does not fit', () => {
    expect(() => edit(store, [add('x'.repeat(65_536))])).toThrow(trustError('keystore/refuses-entry'));
    expect(aliases(edit(store, [add('x'.repeat(65_535))]))).toHaveLength(4);
  });
});

describe('removing', () => {
  test.each([
    { name: 'the exact alias', alias: 'first', left: ['key', 'Odd'] },
    { name: 'an alias in other letter case', alias: 'FIRST', left: ['key', 'Odd'] },
    { name: 'an entry that Java does not see', alias: 'Odd', left: ['first', 'key'] },
  ])('takes $name', ({ alias, left }) => {
    expect(aliases(edit(store, [{ action: 'remove', alias }]))).toEqual(left);
  });

  test('takes all entries of one alias, since Java would see the earlier one otherwise', () => {
    const bytes = javaKeystore({
      entries: [
        { alias: 'ca', certificates: [first.der] },
        { alias: 'other', certificates: [third.der] },
        { alias: 'ca', certificates: [second.der] },
      ],
    });
    expect(aliases(edit(bytes, [{ action: 'remove', alias: 'ca' }]))).toEqual(['other']);
  });

  test.each([
    { name: 'a key', alias: 'key', code: 'keystore/refuses-entry' },
    { name: 'an alias that is not there', alias: 'none', code: 'keystore/alias-not-found' },
  ] as const)('refuses $name', ({ alias, code }) => {
    expect(() => edit(store, [{ action: 'remove', alias }])).toThrow(trustError(code));
  });

  test('refuses a word that fits two aliases', () => {
    const bytes = edit(store, [add('odd')]);
    expect(() => edit(bytes, [{ action: 'remove', alias: 'ODD' }])).toThrow(trustError('keystore/alias-ambiguous'));
    expect(aliases(edit(bytes, [{ action: 'remove', alias: 'odd' }]))).toEqual(['first', 'key', 'Odd']);
  });

  test('refuses a secret key', () => {
    expect(() =>
      editKeystore(fixture('gateway.jceks'), [{ action: 'remove', alias: 'secret-aes' }], {
        password: FIXTURE_PASSWORD,
      }),
    ).toThrow(trustError('keystore/refuses-entry'));
  });
});

describe('several edits', () => {
  test('replace an entry', () => {
    const edited = edit(store, [{ action: 'remove', alias: 'first' }, add('first')]);
    expect(decodeKeystore(edited, { password: PASSWORD }).entries).toMatchObject([
      { alias: 'key' },
      { alias: 'Odd' },
      { alias: 'first', created: NOW, fingerprints: [third.certificate.sha256] },
    ]);
  });

  test('that undo one another give the same array back', () => {
    expect(edit(store, [add('new'), { action: 'remove', alias: 'new' }])).toBe(store);
  });

  test('are all refused when one is', () => {
    expect(() => edit(store, [add('new'), { action: 'remove', alias: 'key' }])).toThrow(
      trustError('keystore/refuses-entry'),
    );
  });
});

describe('what must be right before', () => {
  test('the password', () => {
    expect(() => editKeystore(store, [], { password: null })).toThrow(trustError('keystore/password-missing'));
    expect(() => editKeystore(store, [add('x')], { password: 'wrong' })).toThrow(trustError('keystore/wrong-password'));
  });

  test('that nothing follows the digest', () => {
    const bytes = javaKeystore({ trailing: Uint8Array.of(0) });
    expect(() => edit(bytes, [add('x')])).toThrow(trustError('keystore/cannot-preserve'));
  });
});

describe.each([
  { name: 'a letter in two bytes', alias: 'ca', aliasBytes: Uint8Array.of(0xc1, 0xa3, 0x61) },
  { name: 'a letter in three bytes', alias: 'ca', aliasBytes: Uint8Array.of(0xe0, 0x81, 0xa3, 0x61) },
  { name: 'U+0000 in one byte', alias: 'c\0a\0', aliasBytes: Uint8Array.of(0x63, 0, 0x61, 0) },
  { name: 'U+0000 in one and in two bytes', alias: 'c\0a\0', aliasBytes: Uint8Array.of(0x63, 0, 0x61, 0xc0, 0x80) },
])('an alias with $name, which Java reads and never writes', ({ alias, aliasBytes }) => {
  const other = { alias: 'other', certificates: [second.der] };
  const bytes = javaKeystore({ entries: [{ alias, aliasBytes, certificates: [first.der] }, other] });

  test('is found', () => {
    expect(aliases(bytes)).toEqual([alias, 'other']);
    expect(aliases(edit(bytes, [{ action: 'remove', alias }]))).toEqual(['other']);
    expect(edit(bytes, [add(alias, first)])).toBe(bytes);
    expect(() => edit(bytes, [add(alias)])).toThrow(trustError('keystore/alias-taken'));
  });

  test('hides a key no more than any other does', () => {
    const withKey = javaKeystore({ entries: [{ alias, aliasBytes, key: KEY, certificates: [first.der] }, other] });
    expect(() => edit(withKey, [add(alias)])).toThrow('holds a key');
    expect(() => edit(withKey, [{ action: 'remove', alias }])).toThrow(trustError('keystore/refuses-entry'));
  });
});

test('an edit and its reverse give the original bytes', () => {
  const alias = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  for (const name of ['gateway.jks', 'gateway.jceks']) {
    const bytes = fixture(name);
    const present = new Set(aliases(bytes));
    fc.assert(
      fc.property(
        fc.uniqueArray(alias, { minLength: 1, maxLength: 5, selector: (text) => text.toLowerCase() }),
        (names) => {
          fc.pre(names.every((text) => !present.has(text.toLowerCase())));
          const password = FIXTURE_PASSWORD;
          const edited = editKeystore(
            bytes,
            names.map((text) => add(text)),
            { password },
          );
          const reverse = names.map((text): KeystoreEdit => ({ action: 'remove', alias: text.toLowerCase() }));
          expect(decodeKeystore(edited, { password }).entries).toHaveLength(present.size + names.length);
          expect(Buffer.compare(editKeystore(edited, reverse, { password }), bytes)).toBe(0);
        },
      ),
      { numRuns: process.env.SLOW === undefined ? 50 : 5000 },
    );
  }
});

test('certificates that do not decode are kept by an edit', () => {
  const bytes = javaKeystore({ entries: [{ alias: 'bad', certificates: [Uint8Array.of(1, 2, 3)] }] });
  const edited = edit(bytes, [add('new')]);
  expect(edited.subarray(12, bytes.length - 20)).toEqual(bytes.subarray(12, -20));
});

function add(alias: string, { certificate } = third): KeystoreEdit {
  return { action: 'add', alias, certificate, created: NOW };
}

function edit(bytes: Uint8Array, edits: readonly KeystoreEdit[]): Uint8Array {
  return editKeystore(bytes, edits, { password: PASSWORD });
}

function aliases(bytes: Uint8Array): string[] {
  return decodeKeystore(bytes, { password: null }).entries.map(({ alias }) => alias);
}
