import { describe, expect, test } from 'vitest';
import { ExpiryCheck } from '../../../src/check/check-report.ts';
import type { DescribedCertificate } from '../../../src/device/show-output.ts';
import { relateAnchors, successionsOf } from '../../../src/report/check/trust-relations.ts';
import type { Certificate } from '../../../src/x509/certificate.ts';
import { sourceOf } from '../../../src/x509/source.ts';
import { AT, issue, issueIdentified } from '../../support/certificates.ts';
import { endEntity, publicRoot, reportOn, type Targets } from '../../support/check-report.ts';

const root = issue({ subject: 'CN=Root' });
const intermediate = issueIdentified({ subject: 'CN=Issuing', issuer: root });
const leaf = endEntity('CN=leaf', 100, { issuer: intermediate });

/** Each anchor, who holds it, and for whom it issued. */
function relate(targets: Targets) {
  return relateAnchors(reportOn(targets)).map(({ name, checked, heldBy, issuedFor }) => ({
    anchor: checked === null ? `missing ${name}` : name,
    heldBy: [...heldBy],
    issuedFor: [...issuedFor],
  }));
}

describe('an anchor serves', () => {
  test('who holds it, and who holds what was issued below it, at any distance', () => {
    const targets = {
      'store.jks': [root.certificate],
      'chain.pem': [leaf, intermediate.certificate],
      'ca.pem': [intermediate.certificate],
      'both.pem': [leaf, root.certificate],
    };
    expect(relate(targets)).toEqual([
      { anchor: 'Root', heldBy: ['store.jks', 'both.pem'], issuedFor: ['chain.pem', 'ca.pem'] },
    ]);
  });

  test('an issuer that nobody holds is named', () => {
    expect(relate({ 'a.pem': [leaf] })).toEqual([{ anchor: 'missing Issuing', heldBy: [], issuedFor: ['a.pem'] }]);
    expect(relate({ 'a.pem': [leaf, intermediate.certificate] })).toEqual([
      { anchor: 'missing Root', heldBy: [], issuedFor: ['a.pem'] },
    ]);
  });

  test('of CAs of the same name it is the one whose key is named', () => {
    const other = issue({ subject: 'CN=Root' });
    const issued = endEntity('CN=a', 100, { issuer: other });
    expect(relate({ 'old.jks': [root.certificate], 'new.jks': [other.certificate], 'a.pem': [issued] })).toEqual([
      { anchor: 'Root', heldBy: ['old.jks'], issuedFor: [] },
      { anchor: 'Root', heldBy: ['new.jks'], issuedFor: ['a.pem'] },
    ]);
    expect(relate({ 'old.jks': [root.certificate], 'a.pem': [issued] })).toEqual([
      { anchor: 'Root', heldBy: ['old.jks'], issuedFor: [] },
      { anchor: 'missing Root', heldBy: [], issuedFor: ['a.pem'] },
    ]);
  });

  test('CAs that issued one another are no way to an anchor, and no way without end', () => {
    const a = issue({ subject: 'CN=A', issuerName: 'CN=B' });
    const b = issue({ subject: 'CN=B', issuer: a });
    expect(relate({ 'a.pem': [a.certificate], 'b.pem': [b.certificate] }).map(({ heldBy }) => heldBy)).toEqual([
      [],
      [],
    ]);
  });

  test('what a device describes is an anchor of its own, unless a fingerprint tells which public root it is', () => {
    const described: DescribedCertificate = {
      complete: false,
      usage: 'ca',
      subject: 'CN=Root',
      issuer: 'CN=Root',
      serialNumber: '01',
      notBefore: null,
      notAfter: null,
      sha1: null,
      md5: null,
      subjectKeyIdentifier: null,
      trustpoints: ['TP'],
      source: sourceOf('-'),
    };
    const root = publicRoot('QuoVadis Root CA 2');
    const known = { ...described, subject: root.subject, issuer: null, sha1: root.sha1 };
    expect(relate({ 'r1.jks': [root], 'r2.txt': [known] })).toEqual([
      { anchor: 'QuoVadis Root CA 2', heldBy: ['r1.jks', 'r2.txt'], issuedFor: [] },
    ]);
    expect(relate({ 'r1.txt': [described], 'r2.txt': [described, { ...described, issuer: 'CN=Other' }] })).toEqual([
      { anchor: 'CN=Root', heldBy: ['r1.txt', 'r2.txt'], issuedFor: [] },
    ]);
  });
});

test('a rotation tells who is how far', () => {
  const [old, recent] = [publicRoot('QuoVadis Root CA 2'), publicRoot('IdenTrust Commercial Root CA 1')];
  const report = reportOn({ '1.jks': [old], '2.jks': [old, recent], '3.jks': [recent], '4.jks': [leaf] });
  const anchors = relateAnchors(report);
  expect(anchors.map(({ name, role }) => [name, role])).toEqual([
    ['QuoVadis Root CA 2', 'old'],
    ['IdenTrust Commercial Root CA 1', 'new'],
    ['Issuing', null],
  ]);
  expect(successionsOf(anchors)).toEqual([
    {
      old: 'QuoVadis Root CA 2',
      new: 'IdenTrust Commercial Root CA 1',
      oldOnly: ['1.jks'],
      both: ['2.jks'],
      newOnly: ['3.jks'],
    },
  ]);
});

test('each file in an archive is a target of its own, with the parts of a document in it', () => {
  const [old, recent] = [publicRoot('QuoVadis Root CA 2'), publicRoot('IdenTrust Commercial Root CA 1')];
  const thresholds = { warn: { milliseconds: 0 }, fail: { milliseconds: 0 } };
  const check = new ExpiryCheck({ at: AT, only: null, policy: null, thresholds });
  const input = 'backup.zip';
  const within = (certificate: Certificate, member: string) => certificate.withSource(sourceOf(input, { member }));
  check.add({
    input,
    members: ['r1.cfg', 'r2.cfg', 'k.yaml', 'in.tar!/r3.cfg'],
    certificates: [
      within(old, 'r1.cfg'),
      within(recent, 'r2.cfg'),
      within(old, 'k.yaml!/data["a"]'),
      within(recent, 'k.yaml!/data["b"]'),
      within(old, 'in.tar!/r3.cfg'),
    ],
    described: [],
    findings: [],
    isOpened: true,
  });
  expect(successionsOf(relateAnchors(check.report()))).toMatchObject([
    {
      oldOnly: ['backup.zip!/r1.cfg', 'backup.zip!/in.tar!/r3.cfg'],
      both: ['backup.zip!/k.yaml'],
      newOnly: ['backup.zip!/r2.cfg'],
    },
  ]);
});
