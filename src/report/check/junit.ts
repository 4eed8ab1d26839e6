/**
 * What `check` found as JUnit XML, the form that CI servers read: a test suite for each input, a test case for each certificate
 * in it, and one for everything else that was found there. A warning is a test case that passes and says so; a certificate that
 * the policy ignores is skipped.
 *
 * The form has no specification: what is written here is what both the schema of Jenkins (junit-10.xsd) and that of Ant's
 * junitreport allow.
 *
 * @module
 */
import type { CheckedCertificate, CheckReport } from '../../check/check-report.js';
import type { Finding } from '../../check/finding.js';
import { groupBy } from '../../encoding/group-by.js';
import { toPrintable } from '../../encoding/printable.js';
import { toDay, toRfc3339 } from '../../encoding/rfc3339.js';
import { type CheckFormat, isPassed, isUnread, nameOf, otherFindings, placeOf } from './check-format.js';

/** Test suites. */
export const junit: CheckFormat = { render: renderSuites };

/** A test case before it is written. */
interface TestCase {
  /** Of its suite. */
  readonly input: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  /** Of what is wrong; for a warning, too. */
  readonly message: string | null;
  readonly type: string;
}

function* renderSuites(report: CheckReport): Generator<string> {
  const all = [...report.certificates.map(caseOf), ...otherFindings(report).map(caseOfFinding)];
  const suites = groupBy(all, ({ input }) => input);
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="anchorctl check"${counts(all)}>\n`;
  for (const [input, cases] of suites) yield renderSuite(input, cases, report.at);
  yield '</testsuites>\n';
}

function caseOf(checked: CheckedCertificate): TestCase {
  const { certificate, source, level, ignored } = checked;
  const { input } = source;
  const name = `${nameOf(checked)} (${placeOf(source)})`;
  if (ignored !== null) return { input, name, outcome: 'skipped', message: ignored.message, type: '' };
  const [what, date] = level === 'not-yet-valid' ? ['begins', certificate.notBefore] : ['ends', certificate.notAfter];
  return {
    input,
    name,
    outcome: isPassed(checked) ? 'passed' : 'failure',
    message: level === 'ok' ? null : `${level}: ${what} on ${date === null ? 'an unknown day' : toDay(date)}`,
    type: `expiry/${level}`,
  };
}

function caseOfFinding(finding: Finding): TestCase {
  const { code, severity, message, hint, source } = finding;
  const input = source?.input ?? '-';
  const name = source === null ? code : `${code} (${placeOf(source)})`;
  if (code === 'policy/ignored') return { input, name, outcome: 'skipped', message, type: '' };
  const outcome = severity !== 'error' ? 'passed' : isUnread(finding) ? 'error' : 'failure';
  return { input, name, outcome, message: hint === undefined ? message : `${message}; ${hint}`, type: code };
}

function renderSuite(input: string, cases: readonly TestCase[], at: Date): string {
  const head = `  <testsuite name="${escapeXml(input)}"${counts(cases)} skipped="${count(cases, 'skipped')}" timestamp="${toRfc3339(at).slice(0, 19)}" time="0">\n`;
  return `${head}${cases.map(renderCase).join('')}  </testsuite>\n`;
}

function renderCase({ input, name, outcome, message, type }: TestCase): string {
  const head = `    <testcase classname="${escapeXml(input)}" name="${escapeXml(name)}" time="0"`;
  if (message === null) return `${head}/>\n`;
  return `${head}>\n      ${renderOutcome(outcome, escapeXml(message), escapeXml(type))}\n    </testcase>\n`;
}

function renderOutcome(outcome: TestCase['outcome'], text: string, type: string): string {
  if (outcome === 'passed') return `<system-out>${text}</system-out>`;
  if (outcome === 'skipped') return `<skipped message="${text}"/>`;
  // Some servers show the attribute, others the text.
  return `<${outcome} type="${type}" message="${text}">${text}</${outcome}>`;
}

function counts(cases: readonly TestCase[]): string {
  return ` tests="${cases.length}" failures="${count(cases, 'failure')}" errors="${count(cases, 'error')}"`;
}

function count(cases: readonly TestCase[], outcome: TestCase['outcome']): number {
  return cases.filter((one) => one.outcome === outcome).length;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text and attribute values; what XML 1.0 has no place for is escaped before. */
function escapeXml(text: string): string {
  return toPrintable(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}
