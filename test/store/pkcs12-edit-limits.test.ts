import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeElement, encodeInteger, TAG } from '../../src/encoding/der.ts';
import { editKeystore } from '../../src/store/edit.ts';
import { issue } from '../support/certificates.ts';
import { contentInfo, crlBag, nestedBag, PASSWORD, pfx } from './builders.ts';
import { succeedsOrThrowsTrustError, summarize, trustError } from './expectations.ts';
import { FIXTURE_PASSWORD, fixture } from './keystore-fixtures.ts';
import { CERTIFICATES, ODD_PKCS12 } from './odd-keystores.ts';
import { takeApart } from './pkcs12-bytes.ts';
import {
  add,
  added,
  aliases,
  certificate,
  edit,
  entries,
  entriesOf,
  key,
  PKCS12_FIXTURES,
  remove,
  trusted,
} from './pkcs12-editing.ts';

const NUM_RUNS = process.env.SLOW === undefined ? 30 : 3000;

describe('aliases', () => {
  const store = pfx({
    safes: [[key], [trusted('root', 'Root'), trusted('other'), certificate('issuing', { friendlyName: 'hidden' })]],
  });

  test.each([
    { name: 'another certificate', alias: 'ROOT', message: 'the alias "root" holds another certificate' },
    { name: 'a key', alias: 'GW', message: 'the alias "gw" holds a key' },
    { name: 'a certificate that Java numbers', alias: '1', message: 'the alias "1" holds another certificate' },
  ])('one that holds $name is taken', ({ alias, message }) => {
    expect(() => edit(store, [add(alias)])).toThrow(trustError('keystore/alias-taken'));
    expect(() => edit(store, [add(alias)])).toThrow(message);
  });

  test('one that holds the certificate already changes nothing', () => {
    const edits = ['Root', 'ROOT'].map((alias) => add(alias, CERTIFICATES.root));
    expect(edit(store, edits)).toBe(store);
    expect(edit(store, [])).toBe(store);
    expect(edit(store, [add('new'), remove('NEW')])).toBe(store);
  });

  test('one that is added twice must be for one certificate', () => {
    expect(aliases(edit(store, [add('new'), add('NEW')]))).toHaveLength(5);
    expect(() => edit(store, [add('new'), add('New', CERTIFICATES.other)])).toThrow(trustError('keystore/alias-taken'));
  });

  test('one that Java does not see is taken only when it is the very same', () => {
    expect(() => edit(store, [add('Hidden')])).toThrow(trustError('keystore/alias-taken'));
    expect(() => edit(store, [add('Hidden')])).toThrow('the alias "hidden" holds an entry that Java does not see');
    expect(aliases(edit(store, [remove('hidden'), add('Hidden')]))).toEqual(['gw', 'Root', '1', 'hidden']);
    const upper = pfx({ safes: [[certificate('root', { friendlyName: 'CA' })]] });
    const edited = edit(upper, [add('ca')]);
    expect(summarize(entriesOf(edited)).map(([kind, alias]) => [kind, alias])).toEqual([
      ['invisible', 'CA'],
      ['trusted-certificate', 'ca'],
    ]);
    expect(entries(edit(edited, [remove('ca')]))).toEqual(entries(upper));
  });

  test('removing one takes all entries that have it', () => {
    const safes = [
      [
        trusted('root', 'ca'),
        trusted('other', 'x'),
        trusted('issuing', 'ca'),
        certificate('leaf', { friendlyName: 'ca' }),
      ],
    ];
    expect(aliases(edit(pfx({ safes }), [remove('CA')]))).toEqual(['x']);
  });

  test('removing one must not bring another to light', () => {
    const twins = pfx({ safes: [[trusted('root', 'CA'), trusted('other', 'x'), trusted('issuing', 'ca')]] });
    expect(() => edit(twins, [remove('ca')])).toThrow(trustError('keystore/cannot-preserve'));
    expect(() => edit(twins, [remove('ca')])).toThrow('the entry "CA" would become another for Java');
    expect(() => edit(twins, [remove('Ca')])).toThrow(trustError('keystore/alias-ambiguous'));
    expect(aliases(edit(twins, [remove('CA')]))).toEqual(['x', 'ca']);
    expect(aliases(edit(twins, [remove('ca'), remove('CA')]))).toEqual(['x']);
  });

  test('one can be given to another certificate', () => {
    const edited = entriesOf(edit(store, [remove('root'), add('root')]));
    expect(edited.find(({ alias }) => alias === 'root')?.fingerprints).toEqual([added.certificate.sha256]);
  });

  test('one that is not there or fits several hidden entries is refused', () => {
    const hidden = (...names: string[]) => names.map((friendlyName) => certificate('root', { friendlyName }));
    expect(() => edit(store, [remove('none')])).toThrow(trustError('keystore/alias-not-found'));
    expect(() => edit(pfx({ safes: [hidden('AB', 'Ab')] }), [remove('ab')])).toThrow(
      trustError('keystore/alias-ambiguous'),
    );
  });
});

describe('what is refused', () => {
  const odd = (name: string): Uint8Array => ODD_PKCS12.find((store) => store.name === name)?.bytes ?? new Uint8Array();
  const unknown = odd('bags that Java does not know');

  test.each([
    { name: 'a key', bytes: odd('a chain by localKeyID and issuer'), alias: 'gw', message: 'holds a key' },
    {
      name: 'a key that Java does not see',
      bytes: odd('two keys without localKeyID'),
      alias: 'second',
      message: 'holds a key',
    },
    { name: 'a key in the clear', bytes: unknown, alias: 'plain', message: 'holds a key' },
    { name: 'a CRL', bytes: unknown, alias: 'crl', message: 'holds no certificate' },
    { name: 'a bag of an unknown type', bytes: unknown, alias: 'bag-3', message: 'holds no certificate' },
    { name: 'a certificate inside of another bag', bytes: unknown, alias: 'nested', message: 'inside of another' },
  ])('removing $name', ({ bytes, alias, message }) => {
    expect(() => edit(bytes, [remove(alias)])).toThrow(trustError('keystore/refuses-entry'));
    expect(() => edit(bytes, [remove(alias)])).toThrow(message);
  });

  test('removing a secret key', () => {
    expect(() => editKeystore(fixture('secret.p12'), [remove('secret-aes')], { password: FIXTURE_PASSWORD })).toThrow(
      trustError('keystore/refuses-entry'),
    );
  });

  test('removing a certificate that the chain of a key needs, unless the chain has its own', () => {
    const chain = [certificate('gateway', { localKeyId: 'a' }), trusted('issuing', 'issuing'), trusted('root', 'root')];
    const store = pfx({ safes: [[key], chain] });
    for (const alias of ['issuing', 'root']) {
      expect(() => edit(store, [remove(alias)])).toThrow(trustError('keystore/cannot-preserve'));
      expect(() => edit(store, [remove(alias)])).toThrow('the chain of the key "gw" needs a certificate');
    }
    const twice = edit(pfx({ safes: [[key], [...chain, certificate('root')]] }), [remove('root')]);
    expect(summarize(entriesOf(twice))).toEqual([
      ['private-key', 'gw', 'gateway', 'issuing', 'root'],
      ['trusted-certificate', 'issuing', 'issuing'],
    ]);
  });

  test('adding an issuer that gives a key another chain', () => {
    const twin = issue({ subject: 'CN=Issuing CA,O=Odd', issuer: CERTIFICATES.root as never });
    const safes = [[trusted('root')], [key, certificate('leaf', { localKeyId: 'a' }), certificate('issuing')]];
    expect(() => edit(pfx({ safes }), [add('new', twin)])).toThrow(trustError('keystore/cannot-preserve'));
    expect(() => edit(pfx({ safes }), [add('new', twin)])).toThrow('the key "gw" would get another chain');
  });

  test('removing what gives other entries their numbers', () => {
    const numbered = pfx({ safes: [[trusted('root'), trusted('other')]] });
    expect(() => edit(numbered, [remove('1')])).toThrow(trustError('keystore/cannot-preserve'));
    expect(aliases(edit(numbered, [remove('2')]))).toEqual(['1']);
    expect(aliases(edit(numbered, [remove('1'), remove('2')]))).toEqual([]);
  });

  test('bytes after the file', () => {
    const bytes = pfx({ safes: [[trusted('root', 'root')]], trailing: Uint8Array.of(0) });
    expect(() => edit(bytes, [])).toThrow(trustError('keystore/cannot-preserve'));
  });

  test('a file that is signed', () => {
    const signed = contentInfo('1.2.840.113549.1.7.2', Uint8Array.of(TAG.null, 0));
    const bytes = encodeElement(TAG.sequence, encodeInteger(3), signed);
    expect(() => edit(bytes, [add('new')])).toThrow(trustError('keystore/unsupported'));
  });

  test('a wrong or missing password, even where nothing is to change', () => {
    const plain = pfx({ safes: [[trusted('root', 'root')]] });
    for (const bytes of [
      plain,
      pfx({ safes: [[trusted('root', 'root')]], encrypted: true }),
      fixture('openssl3.p12'),
    ]) {
      expect(() => editKeystore(bytes, [], { password: 'wrong' })).toThrow(trustError('keystore/wrong-password'));
      expect(() => editKeystore(bytes, [], { password: null })).toThrow(trustError('keystore/password-missing'));
    }
    expect(aliases(editKeystore(fixture('passwordless.p12'), [add('new')], { password: null }))).toHaveLength(3);
  });

  test('all edits when one is', () => {
    const bytes = fixture('openssl3.p12');
    const edits = [add('new'), remove('gateway')];
    expect(() => editKeystore(bytes, edits, { password: FIXTURE_PASSWORD })).toThrow(
      trustError('keystore/refuses-entry'),
    );
  });
});

describe('anything else', () => {
  test('names of any kind are added and removed again', () => {
    const store = pfx({ safes: [[key], [trusted('root', 'Root'), trusted('other'), crlBag()]], encrypted: true });
    const before = takeApart(store, PASSWORD).safes.map(({ bags }) => bags);
    const names = fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 20 }), {
      minLength: 1,
      maxLength: 5,
      selector: (text) => text.toLowerCase(),
    });
    fc.assert(
      fc.property(names, (texts) => {
        fc.pre(!texts.some((text) => ['gw', 'root', '1'].includes(text.toLowerCase())));
        const edited = edit(
          store,
          texts.map((text) => add(text)),
        );
        expect(aliases(edited).slice(-texts.length)).toEqual(texts.map((text) => text.toLowerCase()));
        const back = edit(edited, texts.map(remove));
        expect(takeApart(back, PASSWORD).safes.map(({ bags }) => bags)).toEqual(before);
      }),
      { numRuns: NUM_RUNS },
    );
  });

  test('whatever Java sees in odd keystores it sees after an edit', () => {
    const visible = (bytes: Uint8Array) => entries(bytes).filter(({ kind }) => kind !== 'invisible');
    for (const { bytes, name } of ODD_PKCS12.filter((store) => store.name !== 'bytes after the file')) {
      const edited = edit(bytes, [add('new')]);
      expect(
        visible(edited).filter(({ alias }) => alias !== 'new'),
        name,
      ).toEqual(visible(bytes));
      expect(entries(edit(edited, [remove('new')])), name).toEqual(entries(bytes));
    }
  });

  test('every truncation is a TrustError', () => {
    const own = pfx({ safes: [[key], [trusted('root', 'root')]], encrypted: true });
    for (const bytes of [own, ...PKCS12_FIXTURES.map(fixture)]) {
      for (let length = 0; length < bytes.length; length++) {
        expect(() => edit(bytes.subarray(0, length), [add('new')])).toThrow(
          expect.objectContaining({ name: 'TrustError' }),
        );
      }
    }
  });

  test('a changed byte gives a keystore that opens, or a TrustError', () => {
    const samples = [
      pfx({ safes: [[key], [trusted('root', 'root'), crlBag()]], mac: null }),
      pfx({ safes: [[key], [nestedBag([trusted('root')])]], mac: null, encrypted: true }),
      pfx({ safes: [[key]], mac: null }),
      fixture('openssl-plain.p12'),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(10_000), fc.nat(255), (bytes, offset, value) => {
        const changed = Uint8Array.from(bytes);
        changed[offset % bytes.length] = value;
        succeedsOrThrowsTrustError(() => {
          const edited = edit(changed, [add('new')]);
          expect(aliases(edited)).toContain('new');
        });
      }),
      { numRuns: NUM_RUNS * 10 },
    );
  });
});
