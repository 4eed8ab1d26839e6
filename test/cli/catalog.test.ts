import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { genuineRoot } from '../../src/catalog/catalog.ts';
import { issue, toPem } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

const QUOVADIS = '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86';
const IDENTRUST = '5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae';

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-catalog-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, ...ders: readonly (Uint8Array | null)[]): string {
  writeFileSync(at(name), ders.map((der) => toPem(der ?? new Uint8Array())).join(''));
  return at(name);
}

interface RootJson {
  readonly name: string;
  readonly sha256: string;
  readonly status: string;
}

const rootsOf = ({ json }: { readonly json: () => Record<string, unknown> }) => json().roots as readonly RootJson[];

describe('catalog list', () => {
  test('is a table of 80 columns, by name', async () => {
    const { status, stdout, stderr } = await anchorctl(['catalog', 'list']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain("catalog: built in, Mozilla's root list of 2026-04-09; 451 roots");
    expect(Math.max(...stdout.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(80);
    await expect(stdout).toMatchFileSnapshot('../../fixtures/catalog/list.golden.txt');
  });

  test('shows roots of a status, or of several', async () => {
    const { stdout } = await anchorctl(['catalog', 'list', '--status', 'distrust-after']);
    expect(stdout).toMatch(/^73c17643 {2}distrust-after 2024-11-30 {2}2026-11-27 {2}Entrust Root Ce…ation Authority$/m);
    const several = await anchorctl([
      'catalog',
      'list',
      '--status',
      'no-trust',
      '--status',
      'distrust-after',
      '--json',
    ]);
    expect(
      rootsOf(several)
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual([...['distrust-after', 'distrust-after'], ...['no-trust', 'no-trust']]);
  });

  test('shows roots with a text in their name, and where they went', async () => {
    const { stdout } = await anchorctl(['catalog', 'list', '--name', 'root ca 2', '--status', 'email-only']);
    expect(stdout).toContain(
      '85a0dd7d  email-only                 2031-11-24  QuoVadis Root CA 2\n          successor: IdenTrust Commercial Root CA 1\n',
    );
  });

  test('is a document, or one a line', async () => {
    const call = await anchorctl(['catalog', 'list', '--json']);
    expect(Object.keys(call.json())).toEqual(['schema', 'catalog', 'roots']);
    expect(call.json()).toMatchObject({
      schema: 'anchorctl/catalog-list/1',
      catalog: { origin: 'built-in', path: null, date: '2026-04-09', roots: 451 },
    });
    const lines = (await anchorctl(['catalog', 'list', '--format', 'ndjson'])).stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(rootsOf(call));
  });

  test('that nothing fits is a failure, which suggests what may be meant', async () => {
    const { status, stdout, stderr } = await anchorctl(['catalog', 'list', '--name', 'QuoVadis Rot CA 2']);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain('[catalog/not-found]');
    expect(stderr).toContain('"QuoVadis Root CA 2"');
  });

  test('of a status that there is not is a wrong call', async () => {
    const { status, stderr } = await anchorctl(['catalog', 'list', '--status', 'gone']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('usage/bad-value')]);
  });
});

describe('catalog show', () => {
  test('tells the life story of a root', async () => {
    const { status, stdout } = await anchorctl(['catalog', 'show', 'QuoVadis Root CA 2']);
    expect(status).toBe(0);
    await expect(stdout).toMatchFileSnapshot('../../fixtures/catalog/show-quovadis.golden.txt');
  });

  test('tells why a root was distrusted, and what is not held', async () => {
    const { stdout } = await anchorctl(['catalog', 'show', '0d136e43']);
    await expect(stdout).toMatchFileSnapshot('../../fixtures/catalog/show-diginotar.golden.txt');
  });

  test('gives a document with everything', async () => {
    const call = await anchorctl(['catalog', 'show', '0509', '--json']);
    expect(call.json()).toMatchObject({ schema: 'anchorctl/catalog-show/1', query: '0509' });
    expect(rootsOf(call)).toEqual([
      expect.objectContaining({
        sha256: QUOVADIS,
        matchedBy: 'serial-number',
        subjectKeyIdentifier: '1a8462bc484c332504d4eed0f603c41946d1946b',
        successorSha256: IDENTRUST,
        trustedFor: ['email'],
        hasCertificate: true,
        usedBy: expect.arrayContaining([expect.objectContaining({ verified: true })]),
      }),
    ]);
  });

  test('shows all roots of a name', async () => {
    const call = await anchorctl(['catalog', 'show', 'StartCom Certification Authority', '--json']);
    expect(rootsOf(call).length).toBeGreaterThan(1);
  });

  test('prints the genuine certificate', async () => {
    const pem = await anchorctl(['catalog', 'show', QUOVADIS.toUpperCase(), '--pem']);
    expect(pem.stdout).toBe(toPem(genuineRoot(QUOVADIS) ?? new Uint8Array()));
    const der = await anchorctl(['catalog', 'show', QUOVADIS, '--der']);
    expect(Buffer.from(der.stdout, 'latin1')).toEqual(Buffer.from(genuineRoot(QUOVADIS) ?? []));
  });

  test.each([
    { words: ['no such root'], status: 3, code: 'catalog/not-found' },
    { words: ['DigiNotar Root CA', '--pem'], status: 3, code: 'catalog/facts-only' },
    { words: ['01', '--pem', '--der'], status: 2, code: 'usage/conflict' },
    { words: ['QuoVadis Root CA 2', '--pem', '--json'], status: 2, code: 'usage/conflict' },
    { words: [], status: 2, code: 'usage/missing-argument' },
  ])('$words is refused with $code', async ({ words, status, code }) => {
    const call = await anchorctl(['catalog', 'show', ...words]);
    expect([call.status, call.stdout]).toEqual([status, '']);
    expect(call.stderr).toContain(code);
  });
});

describe('catalog match', () => {
  const impostor = issue({ subject: 'CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM' });

  test('is good when every certificate is a root', async () => {
    const path = write('roots.pem', genuineRoot(IDENTRUST));
    const { status, stdout } = await anchorctl(['catalog', 'match', path]);
    expect(stdout).toContain('    root      IdenTrust Commercial Root CA 1: included\n');
    expect(stdout).toContain('1 of 1 certificate is a public root\n');
    expect(status).toBe(0);
  });

  test('says what became of a root; --fail-on makes it fail', async () => {
    const path = write('quovadis.pem', genuineRoot(QUOVADIS));
    const call = await anchorctl(['catalog', 'match', path]);
    expect(call.stdout).toContain('[catalog/email-only]');
    expect(call.status).toBe(0);
    expect((await anchorctl(['catalog', 'match', path, '--fail-on', 'warning'])).status).toBe(1);
  });

  test('names an impostor', async () => {
    const path = write('impostor.pem', impostor.der);
    const { status, stdout } = await anchorctl(['catalog', 'match', path]);
    expect(status).toBe(1);
    expect(stdout).toContain('    root      NO\n');
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'error: it has the name of QuoVadis Root CA 2, another SHA-256 and another key: it is not that root [catalog/same-name]',
    );
  });

  test('gives a document with every certificate', async () => {
    const path = write('both.pem', genuineRoot(QUOVADIS), impostor.der);
    const { status, json } = await anchorctl(['catalog', 'match', path, '--json']);
    expect(status).toBe(1);
    expect(json()).toMatchObject({
      schema: 'anchorctl/catalog-match/1',
      summary: { certificates: 2, roots: 1, others: 1 },
      results: [
        { certificate: { sha256: QUOVADIS }, relation: 'root', root: { sha256: QUOVADIS } },
        { certificate: { sha256: impostor.certificate.sha256 }, relation: 'same-name', root: { sha256: QUOVADIS } },
      ],
    });
  });

  test('knows a damaged copy as the root that it is of', async () => {
    const pem = toPem(genuineRoot(QUOVADIS) ?? new Uint8Array());
    writeFileSync(at('damaged.txt'), pem.replace('MIIF', 'MllF'));
    const { status, stdout, stderr } = await anchorctl(['catalog', 'match', at('damaged.txt')]);
    expect([status, stderr]).toEqual([0, expect.stringContaining('[input/restored-from-catalog]')]);
    expect(stdout).toContain('QuoVadis Root CA 2: email-only');
  });

  test('counts a damaged copy as a warning, also of a root that is as good as any', async () => {
    const pem = toPem(genuineRoot(IDENTRUST) ?? new Uint8Array());
    writeFileSync(at('damaged.txt'), pem.replace('MIIF', 'MllF'));
    const call = (...words: readonly string[]) => anchorctl(['catalog', 'match', at('damaged.txt'), ...words]);
    expect([(await call()).status, (await call('--fail-on', 'warning')).status]).toEqual([0, 1]);
  });

  test('of nothing is a failure', async () => {
    writeFileSync(at('nothing.txt'), 'nothing');
    expect((await anchorctl(['catalog', 'match', at('nothing.txt')])).status).toBe(3);
    expect((await anchorctl(['catalog', 'match', at('missing.pem')])).status).toBe(3);
  });
});
