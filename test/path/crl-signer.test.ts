import { describe, expect, test } from 'vitest';
import { Budget, BudgetExceeded } from '../../src/path/budget.ts';
import { AT, type IssueOptions, issue } from '../support/certificates.ts';
import { type CrlOptions, distributionPoints, issueCrl } from '../support/crls.ts';
import {
  ca,
  caCrl,
  codesFor,
  DAY,
  END_ENTITY,
  endEntity,
  listing,
  other,
  reasonsFor,
  root,
  rootCrl,
} from './revocation-fixture.ts';

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

  test('may be signed below a CA that has nothing to do with the certificate', () => {
    const lists = issue({ subject: 'CN=Lists', issuer: other, serialNumber: 9n, keyUsage: ['cRLSign'] });
    const crl = issueCrl({ issuer: lists, scope: { indirectCrl: true } });
    const given = { path: [endEntity({}, { crlIssuer: 'CN=Lists' }), ca, root], signers: [[lists, other, root]] };
    expect(codesFor([rootCrl, crl, issueCrl({ issuer: other })], given)).toEqual([]);
    expect(codesFor([rootCrl, crl], given)).toEqual(['path/crl-signer-status']);
  });

  test('may not be signed by one whom the certificate itself vouches for', () => {
    const extensions = [distributionPoints([{ crlIssuer: 'CN=Lists' }])];
    const odd = issue({ subject: 'CN=CA', issuer: root, serialNumber: 2n, extensions });
    const lists = issue({ subject: 'CN=Lists', issuer: odd, serialNumber: 9n, keyUsage: ['cRLSign'] });
    const crls = [issueCrl({ issuer: lists, scope: { indirectCrl: true } }), issueCrl({ issuer: odd })];
    const given = { path: [odd, root], signers: [[lists, odd, root]] };
    expect(codesFor(crls, given)).toEqual(['path/crl-signer-not-found']);
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

  test.each([
    { length: 3, codes: [] },
    { length: 8, codes: ['path/crl-signer-status'] },
  ])('$length signers that depend on one another: $codes', ({ length, codes }) => {
    // The status of each is told by a CRL that the next one signs; the last tells its own.
    const chain = Array.from({ length }, (_, i) =>
      issue({
        subject: `CN=Lists ${i}`,
        issuer: ca,
        serialNumber: BigInt(i + 20),
        keyUsage: ['cRLSign'],
        extensions: [distributionPoints([{ crlIssuer: `CN=Lists ${Math.min(i + 1, length - 1)}` }])],
      }),
    );
    const crls = chain.map((issuer) => issueCrl({ issuer, scope: { indirectCrl: true } }));
    const path = [endEntity({}, { crlIssuer: 'CN=Lists 0' }), ca, root];
    const signers = chain.map((signer) => [signer, ca, root]);
    expect(codesFor([rootCrl, ...crls], { path, signers })).toEqual(codes);
  });

  test('what stands above the certificate too is checked with it alone', () => {
    const signer = issue({ subject: 'CN=Lists', issuer: ca, serialNumber: 9n, keyUsage: ['cRLSign'] });
    const path = [endEntity({}, { crlIssuer: 'CN=Lists' }), ca, root];
    const crls = [rootCrl, caCrl(), issueCrl({ issuer: signer, scope: { indirectCrl: true } })];
    const budget = new Budget();
    expect(codesFor(crls, { path, signers: [[signer, ca, root]], budget })).toEqual([]);
    expect(budget.spent).toMatchObject({ crls: 3, crlSigners: 1, crlSignatures: 3 });
  });
});

test('names in messages are escaped', () => {
  const evil = issue({ subject: 'CN=CA\u001b[2J', issuer: root, serialNumber: 2n });
  const path = [endEntity({ issuer: evil }), evil, root];
  const [reason] = reasonsFor([rootCrl, issueCrl({ issuer: evil, ...listing })], { path });
  expect(reason?.message).toContain('CN=CA\\1B[2J');
});
