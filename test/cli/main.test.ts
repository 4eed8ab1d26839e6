import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands, loadCommand, nameOf } from '../../src/cli/commands.ts';
import { parseArguments } from '../../src/cli/parser.ts';
import { VERSION } from '../../src/cli/version.ts';
import { AT, issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

const DEMO = join(import.meta.dirname, '../../fixtures/demo');
const names = commands.map(nameOf);
const calls = commands.flatMap((command) =>
  'subcommands' in command ? command.subcommands.map((one) => [nameOf(command), nameOf(one)]) : [[nameOf(command)]],
);

describe('help', () => {
  test('lists every command, on stdout, with status 0', async () => {
    const { status, stdout, stderr } = await anchorctl(['--help']);
    expect([status, stderr]).toEqual([0, '']);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^ +anchorctl ${name} `, 'm'));
    expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  test.each(names)('of %s says what it takes', async (name) => {
    const { status, stdout, stderr } = await anchorctl([name, '--help']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`anchorctl ${name}`);
    expect(stdout).toMatch(/Options:/);
  });

  test.each(calls.filter(([name]) => name !== 'keytool'))(
    'of %s %s has examples that can be copied',
    async (...call) => {
      const words = call.filter((word) => word !== undefined);
      const { stdout } = await anchorctl([...words, '--help']);
      expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
      const [, examples = ''] = stdout.split('\nExamples:\n');
      const lines = examples.trimEnd().split('\n');
      expect(lines.length).toBeGreaterThan(1);
      for (const [index, line] of lines.entries()) {
        expect(line.startsWith(index % 2 === 0 ? '  # ' : `  anchorctl ${words.join(' ')} `)).toBe(true);
        if (index % 2 === 0) continue;
        const argv = [...line.matchAll(/"([^"]*)"|\S+/g)].slice(1).map(([word, quoted]) => quoted ?? word);
        const { args } = parseArguments(argv, await loadCommand(argv), { columns: 80, shell: '' });
        expect(args).not.toBeNull();
      }
    },
  );

  test('gives the version', async () => {
    expect(await anchorctl(['--version'])).toMatchObject({ status: 0, stdout: `${VERSION}\n` });
  });

  test('gives a completion script, and completes', async () => {
    expect((await anchorctl(['completion'])).stdout).toMatch(/^# Completion of anchorctl in bash/);
    expect((await anchorctl(['completion', '--help'])).stdout).toMatch(/^anchorctl completion\n\nPrint a script/);
    const { stdout } = await anchorctl(['--get-yargs-completions', 'anchorctl', 'ro']);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['rotate', 'rollback']));
  });
});

describe('a call that cannot be understood ends with 2, says why on stderr, and prints nothing on stdout', () => {
  test.each([
    { argv: [], code: 'usage/missing-argument' },
    { argv: ['bogus'], code: 'usage/unknown-command' },
    { argv: ['--format', 'text', 'bogus'], code: 'usage/unknown-command' },
    { argv: ['keystore'], code: 'usage/missing-argument' },
    { argv: ['keystore', 'bogus'], code: 'usage/unknown-command' },
    { argv: ['inspect'], code: 'usage/missing-argument' },
    { argv: ['inspect', 'x', '--bogus'], code: 'usage/unknown-option' },
    { argv: ['inspect', 'x', '--format', 'yaml'], code: 'usage/bad-value' },
    { argv: ['inspect', 'x', '--format'], code: 'usage/missing-argument' },
    { argv: ['inspect', 'x', '--format', 'text', '--format', 'ndjson'], code: 'usage/bad-value' },
    { argv: ['inspect', 'x', '--no-format'], code: 'usage/unknown-option' },
    { argv: ['inspect', 'x', '--strict=1'], code: 'usage/bad-value' },
    { argv: ['inspect', 'x', '--input', 'y'], code: 'usage/unknown-option' },
    { argv: ['keystore', 'list', 'x', '--file=y'], code: 'usage/unknown-option' },
    { argv: ['keystore', 'remove', 'x', '--no-alias'], code: 'usage/unknown-option' },
    { argv: ['keystore', 'remove', 'x', '--expired', '--yes', '--dry-run=1'], code: 'usage/bad-value' },
    { argv: ['validate', 'x', '--as', 'path', '--as', 'path'], code: 'usage/bad-value' },
    { argv: ['validate', 'x', '--no-expect-sha256'], code: 'usage/unknown-option' },
    { argv: ['validate', 'x', '--for'], code: 'usage/missing-argument' },
    { argv: ['check', 'x', '--fail-on', 'warning', '--fail-on', 'critical'], code: 'usage/bad-value' },
    { argv: ['check', 'x', '--output', 'junit=-'], code: 'usage/bad-value' },
    { argv: ['check', 'x', '--fail-on'], code: 'usage/missing-argument' },
    { argv: ['validate', 'x', '--at', 'soon'], code: 'usage/bad-value' },
    { argv: ['validate', 'x', '--at', '2026-02-30T03:00:00Z'], code: 'usage/bad-value' },
    { argv: ['validate', 'x', '--at', '2026-02-28T24:00:00Z'], code: 'usage/bad-value' },
    { argv: ['validate', 'x', '--at'], code: 'usage/' },
    { argv: ['validate', 'x', '--at', '2026-01-01', '--at', '2027-01-01'], code: 'usage/bad-value' },
    { argv: ['rotate', 'x', '--keystore', 'y'], code: 'usage/' },
    { argv: ['rollback'], code: 'usage/' },
    { argv: ['snippet', 'x', '--platform', 'ios'], code: 'usage/' },
    { argv: ['keystore', 'list', 'x', '--storepass', 'a', '--storepass-env', 'B'], code: 'usage/conflict' },
    { argv: ['inspect', '--bogus', 'x'], code: 'usage/unknown-option' },
    { argv: ['ledger', 'x', '--bogus', 'y'], code: 'usage/unknown-option' },
  ])('$argv', async ({ argv, code }) => {
    const { status, stdout, stderr } = await anchorctl(argv);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`^anchorctl: .*\\[${code}`));
  });

  test.each([
    { argv: ['keystore'], says: 'a command is missing' },
    { argv: ['keystore', 'list'], says: 'too few arguments for "keystore list <file>"' },
    { argv: ['keystore', 'add', 'trust.jks'], says: 'too few arguments for "keystore add <file> <input..>"' },
  ])('$argv: $says', async ({ argv, says }) => {
    expect((await anchorctl(argv)).stderr).toContain(says);
  });

  test.each([
    { words: 'keystore list x --bogus y', says: '"--bogus"', hint: 'see anchorctl keystore list --help' },
    { words: 'inspect', says: 'too few', hint: 'see anchorctl inspect --help' },
    { words: 'keystore bogus', says: '"bogus"', hint: 'see anchorctl keystore --help' },
    { words: 'keystore create t x', says: '--type must be given', hint: '--type: The type of the new keystore: jks,' },
    { words: 'keystore', says: 'a command is missing', hint: 'see anchorctl keystore --help' },
    { words: 'catalog --json', says: 'a command is missing', hint: 'see anchorctl catalog --help' },
    { words: '--json', says: 'a command is missing', hint: 'see anchorctl --help' },
    { words: 'ledgr x', says: '"ledgr"', hint: 'did you mean anchorctl ledger? see anchorctl --help' },
    { words: 'keystore lst x', says: '"lst"', hint: 'did you mean anchorctl keystore list? see' },
    { words: 'inspect --pm x', says: '"--pm"', hint: 'did you mean --pem? see anchorctl inspect --help' },
    { words: 'ledger --od x --nw y z', says: '"--od", "--nw"', hint: 'did you mean --old and --new? see' },
  ])('$words: $hint', async ({ words, says, hint }) => {
    const { stderr } = await anchorctl(words.split(' '));
    expect(stderr).toContain(says);
    expect(stderr).toContain(hint);
  });

  test.each([
    { words: 'keystore passwd t.jks S3cret', place: 4 },
    { words: 'keystore list t.jks --storepass my S3cret', place: 6 },
    { words: 'keystore list t.jks --storepass my -S3cret', place: 6 },
    { words: 'keystore list t.jks --storepass my --S3cret', place: 6 },
    { words: 'keystore --storepass S3cret list t.jks', place: 3 },
    { words: 'keystore --storepass my S3cret list t.jks', place: 3 },
    { words: '--storepass S3cret keystore list t.jks', place: 2 },
  ])('names no word that may be a password: $words', async ({ words, place }) => {
    for (const argv of [words.split(' '), [...words.split(' '), '--json']]) {
      const { status, stdout, stderr } = await anchorctl(argv);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).not.toContain('S3cret');
      expect(stderr).toContain(`word ${place} of the call`);
    }
  });

  test('says what an option lacks before a word like an option, which may be the password', async () => {
    const { status, stderr } = await anchorctl(['keystore', 'list', 't.jks', '--storepass', '--s3cret']);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/--storepass needs a value.*\n.*--storepass=VALUE/)]);
    expect(stderr).not.toContain('s3cret');
  });

  test.each([
    {
      argv: ['check', 'x', '--warn', 'soon'],
      hint: 'write days, hours, weeks or a share of the lifetime: 60d, 36h, 8w, 30%; at most 36500 days or 100%',
    },
    { argv: ['inspect', 'x', '--quiet=0'], hint: 'write --quiet, or --no-quiet' },
    {
      argv: ['rotate', 'x'],
      hint: '--out: The run folder: blocks, backups, journal, runbook; see anchorctl rotate --help',
    },
  ])('$argv says what to do', async ({ argv, hint }) => {
    expect((await anchorctl(argv)).stderr).toContain(`anchorctl: hint: ${hint}\n`);
  });

  test.each([
    ['check', 'junit'],
    ['inspect', 'ndjson'],
    ['ledger', 'csv', '--old', 'a', '--new', 'b'],
    ['check', 'text'],
    ['inspect', 'text'],
    ['keystore list', 'text'],
    ['rollback', 'text'],
    ['keytool -list -keystore', 'text'],
  ])('%s --json --format %s', async (name, format, ...rest) => {
    const call = [...name.split(' '), 'x', ...rest];
    for (const words of [
      ['--json', '--format', format],
      ['--format', format, '--json'],
    ]) {
      const { status, stdout, stderr } = await anchorctl([...call, ...words]);
      expect([status, stdout]).toEqual([2, '']);
      expect(JSON.parse(stderr)).toMatchObject({
        code: 'usage/conflict',
        message: expect.stringContaining('two forms'),
      });
    }
  });

  test('but --json --format json asks for one form, and --format behind -- for none', async () => {
    for (const words of [
      ['--json', '--format', 'json', 'absent'],
      ['--json', '--', 'absent', '--format', 'text'],
    ]) {
      expect((await anchorctl(['inspect', ...words])).status).toBe(3);
    }
  });

  test('as JSON where JSON was asked for', async () => {
    const { status, stderr } = await anchorctl(['validate', 'x', '--at', 'soon', '--json']);
    expect([status, JSON.parse(stderr)]).toEqual([
      2,
      expect.objectContaining({ schema: 'anchorctl/error/1', code: 'usage/bad-value', status: 2 }),
    ]);
  });
});

test('of several errors the JSON has the one on top that decides the status', async () => {
  const locked = join(import.meta.dirname, '../../fixtures/keystores/gateway-java17.p12');
  for (const command of ['inspect', 'validate', 'check']) {
    const { status, stderr } = await anchorctl([command, 'absent', locked, 'gone', '--json']);
    const { code, others, ...error } = JSON.parse(stderr);
    expect([status, error.status, code]).toEqual([4, 4, 'keystore/password-missing']);
    expect(others).toMatchObject([{ at: { source: 'absent' } }, { at: { source: 'gone' } }]);
  }
});

describe('words that are easily mistaken', () => {
  const pem = issue({ subject: 'CN=Piped' }).pem;

  test('a hyphen is standard input where inputs are, and a name everywhere else', async () => {
    expect((await anchorctl(['inspect', '-'], { stdin: pem })).stdout).toMatch(/^-: pem, 1 certificate\n/);
    for (const argv of [
      ['keystore', 'list', '-'],
      ['rollback', '-'],
      ['snippet', '-', '--platform', '-', '--trustpoint', 'X'],
      ['validate', '-', '--at', '-'],
    ]) {
      const { status, stderr } = await anchorctl(argv, { stdin: pem });
      expect([2, 3]).toContain(status);
      expect(stderr).not.toMatch(/u\{0\}/);
    }
  });

  test('what stands behind -- is an input, whatever it begins with', async () => {
    const { status, stderr } = await anchorctl(['inspect', '--json', '--', '-x.pem', join(DEMO, 'identrust.zip')]);
    expect([status, stderr]).toEqual([3, expect.stringMatching(/-x\.pem/)]);
  });

  test('--format json is --json', async () => {
    const [json, format] = [
      await anchorctl(['validate', '-', '--json'], { stdin: pem }),
      await anchorctl(['validate', '-', '--format', 'json'], { stdin: pem }),
    ];
    expect(format).toEqual({ ...json, json: expect.any(Function) });
    for (const argv of [
      ['--format', 'json', 'validate', '-'],
      ['validate', '--format', 'json', '-'],
      ['--json', 'validate', '-'],
    ]) {
      expect(await anchorctl(argv, { stdin: pem })).toEqual({ ...json, json: expect.any(Function) });
    }
    expect(JSON.parse((await anchorctl(['validate', 'nowhere', '--at', 'x', '--format=json'])).stderr)).toMatchObject({
      status: 2,
    });
  });

  test('an empty list of expected fingerprints expects nothing, and is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'anchorctl-expect-'));
    const list = join(folder, 'expected');
    const call = () => anchorctl(['validate', '-', '--expect-sha256', `@${list}`], { stdin: pem });
    writeFileSync(list, '# nothing yet\n\n');
    expect(await call()).toMatchObject({ status: 3, stderr: expect.stringMatching(/\[input\/empty\]/) });
    writeFileSync(list, 'nonsense\n');
    expect(await call()).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/\[usage\/bad-value\] at .* line 1\n/),
    });
    writeFileSync(list, `${'ab'.repeat(32)}  some-file.pem\n`);
    expect((await call()).status).toBe(1);
    rmSync(folder, { recursive: true });
  });

  test('--allow-empty accepts a glob and a folder without anything', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'anchorctl-empty-'));
    for (const name of [folder, join(folder, '*.pem')]) {
      expect((await anchorctl(['inspect', name])).status).toBe(3);
      for (const command of ['inspect', 'validate'])
        expect((await anchorctl([command, name, '--allow-empty'])).status).toBe(0);
    }
    rmSync(folder, { recursive: true });
  });
});

describe('validate', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'anchorctl-validate-'));
    writeFileSync(join(folder, 'good.pem'), issue({ subject: 'CN=Good' }).pem);
    writeFileSync(join(folder, 'bad.pem'), issue({ subject: 'CN=Bad', notAfter: new Date(AT.getTime() - 1) }).pem);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const good = issue({ subject: 'CN=Good' });

  test('passes a root that is fit and expected, with 0', async () => {
    const { status, json } = await anchorctl(['validate', '-', '--expect-sha256', good.certificate.sha256, '--json'], {
      stdin: good.pem,
    });
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({
        schema: 'anchorctl/validate/1',
        at: '2026-11-01T00:00:00Z',
        results: [expect.objectContaining({ role: 'anchor', verdict: 'pass', path: null, findings: [] })],
      }),
    ]);
  });

  test('warns of a root that nobody vouches for, with 0', async () => {
    const { status, stdout } = await anchorctl(['validate', join(folder, 'good.pem')]);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^warn\n {2}CN=Good\n[\s\S]*trust\/not-established/)]);
  });

  test('fails one that has expired, with 1, and not as of an earlier day', async () => {
    expect((await anchorctl(['validate', join(folder, 'bad.pem')])).status).toBe(1);
    expect((await anchorctl(['validate', join(folder, 'bad.pem'), '--at', '2026-10-01'])).status).toBe(0);
  });

  test('fails one that is not the expected one, with 1', async () => {
    const { status, stdout } = await anchorctl([
      'validate',
      join(folder, 'good.pem'),
      '--expect-sha256',
      '00'.repeat(32),
    ]);
    expect([status, stdout]).toEqual([1, expect.stringMatching(/trust\/fingerprint-mismatch/)]);
  });

  test('tells the story of QuoVadis Root CA 2 from its damaged copy, with 0', async () => {
    const { status, json } = await anchorctl(['validate', join(DEMO, 'guide.txt'), '--json']);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({
        results: [
          expect.objectContaining({
            verdict: 'warn',
            certificate: expect.objectContaining({
              sha256: '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86',
              catalog: expect.objectContaining({
                status: 'email-only',
                since: '2026-04-09',
                successor: 'IdenTrust Commercial Root CA 1',
              }),
            }),
          }),
        ],
      }),
    ]);
  });
});

describe('repair', () => {
  test('prints the genuine certificate, and every difference on stderr', async () => {
    const { status, stdout, stderr } = await anchorctl(['repair', join(DEMO, 'guide.txt')]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^-----BEGIN CERTIFICATE-----\nMIIFtzCC[\s\S]*\n-----END CERTIFICATE-----\n$/);
    expect(stderr).toMatch(/a damaged copy of QuoVadis Root CA 2; 12 places differ:\n/);
    expect(stderr.match(/^ {2}line \d+ column \d+ +found .* genuine .*$/gm)).toHaveLength(12);
  });

  test('says that nothing is wrong with an intact copy', async () => {
    const { status, stderr } = await anchorctl(['repair', join(DEMO, 'identrust.zip')]);
    expect([status, stderr]).toEqual([0, 'nothing is wrong with it\n']);
  });

  test('names what it leaves out beside a known root, and does not call it right', async () => {
    const { certificate, pem } = issue({ badSignature: true });
    const { stdout: genuine } = await anchorctl(['repair', join(DEMO, 'identrust.zip')]);
    const { status, stdout, stderr } = await anchorctl(['repair', '-'], { stdin: pem + genuine });
    expect([status, stdout]).toEqual([0, genuine]);
    expect(stderr).toContain('warning: - line 1: a certificate is left out: CN=Test Root;');
    expect(stderr).not.toContain('nothing is wrong');
    const { json } = await anchorctl(['repair', '-', '--json'], { stdin: pem + pem + issue().pem + genuine });
    expect(json().findings).toContainEqual(
      expect.objectContaining({
        code: 'repair/left-out',
        message: expect.stringMatching(/^2 certificates are left out, the first of them: /),
        sha256: certificate.sha256,
      }),
    );
  });

  test('names no file in its document that it did not write', async () => {
    const out = join(tmpdir(), 'anchorctl-repair-never-written.pem');
    const stdin = issue().pem.replace(/^(.{100})./s, '$1!');
    const { status, json } = await anchorctl(['repair', '-', '--out', out, '--json'], { stdin });
    expect([status, json().out, existsSync(out)]).toEqual([3, null, false]);
  });

  test('refuses what is no known root, and guesses nothing', async () => {
    const { pem } = issue();
    expect((await anchorctl(['repair', '-'], { stdin: pem })).status).toBe(3);
    const { status, stdout, stderr } = await anchorctl(['repair', '-'], { stdin: pem.replace(/^(.{100})./s, '$1!') });
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/\[pem\/damaged\] at - line \d+ column \d+/);
  });
});

describe('keystore list', () => {
  const store = join(DEMO, 'tg.jks');
  test('lists a JKS without its password, and says that nothing was verified', async () => {
    const { status, stdout } = await anchorctl(['keystore', 'list', store]);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/JKS, 4 entries, integrity NOT verified/)]);
  });

  test('as JSON', async () => {
    const { status, json } = await anchorctl(['keystore', 'list', store, '--storepass-env', 'PW', '--json'], {
      env: { PW: 'Test123%' },
    });
    expect(status).toBe(0);
    expect(json()).toMatchObject({ store: { path: store, type: 'jks' } });
    const { entries } = json() as { entries: { alias: string; kind: string }[] };
    expect(entries.map(({ alias, kind }) => `${kind} ${alias}`).sort()).toEqual([
      'private-key gateway',
      'trusted-certificate digicert-global-root-g2',
      'trusted-certificate isrg-root-x1',
      'trusted-certificate old-vendor-root',
    ]);
  });

  test.each([
    {
      name: 'a wrong password',
      argv: [store],
      env: { ANCHORCTL_STOREPASS: 'wrong' },
      status: 4,
      code: 'keystore/wrong-password',
    },
    { name: 'a file that is no keystore', argv: [join(DEMO, 'identrust.zip')], env: {}, status: 3, code: 'keystore/' },
    { name: 'a file that is not there', argv: [join(DEMO, 'nowhere')], env: {}, status: 3, code: 'input/not-found' },
    {
      name: 'a variable that is not set',
      argv: [store, '--storepass-env', 'NOWHERE'],
      env: {},
      status: 2,
      code: 'usage/bad-value',
    },
  ])('refuses $name', async ({ argv, env, status, code }) => {
    const call = await anchorctl(['keystore', 'list', ...argv], { env });
    expect([call.status, call.stdout, call.stderr]).toEqual([
      status,
      '',
      expect.stringMatching(new RegExp(`\\[${code}`)),
    ]);
  });

  test('warns of a password on the command line', async () => {
    const { status, stderr } = await anchorctl(['keystore', 'list', store, '--storepass', 'Test123%']);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^warning: other users/)]);
    expect(stderr).not.toContain('Test123%');
    const quiet = await anchorctl(['keystore', 'list', store, '--storepass', 'Test123%', '--quiet']);
    expect([quiet.status, quiet.stderr]).toEqual([0, '']);
  });

  test('warns of it with --json where there is an answer; an error is one document alone', async () => {
    const call = (password: string) => anchorctl(['keystore', 'list', store, '--storepass', password, '--json']);
    const good = await call('Test123%');
    expect([good.status, good.stderr]).toEqual([0, expect.stringMatching(/^warning: other users/)]);
    const bad = await call('another');
    expect([bad.status, JSON.parse(bad.stderr)]).toEqual([
      4,
      expect.objectContaining({ schema: 'anchorctl/error/1', code: 'keystore/wrong-password' }),
    ]);
  });
});
