/** `check`: what expires when, with the statuses that CI relies on. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl, type Call } from '../support/cli.ts';

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

  test('an empty glob and an empty folder fail, unless that is allowed', async () => {
    expect((await check(join(folder, '*.pem'))).status).toBe(3);
    expect((await check(folder)).status).toBe(3);
    const allowed = await check(join(folder, '*.pem'), '--allow-empty', '--json');
    expect(allowed.status).toBe(0);
    expect(document(allowed).summary).toMatchObject({ files: 0, certificates: 0, errors: 0 });
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
      ignored: 0,
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

  test('the time zone of the machine changes nothing', async () => {
    write('a.pem', 14);
    write('b.pem', 13.99);
    const before = process.env['TZ'];
    const answers = new Set<string>();
    for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Chatham', 'Europe/Zurich']) {
      process.env['TZ'] = zone;
      answers.add((await check(folder, '--json')).stdout + (await check(folder)).stdout);
    }
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
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

  test.each(['json', 'yaml=x', '=x', 'json='])('%j is usage', async (output) => {
    const path = write('a.pem', 400);
    expect((await check(path, '--output', output)).status).toBe(2);
  });
});
