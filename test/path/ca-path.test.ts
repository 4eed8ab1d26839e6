import { describe, expect, test } from 'vitest';
import { encodeElement, encodeOid, TAG } from '../../src/encoding/der.ts';
import { findCaPath } from '../../src/path/ca-path.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { AT, type Issued, type IssueOptions, issue } from '../support/certificates.ts';

const YEAR = 365 * 86_400_000;
const root = issue({ subject: 'CN=Root' });

const pathOf = (certificate: Certificate, intermediates: readonly Issued[] = [], anchors: readonly Issued[] = [root]) =>
  findCaPath(certificate, {
    trustAnchors: anchors.map((one) => one.certificate),
    intermediates: intermediates.map((one) => one.certificate),
    at: AT,
  })?.map(({ subject }) => subject) ?? null;

test('a CA below an anchor has a path, through other CAs too, whatever their order', () => {
  const upper = issue({ subject: 'CN=Upper', issuer: root });
  const lower = issue({ subject: 'CN=Lower', issuer: upper });
  expect(pathOf(upper.certificate)).toEqual(['CN=Upper', 'CN=Root']);
  expect(pathOf(lower.certificate, [lower, upper])).toEqual(['CN=Lower', 'CN=Upper', 'CN=Root']);
  expect(pathOf(lower.certificate)).toBeNull();
});

test('a cross-signed root has a path to the anchor that signed it', () => {
  const next = issue({ subject: 'CN=Next Root', issuer: root });
  expect(pathOf(next.certificate)).toEqual(['CN=Next Root', 'CN=Root']);
});

test('of two issuers of one name the one that signed is found', () => {
  const impostor = issue({ subject: 'CN=Upper', issuer: root });
  const upper = issue({ subject: 'CN=Upper', issuer: root });
  const lower = issue({ subject: 'CN=Lower', issuer: upper });
  expect(pathOf(lower.certificate, [impostor, upper])).toEqual(['CN=Lower', 'CN=Upper', 'CN=Root']);
  expect(pathOf(lower.certificate, [impostor])).toBeNull();
});

describe('no path for', () => {
  const cases: readonly { readonly name: string; readonly options: IssueOptions }[] = [
    { name: 'an end entity', options: { basicConstraints: null } },
    { name: 'cA FALSE', options: { basicConstraints: { ca: false } } },
    { name: 'a keyUsage without keyCertSign', options: { keyUsage: ['digitalSignature'] } },
    { name: 'an expired one', options: { notAfter: new Date(AT.getTime() - 1000) } },
    { name: 'one not valid yet', options: { notBefore: new Date(AT.getTime() + 1000) } },
    { name: 'a bad signature', options: { badSignature: true } },
    { name: 'a SHA-1 signature', options: { hash: 'sha1' } },
    { name: 'version 1', options: { version: 1 } },
    { name: 'another issuer name', options: { issuerName: 'CN=Other' } },
    {
      name: 'an unknown critical extension',
      options: { extensions: [{ oid: '1.2.3', critical: true, value: Uint8Array.of(5, 0) }] },
    },
    {
      name: 'name constraints',
      options: { extensions: [{ oid: EXTENSION.nameConstraints, value: encodeElement(TAG.sequence) }] },
    },
    {
      name: 'a duplicate extension',
      options: { extensions: [1, 2].map(() => ({ oid: '1.2.3', value: Uint8Array.of(5, 0) })) },
    },
  ];
  test.each(cases)('$name', ({ options }) => {
    expect(pathOf(issue({ subject: 'CN=Sub', issuer: root, ...options }).certificate)).toBeNull();
    expect(pathOf(issue({ subject: 'CN=Sub', issuer: root }).certificate)).not.toBeNull();
  });

  test('one below a CA whose path length is used up', () => {
    const upper = issue({ subject: 'CN=Upper', issuer: root, basicConstraints: { ca: true, pathLength: 0 } });
    const lower = issue({ subject: 'CN=Lower', issuer: upper });
    expect(pathOf(upper.certificate)).not.toBeNull();
    expect(pathOf(lower.certificate, [upper])).toBeNull();
  });

  test('a loop of CAs that vouch for one another', () => {
    const a = issue({ subject: 'CN=A' });
    const b = issue({ subject: 'CN=B', issuer: a });
    const again = issue({ subject: 'CN=A', issuer: b, key: a.privateKey });
    expect(pathOf(again.certificate, [a, b, again])).toBeNull();
  });

  test.each<{ name: string; options: IssueOptions }>([
    { name: 'has expired', options: { notAfter: new Date(AT.getTime() - YEAR) } },
    { name: 'is no CA', options: { basicConstraints: null } },
    { name: 'may not sign certificates', options: { keyUsage: ['cRLSign'] } },
    {
      name: 'has limits',
      options: { extensions: [{ oid: EXTENSION.nameConstraints, value: encodeElement(TAG.sequence) }] },
    },
  ])('one whose anchor $name', ({ options }) => {
    const anchor = issue({ subject: 'CN=Anchor', ...options });
    const sub = issue({ subject: 'CN=Sub', issuer: anchor });
    expect(pathOf(sub.certificate, [], [anchor])).toBeNull();
  });
});

describe('flaws of form that a private PKI may have', () => {
  test.each<{ name: string; options: IssueOptions }>([
    { name: 'no key identifiers', options: { subjectKeyIdentifier: false } },
    { name: 'the serial number 0', options: { serialNumber: 0n } },
    { name: 'a common name of 80 characters', options: { subject: `CN=${'x'.repeat(80)}` } },
    { name: 'a basicConstraints that is not critical', options: { basicConstraints: { ca: true, critical: false } } },
  ])('$name: in a CA, and in its anchor', ({ options }) => {
    const sub = issue({ subject: 'CN=Sub', issuer: root, ...options });
    expect(pathOf(sub.certificate)).toEqual([sub.certificate.subject, 'CN=Root']);
    const anchor = issue({ subject: 'CN=Anchor', ...options });
    expect(pathOf(issue({ subject: 'CN=Sub', issuer: anchor }).certificate, [], [anchor])).toHaveLength(2);
  });
});

test('a CA whose signature has no parameters that can be read vouches for nobody, and stands in no way', () => {
  const rsassaPss = encodeElement(TAG.sequence, encodeOid('1.2.840.113549.1.1.10'));
  const odd = issue({ subject: 'CN=Odd', issuer: root, outerAlgorithm: rsassaPss });
  const sub = issue({ subject: 'CN=Sub', issuer: root });
  expect(pathOf(sub.certificate, [odd])).toEqual(['CN=Sub', 'CN=Root']);
  expect(pathOf(odd.certificate)).toBeNull();
  expect(pathOf(issue({ subject: 'CN=Lower', issuer: odd }).certificate, [odd])).toBeNull();
});

test('a crowd of issuers with the right name uses up the budget of signature checks', () => {
  const upper = issue({ subject: 'CN=Crowd', issuer: root });
  const lower = issue({ subject: 'CN=Lower', issuer: upper });
  const crowd = Array.from({ length: 100 }, (_, i) =>
    issue({ subject: 'CN=Crowd', issuer: root, serialNumber: BigInt(i + 1) }),
  );
  expect(pathOf(lower.certificate, [...crowd.slice(0, 50), upper])).not.toBeNull();
  expect(pathOf(lower.certificate, [...crowd, upper])).toBeNull();
});
