import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../src/encoding/byte-writer.ts';
import { encodeElement, encodeOid, readElement, TAG } from '../../src/encoding/der.ts';
import { attributeOf, comparableName, decodeName, displayName, renderName, sameName } from '../../src/x509/name.ts';

const CN = '2.5.4.3';

function attribute(type: string, value: string, tag: number = TAG.utf8String): Uint8Array {
  return encodeElement(TAG.sequence, encodeOid(type), encodeElement(tag, encodeString(value, tag)));
}

function encodeString(value: string, tag: number): Uint8Array {
  if (tag === TAG.bmpString) return Buffer.from(value, 'utf16le').swap16();
  if (tag === TAG.universalString)
    return concatBytes(
      [...value].map((character) =>
        Uint8Array.of(0, 0, (character.codePointAt(0) ?? 0) >> 8, (character.codePointAt(0) ?? 0) & 0xff),
      ),
    );
  return Buffer.from(value, tag === TAG.utf8String ? 'utf8' : 'latin1');
}

const name = (...rdns: Uint8Array[]) =>
  decodeName(readElement(encodeElement(TAG.sequence, ...rdns.map((rdn) => encodeElement(TAG.set, rdn)))));

describe('renderName (RFC 4514)', () => {
  test.each([
    { value: 'QuoVadis Root CA 2', text: 'CN=QuoVadis Root CA 2' },
    { value: 'Entrust, Inc.', text: 'CN=Entrust\\, Inc.' },
    { value: '#hash', text: 'CN=\\#hash' },
    { value: ' a ', text: 'CN=\\ a\\ ' },
    { value: ' ', text: 'CN=\\ ' },
    { value: '  ', text: 'CN=\\ \\ ' },
    { value: 'a\\ ', text: 'CN=a\\\\\\ ' },
    { value: ' ,', text: 'CN=\\ \\,' },
    { value: 'a"b\\c<d>e;f+g', text: 'CN=a\\"b\\\\c\\<d\\>e\\;f\\+g' },
    { value: 'line\nquit\u001b[2J', text: 'CN=line\\0Aquit\\1B[2J' },
    { value: '\u202eevil', text: 'CN=\\E2\\80\\AEevil' },
    { value: '株式会社', text: 'CN=株式会社' },
    { value: '', text: 'CN=' },
  ])('$text', ({ value, text }) => {
    expect(renderName(name(attribute(CN, value)))).toBe(text);
  });

  test('the last relative name comes first, several attributes are joined by +', () => {
    expect(
      renderName(
        name(
          attribute('2.5.4.6', 'BM'),
          attribute('2.5.4.10', 'QuoVadis Limited'),
          concatBytes([attribute(CN, 'A'), attribute('2.5.4.5', '7')]),
        ),
      ),
    ).toBe('CN=A+serialNumber=7,O=QuoVadis Limited,C=BM');
  });

  test('an attribute type without a name is written with the hex of its value', () => {
    expect(renderName(name(attribute('1.2.3', 'x')))).toBe('1.2.3=#0c0178');
  });

  test.each([TAG.printableString, TAG.teletexString, TAG.bmpString, TAG.universalString, TAG.ia5String])(
    'string type 0x%s is read',
    (tag) => {
      expect(
        renderName(
          name(attribute(CN, 'Root é'.slice(0, tag === TAG.printableString || tag === TAG.ia5String ? 4 : 6), tag)),
        ),
      ).toMatch(/^CN=Root/);
    },
  );
});

test('sameName ignores letter case, blanks and string types, as RFC 5280 7.1 says', () => {
  const a = name(attribute('2.5.4.10', 'Example  Org', TAG.printableString), attribute(CN, 'Root'));
  const b = name(attribute('2.5.4.10', ' example org', TAG.utf8String), attribute(CN, 'ROOT', TAG.bmpString));
  const other = name(attribute('2.5.4.10', 'Example Org'), attribute(CN, 'Root 2'));
  expect([sameName(a, b), sameName(a, other), comparableName(a) === comparableName(b)]).toEqual([true, false, true]);
  expect(sameName(a, name(attribute(CN, 'Root'), attribute('2.5.4.10', 'Example Org')))).toBe(false);
});

test.each([
  ['Straße', 'STRASSE', true],
  ['ΣΊΣΥΦΟΣ', 'σίσυφοσ', true],
  ['ΣΊΣΥΦΟΣ', 'Σίσυφος', true],
  ['ﬁnance', 'Finance', true],
  ['Ａｃｍｅ', 'acme', true],
  ['A\u00a0\u3000B', 'a b', true],
  ['Ac\u00adme\u200b', 'acme', true],
  ['Ac\u0000me', 'acme', true],
  ['e\u0301', '\u00e9', true],
  ['İ', 'i\u0307', true],
  ['ı', 'i', false],
  ['a b', 'ab', false],
  ['#0c0161', 'a', false],
])('%j and %j are prepared as RFC 4518 says: equal is %j', (a, b, isEqual) => {
  expect(sameName(name(attribute(CN, a)), name(attribute(CN, b)))).toBe(isEqual);
});

test('a name of megabytes can be compared', () => {
  const long = 'A '.repeat(8_000_000);
  expect(sameName(name(attribute(CN, `${long}B`)), name(attribute(CN, `${long.toLowerCase()}b`)))).toBe(true);
});

test('octets that are no text are equal to themselves alone', () => {
  const ofOctet = (octet: number) =>
    name(encodeElement(TAG.sequence, encodeOid(CN), encodeElement(TAG.utf8String, Uint8Array.of(octet))));
  expect([sameName(ofOctet(0xfe), ofOctet(0xfe)), sameName(ofOctet(0xfe), ofOctet(0xff))]).toEqual([true, false]);
});

test('displayName prefers the common name and is safe to print', () => {
  expect(displayName(name(attribute('2.5.4.10', 'Org'), attribute(CN, 'A\u0007')))).toBe('A\\07');
  expect(displayName(name(attribute('2.5.4.10', 'Org')))).toBe('Org');
  expect(displayName(name(attribute('2.5.4.6', 'CH')))).toBe('C=CH');
  expect(attributeOf(name(attribute(CN, 'first'), attribute(CN, 'last')), CN)).toBe('last');
});
