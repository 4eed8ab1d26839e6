import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

const DEMO = join(import.meta.dirname, '../../fixtures/demo');
const root = issue({ subject: 'CN=Own Root' });
const noise = Uint8Array.from({ length: 4096 }, (_, i) => (i * 197 + (i >> 3) * 31 + 7) & 0xff);

let folder = '';
let store = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-bad-'));
  store = join(folder, 'tg.jks');
  cpSync(join(DEMO, 'tg.jks'), store);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = () => readdirSync(folder, { recursive: true }).map(String).sort();

/** A 12-byte JKS header that promises entries, then one whose certificate claims 4 GiB. */
const hugeJks = Buffer.concat([
  Buffer.from('feedfeed00000002ffffffff', 'hex'),
  Buffer.from('00000002000161', 'hex'),
  Buffer.alloc(8),
  Buffer.from('0005582e353039ffffffff', 'hex'),
  Buffer.alloc(64),
]);

describe('an input that cannot be read', () => {
  const cases: readonly { readonly name: string; readonly bytes: Uint8Array | null; readonly code: string }[] = [
    { name: 'of no bytes', bytes: new Uint8Array(), code: 'input/empty' },
    { name: 'of noise', bytes: noise, code: 'input/unrecognised' },
    { name: 'of text without a certificate', bytes: Buffer.from('see attachment\n'), code: 'input/unrecognised' },
    { name: 'with DER cut short', bytes: root.der.subarray(0, 200), code: 'der/truncated' },
    { name: 'with PEM cut short', bytes: Buffer.from(root.pem.slice(0, 400)), code: 'pem/' },
    { name: 'with a zip cut short', bytes: zipSync({ 'a.cer': root.der }).subarray(0, 120), code: 'archive/damaged' },
    {
      name: 'that is a zip bomb',
      bytes: zipSync({ 'a.cer': new Uint8Array(64 << 20) }, { level: 9 }),
      code: 'archive/too-large',
    },
    { name: 'that is a gzip bomb', bytes: gzipSync(new Uint8Array(64 << 20), { level: 9 }), code: 'archive/too-large' },
    {
      name: 'with names that climb out of the archive',
      bytes: zipSync({ '../../etc/a.cer': root.der }),
      code: 'archive/unsafe-name',
    },
    { name: 'that is a keystore with a length of 4 GiB', bytes: hugeJks, code: 'keystore/truncated' },
    {
      name: 'that is a private key',
      bytes: Buffer.from(root.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      code: 'input/no-certificate',
    },
    { name: 'that is not there', bytes: null, code: 'input/not-found' },
  ];

  test.each(cases)('$name', async ({ bytes, code }) => {
    const path = join(folder, 'input');
    if (bytes !== null) writeFileSync(path, bytes);
    const before = files();
    const inspected = await anchorctl(['inspect', path, '--json']);
    expect(inspected.status).toBe(3);
    expect(inspected.json()).toMatchObject({ inputs: [{ input: path, certificates: [], error: { status: 3 } }] });
    const rotated = await anchorctl(['rotate', path, '--keystore', store, '--out', join(folder, 'run')], {
      env: { ANCHORCTL_STOREPASS: 'Test123%' },
    });
    expect(rotated.status).toBe(3);
    expect(rotated.stderr).toContain(`[${code}`);
    expect(rotated.stderr).toContain(path);
    expect(rotated.stderr).not.toMatch(/\bat .*\.ts:/);
    expect(files()).toEqual(before);
    expect(readFileSync(store)).toEqual(readFileSync(join(DEMO, 'tg.jks')));
  });

  test('because it has a gigabyte is refused unread', async () => {
    const path = join(folder, 'sparse');
    writeFileSync(path, '');
    truncateSync(path, 1 << 30);
    const before = process.memoryUsage.rss();
    const { status, stderr } = await anchorctl(['inspect', path]);
    expect([status, stderr]).toEqual([3, expect.stringMatching(/input\/too-large/)]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 << 20);
  });
});

describe('a keystore that cannot be used', () => {
  const cases = [
    { name: 'of no bytes', bytes: new Uint8Array(), status: 3 },
    { name: 'of noise', bytes: noise, status: 3 },
    { name: 'with a length of 4 GiB', bytes: new Uint8Array(hugeJks), status: 3 },
    { name: 'cut short', bytes: new Uint8Array(readFileSync(join(DEMO, 'tg.jks'))).subarray(0, 3000), status: 3 },
  ];
  test.each(cases)('$name', async ({ bytes, status }) => {
    writeFileSync(store, bytes);
    const before = files();
    const call = await anchorctl(
      ['rotate', join(DEMO, 'identrust.zip'), '--keystore', store, '--out', join(folder, 'run')],
      { env: { ANCHORCTL_STOREPASS: 'Test123%' } },
    );
    expect([call.status, call.stdout]).toEqual([status, '']);
    expect(call.stderr).toMatch(/^anchorctl: .*\[(?:keystore|input)\/.*\]/);
    expect(call.stderr).toMatch(/^anchorctl: hint: /m);
    expect(files()).toEqual(before);
    expect(new Uint8Array(readFileSync(store))).toEqual(bytes);
  });
});

describe('inspect', () => {
  test('shows the good beside the bad, and ends with the status of the bad', async () => {
    writeFileSync(join(folder, 'good.pem'), root.pem);
    writeFileSync(join(folder, 'bad.pem'), root.pem.slice(0, 300));
    const { status, json, stderr } = await anchorctl([
      'inspect',
      join(folder, 'bad.pem'),
      join(folder, 'good.pem'),
      '--json',
    ]);
    expect(status).toBe(3);
    expect(JSON.parse(stderr)).toMatchObject({ schema: 'anchorctl/error/1', status: 3 });
    expect(json()).toMatchObject({
      inputs: [{ error: { status: 3 } }, { certificates: [{ sha256: root.certificate.sha256 }] }],
    });
  });

  test('passes over files of a folder that have no sign of a certificate, and counts them', async () => {
    rmSync(store);
    writeFileSync(join(folder, 'a.pem'), root.pem);
    writeFileSync(join(folder, 'readme.txt'), 'hello\n');
    writeFileSync(join(folder, 'empty'), '');
    const { status, json } = await anchorctl(['inspect', folder, '--json']);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({ passedOver: 2, inputs: [expect.objectContaining({ kind: 'pem' })] }),
    ]);
  });

  test.each([
    [['readme.txt'], 'the one file has no sign of a certificate'],
    [['readme.txt', 'empty'], 'none of 2 files has a sign of a certificate'],
  ])('counts those of a folder with nothing else: %j', async (names, message) => {
    rmSync(store);
    for (const name of names) writeFileSync(join(folder, name), name === 'empty' ? '' : 'hello\n');
    const { status, stderr } = await anchorctl(['inspect', folder]);
    expect(status).toBe(3);
    expect(stderr).toContain(`anchorctl: ${message} [input/no-match]`);
  });

  test('fails on a folder and on a glob that hold nothing', async () => {
    rmSync(store);
    for (const name of [folder, join(folder, '*.pem')]) expect((await anchorctl(['inspect', name])).status).toBe(3);
  });

  test('prints hostile names escaped', async () => {
    const hostile = issue({ subject: 'CN=a\u001b]0;x\u0007\u202eb' });
    writeFileSync(join(folder, 'hostile.pem'), hostile.pem);
    for (const format of ['text', 'json', 'ndjson']) {
      const { stdout } = await anchorctl(['inspect', join(folder, 'hostile.pem'), '--format', format]);
      expect(stdout).not.toMatch(/[\u0007\u001b\u202e]/);
      expect(stdout).toMatch(/CN=a/);
    }
  });

  test('--der says why there is no certificate', async () => {
    const locked = join(DEMO, '../keystores/gateway-java17.p12');
    const cases: readonly (readonly [input: string, status: number, code: string])[] = [
      [join(folder, 'absent'), 3, 'input/not-found'],
      [locked, 4, 'keystore/password-missing'],
      [join(folder, '*.none'), 3, 'input/no-certificate'],
    ];
    for (const [input, status, code] of cases) {
      const answer = await anchorctl(['inspect', input, '--der', '--allow-empty']);
      expect([answer.status, answer.stdout]).toEqual([status, '']);
      expect(answer.stderr).toContain(`[${code}]`);
    }
  });

  test('exports PEM, DER and one file a certificate, and never overwrites', async () => {
    const path = join(folder, 'two.pem');
    writeFileSync(path, root.pem + issue({ subject: 'CN=../../evil' }).pem + root.pem);
    const { stdout } = await anchorctl(['inspect', path, '--pem']);
    expect(stdout.match(/-----BEGIN CERTIFICATE-----/g)).toHaveLength(2);
    expect((await anchorctl(['inspect', path, '--der'])).status).toBe(2);
    expect((await anchorctl(['inspect', path, '--der', '--pem'])).status).toBe(2);
    writeFileSync(join(folder, 'one.pem'), root.pem);
    expect(Buffer.from((await anchorctl(['inspect', join(folder, 'one.pem'), '--der'])).stdout, 'latin1')).toEqual(
      Buffer.from(root.der),
    );
    const split = join(folder, 'split');
    expect((await anchorctl(['inspect', path, '--split', split])).status).toBe(0);
    expect(readdirSync(split)).toHaveLength(2);
    expect(readdirSync(split).every((name) => /^[a-z0-9-]+\.pem$/.test(name))).toBe(true);
    expect((await anchorctl(['inspect', path, '--split', split])).status).toBe(2);
  });
});

describe('a call in a folder that is gone', () => {
  beforeEach(() => {
    // What Node throws there. Windows lets nobody remove such a folder.
    vi.spyOn(process, 'cwd').mockImplementation(() => {
      throw Object.assign(new Error('ENOENT: no such file or directory, uv_cwd'), {
        code: 'ENOENT',
        syscall: 'uv_cwd',
      });
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each([
    { call: ['check', 'tg.jks'] },
    {
      call: ['keystore', 'create', 'new.jks', join(DEMO, 'identrust.zip'), '--type', 'jks', '--storepass', 'changeit'],
    },
  ])('$call.0 is refused by what is wrong, not as a bug', async ({ call }) => {
    const { status, stderr } = await anchorctl([...call, '--json']);
    expect(status).toBe(3);
    expect(JSON.parse(stderr)).toMatchObject({
      code: 'input/not-found',
      hint: expect.stringContaining('a folder that is there'),
    });
  });
});
