import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  childrenOf,
  type DerElement,
  decodeElement,
  encodeElement,
  encodeOid,
  encodingOf,
  TAG,
} from '../../src/encoding/der.ts';
import { TrustError } from '../../src/errors.ts';
import { Budget } from '../../src/path/budget.ts';
import { type ValidatePathOptions, validatePath, validatePathWithin } from '../../src/path/validate-path.ts';
import { AT, type Issued, type IssueOptions, issueIdentified as issue } from '../support/certificates.ts';
import { crlDer } from '../support/crls.ts';
import { extendedKeyUsage, subjectAltName } from '../support/extensions.ts';

const DAY = 86_400_000;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

const root = issue({ subject: 'CN=Root' });
const ca = issue({ subject: 'CN=CA', issuer: root });

function server(issuer: Issued, options: IssueOptions = {}): Issued {
  return issue({
    subject: 'CN=www.example.com',
    issuer,
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
    extensions: [subjectAltName(['dns:www.example.com']), extendedKeyUsage([SERVER_AUTH])],
    ...options,
  });
}

const end = server(ca);

interface Given extends Partial<Omit<ValidatePathOptions, 'trustAnchors' | 'intermediates'>> {
  readonly anchors?: readonly Issued[];
  readonly others?: readonly Issued[];
}

function validate(endEntity: Issued, { anchors = [root], others = [ca], ...options }: Given = {}) {
  return validatePath(endEntity.der, {
    trustAnchors: anchors.map(({ der }) => der),
    intermediates: others.map(({ der }) => der),
    at: AT,
    ...options,
  });
}

/** The subjects of the path, or the codes of the reasons. */
function outcome(endEntity: Issued, given: Given = {}): readonly string[] {
  const verdict = validate(endEntity, given);
  return verdict.valid ? verdict.path.map(({ subject }) => subject) : verdict.reasons.map(({ code }) => code);
}

const WHOLE = ['CN=www.example.com', 'CN=CA', 'CN=Root'];

describe('building', () => {
  test('end entity first, anchor last, whatever the order of what is given', () => {
    const upper = issue({ subject: 'CN=Upper', issuer: root });
    const lower = issue({ subject: 'CN=Lower', issuer: upper });
    const target = server(lower);
    const expected = ['CN=www.example.com', 'CN=Lower', 'CN=Upper', 'CN=Root'];
    expect(outcome(target, { others: [upper, lower] })).toEqual(expected);
    expect(outcome(target, { others: [end, lower, root, target, upper] })).toEqual(expected);
  });

  test('certificates may be handed over decoded', () => {
    const { certificate } = end;
    const given = { trustAnchors: [root.certificate], intermediates: [ca.certificate], at: AT };
    const verdict = validatePath(certificate, given);
    expect(verdict.valid && verdict.path[0] === certificate).toBe(true);
  });

  test.each<{ readonly name: string; readonly options: IssueOptions }>([
    { name: 'expired', options: { notAfter: new Date(AT.getTime() - DAY) } },
    { name: 'not signed by the root', options: { badSignature: true } },
    { name: 'no CA', options: { basicConstraints: { ca: false }, keyUsage: null } },
    { name: 'for another purpose', options: { extensions: [extendedKeyUsage([CLIENT_AUTH])] } },
  ])('another way is found where an issuer of the same key is $name', ({ options }) => {
    const bad = issue({ subject: 'CN=CA', issuer: root, key: ca.privateKey, serialNumber: 9n, ...options });
    expect(outcome(end, { others: [bad, ca], purpose: 'serverAuth' })).toEqual(WHOLE);
    expect(outcome(end, { others: [bad], purpose: 'serverAuth' })).not.toEqual(WHOLE);
  });

  test('of issuers of one name, the one whose key signed is found', () => {
    const others = Array.from({ length: 30 }, () => issue({ subject: 'CN=CA', issuer: root }));
    expect(outcome(end, { others: [...others, ca] })).toEqual(WHOLE);
  });

  test('a key identifier that does not fit is no reason to give up', () => {
    const misled = server({ ...ca, certificate: root.certificate });
    expect(outcome(misled)).toEqual(WHOLE);
  });

  test('over a cross-sign where the own root is not trusted', () => {
    const other = issue({ subject: 'CN=Other Root' });
    const cross = issue({ subject: 'CN=Root', issuer: other, key: root.privateKey });
    expect(outcome(end, { anchors: [other], others: [root, ca, cross] })).toEqual([...WHOLE, 'CN=Other Root']);
  });

  test('CAs that vouch for one another lead nowhere', () => {
    const a = issue({ subject: 'CN=A' });
    const b = issue({ subject: 'CN=B', issuer: a });
    const back = issue({ subject: 'CN=A', issuer: b, key: a.privateKey });
    expect(new Set(outcome(server(b), { others: [a, b, back] }))).toEqual(new Set(['path/no-issuer']));
  });

  test('an intermediate may be an anchor', () => {
    expect(outcome(end, { anchors: [ca], others: [root] })).toEqual(WHOLE.slice(0, 2));
  });

  test('a CA that is an anchor itself needs no other', () => {
    expect(outcome(root)).toEqual(['CN=Root']);
  });

  test('an end entity is not trusted for being on the list', () => {
    const own = issue({ subject: 'CN=Own', basicConstraints: null, keyUsage: ['digitalSignature'] });
    expect(outcome(own, { anchors: [own] })).toContain('path/not-a-ca');
  });

  test('names chain by their meaning, not by their octets', () => {
    expect(outcome(server(ca, { issuerName: 'CN=  cA ' }))).toEqual(WHOLE);
  });
});

describe('under webpki', () => {
  const given = { profile: 'webpki', purpose: 'serverAuth' } as const;

  test('names chain octet by octet', () => {
    expect(outcome(end, given)).toEqual(WHOLE);
    expect(outcome(server(ca, { issuerName: 'CN=ca' }), given)).toEqual(['path/bad-name']);
  });

  test('a key identifier that does not fit is one', () => {
    expect(outcome(server({ ...ca, certificate: root.certificate }), given)).toEqual(['path/bad-key-identifier']);
  });

  test.each([
    { namedCurve: 'P-256', notBefore: '2025-12-01', codes: null },
    { namedCurve: 'P-384', notBefore: '2025-12-01', codes: ['path/forbidden-algorithm'] },
    { namedCurve: 'P-384', notBefore: '2020-08-19', codes: null },
  ])('an issuer on $namedCurve signs with the hash of its curve: $notBefore', ({ namedCurve, notBefore, codes }) => {
    const issuer = issue({ subject: 'CN=Root', key: generateKeyPairSync('ec', { namedCurve }).privateKey });
    const target = server(issuer, { notBefore: new Date(notBefore) });
    expect(outcome(target, { ...given, anchors: [issuer] })).toEqual(codes ?? ['CN=www.example.com', 'CN=Root']);
  });
});

describe('what is asked for', () => {
  test('the number of intermediates, self-issued ones not counted', () => {
    const rollover = issue({ subject: 'CN=CA', issuer: ca });
    const target = server(rollover);
    const given = { others: [ca, rollover] };
    expect(outcome(target, { ...given, maxIntermediates: 1 })).toHaveLength(4);
    expect(outcome(target, { ...given, maxIntermediates: 0 })).toContain('path/too-long');
  });

  test.each([
    { kind: 'dns', value: 'www.example.com', matches: true },
    { kind: 'dns', value: 'WWW.Example.COM.', matches: true },
    { kind: 'dns', value: 'a.wild.example.com', matches: true },
    { kind: 'dns', value: 'a.b.wild.example.com', matches: false },
    { kind: 'dns', value: 'wild.example.com', matches: false },
    { kind: 'dns', value: '*.wild.example.com', matches: false },
    { kind: 'dns', value: 'common.example.com', matches: false },
    { kind: 'dns', value: '192.0.2.1', matches: false },
    { kind: 'ip', value: '192.0.2.1', matches: true },
    { kind: 'ip', value: '2001:DB8:0::1', matches: true },
    { kind: 'ip', value: '192.0.2.01', matches: false },
    { kind: 'email', value: 'a@EXAMPLE.com', matches: true },
    { kind: 'email', value: 'A@example.com', matches: false },
  ] as const)('$kind $value: $matches', ({ kind, value, matches }) => {
    const names = [
      'dns:www.example.com',
      'dns:*.wild.example.com',
      'ip:192.0.2.1',
      'ip:2001:db8::1',
      'email:a@example.com',
    ];
    const target = server(ca, { subject: 'CN=common.example.com', extensions: [subjectAltName(names)] });
    expect(validate(target, { peerNames: [{ kind, value }] }).valid).toBe(matches);
    expect(
      validate(target, {
        peerNames: [
          { kind, value },
          { kind: 'dns', value: 'www.example.com' },
        ],
      }).valid,
    ).toBe(true);
  });

  test.each([
    { name: 'no extendedKeyUsage', purposes: null, purpose: 'serverAuth', isValid: true },
    { name: 'the purpose', purposes: [SERVER_AUTH], purpose: 'serverAuth', isValid: true },
    { name: 'anyExtendedKeyUsage', purposes: ['2.5.29.37.0'], purpose: 'clientAuth', isValid: true },
    { name: 'another', purposes: [CLIENT_AUTH], purpose: 'serverAuth', isValid: false },
    { name: 'another, and nothing is asked', purposes: [CLIENT_AUTH], purpose: 'any', isValid: true },
  ] as const)('the purpose, in every certificate: $name', ({ purposes, purpose, isValid }) => {
    const extensions = purposes === null ? [] : [extendedKeyUsage(purposes)];
    expect(validate(server(ca, { extensions }), { purpose }).valid).toBe(isValid);
    const limited = issue({ subject: 'CN=Limited', issuer: root, extensions });
    expect(validate(server(limited, { extensions: [] }), { others: [limited], purpose }).valid).toBe(isValid);
    const limitedRoot = issue({ subject: 'CN=Limited Root', extensions });
    expect(validate(server(limitedRoot, { extensions: [] }), { anchors: [limitedRoot], purpose }).valid).toBe(isValid);
  });

  test('the instant: both ends of the validity belong to it, fractions do not count', () => {
    const [notBefore, notAfter] = [new Date('2026-06-01T00:00:00Z'), new Date('2026-06-02T00:00:00Z')];
    const target = server(ca, { notBefore, notAfter });
    const codes = (at: Date) => outcome(target, { at });
    expect(codes(notBefore)).toEqual(WHOLE);
    expect(codes(new Date(notBefore.getTime() - 1))).toEqual(['path/not-yet-valid']);
    expect(codes(new Date(notAfter.getTime() + 999))).toEqual(WHOLE);
    expect(codes(new Date(notAfter.getTime() + 1000))).toEqual(['path/expired']);
  });
});

describe('reasons', () => {
  test('the most specific first, all of them, each once', () => {
    const late = issue({ subject: 'CN=CA', issuer: root, key: ca.privateKey, notAfter: new Date(AT.getTime() - DAY) });
    const stranger = issue({ subject: 'CN=CA', issuer: root });
    const verdict = validate(end, { others: [late, stranger], peerNames: [{ kind: 'dns', value: 'other.example' }] });
    if (verdict.valid) throw new Error('a path was found');
    expect(verdict.reasons).toEqual([
      {
        code: 'path/name-mismatch',
        message: 'the certificate is not for "other.example"',
        sha256: end.certificate.sha256,
      },
      { code: 'path/expired', message: 'expired on 2026-10-31T00:00:00Z', sha256: late.certificate.sha256 },
      {
        code: 'path/bad-signature',
        message: 'the key of CN=CA does not verify the signature',
        sha256: end.certificate.sha256,
      },
    ]);
  });

  test('an issuer that nobody gave is named; so is a root that nobody trusts', () => {
    const messages = (given: Given) => {
      const verdict = validate(end, given);
      return verdict.valid ? [] : verdict.reasons.map(({ message }) => message);
    };
    expect(messages({ others: [] })).toEqual(['no certificate of the issuer CN=CA is at hand']);
    expect(messages({ anchors: [], others: [ca, root] })).toEqual(['CN=Root is not among the trust anchors']);
  });

  test('with a path at hand, only what is wrong with the end entity', () => {
    const late = server(ca, { notAfter: new Date(AT.getTime() - DAY) });
    const stranger = issue({ subject: 'CN=CA', issuer: root });
    expect(outcome(late, { others: [stranger, ca] })).toEqual(['path/expired']);
  });

  test('what is specific is not lost in a crowd of what is not', () => {
    const late = issue({ subject: 'CN=CA', issuer: root, key: ca.privateKey, notAfter: new Date(AT.getTime() - DAY) });
    const noise = Array.from({ length: 300 }, (_, i) => Uint8Array.of(0x30, 2, 5, 0, i & 255).subarray(0, 1 + (i % 4)));
    const verdict = validatePath(end.der, {
      trustAnchors: [root.der],
      intermediates: [...noise, late.der, ...noise],
      at: AT,
    });
    expect(verdict.valid ? null : verdict.reasons[0]?.code).toBe('path/expired');
  });

  test('nothing from a certificate acts on a terminal', () => {
    const nasty = server(ca, { extensions: [subjectAltName(['dns:a\u001b[2Jb'])] });
    expect(JSON.stringify(validate(nasty))).not.toContain('\\u001b');
    expect(outcome(nasty)).toEqual(['path/bad-name']);
  });
});

describe('what cannot be read', () => {
  const noise = Uint8Array.of(0x30, 3, 2, 1, 1);

  test('an end entity is a TrustError', () => {
    expect(() => validatePath(noise, { trustAnchors: [], at: AT })).toThrow(TrustError);
  });

  const [rootCrl, crl] = [crlDer({ issuer: root }), crlDer({ issuer: ca })];
  const listing = crlDer({ issuer: ca, revoked: [{ serialNumber: 0x0102n }] });

  test.each([
    { name: 'alone', crls: [noise], codes: ['path/malformed-crl', 'path/malformed-crl'] },
    { name: 'where others clear one of two', crls: [rootCrl, noise], codes: ['path/malformed-crl'] },
    { name: 'where others clear all', crls: [noise, rootCrl, crl], codes: [] },
    { name: 'beside one that revokes', crls: [noise, rootCrl, listing], codes: ['path/revoked'] },
    {
      name: 'beside one that leaves out some reasons',
      crls: [noise, rootCrl, crlDer({ issuer: ca, scope: { onlySomeReasons: [1] } })],
      codes: ['path/malformed-crl'],
    },
  ])('a CRL may be about any certificate, but hides no other: $name', ({ crls, codes }) => {
    for (const revocation of ['crl-if-present', 'require-crl'] as const) {
      const verdict = validate(end, { crls, revocation });
      expect(verdict.valid ? [] : verdict.reasons.map(({ code }) => code)).toEqual(codes);
    }
    expect(validate(end, { crls, revocation: 'off' }).valid).toBe(true);
  });

  test('a CRL that is not at hand counts the same, and is called what it is', () => {
    const missingCrls = ['ca.crl: there is no such file'];
    const codesWith = (crls: readonly Uint8Array[]) => {
      const verdict = validate(end, { crls, missingCrls });
      return verdict.valid ? [] : verdict.reasons.map(({ code, message }) => [code, message]);
    };
    const missing = ['path/malformed-crl', missingCrls[0]];
    expect(codesWith([])).toEqual([missing, missing]);
    expect(codesWith([rootCrl])).toEqual([missing]);
    expect(codesWith([rootCrl, crl])).toEqual([]);
    expect(validate(end, { missingCrls, revocation: 'off' }).valid).toBe(true);
  });

  test('an anchor or an intermediate harms nobody, and is mentioned where there is no path', () => {
    const given = (others: readonly Issued[]) => ({
      trustAnchors: [noise, root.der],
      intermediates: [noise, ...others.map(({ der }) => der)],
      at: AT,
    });
    expect(validatePath(end.der, given([ca])).valid).toBe(true);
    expect(validatePath(end.der, given([]))).toMatchObject({
      reasons: [{ code: 'path/malformed-certificate' }, { code: 'path/no-issuer' }],
    });
  });

  test.each<{ readonly name: string; readonly given: Given }>([
    { name: 'a date that is none', given: { at: new Date('soon') } },
    { name: 'a negative number of intermediates', given: { maxIntermediates: -1 } },
    { name: 'a number of intermediates that is none', given: { maxIntermediates: Number.NaN } },
    { name: 'a profile that does not exist', given: { profile: 'strict' as never } },
    { name: 'a purpose that does not exist', given: { purpose: 'codeSigning' as never } },
    { name: 'a mode of revocation that does not exist', given: { revocation: 'ocsp' as never } },
    {
      name: 'a kind of name that does not exist',
      given: { peerNames: [{ kind: 'DNS' as never, value: 'a.example' }] },
    },
  ])('$name is a usage error', ({ given }) => {
    expect(() => validate(end, given)).toThrow(expect.objectContaining({ code: 'usage/bad-value' }));
  });
});

describe('DSA', () => {
  const keys = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
  const spki = new Uint8Array(keys.publicKey.export({ type: 'spki', format: 'der' }));
  /** The key without its parameters, which it takes from the issuer's. */
  const bare = encodeElement(
    TAG.sequence,
    encodeElement(TAG.sequence, encodeOid('1.2.840.10040.4.1')),
    encodingOf(childrenOf(decodeElement(spki, TAG.sequence))[1] as DerElement),
  );
  const dsaRoot = issue({ subject: 'CN=DSA Root', key: keys.privateKey });
  const given = { anchors: [dsaRoot] };

  const heir = (issuer: Issued, options: IssueOptions = {}) =>
    issue({ subject: 'CN=Heir', issuer, key: keys.privateKey, publicKey: bare, ...options });

  test('a key inherits its parameters from the one above, and that from its own', () => {
    const upper = heir(dsaRoot);
    const lower = heir(upper, { subject: 'CN=Lower Heir' });
    expect(outcome(server(upper), { ...given, others: [upper] })).toHaveLength(3);
    expect(outcome(server(lower), { ...given, others: [upper, lower] })).toHaveLength(4);
  });

  test('what it did not sign is refused when the path is known', () => {
    const upper = heir(dsaRoot);
    expect(outcome(server(upper, { badSignature: true }), { ...given, others: [upper] })).toContain(
      'path/bad-signature',
    );
  });

  test('below a key of another kind there is nothing to inherit', () => {
    const orphan = heir(root);
    expect(outcome(server(orphan), { others: [orphan] })).toContain('path/bad-signature');
  });

  test('not under webpki', () => {
    const below = { profile: 'webpki', purpose: 'serverAuth' } as const;
    expect(outcome(server(dsaRoot), given)).toHaveLength(2);
    expect(outcome(server(dsaRoot), { ...given, ...below })).toContain('path/weak-key');
  });
});

test('flaws of form are tolerated in a signer of CRLs as in the path', () => {
  const signer = issue({
    subject: 'CN=CA',
    issuer: root,
    basicConstraints: null,
    keyUsage: ['cRLSign'],
    authorityKeyIdentifier: false,
  });
  const given = { others: [ca, signer], crls: [crlDer({ issuer: signer })] };
  expect(outcome(end, given)).toContain('path/crl-signer-not-found');
  expect(outcome(end, { ...given, toleratesForm: true })).toEqual(WHOLE);
});

test('one valid path costs two signatures', () => {
  const budget = new Budget();
  validatePathWithin(budget, end.der, { trustAnchors: [root.der], intermediates: [ca.der, end.der], at: AT });
  expect(budget.spent).toMatchObject({ signatures: 2, paths: 1, candidates: 1, nameComparisons: 0 });
});
