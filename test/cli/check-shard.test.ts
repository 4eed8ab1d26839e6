/** `check --shard` and `--merge`: the merge of all shards is the whole, byte for byte. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import AdmZip from 'adm-zip';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readCertificates } from '../../src/input/read-certificates.ts';
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

/** An archive of a few files with certificates or without, and a keystore with keys and anchors. */
const archive: fc.Arbitrary<Uint8Array> = fc
  .dictionary(fc.constantFrom('a', 'x.der', 'sub/b', 'noise'), fc.oneof(content, fc.constant('noise')), { maxKeys: 3 })
  .map((members) => {
    const zip = new AdmZip();
    for (const [member, bytes] of Object.entries(members)) zip.addFile(member, Buffer.from(bytes));
    return zip.toBuffer();
  });
const KEYSTORE = readFileSync(join(import.meta.dirname, '../../fixtures/keystores/gateway.jks'));

const name = fc.constantFrom('a', 'b', 'c.pem', 'd e', 'ä', '\u202e', 'x.der');
const file = fc.tuple(
  fc.array(name, { minLength: 1, maxLength: 3 }),
  fc.oneof({ weight: 6, arbitrary: content }, archive, fc.constant(KEYSTORE)),
);

/** Writes what a tree holds, as far as its names do not get in each other's way. */
function grow(root: string, files: readonly (readonly [readonly string[], string | Uint8Array])[]): void {
  mkdirSync(root);
  for (const [steps, bytes] of files) {
    const path = join(root, ...steps.map((step, depth) => (depth < steps.length - 1 ? `${step}.d` : step)));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}

interface Answers {
  readonly json: readonly [status: number, stdout: string, stderr: string];
  readonly [part: string]: unknown;
}

/** The answer of a call in every form. */
async function answers(outputs: string, argv: readonly string[]): Promise<Answers> {
  mkdirSync(outputs);
  const all = checkFormatNames().flatMap((format) => ['--output', `${format}=${join(outputs, format)}`]);
  const { status, stdout, stderr } = await check(...argv, ...all);
  const json = await check(...argv, '--json');
  const files = readdirSync(outputs).map((format) => [format, readFileSync(join(outputs, format), 'utf8')]);
  expect(files).toHaveLength(checkFormatNames().length);
  return { status, stdout, stderr, json: [json.status, json.stdout, json.stderr], files };
}

/** What many runs leave would take its time to be removed at once. */
function empty(path: string): void {
  for (const inside of readdirSync(path)) rmSync(join(path, inside), { recursive: true });
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
          empty(folder);
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

/** A policy in which everything may stand, about the certificates and the names of the trees above. */
const policies: fc.Arbitrary<string> = (() => {
  const held = readCertificates(KEYSTORE).certificates;
  const sha256 = fc.constantFrom(...[...pool.map(({ certificate }) => certificate), ...held].map((one) => one.sha256));
  const patterns = fc.constantFrom(
    'a',
    '**',
    '*',
    '*.pem',
    '{a,b}.d/',
    '**/x.der',
    '!b',
    'nowhere/',
    '../**',
    '-',
    '*!/*',
  );
  const paths = fc.uniqueArray(patterns, { minLength: 1, maxLength: 3 }).map((some) => {
    const list = some.every((one) => one.startsWith('!')) ? ['**', ...some] : some;
    return `paths: [${list.map((one) => `'${one}'`).join(', ')}]`;
  });
  const day = (key: string) =>
    fc.constantFrom('', ...['2026-10-31', '2026-11-01', '2027-02-01'].map((of) => `${key}: ${of}`));
  const entry = (...fields: readonly fc.Arbitrary<string>[]) =>
    fc.tuple(...fields).map((texts) => `  - { ${texts.filter((text) => text !== '').join(', ')} }\n`);
  const section = (name: string, rules: fc.Arbitrary<string>) =>
    fc.array(rules, { maxLength: 2 }).map((all) => (all.length === 0 ? '' : `${name}:\n${all.join('')}`));
  const fingerprint = sha256.map((digest) => `sha256: ${digest}`);
  const somewhere = fc.oneof(paths, fc.constant(''));
  const codes = fc.constantFrom('', 'codes: [policy/anchor-missing]', 'codes: [expiry/expired, policy/key-too-small]');
  return fc
    .tuple(
      section('thresholds', entry(fc.constantFrom('warn: 500d', 'fail: 90%', 'warn: 1d, fail: 1d'), somewhere)),
      section('required', entry(fingerprint, day('from'), paths)),
      section('allowed', entry(fingerprint, day('until'), somewhere)),
      section('forbidden', entry(fingerprint, day('after'), somewhere)),
      section('keys', entry(fc.constantFrom('ec: 384', 'rsa: 2048'), somewhere)),
      section(
        'ignore',
        entry(
          fingerprint,
          fc.constant('reason: agreed'),
          day('until').filter((text) => text !== ''),
          codes,
          somewhere,
        ),
      ),
    )
    .map((sections) => `version: 1\n${sections.join('')}`);
})();

describe('with a policy the merge of all shards equals the whole', () => {
  afterEach(() => vi.restoreAllMocks());

  test('in every form, for any tree and any policy', async () => {
    let run = 0;
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { maxLength: 12 }),
        policies,
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom<readonly string[]>([], ['--only', 'ca'], ['--warn', '30%'], ['--allow-empty']),
        fc.constantFrom('below', 'beside', 'named'),
        async (files, policy, count, reading, where) => {
          const root = join(folder, String(run++));
          grow(root, files);
          vi.spyOn(process, 'cwd').mockReturnValue(root);
          const path = join(where === 'beside' ? folder : root, where === 'named' ? 'tls.yaml' : 'anchorctl.yaml');
          writeFileSync(path, policy);
          const argv = [root, '--at', AT, ...reading, ...(where === 'named' ? ['--policy', path] : [])];
          const whole = await answers(join(folder, `${run}-whole`), argv);
          const { documents } = await runShards(count, join(folder, `${run}-shards`), argv);
          // A merge needs no policy, and takes none but that of the shards.
          writeFileSync(path, 'nonsense');
          const merged = await answers(join(folder, `${run}-merged`), ['--merge', ...documents]);
          expect(merged).toEqual(whole);
          for (const [code] of whole.json[1].matchAll(/policy\/[a-z-]+/g)) seen.add(code);
          empty(folder);
        },
      ),
      { numRuns: process.env.SLOW ? 200 : 40 },
    );
    // Policies that say nothing would show nothing.
    expect(seen.size).toBeGreaterThan(4);
  }, 600_000);

  test('wherever it is made: what the policy calls a file comes with the shards', async () => {
    const root = join(folder, 'tree');
    grow(root, [
      [['gw', 'a'], first.pem],
      [['gw', 'b.cfg'], 'hostname gw\n'],
      [['x.cfg'], 'noise\n'],
    ]);
    writeFileSync(
      join(root, 'anchorctl.yaml'),
      `version: 1\nrequired:\n  - { sha256: ${first.certificate.sha256}, paths: ['gw.d/*'] }\n`,
    );
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(root);
    const argv = [root, '--at', AT];
    const whole = await check(...argv, '--json');
    const { documents, statuses } = await runShards(2, join(folder, 'out'), argv);
    cwd.mockReturnValue(join(folder, 'out'));
    const merged = await check('--merge', ...documents, '--json');
    expect(merged).toMatchObject({ status: 1, stdout: whole.stdout });
    expect(statuses.toSorted()).toEqual([0, 1]);
    expect(whole.json()).toMatchObject({
      policy: 'anchorctl.yaml',
      findings: [{ code: 'policy/anchor-missing', source: { input: join(root, 'gw.d/b.cfg') } }],
    });
  });

  test('a policy that is another one, none, or none any more, is refused', async () => {
    const path = join(folder, 'tls.yaml');
    writeFileSync(join(folder, 'a.pem'), first.pem);
    const shardWith = async (policy: readonly string[], index: number) => {
      const document = join(folder, `${index}.json`);
      const all = ['--shard', `${index}/2`, '--output', `json=${document}`, '--force'];
      expect((await check(join(folder, 'a.pem'), '--at', AT, ...policy, ...all)).status).toBe(0);
      return document;
    };
    const refusal = async (...documents: readonly string[]) => {
      const { status, stderr } = await check('--merge', ...documents);
      expect(status).toBe(3);
      return stderr;
    };
    writeFileSync(path, 'version: 1\n');
    const one = await shardWith(['--policy', path], 1);
    writeFileSync(path, 'version: 1\nkeys: [{ rsa: 2048 }]\n');
    expect(await refusal(one, await shardWith(['--policy', path], 2))).toContain('the shard has another policy');
    expect(await refusal(one, await shardWith(['--no-policy'], 2))).toContain('the shard has another policy');
    writeFileSync(path, 'version: 1\n');
    const documents = [one, await shardWith(['--policy', path], 2)];
    expect((await check('--merge', ...documents)).status).toBe(0);
    for (const document of documents) {
      writeFileSync(document, readFileSync(document, 'utf8').replace('version: 1', 'version: 2'));
    }
    expect(await refusal(...documents)).toContain('[shard/damaged]');
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

  test('one whose record was changed', async () => {
    const [one = '', second = ''] = await twoShards();
    const whole = readFileSync(one, 'utf8');
    writeFileSync(one, whole.replace(/"line": 1/g, '"line": 2'));
    const { status, stdout, stderr } = await check('--merge', one, second);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toContain('what was read has changed since [shard/damaged]');
    // Blanks say nothing.
    writeFileSync(one, JSON.stringify(JSON.parse(whole)));
    expect((await check('--merge', one, second)).status).toBe(0);
  });

  test.each([
    ['version', '0.0.1-old', 'the shards are of version 0.0.1-old'],
    ['catalog', '2020-01-01', 'the shards have asked the catalog 2020-01-01, this call has 20'],
  ])('shards of another %s', async (what, value, message) => {
    const documents = await twoShards();
    for (const path of documents) {
      const text = readFileSync(path, 'utf8').replace(new RegExp(`"${what}": "[^"]*"`), `"${what}": "${value}"`);
      writeFileSync(path, text);
    }
    const { status, stderr } = await check('--merge', ...documents);
    expect(status).toBe(3);
    expect(stderr).toContain(message);
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
    ['--policy', 'x.yaml'],
    ['--limit', 'members=5'],
    ['--starttls', 'smtp'],
    ['--servername', 'gw.example.test'],
  ])('%s', async (...option) => {
    const call = await check('--merge', 'x.json', ...option);
    expect(call.status).toBe(2);
    expect(call.stderr).toContain(`${option[0]} is for the shards`);
  });

  test('--no-policy: theirs counts', async () => {
    const call = await check('--merge', 'x.json', '--no-policy');
    expect([call.status, call.stderr]).toEqual([2, expect.stringContaining('--policy is for the shards')]);
  });
});
