import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import annotations from '../../src/catalog/annotations.json' with { type: 'json' };
import bodies from '../../src/catalog/bodies.json' with { type: 'json' };
import { catalogRoots, findByName, findRoot, genuineBodies, genuineRoot } from '../../src/catalog/catalog.ts';
import facts from '../../src/catalog/roots.json' with { type: 'json' };
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { verifyCertificateSignature } from '../../src/x509/signature.ts';

const QUOVADIS_ROOT_CA_2 = '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86';
const IDENTRUST_COMMERCIAL_ROOT_CA_1 = '5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae';

describe('the committed files', () => {
  test('say where they come from', () => {
    expect(facts).toMatchObject({ licence: 'MPL-2.0', headDate: '2026-04-09T18:41:45+00:00' });
    expect(bodies.licence).toBe('MPL-2.0');
  });

  test('write names as people read them, and serial numbers as certificates hold them', () => {
    expect(facts.roots.filter(({ name }) => name.includes('\\'))).toEqual([]);
    for (const { serialNumber } of facts.roots) expect(serialNumber).toMatch(/^([0-9a-f]{2}){1,21}$/);
  });

  test('hold 451 roots, each once', () => {
    expect(facts.roots).toHaveLength(451);
    expect(new Set(facts.roots.map(({ sha256 }) => sha256)).size).toBe(451);
  });

  test('have the mark of every root, by which others are told from them', () => {
    expect(facts.rootMarks.split(' ')).toEqual(facts.roots.map(({ sha256 }) => sha256.slice(0, 6)));
    for (const { sha256, name } of facts.roots) expect(findRoot(sha256)?.name).toBe(name);
    const [first = ''] = facts.roots.map(({ sha256 }) => sha256);
    expect(findRoot(first.slice(0, 6).padEnd(64, '0'))).toBeNull();
    expect(findRoot('')).toBeNull();
  });

  test('agree: every body hashes to its key, has facts, and says what they say', () => {
    const bySha256 = new Map(facts.roots.map((root) => [root.sha256, root]));
    for (const { sha256, base64 } of bodies.bodies) {
      const der = new Uint8Array(Buffer.from(base64, 'base64'));
      expect(createHash('sha256').update(der).digest('hex')).toBe(sha256);
      const certificate = decodeCertificate(der);
      const root = bySha256.get(sha256);
      expect(root?.notAfter).toBe(certificate.notAfter.toISOString().replace('.000Z', 'Z'));
      expect(root?.notBefore).toBe(certificate.notBefore.toISOString().replace('.000Z', 'Z'));
      expect([root?.sha1, root?.serialNumber]).toEqual([certificate.sha1, certificate.serialNumber]);
      if (root?.commonName != null)
        expect(certificate.subject).toContain(root.commonName.replace(/[,+"\\<>;]/g, '\\$&'));
    }
    expect(bodies.bodies.length).toBeGreaterThan(140);
    const lengths = bodies.bodies.map(({ base64 }) => Buffer.from(base64, 'base64').length);
    expect(new Set(facts.bodyLengths)).toEqual(new Set(lengths));
  });

  test('hold every included root that a Node 20 knows, and each body signs itself', () => {
    for (const der of [...genuineBodies().keys()].map(genuineRoot)) {
      const certificate = decodeCertificate(der ?? new Uint8Array());
      expect([certificate.subject, verifyCertificateSignature(certificate, certificate.subjectPublicKeyInfo)]).toEqual([
        certificate.subject,
        'valid',
      ]);
    }
  });

  test('annotate only roots that there are, each with its source and date', () => {
    const known = new Set(facts.roots.map(({ sha256 }) => sha256));
    const annotated = [
      ...annotations.successions.flatMap(({ root, successor }) => [root, successor]),
      ...annotations.uses.map(({ root }) => root),
      ...annotations.distrusted.flatMap(({ roots }) => roots),
    ];
    expect(annotated.filter((sha256) => !known.has(sha256))).toEqual([]);
    for (const { source, date } of [...annotations.successions, ...annotations.distrusted]) {
      expect(source).toMatch(/\w/);
      expect(date).toMatch(/^\d{4}(-\d\d){0,2}$/);
    }
    for (const { by, source, date } of annotations.uses) {
      expect([by, source]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)]);
      if (date !== null) expect(date).toMatch(/^\d{4}(-\d\d){0,2}$/);
    }
  });

  if (existsSync('../shared/catalog/roots.json'))
    test('say what the list of roots says', () => {
      interface ListedRoot {
        readonly sha256: string;
        readonly status: string;
        readonly removed?: string;
        readonly server_trust_lost: string | null;
        readonly server_distrust_after: string | null;
      }
      const { roots } = JSON.parse(readFileSync('../shared/catalog/roots.json', 'utf8')) as {
        roots: readonly ListedRoot[];
      };
      for (const { sha256, status, removed, server_trust_lost, server_distrust_after } of roots) {
        const entry = findRoot(sha256);
        const expected = status.startsWith('removed')
          ? { status: 'removed', since: removed }
          : status.startsWith('email only')
            ? { status: 'email-only', since: server_trust_lost }
            : status.startsWith('included, distrust-after')
              ? { status: 'distrust-after', distrustAfter: server_distrust_after }
              : { status: status === 'included' ? 'included' : 'no-trust' };
        expect(entry).toMatchObject(expected);
      }
      process.stdout.write(`${roots.length} roots compared with their list\n`);
    });
});

describe('what became of a root', () => {
  test('QuoVadis Root CA 2: genuine, e-mail only, and where its users went', () => {
    expect(findRoot(QUOVADIS_ROOT_CA_2)).toEqual({
      sha256: QUOVADIS_ROOT_CA_2,
      name: 'QuoVadis Root CA 2',
      status: 'email-only',
      since: '2026-04-09',
      distrustAfter: null,
      misissuance: null,
      successor: 'IdenTrust Commercial Root CA 1',
      detail:
        "genuine public root, valid to 2031-11-24; lost TLS server trust on 2026-04-09 and is trusted for e-mail only since (Mozilla's root list); Cisco issues nothing below it since 2021-03-31 and moved to IdenTrust Commercial Root CA 1 (Cisco field notices FN72298 and FN72323)",
      addedBy: null,
    });
  });

  test.each([
    [
      'IdenTrust Commercial Root CA 1',
      'included',
      "genuine public root, valid to 2034-01-16, in Mozilla's root list since 2015-02-26",
    ],
    [
      'Entrust Root Certification Authority',
      'distrust-after',
      'genuine public root, valid to 2026-11-27; Mozilla trusts no server certificate below it that was issued after 2024-11-30',
    ],
    [
      'D-TRUST Root CA 3 2013',
      'email-only',
      'genuine public root, valid to 2028-09-20; Mozilla has only ever trusted it for e-mail',
    ],
    [
      'Go Daddy Class 2 CA',
      'no-trust',
      "genuine public root, valid to 2034-06-29; still in Mozilla's root list, but without any trust since 2025-04-16",
    ],
    [
      'Verisign Class 3 Public Primary Certification Authority - G3',
      'removed',
      "genuine public root, valid to 2036-07-16; removed from Mozilla's root list on 2020-06-12",
    ],
    [
      'VeriSign Class 3 Public Primary Certification Authority - G5',
      'removed',
      "genuine public root, valid to 2036-07-16; removed from Mozilla's root list on 2020-12-01, certificates issued after 2019-04-30 were not trusted",
    ],
    [
      'Chambers of Commerce Root - 2008',
      'removed',
      "genuine public root, valid to 2038-07-31; removed from Mozilla's root list on 2023-11-13, no TLS server trust since 2021-02-23",
    ],
    [
      'Bogus Google',
      'removed',
      'explicitly distrusted by Mozilla from 2011-03-23; the entry was dropped on 2017-11-16',
    ],
  ])('%s is %s', (name, status, detail) => {
    const [entry] = findByName(name);
    expect([entry?.status, entry?.detail]).toEqual([status, detail]);
  });

  test('distrust-after comes with its instant', () => {
    expect(findByName('ePKI Root Certification Authority')[0]?.distrustAfter).toBe('2025-04-15T23:59:59Z');
  });

  test.each([
    'DigiNotar Root CA',
    'CNNIC ROOT',
    'WoSign',
    'StartCom Certification Authority',
    'PSCProcert',
    'Certinomis - Root CA',
    'Bogus kuix.de',
  ])('%s was distrusted, and the entry says why', (name) => {
    for (const entry of findByName(name)) expect(entry.misissuance).toMatch(/\w/);
  });

  test('what the list named to have it refused is never without a reason to refuse it', () => {
    const refused = facts.roots
      .filter(({ explicitDistrust }) => explicitDistrust)
      .map(({ sha256 }) => findRoot(sha256));
    expect(refused).toHaveLength(21);
    expect(refused.filter((entry) => entry?.misissuance === null)).toEqual([]);
  });

  test('a root that left for other reasons was not distrusted for misissuance', () => {
    const names = catalogRoots().filter(({ name }) => /verisign|symantec|geotrust|thawte|entrust|quovadis/i.test(name));
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter(({ misissuance }) => misissuance !== null)).toEqual([]);
  });
});

describe('finding', () => {
  test('by fingerprint: null for a certificate that is no public root', () => {
    expect(findRoot('00'.repeat(32))).toBeNull();
    expect(genuineRoot('00'.repeat(32))).toBeNull();
  });

  test('by name or common name, in any case; a name may have several roots', () => {
    expect(findByName('identrust commercial root ca 1').map(({ sha256 }) => sha256)).toEqual([
      IDENTRUST_COMMERCIAL_ROOT_CA_1,
    ]);
    expect(findByName('StartCom Certification Authority')).toHaveLength(2);
    expect(findByName('Baltimore CyberTrust Root')[0]?.name).toBe('Baltimore CyberTrust Root');
    expect(findByName('no such root')).toEqual([]);
  });

  test('the genuine certificate', () => {
    const der = genuineRoot(QUOVADIS_ROOT_CA_2);
    expect(decodeCertificate(der ?? new Uint8Array())).toMatchObject({
      sha256: QUOVADIS_ROOT_CA_2,
      serialNumber: '0509',
    });
  });

  test('all roots, in the order of their fingerprints', () => {
    const fingerprints = catalogRoots().map(({ sha256 }) => sha256);
    expect(fingerprints).toEqual(fingerprints.toSorted());
    expect(fingerprints).toHaveLength(451);
  });
});
