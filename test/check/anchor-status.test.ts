import { describe, expect, test } from 'vitest';
import { catalogRoots, genuineRoot } from '../../src/catalog/catalog.ts';
import { type AnchorUse, checkAnchorStatus } from '../../src/check/anchor-status.ts';
import { type Certificate, decodeCertificate } from '../../src/x509/certificate.ts';
import { issue } from '../support/certificates.ts';

/** The first root of a status whose certificate the catalog has. */
function rootWith(status: string): Certificate {
  const der = catalogRoots()
    .filter((entry) => entry.status === status && entry.misissuance === null)
    .map(({ sha256 }) => genuineRoot(sha256))
    .find((bytes) => bytes !== null);
  if (der === undefined || der === null) throw new Error(`no root is ${status}`);
  return decodeCertificate(der);
}

const issuedOn = (date: string) => issue({ notBefore: new Date(date) }).certificate;
const recent = issuedOn('2026-10-01');
const use: AnchorUse = { endEntity: recent, profile: 'rfc5280', purpose: 'any', isFromCatalog: true };

describe('the status of an anchor', () => {
  test.each<{ status: string; more: Partial<AnchorUse>; findings: readonly (readonly [string, string])[] }>([
    { status: 'included', more: {}, findings: [] },
    { status: 'included', more: { isFromCatalog: false }, findings: [] },
    { status: 'distrust-after', more: {}, findings: [['catalog/distrust-after', 'warning']] },
    { status: 'distrust-after', more: { profile: 'webpki' }, findings: [['catalog/distrust-after', 'error']] },
    {
      status: 'distrust-after',
      more: { profile: 'webpki', isFromCatalog: false },
      findings: [['catalog/distrust-after', 'warning']],
    },
    { status: 'distrust-after', more: { profile: 'webpki', endEntity: issuedOn('2020-01-01') }, findings: [] },
    { status: 'email-only', more: {}, findings: [['catalog/email-only', 'warning']] },
    { status: 'email-only', more: { purpose: 'serverAuth' }, findings: [['catalog/email-only', 'error']] },
    {
      status: 'email-only',
      more: { purpose: 'serverAuth', isFromCatalog: false },
      findings: [['catalog/email-only', 'warning']],
    },
    { status: 'removed', more: { isFromCatalog: false }, findings: [['catalog/removed', 'warning']] },
  ])('$status with $more gives $findings', ({ status, more, findings }) => {
    const root = rootWith(status);
    const found = checkAnchorStatus(root, { ...use, ...more });
    expect(found.map(({ code, severity }) => [code, severity])).toEqual(findings);
    expect(found.every(({ hint, sha256 }) => hint !== undefined && sha256 === root.sha256)).toBe(true);
  });

  test('nothing is known of a root that no list had', () => {
    expect(checkAnchorStatus(recent, use)).toEqual([]);
  });

  test('the successor is named where there is one', () => {
    const entry = catalogRoots().find(({ successor, sha256 }) => successor !== null && genuineRoot(sha256) !== null);
    const der = genuineRoot(entry?.sha256 ?? '') as Uint8Array;
    const found = checkAnchorStatus(decodeCertificate(der), { ...use, isFromCatalog: false });
    expect(found.map(({ hint }) => hint)).toEqual([expect.stringContaining(entry?.successor ?? '?')]);
  });
});
