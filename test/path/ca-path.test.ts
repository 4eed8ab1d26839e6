import { describe, expect, test } from 'vitest';
import { encodeElement, TAG } from '../../src/encoding/der.ts';
import { findCaPath } from '../../src/path/ca-path.ts';
import { trustAnchorFrom } from '../../src/path/trust-anchor.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { AT, type Issued, type IssueOptions, issue } from '../support/certificates.ts';

const YEAR = 365 * 86_400_000;
const root = issue({ subject: 'CN=Root' });
const anchors = [root].map(({ certificate }) => trustAnchorFrom(certificate, AT)).filter((anchor) => anchor !== null);

const pathOf = (certificate: Certificate, intermediates: readonly Issued[] = [], trustAnchors = anchors) =>
  findCaPath(certificate, { trustAnchors, intermediates: intermediates.map((one) => one.certificate), at: AT })?.map(
    ({ subject }) => subject,
  ) ?? null;

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

  test('one whose anchor has expired or cannot sign', () => {
    const old = issue({ subject: 'CN=Old', notAfter: new Date(AT.getTime() - YEAR) });
    const server = issue({ subject: 'CN=Server', basicConstraints: null });
    expect([trustAnchorFrom(old.certificate, AT), trustAnchorFrom(server.certificate, AT)]).toEqual([null, null]);
  });
});

test('a crowd of issuers with the right name uses up the budget of signature checks', () => {
  const key = issue().privateKey;
  const upper = issue({ subject: 'CN=Crowd', issuer: root });
  const lower = issue({ subject: 'CN=Lower', issuer: upper });
  const crowd = Array.from({ length: 100 }, (_, i) =>
    issue({ subject: 'CN=Crowd', issuer: root, key, serialNumber: BigInt(i + 1) }),
  );
  expect(pathOf(lower.certificate, [...crowd.slice(0, 50), upper])).not.toBeNull();
  expect(pathOf(lower.certificate, [...crowd, upper])).toBeNull();
});
