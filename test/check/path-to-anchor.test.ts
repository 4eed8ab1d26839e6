import { describe, expect, test } from 'vitest';
import { checkPathToAnchor, type PathToAnchorOptions, verdictOf } from '../../src/check/path-to-anchor.ts';
import { findingAbout } from '../../src/check/rule.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { AT, type Issued, issueIdentified as issue } from '../support/certificates.ts';
import { issueCrl } from '../support/crls.ts';
import { ocspResponse } from '../support/ocsp.ts';

const DAY = 86_400_000;
const good = issue({ subject: 'CN=Good Root' });
const lost = issue({ subject: 'CN=Lost Root' });
const ca = issue({ subject: 'CN=CA', issuer: good });
/** The same CA below another root, and the one that is tried first. */
const crossed = issue({
  subject: 'CN=CA',
  issuer: lost,
  key: ca.privateKey,
  notAfter: new Date(AT.getTime() + 9000 * DAY),
});
const endBelow = (lifetime: number, left: number) =>
  issue({
    subject: 'CN=End',
    issuer: ca,
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
    notBefore: new Date(AT.getTime() - (lifetime - left) * DAY),
    notAfter: new Date(AT.getTime() + left * DAY),
  });
const end = endBelow(365, 200);

const statusOf = (severity: 'warning' | 'error') => (anchor: Certificate) =>
  anchor.sha256 === lost.certificate.sha256
    ? [findingAbout(anchor, 'catalog/email-only', severity, 'lost its trust', 'move on')]
    : [];

function look(target: Issued, anchors: readonly Issued[], more: Partial<PathToAnchorOptions> = {}) {
  const { path, findings } = checkPathToAnchor(target.certificate, {
    anchors: anchors.map(({ certificate }) => ({ certificate, isFromCatalog: true })),
    intermediates: [crossed.certificate, ca.certificate],
    crls: [],
    at: AT,
    profile: 'rfc5280',
    purpose: 'any',
    host: null,
    asProgramsDo: true,
    ...more,
  });
  return {
    anchor: path?.at(-1)?.subject ?? null,
    verdict: verdictOf(findings),
    codes: findings.map(({ code }) => code),
  };
}

describe('of several anchors', () => {
  test.each(['warning', 'error'] as const)(
    'one about which there is nothing to say is preferred to an %s',
    (severity) => {
      expect(look(end, [lost, good], { statusOf: statusOf(severity) })).toEqual({
        anchor: 'CN=Good Root',
        verdict: 'pass',
        codes: [],
      });
    },
  );

  test.each([
    ['warning', 'warn'],
    ['error', 'fail'],
  ] as const)('the only one counts with its %s', (severity, verdict) => {
    expect(look(end, [lost], { statusOf: statusOf(severity) })).toEqual({
      anchor: 'CN=Lost Root',
      verdict,
      codes: ['catalog/email-only'],
    });
  });

  test('one with a warning is preferred to one with an error', () => {
    const statuses = (anchor: Certificate) =>
      statusOf(anchor.issuer === 'CN=Lost Root' ? 'error' : 'warning')(lost.certificate);
    expect(look(end, [lost, good], { statusOf: statuses })).toEqual({
      anchor: 'CN=Good Root',
      verdict: 'warn',
      codes: ['catalog/email-only'],
    });
  });

  test('the reasons are about all of them where none has a path', () => {
    const impostor = issue({ subject: 'CN=Good Root' });
    const { anchor, codes } = look(end, [lost, impostor], {
      statusOf: statusOf('error'),
      intermediates: [ca.certificate],
    });
    expect([anchor, codes]).toEqual([null, ['path/bad-signature']]);
  });
});

describe('an end entity among the anchors', () => {
  const chosen = (...list: readonly Issued[]) => list.map(({ certificate }) => ({ certificate, isFromCatalog: false }));

  test('is trusted, but not where it is revoked', () => {
    const revoked = [{ serialNumber: 0x0102n }];
    const crls = [issueCrl({ issuer: ca, revoked })];
    expect(look(end, [], { anchors: chosen(end), crls }).codes).toEqual(['path/pinned']);
    expect(look(end, [], { anchors: chosen(end, good), crls }).codes[0]).toBe('path/revoked');
  });

  test('is not trusted for being in the catalog', () => {
    expect(look(end, [end]).verdict).toBe('fail');
  });
});

describe('an end that is near', () => {
  test.each([
    { lifetime: 3650, left: 90, codes: [] },
    { lifetime: 3650, left: 89, codes: ['path/expires-soon'] },
    { lifetime: 90, left: 30, codes: [] },
    { lifetime: 90, left: 29, codes: ['path/expires-soon'] },
    { lifetime: 6, left: 1, codes: ['path/expires-soon'] },
  ])('of $lifetime days, $left left', ({ lifetime, left, codes }) => {
    expect(look(endBelow(lifetime, left), [good]).codes).toEqual(codes);
  });
});

describe('a certificate that is an anchor without being a CA', () => {
  const anchors = [end, good].map(({ certificate }) => ({ certificate, isFromCatalog: false }));
  const pinned = { anchors, intermediates: [] };

  test('is trusted itself where it has no other path', () => {
    expect(look(end, [], pinned)).toMatchObject({ anchor: 'CN=End', codes: ['path/pinned'] });
  });

  test.each([
    { name: 'a CRL', more: { crls: [issueCrl({ issuer: ca, revoked: [{ serialNumber: 0x0102n }] })] } },
    {
      name: 'an OCSP responder',
      more: {
        ocspResponses: [ocspResponse({ signer: ca, about: [{ certificate: end, issuer: ca, status: {} }] })],
      },
    },
  ])('is not where $name says that it was revoked', ({ more }) => {
    expect(look(end, [], { anchors, intermediates: [ca.certificate], ...more })).toMatchObject({
      anchor: null,
      codes: ['path/revoked'],
    });
  });

  test('is not where a CRL that cannot be read may say so', () => {
    const missingCrls = ['--crl ca.crl: the file is no certificate revocation list'];
    const { anchor, codes } = look(end, [], { anchors, intermediates: [ca.certificate], missingCrls });
    expect([anchor, codes[0]]).toEqual([null, 'path/malformed-crl']);
  });
});
