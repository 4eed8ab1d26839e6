import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { looksLikeCertdata, MAX_CERTDATA_BYTES, parseCertdata } from '../../src/catalog/certdata.ts';
import { TrustError } from '../../src/errors.ts';
import { certdata, type ListedOptions } from '../support/certdata.ts';
import { issue } from '../support/certificates.ts';

const A = issue({ subject: 'CN=Root A,O=Example' });
const B = issue({ subject: 'CN=Root B,O=Example', serialNumber: 0x80n });

function parseOne(options: ListedOptions) {
  const [root] = parseCertdata(certdata([A.der, options])).roots;
  return root;
}

describe('parseCertdata', () => {
  test('gives every certificate with what it is trusted for', () => {
    const list = certdata([A.der], [B.der, { server: 'MUST_VERIFY_TRUST', email: 'TRUSTED_DELEGATOR', label: 'B' }]);
    expect(looksLikeCertdata(list)).toBe(true);
    const { roots, refusedWithoutCertificate } = parseCertdata(list);
    expect(refusedWithoutCertificate).toBe(0);
    expect(roots.map(({ certificate, ...rest }) => ({ sha256: certificate.sha256, ...rest }))).toEqual([
      {
        sha256: A.certificate.sha256,
        label: 'CN=Root A,O=Example',
        server: 'trusted',
        email: 'none',
        distrustAfter: null,
      },
      { sha256: B.certificate.sha256, label: 'B', server: 'none', email: 'trusted', distrustAfter: null },
    ]);
  });

  test.each<{ name: string; options: ListedOptions; expected: object }>([
    { name: 'a refusal', options: { server: 'NOT_TRUSTED', email: 'NOT_TRUSTED' }, expected: { server: 'refused' } },
    {
      name: 'a date on the certificate',
      options: { distrustAfter: '250415235959Z' },
      expected: { distrustAfter: '2025-04-15T23:59:59Z' },
    },
    {
      name: 'a date on the trust',
      options: { distrustAfter: '250415235959Z', distrustAfterOn: 'trust' },
      expected: { distrustAfter: '2025-04-15T23:59:59Z' },
    },
    {
      name: 'a date of four digits a year',
      options: { distrustAfter: '20511231000000Z' },
      expected: { distrustAfter: '2051-12-31T00:00:00Z' },
    },
    {
      name: 'a date of the last century',
      options: { distrustAfter: '991231000000Z' },
      expected: { distrustAfter: '1999-12-31T00:00:00Z' },
    },
    { name: 'trust without the SHA-1', options: { hash: false }, expected: { server: 'trusted' } },
    {
      name: 'a label with octets in hex',
      options: { label: 'T\\xc3\\x9c\\x42\\xC4\\xB0TAK K\\xC3\\xB6k' },
      expected: { label: 'TÜBİTAK Kök' },
    },
    { name: 'a label in UTF-8', options: { label: 'Főtanúsítvány' }, expected: { label: 'Főtanúsítvány' } },
  ])('reads $name', ({ options, expected }) => expect(parseOne(options)).toMatchObject(expected));

  test('reads lines that end as on Windows', () =>
    expect(parseCertdata(certdata([A.der]).replaceAll('\n', '\r\n')).roots).toHaveLength(1));

  test('reads the names that NSS had for trust before 2011', () => {
    const list = certdata([A.der]).replaceAll('CKT_NSS_', 'CKT_NETSCAPE_');
    expect(parseCertdata(list).roots[0]?.server).toBe('trusted');
  });

  test('counts refusals of certificates that it does not hold', () => {
    const list = certdata([A.der], [B.der, { server: 'NOT_TRUSTED', without: 'certificate', hash: false }]);
    expect(parseCertdata(list)).toMatchObject({
      roots: [{ label: 'CN=Root A,O=Example' }],
      refusedWithoutCertificate: 1,
    });
  });

  test.each([
    { name: 'a byte above 377', change: (list: string) => list.replace('\\060\\202', '\\060\\402') },
    { name: 'a byte of two digits', change: (list: string) => list.replace('\\060\\202', '\\06\\202') },
    { name: 'a byte with an eight', change: (list: string) => list.replace('\\060\\202', '\\068\\202') },
    { name: 'a line that is neither', change: (list: string) => list.replace('CKA_TOKEN', 'TOKEN?') },
    { name: 'an unknown trust', change: (list: string) => list.replace('CKT_NSS_TRUSTED_DELEGATOR', 'CKT_NSS_MAYBE') },
    { name: 'trust of another type', change: (list: string) => list.replace('CK_TRUST CKT', 'UTF8 CKT') },
    {
      name: 'a label without an end',
      change: (list: string) => list.replace('O=Example"\nCKA_CERT', 'O=Example\nCKA_CERT'),
    },
    { name: 'a missing END', change: (list: string) => list.replace('\nEND\n', '\n') },
    {
      name: 'a date that is none',
      change: (list: string) => list.replace('AFTER CK_BBOOL CK_FALSE', 'AFTER CK_BBOOL CK_TRUE'),
    },
    { name: 'no word on servers', change: (list: string) => list.replace(/^CKA_TRUST_SERVER.*$/m, '') },
    { name: 'no trust at all', change: () => certdata([A.der, { without: 'trust' }]) },
    { name: 'trust in nothing', change: () => certdata([A.der, { without: 'certificate' }]) },
    { name: 'a certificate twice', change: () => certdata([A.der], [A.der, { without: 'trust' }]) },
    { name: 'trust twice', change: () => certdata([A.der], [A.der, { without: 'certificate' }]) },
    {
      name: 'an attribute twice',
      change: (list: string) => list.replace('CKA_ID UTF8 "0"', 'CKA_ID UTF8 "0"\nCKA_ID UTF8 "0"'),
    },
    { name: 'a month of 13', change: () => certdata([A.der, { distrustAfter: '251331000000Z' }]) },
    { name: 'a day that a month does not have', change: () => certdata([A.der, { distrustAfter: '250231000000Z' }]) },
    { name: 'an hour of 24', change: () => certdata([A.der, { distrustAfter: '250228240000Z' }]) },
  ])('refuses $name, and names the line', ({ change }) => {
    const list = change(certdata([A.der]));
    expect(() => parseCertdata(list)).toThrow(
      expect.objectContaining({ code: 'catalog/malformed', at: { line: expect.any(Number) } }),
    );
  });

  test('names the line of a bad byte', () => {
    const list = certdata([A.der]).split('\n');
    const line = list.findIndex((text) => text.startsWith('CKA_VALUE')) + 3;
    list[line - 1] = `${list[line - 1]}x`;
    expect(() => parseCertdata(list.join('\n'))).toThrow(expect.objectContaining({ at: { line } }));
  });

  test('refuses a value without an end before it has it in memory', () => {
    const endless = 'CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_VALUE MULTILINE_OCTAL\n';
    expect(() => parseCertdata(endless + '\\060'.repeat(70_000))).toThrow(/more than 65536 bytes/);
    expect(() => parseCertdata(endless + '\\060\n'.repeat(70_000))).toThrow(/more than 65536 bytes/);
  });

  test('refuses a line that is longer than any attribute, and passes over a comment of any length', () => {
    const blanks = ' '.repeat(2_000_000);
    expect(() => parseCertdata(`CKA_CLASS CK_OBJECT_CLASS CKO_DATA\nCKA_LABEL UTF8${blanks}`)).toThrow(
      expect.objectContaining({ code: 'catalog/malformed', at: { line: 2 } }),
    );
    expect(parseCertdata(`#${blanks}\n${certdata([A.der])}`).roots).toHaveLength(1);
  });

  test('refuses more than it reads', () => {
    expect(() => parseCertdata(' '.repeat(MAX_CERTDATA_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'input/too-large' }),
    );
    expect(() => parseCertdata('CKA_CLASS CK_OBJECT_CLASS CKO_DATA\n'.repeat(20_001))).toThrow(
      expect.objectContaining({ code: 'input/too-many' }),
    );
  });

  test('gives a list or a TrustError for any beginning of one, and never fewer roots than it holds', () => {
    const list = certdata([A.der], [B.der, { hash: false }]);
    fc.assert(
      fc.property(fc.nat(list.length - 1), (end) => {
        const roots = rootsOf(list.slice(0, end));
        if (roots !== null) expect(roots).toBe(list.slice(0, end).match(/CKO_CERTIFICATE$/gm)?.length ?? 0);
      }),
      { numRuns: process.env.SLOW === undefined ? 200 : 5000 },
    );
  });

  test('gives a list or a TrustError for noise', () => {
    const list = certdata([A.der]);
    fc.assert(
      fc.property(fc.nat(list.length - 1), fc.string({ maxLength: 5 }), (index, noise) => {
        rootsOf(list.slice(0, index) + noise + list.slice(index + noise.length));
      }),
      { numRuns: process.env.SLOW === undefined ? 300 : 10_000 },
    );
    fc.assert(fc.property(fc.string(), (noise) => void rootsOf(noise)));
  });
});

/** How many roots a list has, or null for one that is refused. */
function rootsOf(list: string): number | null {
  try {
    return parseCertdata(list).roots.length;
  } catch (error) {
    if (error instanceof TrustError) return null;
    throw error;
  }
}
