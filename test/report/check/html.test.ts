/** The HTML page of `check` as text; test/interop/check-html.test.ts has it in a browser. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { CheckReport } from '../../../src/check/check-report.ts';
import type { Finding } from '../../../src/check/finding.ts';
import type { DescribedCertificate } from '../../../src/device/show-output.ts';
import { htmlPage } from '../../../src/report/check/html.ts';
import { sourceOf } from '../../../src/x509/source.ts';
import { issue } from '../../support/certificates.ts';
import { endEntity, manyCertificates, reportOn } from '../../support/check-report.ts';

const context = { version: '0.0.0', toRelative: (path: string) => path };
const partsOf = (report: CheckReport) => [...htmlPage.render(report, context)];
const render = (report: CheckReport) => partsOf(report).join('');
const HOSTILE = `"'><script>alert(1)</script><img src=x onerror=alert(1)>\u001b[2J\u202e`;

const described: DescribedCertificate = {
  complete: false,
  usage: 'identity',
  subject: null,
  issuer: null,
  serialNumber: '01',
  notBefore: null,
  notAfter: null,
  sha1: null,
  md5: null,
  subjectKeyIdentifier: null,
  trustpoints: [HOSTILE],
  source: sourceOf('-'),
};

const hostile = reportOn(
  { [HOSTILE]: [issue({ subject: `CN=${HOSTILE}` }).certificate, endEntity(`CN=${HOSTILE}`, 3), described] },
  [{ code: 'input/not-found', severity: 'error', message: HOSTILE, hint: HOSTILE, source: sourceOf(HOSTILE) }],
);

/** The page without the parts that are ours alone. */
const withoutCode = (page: string) => page.replace(/<(script|style)>.*?<\/\1>/gs, '');

describe('the page', () => {
  test('names its own script and style by their digests, and allows nothing else', () => {
    const page = render(hostile);
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const digests = (element: string) =>
      [...page.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'))].map(
        ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
      );
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${digests('script').join(' ')}`,
      `style-src ${digests('style').join(' ')}`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    expect(digests('script')).toHaveLength(2);
  });

  test('has nothing but text of what was read', () => {
    const page = withoutCode(render(hostile));
    expect(page).not.toMatch(/<img|<script|[\u001b\u202e]/);
    expect(page).not.toMatch(/<[^>]*\s(?:on\w+|style|src)=/);
    expect([...page.matchAll(/href="([^"]*)"/g)].filter(([, target = '']) => !target.startsWith('#'))).toEqual([]);
  });

  test('every id is there once, and every reference leads somewhere', () => {
    const page = withoutCode(render(hostile));
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const references = [...page.matchAll(/(?:href="#|for="|labelledby="|describedby=")([^"]*)"/g)];
    expect(references.flatMap(([, names = '']) => names.split(' ')).filter((name) => !ids.includes(name))).toEqual([]);
  });

  test('is the same every time, and made part by part', () => {
    const report = reportOn(manyCertificates(300, issue()));
    const parts = partsOf(report);
    expect(parts.length).toBeGreaterThan(300);
    expect(parts.join('')).toBe(render(report));
  });

  test('says that nothing was found', () => {
    const page = render(reportOn({}));
    expect(page).toContain('No certificate was found.');
    expect(page).toContain('No certificate with a date was found.');
    expect(page).toContain('No trust anchor and no issuer was found.');
    expect(page).toContain('Nothing to report.');
  });

  test('says that everything is in order only when it is', () => {
    const good = { 'a.pem': [endEntity('CN=a', 100)] };
    expect(render(reportOn(good))).toContain('Everything is in order.');
    const other: Finding = { code: 'catalog/removed', severity: 'warning', message: 'removed', source: null };
    expect(render(reportOn(good, [other]))).toContain('"verdict">1 other warning.');
    expect(render(hostile)).toContain('1 critical, 1 to plan for, 1 other error.');
  });
});

describe('the table', () => {
  test('has a row a certificate with every place, what ends first first', () => {
    const [early, late] = [endEntity('CN=early', 10), endEntity('CN=late', 1000)];
    const places = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`${index}.pem`, [late, early]]));
    const rows = render(reportOn(places)).split('<tr data-level="').slice(1);
    expect(rows.map((row) => /class="name">(\w+)/.exec(row)?.[1])).toEqual(['early', 'late']);
    for (const row of rows) {
      expect(row.match(/\d\.pem line 1/g)).toEqual(['0', '1', '2', '3', '4', '5'].map((name) => `${name}.pem line 1`));
      expect(row).toContain('and 3 more places');
    }
    expect(rows[0]).toContain('in 10 days');
  });

  test.each([
    [1.5, 'in 36 hours'],
    [-1.5, '36 hours ago'],
    [2, 'in 2 days'],
    [-400.5, '400 days ago'],
  ])('%d days are %s', (days, text) => {
    expect(render(reportOn({ 'a.pem': [endEntity('CN=a', days)] }))).toContain(`<span class="note">${text}</span>`);
  });
});

describe('the timeline', () => {
  const marks = (page: string) => page.match(/<path class="mark [^"]*"/g)?.length ?? 0;
  const tableOf = (page: string) =>
    [...page.matchAll(/<tr><th scope="row">(\d{4}(?:-\d\d)?)<\/th>((?:<td>\d+<\/td>){5})<\/tr>/g)].map(
      ([, period, cells = '']) => [period, ...(cells.match(/\d+/g) ?? []).map(Number)],
    );

  test('has a mark a certificate while they fit above one another', () => {
    const report = reportOn({ 'a.pem': [3, 3, 3, 40, -2, 5000].map((days, index) => endEntity(`CN=${index}`, days)) });
    const page = render(report);
    expect(marks(page)).toBe(6);
    expect(tableOf(page)).toEqual([
      ['2026-10', 1, 0, 0, 0, 0],
      ['2026-11', 0, 3, 0, 0, 0],
      ['2026-12', 0, 0, 0, 1, 0],
      ['2040', 0, 0, 0, 0, 1],
    ]);
  });

  test('has bars where they do not, and the table counts the same', () => {
    const page = render(reportOn(manyCertificates(500, issue())));
    expect(marks(page)).toBe(0);
    const told = [...page.matchAll(/<title>[^<]*?: (\d+) certificates?\n/g)].map(([, count]) => Number(count));
    const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);
    expect(total(told)).toBe(500);
    expect(total(tableOf(page).map(([, ...counts]) => total(counts.map(Number))))).toBe(500);
  });

  test.each(['9999-12-31T23:59:59Z', '1950-01-01T00:00:00Z'])('%s stands at the edge', (end) => {
    const page = render(
      reportOn({
        'a.pem': [endEntity('CN=a', 0, { notBefore: new Date('1949-01-01T00:00:00Z'), notAfter: new Date(end) })],
      }),
    );
    expect(page).toContain(`data-days="${end.slice(0, 10)}"`);
    expect(page).not.toMatch(/NaN|Infinity/);
  });

  test('says how many have no date', () => {
    const page = render(reportOn({ 'a.txt': [described, endEntity('CN=a', 100)] }));
    expect(page).toContain('Without a date: 1.');
    expect(marks(page)).toBe(1);
  });

  test.each([60, 90, 400, 20_000])('a threshold of %d days is on the drawing, and so is its name', (days) => {
    const report = {
      ...reportOn({ 'a.pem': [endEntity('CN=a', 30)] }),
      thresholds: { warn: { milliseconds: days * 86_400_000 }, fail: { milliseconds: 14 * 86_400_000 } },
    };
    const page = render(report);
    const [, x = ''] = /<line class="warning" x1="([\d.]+)"/.exec(page) ?? [];
    expect(Number(x)).toBeLessThanOrEqual(760 - 12);
    expect(page).toContain(
      `<text class="warning" x="${x}" y="27" dx="-4" text-anchor="end">warning below ${days} days<`,
    );
    expect(page).toMatch(/<text class="critical" x="[\d.]+" y="11" dx="4">critical below 14 days</);
  });

  test('a threshold that is a share has no line, and is told', () => {
    const report = {
      ...reportOn({ 'a.pem': [endEntity('CN=a', 100)] }),
      thresholds: { warn: { share: 0.3 }, fail: { milliseconds: 36 * 3_600_000 } },
    };
    const page = render(report);
    expect(page).toContain('less than 30 % of the lifetime left; critical: less than 1.5 days');
    expect(page).toContain('critical below 1.5 days');
    expect(page).not.toContain('warning below');
  });
});

describe('the trust graph', () => {
  test('has a bound, and says what is left out', () => {
    const stores = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`${index}.jks`, [issue({ subject: `CN=Root ${index}` }).certificate]]),
    );
    const page = render(reportOn(stores));
    expect(page.match(/<svg class="anchor/g)).toHaveLength(14);
    expect(page).toContain('Not drawn: 26 more anchors.');
    expect(page.match(/<tr><th scope="row">Root \d+/g)).toHaveLength(40);
  });

  test('anchors that serve the same targets stand together', () => {
    const roots = Array.from({ length: 30 }, (_, index) => issue({ subject: `CN=Root ${index}` }).certificate);
    const page = render(reportOn({ '1.jks': roots, '2.jks': [...roots].reverse() }));
    expect(page.match(/<svg class="anchor/g)).toHaveLength(1);
    expect(page).toContain('>30 anchors<');
    expect(page).toContain('>2 targets<');
  });
});

describe('colours', () => {
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(render(reportOn({}))) ?? [];
  const palettes = [...style.matchAll(/:root \{([^}]*--back[^}]*)\}/g)].map(
    ([, text = '']) =>
      new Map([...text.matchAll(/--([a-z-]+): (#[0-9a-f]+)/g)].map(([, name = '', color = '']) => [name, color])),
  );

  test('there are those for light, dark and paper', () => {
    expect(palettes).toHaveLength(3);
  });

  test.each([0, 1, 2])('palette %d has the contrast of WCAG 2 AA for every text on every ground', (index) => {
    const palette = palettes[index] ?? new Map<string, string>();
    const low = ['back', 'raised'].flatMap((ground) =>
      [...palette.keys()]
        .filter((name) => !['back', 'raised', 'line'].includes(name))
        .filter((name) => contrast(palette.get(name) ?? '', palette.get(ground) ?? '') < 4.5)
        .map((name) => `${name} on ${ground}`),
    );
    expect(low).toEqual([]);
    expect(palette.size).toBe(12);
  });

  /** WCAG 2.2, contrast ratio. */
  function contrast(one: string, other: string): number {
    const [light = 0, dark = 0] = [one, other].map(luminance).sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  }

  function luminance(color: string): number {
    const hex = color.length === 4 ? color.replace(/[0-9a-f]/g, '$&$&') : color;
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((start) => Number.parseInt(hex.slice(start, start + 2), 16) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
});
