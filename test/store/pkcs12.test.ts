import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { childrenOf, decodeElement, encodeElement, encodeInteger, encodingOf, TAG } from '../../src/encoding/der.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { bag, certificateBag, contentInfo, data, encryptedData, macData, PASSWORD, pfx, pfxOf } from './builders.ts';
import { succeedsOrThrowsTrustError, summarize, trustError } from './expectations.ts';
import { fixture } from './keystore-fixtures.ts';
import { CERTIFICATES, ODD_PKCS12 } from './odd-keystores.ts';

const NUM_RUNS = process.env.SLOW === undefined ? 200 : 20_000;
const root = CERTIFICATES.root?.der ?? new Uint8Array();
const trusted = certificateBag(root, { friendlyName: 'root', trusted: true });
const plain = pfx({ safes: [[trusted]], mac: null });
const locked = pfx({ safes: [[trusted]], encrypted: true });

describe('decoding PKCS#12', () => {
  test.each(ODD_PKCS12.map((store) => [store.name, store] as const))('%s', (_, { bytes, entries }) => {
    const keystore = decodeKeystore(bytes, { password: PASSWORD });
    expect(keystore.type).toBe('pkcs12');
    expect(summarize(keystore.entries)).toEqual(entries);
  });

  test('every entry that Java does not see says why', () => {
    const invisible = ODD_PKCS12.flatMap(({ bytes }) => decodeKeystore(bytes, { password: PASSWORD }).entries).filter(
      ({ kind }) => kind === 'invisible',
    );
    expect([...new Set(invisible.map(({ note }) => note))].toSorted()).toMatchInlineSnapshot(`
      [
        "Java does not see CRLs; keytool drops them on save",
        "Java does not see bags inside of bags; keytool drops them on save",
        "Java does not see bags of type 1.2.3.4.5; keytool drops them on save",
        "Java does not see private keys that are not encrypted; keytool drops them on save",
        "Java does not see the certificate: it has no trusted-usage attribute and belongs to no key; keytool drops it on save",
        "a later entry has the same alias, letter case aside, and Java keeps only that one",
        "the key has no localKeyID attribute, without which Java sees only the first key of a file",
      ]
    `);
  });

  test('takes the date of a key from its localKeyID', () => {
    const chain = ODD_PKCS12.find(({ name }) => name === 'a chain by localKeyID and issuer');
    const { entries } = decodeKeystore(chain?.bytes ?? new Uint8Array(), { password: PASSWORD });
    expect(entries[0]?.created).toEqual(new Date('2025-06-01T12:00:00Z'));
  });

  test('says what is odd about the file as a whole', () => {
    const codes = (bytes: Uint8Array, password = PASSWORD): string[] =>
      decodeKeystore(bytes, { password }).notes.map(({ code }) => code);
    expect(codes(plain)).toEqual([]);
    expect(codes(pfx({ safes: [], version: 1 }))).toEqual(['keystore/pfx-version']);
    expect(codes(pfx({ safes: [], mac: 'pbmac1' }))).toEqual(['keystore/pbmac1']);
    expect(codes(pfx({ safes: [], password: 'pässwörd€' }), 'pässwörd€')).toEqual(['keystore/non-ascii-password']);
    expect(codes(pfx({ safes: [], trailing: Uint8Array.of(0) }))).toEqual(['keystore/trailing-bytes']);
    const enveloped = contentInfo('1.2.840.113549.1.7.3', Uint8Array.of(TAG.null, 0));
    expect(codes(pfxOf(encodeElement(TAG.sequence, enveloped)))).toEqual(['keystore/unread-part']);
  });

  test('reads lengths as BER writes them, and octets in pieces', () => {
    const contents = encodeElement(TAG.sequence, trusted);
    const pieces = indefinite(
      TAG.octetString | 0x20,
      encodeElement(TAG.octetString, contents.subarray(0, 10)),
      encodeElement(TAG.octetString, contents.subarray(10)),
    );
    const oid = data(new Uint8Array()).subarray(2, 13);
    const safe = indefinite(TAG.sequence, oid, indefinite(0xa0, pieces));
    const authenticatedSafe = indefinite(TAG.sequence, safe);
    const content = indefinite(TAG.octetString | 0x20, encodeElement(TAG.octetString, authenticatedSafe));
    const bytes = indefinite(
      TAG.sequence,
      encodeInteger(3),
      indefinite(TAG.sequence, oid, indefinite(0xa0, content)),
      macData(authenticatedSafe, 'sha256'),
    );
    const keystore = decodeKeystore(bytes, { password: PASSWORD });
    expect(keystore.integrity).toBe('verified');
    expect(summarize(keystore.entries)).toEqual([['trusted-certificate', 'root', 'root']]);
  });

  test('a bag that cannot be read does not hide the others', () => {
    const odd = [
      Uint8Array.of(TAG.null, 0),
      bag('1.2.840.113549.1.12.10.1.3', Uint8Array.of(TAG.null, 0), { friendlyName: 'x' }),
      encodeElement(TAG.sequence, ...partsOf(certificateBag(root)), Uint8Array.of(TAG.null, 0)),
    ];
    const { entries } = decodeKeystore(pfx({ safes: [[...odd, trusted]] }), { password: PASSWORD });
    expect(summarize(entries)).toEqual([
      ['invisible', 'bag-1'],
      ['invisible', 'bag-2'],
      ['invisible', 'root-*', 'root'],
      ['trusted-certificate', 'root', 'root'],
    ]);
    for (const { note } of entries.slice(0, 3)) expect(note).toContain('the bag cannot be read');
  });

  test('keeps what holds keys to itself: whoever writes entries out writes no key', () => {
    const key = new TextEncoder().encode('the octets of a key');
    const { entries } = decodeKeystore(pfx({ safes: [[bag('1.2.840.113549.1.12.10.1.1', key, {}), trusted]] }), {
      password: PASSWORD,
    });
    expect(entries).toHaveLength(2);
    for (const entry of entries) expect(Object.keys(entry)).toEqual([]);
    expect(JSON.stringify(entries)).not.toContain(`${key[0]},`);
  });

  test('reads bags in bags to a limit', () => {
    const nest = (depth: number): Uint8Array =>
      depth === 0 ? trusted : bag('1.2.840.113549.1.12.10.1.6', encodeElement(TAG.sequence, nest(depth - 1)), {});
    const noteOf = (depth: number): string | undefined =>
      decodeKeystore(pfx({ safes: [[nest(depth)]] }), { password: PASSWORD }).entries[0]?.note;
    expect(noteOf(32)).toContain('bags inside of bags');
    expect(noteOf(33)).toContain('bags nest more than 32 deep');
  });
});

describe('passwords of PKCS#12', () => {
  test('none is needed where nothing is encrypted', () => {
    const keystore = decodeKeystore(pfx({ safes: [[trusted]] }), { password: null });
    expect(keystore).toMatchObject({ integrity: 'not-verified', mac: 'HmacPBESHA256, 1000 iterations' });
    expect(summarize(keystore.entries)).toEqual([['trusted-certificate', 'root', 'root']]);
  });

  test('none finds the empty one', () => {
    expect(decodeKeystore(fixture('empty-password.p12'), { password: null }).integrity).toBe('verified');
  });

  test.each([
    { name: 'locked', bytes: locked },
    { name: 'locked, without MAC', bytes: pfx({ safes: [[trusted]], encrypted: true, mac: null }) },
  ])('a missing and a wrong one differ: $name', ({ bytes }) => {
    expect(() => decodeKeystore(bytes, { password: null })).toThrow(trustError('keystore/password-missing'));
    expect(() => decodeKeystore(bytes, { password: 'wrong' })).toThrow(trustError('keystore/wrong-password'));
    expect(() => decodeKeystore(bytes, { password: '' })).toThrow(trustError('keystore/wrong-password'));
  });

  test('one for the MAC and another for the content is said to be so', () => {
    // Of every 256 contents one has, under the wrong password, what seems to be padding.
    const safe = encryptedData(encodeElement(TAG.sequence, new Uint8Array(64)), 'other');
    const authenticatedSafe = encodeElement(TAG.sequence, safe);
    const bytes = pfxOf(authenticatedSafe, macData(authenticatedSafe, 'sha256'));
    expect(() => decodeKeystore(bytes, { password: PASSWORD })).toThrow('encrypted under another');
  });

  test('a right one with damaged content is not called wrong', () => {
    const bytes = pfx({ safes: [[Uint8Array.of(0x30, 0x7f)]], encrypted: true });
    expect(() => decodeKeystore(bytes, { password: PASSWORD })).toThrow(trustError('keystore/truncated'));
  });

  test.each(['pbmac1', 'sha256'] as const)('a MAC that does not fit: %s', (mac) => {
    const bytes = pfx({ safes: [[trusted]], mac });
    expect(() => decodeKeystore(bytes, { password: 'wrong' })).toThrow(trustError('keystore/wrong-password'));
    expect(decodeKeystore(bytes, { password: PASSWORD }).integrity).toBe('verified');
  });
});

describe('refusing PKCS#12', () => {
  const safe = encodeElement(TAG.sequence, data(encodeElement(TAG.sequence, trusted)));

  test.each([
    {
      name: 'a PBMAC1 key that is too short',
      mac: macData(safe, 'pbmac1', { keyLength: 19 }),
      message: 'has 19 bytes',
    },
    {
      name: 'a PBMAC1 key of no stated length',
      mac: macData(safe, 'pbmac1', { keyLength: null }),
      message: 'no stated length',
    },
    {
      name: 'a MAC that is cut short',
      mac: macData(safe, 'sha256', { digestLength: 31 }),
      message: 'the MAC has 31 bytes',
    },
  ])('$name', ({ mac, message }) => {
    const bytes = pfxOf(safe, mac);
    expect(() => decodeKeystore(bytes, { password: PASSWORD })).toThrow(trustError('keystore/malformed'));
    expect(() => decodeKeystore(bytes, { password: PASSWORD })).toThrow(message);
  });

  test('one that is signed by a key instead of a password', () => {
    const content = contentInfo('1.2.840.113549.1.7.2', Uint8Array.of(TAG.null, 0));
    const bytes = encodeElement(TAG.sequence, encodeInteger(3), content);
    expect(() => decodeKeystore(bytes, { password: PASSWORD })).toThrow(trustError('keystore/unsupported'));
  });
});

describe('anything else', () => {
  test('every truncation is a TrustError', () => {
    for (const bytes of [plain, locked]) {
      for (let length = 0; length < bytes.length; length++) {
        const cut = bytes.subarray(0, length);
        expect(() => decodeKeystore(cut, { password: PASSWORD })).toThrow(
          expect.objectContaining({ name: 'TrustError' }),
        );
      }
    }
  });

  test('a changed byte gives a keystore or a TrustError', () => {
    const samples = [plain, locked, fixture('openssl-plain.p12')];
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(10_000), fc.nat(255), (bytes, offset, value) => {
        const changed = Uint8Array.from(bytes);
        changed[offset % bytes.length] = value;
        for (const password of [PASSWORD, null]) {
          succeedsOrThrowsTrustError(() =>
            decodeKeystore(changed, { password }).entries.map(({ certificates, note }) => [certificates, note]),
          );
        }
      }),
      { numRuns: NUM_RUNS },
    );
  });

  test('noise is a TrustError', () => {
    const header = Buffer.from('3082010002010330820100 06092a864886f70d010701a0'.replace(' ', ''), 'hex');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        expect(() => decodeKeystore(Buffer.concat([header, noise]), { password: 'x' })).toThrow(
          expect.objectContaining({ name: 'TrustError' }),
        );
      }),
      { numRuns: NUM_RUNS },
    );
  });
});

/** The encodings inside of a SEQUENCE. */
function partsOf(bytes: Uint8Array): Uint8Array[] {
  return childrenOf(decodeElement(bytes, TAG.sequence)).map(encodingOf);
}

/** An element whose end is marked, not counted. */
function indefinite(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(tag, 0x80), ...parts, Uint8Array.of(0, 0)]);
}
