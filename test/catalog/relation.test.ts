import { createPublicKey } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtInCatalog, genuineBodies, genuineRoot, installCatalog } from '../../src/catalog/catalog.ts';
import { relateToCatalog } from '../../src/catalog/relation.ts';
import { listedByBundle, updateCatalog } from '../../src/catalog/update.ts';
import { type Certificate, decodeCertificate } from '../../src/x509/certificate.ts';
import { issue } from '../support/certificates.ts';

const QUOVADIS = decodeCertificate(
  genuineRoot('85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86') ?? new Uint8Array(),
);

/** A root whose key the test has, put into the catalog. */
const ROOT = issue({ subject: 'CN=Known Root,O=Example' });

beforeEach(() => {
  const list = { kind: 'pem', name: 'list.pem', sha256: 'ab'.repeat(32), date: '2026-11-20' } as const;
  const { data } = updateCatalog(
    builtInCatalog(),
    { ...list, roots: listedByBundle([ROOT.certificate]) },
    { held: (sha256) => genuineBodies().has(sha256), today: new Date(list.date), force: false },
  );
  installCatalog(data);
});
afterEach(() => installCatalog(null));

/** What the first of some certificates is. */
function relate(...certificates: readonly Certificate[]) {
  const [first] = relateToCatalog(certificates);
  return [first?.kind, first?.root?.name ?? null];
}

describe('a certificate is related to the catalog', () => {
  test('as a root, by its SHA-256 alone', () => {
    expect(relate(QUOVADIS)).toEqual(['root', 'QuoVadis Root CA 2']);
    expect(relate(ROOT.certificate)).toEqual(['root', 'Known Root']);
  });

  test('as an impostor: the name of a root, and another key', () => {
    const impostor = issue({ subject: 'CN=Known Root,O=Example' });
    expect(relate(impostor.certificate)).toEqual(['same-name', 'Known Root']);
    const turned = issue({ subject: 'C=BM,O=QuoVadis Limited,CN=QuoVadis Root CA 2' });
    expect(relate(turned.certificate)).toEqual(['same-name', 'QuoVadis Root CA 2']);
    expect(relate(issue({ subject: 'CN=QuoVadis Root CA 2' }).certificate)).toEqual(['unknown', null]);
    expect(relate(issue({ subject: 'CN=quovadis root ca 2,O=QuoVadis Limited,C=BM' }).certificate)).toEqual([
      'same-name',
      'QuoVadis Root CA 2',
    ]);
  });

  test('as an impostor of a root of which the catalog has the facts alone', () => {
    const [relation] = relateToCatalog([issue({ subject: 'CN=DigiNotar Root CA,O=DigiNotar,C=NL' }).certificate]);
    expect(relation).toMatchObject({
      kind: 'same-name',
      keyCompared: false,
      root: { name: expect.stringContaining('DigiNotar Root CA') },
    });
  });

  test('as issued anew or cross-signed: the key of a root', () => {
    const anew = issue({ subject: 'CN=Known Root,O=Example', key: ROOT.privateKey, serialNumber: 9n });
    expect(relate(anew.certificate)).toEqual(['same-key', 'Known Root']);
    const other = issue({ subject: 'CN=Other Root' });
    const publicKey = createPublicKey(ROOT.privateKey);
    const crossed = issue({ subject: 'CN=Known Root,O=Example', issuer: other, publicKey });
    expect(relate(crossed.certificate)).toEqual(['same-key', 'Known Root']);
  });

  test('as changed: the name and the key of a root, and a signature that does not fit', () => {
    const copy = Uint8Array.from(ROOT.der);
    const last = copy.length - 1;
    copy[last] = (copy[last] ?? 0) ^ 1;
    expect(relate(decodeCertificate(copy))).toEqual(['false-issuer', 'Known Root']);
  });

  test('as issued below a root, by signatures: its own, or those of others of the input', () => {
    const ca = issue({ subject: 'CN=Issuing CA', issuer: ROOT });
    const server = issue({ subject: 'CN=server', issuer: ca, basicConstraints: { ca: false } });
    expect(relate(ca.certificate)).toEqual(['below', 'Known Root']);
    expect(relate(server.certificate, ca.certificate)).toEqual(['below', 'Known Root']);
    expect(relate(server.certificate)).toEqual(['unknown', null]);
  });

  test('as issued by another who only has the name of the root', () => {
    const impostor = issue({ subject: 'CN=Known Root,O=Example' });
    const ca = issue({ subject: 'CN=Issuing CA', issuer: impostor });
    expect(relate(ca.certificate)).toEqual(['false-issuer', 'Known Root']);
    expect(relate(ca.certificate, impostor.certificate)).toEqual(['false-issuer', 'Known Root']);
    expect(relate(issue({ subject: 'CN=CA', issuer: ROOT, badSignature: true }).certificate)).toEqual([
      'false-issuer',
      'Known Root',
    ]);
  });

  test('as nothing', () => expect(relate(issue().certificate)).toEqual(['unknown', null]));

  test('where certificates sign one another in a circle', () => {
    const a = issue({ subject: 'CN=A' });
    const b = issue({ subject: 'CN=B' });
    const aByB = issue({ subject: 'CN=A', issuer: b, key: b.privateKey, publicKey: createPublicKey(a.privateKey) });
    const bByA = issue({ subject: 'CN=B', issuer: a, key: a.privateKey, publicKey: createPublicKey(b.privateKey) });
    const bByRoot = issue({ subject: 'CN=B', issuer: ROOT, publicKey: createPublicKey(b.privateKey) });
    expect(relate(aByB.certificate, bByA.certificate)).toEqual(['unknown', null]);
    for (const certificates of [
      [aByB, bByA, bByRoot],
      [bByA, aByB, bByRoot],
    ])
      expect(relateToCatalog(certificates.map(({ certificate }) => certificate)).map(({ kind }) => kind)).toEqual([
        'below',
        'below',
        'below',
      ]);
  });
});
