import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { genuineRoot } from '../../src/catalog/catalog.ts';
import { checkTrustAnchor } from '../../src/check/rules.ts';
import { contextTag, encodeElement, TAG } from '../../src/encoding/der.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { AT, type IssueOptions, issue } from '../support/certificates.ts';

const DAY = 86_400_000;
const QUOVADIS_ROOT_CA_2 = '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86';

const after = (ms: number) => new Date(AT.getTime() + ms);
const codes = (options: IssueOptions) =>
  checkTrustAnchor(issue(options).certificate, { at: AT }).map(({ code, severity }) => `${severity} ${code}`);

test('as of no date nothing would be expired: that is refused', () => {
  const { certificate } = issue({ notAfter: after(-DAY) });
  expect(() => checkTrustAnchor(certificate, { at: new Date('soon') })).toThrow('the date of the check is not a date');
});

describe('a root', () => {
  const cases: readonly {
    readonly name: string;
    readonly options: IssueOptions;
    readonly expected: readonly string[];
  }[] = [
    { name: 'with nothing wrong', options: {}, expected: [] },
    { name: 'of version 1', options: { version: 1 }, expected: ['info anchor/old-version'] },
    { name: 'without basicConstraints', options: { basicConstraints: null }, expected: ['error anchor/not-a-ca'] },
    { name: 'with cA FALSE', options: { basicConstraints: { ca: false } }, expected: ['error anchor/not-a-ca'] },
    { name: 'without keyUsage', options: { keyUsage: null }, expected: ['info anchor/no-key-usage'] },
    {
      name: 'that may not sign certificates',
      options: { keyUsage: ['cRLSign'] },
      expected: ['error anchor/no-cert-sign'],
    },
    { name: 'that expired a second ago', options: { notAfter: after(-1000) }, expected: ['error anchor/expired'] },
    { name: 'in its last second', options: { notAfter: after(0) }, expected: ['warning anchor/expires-soon'] },
    { name: 'with 89 days left', options: { notAfter: after(89 * DAY) }, expected: ['warning anchor/expires-soon'] },
    { name: 'with 90 days left', options: { notAfter: after(90 * DAY) }, expected: [] },
    {
      name: 'valid from the next second on',
      options: { notBefore: after(1000) },
      expected: ['error anchor/not-yet-valid'],
    },
    { name: 'valid from this second on', options: { notBefore: after(0) }, expected: [] },
    { name: 'with a changed signature', options: { badSignature: true }, expected: ['error anchor/bad-signature'] },
    { name: 'signed with SHA-1', options: { hash: 'sha1' }, expected: ['info anchor/old-hash'] },
    { name: 'with an RSA key of 1024 bits', options: { key: 'rsa1024' }, expected: ['error anchor/weak-key'] },
    { name: 'with an RSA key of 2048 bits', options: { key: 'rsa2048' }, expected: [] },
    {
      name: 'with an RSA exponent of 3',
      options: { key: generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey },
      expected: ['info anchor/unusual-key'],
    },
    {
      name: 'with a key on P-224',
      options: { key: generateKeyPairSync('ec', { namedCurve: 'secp224r1' }).privateKey },
      expected: ['error anchor/weak-key'],
    },
    {
      name: 'with everything wrong',
      options: { basicConstraints: null, notAfter: after(-DAY), badSignature: true, key: 'rsa1024' },
      expected: [
        'error anchor/not-a-ca',
        'error anchor/expired',
        'error anchor/bad-signature',
        'error anchor/weak-key',
      ],
    },
  ];
  test.each(cases)('$name', ({ options, expected }) => {
    expect(codes(options)).toEqual(expected);
  });
});

test('an intermediate is fit, but no root', () => {
  expect(codes({ subject: 'CN=Sub', issuer: issue() })).toEqual(['warning anchor/not-self-signed']);
});

test('a finding names the certificate, says what was found and what to do', () => {
  const { certificate } = issue({
    notAfter: new Date('2020-02-29T12:00:00Z'),
    notBefore: new Date('2010-01-01T00:00:00Z'),
  });
  expect(checkTrustAnchor(certificate.der, { at: AT })).toEqual([
    {
      code: 'anchor/expired',
      severity: 'error',
      message: 'expired on 2020-02-29',
      hint: 'ask the CA which root replaces it',
      source: null,
      sha256: certificate.sha256,
    },
  ]);
});

test('a self-issued certificate that an older key of the same CA signed is no damaged root', () => {
  const old = issue({ subject: 'CN=CA' });
  const keyIdentifier = encodeElement(
    contextTag(0, false),
    Buffer.from(old.certificate.subjectKeyIdentifier ?? '', 'hex'),
  );
  const extensions = [{ oid: EXTENSION.authorityKeyIdentifier, value: encodeElement(TAG.sequence, keyIdentifier) }];
  expect(codes({ subject: 'CN=CA', issuer: old, extensions })).toEqual(['warning anchor/not-self-signed']);
  expect(codes({ subject: 'CN=CA', issuer: old })).toEqual(['error anchor/bad-signature']);
});

test('a hostile issuer name is printed escaped', () => {
  const { certificate } = issue({ subject: 'CN=Sub', issuer: issue({ subject: 'CN=a\u001b[2Jquit' }) });
  expect(checkTrustAnchor(certificate, { at: AT })[0]?.message).toBe('not a root: issued by CN=a\\1B[2Jquit');
});

test('a basicConstraints that cannot be read makes no CA', () => {
  const extensions = [{ oid: EXTENSION.basicConstraints, value: encodeElement(TAG.octetString), critical: true }];
  const { certificate } = issue({ basicConstraints: null, extensions });
  const [finding, ...more] = checkTrustAnchor(certificate, { at: AT });
  expect(finding).toMatchObject({
    code: 'anchor/not-a-ca',
    severity: 'error',
    message: 'not a CA certificate: basicConstraints cannot be read: found tag 0x4, expected 0x30',
    hint: 'ask the CA for a sound copy',
  });
  expect(more.map(({ code }) => code)).toEqual(['anchor/unreadable-in-java']);
});

test('QuoVadis Root CA 2 is genuine, and the warning tells its story and its successor', () => {
  const der = genuineRoot(QUOVADIS_ROOT_CA_2) as Uint8Array;
  const findings = checkTrustAnchor(der, { at: AT });
  expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
    'info anchor/old-hash',
    'warning catalog/email-only',
    'info anchor/not-critical',
  ]);
  const [, story] = findings;
  expect(story?.message).toMatch(/2026-04-09/);
  expect(story?.message).toMatch(/2031-11-24/);
  expect(story?.message).toMatch(/Cisco.*2021-03-31.*IdenTrust Commercial Root CA 1/);
  expect(story?.hint).toBe('install IdenTrust Commercial Root CA 1, which replaces it');
});
