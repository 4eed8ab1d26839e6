import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { currentCatalog, genuineBodies, genuineRoot } from '../../src/catalog/catalog.ts';
import { certdata } from '../support/certdata.ts';
import { issue, toPem } from '../support/certificates.ts';
import { anchorctl, type CallOptions } from '../support/cli.ts';

const IDENTRUST = '5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae';
const QUOVADIS = '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86';
const NEW = issue({ subject: 'CN=Brand New Root,O=Example' });
const isRoot = process.geteuid?.() === 0;
const isWindows = process.platform === 'win32';

let folder: string;
let env: Record<string, string>;
const at = (name: string) => join(folder, name);
const catalogFile = () => join(folder, 'data', 'anchorctl', 'catalog.json');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-catalog-update-'));
  env = { [isWindows ? 'LOCALAPPDATA' : 'XDG_DATA_HOME']: at('data') };
});
afterEach(() => rmSync(folder, { recursive: true }));

const NOW = new Date('2026-11-21T03:00:00Z');
const call = (words: readonly string[], options: CallOptions = {}) => anchorctl(words, { env, now: NOW, ...options });
const update = (words: readonly string[], options: CallOptions = {}) => call(['catalog', 'update', ...words], options);

/** A certdata.txt with all roots that the catalog holds, and a new one. */
function writeList(name = 'certdata.txt', date = '2026-11-20'): string {
  const known = [...genuineBodies().keys()]
    .filter((sha256) => sha256 !== QUOVADIS)
    .map((sha256) => [genuineRoot(sha256) ?? new Uint8Array()] as const);
  writeFileSync(at(name), certdata([NEW.der, { label: 'Brand New Root' }], ...known));
  utimesSync(at(name), new Date(date), new Date(date));
  return at(name);
}

describe('catalog update', () => {
  test('shows what would change, and changes nothing', async () => {
    const { status, stdout } = await update(['--from', writeList(), '--dry-run']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Dry run: nothing was changed\.\n/);
    expect(stdout).toContain('  list     certdata.txt of 2026-11-20, 144 certificates\n');
    expect(stdout).toContain('--at says of which day the list is');
    expect(stdout).toMatch(/^\+ Brand New Root \([0-9a-f]{8}…\): included$/m);
    expect(stdout).toContain('- QuoVadis Root CA 2 (85a0dd7d…): removed 2026-11-20, was email-only\n');
    expect(existsSync(at('data'))).toBe(false);
  });

  test('writes the catalog that later calls use, and they say so', async () => {
    const from = writeList();
    const { status, stdout } = await update(['--from', from, '--yes']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^Done\.\n/)]);
    writeFileSync(at('new.pem'), NEW.pem);
    const match = await call(['catalog', 'match', at('new.pem')]);
    expect([match.status, match.stdout.replaceAll(/\s+/g, ' ')]).toEqual([
      0,
      expect.stringContaining('alone, which has it from certdata.txt of 2026-11-20 [catalog/of-this-site]'),
    ]);
    const list = await call(['catalog', 'list', '--name', 'Brand New']);
    expect(list.stdout).toContain(
      `catalog: ${catalogFile()}, of 2026-11-20, last updated from certdata.txt; 452 roots`,
    );
    const show = await call(['catalog', 'show', 'Brand New Root', '--json']);
    expect(show.json()).toMatchObject({
      catalog: {
        origin: 'updated',
        path: catalogFile(),
        sources: [
          { kind: 'built-in', date: '2026-04-09' },
          { kind: 'certdata', name: 'certdata.txt', date: '2026-11-20' },
        ],
      },
      roots: [{ status: 'included', since: '2026-11-20', addedBy: 'certdata.txt of 2026-11-20' }],
    });
    expect((await call(['catalog', 'show', 'Brand New Root', '--pem'])).stdout).toBe(NEW.pem);
  });

  test('has no root among the anchors that an earlier list named to be refused', async () => {
    writeFileSync(
      at('refusing.txt'),
      certdata([NEW.der, { server: 'NOT_TRUSTED' }], [genuineRoot(IDENTRUST) ?? NEW.der]),
    );
    await update(['--from', at('refusing.txt'), '--at', '2026-11-19', '--yes']);
    await update(['--from', writeList(), '--yes']);
    const server = issue({ subject: 'CN=gw', issuer: NEW, basicConstraints: null, keyUsage: ['digitalSignature'] });
    writeFileSync(at('server.pem'), server.pem);
    const { status, json } = await call(['validate', at('server.pem'), '--as', 'path', '--json']);
    expect([status, json()]).toMatchObject([1, { results: [{ verdict: 'fail', path: null }] }]);
  });

  test('has the same outcome for the same list: nothing is to do', async () => {
    const from = writeList();
    await update(['--from', from, '--yes']);
    const bytes = readFileSync(catalogFile());
    const { status, stdout } = await update(['--from', from]);
    expect([status, stdout]).toEqual([0, expect.stringContaining('Nothing was to do')]);
    expect(readFileSync(catalogFile()).equals(bytes)).toBe(true);
    expect(readdirSync(dirname(catalogFile()))).toEqual(['catalog.json']);
  });

  test('replaces an earlier one, which it keeps', async () => {
    await update(['--from', writeList(), '--yes']);
    writeFileSync(at('later.txt'), certdata([genuineRoot(IDENTRUST) ?? NEW.der], [genuineRoot(QUOVADIS) ?? NEW.der]));
    const changed = await update(['--from', at('later.txt'), '--at', '2026-11-21', '--yes', '--json']);
    expect(changed.status).toBe(0);
    expect(changed.json()).toMatchObject({
      schema: 'anchorctl/catalog-update/1',
      changed: true,
      outcome: 'applied',
      catalog: { date: '2026-11-21', previousDate: '2026-11-20' },
      list: { kind: 'certdata', name: 'later.txt', isDateOfFile: false, certificates: 2 },
      changedStatus: [{ sha256: QUOVADIS, status: 'included', before: { status: 'removed' } }],
      findings: [{ code: 'catalog/incomplete', severity: 'warning' }],
    });
    const { removed, backup } = changed.json() as { removed: { name: string; before: object }[]; backup: string };
    expect(removed.find(({ name }) => name === 'Brand New Root')?.before).toMatchObject({ status: 'included' });
    expect(readdirSync(dirname(catalogFile()))).toHaveLength(2);
    expect(existsSync(backup)).toBe(true);
    expect(statSync(catalogFile()).size).toBeGreaterThan(0);
  });

  test('forgets nothing of an update that another call makes after this one has read the catalog', async () => {
    const first = issue({ subject: 'CN=First Root,O=Example' });
    const second = issue({ subject: 'CN=Second Root,O=Example' });
    const bundle = (name: string, pem: string) => {
      writeFileSync(at(name), `${toPem(genuineRoot(IDENTRUST) ?? NEW.der)}${pem}`);
      return ['--from', at(name), '--at', '2026-11-01', '--yes'];
    };
    await update(bundle('new.pem', NEW.pem));
    await update([...bundle('first.pem', first.pem), '--out', at('other.json')]);
    const path = catalogFile();
    const whileReading = {
      get ANCHORCTL_CATALOG() {
        if (currentCatalog().updates.length > 0) copyFileSync(at('other.json'), path);
        return path;
      },
    };
    expect((await update(bundle('second.pem', second.pem), { env: whileReading })).status).toBe(0);
    const { updates } = JSON.parse(readFileSync(path, 'utf8')) as { updates: { name: string }[] };
    expect(updates.map(({ name }) => name)).toEqual(['new.pem', 'first.pem', 'second.pem']);
  });

  test('asks first; nobody to ask or another answer than yes changes nothing', async () => {
    const from = writeList();
    const alone = await update(['--from', from]);
    expect([alone.status, existsSync(catalogFile())]).toEqual([5, false]);
    const document = await update(['--from', from, '--json']);
    expect(JSON.parse(document.stderr)).toMatchObject({ code: 'run/needs-confirmation' });
    const no = await update(['--from', from], { answers: ['no'] });
    expect([no.status, existsSync(catalogFile())]).toEqual([5, false]);
    expect(no.stderr).toContain('+ Brand New Root');
    expect(no.stderr).toMatch(/\d+ roots come to be trusted for servers, \d+ loses? that trust\.\nWrite /);
    const yes = await update(['--from', from], { answers: ['yes'] });
    expect([yes.status, existsSync(catalogFile())]).toEqual([0, true]);
  });

  test('takes no older list, unless it is forced', async () => {
    const from = writeList('old.txt', '2026-04-08');
    const { status, stderr } = await update(['--from', from, '--yes']);
    expect([status, stderr]).toEqual([5, expect.stringContaining('[catalog/older]')]);
    expect((await update(['--from', from, '--yes', '--force'])).status).toBe(0);
  });

  test.each(['--at', 'the date of the file'])(
    'takes no list of a day to come by %s, unless it is forced',
    async (by) => {
      const from = writeList('new.txt', by === '--at' ? '2026-11-20' : '2062-11-20');
      const words = ['--from', from, '--yes', ...(by === '--at' ? ['--at', '2062-11-20'] : [])];
      const { status, stderr } = await update(words);
      expect([status, stderr]).toEqual([5, expect.stringContaining('[catalog/future]')]);
      expect(existsSync(catalogFile())).toBe(false);
      expect((await update([...words, '--force'])).status).toBe(0);
    },
  );

  test('takes a bundle of certificates', async () => {
    const ders = [NEW.der, genuineRoot(IDENTRUST), genuineRoot(QUOVADIS)];
    writeFileSync(
      at('bundle.pem'),
      `## Bundle of CA Root Certificates\n\n${ders.map((der) => toPem(der ?? NEW.der)).join('\n')}`,
    );
    const { status, stdout } = await update(['--from', at('bundle.pem'), '--at', '2026-11-20', '--yes']);
    expect(status).toBe(0);
    expect(stdout).toContain(
      '1 of the bundle keep the status they have, because a bundle says nothing of trust: 1 email-only',
    );
    const show = await call(['catalog', 'show', 'QuoVadis Root CA 2', '--json']);
    expect(show.json()).toMatchObject({ roots: [{ status: 'email-only' }] });
  });

  test('writes elsewhere with --out, never over a file that is there', async () => {
    const from = writeList();
    expect((await update(['--from', from, '--yes', '--out', at('carried.json')])).status).toBe(0);
    expect(existsSync(catalogFile())).toBe(false);
    const again = await update(['--from', from, '--at', '2026-11-21', '--yes', '--out', at('carried.json')]);
    expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('[output/exists]')]);
    const forced = await update([
      '--from',
      from,
      '--at',
      '2026-11-21',
      '--yes',
      '--force',
      '--out',
      at('carried.json'),
    ]);
    expect(forced.status).toBe(0);
    env = { ANCHORCTL_CATALOG: at('carried.json') };
    expect((await call(['catalog', 'show', 'Brand New Root'])).status).toBe(0);
  });

  test.each([
    { name: 'no list', text: 'nothing of the kind', code: 'input/' },
    { name: 'a certdata.txt that is cut short', text: certdata([NEW.der]).slice(0, 900), code: 'catalog/malformed' },
    {
      name: 'a bundle with a block that is damaged',
      text: `${NEW.pem}${NEW.pem.replace(/^M.{20}/m, '')}`,
      code: 'pem/',
    },
    { name: 'an empty file', text: '', code: 'input/empty' },
  ])('refuses $name, and names the file', async ({ text, code }) => {
    writeFileSync(at('list.txt'), text);
    const { status, stderr } = await update(['--from', at('list.txt'), '--at', '2026-11-20', '--yes']);
    expect([status, stderr]).toEqual([3, expect.stringContaining(code)]);
    expect(stderr).toContain(at('list.txt'));
    expect(existsSync(catalogFile())).toBe(false);
  });

  test('says where it would need a place', async () => {
    const { status, stderr } = await update(['--from', writeList(), '--yes'], { env: {} });
    expect([status, stderr]).toEqual([2, expect.stringContaining('[usage/missing-argument]')]);
  });
});

describe('a catalog that is not to be believed is not used, and that is said', () => {
  async function usesBuiltIn(): Promise<string> {
    const { status, stdout, stderr } = await call(['catalog', 'list', '--status', 'no-trust']);
    expect([status, stdout]).toEqual([0, expect.stringContaining('catalog: built in')]);
    expect(stderr).toMatch(/^warning: the catalog .* is not used: .*; the catalog that is built in is\n$/);
    return stderr;
  }

  test('when it is damaged', async () => {
    await update(['--from', writeList(), '--yes']);
    const text = readFileSync(catalogFile(), 'utf8');
    writeFileSync(catalogFile(), text.replace('"status":"included"', '"status":"includes"'));
    expect(await usesBuiltIn()).toContain('"status"');
    writeFileSync(catalogFile(), text.slice(0, -10));
    expect(await usesBuiltIn()).toContain('cut short');
    writeFileSync(catalogFile(), '');
    await usesBuiltIn();
  });

  test('when it is no file', async () => {
    mkdirSync(catalogFile(), { recursive: true });
    expect(await usesBuiltIn()).toContain('a folder');
  });

  test('when it is older than what is built in', async () => {
    await update(['--from', writeList(), '--yes']);
    const text = readFileSync(catalogFile(), 'utf8');
    writeFileSync(catalogFile(), text.replaceAll('2026-11-20', '2026-04-01'));
    expect(await usesBuiltIn()).toContain('older than the catalog that is built in (2026-04-09)');
  });

  test.skipIf(isWindows)('when others may write to it; nor is it renewed', async () => {
    const from = writeList();
    await update(['--from', from, '--yes']);
    chmodSync(catalogFile(), 0o664);
    expect(await usesBuiltIn()).toContain('others may write to it (mode 0664)');
    const { status, stderr } = await update(['--from', from, '--yes']);
    expect([status, stderr]).toEqual([3, expect.stringContaining('[catalog/unsafe-file]')]);
  });

  test.skipIf(!isRoot)('when it belongs to another user', async () => {
    await update(['--from', writeList(), '--yes']);
    chownSync(catalogFile(), 12_345, 12_345);
    expect(await usesBuiltIn()).toContain('belongs to another user (12345)');
  });

  test('when the environment names one that is not there, or none', async () => {
    env = { ANCHORCTL_CATALOG: at('missing.json') };
    expect(await usesBuiltIn()).toContain('there is no such file');
    await update(['--from', writeList(), '--yes']);
    expect(existsSync(at('missing.json'))).toBe(true);
    env = { ANCHORCTL_CATALOG: '' };
    expect((await call(['catalog', 'list'])).stderr).toBe('');
  });

  test('and the trust of a root goes with it', async () => {
    await update(['--from', writeList(), '--yes']);
    writeFileSync(at('new.pem'), NEW.pem);
    const create = (name: string, ...options: readonly string[]) =>
      call(['keystore', 'create', at(name), at('new.pem'), '--type', 'pem', ...options]);
    const trusted = await create('trusted.pem', '--json');
    expect([trusted.status, trusted.json()]).toMatchObject([0, { findings: [{ code: 'catalog/of-this-site' }] }]);
    writeFileSync(catalogFile(), '{}');
    expect(await create('refused.pem')).toMatchObject({ status: 5, stderr: expect.stringContaining('is not used') });
  });
});
