import { describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { editKeystore, type RequestedEdit } from '../../src/store/edit.ts';
import type { KeystoreEdit, KeystoreEntry } from '../../src/store/keystore.ts';
import { findRevelations } from '../../src/store/repair.ts';
import {
  crlBag,
  type JavaKeystoreParts,
  javaKeystore,
  nestedBag,
  PASSWORD,
  type PfxParts,
  pfx,
  plainKeyBag,
} from './builders.ts';
import { trustError } from './expectations.ts';
import { FIXTURE_PASSWORD, fixture } from './keystore-fixtures.ts';
import { CERTIFICATES, ODD_JKS, ODD_PKCS12 } from './odd-keystores.ts';
import { takeApart } from './pkcs12-bytes.ts';
import { aliases, certificate, key, privateKey, trusted } from './pkcs12-editing.ts';

const der = (name: string): Uint8Array => CERTIFICATES[name]?.der ?? new Uint8Array();
const generated = (name: string, words: string): string =>
  `${words}-${CERTIFICATES[name]?.certificate.sha256.slice(0, 8)}`;

/** What Java sees after the repair, in the order of the file. */
interface Case {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly visible: readonly string[];
  readonly invisible?: readonly string[];
}

const pkcs12 = (name: string, parts: PfxParts, visible: readonly string[], invisible?: readonly string[]): Case => ({
  name: `PKCS#12: ${name}`,
  bytes: pfx({ encrypted: true, ...parts }),
  visible,
  ...(invisible === undefined ? {} : { invisible }),
});
const java = (
  name: string,
  entries: JavaKeystoreParts['entries'],
  visible: readonly string[],
  invisible?: readonly string[],
): Case => ({
  name: `JKS: ${name}`,
  bytes: javaKeystore({ ...(entries === undefined ? {} : { entries }) }),
  visible,
  ...(invisible === undefined ? {} : { invisible }),
});
const KEY = Uint8Array.of(0x30, 3, 1, 2, 3);

const CASES: readonly Case[] = [
  pkcs12('certificates without the attribute', { safes: [[certificate('root', { friendlyName: 'Root CA' })]] }, [
    'Root CA',
  ]),
  pkcs12('without a name', { safes: [[certificate('root'), certificate('other')]] }, [
    generated('root', 'root'),
    generated('other', 'other-test'),
  ]),
  pkcs12(
    'with the name of another',
    { safes: [[trusted('root', 'ca'), certificate('other', { friendlyName: 'CA' })]] },
    ['ca', generated('other', 'other-test')],
  ),
  pkcs12('trusted ones under one name', { safes: [[trusted('root', 'CA'), trusted('other', 'ca')]] }, [
    generated('root', 'root'),
    'ca',
  ]),
  pkcs12(
    'beside a key, whose chain stays out of it',
    {
      safes: [
        [key],
        [
          certificate('gateway', { localKeyId: 'a' }),
          certificate('issuing'),
          certificate('other', { friendlyName: 'o' }),
        ],
      ],
    },
    ['gw', 'o'],
  ),
  pkcs12(
    'what cannot be repaired stays',
    {
      safes: [
        [
          crlBag({ friendlyName: 'crl' }),
          plainKeyBag(privateKey, { friendlyName: 'plain' }),
          nestedBag([certificate('root')]),
        ],
      ],
    },
    [],
    ['crl', 'plain', generated('root', 'root')],
  ),
  pkcs12(
    'not encrypted, without a MAC',
    { safes: [[certificate('root', { friendlyName: 'r' })]], encrypted: false, mac: null },
    ['r'],
  ),
  java('upper-case aliases', [{ alias: 'RootCA', certificates: [der('root')] }], ['rootca']),
  java(
    'upper-case aliases beside the same in lower case',
    [
      { alias: 'RootCA', certificates: [der('root')] },
      { alias: 'rootca', certificates: [der('other')] },
    ],
    [generated('root', 'root'), 'rootca'],
  ),
  java(
    'one alias twice',
    [
      { alias: 'ca', certificates: [der('root')] },
      { alias: 'ca', certificates: [der('other')] },
    ],
    [generated('root', 'root'), 'ca'],
  ),
  java('the upper-case alias of a key', [{ alias: 'GW', key: KEY, certificates: [der('gateway')] }], ['gw']),
  java(
    'the upper-case alias of a key that another entry has',
    [
      { alias: 'GW', key: KEY, certificates: [der('gateway')] },
      { alias: 'gw', key: KEY, certificates: [der('other')] },
    ],
    ['gw'],
    ['GW'],
  ),
  java('a certificate that does not decode', [{ alias: 'Bad', certificates: [Uint8Array.of(0x30, 0)] }], [], ['Bad']),
];

describe('a repair lets Java see', () => {
  test.each(CASES)('$name', ({ bytes, visible, invisible = [] }) => {
    const repaired = repair(bytes);
    const { entries } = decodeKeystore(repaired, { password: PASSWORD });
    const named = (isVisible: boolean) =>
      entries.filter(({ kind }) => (kind !== 'invisible') === isVisible).map(({ alias }) => alias);
    expect([named(true), named(false)]).toEqual([visible, invisible]);
    expect(repair(repaired)).toBe(repaired);
  });

  test('what openssl exported', () => {
    const before = decodeKeystore(fixture('openssl-nokeys.p12'), { password: FIXTURE_PASSWORD });
    expect(before.entries.map(({ kind }) => kind)).toContain('invisible');
    const after = decodeKeystore(repair(fixture('openssl-nokeys.p12'), FIXTURE_PASSWORD), {
      password: FIXTURE_PASSWORD,
    });
    expect(after.entries.map(({ kind }) => kind)).not.toContain('invisible');
    expect(after.entries.map(({ fingerprints }) => fingerprints)).toEqual(
      before.entries.map(({ fingerprints }) => fingerprints),
    );
    expect([after.encryption, after.mac]).toEqual([before.encryption, before.mac]);
  });
});

describe('what Java saw before it sees after a repair', () => {
  test.each([...ODD_JKS, ...ODD_PKCS12].filter(({ name }) => !name.includes('bytes after')))('$name', ({ bytes }) => {
    const { entries } = decodeKeystore(bytes, { password: PASSWORD });
    let repaired: Uint8Array;
    try {
      repaired = repair(bytes);
    } catch (error) {
      expect(error).toEqual(trustError('keystore/cannot-preserve'));
      return;
    }
    const after = decodeKeystore(repaired, { password: PASSWORD });
    const seen = after.entries.filter(({ kind }) => kind !== 'invisible').map(identity);
    expect(seen).toEqual(expect.arrayContaining(entries.filter(({ kind }) => kind !== 'invisible').map(identity)));
    expect(after.entries).toHaveLength(entries.length);
    expect(findRevelations(after)).toEqual([]);
  });
});

describe('every other byte stays', () => {
  test('in PKCS#12, of other safes, bags and attributes', () => {
    const odd = certificate('other', { friendlyName: 'other', localKeyId: 'odd' });
    const bytes = pfx({
      safes: [
        [key, certificate('gateway', { localKeyId: 'a' })],
        [odd, trusted('root', 'root')],
      ],
    });
    const [before, after] = [takeApart(bytes, PASSWORD), takeApart(repair(bytes), PASSWORD)];
    expect(after.safes[0]).toEqual(before.safes[0]);
    expect(after.safes[1]?.bags[1]).toBe(before.safes[1]?.bags[1]);
    expect(after.safes[1]?.bags[0]).toBe(
      Buffer.from(certificate('other', { friendlyName: 'other', localKeyId: 'odd', trusted: true })).toString('hex'),
    );
  });

  test('in JKS, version 1 too', () => {
    const entries = (alias: string) => [
      { alias: 'a', certificates: [der('other')] },
      { alias, created: -5n, certificates: [der('root')] },
      { alias: 'key', key: KEY, certificates: [der('gateway')] },
    ];
    for (const version of [1, 2]) {
      expect(repair(javaKeystore({ version, entries: entries('RootÄ') }))).toEqual(
        javaKeystore({ version, entries: entries('rootä') }),
      );
    }
  });
});

describe('an edit', () => {
  const bytes = javaKeystore({
    entries: [
      { alias: 'RootCA', certificates: [der('root')] },
      { alias: 'other', certificates: [der('other')] },
    ],
  });
  const reveal = (index: number, alias: string): KeystoreEdit => ({ action: 'reveal', index, alias });
  const orphans = pfx({ safes: [[certificate('root'), trusted('other', 'other'), crlBag()]] });

  test.each([
    { name: 'of what is visible (PKCS#12)', file: orphans, edit: reveal(1, 'x'), code: 'keystore/alias-not-found' },
    { name: 'of a CRL', file: orphans, edit: reveal(2, 'x'), code: 'keystore/alias-not-found' },
    { name: 'of nothing', file: orphans, edit: reveal(9, 'x'), code: 'keystore/alias-not-found' },
    { name: 'under a taken alias (PKCS#12)', file: orphans, edit: reveal(0, 'OTHER'), code: 'keystore/alias-taken' },
    { name: 'of what is visible (JKS)', file: bytes, edit: reveal(1, 'x'), code: 'keystore/alias-not-found' },
    { name: 'of nothing (JKS)', file: bytes, edit: reveal(9, 'x'), code: 'keystore/alias-not-found' },
    { name: 'under a taken alias (JKS)', file: bytes, edit: reveal(0, 'Other'), code: 'keystore/alias-taken' },
  ] as const)('$name is refused', ({ file, edit, code }) => {
    expect(() => editKeystore(file, [edit], { password: PASSWORD })).toThrow(trustError(code));
  });

  test('of a PEM bundle is refused', () => {
    const bundle = Buffer.from(CERTIFICATES.root?.pem ?? '');
    expect(() => editKeystore(bundle, [reveal(0, 'x')], { password: null })).toThrow(
      trustError('keystore/alias-not-found'),
    );
  });

  test('goes with others in one call', () => {
    const edits = [reveal(0, 'RootCA'), { action: 'remove', alias: 'other' } as const];
    expect(aliases(editKeystore(bytes, edits, { password: PASSWORD }))).toEqual(['rootca']);
    expect(aliases(editKeystore(orphans, [reveal(0, 'r'), edits[1] as KeystoreEdit], { password: PASSWORD }))).toEqual([
      'r',
      'bag-2',
    ]);
  });

  test.each([
    { type: 'JKS', file: bytes },
    {
      type: 'PKCS#12',
      file: pfx({ safes: [[certificate('root', { friendlyName: 'RootCA' }), trusted('other', 'other')]] }),
    },
  ])('counts for those behind it ($type)', ({ file }) => {
    const edited = (...edits: readonly RequestedEdit[]) =>
      aliases(editKeystore(file, [reveal(0, 'x'), ...edits], { password: PASSWORD })).sort();
    const remove: KeystoreEdit = { action: 'remove', alias: 'x' };
    const add: RequestedEdit = { action: 'add', alias: 'x', certificate: der('root'), created: new Date(0) };
    expect(edited(remove)).toEqual(['other']);
    expect(edited(add)).toEqual(['other', 'x']);
    expect(edited(remove, add)).toEqual(['other', 'x']);
    expect(() => edited({ action: 'remove', alias: 'RootCA' })).toThrow(trustError('keystore/alias-not-found'));
    expect(() => edited(reveal(0, 'y'))).toThrow(trustError('keystore/alias-not-found'));
  });

  test('that would give another entry another name is refused', () => {
    const named = pfx({ safes: [[trusted('root'), trusted('other', '1'), trusted('issuing')]] });
    expect(() => repair(named)).toThrow(trustError('keystore/cannot-preserve'));
  });
});

function identity({ alias, kind, fingerprints }: KeystoreEntry): string {
  return [alias, kind, ...fingerprints].join(' ');
}

function repair(bytes: Uint8Array, password: string = PASSWORD): Uint8Array {
  const edits = findRevelations(decodeKeystore(bytes, { password })).map(
    ({ index, alias }): KeystoreEdit => ({ action: 'reveal', index, alias }),
  );
  return editKeystore(bytes, edits, { password });
}
