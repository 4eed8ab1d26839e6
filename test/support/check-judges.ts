/**
 * What the formats of `check` are held against: a parser or schema that others wrote where there is one, and otherwise the
 * rules of the specification, with their sections. A judge throws at whatever breaks them, and gives what it read.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import AjvDraft04 from 'ajv-draft-04';
import formats from 'ajv-formats';
import { Parser } from 'tap-parser';
import { expect } from 'vitest';

const require = createRequire(import.meta.url);

/** What is used of two packages whose own declarations TypeScript 7 refuses. */
interface Saxes {
  readonly SaxesParser: new () => {
    on(event: 'error', listener: (error: Error) => void): void;
    on(event: 'opentag', listener: (tag: { name: string; attributes: Readonly<Record<string, string>> }) => void): void;
    on(event: 'closetag', listener: () => void): void;
    write(text: string): { close(): void };
  };
}
interface IcalComponent {
  getAllSubcomponents(name?: string): readonly IcalComponent[];
  getFirstPropertyValue(name: string): unknown;
}
interface Ical {
  readonly parse: (text: string) => unknown;
  readonly Component: new (parsed: unknown) => IcalComponent;
  readonly Event: new (component: IcalComponent) => { readonly summary: string; readonly uid: string };
  readonly Duration: new () => object;
}

/** SARIF 2.1.0 by the schema of OASIS, and by what the schema does not say. */
export function readSarif(text: string): readonly SarifResult[] {
  const log = JSON.parse(text) as SarifLog;
  validateSarif ??= compileSarif();
  expect(validateSarif(log), JSON.stringify(validateSarif.errors)).toBe(true);
  const [run, ...others] = log.runs;
  if (run === undefined) throw new Error('there is no run');
  expect(others).toEqual([]);
  const { rules } = run.tool.driver;
  // 3.19.23: each id once. GitHub asks for the three texts.
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const { shortDescription, fullDescription, help } of rules) {
    for (const { text: words } of [shortDescription, fullDescription, help]) expect(words).not.toBe('');
  }
  for (const result of run.results) {
    // 3.27.6
    expect(rules[result.ruleIndex]?.id).toBe(result.ruleId);
    // 3.11.5: braces come in pairs or around the number of an argument, of which there is none; 3.11.6: no links.
    expect(result.message.text.replace(/\{\{|\}\}/g, '')).not.toMatch(/[{}]/);
    expect(result.message.text).not.toMatch(/\]\(/);
    for (const { physicalLocation } of result.locations ?? []) {
      const { uri } = physicalLocation.artifactLocation;
      // RFC 3986 2 and 4.2: no other characters, and no scheme in the first step of a relative reference.
      expect(uri).toMatch(/^(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9A-F]{2})*$/);
      if (!/^(?:file|tls):\/\//.test(uri)) expect(uri).not.toMatch(/^[^/]*:/);
    }
  }
  const prints = run.results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash);
  expect(new Set(prints).size).toBe(prints.length);
  return run.results;
}

interface SarifLog {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly SarifRule[] } };
    readonly results: readonly SarifResult[];
  }[];
}
type Text = { readonly text: string };
type SarifRule = Readonly<Record<'shortDescription' | 'fullDescription' | 'help', Text>> & { readonly id: string };
interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly message: Text;
  readonly locations?: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

let validateSarif: ReturnType<typeof compileSarif> | undefined;

function compileSarif() {
  const folder = dirname(require.resolve('@microsoft/jest-sarif/package.json'));
  const schema = JSON.parse(readFileSync(join(folder, 'lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8')) as object;
  const ajv = new AjvDraft04.default({ strict: false, allErrors: true, unicodeRegExp: false });
  formats.default(ajv);
  return ajv.compile(schema);
}

/** A test case as a CI server reads it. */
interface JunitCase {
  readonly name: string;
  readonly outcome: string;
  readonly message: string;
}

/** JUnit XML: well-formed, and of the elements, attributes and counts that the schemas of Jenkins and Ant allow. */
export function readJunit(text: string): readonly JunitCase[] {
  const attributes: Readonly<Record<string, readonly string[]>> = {
    testsuites: ['name', 'time', 'tests', 'failures', 'errors'],
    testsuite: ['name', 'tests', 'failures', 'errors', 'skipped', 'timestamp', 'time', 'hostname', 'id'],
    testcase: ['name', 'classname', 'time'],
    failure: ['message', 'type'],
    error: ['message', 'type'],
    skipped: ['message'],
    'system-out': [],
  };
  const parents: Readonly<Record<string, string>> = { testsuites: '', testsuite: 'testsuites', testcase: 'testsuite' };
  const path: string[] = [];
  const cases: { name: string; outcome: string; message: string }[] = [];
  const claims: Readonly<Record<string, string>>[] = [];
  const { SaxesParser } = require('saxes') as Saxes;
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes: values }) => {
    expect(path.at(-1) ?? '').toBe(parents[name] ?? 'testcase');
    for (const attribute of Object.keys(values)) expect(attributes[name]).toContain(attribute);
    if (name === 'testsuite') {
      claims.push(values);
      expect(values.timestamp).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/);
    } else if (name === 'testsuites') claims.push(values);
    else if (name === 'testcase') cases.push({ name: values.name ?? '', outcome: 'passed', message: '' });
    else Object.assign(cases.at(-1) ?? {}, { outcome: name, message: values.message ?? '' });
    path.push(name);
  });
  parser.on('closetag', () => void path.pop());
  parser.write(text).close();
  const [all, ...suites] = claims;
  for (const [attribute, outcome] of [
    ['failures', 'failure'],
    ['errors', 'error'],
    ['skipped', 'skipped'],
  ] as const) {
    const found = cases.filter((one) => one.outcome === outcome).length;
    expect(suites.reduce((sum, suite) => sum + Number(suite[attribute]), 0)).toBe(found);
    if (attribute !== 'skipped') expect(Number(all?.[attribute])).toBe(found);
  }
  expect(suites.reduce((sum, suite) => sum + Number(suite.tests), 0)).toBe(cases.length);
  expect(Number(all?.tests)).toBe(cases.length);
  return cases;
}

/** TAP by tap-parser, which has nothing to complain about. */
export function readTap(
  text: string,
): readonly { readonly ok: boolean; readonly name: string; readonly skip: unknown }[] {
  const points: { ok: boolean; name: string; skip: unknown }[] = [];
  const parser = new Parser({ strict: true });
  const complaints: string[] = [];
  parser.on('assert', ({ ok, name, skip, diag }: { ok: boolean; name: string; skip: unknown; diag: unknown }) => {
    points.push({ ok, name, skip });
    if (diag !== null && diag !== undefined) expect(typeof diag).toBe('object');
  });
  parser.on('extra', (line: string) => complaints.push(line));
  parser.end(text);
  expect(complaints).toEqual([]);
  expect(parser.planStart).toBe(1);
  expect(parser.planEnd).toBe(points.length);
  const kinds = (parser.failures as unknown as { tapError?: unknown }[]).filter(({ tapError }) => tapError);
  expect(kinds).toEqual([]);
  return points;
}

/** A calendar by ical.js, and RFC 5545 3.1: lines of at most 75 octets that end in CR LF. */
export function readCalendar(text: string): readonly { readonly summary: string; readonly uid: string }[] {
  const lines = text.split('\r\n');
  expect(lines.pop()).toBe('');
  for (const line of lines) {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    // 3.1 and 3.3.11 keep control characters out, but for the tab.
    expect(line).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f]/);
  }
  const ICAL = require('ical.js') as Ical;
  const calendar = new ICAL.Component(ICAL.parse(text));
  // 3.6, 3.7.3, 3.7.4
  expect(calendar.getAllSubcomponents().length).toBeGreaterThan(0);
  expect(calendar.getFirstPropertyValue('version')).toBe('2.0');
  expect(calendar.getFirstPropertyValue('prodid')).toBeTruthy();
  return calendar.getAllSubcomponents('vevent').map((component) => {
    const event = new ICAL.Event(component);
    // 3.6.1, 3.6.6, 3.8.6.3
    expect(component.getFirstPropertyValue('dtstamp')).toBeTruthy();
    for (const alarm of component.getAllSubcomponents('valarm')) {
      expect(alarm.getFirstPropertyValue('action')).toBe('DISPLAY');
      expect(alarm.getFirstPropertyValue('trigger')).toBeInstanceOf(ICAL.Duration);
      expect(alarm.getFirstPropertyValue('description')).toBeTruthy();
    }
    return { summary: event.summary, uid: event.uid };
  });
}
