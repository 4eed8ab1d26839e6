import { describe, expect, test } from 'vitest';
import { searchCatalog, suggestNames } from '../../src/catalog/search.ts';

const QUOVADIS = {
  sha256: '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86',
  sha1: 'ca3afbcf1240364b44b216208880483919937cf7',
  keyIdentifier: '1a8462bc484c332504d4eed0f603c41946d1946b',
};
const COLONS = /..(?!$)/g;

describe('searchCatalog', () => {
  test.each([
    { query: 'QuoVadis Root CA 2', by: 'name' },
    { query: '  quovadis root ca 2 ', by: 'name' },
    { query: QUOVADIS.sha256, by: 'sha256' },
    { query: QUOVADIS.sha256.toUpperCase().replace(COLONS, '$&:'), by: 'sha256' },
    { query: `SHA256 Fingerprint=${QUOVADIS.sha256}`, by: 'sha256' },
    { query: '85a0dd7d', by: 'sha256' },
    { query: '85:A0:DD:7D:D7', by: 'sha256' },
    { query: QUOVADIS.sha1, by: 'sha1' },
    { query: 'CA3AFBCF 1240364B', by: 'sha1' },
    { query: QUOVADIS.keyIdentifier, by: 'subject-key-identifier' },
    { query: '0509', by: 'serial-number' },
    { query: '509', by: 'serial-number' },
    { query: '0x000509', by: 'serial-number' },
  ])('finds a root by $query', ({ query, by }) =>
    expect(searchCatalog(query).map((match) => [match.root.name, match.by])).toEqual([['QuoVadis Root CA 2', by]]),
  );

  test('finds a root of which the catalog has the facts alone, by a serial number that is negative', () =>
    expect(searchCatalog('ee:2b:3d:eb:d4:21:de:14:a8:62:ac:04:f3:dd:c4:01').map(({ root }) => root.name)).toEqual([
      'EC-ACC',
    ]));

  test('gives every root of a name, in the order of their fingerprints', () => {
    const found = searchCatalog('StartCom Certification Authority');
    expect(found.map(({ root }) => root.sha256)).toEqual(found.map(({ root }) => root.sha256).toSorted());
    expect(found.length).toBeGreaterThan(1);
  });

  test('gives every root of a serial number', () => expect(searchCatalog('01').length).toBeGreaterThan(10));

  test.each(['', ' ', ':', '85a0dd7', '85a0dd7e', 'no such root', 'ff'.repeat(20), 'ff'.repeat(32), '('])(
    'finds nothing by %j',
    (query) => expect(searchCatalog(query)).toEqual([]),
  );
});

describe('suggestNames', () => {
  test.each([
    { query: 'QuoVadis Rot CA 2', first: 'QuoVadis Root CA 2' },
    { query: 'identrust comercial root ca 1', first: 'IdenTrust Commercial Root CA 1' },
    { query: 'isrg root', first: 'ISRG Root X1' },
  ])('suggests $first for $query', ({ query, first }) => expect(suggestNames(query)).toContain(first));

  test('suggests five at most, and nothing for what is like no name', () => {
    expect(suggestNames('root')).toHaveLength(5);
    expect(suggestNames('zzzzzzzzzzzzzzzz')).toEqual([]);
    expect(suggestNames('x'.repeat(10_000))).toEqual([]);
    expect(suggestNames('')).toEqual([]);
  });
});
