import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtInCatalog, genuineBodies, genuineRoot, installCatalog } from '../../src/catalog/catalog.ts';
import { editsBetween } from '../../src/catalog/edit-script.ts';
import { MAX_DAMAGE, matchDamaged, resemblesRoot } from '../../src/catalog/match.ts';
import { encodeBase64, withoutPadding } from '../../src/encoding/base64.ts';
import { childrenOf, contentOf, decodeElement, TAG } from '../../src/encoding/der.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { issue } from '../support/certificates.ts';
import { damage, randomBytes } from '../support/damage.ts';

const ROOTS = [...genuineBodies()];
const SEED = 20_261_121;

describe('a damaged copy', () => {
  test('of any root, with 1 to 40 characters misread, lost or doubled, is that root: 1,000 copies', () => {
    const copies = process.env.SLOW ? 10_000 : 1000;
    const seen = { right: 0, wrong: 0, none: 0 };
    for (let copy = 0; copy < copies; copy++) {
      const [sha256, base64] = ROOTS[copy % ROOTS.length] ?? ['', ''];
      const match = matchDamaged(
        damage(withoutPadding(base64), 1 + ((copy * 7 + Math.floor(copy / ROOTS.length)) % 40), SEED + copy),
      );
      if (match === null) seen.none++;
      else if (match.sha256 === sha256) seen.right++;
      else seen.wrong++;
      if (match === null) continue;
      expect(match.der).toEqual(genuineRoot(match.sha256));
      expect(match.differences.length).toBeLessThanOrEqual(40);
    }
    process.stdout.write(
      `${copies} damaged copies of ${ROOTS.length} roots: ${seen.right} right, ${seen.wrong} wrong, ${seen.none} not found\n`,
    );
    expect(seen.wrong).toBe(0);
    expect(seen.right).toBeGreaterThanOrEqual(copies * 0.999);
  }, 240_000);

  test('of the shortest root may have forty', () => {
    const [sha256, base64] = ROOTS.toSorted(([, a], [, b]) => a.length - b.length)[0] ?? ['', ''];
    for (let copy = 0; copy < 20; copy++) {
      expect(matchDamaged(damage(withoutPadding(base64), 40, SEED + copy))?.sha256).toBe(sha256);
    }
  });

  test('has every difference named by what stands there and what should', () => {
    const [sha256, base64] = ROOTS[0] ?? ['', ''];
    const found = `${base64.slice(0, 100)}~${base64.slice(101, 200)}${base64.slice(201, 300)}+/${base64.slice(300)}`;
    expect(matchDamaged(found)).toEqual({
      sha256,
      der: genuineRoot(sha256),
      differences: [
        { index: 100, found: '~', genuine: base64.charAt(100) },
        { index: 200, found: '', genuine: base64.charAt(200) },
        { index: 299, found: '+', genuine: '' },
        { index: 300, found: '/', genuine: '' },
      ],
    });
  });

  test('may have its padding or not', () => {
    const [sha256, base64] = ROOTS.find(([, text]) => text.endsWith('==')) ?? ['', ''];
    for (const found of [base64, withoutPadding(base64), `${base64}=`]) {
      expect(matchDamaged(found)).toMatchObject({ sha256, differences: [] });
    }
  });
});

describe('what is near no root', () => {
  test('certificates that no catalog knows, as they are and with 1 to 40 characters misread', () => {
    const keys = (['ec', 'rsa1024', 'rsa2048'] as const).map((key) => issue({ key }).privateKey);
    let asked = 0;
    for (let number = 0; number < 300; number++) {
      const { der } = issue({
        subject: `CN=Root CA ${number},O=Some Authority,C=${number % 2 === 0 ? 'BM' : 'US'}`,
        serialNumber: BigInt(number + 1),
        ...(keys[number % 3] === undefined ? {} : { key: keys[number % 3] }),
      });
      const text = withoutPadding(encodeBase64(der));
      for (const found of [text, damage(text, 1 + (number % 40), SEED + number)]) {
        expect([number, matchDamaged(found)]).toEqual([number, null]);
        asked++;
      }
      expect(resemblesRoot(der)).toBe(false);
    }
    process.stdout.write(`${asked} copies of certificates outside the catalog: none matched\n`);
  });

  test('random base64', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ABCDEFghijkl0123+/'), minLength: 500, maxLength: 2500 });
    fc.assert(fc.property(text, (found) => matchDamaged(found) === null));
  });

  test.each([
    ['nothing', ''],
    ['padding', '='.repeat(100_000)],
    ['one letter', 'A'],
    ['the first letters of every certificate', 'MII'],
    ['one letter over and over', 'A'.repeat(2000)],
    ['what is no base64', '~'.repeat(2000)],
    ['a text longer than any root', 'MIIF'.repeat(100_000)],
  ])('%s', (_name, found) => {
    expect(matchDamaged(found)).toBeNull();
  });

  test('another certificate with the names of a root', () => {
    for (const subject of [
      'CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM',
      'CN=IdenTrust Commercial Root CA 1,O=IdenTrust,C=US',
    ]) {
      for (const key of ['ec', 'rsa2048'] as const) {
        const { der } = issue({ subject, key });
        expect(matchDamaged(encodeBase64(der))).toBeNull();
        expect(resemblesRoot(der)).toBe(false);
      }
    }
  });

  test('a root with another signature, which is all that a certificate issued anew may differ in', () => {
    for (const [number, sha256] of [...genuineBodies().keys()].entries()) {
      const der = genuineRoot(sha256) ?? new Uint8Array();
      const { signature } = decodeCertificate(der);
      // An ECDSA signature is two INTEGERs in a SEQUENCE; only their content is random.
      const isEcdsa = signature[0] === TAG.sequence && signature.length < 150;
      const parts = isEcdsa ? childrenOf(decodeElement(signature, TAG.sequence)).map(contentOf) : [signature];
      for (const part of parts) part.set(randomBytes(part.length, SEED + number));
      expect([sha256, matchDamaged(encodeBase64(der))]).toEqual([sha256, null]);
    }
  });

  test('half of a root, or two in a row', () => {
    for (const [, base64] of ROOTS.slice(0, 20)) {
      expect(matchDamaged(base64.slice(0, base64.length / 2))).toBeNull();
      expect(matchDamaged(base64 + base64)).toBeNull();
    }
  });

  if (existsSync('../shared/conformance/certs.json.gz'))
    test('certificates of other projects', () => {
      const { files } = JSON.parse(gunzipSync(readFileSync('../shared/conformance/certs.json.gz')).toString()) as {
        files: readonly { readonly id: string; readonly base64: string }[];
      };
      const matched = files.filter(({ base64 }) => {
        const text = Buffer.from(base64, 'base64').toString('latin1');
        const body = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----([^-]*)-----/.exec(text)?.[1]?.replace(/\s/g, '') ?? base64;
        const match = matchDamaged(body);
        return match !== null && match.differences.length > 0;
      });
      expect(matched.map(({ id }) => id)).toEqual([]);
      process.stdout.write(`${files.length} files of other projects are near no root\n`);
    });
});

test('no two roots are so near to one another that a copy could be of either', () => {
  const roots = ROOTS.map(([sha256, base64]) => ({ sha256, text: withoutPadding(base64) }));
  const pairs = roots.flatMap((a, index) => roots.slice(index + 1).map((b) => [a, b] as const));
  const chosen = process.env.SLOW ? pairs : pairs.filter(([a, b]) => a.text.slice(60, 120) === b.text.slice(60, 120));
  const near = chosen.filter(([a, b]) => {
    const limit = Math.floor(2 * MAX_DAMAGE * Math.max(a.text.length, b.text.length));
    return editsBetween(a.text, b.text, limit) !== null;
  });
  expect(near).toEqual([]);
  expect(chosen.length).toBeGreaterThan(0);
}, 300_000);

describe('resemblesRoot', () => {
  test('a root, and a root with some bytes changed', () => {
    for (const [sha256] of ROOTS.slice(0, 20)) {
      const der = genuineRoot(sha256) ?? new Uint8Array();
      expect(resemblesRoot(der)).toBe(true);
      for (let at = 0; at < der.length; at += 20) der[at] = (der[at] ?? 0) ^ 1;
      expect(resemblesRoot(der)).toBe(true);
    }
  });

  test('a root that only a catalog of a site has', () => {
    const { der, certificate } = issue({ subject: `CN=${'Long'.repeat(1000)}` });
    expect(resemblesRoot(der)).toBe(false);
    installCatalog({ ...builtInCatalog(), bodies: new Map([[certificate.sha256, encodeBase64(der)]]) });
    expect(resemblesRoot(der)).toBe(true);
    installCatalog(null);
    expect(resemblesRoot(der)).toBe(false);
  });

  test('nothing else', () => {
    const der = genuineRoot(ROOTS[0]?.[0] ?? '') ?? new Uint8Array();
    expect(resemblesRoot(new Uint8Array(der.length))).toBe(false);
    expect(resemblesRoot(der.subarray(1))).toBe(false);
    expect(resemblesRoot(new Uint8Array())).toBe(false);
  });
});
