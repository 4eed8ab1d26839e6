import { describe, expect, test } from 'vitest';
import { contextTag, encodeElement, TAG } from '../../src/encoding/der.ts';
import { Budget, BudgetExceeded } from '../../src/path/budget.ts';
import { checkRevocation } from '../../src/path/revocation.ts';
import { type RevocationMode, revocationContext } from '../../src/path/revocation-context.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import type { CertificateRevocationList } from '../../src/x509/crl.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { AT, encodeName, type Issued, type IssueOptions, issue } from '../support/certificates.ts';
import { type CrlOptions, distributionPoints, issueCrl, type PointOptions } from '../support/crls.ts';

const DAY = 86_400_000;
const MADE_UP = { oid: '1.3.6.1.4.1.99999.1', critical: true, value: Uint8Array.of(TAG.null, 0) };

const root = issue({ subject: 'CN=Root' });
const ca = issue({ subject: 'CN=CA', issuer: root, serialNumber: 2n });
/** Another CA below the same root. */
const other = issue({ subject: 'CN=Other', issuer: root, serialNumber: 3n });

const END_ENTITY = 7n;

function endEntity(options: IssueOptions = {}, ...points: readonly PointOptions[]): Issued {
  return issue({
    subject: 'CN=End',
    issuer: ca,
    serialNumber: END_ENTITY,
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
    extensions: points.length === 0 ? [] : [distributionPoints(points)],
    ...options,
  });
}

const end = endEntity();

/** That says nothing of the CA: the other half of what `require-crl` asks for. */
const rootCrl = issueCrl({ issuer: root });

const caCrl = (options: Partial<CrlOptions> = {}) => issueCrl({ issuer: ca, ...options });

interface Given {
  readonly path?: readonly Issued[];
  readonly mode?: RevocationMode;
  readonly at?: Date;
  /** Outside the path, each with the certificates above it. */
  readonly signers?: readonly (readonly Issued[])[];
  readonly budget?: Budget;
}

/** The codes against a path: by default the end entity, its CA and the root, in the mode that asks for all. */
function codesFor(crls: readonly CertificateRevocationList[], given: Given = {}): readonly string[] {
  return reasonsFor(crls, given).map(({ code }) => code);
}

function reasonsFor(crls: readonly CertificateRevocationList[], given: Given) {
  const { path = [end, ca, root], mode = 'require-crl', at = AT, signers = [], budget = new Budget() } = given;
  const paths = signers.map((signer) => signer.map(({ certificate }) => certificate));
  const context = revocationContext({
    crls,
    at,
    mode,
    budget,
    signerCandidates: paths.flatMap(([signer]) => signer ?? []),
    findSignerPaths: (signer: Certificate) => paths.filter(([first]) => first === signer),
  });
  return checkRevocation(
    path.map(({ certificate }) => certificate),
    context,
  );
}

const listing = { revoked: [{ serialNumber: END_ENTITY }] };

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

  test('that is newer is believed before an older one', () => {
    const held = { revoked: [{ serialNumber: END_ENTITY, reason: 'certificateHold' as const }] };
    const older = caCrl({ thisUpdate: new Date(AT.getTime() - 5 * DAY), ...held });
    expect(codesFor([rootCrl, older, caCrl({ crlNumber: 2 })])).toEqual([]);
    expect(codesFor([rootCrl, older])).toEqual(['path/revoked']);
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

  test('is one with an entry that cannot be read', () => {
    const extensions = [{ oid: EXTENSION.reasonCode, value: Uint8Array.of(TAG.enumerated, 1, 7) }];
    const crl = caCrl({ revoked: [{ serialNumber: END_ENTITY, extensions }] });
    expect(codesFor([rootCrl, crl])).toEqual(['path/crl-unusable']);
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

describe('indirect CRLs', () => {
  const point = { crlIssuer: 'CN=Other' };
  const path = [endEntity({}, point), ca, root];
  const signers = [[other, root]];
  const indirect = (options: Partial<CrlOptions> = {}) =>
    issueCrl({ issuer: other, scope: { indirectCrl: true }, ...options });
  const entry = { serialNumber: END_ENTITY, certificateIssuer: 'CN=CA' };

  test.each([
    { name: 'clear', crl: indirect(), codes: [] },
    { name: 'revoke under the name of the issuer', crl: indirect({ revoked: [entry] }), codes: ['path/revoked'] },
    {
      name: 'revoke under an inherited name',
      crl: indirect({ revoked: [{ ...entry, serialNumber: 1n }, { serialNumber: END_ENTITY }] }),
      codes: ['path/revoked'],
    },
    { name: 'do not revoke under their own name', crl: indirect(listing), codes: [] },
    {
      name: 'do not revoke under a third name',
      crl: indirect({ revoked: [{ ...entry, certificateIssuer: 'CN=Third' }] }),
      codes: [],
    },
    {
      name: 'must say that they are',
      crl: indirect({ scope: { onlyContainsUserCerts: true } }),
      codes: ['path/no-crl'],
    },
    {
      name: 'may bear the name of their issuer for a point',
      crl: indirect({ scope: { indirectCrl: true, name: { full: ['CN=Other'] } } }),
      codes: [],
    },
  ])('$name', ({ crl, codes }) => {
    expect(codesFor([rootCrl, crl], { path, signers })).toEqual(codes);
  });

  test('that are not named by a point are not heeded', () => {
    expect(codesFor([rootCrl, indirect()], { signers })).toEqual(['path/no-crl']);
  });

  test('do not stand in for the one that names other issuers without being indirect', () => {
    const crl = caCrl({ revoked: [{ serialNumber: 1n, certificateIssuer: 'CN=Third' }] });
    expect(codesFor([rootCrl, crl])).toEqual(['path/crl-unusable']);
  });

  test('of the own issuer may say so', () => {
    const crl = caCrl({
      scope: { indirectCrl: true },
      revoked: [{ serialNumber: 1n }, { ...entry, certificateIssuer: 'CN=Third' }],
    });
    expect(codesFor([rootCrl, crl])).toEqual([]);
    expect(codesFor([rootCrl, caCrl({ scope: { indirectCrl: true }, ...listing })])).toEqual(['path/revoked']);
  });

  test('need a signer with a status of its own', () => {
    const revokedSigner = issueCrl({ issuer: root, revoked: [{ serialNumber: 3n }] });
    expect(codesFor([revokedSigner, indirect()], { path, signers })).toEqual(['path/crl-signer-status']);
    expect(codesFor([indirect()], { path, signers, mode: 'crl-if-present' })).toEqual([]);
  });

  test('may cover the certificate of their signer where that says so', () => {
    const subject = 'CN=Lists';
    const lists = issue({
      subject,
      issuer: ca,
      serialNumber: 9n,
      basicConstraints: null,
      keyUsage: ['cRLSign'],
      extensions: [distributionPoints([{ crlIssuer: subject }])],
    });
    const covered = [endEntity({}, { crlIssuer: subject }), ca, root];
    const crl = (serialNumber: bigint) =>
      issueCrl({
        issuer: lists,
        scope: { indirectCrl: true },
        revoked: [{ serialNumber, certificateIssuer: 'CN=CA' }],
      });
    const given = { path: covered, signers: [[lists, ca, root]] };
    expect(codesFor([rootCrl, crl(99n)], given)).toEqual([]);
    expect(codesFor([rootCrl, crl(9n)], given)).toEqual(['path/crl-signer-status']);
    expect(codesFor([rootCrl, crl(END_ENTITY)], given)).toEqual(['path/revoked']);
  });
});

describe('the signer of a CRL', () => {
  /** The CA's key for CRLs: same name, certified by the same issuer. */
  const crlKey = (options: IssueOptions = {}) =>
    issue({
      subject: 'CN=CA',
      issuer: root,
      serialNumber: 4n,
      keyUsage: ['cRLSign'],
      basicConstraints: null,
      ...options,
    });

  test('may have a key of its own', () => {
    const signer = crlKey();
    expect(codesFor([rootCrl, issueCrl({ issuer: signer })], { signers: [[signer, root]] })).toEqual([]);
    expect(codesFor([rootCrl, issueCrl({ issuer: signer, ...listing })], { signers: [[signer, root]] })).toEqual([
      'path/revoked',
    ]);
  });

  test('needs a path, to the same anchor', () => {
    const signer = crlKey();
    const stranger = issue({ subject: 'CN=Root' });
    const crls = [rootCrl, issueCrl({ issuer: signer })];
    expect(codesFor(crls, { signers: [] })).toEqual(['path/crl-signer-not-found']);
    expect(codesFor(crls, { signers: [[signer, stranger]] })).toEqual(['path/crl-signer-not-found']);
  });

  test('needs the right to sign CRLs', () => {
    const signer = crlKey({ keyUsage: ['digitalSignature'] });
    expect(codesFor([rootCrl, issueCrl({ issuer: signer })], { signers: [[signer, root]] })).toEqual([
      'path/crl-signer-not-entitled',
    ]);
  });

  test('may have the right by having no keyUsage at all', () => {
    const signer = crlKey({ keyUsage: null });
    expect(codesFor([rootCrl, issueCrl({ issuer: signer })], { signers: [[signer, root]] })).toEqual([]);
  });

  test('must not be revoked', () => {
    const signer = crlKey();
    const crls = [issueCrl({ issuer: root, revoked: [{ serialNumber: 4n }] }), issueCrl({ issuer: signer })];
    for (const mode of ['require-crl', 'crl-if-present'] as const) {
      expect(codesFor(crls, { mode, signers: [[signer, root]] })).toEqual(['path/crl-signer-status']);
    }
  });

  test('may not be certified in that name by a CA beside the path', () => {
    const forger = issue({ subject: 'CN=CA', issuer: other, serialNumber: 4n, keyUsage: ['cRLSign'] });
    const crls = [rootCrl, issueCrl({ issuer: other }), issueCrl({ issuer: forger })];
    expect(codesFor(crls, { signers: [[forger, other, root]] })).toEqual(['path/crl-signer-not-found']);
  });

  test('may be self-issued, with its status from the key that certified it', () => {
    const A = { full: ['CN=For the CRL key'] };
    const signer = crlKey({ issuer: ca, extensions: [distributionPoints([{ name: A }])] });
    const crls = [rootCrl, issueCrl({ issuer: signer }), caCrl({ scope: { name: A } })];
    expect(codesFor(crls, { signers: [[signer, ca, root]] })).toEqual([]);
    expect(codesFor(crls.slice(0, 2), { signers: [[signer, ca, root]] })).toEqual(['path/crl-signer-status']);
  });

  test('may not be the certificate whose status it tells', () => {
    const newKey = issue({ subject: 'CN=CA', issuer: ca, serialNumber: 8n });
    const path = [endEntity({ issuer: newKey }), newKey, ca, root];
    const byNewKey = issueCrl({ issuer: newKey });
    expect(reasonsFor([rootCrl, byNewKey], { path })).toMatchObject([
      { code: 'path/crl-signer-not-found', sha256: newKey.certificate.sha256 },
    ]);
    expect(codesFor([rootCrl, byNewKey, caCrl({ thisUpdate: new Date(AT.getTime() - 2 * DAY) })], { path })).toEqual(
      [],
    );
  });

  test('may not be vouched for by the certificate whose status it tells', () => {
    const signer = issue({ subject: 'CN=Root', issuer: ca, serialNumber: 4n });
    const crls = [issueCrl({ issuer: signer }), caCrl()];
    expect(codesFor(crls, { signers: [[signer, ca, root]] })).toEqual(['path/crl-signer-not-found']);
  });

  test('of two keys verifies with the second where the first does not fit', () => {
    const rekeyed = issue({ subject: 'CN=CA', issuer: root, serialNumber: 2n });
    const signers = [[rekeyed, root]];
    const crl = issueCrl({ issuer: rekeyed, authorityKeyIdentifier: false });
    expect(codesFor([rootCrl, crl], { signers })).toEqual([]);
  });
});

describe('work', () => {
  test('the same CRL is verified once for each key', () => {
    const budget = new Budget();
    const crls = [rootCrl, caCrl()];
    codesFor(crls, { budget });
    expect(budget.spent).toMatchObject({ crlSignatures: 2, crls: 2, crlEntries: 0, crlSigners: 0 });
  });

  test('a CRL of a hundred thousand entries costs one comparison an entry', () => {
    const budget = new Budget();
    const revoked = Array.from({ length: 100_000 }, (_, i) => ({ serialNumber: BigInt(i + 1000) }));
    expect(codesFor([rootCrl, caCrl({ revoked })], { budget })).toEqual([]);
    expect(budget.spent.crlEntries).toBe(100_000);
  });

  test('entries that all name an issuer cost more, because each must be read', () => {
    const budget = new Budget();
    const revoked = Array.from({ length: 1000 }, (_, i) => ({
      serialNumber: END_ENTITY,
      certificateIssuer: `CN=Somebody ${i}`,
    }));
    expect(codesFor([rootCrl, caCrl({ scope: { indirectCrl: true }, revoked })], { budget })).toEqual([]);
    expect(budget.spent.crlEntries).toBe(1000 + 1000 * 50);
  });

  test('a CRL that comes from many points is verified and searched once', () => {
    const budget = new Budget();
    const points = Array.from({ length: 100 }, (_, i) => ({ name: { full: [`CN=Point ${i}`] }, reasons: [1] }));
    const path = [endEntity({}, ...points), ca, root];
    const crl = caCrl({ nextUpdate: new Date(AT.getTime() - DAY / 2), revoked: [{ serialNumber: 1n }] });
    expect(codesFor([rootCrl, crl], { path, budget })).toEqual(['path/crl-expired']);
    expect(budget.spent).toMatchObject({ crlSignatures: 2, crls: 102, crlEntries: 1 });
  });

  test('points beyond a hundred are not read', () => {
    const points = Array.from({ length: 101 }, (_, i) => ({ name: { full: [`CN=Point ${i}`] } }));
    expect(codesFor([rootCrl, caCrl()], { path: [endEntity({}, ...points), ca, root] })).toEqual([
      'path/malformed-extension',
    ]);
  });

  test('many forged CRLs end it', () => {
    const forged = Array.from({ length: 150 }, (_, i) => caCrl({ badSignature: true, crlNumber: i + 1 }));
    expect(() => codesFor([rootCrl, ...forged])).toThrow(BudgetExceeded);
  });

  test('many would-be signers end it', () => {
    const crowd = Array.from({ length: 150 }, (_, i) =>
      issue({ subject: 'CN=CA', issuer: root, serialNumber: BigInt(i + 10) }),
    );
    const budget = new Budget();
    const unknown = issueCrl({ issuer: other, issuerName: 'CN=CA' });
    expect(() => codesFor([rootCrl, unknown], { budget, signers: crowd.map((signer) => [signer, root]) })).toThrow(
      BudgetExceeded,
    );
    expect(budget.spent.crlSignatures).toBeGreaterThanOrEqual(100);
    expect(budget.spent.crlSigners).toBe(0);
  });

  test('signers that depend on signers end somewhere', () => {
    // Each CRL signer is certified by the CA, and its own status is told by a CRL that the next one signs.
    const chain = Array.from({ length: 8 }, (_, i) =>
      issue({
        subject: `CN=Lists ${i}`,
        issuer: ca,
        serialNumber: BigInt(i + 20),
        keyUsage: ['cRLSign'],
        extensions: [distributionPoints([{ crlIssuer: `CN=Lists ${i + 1}` }])],
      }),
    );
    const crls = chain.map((issuer) => issueCrl({ issuer, scope: { indirectCrl: true } }));
    const path = [endEntity({}, { crlIssuer: 'CN=Lists 0' }), ca, root];
    const signers = chain.map((signer) => [signer, ca, root]);
    expect(codesFor([rootCrl, ...crls], { path, signers })).toEqual(['path/crl-signer-status']);
  });
});

test('names in messages are escaped', () => {
  const evil = issue({ subject: 'CN=CA\u001b[2J', issuer: root, serialNumber: 2n });
  const path = [endEntity({ issuer: evil }), evil, root];
  const [reason] = reasonsFor([rootCrl, issueCrl({ issuer: evil, ...listing })], { path });
  expect(reason?.message).toContain('CN=CA\\1B[2J');
  expect(encodeName(evil.subject)).not.toHaveLength(0);
});
