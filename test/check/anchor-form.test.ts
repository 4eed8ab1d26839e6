/** What the rules say about the form of an anchor: the fields and extensions besides those that make it a CA. */
import { describe, expect, test } from 'vitest';
import { checkTrustAnchor } from '../../src/check/rules.ts';
import { contextTag, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { AT, type IssueOptions, issue } from '../support/certificates.ts';
import { extendedKeyUsage, generalName, nameConstraints, subjectAltName } from '../support/extensions.ts';

const NULL = Uint8Array.of(TAG.null, 0);
/** Of a time whose form is forgiven to roots. */
const IN_2004 = new Date('2004-06-29T17:06:20Z');
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

const findingsOf = (options: IssueOptions) => checkTrustAnchor(issue(options).certificate, { at: AT });
const extension = (oid: string, value: Uint8Array, critical = false): IssueOptions => ({
  extensions: [{ oid, value, critical }],
});
/** keyCertSign and cRLSign, with more in front. */
const keyUsage = (octet: number, critical = true): IssueOptions => ({
  keyUsage: null,
  ...extension(EXTENSION.keyUsage, encodeElement(TAG.bitString, Uint8Array.of(1, 0x06 | octet)), critical),
});
const authority = (...fields: readonly Uint8Array[]): IssueOptions =>
  extension(EXTENSION.authorityKeyIdentifier, encodeElement(TAG.sequence, ...fields));
const keyIdentifier = (hex: string) => encodeElement(contextTag(0, false), Buffer.from(hex, 'hex'));
const issuerAndSerial = (issuer: string, serial: number) => [
  encodeElement(contextTag(1), generalName(`dir:${issuer}`)),
  encodeElement(contextTag(2, false), encodeInteger(serial).subarray(2)),
];

describe('a root', () => {
  test.each<{ readonly name: string; readonly options: IssueOptions; readonly expected: readonly string[] }>([
    {
      name: 'with a path length',
      options: { basicConstraints: { ca: true, pathLength: 0 } },
      expected: ['info anchor/path-length'],
    },
    {
      name: 'with a basicConstraints that is not critical',
      options: { basicConstraints: { ca: true, critical: false } },
      expected: ['warning anchor/wrong-criticality'],
    },
    {
      name: 'the same, of 2004',
      options: { basicConstraints: { ca: true, critical: false }, notBefore: IN_2004 },
      expected: ['info anchor/not-critical'],
    },
    {
      name: 'with a keyUsage that is not critical',
      options: keyUsage(0, false),
      expected: ['info anchor/not-critical'],
    },
    { name: 'that also signs data', options: keyUsage(0x80), expected: [] },
    { name: 'that also encrypts', options: keyUsage(0x20), expected: ['info anchor/extra-key-usage'] },
    { name: 'with the serial number 0', options: { serialNumber: 0n }, expected: ['info anchor/odd-serial-number'] },
    { name: 'with 20 octets of serial number', options: { serialNumber: (1n << 159n) - 1n }, expected: [] },
    {
      name: 'with 21 octets of serial number',
      options: { serialNumber: 1n << 159n },
      expected: ['info anchor/odd-serial-number'],
    },
    {
      name: 'without subjectKeyIdentifier',
      options: { subjectKeyIdentifier: false },
      expected: ['warning anchor/no-key-identifier'],
    },
    {
      name: 'the same, of 2004',
      options: { subjectKeyIdentifier: false, notBefore: IN_2004 },
      expected: ['info anchor/no-key-identifier'],
    },
    {
      name: 'with a subjectKeyIdentifier that is no digest',
      options: {
        subjectKeyIdentifier: false,
        ...extension(EXTENSION.subjectKeyIdentifier, encodeElement(TAG.octetString, Uint8Array.of(1, 2, 3))),
      },
      expected: ['info anchor/other-key-identifier'],
    },
    {
      name: 'whose authority is another key',
      options: authority(keyIdentifier('0102')),
      expected: ['warning anchor/wrong-authority'],
    },
    {
      name: 'whose authority is itself by number',
      options: authority(...issuerAndSerial('CN=Test Root', 0x0102)),
      expected: [],
    },
    {
      name: 'whose authority has another number',
      options: authority(...issuerAndSerial('CN=Test Root', 7)),
      expected: ['warning anchor/wrong-authority'],
    },
    {
      name: 'whose authority has another name',
      options: authority(...issuerAndSerial('CN=Other', 0x0102)),
      expected: ['warning anchor/wrong-authority'],
    },
    {
      name: 'whose authority cannot be read',
      options: authority(encodeInteger(1)),
      expected: ['warning anchor/bad-extension'],
    },
    {
      name: 'for servers only',
      options: { extensions: [extendedKeyUsage([SERVER_AUTH])] },
      expected: ['warning anchor/limited-purpose'],
    },
    {
      name: 'for some names',
      options: { extensions: [nameConstraints({ permitted: ['dns:example.com'] })] },
      expected: ['info anchor/name-constraints'],
    },
    { name: 'with an unknown extension', options: extension('1.2.3.4', NULL), expected: [] },
    {
      name: 'with an unknown critical one',
      options: extension('1.2.3.4', NULL, true),
      expected: ['warning anchor/unknown-critical-extension'],
    },
    {
      name: 'with an extension twice',
      options: { ...extension(EXTENSION.keyUsage, encodeElement(TAG.bitString, Uint8Array.of(1, 6)), true) },
      expected: ['error anchor/duplicate-extension', 'error anchor/unreadable-in-java'],
    },
    {
      name: 'without a name',
      options: { subject: '' },
      expected: ['error anchor/no-name', 'error anchor/unreadable-in-java'],
    },
    {
      name: 'with a name of nothing',
      options: { subject: ',' },
      expected: ['error anchor/no-name', 'error anchor/unreadable-in-java'],
    },
    {
      name: 'with two algorithms',
      options: { outerAlgorithm: encodeElement(TAG.sequence, encodeOid('1.2.840.10045.4.3.3')) },
      expected: ['error anchor/bad-signature', 'error anchor/algorithm-mismatch'],
    },
    {
      name: 'with a policyConstraints that says nothing',
      options: extension(EXTENSION.policyConstraints, encodeElement(TAG.sequence), true),
      expected: ['warning anchor/bad-extension'],
    },
    {
      name: 'that is not DER',
      options: { extensions: [{ oid: EXTENSION.policyMappings, value: Uint8Array.of(0x30, 0x81, 0) }] },
      expected: ['warning anchor/not-der', 'warning anchor/bad-extension'],
    },
    {
      name: 'with dates of the wrong type',
      options: { generalizedTime: true },
      expected: ['info anchor/odd-date-type'],
    },
    {
      name: 'with a unique identifier',
      options: { uniqueIdentifier: true },
      expected: ['info anchor/unique-identifier'],
    },
    {
      name: 'that ends before it begins',
      options: { notBefore: AT, notAfter: IN_2004 },
      expected: ['error anchor/never-valid'],
    },
  ])('$name', ({ options, expected }) => {
    expect(findingsOf(options).map(({ code, severity }) => `${severity} ${code}`)).toEqual(expected);
  });
});

describe('a name in a critical extension, which Java reads before it opens a keystore', () => {
  const uri = (text: string) => generalName(`uri:${text}`);
  const list = (...items: readonly Uint8Array[]) => encodeElement(TAG.sequence, ...items);
  const point = (text: string) => list(list(encodeElement(contextTag(0), encodeElement(contextTag(0), uri(text)))));
  const access = (text: string) => list(list(encodeOid('1.3.6.1.5.5.7.48.2'), uri(text)));
  const codesOf = (options: IssueOptions) => findingsOf(options).map(({ code }) => code);

  test.each(['http://a b/', 'http://[bad uri]', 'ldap://x/cn=a b', 'root', 'http:', 'http://h/%zz', 'http://h/\u001b'])(
    '%j is none to it',
    (text) => {
      const found = findingsOf({ extensions: [subjectAltName([`uri:${text}`], true)] });
      expect(found.map(({ code, severity }) => `${severity} ${code}`)).toContain('error anchor/unreadable-in-java');
      expect(found.map(({ message }) => message).join('')).not.toContain('\u001b');
      expect(codesOf({ extensions: [subjectAltName([`uri:${text}`])] })).not.toContain('anchor/unreadable-in-java');
    },
  );

  test.each(['http://a_b.example/x', 'http://host:port/', 'urn:foo:bar', 'ldap:///cn=A,o=B?x', 'http://[::1]/a%20b#c'])(
    '%j is one',
    (text) => expect(codesOf({ extensions: [subjectAltName([`uri:${text}`], true)] })).toEqual([]),
  );

  test.each([
    { base: 'http://example.com/', reads: false },
    { base: 'example.com:8080', reads: false },
    { base: 'bad host', reads: false },
    { base: '.example.com', reads: true },
    { base: 'example.com', reads: true },
    { base: 'a_b', reads: false },
    { base: '', reads: false },
  ])('$base in name constraints has no scheme: $reads', ({ base, reads }) => {
    for (const tree of ['permitted', 'excluded'])
      expect(
        codesOf({ extensions: [nameConstraints({ [tree]: [`uri:${base}`] })] }).includes('anchor/unreadable-in-java'),
      ).toBe(!reads);
  });

  test('may be as long as it likes', () => {
    const long = 'a'.repeat(4_000_000);
    expect(codesOf({ extensions: [subjectAltName([`uri:urn:${long}`], true)] })).toEqual([]);
    expect(codesOf({ extensions: [nameConstraints({ permitted: [`uri:.${long}`] })] })).not.toContain(
      'anchor/unreadable-in-java',
    );
  });

  test.each([
    { name: 'email:', says: 'an empty e-mail address' },
    { name: 'hex:0102030405', says: 'an IP address of 5 octets' },
  ])('$says is none to it', ({ name, says }) => {
    const messages = findingsOf({ extensions: [subjectAltName([name], true)] }).map(({ message }) => message);
    expect(messages.join('')).toContain(`has ${says}: Java opens no keystore`);
  });

  test.each([
    [EXTENSION.issuerAltName, list(uri('a b'))],
    [EXTENSION.crlDistributionPoints, point('a b')],
    [EXTENSION.freshestCrl, point('a b')],
    [EXTENSION.authorityInfoAccess, access('a b')],
    [EXTENSION.subjectInfoAccess, access('a b')],
  ])('is looked for in %s', (oid, value) => {
    expect(codesOf(extension(oid, value, true))).toContain('anchor/unreadable-in-java');
  });
});

describe('what Java cannot read, so that it opens no keystore with it', () => {
  const unreadableIn = (options: IssueOptions) =>
    findingsOf(options).flatMap(({ code, message }) => (code === 'anchor/unreadable-in-java' ? [message] : []));
  const date = (tag: number, text: string) => ({ endOfValidity: encodeElement(tag, Buffer.from(text)) });

  test.each([
    'subjectAltName',
    'issuerAltName',
    'nameConstraints',
    'certificatePolicies',
    'policyMappings',
    'policyConstraints',
    'inhibitAnyPolicy',
    'crlDistributionPoints',
    'freshestCrl',
    'authorityInfoAccess',
    'subjectInfoAccess',
  ] as const)('is a critical %s that cannot be read', (name) => {
    expect(unreadableIn(extension(EXTENSION[name], NULL, true))).toEqual([
      expect.stringMatching(`^the critical ${name}: .*: Java opens no keystore that holds the certificate$`),
    ]);
    expect(unreadableIn(extension(EXTENSION[name], NULL))).toEqual([]);
  });

  test('is not one that it does not know, nor an empty list but of names', () => {
    const empty = encodeElement(TAG.sequence);
    expect(unreadableIn(extension(EXTENSION.applicationPolicies, NULL, true))).toEqual([]);
    expect(unreadableIn(extension(EXTENSION.certificatePolicies, empty, true))).toEqual([]);
    expect(unreadableIn(extension(EXTENSION.subjectAltName, empty, true))).toHaveLength(1);
  });

  test.each([
    { options: date(TAG.utcTime, '3607010000-0500'), reads: false },
    { options: date(TAG.generalizedTime, '205608111220+0130'), reads: false },
    { options: date(TAG.utcTime, '3607010000Z'), reads: true },
    { options: date(TAG.utcTime, '360701000000-0500'), reads: true },
    { options: date(TAG.generalizedTime, '20560811122001+0130'), reads: true },
  ])('is a date with an offset and without seconds (case %#)', ({ options, reads }) => {
    expect(unreadableIn(options)).toHaveLength(reads ? 0 : 1);
  });
});

test('several of one kind are one finding, and a sentence ends somewhere', () => {
  const extensions = Array.from({ length: 100 }, (_, i) => ({ oid: `1.2.3.${i}`, value: NULL, critical: true }));
  expect(findingsOf({ extensions }).map(({ message }) => message)).toEqual([
    'the critical extension 1.2.3.0 is not understood; the critical extension 1.2.3.1 is not understood; ' +
      'the critical extension 1.2.3.2 is not understood; and 97 more',
  ]);
});

test('messages say how far a limited root reaches, and names in them are escaped', () => {
  const trees = {
    permitted: ['dns:a\u001b[2J', 'dir:C=DE', 'ip:192.0.2.0/255.255.255.0', 'email:x'],
    excluded: ['id:1.2.3'],
  };
  const messages = (options: IssueOptions) => findingsOf(options).map(({ message }) => message);
  expect(messages({ extensions: [nameConstraints(trees)] }).at(-1)).toBe(
    'it permits only "a\\u{1b}[2J", "C=DE", a range of addresses and 1 more and excludes names of another form',
  );
  const purposes = [SERVER_AUTH, '1.3.6.1.5.5.7.3.2', '2.5.29.37.0', '1.2.3', '1.2.4'];
  expect(messages({ extensions: [extendedKeyUsage(purposes)] })).toEqual([
    'its extendedKeyUsage is for servers, clients, any purpose, 1.2.3 and 1 more; a root should have none',
  ]);
  expect([0, 1, 2].map((pathLength) => messages({ basicConstraints: { ca: true, pathLength } })[0])).toEqual([
    'no CA may stand between it and a server',
    'at most one CA may stand between it and a server',
    'at most 2 CAs may stand between it and a server',
  ]);
});

test('extensions need version 3', () => {
  const { der } = issue();
  const position = Buffer.from(der).indexOf(Uint8Array.of(contextTag(0), 3, TAG.integer, 1, 2));
  const codes = checkTrustAnchor(der.with(position + 4, 1), { at: AT }).map(({ code }) => code);
  expect(codes).toEqual([
    'anchor/bad-signature',
    'anchor/bad-version',
    'anchor/unreadable-in-java',
    'anchor/old-version',
  ]);
});

test('a negative serial number is a note', () => {
  const { der } = issue();
  const position = Buffer.from(der).indexOf(Uint8Array.of(TAG.integer, 2, 1, 2));
  const codes = checkTrustAnchor(der.with(position + 2, 0x81), { at: AT }).map(({ code }) => code);
  expect(codes).toEqual(['anchor/bad-signature', 'anchor/odd-serial-number']);
});

test('an intermediate may have what a root should not', () => {
  const options = {
    subject: 'CN=Sub',
    issuer: issue(),
    authorityKeyIdentifier: true,
    extensions: [extendedKeyUsage([SERVER_AUTH])],
  };
  expect(findingsOf(options).map(({ code }) => code)).toEqual(['anchor/not-self-signed']);
});
