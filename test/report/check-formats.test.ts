/** Every format of `check` about one tree: whole answers, and each held against its specification. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CheckReport, ExpiryCheck } from '../../src/check/check-report.ts';
import { parseThreshold } from '../../src/check/expiry.ts';
import type { Finding } from '../../src/check/finding.ts';
import { parseShowOutput } from '../../src/device/show-output.ts';
import { toPrintable } from '../../src/encoding/printable.ts';
import { checkFormatNames, loadCheckFormat } from '../../src/report/check/formats.ts';
import { renderSource, sourceOf } from '../../src/x509/source.ts';
import { issue } from '../support/certificates.ts';
import {
  readAnnotations,
  readCodeQuality,
  readCsv,
  readMarkdown,
  readMetrics,
  readPlugin,
} from '../support/check-grammars.ts';
import { readCalendar, readJunit, readSarif, readTap } from '../support/check-judges.ts';
import { TREE_AT, writeCheckTree } from '../support/check-tree.ts';
import { anchorctl } from '../support/cli.ts';
import { NO_CONTROL_CHARACTERS_IN_NAMES } from '../support/platform.ts';

/** Each throws where an answer breaks the rules of its format. */
const JUDGES: Readonly<Record<string, (text: string) => unknown>> = {
  csv: readCsv,
  markdown: readMarkdown,
  junit: readJunit,
  sarif: readSarif,
  github: readAnnotations,
  gitlab: readCodeQuality,
  tap: readTap,
  nagios: readPlugin,
  prometheus: (text) => readMetrics(text, false),
  openmetrics: (text) => readMetrics(text, true),
  ics: readCalendar,
};

const HAS_PROMTOOL = spawnSync('promtool', ['--version']).status === 0;

describe.skipIf(NO_CONTROL_CHARACTERS_IN_NAMES)('about a tree', () => {
  const before = process.cwd();
  const answers = new Map<string, string>();
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'anchorctl-formats-'));
    writeCheckTree(folder);
    process.chdir(folder);
    for (const format of checkFormatNames()) {
      const { status, stdout } = await anchorctl(['check', '.', '--at', TREE_AT, '--format', format]);
      // A locked keystore beats what has expired; among the statuses of a plugin it is the other way round.
      expect(status).toBe(format === 'nagios' ? 2 : 4);
      answers.set(format, stdout);
    }
  });
  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  const answerOf = (format: string): string => answers.get(format) ?? '';

  test.each(checkFormatNames())('%s, whole', async (format) => {
    const answer = answerOf(format)
      .replace(/"semanticVersion": "[^"]+"/, '"semanticVersion": "…"')
      .replace(SCRIPTS, '$1…$2')
      .replaceAll(/'sha256-[^']+'/g, "'sha256-…'")
      .replace(/anchorctl \d+\.\d+\.\d+/, 'anchorctl …');
    await expect(answer).toMatchFileSnapshot(`../../fixtures/check/${format}.golden`);
  });

  test.each(Object.keys(JUDGES))('%s by its rules', (format) => {
    expect(() => JUDGES[format]?.(answerOf(format))).not.toThrow();
  });

  test('they agree on how much there is', () => {
    const { summary, certificates, findings } = JSON.parse(answerOf('json')) as {
      readonly summary: Readonly<Record<string, number>>;
      readonly certificates: readonly unknown[];
      readonly findings: readonly unknown[];
    };
    expect(summary).toMatchObject({ files: 17, certificates: 16, errors: 3 });
    expect(answerOf('ndjson').split('\n').length - 1).toBe(certificates.length);
    expect(readCsv(answerOf('csv')).length - 1).toBe(certificates.length);
    expect(readJunit(answerOf('junit')).length).toBe(certificates.length + 3);
    expect(readTap(answerOf('tap')).length).toBe(certificates.length + 3);
    expect(readSarif(answerOf('sarif')).length).toBe(findings.length);
    expect(readAnnotations(answerOf('github')).length).toBe(findings.length);
    expect(readCodeQuality(answerOf('gitlab')).length).toBe(findings.length);
    expect(readMetrics(answerOf('prometheus'), false).get('anchorctl_files')).toBe(17);
    // One that stands in three places, one without a date.
    expect(readCalendar(answerOf('ics')).length).toBe(certificates.length - 3);
  });

  test('what stands where: the line of the PEM block, names as they are', () => {
    const places = readSarif(answerOf('sarif')).map(({ ruleId, locations = [] }) => {
      const { artifactLocation, region } = locations[0]?.physicalLocation ?? {};
      return `${ruleId} ${decodeURIComponent(artifactLocation?.uri ?? '')}:${region?.startLine}`;
    });
    expect(places).toContain('expiry/warning bundle.pem:12');
    expect(places).toContain('expiry/expired sub folder/two\nlines # SKIP.pem:1');
    expect(readTap(answerOf('tap')).map(({ name }) => name)).toContain(
      'Old Root in stores/trust.jks [old "root" = 1; x,y:z|#]',
    );
    expect(readJunit(answerOf('junit')).filter(({ outcome }) => outcome === 'error').length).toBe(3);
  });

  test.skipIf(!HAS_PROMTOOL)('promtool has nothing to say', () => {
    const output = execFileSync('promtool', ['check', 'metrics'], { input: answerOf('prometheus'), encoding: 'utf8' });
    expect(output).toBe('');
  });
});

const AT = new Date(TREE_AT);
const CONTEXT = { version: '1.2.3', toRelative: (input: string) => input.replace(/^(?:\.\/)+/, '') || '.' };

async function render(format: string, report: CheckReport): Promise<string> {
  return [...(await loadCheckFormat(format)).render(report, CONTEXT)].join('');
}

function newCheck(): ExpiryCheck {
  const thresholds = { warn: parseThreshold('60d'), fail: parseThreshold('30%') };
  return new ExpiryCheck({ at: AT, only: null, thresholds, policy: null });
}

/** What the page runs is no part of what it says, and comes from the compiler; so do the digests of it. */
const SCRIPTS = /(<script>)[\s\S]*?(<\/script>)/g;

describe('about nothing at all', () => {
  const report = newCheck().report();
  test.each(checkFormatNames())('%s', async (format) => {
    const text = await render(format, report);
    expect(() => JUDGES[format]?.(text)).not.toThrow();
    expect(text.replace(SCRIPTS, '').includes('undefined')).toBe(false);
  });
});

describe('whatever certificates and files are called', () => {
  // Commas part the attributes in the builder of certificates; what means something somewhere comes up often.
  const special = fc.constantFrom(
    ...'|\\`"\'<>[](){}%:;#=@+-$&*_＝＋＠－\n\r\t\u0000\u001b\u2028\u202e\ufffe\ud800😀é'.split(''),
  );
  const hostile = fc
    .array(fc.oneof(special, fc.string({ maxLength: 3 })), { minLength: 1, maxLength: 30 })
    .map((parts) => parts.join('').replaceAll(',', ';') || 'x');
  const place = fc.record({
    input: hostile,
    member: fc.option(hostile),
    line: fc.option(fc.integer({ min: 1, max: 9999 })),
    alias: fc.option(hostile),
    trustpoint: fc.option(hostile),
  });
  const reports = fc
    .array(fc.record({ name: hostile, place, days: fc.integer({ min: -400, max: 400 }) }), { maxLength: 3 })
    .map((all) => {
      const check = newCheck();
      for (const { name, place: at, days } of all) {
        const wellFormed = name.replace(/\p{Surrogate}/gu, '\ufffd');
        const notAfter = new Date(AT.getTime() + days * 86_400_000);
        const { certificate } = issue({ subject: `CN=${wellFormed}`, notAfter });
        const source = sourceOf(at.input, at);
        const message = `a damaged copy of ${toPrintable(name)}`;
        const findings: readonly Finding[] = [{ code: 'pem/damaged', severity: 'error', message, source }];
        const copies = [certificate.withSource(source), certificate.withSource(source)];
        check.add({ input: source.input, certificates: copies, described: [], findings, isOpened: true });
      }
      return check.report();
    });

  test('the table fits a window of 80 columns, but for a path that is longer', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (report) => {
        const answer = await render('text', report);
        const paths = [...report.certificates, ...report.findings].flatMap(({ source }) =>
          source === null ? [] : [toPrintable(renderSource(source))],
        );
        const wide = answer.split('\n').filter((line) => [...line].length > 80);
        const isPath = (line: string) =>
          paths.some((path) =>
            ['error: ', '  '].some((start) => [path, `${path}:`].includes(line.slice(start.length))),
          );
        for (const line of wide) expect(line).toSatisfy(isPath);
        for (const path of paths) expect(answer).toContain(path);
      }),
      { numRuns: process.env.SLOW === undefined ? 50 : 1000 },
    );
  }, 600_000);

  test('every answer keeps the rules of its format', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (report) => {
        for (const [format, judge] of Object.entries(JUDGES)) judge(await render(format, report));
      }),
      { numRuns: process.env.SLOW === undefined ? 25 : 1000 },
    );
  }, 600_000);
});

test('what Nagios is told fits into what it keeps, in whatever script and however much', async () => {
  const check = newCheck();
  const findings = Array.from({ length: 40 }, (_, index): Finding => {
    const source = sourceOf(`${index}/${'証明書'.repeat(200)}.pem`);
    return { code: 'pem/damaged', severity: 'error', message: '\u202e'.repeat(500), source };
  });
  check.add({ input: 'a.pem', certificates: [], described: [], findings, isOpened: true });
  const answer = await render('nagios', check.report());
  readPlugin(answer);
  expect(answer.split('\n')[1]).toMatch(/^error: 0\/(?:証明書)+証?明?\.\.\.$/);
});

test('what is about the run and no file is no result of SARIF, which has a place for each', async () => {
  const check = newCheck();
  const interrupted = { code: 'run/interrupted', severity: 'error', message: 'interrupted {0}', source: null } as const;
  const unread = { ...interrupted, code: 'input/not-found', source: sourceOf('a.pem') } as const;
  check.add({ input: '-', certificates: [], described: [], findings: [interrupted, unread], isOpened: false });
  const text = await render('sarif', check.report());
  expect(readSarif(text).map(({ ruleId, locations }) => [ruleId, locations?.length])).toEqual([['input/not-found', 1]]);
  expect(JSON.parse(text).runs[0].invocations).toMatchObject([
    {
      executionSuccessful: false,
      toolExecutionNotifications: [
        { descriptor: { id: 'run/interrupted' }, level: 'error', message: { text: 'interrupted {{0}}' } },
      ],
    },
  ]);
});

test('two certificates of a file that the labels of the exporter do not tell apart are two series', async () => {
  const check = newCheck();
  const days = [1, 400].map((left) => new Date(AT.getTime() + left * 86_400_000));
  const renewed = days.map((notAfter) => issue({ subject: 'CN=Renewed', serialNumber: 1n, notAfter }).certificate);
  const certificates = renewed.map((certificate, index) =>
    certificate.withSource(sourceOf('a.pem', { line: index + 1 })),
  );
  const again = renewed.slice(0, 1).map((certificate) => certificate.withSource(sourceOf('b.pem')));
  check.add({ input: 'a.pem', certificates, described: [], findings: [], isOpened: true });
  check.add({ input: 'b.pem', certificates: again, described: [], findings: [], isOpened: true });
  for (const isOpen of [false, true]) {
    const series = [...readMetrics(await render(isOpen ? 'openmetrics' : 'prometheus', check.report()), isOpen)];
    const ends = series.filter(([name]) => name.startsWith('x509_cert_not_after'));
    expect(ends.map(([, end]) => end)).toEqual([days[0], days[1], days[0]].map((end) => (end?.getTime() ?? 0) / 1000));
    expect(ends.map(([name]) => / discriminator="|,discriminator="/.test(name))).toEqual([true, true, false]);
  }
});

test('two of one name that a device described are two series', async () => {
  const check = newCheck();
  const show = (serial: string, year: number) =>
    `CA Certificate\n  Certificate Serial Number (hex): ${serial}\n  Subject:\n    cn=Renewed\n    end   date: 12:00:00 UTC Nov 10 ${year}\n  Associated Trustpoints: TP\n`;
  const described = parseShowOutput(show('01', 2036) + show('02', 2026), 'r1.log');
  check.add({ input: 'r1.log', certificates: [], described, findings: [], isOpened: true });
  const series = [...readMetrics(await render('prometheus', check.report()), false)];
  const ends = series.filter(([name]) => name.startsWith('anchorctl_certificate_not_after'));
  expect(ends.map(([, end]) => end)).toEqual(described.map(({ notAfter }) => (notAfter?.getTime() ?? 0) / 1000));
  expect(ends.map(([name]) => /serial="(\d+)"/.exec(name)?.[1])).toEqual(['01', '02']);
});

test('what a device described is one event of a calendar, on whatever lines it stands', async () => {
  const show = (year: number) =>
    `CA Certificate\n  Certificate Serial Number (hex): 01\n  Subject:\n    cn=A\n    end   date: 12:00:00 UTC Nov 10 ${year}\n`;
  const uidsOf = async (text: string) => {
    const check = newCheck();
    const described = parseShowOutput(text, 'r1.log');
    check.add({ input: 'r1.log', certificates: [], described, findings: [], isOpened: true });
    const calendar = await render('ics', check.report());
    readCalendar(calendar);
    return calendar.match(/^UID:.*$/gm);
  };
  const once = await uidsOf(show(2036));
  expect(once).toHaveLength(1);
  expect(await uidsOf(`!\n!\n${show(2036)}!\n${show(2036)}`)).toEqual(once);
  expect(await uidsOf(show(2036) + show(2037))).toEqual([...(once ?? []), expect.any(String)]);
});

describe('a certificate that the policy ignores', () => {
  const { certificate } = issue({ notAfter: new Date(AT.getTime() - 1000) });
  const source = sourceOf('a.pem', { line: 1 });
  const check = newCheck();
  const ignored: Finding = {
    ...{ code: 'policy/ignored', severity: 'info', message: 'ignored: #1, until Friday', source },
    sha256: certificate.sha256,
  };
  const held = [certificate.withSource(source)];
  check.add({ input: 'a.pem', certificates: held, described: [], findings: [], isOpened: true });
  const { certificates, ...rest } = check.report();
  const report = { ...rest, findings: [ignored], certificates: certificates.map((one) => ({ ...one, ignored })) };

  test('is skipped, with the reason', async () => {
    expect(readJunit(await render('junit', report))).toMatchObject([
      { outcome: 'skipped', message: 'ignored: #1, until Friday' },
    ]);
    expect(readTap(await render('tap', report))).toMatchObject([{ ok: true, skip: 'ignored: #1, until Friday' }]);
  });
});

test('a rule of SARIF has the advice that all of its findings have, and none that is about one of them', async () => {
  const check = newCheck();
  const source = sourceOf('a.jks');
  const finding = (code: Finding['code'], hint: string) =>
    ({ code, severity: 'error', message: 'x', hint, source }) as const;
  const findings = [
    finding('policy/distrusted-root', 'put Root B in its place'),
    finding('policy/distrusted-root', 'take it out'),
    finding('policy/key-too-small', 'ask its CA'),
    finding('policy/key-too-small', 'ask its CA'),
  ];
  check.add({ input: 'a.jks', certificates: [], described: [], findings, isOpened: true });
  const { rules } = JSON.parse(await render('sarif', check.report())).runs[0].tool.driver;
  expect(rules.map(({ help }: { help: { text: string } }) => help.text)).toEqual([
    'See policy/distrusted-root in docs/findings.md.',
    'What to do: ask its CA. See policy/key-too-small in docs/findings.md.',
  ]);
});
