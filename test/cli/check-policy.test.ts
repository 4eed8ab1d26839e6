/** `check` with a policy: which file, what it says in every form of the answer, and with which status. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, win32 } from 'node:path';
import { gzipSync, strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PathScope } from '../../src/check/path-scope.ts';
import { coversFolder, findPolicy, relativeTo } from '../../src/cli/policy.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl, type Call } from '../support/cli.ts';

const AT = '2026-11-01T00:00:00Z';
const DAY = 86_400_000;

const OLD = issue({ subject: 'CN=Old Root' });
const NEW = issue({ subject: 'CN=New Root' });

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'anchorctl-policy-')));
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const writePolicy = (text: string, name = 'anchorctl.yaml') => write(name, `version: 1\n${text}`);

const check = (...argv: readonly string[]): Promise<Call> => anchorctl(['check', '--at', AT, ...argv]);

interface Document {
  readonly policy?: string;
  readonly thresholds?: unknown;
  readonly summary: Readonly<Record<string, number>>;
  readonly findings: readonly {
    readonly code: string;
    readonly source: { readonly input: string; readonly member: string | null } | null;
  }[];
  readonly certificates: readonly { readonly level: string; readonly ignored?: boolean }[];
}
const document = (call: Call) => call.json() as unknown as Document;
const codes = (call: Call) => document(call).findings.map(({ code }) => code);

const FORBID_OLD = `forbidden:\n  - sha256: ${OLD.certificate.sha256}\n`;

describe('which policy', () => {
  test('that of the working folder, without being named', async () => {
    writePolicy(FORBID_OLD);
    write('certs/a.pem', OLD.pem);
    const call = await check(join(folder, 'certs'), '--json');
    expect(call.status).toBe(1);
    expect(document(call).policy).toBe('anchorctl.yaml');
    expect(codes(call)).toEqual(['policy/anchor-forbidden']);
  });

  test('that of a folder above, up to the repository', () => {
    mkdirSync(join(folder, 'repo/a/b'), { recursive: true });
    const outer = writePolicy('');
    expect(findPolicy(join(folder, 'repo/a/b'))).toBe(outer);
    mkdirSync(join(folder, 'repo/.git'));
    expect(findPolicy(join(folder, 'repo/a/b'))).toBeNull();
    const own = writePolicy('', 'repo/anchorctl.yaml');
    expect(findPolicy(join(folder, 'repo/a/b'))).toBe(own);
    expect(findPolicy(join(folder, 'repo'))).toBe(own);
  });

  test('the one that is named, whose paths count from its own folder', async () => {
    writePolicy('');
    const named = writePolicy(`${FORBID_OLD}    paths: [certs/]\n`, 'ops/tls.yaml');
    write('certs/a.pem', OLD.pem);
    expect((await check(join(folder, 'certs'), '--policy', named)).status).toBe(0);
    write('ops/certs/a.pem', OLD.pem);
    const call = await check(join(folder, 'ops/certs'), '--policy', named, '--json');
    expect(document(call).policy).toBe(named);
    expect(codes(call)).toEqual(['policy/anchor-forbidden']);
  });

  test.each([
    [['--policy', 'a.yaml', '--no-policy'], '[usage/conflict]'],
    [['--no-policy', '--policy', 'a.yaml'], '[usage/conflict]'],
    [['--policy', 'a.yaml', '--policy', 'b.yaml'], '--policy is given more than once [usage/bad-value]'],
    [['--no-policy', '--no-policy'], '--no-policy is given more than once [usage/bad-value]'],
  ])('not %j', async (words, says) => {
    const call = await check(folder, ...words);
    expect([call.status, call.stderr]).toEqual([2, expect.stringContaining(says)]);
  });

  test('none with --no-policy', async () => {
    writePolicy('nonsense');
    write('a.pem', OLD.pem);
    const call = await check(join(folder, 'a.pem'), '--no-policy', '--json');
    expect(call.status).toBe(0);
    expect(call.stdout).not.toContain('"policy"');
  });

  test('one that is named and not there is an error, and so is one that is named twice', async () => {
    const missing = await check(folder, '--policy', join(folder, 'p.yaml'));
    expect([missing.status, missing.stdout]).toEqual([3, '']);
    expect(missing.stderr).toContain('[input/not-found]');
    expect((await check(folder, '--policy', 'a', '--policy', 'b')).status).toBe(2);
  });
});

describe('a policy that is not understood', () => {
  test('refuses the call with every error', async () => {
    writePolicy('requird: []\nkeys:\n  - rsa: big\n');
    write('a.pem', NEW.pem);
    const call = await check(folder);
    expect([call.status, call.stdout]).toEqual([3, '']);
    expect(call.stderr).toBe(
      `anchorctl: there is no key "requird" here [policy/malformed] at anchorctl.yaml line 2 column 1
anchorctl: hint: did you mean "required"?
anchorctl: "rsa" is "big", a whole number from 1 to 16384 was expected [policy/malformed] at anchorctl.yaml line 4 column 10
`,
    );
  });

  test('in JSON where JSON was asked for', async () => {
    writePolicy('requird: []\n');
    const call = await check(folder, '--json');
    expect([call.status, call.stdout]).toEqual([3, '']);
    expect(JSON.parse(call.stderr)).toMatchObject({ code: 'policy/malformed', at: { line: 2, column: 1 }, status: 3 });
  });

  test('is unknown to a monitoring system', async () => {
    writePolicy('requird: []\n');
    const call = await check(folder, '--format', 'nagios');
    expect([call.status, call.stdout]).toEqual([3, 'CERTIFICATES UNKNOWN: there is no key "requird" here\n']);
  });

  test('is too large', async () => {
    write('anchorctl.yaml', '#'.repeat(10_000_000));
    const call = await check(folder);
    expect(call.status).toBe(3);
    expect(call.stderr).toContain('[input/too-large]');
  });
});

describe('what it says', () => {
  test('a rotation: the new root must be everywhere from a day on, the old one gone after another', async () => {
    writePolicy(`required:
  - { name: IdenTrust, sha256: ${NEW.certificate.sha256}, from: 2026-12-01, paths: [gateways/] }
forbidden:
  - { name: QuoVadis, sha256: ${OLD.certificate.sha256}, after: 2027-03-01, paths: [gateways/] }
`);
    write('gateways/a.pem', OLD.pem);
    write('gateways/b.pem', OLD.pem + NEW.pem);
    write('gateways/c.pem', NEW.pem);
    write('gateways/d.cfg', 'hostname r1\n');
    const at = async (day: string) => {
      const call = await anchorctl(['check', folder, '--at', day, '--json']);
      return [call.status, ...document(call).findings.map(({ code, source }) => `${code} ${source?.input.slice(-5)}`)];
    };
    expect(await at('2026-11-30T23:59:59Z')).toEqual([0]);
    const missing = ['policy/anchor-missing a.pem', 'policy/anchor-missing d.cfg'];
    expect(await at('2026-12-01')).toEqual([1, ...missing]);
    expect(await at('2027-03-01T23:59:59Z')).toEqual([1, ...missing]);
    expect(await at('2027-03-02')).toEqual([
      1,
      'policy/anchor-forbidden a.pem',
      'policy/anchor-missing a.pem',
      'policy/anchor-forbidden b.pem',
      'policy/anchor-missing d.cfg',
    ]);
  });

  test('thresholds: the call goes before the policy, the policy before the default', async () => {
    writePolicy('thresholds:\n  - { warn: 10d, fail: 5d }\n  - { warn: 100d, paths: [gateways/] }\n');
    const notAfter = new Date(Date.parse(AT) + 40 * DAY);
    const { pem } = issue({ subject: 'CN=a', notBefore: new Date('2026-01-01T00:00:00Z'), notAfter });
    write('gateways/a.pem', pem);
    write('b.pem', pem);
    const levels = async (...argv: readonly string[]) =>
      document(await check(folder, '--json', ...argv)).certificates.map(({ level }) => level);
    expect(await levels()).toEqual(['ok', 'warning']);
    expect(await levels('--warn', '60d')).toEqual(['warning', 'warning']);
    expect(await levels('--fail', '50d')).toEqual(['critical', 'critical']);
    expect(await levels('--no-policy')).toEqual(['warning', 'warning']);
  });

  test('an exception, in every form of the answer', async () => {
    const { pem, certificate } = issue({ subject: 'CN=ended', notAfter: new Date('2026-10-01T00:00:00Z') });
    writePolicy(`ignore:\n  - { sha256: ${certificate.sha256}, reason: agreed, until: 2026-12-31 }\n`);
    write('a.pem', pem);
    const call = await check(folder, '--json', '--fail-on', 'warning');
    expect(call.status).toBe(0);
    expect(document(call).summary).toMatchObject({ certificates: 1, expired: 0, ignored: 1, errors: 0 });
    expect(document(call).certificates).toMatchObject([{ level: 'expired', ignored: true }]);
    expect(codes(call)).toEqual(['policy/ignored']);
    expect((await check(folder, '--fail-on', 'expired')).status).toBe(0);

    const as = async (format: string) => (await check(folder, '--format', format)).stdout;
    expect(await as('text')).toMatch(/^ignored +2026-10-01/);
    expect(await as('text')).toContain('1 certificate in 2 files: 1 ignored\nby the policy anchorctl.yaml\n');
    expect(await as('junit')).toContain('ignored until 2026-12-31: agreed (anchorctl.yaml line 3)"/>');
    expect(await as('junit')).toContain('failures="0" errors="0" skipped="1"');
    expect(await as('tap')).toMatch(/^ok 1 - ended in .* # SKIP CN=ended expired/m);
    expect(await as('markdown')).toContain('| ignored | 2026-10-01 |');
    expect(await as('nagios')).toMatch(/^CERTIFICATES OK: 1 certificate, 1 ignored \| files=/);
    expect(await as('prometheus')).toContain('anchorctl_certificates{level="ignored"} 1');
    expect(await as('github')).toMatch(/^::notice file=a\.pem,line=1,title=policy\/ignored::/);
    expect(JSON.parse(await as('sarif')).runs[0].results).toMatchObject([{ ruleId: 'policy/ignored', level: 'note' }]);
  });

  test('an exception: of what is left, Nagios is told what ends first', async () => {
    const ended = issue({ subject: 'CN=ended', notAfter: new Date('2026-10-01T00:00:00Z') });
    const next = issue({ subject: 'CN=next', notAfter: new Date(Date.parse(AT) + 400 * DAY) });
    writePolicy(`ignore:\n  - { sha256: ${ended.certificate.sha256}, reason: agreed, until: 2026-12-31 }\n`);
    write('a.pem', ended.pem + next.pem);
    const { stdout } = await check(folder, '--format', 'nagios');
    expect(stdout).toMatch(/^CERTIFICATES OK: .*; next \(.*\) ends first \| days_left=400\.00;/);
  });

  test('thresholds of a path are those of the performance data and of the alarms', async () => {
    const soon = issue({ subject: 'CN=soon', notAfter: new Date(Date.parse(AT) + 40 * DAY) });
    writePolicy(
      'thresholds:\n  - { paths: [lab/], warn: 30d, fail: 7d }\n  - { paths: [gw/], warn: 90d, fail: 10% }\n',
    );
    write('lab/a.pem', soon.pem);
    const nagios = await check(join(folder, 'lab'), '--format', 'nagios');
    expect([nagios.status, nagios.stdout]).toEqual([0, expect.stringContaining('| days_left=40.00;30:;7: ')]);
    const triggers = async (...argv: readonly string[]) =>
      (await check(folder, '--format', 'ics', ...argv)).stdout.match(/^TRIGGER.*$/gm)?.map((line) => line.trim());
    expect(await triggers()).toEqual([`TRIGGER:-PT${30 * 1440}M`]);
    write('gw/a.pem', soon.pem);
    expect(await triggers()).toEqual([`TRIGGER:-PT${90 * 1440}M`]);
    const { notBefore, notAfter } = soon.certificate;
    const half = Math.round((notAfter.getTime() - notBefore.getTime()) / 2 / 60_000);
    expect(await triggers('--warn', '50%')).toEqual([`TRIGGER:-PT${half}M`]);
  });

  test('an exception for one finding hides no other of the same certificate, in no form of the answer', async () => {
    const { pem, certificate } = issue({ subject: 'CN=ended', notAfter: new Date('2026-10-01T00:00:00Z') });
    const { sha256 } = certificate;
    writePolicy(
      `forbidden:\n  - { sha256: ${sha256} }\nignore:\n  - { sha256: ${sha256}, reason: agreed, until: 2026-12-31, codes: [policy/anchor-forbidden] }\n`,
    );
    write('a.pem', pem);
    const call = await check(folder, '--json');
    expect([call.status, codes(call)]).toEqual([1, ['expiry/expired', 'policy/ignored']]);
    const as = async (format: string) => (await check(folder, '--format', format)).stdout;
    expect(await as('junit')).toContain('tests="2" failures="1" errors="0" skipped="1"');
    const points = (await as('tap')).split('\n').filter((line) => /^(?:not )?ok /.test(line));
    expect(points).toEqual([
      expect.stringMatching(/^not ok 1 - ended in /),
      expect.stringMatching(/^ok 2 - policy\/ignored in .* # SKIP CN=ended /),
    ]);
  });

  test('an exception that has ended fails what it covered, and says so at its line', async () => {
    const { pem, certificate } = issue({ subject: 'CN=ended', notAfter: new Date('2026-10-01T00:00:00Z') });
    writePolicy(`ignore:\n  - { sha256: ${certificate.sha256}, reason: agreed, until: 2026-10-31 }\n`);
    write('a.pem', pem);
    const call = await check(folder, '--format', 'github');
    expect(call.status).toBe(1);
    expect(call.stdout).toMatch(/^::error file=a\.pem,line=1,title=expiry\/expired::/);
    expect(call.stdout).toContain('\n::warning file=anchorctl.yaml,line=3,title=policy/exception-ended::');
  });

  test('entries that no file used are said where the whole folder was checked', async () => {
    writePolicy('keys:\n  - { rsa: 2048, paths: [certificates/] }\n');
    const path = write('a.pem', NEW.pem);
    expect(codes(await check(folder, '--json'))).toEqual(['policy/no-match']);
    expect(codes(await check(path, '--json'))).toEqual([]);
    expect(codes(await check(folder, '--only', 'ca', '--json'))).toEqual([]);
  });

  test('forms that list certificates alone leave the reasons to stderr', async () => {
    writePolicy(FORBID_OLD);
    write('a.pem', OLD.pem);
    for (const format of ['csv', 'ics', 'ndjson', 'openmetrics', 'prometheus']) {
      const call = await check(folder, '--format', format);
      expect([format, call.status]).toEqual([format, 1]);
      expect(call.stderr).toMatch(
        /^error: .*a\.pem line 1: .* must not be \(anchorctl\.yaml line 3\) \[policy\/anchor-forbidden\]/,
      );
    }
  });

  test('a file in an archive is judged that is empty, or compressed by itself', async () => {
    writePolicy(`required:\n  - { sha256: ${NEW.certificate.sha256}, paths: ['b.zip!/*'] }\n`);
    const compressed = (text: string) => gzipSync(strToU8(text));
    const files = { 'empty.cfg': strToU8(''), 'none.gz': compressed(''), 'old.gz': compressed(OLD.pem) };
    write('b.zip', zipSync({ ...files, 'new.gz': compressed(NEW.pem), 'new.pem': strToU8(NEW.pem) }));
    const missing = document(await check(folder, '--json')).findings;
    expect(missing.map(({ code, source }) => [code, source?.member])).toEqual(
      Object.keys(files).map((member) => ['policy/anchor-missing', member]),
    );
  });

  test('required anchors are looked for among all certificates, whatever --only says', async () => {
    writePolicy(`required:\n  - { sha256: ${NEW.certificate.sha256}, paths: ['*.pem'] }\n`);
    write('a.pem', NEW.pem);
    write('leaf.crt', issue({ basicConstraints: null, keyUsage: ['digitalSignature'] }).pem);
    expect(codes(await check(folder, '--only', 'leaf', '--json'))).toEqual([]);
  });
});

describe('paths of a policy', () => {
  test.each([
    ['/srv/pki', '/srv/pki/gw/a.jks', 'gw/a.jks'],
    ['/srv/pki', '/srv/other/a.jks', '../other/a.jks'],
    ['/srv/pki', 'tls://gw.example.com:8443', 'tls://gw.example.com:8443'],
    ['/srv/pki', '-', '-'],
  ])('%s, %s', (from, input, expected) => {
    const relative = relativeTo(from, posix);
    expect([input, '/srv/b.pem', input].map(relative)).toEqual([expected, relative('/srv/b.pem'), expected]);
  });

  test.each([
    ['C:\\pki', 'C:\\pki\\gw\\a.jks', 'gw/a.jks'],
    ['C:\\pki', 'C:/pki/gw/a.jks', 'gw/a.jks'],
    ['C:\\pki', 'C:\\other\\a.jks', '../other/a.jks'],
    ['C:\\pki', 'D:\\a.jks', '../D:/a.jks'],
    ['C:\\pki', '\\\\host\\share\\a.jks', '../host/share/a.jks'],
    ['\\\\host\\share\\pki', '\\\\host\\share\\pki\\a.jks', 'a.jks'],
  ])('on Windows: %s, %s', (from, input, expected) => {
    expect(relativeTo(from, win32)(input)).toBe(expected);
    // No pattern leads out of the folder but one that begins so.
    const covers = (pattern: string) => new PathScope([pattern]).covers({ file: expected, member: null });
    const isOutside = expected.startsWith('../');
    expect([covers('**/*.jks'), covers('../**')]).toEqual([!isOutside, isOutside]);
  });

  test('on Windows: a file that is called over a junction', () => {
    const realOf = (one: string) => one.replace(/^C:\\link\b/, 'D:\\pki');
    expect(relativeTo('D:\\pki', win32, realOf)('C:\\link\\gw\\a.jks')).toBe('gw/a.jks');
    expect(relativeTo('C:\\link', win32, realOf)('D:\\pki\\gw\\a.jks')).toBe('gw/a.jks');
    expect(relativeTo('D:\\pki', win32, () => null)('C:\\link\\gw\\a.jks')).toBe('../C:/link/gw/a.jks');
  });

  test.skipIf(process.platform === 'win32')(
    'files and policy that are called by a link and by where it leads',
    async () => {
      const [real, link] = [join(folder, 'real'), join(folder, 'link')];
      const text = `version: 1\nrequired:\n  - { sha256: ${NEW.certificate.sha256}, paths: [gw/a.pem] }\n`;
      write('real/anchorctl.yaml', `${text}keys: [{ rsa: 2048, paths: [none/] }]\n`);
      write('real/gw/a.pem', OLD.pem);
      symlinkSync(real, link);
      for (const [path, policy] of [
        [real, real],
        [link, link],
        [real, link],
        [link, real],
      ] as const) {
        const call = await check(path, '--policy', join(policy, 'anchorctl.yaml'), '--json');
        expect([call.status, codes(call)]).toEqual([1, ['policy/anchor-missing', 'policy/no-match']]);
      }
    },
  );

  test('a call covers a folder by its name, or by that of one above', () => {
    const covers = (path: string) => coversFolder([path], join(folder, 'a'));
    expect([folder, join(folder, 'a'), join(folder, 'a/b'), join(folder, 'ab')].map(covers)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
