/**
 * The rules of those formats of `check` that no parser of others is at hand for, written down from their documents. A judge throws
 * at whatever breaks them, and gives what it read.
 */
import { expect } from 'vitest';

/** RFC 4180 2: records end in CR LF, all have as many fields, a field with a comma, quote or line break is quoted. */
export function readCsv(text: string): readonly (readonly string[])[] {
  expect(text.endsWith('\r\n')).toBe(true);
  const field = '(?:"(?:[^"]|"")*"|[^",\\r\\n]*)';
  const record = new RegExp(`${field}(?:,${field})*\\r\\n`, 'y');
  const records: string[][] = [];
  while (record.lastIndex < text.length) {
    const match = record.exec(text);
    if (match === null) throw new Error('not a record');
    const cells = [...match[0].slice(0, -2).matchAll(new RegExp(`(?:^|,)(${field})`, 'g'))].map(
      ([, cell]) => cell ?? '',
    );
    records.push(cells.map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)));
  }
  for (const cells of records) {
    expect(cells.length).toBe(records[0]?.length);
    // What a spreadsheet takes for a formula; a number may be below zero.
    for (const cell of cells) if (!/^-?\d+\.\d+$/.test(cell)) expect(cell).not.toMatch(/^\s*[=+@\-＝＋＠－]/);
  }
  return records;
}

/** Workflow commands, decoded as the runner of GitHub Actions decodes them. */
export function readAnnotations(text: string): readonly Readonly<Record<string, string>>[] {
  const lines = text.split('\n');
  expect(lines.pop()).toBe('');
  const decode = (value: string) =>
    value
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n')
      .replaceAll('%25', '%');
  return lines.map((line) => {
    const [, level, properties = '', message = ''] = /^::(error|warning|notice) ([^:]*?)::(.*)$/.exec(line) ?? [];
    if (level === undefined) throw new Error(`no annotation: ${line}`);
    const pairs = properties.split(',').map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)]);
    const values = Object.fromEntries(pairs.map(([name, value]) => [name, decode(value ?? '')]));
    for (const name of Object.keys(values)) expect(['file', 'line', 'title']).toContain(name);
    return { level, ...values, message: decode(message) };
  });
}

/** The issues of a code quality report, with what GitLab requires of each; a fingerprint shows one issue only. */
export function readCodeQuality(text: string): readonly unknown[] {
  expect(text.startsWith('\ufeff')).toBe(false);
  const issues = JSON.parse(text) as readonly Readonly<Record<string, unknown>>[];
  for (const { description, check_name, fingerprint, severity, location } of issues) {
    for (const word of [description, check_name, fingerprint]) expect(word).toMatch(/./);
    expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(severity);
    const { path, lines } = location as { path: string; lines: { begin: number } };
    expect(path).not.toMatch(/^\.\//);
    expect(lines.begin).toBeGreaterThan(0);
  }
  expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
  return issues;
}

/** The tables: every row of one has as many cells as its head, with the bars counted as GitHub's parser counts them. */
export function readMarkdown(text: string): readonly (readonly string[])[] {
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  let columns = 0;
  return rows.map((row, index) => {
    // A backslash and what it escapes belong together.
    const cells = row.replace(/^\||\|$/g, '').match(/(?:\\.|[^\\|])+/g) ?? [];
    if (/^\|[-:|]+\|$/.test(rows[index + 1] ?? '')) columns = cells.length;
    expect(cells.length, row).toBe(columns);
    for (const cell of cells) {
      // What comes from files stands in a code span, in which only its end has a meaning.
      const free = cell.trim().replace(/^`[^`]*`$/, '');
      expect(free).toMatch(/^[\w :./-]*$/);
    }
    return cells;
  });
}

/**
 * The output of a plugin (Monitoring Plugins Development Guidelines): "Plugin Output for Nagios", "Performance data" and, of
 * the thresholds, "Threshold and Ranges"; no longer than the 8 KB of Nagios.
 */
export function readPlugin(text: string): { readonly state: string; readonly labels: readonly string[] } {
  expect(Buffer.byteLength(text)).toBeLessThan(8192);
  const [first = '', ...more] = text.split('\n');
  expect(more.pop()).toBe('');
  const [, state = '', performance] =
    /^CERTIFICATES (OK|WARNING|CRITICAL|UNKNOWN): [^|]+(?: \| ([^|]+))?$/.exec(first) ?? [];
  expect(state, first).not.toBe('');
  // A bar in the lines below would begin further performance data.
  for (const line of more) expect(line).not.toContain('|');
  const number = '-?\\d+(?:\\.\\d+)?';
  const range = `(?:@?(?:(?:~|${number})?:)?(?:${number})?)`;
  const datum = new RegExp(`^(\\w+)=${number}(?:s|%|[KMGT]?B|c)?(?:;${range}){0,2}(?:;(?:${number})?){0,2}$`);
  const labels = (performance ?? '').split(' ').filter((part) => part !== '');
  return {
    state,
    labels: labels.map((part) => {
      const label = datum.exec(part)?.[1];
      if (label === undefined) throw new Error(`no performance data: ${part}`);
      return label;
    }),
  };
}

/**
 * OpenMetrics 1.0, by its sections: "ABNF" for the lines, and what it says of "MetricFamily" (contiguous, its metadata first,
 * its unit the end of its name), "Metric" (each set of labels once), "EOF" and "Timestamps" (there are none).
 *
 * @param isOpen - false for the text format 0.0.4 of Prometheus, which has no units and no end
 */
export function readMetrics(text: string, isOpen: boolean): ReadonlyMap<string, number> {
  const lines = text.split('\n');
  expect(lines.pop()).toBe('');
  if (isOpen) expect(lines.pop()).toBe('# EOF');
  const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
  const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\n"])+"';
  const sample = new RegExp(`^(${name})(\\{${label}(?:,${label})*\\})? (-?\\d+(?:\\.\\d+)?)$`);
  const families = new Set<string>();
  const series = new Map<string, number>();
  let family = '';
  for (const line of lines) {
    const [, kind, subject = '', words = ''] = /^# (HELP|TYPE|UNIT) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === undefined) {
      const [, of, labels = '', value] = sample.exec(line) ?? [];
      expect(of, line).toBe(family);
      const names = [...labels.matchAll(new RegExp(label, 'g'))].map(([one]) => one.split('=', 1)[0]);
      expect(new Set(names).size).toBe(names.length);
      expect(series.has(of + labels), line).toBe(false);
      series.set(of + labels, Number(value));
      continue;
    }
    if (subject !== family) {
      expect(kind).toBe('HELP');
      expect(families.has(subject)).toBe(false);
      families.add(subject);
      family = subject;
    }
    if (kind === 'HELP') expect(words).toMatch(/^(?:[^"\\]|\\[\\n"])+$/);
    if (kind === 'TYPE') expect(words).toBe('gauge');
    if (kind === 'UNIT') expect(isOpen && subject.endsWith(`_${words}`)).toBe(true);
  }
  return series;
}
