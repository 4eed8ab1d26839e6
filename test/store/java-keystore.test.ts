import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import { issue } from '../support/certificates.ts';
import { CREATED, type JavaKeystoreParts, javaKeystore, PASSWORD } from './builders.ts';
import { succeedsOrThrowsTrustError, summarize, trustError } from './expectations.ts';
import { FIXTURE_PASSWORD, fixture } from './keystore-fixtures.ts';
import { ODD_JKS } from './odd-keystores.ts';

const root = issue({ subject: 'CN=Root' });
const NUM_RUNS = process.env.SLOW === undefined ? 200 : 20_000;

describe('decoding JKS', () => {
  test.each(ODD_JKS.map((store) => [store.name, store] as const))('%s', (_, { bytes, entries }) => {
    const keystore = decodeKeystore(bytes, { password: PASSWORD });
    expect(keystore).toMatchObject({ type: 'jks', integrity: 'verified' });
    expect(summarize(keystore.entries)).toEqual(entries);
  });

  test('says why Java does not see an entry', () => {
    const { entries } = open({
      entries: [
        { alias: 'Root', certificates: [root.der] },
        { alias: 'Root', certificates: [root.der] },
      ],
    });
    expect(entries.map(({ note }) => note)).toEqual([
      'a later entry has the same alias, and Java keeps only that one; the alias has upper-case letters, and Java looks for aliases in lower case only',
      'the alias has upper-case letters, and Java looks for aliases in lower case only',
    ]);
  });

  test('keeps an entry whose certificate does not decode, and its fingerprint', () => {
    const { entries } = open({ entries: [{ alias: 'bad', certificates: [Uint8Array.of(1, 2, 3)] }] });
    expect(entries).toMatchObject([
      {
        alias: 'bad',
        certificates: [],
        fingerprints: ['039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81'],
        note: expect.stringContaining('not a certificate'),
      },
    ]);
  });

  test('keeps the good certificates of a chain with a bad one', () => {
    const { entries } = open({
      entries: [{ alias: 'key', key: Uint8Array.of(0), certificates: [root.der, Uint8Array.of(0)] }],
    });
    expect(entries[0]?.certificates.map(({ sha256 }) => sha256)).toEqual([root.certificate.sha256]);
    expect(entries[0]?.fingerprints).toHaveLength(2);
  });

  test('gives a date that no Date can hold as null', () => {
    const entries = [{ alias: 'ca', created: 2n ** 63n - 1n, certificates: [root.der] }];
    expect(open({ entries }).entries[0]?.created).toBeNull();
    expect(open({ entries: [{ alias: 'ca', certificates: [root.der] }] }).entries[0]?.created).toEqual(CREATED);
  });

  test('notes bytes after the digest', () => {
    expect(open({ trailing: Uint8Array.of(1, 2) }).notes).toEqual([
      { code: 'keystore/trailing-bytes', message: expect.stringContaining('2 bytes follow the digest') },
    ]);
  });

  test('lists without a password, and says that nothing was verified', () => {
    const bytes = javaKeystore({ entries: [{ alias: 'ca', certificates: [root.der] }] });
    expect(decodeKeystore(bytes, { password: null })).toMatchObject({
      integrity: 'not-verified',
      entries: [{ alias: 'ca' }],
    });
  });

  test.each(['', 'ლ(ಠ益ಠლ)', '\ud800'])('takes the password %j', (password) => {
    const bytes = javaKeystore({ password });
    expect(decodeKeystore(bytes, { password }).integrity).toBe('verified');
    expect(() => decodeKeystore(bytes, { password: `${password}x` })).toThrow(trustError('keystore/wrong-password'));
  });

  test('hands the source on, with the alias', () => {
    const bytes = javaKeystore({ entries: [{ alias: 'ca', certificates: [root.der] }] });
    const source = { input: 'a.zip', member: 'tg.jks', line: null, alias: null, trustpoint: null };
    const { entries } = decodeKeystore(bytes, { password: null, source });
    expect(entries[0]?.certificates[0]?.source).toEqual({ ...source, alias: 'ca' });
  });
});

describe('refusing JKS', () => {
  const valid = javaKeystore({ entries: [{ alias: 'ca', certificates: [root.der] }] });

  test.each([
    { name: 'version 3', bytes: javaKeystore({ version: 3 }), code: 'keystore/malformed', at: { offset: 4 } },
    {
      name: 'an unknown entry type',
      bytes: javaKeystore({ entries: [{ alias: 'x', tag: 4 }] }),
      code: 'keystore/malformed',
      at: { offset: 12, entry: '#1' },
    },
    {
      name: 'a secret key, which only JCEKS has',
      bytes: javaKeystore({ entries: [{ alias: 'x', sealed: Uint8Array.of(0) }] }),
      code: 'keystore/malformed',
      at: { offset: 12 },
    },
    {
      name: 'four billion entries',
      bytes: javaKeystore({ count: 0xffffffff }).subarray(0, 12),
      code: 'keystore/truncated',
      at: { entry: '#1', offset: 12 },
    },
    {
      name: 'a certificate of four gigabytes',
      bytes: patch(valid, 12 + 4 + 4 + 8 + 7, [0xff, 0xff, 0xff, 0xff]),
      code: 'keystore/truncated',
      at: { entry: 'ca', offset: 39 },
    },
    {
      name: 'a key of four gigabytes',
      bytes: patch(javaKeystore({ entries: [{ alias: 'k', key: Uint8Array.of(0) }] }), 27, [0xff, 0xff, 0xff, 0xff]),
      code: 'keystore/truncated',
      at: { entry: 'k' },
    },
    {
      name: 'a chain of four billion certificates',
      bytes: patch(javaKeystore({ entries: [{ alias: 'k', key: Uint8Array.of(0) }] }), 32, [0xff, 0xff, 0xff, 0xff]),
      code: 'keystore/truncated',
      at: { entry: 'k' },
    },
    {
      name: 'an alias that is not modified UTF-8',
      bytes: patch(valid, 18, [0xff]),
      code: 'keystore/malformed',
      at: { entry: '#1' },
    },
    { name: 'no digest', bytes: valid.subarray(0, -20), code: 'keystore/truncated', at: { offset: valid.length - 20 } },
  ] as const)('$name', ({ bytes, code, at }) => {
    expect(() => decodeKeystore(bytes, { password: null })).toThrow(trustError(code, at));
  });

  test('says that a wrong password and a damaged file look the same', () => {
    const damaged = patch(valid, valid.length - 1, [(valid.at(-1) ?? 0) ^ 1]);
    expect(() => decodeKeystore(damaged, { password: PASSWORD })).toThrow(
      expect.objectContaining({ code: 'keystore/wrong-password', hint: expect.stringContaining('cannot tell apart') }),
    );
  });

  test('makes an alias in a message printable', () => {
    const bytes = javaKeystore({ entries: [{ alias: 'a\u001b[2J', key: Uint8Array.of(0) }], count: 2 }).subarray(0, 34);
    expect(() => decodeKeystore(bytes, { password: null })).toThrow(
      trustError('keystore/truncated', { entry: 'a\\u{1b}[2J' }),
    );
  });
});

describe('JCEKS', () => {
  test('keeps secret keys apart, and reads on after them', () => {
    const { type, entries } = decodeKeystore(fixture('gateway.jceks'), { password: FIXTURE_PASSWORD });
    expect(type).toBe('jceks');
    expect(entries.filter(({ kind }) => kind === 'secret-key').map(({ alias, note }) => [alias, note])).toEqual([
      ['secret-aes', undefined],
      ['secret-desede', undefined],
    ]);
  });

  test('lists what stands before a secret key that cannot be walked', () => {
    const sealed = Uint8Array.of(0xac, 0xed, 0, 5, 0x7d, 0, 0);
    const bytes = javaKeystore({
      type: 'jceks',
      entries: [
        { alias: 'ca', certificates: [root.der] },
        { alias: 'odd', sealed },
        { alias: 'later', certificates: [root.der] },
      ],
    });
    const { entries, notes, integrity } = decodeKeystore(bytes, { password: PASSWORD });
    expect(integrity).toBe('verified');
    expect(entries).toMatchObject([
      { alias: 'ca', kind: 'trusted-certificate' },
      { alias: 'odd', kind: 'secret-key', note: expect.stringContaining('cannot be walked') },
    ]);
    expect(notes).toEqual([{ code: 'keystore/unread-entries', message: expect.stringContaining('"odd"') }]);
    expect(() => editKeystore(bytes, [{ action: 'remove', alias: 'ca' }], { password: PASSWORD })).toThrow(
      trustError('keystore/cannot-preserve'),
    );
  });

  test('says that Java accepts one class of secret keys only', () => {
    const sealed = Buffer.from('aced0005737200017800000000000000000200007870', 'hex');
    const { entries } = open({ type: 'jceks', entries: [{ alias: 'x', sealed }] });
    expect(entries[0]?.note).toBe('current Java opens no keystore with a secret key of class x');
  });
});

describe('anything else', () => {
  test('every truncation is a TrustError', () => {
    for (const name of ['gateway.jks', 'gateway.jceks']) {
      const bytes = fixture(name);
      for (let length = 0; length < bytes.length; length++) {
        const cut = bytes.subarray(0, length);
        expect(() => decodeKeystore(cut, { password: FIXTURE_PASSWORD })).toThrow(
          expect.objectContaining({ name: 'TrustError' }),
        );
      }
    }
  });

  test('a changed byte is a TrustError with the password, and never anything else without', () => {
    const bytes = fixture('gateway.jceks');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (offset, change) => {
        const changed = patch(bytes, offset, [(bytes[offset] ?? 0) ^ change]);
        expect(() => decodeKeystore(changed, { password: FIXTURE_PASSWORD })).toThrow(
          expect.objectContaining({ name: 'TrustError' }),
        );
        succeedsOrThrowsTrustError(() =>
          decodeKeystore(changed, { password: null }).entries.map(({ certificates, note }) => [certificates, note]),
        );
      }),
      { numRuns: NUM_RUNS },
    );
  });

  test('noise is a TrustError', () => {
    const header = fc.constantFrom([], [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2], [0xce, 0xce, 0xce, 0xce, 0, 0, 0, 2]);
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 300 }), (start, noise) => {
        expect(() => decodeKeystore(Uint8Array.from([...start, ...noise]), { password: 'x' })).toThrow(
          expect.objectContaining({ name: 'TrustError' }),
        );
      }),
      { numRuns: NUM_RUNS },
    );
  });
});

function open(parts: JavaKeystoreParts): ReturnType<typeof decodeKeystore> {
  return decodeKeystore(javaKeystore(parts), { password: PASSWORD });
}

function patch(bytes: Uint8Array, offset: number, values: readonly number[]): Uint8Array {
  const patched = Uint8Array.from(bytes);
  patched.set(values, offset);
  return patched;
}
