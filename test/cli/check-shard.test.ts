/** `check --shard` and `--merge`: the merge of all shards is the whole, byte for byte. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkFormatNames } from '../../src/report/check/formats.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl, type Call } from '../support/cli.ts';

const AT = '2026-11-01T00:00:00Z';
const DAY = 86_400_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-shard-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const check = (...argv: readonly string[]): Promise<Call> => anchorctl(['check', ...argv]);

/** Certificates that end so many days after `AT`: every level, and hostile names. */
const pool = [400, 30, 5, 0, -1, 4000].map((days, index) =>
  issue({
    subject: index === 2 ? 'CN=Evil\u001b[31m\u202e"<img>|`=1' : `CN=Certificate ${index}`,
    notBefore: new Date(index === 5 ? '2027-01-01T00:00:00Z' : '2020-01-01T00:00:00Z'),
    notAfter: new Date(Date.parse(AT) + days * DAY),
    ...(index % 2 === 0 ? {} : { basicConstraints: null, keyUsage: ['digitalSignature'] as const }),
  }),
);
const [first = issue()] = pool;

const SHOWN = `CA Certificate
  Status: Available
  Certificate Serial Number (hex): 0509
  Issuer:
    cn=A root of \u009b31mmine
  Subject:
    cn=A root of \u009b31mmine
  Validity Date:
    start date: 02:27:00 CST Nov 25 2006
    end   date: 02:23:33 CST Nov 25 2026
  Associated Trustpoints: Trustpool other

Certificate
  Status: Available
  Certificate Serial Number (hex): 1A
  Issuer:
    cn=A root
  Subject:
    cn=gw.example.com
  Associated Trustpoints: one
`;

/** What a file may hold. */
const content: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  fc.shuffledSubarray(pool, { minLength: 1 }).map((some) => some.map(({ pem }) => pem).join('text between\n')),
  fc.constantFrom(...pool).map(({ der }) => der),
  fc.constantFrom(...pool).map(({ pem }) => pem.slice(0, 200)),
  fc.constantFrom(...pool).map(({ der }) => der.slice(0, 100)),
  fc.constantFrom(`${first.pem}-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n`, SHOWN, 'noise\n', ''),
  fc.uint8Array({ maxLength: 40 }),
);

const name = fc.constantFrom('a', 'b', 'c.pem', 'd e', 'ä', '\u202e', 'x.der');
const file = fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), content);

/** Writes what a tree holds, as far as its names do not get in each other's way. */
function grow(root: string, files: readonly (readonly [readonly string[], string | Uint8Array])[]): void {
  mkdirSync(root);
  for (const [steps, bytes] of files) {
    const path = join(root, ...steps.map((step, depth) => (depth < steps.length - 1 ? `${step}.d` : step)));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}

/** The answer of a call in every form. */
async function answers(outputs: string, argv: readonly string[]): Promise<unknown> {
  mkdirSync(outputs);
  const all = checkFormatNames().flatMap((format) => ['--output', `${format}=${join(outputs, format)}`]);
  const { status, stdout, stderr } = await check(...argv, ...all);
  const json = await check(...argv, '--json');
  const files = readdirSync(outputs).map((format) => [format, readFileSync(join(outputs, format), 'utf8')]);
  expect(files).toHaveLength(checkFormatNames().length);
  return { status, stdout, stderr, json: [json.status, json.stdout, json.stderr], files };
}

/** Runs all shards; gives the names of their documents and their statuses. */
async function runShards(count: number, outputs: string, argv: readonly string[]) {
  mkdirSync(outputs);
  const documents: string[] = [];
  const statuses: number[] = [];
  for (let index = count; index >= 1; index--) {
    const document = join(outputs, `shard-${index}.json`);
    statuses.push((await check(...argv, '--shard', `${index}/${count}`, '--output', `json=${document}`)).status);
    documents.push(document);
  }
  return { documents, statuses };
}

describe('the merge of all shards equals the whole', () => {
  const settings = fc.record({
    failOn: fc.constantFrom('warning', 'critical', 'expired'),
    reading: fc.constantFrom<readonly string[]>(
      [],
      ['--only', 'ca'],
      ['--warn', '30%', '--fail', '1d'],
      ['--allow-empty'],
    ),
  });

  test('in every form, for any tree', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { maxLength: 12 }),
        fc.integer({ min: 1, max: 7 }),
        settings,
        async (files, count, how) => {
          const root = join(folder, String(run++));
          grow(root, files);
          const argv = [root, join(root, 'missing.pem'), join(root, 'a*'), '--at', AT, ...how.reading];
          const whole = await answers(join(folder, `${run}-whole`), [...argv, '--fail-on', how.failOn]);
          const { documents } = await runShards(count, join(folder, `${run}-shards`), argv);
          const merged = await answers(join(folder, `${run}-merged`), [
            '--merge',
            ...documents,
            '--fail-on',
            how.failOn,
          ]);
          expect(merged).toEqual(whole);
        },
      ),
      { numRuns: process.env.SLOW ? 100 : 15 },
    );
  }, 600_000);

  test('of standard input, endpoints that are not there, keystores without their passwords, and damaged roots, too', async () => {
    writeFileSync(join(folder, 'a.pem'), first.pem);
    const argv = [
      '-',
      'tls://127.0.0.1:1',
      join(folder, '*.pem'),
      'fixtures/demo',
      'fixtures/keystores/schemes',
      '--at',
      AT,
    ];
    const options = { stdin: first.pem };
    const documents = await Promise.all(
      [1, 2, 3].map(async (index) => {
        const path = join(folder, `${index}.json`);
        const call = await anchorctl(['check', ...argv, '--shard', `${index}/3`, '--json'], options);
        writeFileSync(path, call.stdout);
        return path;
      }),
    );
    const whole = await anchorctl(['check', ...argv, '--json'], options);
    const merged = await check('--merge', ...documents, '--json');
    expect(merged).toMatchObject({ status: whole.status, stdout: whole.stdout, stderr: whole.stderr });
    expect(whole.status).toBe(4);
    expect(whole.json()).toMatchObject({ summary: { certificates: expect.any(Number) } });
  });
});

describe('--shard', () => {
  test('judges its own part alone, and says which it is', async () => {
    for (const [index, { pem }] of pool.entries()) writeFileSync(join(folder, `${index}.pem`), pem);
    const good = await check(folder, '--at', AT, '--shard', '1/6');
    expect(good.status).toBe(0);
    expect(good.stdout).toContain('1 certificate in 1 file of shard 1/6: 1 ok\n');
    expect((await check(folder, '--at', AT, '--shard', '5/6')).status).toBe(1);
  });

  test('a part without any certificate is good, a whole without any is not', async () => {
    writeFileSync(join(folder, 'a.txt'), 'noise');
    writeFileSync(join(folder, 'b.txt'), 'noise');
    const { documents, statuses } = await runShards(3, `${folder}-out`, [folder, '--at', AT]);
    expect(statuses).toEqual([0, 0, 0]);
    const whole = await check(folder, '--at', AT);
    const merged = await check('--merge', ...documents);
    expect(whole.status).toBe(3);
    expect(whole.stdout).toContain('none of 2 files has a sign of a certificate');
    expect(merged).toMatchObject({ status: 3, stdout: whole.stdout });
    rmSync(`${folder}-out`, { recursive: true });
  });

  test('carries every certificate once, however often it stands somewhere', async () => {
    for (let index = 0; index < 20; index++) writeFileSync(join(folder, `${index}.pem`), first.pem);
    const call = await check(folder, '--at', AT, '--shard', '1/2', '--json');
    expect(call.json()).toMatchObject({
      shard: { index: 1, count: 2, all: { count: 20 }, passedOver: 0 },
      shardCertificates: [Buffer.from(first.der).toString('base64')],
    });
  });

  test.each(['0/3', '4/3', 'soon'])('%s is usage', async (shard) => {
    expect((await check(folder, '--shard', shard)).status).toBe(2);
  });
});

describe('--merge refuses', () => {
  async function twoShards(): Promise<readonly string[]> {
    writeFileSync(join(folder, 'a.pem'), first.pem);
    writeFileSync(join(folder, 'b.pem'), first.pem);
    return (await runShards(2, join(folder, 'out'), [join(folder, '*.pem'), '--at', AT])).documents;
  }

  test('a part, one twice, and those of different checks', async () => {
    const [second = '', one = ''] = await twoShards();
    const { documents: other } = await runShards(2, join(folder, 'other'), [
      join(folder, '*.pem'),
      '--at',
      AT,
      '--warn',
      '1d',
    ]);
    const codeOf = async (...paths: readonly string[]) => {
      const { status, stdout, stderr } = await check('--merge', ...paths, '--json');
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
      return (JSON.parse(stderr) as { readonly code: string }).code;
    };
    expect(await codeOf(one)).toBe('shard/missing');
    expect(await codeOf(one, second, one)).toBe('shard/twice');
    expect(await codeOf(one, other[0] ?? '')).toBe('shard/foreign');
    expect(await codeOf(join(folder, 'a.pem'))).toBe('shard/damaged');
    expect(await codeOf(join(folder, 'nowhere.json'))).toBe('input/not-found');
    expect((await check('--merge', join(folder, 'out'))).status).toBe(0);
  });

  test('shards of another version', async () => {
    const documents = await twoShards();
    for (const path of documents) {
      writeFileSync(path, readFileSync(path, 'utf8').replace(/"version": "[^"]*"/, '"version": "0.0.1-old"'));
    }
    const { status, stderr } = await check('--merge', ...documents);
    expect(status).toBe(3);
    expect(stderr).toContain('the shards are of version 0.0.1-old');
  });

  test.each([
    ['--at', AT],
    ['--warn', '1d'],
    ['--fail', '1d'],
    ['--only', 'ca'],
    ['--shard', '1/2'],
    ['--changed-since', 'HEAD'],
    ['--storepass-env', 'X'],
    ['--git'],
    ['--allow-empty'],
  ])('%s', async (...option) => {
    const call = await check('--merge', 'x.json', ...option);
    expect(call.status).toBe(2);
    expect(call.stderr).toContain(`${option[0]} is for the shards`);
  });
});
