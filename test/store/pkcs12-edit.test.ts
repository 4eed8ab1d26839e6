import { describe, expect, test } from 'vitest';
import { encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { encodeHex } from '../../src/encoding/hex.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import {
  bag,
  contentInfo,
  crlBag,
  data,
  macData,
  nestedBag,
  PASSWORD,
  pfx,
  plainKeyBag,
  unknownBag,
} from './builders.ts';
import { summarize, trustError } from './expectations.ts';
import { FIXTURE_PASSWORD, fixture, fixtureCertificate, fixturePassword, SCHEMES } from './keystore-fixtures.ts';
import { CERTIFICATES } from './odd-keystores.ts';
import { takeApart } from './pkcs12-bytes.ts';
import {
  add,
  aliases,
  certificate,
  edit,
  entries,
  entriesOf,
  key,
  newBag,
  PKCS12_FIXTURES,
  privateKey,
  remove,
  trusted,
} from './pkcs12-editing.ts';

/** The numbers that the builders have for salts and initialisation vectors. */
const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i);

describe('what is written', () => {
  const others = [certificate('root', { friendlyName: 'Orphan', localKeyId: 'x' }), unknownBag(), crlBag()];

  test.each([
    { name: 'encrypted, with a MAC', parts: { encrypted: true } },
    { name: 'plain, with a MAC', parts: {} },
    { name: 'encrypted, with PBMAC1', parts: { encrypted: true, mac: 'pbmac1' } },
    { name: 'encrypted, without a MAC', parts: { encrypted: true, mac: null } },
    { name: 'plain, without a MAC', parts: { mac: null } },
    { name: 'of another version', parts: { version: 1 } },
    { name: 'under a password beyond ASCII', parts: { encrypted: true, password: 'pässwörd€😀' } },
  ] as const)('is the same file with one more bag: $name', ({ parts }) => {
    const password = 'password' in parts ? parts.password : PASSWORD;
    const edited = editKeystore(pfx({ ...parts, safes: [[key], others] }), [add('New')], {
      password,
      random: counting,
    });
    expect(edited).toEqual(new Uint8Array(pfx({ ...parts, safes: [[key], [...others, newBag()]] })));
  });

  test('is the bag that keytool writes', () => {
    const original = takeApart(fixture('gateway-java17.p12'), FIXTURE_PASSWORD);
    const again = add('old-root', { certificate: fixtureCertificate('old-root') });
    const edited = editKeystore(fixture('gateway-java17.p12'), [remove('old-root'), again], {
      password: FIXTURE_PASSWORD,
    });
    const bags = (file: typeof original): readonly string[] => file.safes.flatMap((safe) => safe.bags);
    const after = takeApart(edited, FIXTURE_PASSWORD);
    expect(bags(after)).not.toEqual(bags(original));
    expect(bags(after).toSorted()).toEqual(bags(original).toSorted());
  });

  test('is the same for the same random numbers, and else another', () => {
    const bytes = fixture('openssl3.p12');
    const options = { password: FIXTURE_PASSWORD };
    const fixed = () => editKeystore(bytes, [add('new')], { ...options, random: counting });
    const free = () => editKeystore(bytes, [add('new')], options);
    expect(fixed()).toEqual(fixed());
    expect(free()).not.toEqual(free());
  });
});

describe.each([...PKCS12_FIXTURES, ...SCHEMES])('%s', (name) => {
  test('with a root added and removed again keeps every other byte, and how all is protected', () => {
    const password = fixturePassword(name);
    const before = takeApart(fixture(name), password);
    const edited = editKeystore(fixture(name), [add('new')], { password });
    const after = takeApart(edited, password);
    const changed = before.safes.findIndex(({ encoding }, index) => after.safes[index]?.encoding !== encoding);
    for (const [index, safe] of before.safes.entries()) {
      if (index !== changed) expect(after.safes[index]).toEqual(safe);
    }
    const [old, fresh] = [before.safes[changed], after.safes[changed]];
    expect(fresh?.bags).toEqual([...(old?.bags ?? []), encodeHex(newBag())]);
    expect(fresh?.encryption).toBe(old?.encryption);
    expect(fresh?.random.map(({ length }) => length)).toEqual(old?.random.map(({ length }) => length));
    for (const [index, value] of (fresh?.random ?? []).entries()) expect(value).not.toBe(old?.random[index]);
    expect(after.mac?.label).toBe(before.mac?.label);
    expect(after.mac?.salt.length).toBe(before.mac?.salt.length);
    if (after.mac !== null) expect(after.mac.salt).not.toBe(before.mac?.salt);

    const back = editKeystore(edited, [{ action: 'remove', alias: 'new' }], { password });
    expect(takeApart(back, password).safes.map(({ bags }) => bags)).toEqual(before.safes.map(({ bags }) => bags));
    expect(entries(back, password)).toEqual(entries(fixture(name), password));
  });
});

describe('where a certificate goes', () => {
  test.each([
    {
      name: 'to the last part with trusted certificates',
      safes: [[trusted('root', 'a')], [trusted('other', 'b')], [certificate('issuing')], [crlBag()]],
      index: 1,
    },
    {
      name: 'to the last part with certificates',
      safes: [[certificate('root')], [certificate('other')], []],
      index: 1,
    },
    { name: 'to an empty part', safes: [[crlBag()], [], [unknownBag()]], index: 1 },
    { name: 'to a new part', safes: [[crlBag()], [nestedBag([trusted('root')])]], index: 2 },
  ])('$name', ({ safes, index }) => {
    for (const encrypted of [false, true]) {
      const after = takeApart(edit(pfx({ safes, encrypted }), [add('new')]), PASSWORD);
      const holders = after.safes.map(({ bags }) => bags.includes(encodeHex(newBag())));
      expect(holders).toEqual(after.safes.map((_, i) => i === index));
    }
  });

  test('a new part is encrypted as the keys are', () => {
    const before = takeApart(pfx({ safes: [[key]] }), PASSWORD);
    const after = takeApart(edit(pfx({ safes: [[key]] }), [add('new')]), PASSWORD);
    expect(after.safes).toHaveLength(2);
    expect(after.safes[0]).toEqual(before.safes[0]);
    expect(after.safes[1]?.encryption).toMatch(/^PBES2 AES-256-CBC, Hmac\w+, 2048 iterations$/);
    expect(decodeKeystore(edit(pfx({ safes: [[key]] }), [add('new')]), { password: PASSWORD }).encryption).toBe(
      after.safes[1]?.encryption,
    );
  });

  test('a new part of a keystore with a secret key only is encrypted as that is', () => {
    const password = FIXTURE_PASSWORD;
    const empty = editKeystore(fixture('secret.p12'), [{ action: 'remove', alias: 'alpha-root' }], { password });
    const [secretSafe] = takeApart(empty, password).safes;
    const bare = pfx({ safes: [secretSafe?.bags.map((hex) => Buffer.from(hex, 'hex')) ?? []], password });
    const after = takeApart(editKeystore(bare, [add('new')], { password }), password);
    expect(after.safes[1]?.encryption).toBe('PBES2 AES-256-CBC, HmacSHA256, 10000 iterations');
  });

  test('a new part without keys to go by is encrypted as another part is', () => {
    const after = takeApart(edit(pfx({ safes: [[crlBag()]], encrypted: true }), [add('new')]), PASSWORD);
    expect(after.safes[1]?.encryption).toBe(after.safes[0]?.encryption);
  });

  test.each([
    { name: 'has a key in the clear', safes: [[plainKeyBag(privateKey)]] },
    { name: 'is empty', safes: [] },
  ])('a new part is plain where the file $name', ({ safes }) => {
    for (const mac of ['sha256', null] as const) {
      const after = takeApart(edit(pfx({ safes, mac }), [add('new')]), PASSWORD);
      expect(after.safes.at(-1)).toMatchObject({ encryption: null, bags: [encodeHex(newBag())] });
      expect(after.mac === null).toBe(mac === null);
    }
  });

  test('a part that lost its last certificate takes the next one', () => {
    const emptied = edit(pfx({ safes: [[key], [trusted('root', 'root')]], encrypted: true }), [remove('root')]);
    expect(takeApart(emptied, PASSWORD).safes.map(({ bags }) => bags.length)).toEqual([1, 0]);
    expect(takeApart(edit(emptied, [add('new')]), PASSWORD).safes.map(({ bags }) => bags.length)).toEqual([1, 1]);
  });

  test('a password that nothing else proves must decrypt the key', () => {
    const bytes = pfx({ safes: [[key]], mac: null });
    const edits = [add('new')];
    expect(aliases(edit(bytes, edits))).toEqual(['gw', 'new']);
    expect(() => editKeystore(bytes, edits, { password: 'wrong' })).toThrow(trustError('keystore/wrong-password'));
    expect(() => editKeystore(bytes, edits, { password: null })).toThrow(trustError('keystore/password-missing'));
  });

  test('keys under an algorithm that is not known give no new part', () => {
    const algorithm = encodeElement(TAG.sequence, encodeOid('1.2.3.4'));
    const info = encodeElement(TAG.sequence, algorithm, encodeElement(TAG.octetString, Uint8Array.of(1)));
    const odd = bag('1.2.840.113549.1.12.10.1.2', info, { friendlyName: 'gw' });
    expect(() => edit(pfx({ safes: [[odd]] }), [add('new')])).toThrow(trustError('keystore/cannot-preserve'));
    expect(aliases(edit(pfx({ safes: [[odd], [trusted('root', 'root')]] }), [add('new')]))).toHaveLength(3);
  });
});

describe('what stays as it is', () => {
  test('lengths and pieces as BER has them, inside of bags', () => {
    const odd = indefinite(
      TAG.sequence,
      encodeOid('1.2.3.4.5'),
      indefinite(0xa0, indefinite(TAG.octetString | 0x20, encodeElement(TAG.octetString, Uint8Array.of(1, 2)))),
    );
    const contents = indefinite(TAG.sequence, odd, trusted('root', 'root'));
    const pieces = indefinite(
      TAG.octetString | 0x20,
      encodeElement(TAG.octetString, contents.subarray(0, 10)),
      encodeElement(TAG.octetString, contents.subarray(10)),
    );
    const dataOid = encodeOid('1.2.840.113549.1.7.1');
    const enveloped = indefinite(
      TAG.sequence,
      encodeOid('1.2.840.113549.1.7.3'),
      indefinite(0xa0, Uint8Array.of(5, 0)),
    );
    const safe = indefinite(TAG.sequence, dataOid, indefinite(0xa0, pieces));
    const authenticatedSafe = indefinite(TAG.sequence, enveloped, safe);
    const content = indefinite(TAG.octetString | 0x20, encodeElement(TAG.octetString, authenticatedSafe));
    const bytes = indefinite(
      TAG.sequence,
      encodeInteger(3),
      indefinite(TAG.sequence, dataOid, indefinite(0xa0, content)),
      macData(authenticatedSafe, 'sha256'),
    );
    const edited = edit(bytes, [add('new')]);
    const { safes } = takeApart(edited, PASSWORD);
    expect(safes[0]?.encoding).toBe(encodeHex(enveloped));
    expect(safes[1]?.bags).toEqual([odd, trusted('root', 'root'), newBag()].map(encodeHex));
    expect(decodeKeystore(edited, { password: PASSWORD }).integrity).toBe('verified');
    expect(entries(edit(edited, [remove('new')]))).toEqual(entries(bytes));
  });

  test('what encrypted parts have besides', () => {
    const unprotected = encodeElement(0xa1, Uint8Array.of(TAG.null, 0));
    const withMore = (safe: Uint8Array): Uint8Array => {
      const [version, content] = [encodeInteger(2), safe];
      return contentInfo('1.2.840.113549.1.7.6', encodeElement(TAG.sequence, version, content, unprotected));
    };
    const inner = Buffer.from(
      takeApart(pfx({ safes: [[trusted('root', 'root')]], encrypted: true }), PASSWORD).safes[0]?.encoding ?? '',
      'hex',
    );
    const info = inner.subarray(inner.indexOf(encodeInteger(0)) + 3);
    const authenticatedSafe = encodeElement(TAG.sequence, withMore(info));
    const bytes = encodeElement(TAG.sequence, encodeInteger(3), data(authenticatedSafe));
    const [safe] = takeApart(edit(bytes, [add('new')]), PASSWORD).safes;
    expect(safe?.bags).toHaveLength(2);
    expect(safe?.encoding).toMatch(new RegExp(`${encodeHex(unprotected)}$`));
    expect(safe?.encoding).toContain(encodeHex(encodeInteger(2)));
  });

  test('bags that cannot be read', () => {
    const broken = [Uint8Array.of(TAG.null, 0), bag('1.2.840.113549.1.12.10.1.3', Uint8Array.of(TAG.null, 0), {})];
    const [safe] = takeApart(
      edit(pfx({ safes: [[...broken, trusted('root', 'root')]] }), [add('new')]),
      PASSWORD,
    ).safes;
    expect(safe?.bags.slice(0, 2)).toEqual(broken.map(encodeHex));
  });

  test('the chain of a key, which may only grow', () => {
    const store = pfx({ safes: [[key], [certificate('gateway', { localKeyId: 'a' }), certificate('issuing')]] });
    expect(summarize(entriesOf(edit(store, [add('root', CERTIFICATES.root)])))).toEqual([
      ['private-key', 'gw', 'gateway', 'issuing', 'root'],
      ['trusted-certificate', 'root', 'root'],
    ]);
    const orphan = pfx({ safes: [[key], [certificate('gateway', { localKeyId: 'a' }), certificate('root')]] });
    expect(summarize(entriesOf(edit(orphan, [add('issuing', CERTIFICATES.issuing)])))).toEqual([
      ['private-key', 'gw', 'gateway', 'issuing', 'root'],
      ['trusted-certificate', 'issuing', 'issuing'],
    ]);
  });
});

test('keys are never written anew: their bytes are those of the file', () => {
  const password = FIXTURE_PASSWORD;
  const info = privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-128-cbc', passphrase: 'another one' });
  const bytes = pfx({
    safes: [[bag('1.2.840.113549.1.12.10.1.2', info, { friendlyName: 'gw' })], [trusted('root')]],
    password,
  });
  const edited = editKeystore(bytes, [add('new')], { password });
  expect(Buffer.from(edited).includes(info)).toBe(true);
});

/** An element whose end is marked, not counted. */
function indefinite(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(tag, 0x80), ...parts, Uint8Array.of(0, 0)]);
}
