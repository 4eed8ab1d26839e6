import { describe, expect, test } from 'vitest';
import { contextTag, encodeElement, TAG } from '../../src/encoding/der.ts';
import type { CertificateRevocationList } from '../../src/x509/crl.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { AT, issue } from '../support/certificates.ts';
import { type CrlOptions, issueCrl } from '../support/crls.ts';
import {
  ca,
  caCrl,
  codesFor,
  DAY,
  END_ENTITY,
  end,
  endEntity,
  listing,
  other,
  reasonsFor,
  root,
  rootCrl,
} from './revocation-fixture.ts';

const MADE_UP = { oid: '1.3.6.1.4.1.99999.1', critical: true, value: Uint8Array.of(TAG.null, 0) };

describe('a complete CRL', () => {
  test('clears what it does not list', () => {
    expect(codesFor([rootCrl, caCrl()])).toEqual([]);
  });

  test('says when, why and by whom a certificate was revoked', () => {
    const revocationDate = new Date('2026-05-06T07:08:09Z');
    const crl = caCrl({ revoked: [{ serialNumber: END_ENTITY, reason: 'superseded', revocationDate }] });
    expect(reasonsFor([rootCrl, crl], {})).toEqual([
      {
        code: 'path/revoked',
        message: 'CN=End was revoked 2026-05-06T07:08:09Z (superseded), says the CRL of CN=CA',
        sha256: end.certificate.sha256,
      },
    ]);
  });

  test('speaks of CAs too', () => {
    const crl = issueCrl({ issuer: root, revoked: [{ serialNumber: 2n }] });
    expect(reasonsFor([crl, caCrl()], {})).toMatchObject([{ code: 'path/revoked', sha256: ca.certificate.sha256 }]);
  });

  test('speaks of the certificates of its issuer alone', () => {
    const crl = issueCrl({ issuer: other, ...listing });
    expect(codesFor([crl], { mode: 'crl-if-present' })).toEqual([]);
    expect(codesFor([rootCrl, crl])).toEqual(['path/no-crl']);
  });

  test('is asked for by each certificate but the anchor', () => {
    expect(codesFor([])).toEqual(['path/no-crl', 'path/no-crl']);
    expect(codesFor([rootCrl])).toEqual(['path/no-crl']);
    expect(codesFor([], { path: [root] })).toEqual([]);
    expect(codesFor([], { mode: 'crl-if-present' })).toEqual([]);
  });

  test('that lists a certificate twice revokes it if one entry does', () => {
    const removal = { serialNumber: END_ENTITY, reason: 'removeFromCRL' as const };
    const revocation = { serialNumber: END_ENTITY, reason: 'keyCompromise' as const };
    expect(codesFor([rootCrl, caCrl({ revoked: [removal] })])).toEqual([]);
    expect(codesFor([rootCrl, caCrl({ revoked: [removal, revocation] })])).toEqual(['path/revoked']);
  });

  test('that is newer is believed before an older one', () => {
    const held = { revoked: [{ serialNumber: END_ENTITY, reason: 'certificateHold' as const }] };
    const older = caCrl({ thisUpdate: new Date(AT.getTime() - 5 * DAY), ...held });
    expect(codesFor([rootCrl, older, caCrl({ crlNumber: 2 })])).toEqual([]);
    expect(codesFor([rootCrl, older])).toEqual(['path/revoked']);
  });

  test('of the same second is newer by its number, in whatever order they are given', () => {
    const first = caCrl({ crlNumber: 1 });
    const second = caCrl({ crlNumber: 2, revoked: [{ serialNumber: END_ENTITY }] });
    expect(codesFor([rootCrl, first, second])).toEqual(['path/revoked']);
    expect(codesFor([rootCrl, second, first])).toEqual(['path/revoked']);
  });

  test.each([
    { serialNumber: 0x80n, listed: 0x80n, found: true },
    { serialNumber: 0xff00n, listed: 0xff00n, found: true },
    { serialNumber: 0x80n, listed: 0x8000n, found: false },
  ])('compares whole serial numbers: $listed for $serialNumber', ({ serialNumber, listed, found }) => {
    const path = [endEntity({ serialNumber }), ca, root];
    const crls = [rootCrl, caCrl({ revoked: [{ serialNumber: listed }] })];
    expect(codesFor(crls, { path })).toEqual(found ? ['path/revoked'] : []);
  });
});

describe('a CRL that cannot be used', () => {
  const later = new Date(AT.getTime() + DAY);
  const earlier = new Date(AT.getTime() - DAY / 2);
  const noCrlSign = issue({ subject: 'CN=CA', issuer: root, serialNumber: 2n, keyUsage: ['keyCertSign'] });

  test.each([
    { flaw: 'expired', options: { nextUpdate: earlier }, code: 'path/crl-expired', believed: true },
    { flaw: 'later', options: { thisUpdate: later }, code: 'path/crl-not-yet-valid', believed: false },
    { flaw: 'without nextUpdate', options: { nextUpdate: null }, code: 'path/crl-unusable', believed: true },
    { flaw: 'without a number', options: { crlNumber: null }, code: 'path/crl-unusable', believed: true },
    { flaw: 'of version 1', options: { version: 1 as const }, code: 'path/crl-unusable', believed: true },
    {
      flaw: 'with a critical number',
      options: {
        crlNumber: null,
        extensions: [{ oid: EXTENSION.crlNumber, critical: true, value: Uint8Array.of(TAG.integer, 1, 1) }],
      },
      code: 'path/crl-unusable',
      believed: true,
    },
    {
      flaw: 'with an unknown critical extension',
      options: { extensions: [MADE_UP] },
      code: 'path/crl-unusable',
      believed: true,
    },
    { flaw: 'forged', options: { badSignature: true }, code: 'path/crl-bad-signature', believed: false },
    {
      flaw: 'signed by another',
      options: { issuer: other, issuerName: 'CN=CA' },
      code: 'path/crl-signer-not-found',
      believed: false,
    },
  ])('$flaw: its silence counts in neither mode, what it lists: $believed', ({ options, code, believed }) => {
    for (const mode of ['crl-if-present', 'require-crl'] as const) {
      expect(codesFor([rootCrl, caCrl(options)], { mode })).toEqual([code]);
      expect(codesFor([rootCrl, caCrl({ ...options, ...listing })], { mode })).toEqual([
        believed ? 'path/revoked' : code,
      ]);
    }
  });

  test('is one over MD5, but for what it lists', () => {
    const rsa = issue({ subject: 'CN=CA', issuer: root, serialNumber: 2n, key: 'rsa1024' });
    const path = [endEntity({ issuer: rsa }), rsa, root];
    expect(codesFor([rootCrl, issueCrl({ issuer: rsa })], { path })).toEqual([]);
    expect(codesFor([rootCrl, issueCrl({ issuer: rsa, hash: 'md5' })], { path })).toEqual(['path/crl-unusable']);
    expect(codesFor([rootCrl, issueCrl({ issuer: rsa, hash: 'md5', ...listing })], { path })).toEqual(['path/revoked']);
  });

  test('does no harm beside one that can', () => {
    const crls = [
      rootCrl,
      caCrl({ badSignature: true, ...listing }),
      caCrl({ thisUpdate: new Date(AT.getTime() - 2 * DAY) }),
    ];
    expect(codesFor(crls)).toEqual([]);
  });

  test('at its very last instant still can', () => {
    expect(codesFor([rootCrl, caCrl({ nextUpdate: AT })])).toEqual([]);
  });

  test('may lack an authorityKeyIdentifier', () => {
    expect(codesFor([rootCrl, caCrl({ authorityKeyIdentifier: false })])).toEqual([]);
  });

  test('is one whose signer may not sign CRLs', () => {
    const path = [endEntity({ issuer: noCrlSign }), noCrlSign, root];
    const crl = issueCrl({ issuer: noCrlSign });
    expect(codesFor([rootCrl, crl], { path, mode: 'crl-if-present' })).toEqual(['path/crl-signer-not-entitled']);
  });

  test('still lists what stands in an entry that cannot be read', () => {
    const extensions = [{ oid: EXTENSION.reasonCode, value: Uint8Array.of(TAG.enumerated, 1, 7) }];
    const crl = caCrl({ revoked: [{ serialNumber: END_ENTITY, extensions }] });
    const older = caCrl({ thisUpdate: new Date(AT.getTime() - 5 * DAY) });
    expect(codesFor([rootCrl, crl, older])).toEqual(['path/revoked']);
  });
});

describe('distribution points', () => {
  const A = { full: ['CN=A', 'http://example.com/a.crl'] };
  const B = { full: ['CN=B'] };

  test.each([
    { name: 'a CRL without scope', point: { name: A }, scope: undefined, codes: [] },
    { name: 'the same name', point: { name: A }, scope: { name: A }, codes: [] },
    {
      name: 'one of the names',
      point: { name: A },
      scope: { name: { full: ['http://example.com/a.crl'] } },
      codes: [],
    },
    { name: 'a directory name in other letters', point: { name: A }, scope: { name: { full: ['CN=a'] } }, codes: [] },
    { name: 'another name', point: { name: A }, scope: { name: B }, codes: ['path/no-crl'] },
    {
      name: 'a URI in other letters',
      point: { name: A },
      scope: { name: { full: ['http://example.com/A.crl'] } },
      codes: ['path/no-crl'],
    },
    {
      name: 'a relative name against a full one',
      point: { name: { relative: 'CN=R' } },
      scope: { name: { full: ['CN=R,CN=CA'] } },
      codes: [],
    },
    {
      name: 'a full name against a relative one',
      point: { name: { full: ['CN=R,CN=CA'] } },
      scope: { name: { relative: 'CN=R' } },
      codes: [],
    },
    { name: 'no point, named for the issuer', point: undefined, scope: { name: { full: ['CN=CA'] } }, codes: [] },
    { name: 'no point, another name', point: undefined, scope: { name: A }, codes: ['path/no-crl'] },
    {
      name: 'another point, named for the issuer',
      point: { name: A },
      scope: { name: { full: ['CN=CA'] } },
      codes: ['path/no-crl'],
    },
    { name: 'an indirect point, a direct CRL for all', point: { crlIssuer: 'CN=Other' }, scope: undefined, codes: [] },
    { name: 'users alone', point: undefined, scope: { onlyContainsUserCerts: true }, codes: [] },
    { name: 'CAs alone', point: undefined, scope: { onlyContainsCaCerts: true }, codes: ['path/no-crl'] },
    { name: 'attributes alone', point: undefined, scope: { onlyContainsAttributeCerts: true }, codes: ['path/no-crl'] },
  ])('$name', ({ point, scope, codes }) => {
    const path = [point === undefined ? end : endEntity({}, point), ca, root];
    const crl = caCrl(scope === undefined ? {} : { scope });
    expect(codesFor([rootCrl, crl], { path })).toEqual(codes);
  });

  test('issuerAltName adds to the names of the issuer', () => {
    const uri = encodeElement(contextTag(6, false), Buffer.from('http://example.com/ca'));
    const value = encodeElement(TAG.sequence, uri);
    const path = [endEntity({ extensions: [{ oid: EXTENSION.issuerAltName, value }] }), ca, root];
    const scope = { name: { full: ['http://example.com/ca'] } };
    expect(codesFor([rootCrl, caCrl({ scope })], { path })).toEqual([]);
    expect(codesFor([rootCrl, caCrl({ scope })])).toEqual(['path/no-crl']);
  });

  test('a CRL for CAs alone covers a CA', () => {
    const scope = { onlyContainsCaCerts: true };
    expect(codesFor([issueCrl({ issuer: root, scope }), caCrl()])).toEqual([]);
    expect(codesFor([issueCrl({ issuer: root, scope: { onlyContainsUserCerts: true } }), caCrl()])).toEqual([
      'path/no-crl',
    ]);
  });

  test('that cannot be read are a reason of their own', () => {
    const value = Uint8Array.of(TAG.sequence, 2, TAG.sequence, 0);
    const path = [endEntity({ extensions: [{ oid: EXTENSION.crlDistributionPoints, value }] }), ca, root];
    expect(codesFor([rootCrl, caCrl()], { path })).toEqual(['path/malformed-extension']);
  });
});

describe('reasons', () => {
  const COMPROMISE = [1, 2];
  const REST = [3, 4, 5, 6, 7, 8];

  test.each([
    { name: 'some alone', masks: [COMPROMISE], codes: ['path/crl-incomplete'] },
    { name: 'all in two CRLs', masks: [COMPROMISE, REST], codes: [] },
    { name: 'all but one', masks: [COMPROMISE, [3, 4, 5, 6, 7]], codes: ['path/crl-incomplete'] },
  ])('$name', ({ masks, codes }) => {
    const crls = masks.map((onlySomeReasons) => caCrl({ scope: { onlySomeReasons } }));
    expect(codesFor([rootCrl, ...crls])).toEqual(codes);
    expect(codesFor([rootCrl, ...crls], { mode: 'crl-if-present' })).toEqual([]);
  });

  test('of the points count as those of the CRLs do', () => {
    const points = [
      { name: { full: ['CN=A'] }, reasons: COMPROMISE },
      { name: { full: ['CN=B'] }, reasons: REST },
    ];
    const path = [endEntity({}, ...points), ca, root];
    const [a, b] = points.map(({ name }) => caCrl({ scope: { name } })) as [
      CertificateRevocationList,
      CertificateRevocationList,
    ];
    expect(codesFor([rootCrl, a, b], { path })).toEqual([]);
    expect(codesFor([rootCrl, a], { path })).toEqual(['path/crl-incomplete']);
  });

  test('that are covered need no second CRL', () => {
    const scope = { onlySomeReasons: COMPROMISE };
    const older = caCrl({ scope, thisUpdate: new Date(AT.getTime() - 5 * DAY), badSignature: true });
    expect(codesFor([rootCrl, caCrl({ scope }), older], { mode: 'crl-if-present' })).toEqual([]);
  });

  test('a revocation in the second CRL counts', () => {
    const crls = [
      caCrl({ scope: { onlySomeReasons: COMPROMISE } }),
      caCrl({ scope: { onlySomeReasons: REST }, revoked: [{ serialNumber: END_ENTITY, reason: 'superseded' }] }),
    ];
    expect(codesFor([rootCrl, ...crls])).toEqual(['path/revoked']);
  });
});

describe('delta CRLs', () => {
  const old = new Date(AT.getTime() - 10 * DAY);
  const held = { revoked: [{ serialNumber: END_ENTITY, reason: 'certificateHold' as const }] };
  const lifted = { revoked: [{ serialNumber: END_ENTITY, reason: 'removeFromCRL' as const }] };
  const complete = (options: Partial<CrlOptions> = {}) => caCrl({ thisUpdate: old, crlNumber: 5, ...options });
  const delta = (options: Partial<CrlOptions> = {}) => caCrl({ crlNumber: 6, baseCrlNumber: 5, ...options });
  const expired = { nextUpdate: new Date(AT.getTime() - DAY / 2) };

  test.each([
    { name: 'adds a revocation', crls: [complete(), delta(listing)], codes: ['path/revoked'] },
    { name: 'lifts one', crls: [complete(held), delta(lifted)], codes: [] },
    { name: 'confirms one', crls: [complete(held), delta()], codes: ['path/revoked'] },
    { name: 'keeps an expired complete CRL alive', crls: [complete(expired), delta()], codes: [] },
    { name: 'with an earlier base', crls: [complete(held), delta({ baseCrlNumber: 3, ...lifted })], codes: [] },
    {
      name: 'with a later base lifts nothing',
      crls: [complete(held), delta({ baseCrlNumber: 6, crlNumber: 7, ...lifted })],
      codes: ['path/revoked'],
    },
    {
      name: 'with a later base keeps nothing alive',
      crls: [complete(expired), delta({ baseCrlNumber: 6, crlNumber: 7 })],
      codes: ['path/crl-expired'],
    },
    {
      name: 'that is not newer lifts nothing',
      crls: [complete(held), delta({ crlNumber: 5, ...lifted })],
      codes: ['path/revoked'],
    },
    {
      name: 'of another scope lifts nothing',
      crls: [complete(held), delta({ scope: { onlyContainsUserCerts: true }, ...lifted })],
      codes: ['path/revoked'],
    },
    {
      name: 'that has expired lifts nothing',
      crls: [complete(held), delta({ ...expired, ...lifted })],
      codes: ['path/revoked'],
    },
    {
      name: 'that has expired still revokes',
      crls: [complete(), delta({ ...expired, ...listing })],
      codes: ['path/revoked'],
    },
    {
      name: 'that is forged lifts nothing',
      crls: [complete(held), delta({ badSignature: true, ...lifted })],
      codes: ['path/revoked'],
    },
    {
      name: 'that is forged revokes nothing',
      crls: [complete(), delta({ badSignature: true, ...listing })],
      codes: [],
    },
    {
      name: 'of another key by its identifier lifts nothing',
      crls: [complete(held), delta({ authorityKeyIdentifier: false, ...lifted })],
      codes: ['path/revoked'],
    },
    {
      name: 'of a later date lifts nothing',
      crls: [complete(held), delta({ thisUpdate: new Date(AT.getTime() + DAY), ...lifted })],
      codes: ['path/revoked'],
    },
    {
      name: 'with a later base revokes',
      crls: [complete(), delta({ baseCrlNumber: 6, crlNumber: 7, ...listing })],
      codes: ['path/revoked'],
    },
    {
      name: 'of another key by its identifier revokes',
      crls: [complete(), delta({ authorityKeyIdentifier: false, ...listing })],
      codes: ['path/revoked'],
    },
    {
      name: 'with a later base is in nobody’s way',
      crls: [complete(), delta({ baseCrlNumber: 6, crlNumber: 7 })],
      codes: [],
    },
    {
      name: 'that is older than the complete CRL revokes nothing',
      crls: [complete({ thisUpdate: new Date(AT.getTime() - DAY), crlNumber: 8 }), delta({ thisUpdate: old, ...held })],
      codes: [],
    },
    { name: 'alone clears nothing', crls: [delta()], codes: ['path/crl-unusable'] },
    { name: 'alone revokes', crls: [delta(listing)], codes: ['path/revoked'] },
    {
      name: 'the newest of several',
      crls: [
        complete(),
        delta({ thisUpdate: new Date(AT.getTime() - 2 * DAY), ...held }),
        delta({ crlNumber: 7, ...lifted }),
      ],
      codes: [],
    },
  ])('$name', ({ crls, codes }) => {
    expect(codesFor([rootCrl, ...crls])).toEqual(codes);
    expect(codesFor([rootCrl, ...[...crls].reverse()])).toEqual(codes);
  });
});
