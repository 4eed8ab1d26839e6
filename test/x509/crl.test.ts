import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextTag, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { TrustError } from '../../src/errors.ts';
import { crlExtension, decodeCrl } from '../../src/x509/crl.ts';
import { findCrlEntry } from '../../src/x509/crl-entries.ts';
import { generalNameKey } from '../../src/x509/distribution-point.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { verifySignature } from '../../src/x509/signature.ts';
import { AT, issue } from '../support/certificates.ts';
import { crlDer, distributionPoints, issueCrl } from '../support/crls.ts';

const root = issue({ subject: 'CN=Root,O=Example' });
const MADE_UP = '1.3.6.1.4.1.99999.1';
const NULL = Uint8Array.of(TAG.null, 0);

/** Whoever issued the certificate. */
const anyIssuer = () => true;

const serial = (value: number) => Uint8Array.of(value);

describe('a CRL', () => {
  test('tells at which of its bytes an extension is wrong', () => {
    const value = Uint8Array.of(0x30, 3, 0x85, 1, 1);
    const der = crlDer({
      issuer: root,
      extensions: [{ oid: EXTENSION.issuingDistributionPoint, critical: true, value }],
    });
    const offset = Buffer.from(der).indexOf(Buffer.from(value)) + 2;
    expect(() => decodeCrl(der)).toThrow(expect.objectContaining({ code: 'crl/malformed', at: { offset } }));
    const padded = Buffer.concat([Buffer.alloc(50), der]).subarray(50);
    expect(() => decodeCrl(padded)).toThrow(expect.objectContaining({ at: { offset } }));
  });

  test('gives its fields', () => {
    const crl = issueCrl({
      issuer: root,
      crlNumber: 7,
      revoked: [{ serialNumber: 5n }, { serialNumber: 6n, reason: 'superseded' }],
      scope: { name: { full: ['http://example.com/a.crl'] }, onlyContainsUserCerts: true, onlySomeReasons: [1, 8] },
    });
    expect(crl).toMatchObject({
      version: 2,
      issuer: 'CN=Root,O=Example',
      thisUpdate: new Date('2026-10-31T00:00:00Z'),
      nextUpdate: new Date('2026-12-01T00:00:00Z'),
      signatureAlgorithm: 'ecdsa-with-SHA256',
      authorityKeyIdentifier: root.certificate.subjectKeyIdentifier,
      crlNumber: 7n,
      baseCrlNumber: null,
      unknownCritical: null,
      entries: { count: 2, namesIssuers: false, hasExtensions: true },
      issuingDistributionPoint: {
        name: { kind: 'full', names: [{ kind: 'uri', text: 'http://example.com/a.crl' }] },
        onlyContainsUserCerts: true,
        onlyContainsCaCerts: false,
        onlyContainsAttributeCerts: false,
        onlySomeReasons: 0b1_0000_0010,
        indirectCrl: false,
      },
    });
    const { tbsCertList: tbs, signatureAlgorithmDer, signature } = crl;
    const spki = root.certificate.subjectPublicKeyInfo;
    expect(verifySignature({ tbs, signatureAlgorithmDer, signature }, spki)).toBe('valid');
  });

  test('of version 1 has neither number nor extensions', () => {
    const crl = issueCrl({ issuer: root, version: 1, nextUpdate: null });
    expect(crl).toMatchObject({ version: 1, crlNumber: null, nextUpdate: null, extensions: [], entries: { count: 0 } });
  });

  test('that is a delta names its base', () => {
    const freshest = distributionPoints([{ name: { full: ['CN=Fresh'] } }], EXTENSION.freshestCrl);
    const crl = issueCrl({ issuer: root, crlNumber: 9, baseCrlNumber: 8, extensions: [freshest] });
    expect(crl.baseCrlNumber).toBe(8n);
    expect(crlExtension(crl, EXTENSION.freshestCrl)?.critical).toBe(false);
  });

  test.each([
    { name: 'of the CRL', options: { extensions: [{ oid: MADE_UP, critical: true, value: NULL }] } },
    {
      name: 'of an entry',
      options: {
        revoked: [
          { serialNumber: 1n },
          { serialNumber: 2n, extensions: [{ oid: MADE_UP, critical: true, value: NULL }] },
        ],
      },
    },
  ])('says which critical extension $name is not understood', ({ options }) => {
    expect(issueCrl({ issuer: root, ...options }).unknownCritical).toBe(MADE_UP);
  });

  test('passes over extensions that are not critical', () => {
    const extensions = [{ oid: MADE_UP, value: NULL }];
    const crl = issueCrl({ issuer: root, extensions, revoked: [{ serialNumber: 1n, extensions }] });
    expect(crl.unknownCritical).toBeNull();
  });
});

describe('entries', () => {
  const crl = issueCrl({
    issuer: root,
    scope: { indirectCrl: true },
    revoked: [
      { serialNumber: 1n },
      { serialNumber: 2n, reason: 'keyCompromise', invalidityDate: new Date('2026-01-02T03:04:05Z') },
      { serialNumber: 3n, certificateIssuer: 'CN=Other' },
      { serialNumber: 1n, reason: 'cACompromise' },
      { serialNumber: 0x80n, certificateIssuer: 'CN=Third' },
    ],
  });
  const issuerOf = (name: string | null) => (names: Parameters<Parameters<typeof findCrlEntry>[2]>[0]) =>
    name === null ? names === null : names?.map(generalNameKey).some((key) => key.includes(name)) === true;

  test.each([
    { name: 'the first', serialNumber: serial(1), issuer: null, found: { serialNumber: '01', reason: 'unspecified' } },
    {
      name: 'one with a reason and an invalidity date',
      serialNumber: serial(2),
      issuer: null,
      found: { reason: 'keyCompromise', invalidityDate: new Date('2026-01-02T03:04:05Z') },
    },
    { name: 'one of another issuer', serialNumber: serial(3), issuer: 'other', found: { reason: 'unspecified' } },
    {
      name: 'one that inherits its issuer',
      serialNumber: serial(1),
      issuer: 'other',
      found: { reason: 'cACompromise' },
    },
    {
      name: 'one with a sign octet',
      serialNumber: Uint8Array.of(0, 0x80),
      issuer: 'third',
      found: { serialNumber: '0080' },
    },
    { name: 'none of a serial that is not there', serialNumber: serial(9), issuer: null, found: null },
    { name: 'none of the CRL issuer where another is meant', serialNumber: serial(3), issuer: null, found: null },
    { name: 'none where only the end is the same', serialNumber: Uint8Array.of(1, 1), issuer: null, found: null },
  ])('finds $name', ({ serialNumber, issuer, found }) => {
    const entry = findCrlEntry(crl.entries, serialNumber, issuerOf(issuer));
    if (found === null) expect(entry).toBeNull();
    else expect(entry).toMatchObject(found);
  });

  test('are asked about an issuer once, however many of the same serial number inherit it', () => {
    const again = Array.from({ length: 50 }, () => ({ serialNumber: 5n }));
    const revoked = [...again, { serialNumber: 5n, certificateIssuer: 'CN=Other' }, ...again];
    const { entries } = issueCrl({ issuer: root, scope: { indirectCrl: true }, revoked });
    const asked: (string | null)[] = [];
    findCrlEntry(entries, serial(5), (names) => {
      asked.push(names === null ? null : names.map(generalNameKey).join());
      return false;
    });
    expect(asked).toEqual([null, expect.stringContaining('other')]);
  });

  test('give the same answer as a plain list, whatever they are', () => {
    const entry = fc.record({ serialNumber: fc.bigInt({ min: 1n, max: 300n }), withReason: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 30 }),
        fc.bigInt({ min: 1n, max: 300n }),
        (list, wanted) => {
          const revoked = list.map(({ serialNumber, withReason }) => ({
            serialNumber,
            ...(withReason ? { reason: 'superseded' as const } : {}),
          }));
          const made = issueCrl({ issuer: root, revoked });
          const expected = revoked.find(({ serialNumber }) => serialNumber === wanted);
          const content = encodeInteger(wanted).subarray(2);
          const found = findCrlEntry(made.entries, content, anyIssuer);
          expect(found?.reason).toBe(expected === undefined ? undefined : (expected.reason ?? 'unspecified'));
          expect(made.entries.count).toBe(list.length);
        },
      ),
      { numRuns: process.env.SLOW ? 1000 : 50 },
    );
  });

  test('a hundred thousand of them are read and looked up', () => {
    const count = 100_000;
    const revoked = Array.from({ length: count }, (_, i) => ({
      serialNumber: BigInt(i + 1),
      ...(i % 2 === 0 ? { reason: 'keyCompromise' as const } : {}),
    }));
    const large = issueCrl({ issuer: root, revoked });
    expect(large.entries.count).toBe(count);
    const last = encodeInteger(count).subarray(2);
    expect(findCrlEntry(large.entries, last, anyIssuer)?.serialNumber).toBe('0186a0');
    expect(findCrlEntry(large.entries, Uint8Array.of(0x7f, 0xff, 0xff), anyIssuer)).toBeNull();
  });

  test.each([
    { name: 'a reason that there is not', value: Uint8Array.of(TAG.enumerated, 1, 7), oid: EXTENSION.reasonCode },
    { name: 'a reason of another type', value: Uint8Array.of(TAG.integer, 1, 1), oid: EXTENSION.reasonCode },
    { name: 'an invalidity date that is none', value: NULL, oid: EXTENSION.invalidityDate },
    { name: 'an empty issuer', value: Uint8Array.of(TAG.sequence, 0), oid: EXTENSION.certificateIssuer },
  ])('with $name cannot be read when they are found', ({ oid, value }) => {
    const odd = issueCrl({ issuer: root, revoked: [{ serialNumber: 4n, extensions: [{ oid, value }] }] });
    expect(() => findCrlEntry(odd.entries, serial(4), anyIssuer)).toThrow(TrustError);
    expect(findCrlEntry(odd.entries, serial(5), anyIssuer)).toBeNull();
  });
});

describe('decodeCrl refuses', () => {
  const der = crlDer({ issuer: root, revoked: [{ serialNumber: 5n, reason: 'superseded' }] });
  /** The bytes with the first occurrence of a hex pattern replaced by one of the same length. */
  const replaced = (from: string, to: string) => {
    const hex = Buffer.from(der).toString('hex');
    expect(hex).toContain(from);
    return new Uint8Array(Buffer.from(hex.replace(from, to), 'hex'));
  };

  test.each([
    { name: 'nothing', bytes: new Uint8Array(), message: /ends inside a header/ },
    { name: 'a certificate', bytes: root.der, message: /^not a CRL: / },
    { name: 'bytes that follow', bytes: Uint8Array.from([...der, 0]), message: /1 bytes follow/ },
    { name: 'version 3', bytes: replaced('020101300a', '020102300a'), message: /number 2 is not between 0 and 1/ },
    { name: 'version 1 in so many words', bytes: replaced('020101300a', '020100300a'), message: /is not 2/ },
    { name: 'two signature algorithms', bytes: replaced('ce3d040302', 'ce3d040301'), message: /algorithms differ/ },
    {
      name: 'a serial number without content',
      bytes: replaced('020105170d', '020005170d'),
      message: /serial number is empty/,
    },
    {
      name: 'a reason with a bad header',
      bytes: replaced('0603551d15', '0503551d15'),
      message: /found tag 0x5, expected 0x6/,
    },
  ])('$name', ({ bytes, message }) => {
    expect(() => decodeCrl(bytes)).toThrow(
      expect.objectContaining({ code: 'crl/malformed', message: expect.stringMatching(message) }),
    );
  });

  test.each([
    {
      name: 'an extension twice',
      extensions: [
        { oid: MADE_UP, value: NULL },
        { oid: MADE_UP, value: NULL },
      ],
      message: /twice/,
    },
    {
      name: 'a negative number',
      crlNumber: null,
      extensions: [{ oid: EXTENSION.crlNumber, value: Uint8Array.of(TAG.integer, 1, 0xff) }],
      message: /negative/,
    },
    {
      name: 'a number of 22 octets',
      crlNumber: null,
      extensions: [{ oid: EXTENSION.crlNumber, value: encodeElement(TAG.integer, new Uint8Array(22).fill(1)) }],
      message: /too long/,
    },
    {
      name: 'an empty scope',
      extensions: [{ oid: EXTENSION.issuingDistributionPoint, value: Uint8Array.of(TAG.sequence, 0) }],
      message: /empty/,
    },
    {
      name: 'a scope of two kinds',
      scope: { onlyContainsUserCerts: true, onlyContainsCaCerts: true },
      message: /two kinds/,
    },
    {
      name: 'a scope with a flag that is false',
      extensions: [
        {
          oid: EXTENSION.issuingDistributionPoint,
          value: encodeElement(TAG.sequence, encodeElement(contextTag(1, false), Uint8Array.of(0))),
        },
      ],
      message: /as DER asks/,
    },
    {
      name: 'an entry with an extension twice',
      revoked: [
        {
          serialNumber: 1n,
          reason: 'superseded' as const,
          extensions: [{ oid: EXTENSION.reasonCode, value: Uint8Array.of(TAG.enumerated, 1, 1) }],
        },
      ],
      message: /twice/,
    },
  ])('$name', ({ message, name: _, ...options }) => {
    expect(() => issueCrl({ issuer: root, ...options })).toThrow(
      expect.objectContaining({ code: 'crl/malformed', message: expect.stringMatching(message) }),
    );
  });

  test('extensions and entries whose booleans say false', () => {
    const falseBoolean = encodeElement(
      TAG.sequence,
      encodeOid(MADE_UP),
      Uint8Array.of(TAG.boolean, 1, 0),
      encodeElement(TAG.octetString, NULL),
    );
    const made = crlDer({ issuer: root, extensions: [{ oid: MADE_UP, critical: true, value: NULL }] });
    const trueBoolean = Buffer.from(falseBoolean).toString('hex').replace('010100', '0101ff');
    const changed = Buffer.from(made).toString('hex').replace(trueBoolean, Buffer.from(falseBoolean).toString('hex'));
    expect(() => decodeCrl(new Uint8Array(Buffer.from(changed, 'hex')))).toThrow(/as DER asks/);
  });

  test('a serial number that is longer than it need be', () => {
    const made = Buffer.from(crlDer({ issuer: root, revoked: [{ serialNumber: 0x0180n }] })).toString('hex');
    expect(made).toContain('02020180170d');
    for (const padded of ['02020001', '0202ff80']) {
      const changed = Buffer.from(made.replace('02020180170d', `${padded}170d`), 'hex');
      expect(() => decodeCrl(new Uint8Array(changed))).toThrow(/shortest form/);
    }
  });

  test('extensions in version 1', () => {
    const revoked = [{ serialNumber: 1n, reason: 'superseded' as const }];
    expect(() => issueCrl({ issuer: root, version: 1, revoked })).toThrow(/version 1 has extensions/);
  });

  test('every truncation, with a TrustError', () => {
    for (let length = 0; length < der.length; length++) {
      expect(() => decodeCrl(der.subarray(0, length))).toThrow(expect.objectContaining({ code: 'crl/malformed' }));
    }
  });

  test('a changed byte either decodes or gives a TrustError', () => {
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (offset, flip) => {
        const changed = Uint8Array.from(der);
        changed[offset] = (changed[offset] as number) ^ flip;
        try {
          const crl = decodeCrl(changed);
          findCrlEntry(crl.entries, serial(5), anyIssuer);
        } catch (error) {
          expect(error).toBeInstanceOf(TrustError);
        }
      }),
      { numRuns: process.env.SLOW ? 20_000 : 2000 },
    );
  });
});

test('a signature that is no whole number of octets verifies with no key', () => {
  const der = Uint8Array.from(crlDer({ issuer: root, thisUpdate: AT }));
  const { signature } = decodeCrl(der);
  der[der.length - signature.length - 1] = 1;
  expect(decodeCrl(der).signature).toHaveLength(0);
});
