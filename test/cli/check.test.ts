/** `check`: what expires when, with the statuses that CI relies on. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl, type Call } from '../support/cli.ts';
import { NO_MODES, NO_SYMLINKS } from '../support/platform.ts';

const AT = '2026-11-01T00:00:00Z';
const DAY = 86_400_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-check-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a certificate that ends so many days after `AT`. */
function write(name: string, days: number, subject = `CN=${name}`): string {
  const path = join(folder, name);
  const notAfter = new Date(Date.parse(AT) + days * DAY);
  writeFileSync(path, issue({ subject, notBefore: new Date('2020-01-01T00:00:00Z'), notAfter }).pem);
  return path;
}

const check = (...argv: readonly string[]): Promise<Call> => anchorctl(['check', '--at', AT, ...argv]);

interface Document {
  readonly summary: Readonly<Record<string, number>>;
  readonly findings: readonly { readonly code: string; readonly severity: string }[];
  readonly certificates: readonly { readonly level: string; readonly daysLeft: number; readonly subject: string }[];
}
const document = (call: Call) => call.json() as unknown as Document;

describe('status', () => {
  test.each([
    [100, 0, 0, 0],
    [30, 0, 1, 0],
    [5, 1, 1, 0],
    [-1, 1, 1, 1],
  ])('%d days left', async (days, critical, warning, expired) => {
    write('a.pem', days);
    const statusWith = async (level: string) => (await check(folder, '--fail-on', level)).status;
    expect(await statusWith('critical')).toBe(critical);
    expect(await statusWith('warning')).toBe(warning);
    expect(await statusWith('expired')).toBe(expired);
    expect((await check(folder)).status).toBe(critical);
  });

  test('a bad threshold is usage', async () => {
    write('a.pem', 100);
    const call = await check(folder, '--warn', 'soon');
    expect(call.status).toBe(2);
    expect(call.stderr).toContain('"soon" is not a time that can be left [usage/bad-value]');
  });

  test.each(['36501d', '101%'])('a threshold of %s is told how much can be left', async (most) => {
    const call = await check(folder, '--warn', most);
    expect([call.status, call.stderr]).toEqual([2, expect.stringContaining('at most 36500 days or 100%')]);
  });

  test('an empty glob and an empty folder fail, unless that is allowed', async () => {
    expect((await check(join(folder, '*.pem'))).status).toBe(3);
    expect((await check(folder)).status).toBe(3);
    const allowed = await check(join(folder, '*.pem'), '--allow-empty', '--json');
    expect(allowed.status).toBe(0);
    expect(document(allowed).summary).toMatchObject({ files: 0, certificates: 0, errors: 0 });
  });

  test('a named file without a certificate fails, unless that is allowed', async () => {
    const key = join(folder, 'server-key.pem');
    writeFileSync(key, '-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n');
    const good = write('a.pem', 100);
    expect((await check(key, good)).status).toBe(3);
    const allowed = await check(key, good, '--allow-empty', '--json');
    expect(allowed.status).toBe(0);
    expect(document(allowed).summary).toMatchObject({ files: 2, certificates: 1, errors: 0 });
    writeFileSync(key, readFileSync(good, 'utf8').slice(0, 200));
    expect((await check(key, good, '--allow-empty')).status).toBe(3);
  });

  test('of nothing that is there only the error is left', async () => {
    const call = await check(join(folder, 'missing.pem'), '--json');
    expect(call.status).toBe(3);
    expect(document(call)).toMatchObject({ summary: { files: 0, errors: 1 }, findings: [{ code: 'input/not-found' }] });
  });
});

describe('the document', () => {
  test('every occurrence with days and level, the summary counts them', async () => {
    write('a.pem', 100);
    write('b.pem', 30);
    write('c.pem', 5.5);
    write('d.pem', -1);
    writeFileSync(join(folder, 'notes.txt'), 'nothing here\n');
    writeFileSync(join(folder, 'twice.pem'), readFileSync(join(folder, 'a.pem')));
    const call = await check(folder, '--json');
    expect(call.status).toBe(1);
    expect(call.json()).toMatchObject({ schema: 'anchorctl/check/1', at: AT });
    const { summary, certificates, findings } = document(call);
    expect(summary).toEqual({
      files: 6,
      certificates: 5,
      ok: 2,
      warning: 1,
      critical: 1,
      expired: 1,

      errors: 0,
    });
    expect(certificates.map(({ level, daysLeft }) => [level, daysLeft])).toEqual([
      ['ok', 100],
      ['warning', 30],
      ['critical', 5.5],
      ['expired', -1],
      ['ok', 100],
    ]);
    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'warning expiry/warning',
      'error expiry/critical',
      'error expiry/expired',
    ]);
    expect(call.stderr).toBe('');
  });

  test('a certificate that is not valid yet counts as critical', async () => {
    write('a.pem', 1000);
    const call = await anchorctl(['check', folder, '--at', '2019-12-31T23:59:59Z', '--json']);
    expect(call.status).toBe(1);
    expect(document(call)).toMatchObject({
      summary: { critical: 1, ok: 0 },
      certificates: [{ level: 'not-yet-valid' }],
      findings: [{ code: 'expiry/not-yet-valid', severity: 'error' }],
    });
  });

  test('one broken file among good ones is an error beside them, with its own status', async () => {
    for (let index = 0; index < 20; index++) write(`${index}.pem`, 100);
    const good = readFileSync(join(folder, '7.pem'), 'utf8');
    writeFileSync(join(folder, '7.pem'), good.slice(0, 300));
    const call = await check(folder, '--json');
    expect(call.status).toBe(3);
    const { summary, findings } = document(call);
    expect(summary).toMatchObject({ files: 20, certificates: 19, ok: 19, errors: 1 });
    expect(findings).toMatchObject([{ severity: 'error', source: { input: join(folder, '7.pem') } }]);
    expect(JSON.parse(call.stderr)).toMatchObject({ schema: 'anchorctl/error/1', status: 3 });
  });

  test('--only looks at end entities, CAs or roots', async () => {
    const root = issue({ subject: 'CN=Root' });
    const sub = issue({ subject: 'CN=Sub', issuer: root });
    const leaf = issue({ subject: 'CN=leaf', issuer: sub, basicConstraints: null, keyUsage: ['digitalSignature'] });
    writeFileSync(join(folder, 'all.pem'), [leaf, sub, root].map(({ pem }) => pem).join(''));
    const subjects = async (role: string) =>
      document(await check(folder, '--only', role, '--json')).certificates.map(({ subject }) => subject);
    expect(await subjects('leaf')).toEqual(['CN=leaf']);
    expect(await subjects('ca')).toEqual(['CN=Sub', 'CN=Root']);
    expect(await subjects('anchors')).toEqual(['CN=Root']);
  });

  test.each([
    ['ca', 'the one certificate is not a CA, so that --only ca looks at nothing'],
    ['anchors', 'the one certificate is not a CA that is its own issuer, so that --only anchors looks at nothing'],
  ])('--only %s that leaves nothing to look at is no good answer', async (role, message) => {
    const leaf = issue({ subject: 'CN=leaf', basicConstraints: null, keyUsage: ['digitalSignature'] });
    const path = join(folder, 'leaf.pem');
    writeFileSync(path, leaf.pem);
    const call = await check(path, '--only', role);
    expect([call.status, call.stdout.replace(/\n +/g, ' ')]).toEqual([
      3,
      expect.stringContaining(`: ${message} [input/no-match]`),
    ]);
    expect(call.stdout).toMatch(/\n0 of 1 certificate in 1 file: 1 error\n$/);
    expect((await check(path, '--only', role, '--format', 'nagios')).status).toBe(3);
    const allowed = await check(path, '--only', role, '--allow-empty', '--json');
    expect(allowed.status).toBe(0);
    expect(document(allowed)).toMatchObject({ summary: { certificates: 0, others: 1, errors: 0 }, findings: [] });
  });

  test('--only says of how many certificates it has looked at some', async () => {
    const root = issue({ subject: 'CN=Root' });
    const leaf = issue({ subject: 'CN=leaf', issuer: root, basicConstraints: null, keyUsage: ['digitalSignature'] });
    writeFileSync(join(folder, 'all.pem'), leaf.pem + root.pem);
    expect((await check(folder, '--only', 'leaf')).stdout).toMatch(/\n1 of 2 certificates in 1 file: 1 ok\n$/);
    const { summary } = document(await check(folder, '--only', 'leaf', '--json'));
    expect(summary).toEqual({
      files: 1,
      certificates: 1,
      ok: 1,
      warning: 0,
      critical: 0,
      expired: 0,
      others: 1,
      errors: 0,
    });
  });

  test('the time zone of the machine changes nothing', async () => {
    write('a.pem', 14);
    write('b.pem', 13.99);
    const before = process.env.TZ;
    const answers = new Set<string>();
    for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Chatham', 'Europe/Zurich']) {
      process.env.TZ = zone;
      answers.add((await check(folder, '--json')).stdout + (await check(folder)).stdout);
    }
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
    expect(answers.size).toBe(1);
  });
});

describe('the table', () => {
  test('what ends first stands last; a certificate in several places once', async () => {
    write('a.pem', 400, 'CN=Long');
    write('b.pem', 3, 'CN=Short');
    writeFileSync(join(folder, 'c.pem'), readFileSync(join(folder, 'b.pem')));
    const { stdout } = await check(folder);
    expect(stdout).toBe(`ok             2027-12-06     400 d  [##........]  Long
               ${join(folder, 'a.pem')} line 1
critical       2026-11-04       3 d  [#.........]  Short
               ${join(folder, 'b.pem')} line 1
               ${join(folder, 'c.pem')} line 1

3 certificates in 3 files: 1 ok, 2 critical
`);
  });

  test('hostile names stay on their line', async () => {
    write('a.pem', 400, 'CN=Evil\u001b[31m\u202e');
    const { stdout } = await check(folder);
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('--output', () => {
  test('several forms at once, none of them over a file that is there', async () => {
    write('a.pem', 400);
    const out = join(folder, 'out');
    mkdirSync(out);
    const json = join(out, 'a.json');
    const call = await check(join(folder, 'a.pem'), '--output', `json=${json}`, '--output', `ndjson=${join(out, 'b')}`);
    expect(call.status).toBe(0);
    expect(call.stdout).toContain('1 certificate in 1 file: 1 ok');
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ schema: 'anchorctl/check/1' });
    expect(JSON.parse(readFileSync(join(out, 'b'), 'utf8'))).toMatchObject({ level: 'ok' });
    const again = await check(join(folder, 'a.pem'), '--output', `json=${json}`);
    expect(again.status).toBe(2);
    expect((await check(join(folder, 'a.pem'), '--output', `json=${json}`, '--force')).status).toBe(0);
  });

  test('one that cannot be written is named, and keeps no other from its place', async () => {
    const path = write('a.pem', 400);
    const out = ['tap', 'junit', 'csv'].map((format) => `${format}=${join(folder, `new.${format}`)}`);
    const call = await check(
      path,
      '--output',
      out[0] ?? '',
      '--output',
      `json=${path}/x.json`,
      '--output',
      out[1] ?? '',
    );
    expect(call.status).toBe(6);
    expect(call.stderr).toContain('[file/cannot-write]');
    expect(call.stdout).toContain('1 certificate in 1 file: 1 ok, 1 error');
    expect(readFileSync(join(folder, 'new.tap'), 'utf8')).toContain('ok 1 - a.pem');
    expect(readFileSync(join(folder, 'new.junit'), 'utf8')).toContain('</testsuites>');
    const plugin = await check(path, '--format', 'nagios', '--output', `json=${path}/x.json`);
    expect([plugin.status, plugin.stdout]).toEqual([3, expect.stringMatching(/^CERTIFICATES UNKNOWN: /)]);
    expect(readdirSync(folder).sort()).toEqual(['a.pem', 'new.junit', 'new.tap']);
  });

  test('two with one name are usage, before anything is read', async () => {
    const out = join(folder, 'x');
    const call = await check(join(folder, 'missing.pem'), '--output', `json=${out}`, '--output', `tap=${out}`);
    expect(call.status).toBe(2);
    expect(call.stderr).toContain('[usage/conflict]');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a file of a collector is replaced in one step, keeps its mode and leaves nothing beside it', async () => {
    const path = write('a.pem', 400);
    mkdirSync(join(folder, 'textfile'));
    const prom = join(folder, 'textfile/anchorctl.prom');
    const call = () => check(path, '--output', `prometheus=${prom}`, '--force');
    expect((await call()).status).toBe(0);
    const before = statSync(prom);
    if (!NO_MODES) chmodSync(prom, 0o644);
    expect((await call()).status).toBe(0);
    const after = statSync(prom);
    expect(after.ino === before.ino).toBe(false);
    if (!NO_MODES) expect(after.mode & 0o777).toBe(0o644);
    expect(readdirSync(join(folder, 'textfile'))).toEqual(['anchorctl.prom']);
    expect(readFileSync(prom, 'utf8')).toContain('\nanchorctl_files 1\n');
  });

  test.each(['json', 'yaml=x', '=x', 'json=', 'json=-'])('%j is usage', async (output) => {
    const path = write('a.pem', 400);
    expect((await check(path, '--output', output)).status).toBe(2);
  });
});

describe('GitHub', () => {
  const summaryOf = async (path: string) => {
    const env = { GITHUB_STEP_SUMMARY: join(folder, 'summary') };
    const call = await anchorctl(['check', path, '--at', AT, '--format', 'github'], { env });
    return { call, summary: readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8') };
  };

  test('annotations on stdout, the tables in the summary of the job', async () => {
    const { call, summary } = await summaryOf(write('a.pem', 5));
    expect(call.stdout).toMatch(
      /^::error file=.*a\.pem,line=1,title=expiry\/critical::CN=a\.pem expires on 2026-11-06/,
    );
    expect(summary).toContain('## Certificates as of 2026-11-01T00:00:00Z');
  });

  test('a summary is no longer than GitHub takes, and says so', async () => {
    const pem = readFileSync(write('a.pem', 5, `CN=${'x'.repeat(3000)}`), 'utf8');
    writeFileSync(join(folder, 'a.pem'), pem.repeat(500));
    const { summary } = await summaryOf(join(folder, 'a.pem'));
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1024 * 1024);
    expect(summary.endsWith('|\n\n**More was found than a summary takes.**\n')).toBe(true);
    // A second and a third call of the same step find hardly any room; more would make GitHub drop all of it.
    await summaryOf(join(folder, 'a.pem'));
    const all = (await summaryOf(join(folder, 'a.pem'))).summary;
    expect([all.startsWith(summary), Buffer.byteLength(all) <= 1024 * 1024]).toEqual([true, true]);
  });

  test('calls of one step share its summary', async () => {
    const { summary } = await summaryOf(write('a.pem', 5));
    const both = await summaryOf(write('b.pem', 5));
    expect(both.summary).toBe(summary + summary.replace('`a.pem`', '`b.pem`').replace(/([\\/])a\.pem/, '$1b.pem'));
  });

  test('what has expired comes first, because of many annotations the first ten are shown', async () => {
    for (const [name, days] of [
      ['a.pem', 5],
      ['b.pem', 30],
      ['c.pem', -1],
    ] as const)
      write(name, days);
    const { call } = await summaryOf(folder);
    expect([...call.stdout.matchAll(/title=([^:]+)/g)].map(([, code]) => code)).toEqual([
      ...['expiry/expired', 'expiry/critical', 'expiry/warning'],
    ]);
  });
});

describe('a plugin of Nagios', () => {
  test.each([
    ['inspect', ['.']],
    ['ledger', ['.', '--old', 'check', '--new', 'b']],
  ])('is check alone: for %s it is a word that --format does not take', async (command, words) => {
    const call = await anchorctl([command, ...words, '--format', 'nagios']);
    expect([call.status, call.stdout]).toEqual([2, '']);
    expect(call.stderr).toContain('usage/bad-value');
  });

  test.each([
    [['--format', 'nagios', 'check', '.', '--warn', 'soon']],
    [['-w', '30', 'check', '.', '--format', 'nagios']],
    [['chek', '.', '--format', 'nagios']],
  ])('wherever the word stands, and misspelt: %j', async (words) => {
    const call = await anchorctl(words);
    expect([call.status, call.stdout]).toEqual([3, expect.stringMatching(/^CERTIFICATES UNKNOWN: /)]);
  });

  test.each([
    ['a bad threshold', ['.', '--warn', 'soon']],
    ['an unknown option', ['.', '--nonsense']],
    ['nothing named', []],
    ['an output without a file', ['.', '--output', 'json']],
    ['a missing file', ['no-such-file']],
    ['a locked keystore', [join(import.meta.dirname, '../../fixtures/keystores/gateway-java17.p12')]],
  ])('%s is unknown: status 3 and a line on stdout', async (_what, words) => {
    const call = await check(...words, '--format', 'nagios');
    expect(call.status).toBe(3);
    expect(call.stdout).toMatch(/^CERTIFICATES UNKNOWN: [^\n]+\n/);
  });

  test.each([
    [100, 0, 'OK'],
    [30, 1, 'WARNING'],
    [5, 2, 'CRITICAL'],
    [-1, 2, 'CRITICAL'],
  ])('%d days left: %d %s, whatever --fail-on says', async (days, status, state) => {
    const call = await check(write('a.pem', days), '--format', 'nagios', '--fail-on', 'expired');
    expect(call.status).toBe(status);
    expect(call.stdout).toContain(`CERTIFICATES ${state}: 1 certificate,`);
    expect(call.stdout).toContain(`| days_left=${days.toFixed(2)};60:;14: files=1;;;0 `);
  });

  test.each([
    { letters: ['-w', '30', '-c', '14'], status: 0, ranges: '30:;14:' },
    { letters: ['-w50', '-c', '2w'], status: 1, ranges: '50:;14:' },
    { letters: ['-w=50', '-c45'], status: 2, ranges: '50:;45:' },
    { letters: ['-w', '50', '--warn', '40'], status: 3, ranges: '' },
  ])('the letters of its thresholds: $letters', async ({ letters, status, ranges }) => {
    const call = await check(write('a.pem', 40), ...letters, '--format', 'nagios');
    expect(call.status).toBe(status);
    expect(call.stdout).toContain(ranges);
    expect((await check('.', '-w')).stderr).toContain('-w needs a value [usage/missing-argument]');
  });
});

describe('one that cannot be read among a thousand', () => {
  const copies = (count: number) => {
    const pem = readFileSync(write('0.pem', 100), 'utf8');
    for (let index = 1; index < count; index++) writeFileSync(join(folder, `${index}.pem`), pem);
  };

  test('a broken one', async () => {
    copies(1000);
    writeFileSync(join(folder, '500.pem'), readFileSync(join(folder, '500.pem'), 'utf8').slice(0, 300));
    const call = await check(folder, '--json');
    expect(call.status).toBe(3);
    const { summary, findings } = document(call);
    expect(summary).toMatchObject({ files: 1000, certificates: 999, ok: 999, errors: 1 });
    expect(findings).toMatchObject([{ source: { input: join(folder, '500.pem') } }]);
    const text = await check(folder);
    expect(text.stdout).toContain('500.pem');
    expect(text.stdout).toMatch(/999 certificates in 1000 files: 999 ok, 1 error\n$/);
  });

  test.skipIf(NO_SYMLINKS)('a link that leads nowhere', async () => {
    copies(20);
    symlinkSync(join(folder, 'gone.pem'), join(folder, 'link.pem'));
    const call = await check(folder, '--json');
    expect(call.status).toBe(3);
    expect(document(call)).toMatchObject({ summary: { certificates: 20, errors: 1 } });
    expect(call.stdout).toContain('link.pem');
  });
});

describe('dates from certificate to answer', () => {
  const at = async (instant: string, notAfter: string, generalizedTime = false) => {
    const path = join(folder, 'a.pem');
    const options = { notBefore: new Date('2024-02-29T00:00:00Z'), notAfter: new Date(notAfter), generalizedTime };
    writeFileSync(path, issue(options).pem);
    const call = await anchorctl(['check', path, '--at', instant, '--json']);
    const [certificate] = (call.json() as unknown as { certificates: { notAfter: string; level: string }[] })
      .certificates;
    return `${certificate?.notAfter} ${certificate?.level} ${call.status}`;
  };

  test.each([
    // The last second that UTCTime has, and the first that it has not (RFC 5280 4.1.2.5).
    ['2049-12-31T23:59:59Z', '2049-12-31T23:59:59Z', 'critical 1'],
    ['2050-01-01T00:00:00Z', '2049-12-31T23:59:59Z', 'expired 1'],
    ['2050-01-01T00:00:00Z', '2050-01-01T00:00:00Z', 'critical 1'],
    ['2026-11-01T00:00:00Z', '2050-01-01T00:00:00Z', 'ok 0'],
    ['2026-11-01T00:00:00Z', '9999-12-31T23:59:59Z', 'ok 0'],
    ['9999-12-17T23:59:59Z', '9999-12-31T23:59:59Z', 'warning 0'],
    ['9999-12-18T00:00:00Z', '9999-12-31T23:59:59Z', 'critical 1'],
    // Over a leap day, and over one that the year 2100 does not have.
    ['2028-02-15T00:00:00Z', '2028-02-29T00:00:00Z', 'warning 0'],
    ['2028-02-15T00:00:01Z', '2028-02-29T00:00:00Z', 'critical 1'],
    ['2028-02-16T00:00:00Z', '2028-03-01T00:00:00Z', 'warning 0'],
    ['2028-02-16T00:00:01Z', '2028-03-01T00:00:00Z', 'critical 1'],
    ['2100-02-15T00:00:00Z', '2100-03-01T00:00:00Z', 'warning 0'],
    ['2100-02-15T00:00:01Z', '2100-03-01T00:00:00Z', 'critical 1'],
    ['2024-02-28T23:59:59Z', '2030-01-01T00:00:00Z', 'not-yet-valid 1'],
    ['2024-02-29T00:00:00Z', '2030-01-01T00:00:00Z', 'ok 0'],
  ])('as of %s, what ends %s: %s', async (instant, notAfter, expected) => {
    expect(await at(instant, notAfter)).toBe(`${notAfter} ${expected}`);
    // Whichever of the two types of time it is written in.
    expect(await at(instant, notAfter, true)).toBe(`${notAfter} ${expected}`);
  });

  test('a threshold across a change to summer time is as long in every zone', async () => {
    const before = process.env.TZ;
    const answers = new Set<string>();
    for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Chatham', 'Europe/Zurich']) {
      process.env.TZ = zone;
      // Zurich changes on 2027-03-28, New York on 2027-03-14.
      answers.add(await at('2027-03-17T00:00:00Z', '2027-03-31T00:00:00Z'));
      answers.add(await at('2027-03-17T00:00:01Z', '2027-03-31T00:00:00Z'));
    }
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
    expect([...answers]).toEqual(['2027-03-31T00:00:00Z warning 0', '2027-03-31T00:00:00Z critical 1']);
  });
});
