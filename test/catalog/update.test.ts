import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
  builtInCatalog,
  type CatalogData,
  currentCatalog,
  findRoot,
  genuineBodies,
  genuineRoot,
  installCatalog,
} from '../../src/catalog/catalog.ts';
import { decodeCatalogFile, encodeCatalogFile } from '../../src/catalog/catalog-file.ts';
import { type ListedRoot, parseCertdata } from '../../src/catalog/certdata.ts';
import { matchDamaged } from '../../src/catalog/match.ts';
import { listedByBundle, type RootList, updateCatalog } from '../../src/catalog/update.ts';
import { encodeElement, TAG } from '../../src/encoding/der.ts';
import { TrustError } from '../../src/errors.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { certdata } from '../support/certdata.ts';
import { issue } from '../support/certificates.ts';

const QUOVADIS = '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86';
const IDENTRUST = '5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae';
const GO_DADDY_CLASS_2 = 'c3846bf24b9e93ca64274c0ec67c1ecc5e024ffcacd2d74019350e81fe546ae4';
const ENTRUST = '73c176434f1bc6d5adf45b0e76e727287c8de57616c1e6e6141a2b2cbc7d8e4c';

const SECURE_TRUST = 'f1c1b50ae5a20dd8030ec9f6bc24823dd367b5255759b4e71b61fce9f7375d73';

const NEW = issue({ subject: 'CN=Brand New Root,O=Example' });
const BUILT_IN = builtInCatalog();

afterEach(() => installCatalog(null));

function der(sha256: string): Uint8Array {
  return genuineRoot(sha256) ?? new Uint8Array();
}

function list(kind: 'certdata' | 'pem', roots: readonly ListedRoot[], date = '2026-11-20'): RootList {
  return { kind, name: `list.${kind}`, sha256: 'ab'.repeat(32), date, roots };
}

/** A certdata.txt. */
function certdataList(text: string, date?: string): RootList {
  return list('certdata', parseCertdata(text).roots, date);
}

/** A PEM bundle. */
function bundle(ders: readonly Uint8Array[], date?: string): RootList {
  return list('pem', listedByBundle(ders.map((one) => decodeCertificate(one))), date);
}

function update(base: CatalogData, newer: RootList, force = false) {
  const today = new Date('2026-11-21T10:00:00Z');
  return updateCatalog(base, newer, { held: (sha256) => genuineBodies().has(sha256), today, force });
}

function textOf(data: CatalogData): string {
  return Buffer.from(encodeCatalogFile(data)).toString();
}

function factsOf(data: CatalogData, sha256: string) {
  return data.roots.find((facts) => facts.sha256 === sha256);
}

describe('a certdata.txt', () => {
  const { data, changes } = update(
    BUILT_IN,
    certdataList(
      certdata(
        [NEW.der, { label: 'Brand New Root' }],
        [der(IDENTRUST), { distrustAfter: '261231235959Z' }],
        [der(QUOVADIS), { server: 'MUST_VERIFY_TRUST', email: 'MUST_VERIFY_TRUST' }],
      ),
    ),
  );

  test('brings new roots with their facts and their certificate', () => {
    expect(factsOf(data, NEW.certificate.sha256)).toMatchObject({
      name: 'Brand New Root',
      commonName: 'Brand New Root',
      organization: 'Example',
      serialNumber: '0102',
      key: 'EC P-256',
      status: 'included',
      since: '2026-11-20',
      firstSeen: '2026-11-20',
    });
    expect([...data.bodies.keys()]).toEqual([NEW.certificate.sha256]);
  });

  test('changes what it says otherwise, with the day', () => {
    expect(factsOf(data, IDENTRUST)).toMatchObject({
      status: 'distrust-after',
      distrustAfter: '2026-12-31T23:59:59Z',
      since: '2026-11-20',
      firstSeen: '2015-02-26',
    });
    expect(factsOf(data, QUOVADIS)).toMatchObject({
      status: 'no-trust',
      since: '2026-11-20',
      serverTrustLost: '2026-04-09',
    });
  });

  test('has what it lacks removed, and nothing forgotten', () => {
    expect(factsOf(data, GO_DADDY_CLASS_2)).toMatchObject({ status: 'removed', since: '2026-11-20' });
    expect(data.roots).toHaveLength(452);
    const old = BUILT_IN.roots.filter(({ status }) => status === 'removed');
    for (const facts of old) expect(factsOf(data, facts.sha256)).toEqual(facts);
  });

  test('says what changes', () => {
    expect(changes.filter(({ kind }) => kind === 'added').map(({ name }) => name)).toEqual(['Brand New Root']);
    expect(changes.filter(({ kind }) => kind === 'changed').map(({ name }) => name)).toEqual([
      'IdenTrust Commercial Root CA 1',
      'QuoVadis Root CA 2',
    ]);
    expect(changes.filter(({ kind }) => kind === 'removed')).toHaveLength(165);
  });

  test('may give back what an older one took away, since it says so', () => {
    const { data: again } = update(data, certdataList(certdata([der(QUOVADIS)]), '2026-11-21'));
    expect(factsOf(again, QUOVADIS)).toMatchObject({ status: 'included', serverTrustLost: null, since: '2026-11-21' });
  });

  test('refuses what it names to have refused, and keeps it refused', () => {
    const refusing = update(BUILT_IN, certdataList(certdata([NEW.der, { server: 'NOT_TRUSTED' }], [der(IDENTRUST)])));
    expect(refusing.data.bodies.size).toBe(0);
    const later = update(refusing.data, certdataList(certdata([NEW.der], [der(IDENTRUST)]), '2026-11-22'));
    installCatalog(later.data);
    expect(findRoot(NEW.certificate.sha256)).toMatchObject({
      misissuance: 'the root list named it in order to have it refused',
    });
  });

  test('leaves a root alone that a bundle brought', () => {
    const { data: bundled } = update(BUILT_IN, bundle([NEW.der, der(IDENTRUST)]));
    const { data: renewed } = update(bundled, certdataList(certdata([der(IDENTRUST)]), '2026-11-21'));
    expect(factsOf(renewed, NEW.certificate.sha256)?.status).toBe('included');
  });
});

describe('a bundle of certificates', () => {
  const { data, kept } = update(
    BUILT_IN,
    bundle([NEW.der, der(IDENTRUST), der(QUOVADIS), der(ENTRUST), der(SECURE_TRUST)]),
  );

  test('brings new roots, and says that it was the bundle', () => {
    expect(factsOf(data, NEW.certificate.sha256)).toMatchObject({
      name: 'Brand New Root',
      status: 'included',
      bundle: 'list.pem of 2026-11-20',
    });
    installCatalog(data);
    expect(findRoot(NEW.certificate.sha256)?.detail).toContain('by the bundle list.pem of 2026-11-20');
    expect(findRoot(IDENTRUST)?.detail).toContain("in Mozilla's root list since 2015-02-26");
  });

  test('gives no trust back, since it says nothing of trust', () => {
    expect(kept.map(({ sha256 }) => sha256).sort()).toEqual([QUOVADIS, ENTRUST, SECURE_TRUST].sort());
    for (const facts of kept) expect(factsOf(data, facts.sha256)).toEqual(factsOf(BUILT_IN, facts.sha256));
  });

  test('has the roots for servers removed that it lacks, and no others', () => {
    const before = new Map(BUILT_IN.roots.map((facts) => [facts.sha256, facts]));
    const removed = data.roots.filter(
      ({ sha256, status }) => status === 'removed' && before.get(sha256)?.status !== 'removed',
    );
    expect(new Set(removed.map(({ sha256 }) => before.get(sha256)?.status))).toEqual(
      new Set(['included', 'distrust-after']),
    );
  });

  test('that has a root again includes it again, up to the date that is known', () => {
    const lacking = update(BUILT_IN, bundle([der(IDENTRUST)])).data;
    expect(factsOf(lacking, ENTRUST)).toMatchObject({ status: 'removed', distrustAfter: '2024-11-30T23:59:59Z' });
    const again = update(lacking, bundle([der(IDENTRUST), der(ENTRUST)], '2026-11-21')).data;
    expect(factsOf(again, ENTRUST)?.status).toBe('distrust-after');
  });
});

describe('a list is refused', () => {
  test('that is older, unless it is forced; the catalog gets no older by it', () => {
    const older = bundle([der(IDENTRUST)], '2026-04-08');
    expect(() => update(BUILT_IN, older)).toThrow(expect.objectContaining({ code: 'catalog/older' }));
    expect(update(BUILT_IN, older, true).data.date).toBe('2026-04-09');
  });

  test('that is of a day which has not come anywhere, unless it is forced', () => {
    const of = (date: string) => bundle([der(IDENTRUST)], date);
    expect(update(BUILT_IN, of('2026-11-22')).data.date).toBe('2026-11-22');
    expect(() => update(BUILT_IN, of('2026-11-23'))).toThrow(expect.objectContaining({ code: 'catalog/future' }));
    expect(update(BUILT_IN, of('2062-11-20'), true).data.date).toBe('2062-11-20');
  });

  test('that trusts what is no CA', () => {
    const leaf = issue({ basicConstraints: { ca: false } });
    expect(() => update(BUILT_IN, bundle([leaf.der]))).toThrow(expect.objectContaining({ code: 'catalog/malformed' }));
  });

  test('that trusts nothing for servers', () => {
    const nothing = certdataList(certdata([NEW.der, { server: 'MUST_VERIFY_TRUST' }]));
    expect(() => update(BUILT_IN, nothing)).toThrow(expect.objectContaining({ code: 'catalog/malformed' }));
  });
});

describe('a catalog file', () => {
  const { data } = update(BUILT_IN, certdataList(certdata([NEW.der], [der(IDENTRUST)])));
  const bytes = encodeCatalogFile(data);

  test('gives the catalog back, and the same bytes again', () => {
    expect(decodeCatalogFile(bytes)).toEqual(data);
    expect(textOf(decodeCatalogFile(bytes))).toBe(textOf(data));
  });

  test('holds all that is built in', () => {
    const { data: same } = update(BUILT_IN, { ...certdataList(certdata([der(IDENTRUST)])) });
    expect(decodeCatalogFile(encodeCatalogFile(same)).roots).toHaveLength(BUILT_IN.roots.length);
  });

  test('renewed from the same list is the same file', () => {
    const { data: again } = update(data, certdataList(certdata([NEW.der], [der(IDENTRUST)])));
    expect(textOf(again)).toBe(textOf(data));
  });

  test('bounds and escapes what a certificate says', () => {
    const odd = issue({ subject: `CN=${'x'.repeat(400)}\u202e,O=\u001b[31m` });
    const { data: bounded } = update(BUILT_IN, bundle([odd.der, der(IDENTRUST)]));
    const facts = factsOf(decodeCatalogFile(encodeCatalogFile(bounded)), odd.certificate.sha256);
    expect(facts?.commonName).toHaveLength(250);
    expect(facts?.organization).toBe('\\u{1b}[31m');
  });

  test('has the whole second in which a root ends', () => {
    const endOfValidity = encodeElement(TAG.generalizedTime, Buffer.from('20361120180000.750Z'));
    const odd = issue({ subject: 'CN=Fraction', endOfValidity });
    const { data: whole } = update(BUILT_IN, bundle([odd.der, der(IDENTRUST)]));
    const facts = factsOf(decodeCatalogFile(encodeCatalogFile(whole)), odd.certificate.sha256);
    expect(facts?.notAfter).toBe('2036-11-20T18:00:00Z');
  });

  type Document = Record<string, unknown> & { roots: Record<string, unknown>[]; bodies: Record<string, unknown>[] };

  test.each<{ name: string; change: (document: Document) => void }>([
    { name: 'another schema', change: (document) => Object.assign(document, { schema: 'anchorctl/catalog/2' }) },
    { name: 'no date', change: (document) => Object.assign(document, { date: 'soon' }) },
    { name: 'no day of what was built in', change: (document) => Object.assign(document, { builtIn: null }) },
    { name: 'a date before its lists', change: (document) => Object.assign(document, { date: '2026-11-19' }) },
    { name: 'no lists', change: (document) => Object.assign(document, { updates: [] }) },
    { name: 'a fingerprint of another length', change: ({ roots }) => Object.assign(roots[0] ?? {}, { sha256: 'ab' }) },
    { name: 'an unknown status', change: ({ roots }) => Object.assign(roots[0] ?? {}, { status: 'trusted' }) },
    {
      name: 'distrust after no date',
      change: ({ roots }) => Object.assign(roots[0] ?? {}, { status: 'distrust-after', distrustAfter: null }),
    },
    {
      name: 'a name that acts on a terminal',
      change: ({ roots }) => Object.assign(roots[0] ?? {}, { name: '\u001b[2J' }),
    },
    { name: 'a root twice', change: ({ roots }) => roots.push(roots[0] ?? {}) },
    { name: 'a flag that is none', change: ({ roots }) => Object.assign(roots[0] ?? {}, { explicitDistrust: 'no' }) },
    { name: 'a root that is none', change: (document) => Object.assign(document, { roots: [null] }) },
    { name: 'a list that is none', change: (document) => Object.assign(document, { roots: {} }) },
    {
      name: 'another certificate under a fingerprint',
      change: ({ bodies }) => Object.assign(bodies[0] ?? {}, { base64: Buffer.from(der(QUOVADIS)).toString('base64') }),
    },
    { name: 'a certificate that is none', change: ({ bodies }) => Object.assign(bodies[0] ?? {}, { base64: 'AAAA' }) },
    { name: 'a certificate without facts', change: ({ roots, bodies }) => roots.splice(0, roots.length) && bodies },
  ])('with $name is refused as a whole', ({ change }) => {
    const document = JSON.parse(Buffer.from(bytes).toString()) as Document;
    change(document);
    expect(() => decodeCatalogFile(Buffer.from(JSON.stringify(document)))).toThrow(
      expect.objectContaining({ code: 'catalog/damaged' }),
    );
  });

  test('cut short or changed anywhere is refused, or is a catalog', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 2), (end) => {
        expect(() => decodeCatalogFile(bytes.subarray(0, end))).toThrow(TrustError);
      }),
      { numRuns: 50 },
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (index, byte) => {
        const changed = bytes.slice();
        changed[index] = byte;
        try {
          decodeCatalogFile(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(TrustError);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a catalog that was made where an older one was built in', () => {
  /** What a version before this one had: it did not know yet that any root would lose trust. */
  const older = {
    ...BUILT_IN,
    date: '2026-01-01',
    builtIn: '2026-01-01',
    roots: BUILT_IN.roots.map((facts) => ({ ...facts, status: 'included' as const })),
  };
  const install = ({ data }: { readonly data: CatalogData }) =>
    installCatalog(decodeCatalogFile(encodeCatalogFile(data)));
  const statusOf = (sha256: string) => findRoot(sha256)?.status;

  test('by a bundle gives no trust back that the newer one has taken away', () => {
    install(update(older, bundle([NEW.der, der(IDENTRUST), der(QUOVADIS), der(ENTRUST)])));
    expect([NEW.certificate.sha256, IDENTRUST, QUOVADIS, ENTRUST].map(statusOf)).toEqual([
      ...['included', 'included', 'email-only', 'distrust-after'],
    ]);
    for (const { sha256, status } of BUILT_IN.roots.filter(({ status }) => status === 'no-trust'))
      expect(statusOf(sha256)).toBe(status);
  });

  test('by a bundle that lacks a root: it stays removed', () => {
    install(update(older, bundle([der(IDENTRUST)])));
    expect([statusOf(ENTRUST), statusOf(QUOVADIS)]).toEqual(['removed', 'email-only']);
  });

  test('is renewed from both', () => {
    install(update(older, bundle([NEW.der, der(IDENTRUST), der(QUOVADIS)])));
    const { data } = update(currentCatalog(), bundle([NEW.der, der(IDENTRUST), der(QUOVADIS)], '2026-11-21'));
    expect([data.builtIn, factsOf(data, QUOVADIS)?.status]).toEqual([BUILT_IN.date, 'email-only']);
  });

  test('by a root list that is newer than either: that one counts', () => {
    install(update(older, certdataList(certdata([der(IDENTRUST)], [der(QUOVADIS)]))));
    expect(statusOf(QUOVADIS)).toBe('included');
  });

  test('or here, by an older list that was forced: that one counts', () => {
    install(update(BUILT_IN, certdataList(certdata([der(IDENTRUST)], [der(QUOVADIS)]), '2025-01-01'), true));
    expect(statusOf(QUOVADIS)).toBe('included');
  });

  test('and does not say which: the newer one counts', () => {
    const { data } = update(older, bundle([der(IDENTRUST), der(QUOVADIS)]));
    const text = textOf(data).replace(/^ {2}"builtIn".*\n/m, '');
    installCatalog(decodeCatalogFile(Buffer.from(text)));
    expect(statusOf(QUOVADIS)).toBe('email-only');
  });
});

describe('an installed catalog', () => {
  const { data } = update(BUILT_IN, certdataList(certdata([NEW.der], [der(IDENTRUST)])));

  test('is what every question is put to, until it is taken away', () => {
    installCatalog(data);
    expect(findRoot(NEW.certificate.sha256)?.status).toBe('included');
    expect(genuineRoot(NEW.certificate.sha256)).toEqual(NEW.der);
    expect(currentCatalog()).toEqual(data);
    installCatalog(null);
    expect(findRoot(NEW.certificate.sha256)).toBeNull();
    expect(genuineRoot(NEW.certificate.sha256)).toBeNull();
  });

  test('knows damaged copies of its roots', () => {
    const copy = Buffer.from(NEW.der)
      .toString('base64')
      .replace(/.(?=.{40}$)/, 'x');
    expect(matchDamaged(copy)).toBeNull();
    installCatalog(data);
    expect(matchDamaged(copy)?.sha256).toBe(NEW.certificate.sha256);
    installCatalog(null);
    expect(matchDamaged(copy)).toBeNull();
  });

  test('loses nothing that is built in, and refuses what that refuses', () => {
    const [diginotar] = BUILT_IN.roots.filter(({ explicitDistrust }) => explicitDistrust);
    const roots = [
      { ...(diginotar as (typeof BUILT_IN.roots)[number]), explicitDistrust: false, status: 'included' as const },
    ];
    installCatalog({ ...data, roots });
    expect(findRoot(QUOVADIS)).not.toBeNull();
    expect(findRoot(diginotar?.sha256 ?? '')?.misissuance).toMatch(/\w/);
    expect(currentCatalog().roots).toHaveLength(BUILT_IN.roots.length);
  });
});
