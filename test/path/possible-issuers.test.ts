import { describe, expect, test } from 'vitest';
import { PossibleIssuers } from '../../src/path/possible-issuers.ts';
import { type Issued, issueIdentified as issue } from '../support/certificates.ts';
import { issueCrl } from '../support/crls.ts';

const root = issue({ subject: 'CN=Root' });
const ca = issue({ subject: 'CN=CA', issuer: root });
const namesake = issue({ subject: 'CN=ca' });
const renamed = issue({ subject: 'CN=Renamed', key: ca.privateKey });
const end = issue({ subject: 'CN=End', issuer: ca, basicConstraints: null });
const signer = issue({ subject: 'CN=CRL Signer', issuer: root, basicConstraints: null });
const strangers = Array.from({ length: 20 }, (_, number) =>
  issue({ subject: `CN=gw${number}`, issuer: ca, key: end.privateKey, basicConstraints: null }),
);

const certificatesOf = (issued: readonly Issued[]) => issued.map(({ certificate }) => certificate);
const namesOf = (found: ReturnType<PossibleIssuers['of']>) => found.map(({ subject }) => subject);

describe('of many certificates', () => {
  const all = certificatesOf([renamed, namesake, end, ...strangers, root, ca]);

  test('those may matter that stand above by name, and those that have the key identifier, in their order', () => {
    expect(namesOf(new PossibleIssuers(all, []).of(end.certificate))).toEqual([
      'CN=Renamed',
      'CN=ca',
      'CN=Root',
      'CN=CA',
    ]);
  });

  test('so do those above what else is at hand', () => {
    const cross = issue({ subject: 'CN=CA', issuer: strangers[3] as Issued });
    const issuers = new PossibleIssuers(all, []);
    expect(namesOf(issuers.of(end.certificate, [cross.certificate]))).toContain('CN=gw3');
    expect(namesOf(issuers.of(end.certificate))).not.toContain('CN=gw3');
  });

  test('so do signers of CRLs by name', () => {
    const more = [...all, signer.certificate];
    const found = (crls: ConstructorParameters<typeof PossibleIssuers>[1]) =>
      namesOf(new PossibleIssuers(more, crls).of(end.certificate)).slice(4);
    expect(found([issueCrl({ issuer: signer })])).toEqual(['CN=CRL Signer']);
    expect(found([])).toEqual([]);
  });

  test('never the certificate itself', () => {
    expect(namesOf(new PossibleIssuers(all, []).of(root.certificate))).toEqual([]);
  });
});
