/**
 * What `check` found as JUnit XML, the form that CI servers read: a test suite for each input, a test case for each certificate
 * in it, and one for everything else that was found there. A warning is a test case that passes and says so.
 *
 * @module
 */
import { type CheckedCertificate, type CheckReport, isAboutExpiry } from '../../check/check-report.js';
import type { Finding } from '../../check/finding.js';
import { groupBy } from '../../encoding/group-by.js';
import { toPrintable } from '../../encoding/printable.js';
import { toDay, toRfc3339 } from '../../encoding/rfc3339.js';
import { type CheckFormat, isPassed, isUnread, nameOf, placeOf } from './check-format.js';

/** Test suites. */
export const junit: CheckFormat = { name: 'junit', render: renderSuites };

/** A test case before it is written. */
interface TestCase {
  readonly input: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failure' | 'error';
  /** Of what is wrong; for a warning, too. */
  readonly message: string | null;
  readonly type: string;
}

function* renderSuites({ at, certificates, findings }: CheckReport): Generator<string> {
  const others = findings.filter(({ code }) => !isAboutExpiry(code));
  const all = [...certificates.map(caseOf), ...others.map(caseOfFinding)];
  const suites = groupBy(all, ({ input }) => input);
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="anchorctl check"${counts(all)}>\n`;
  for (const [input, cases] of suites) yield renderSuite(input, cases, at);
  yield '</testsuites>\n';
}

function caseOf(checked: CheckedCertificate): TestCase {
  const { certificate, source, level } = checked;
  const ends = certificate.notAfter === null ? 'on an unknown day' : `on ${toDay(certificate.notAfter)}`;
  return {
    input: source.input,
    name: `${nameOf(checked)} (${placeOf(source)})`,
    outcome: isPassed(checked) ? 'passed' : 'failure',
    message: level === 'ok' ? null : `${level}: ends ${ends}`,
    type: `expiry/${level}`,
  };
}

function caseOfFinding(finding: Finding): TestCase {
  const { code, severity, message, hint, source } = finding;
  const outcome = severity !== 'error' ? 'passed' : isUnread(finding) ? 'error' : 'failure';
  const name = source === null ? code : `${code} (${placeOf(source)})`;
  const text = hint === undefined ? message : `${message}; ${hint}`;
  return { input: source?.input ?? '-', name, outcome, message: text, type: code };
}

function renderSuite(input: string, cases: readonly TestCase[], at: Date): string {
  const head = `  <testsuite name="${escapeXml(input)}"${counts(cases)} skipped="0" timestamp="${toRfc3339(at).slice(0, 19)}" time="0">\n`;
  return `${head}${cases.map(renderCase).join('')}  </testsuite>\n`;
}

function renderCase({ input, name, outcome, message, type }: TestCase): string {
  const head = `    <testcase classname="${escapeXml(input)}" name="${escapeXml(name)}" time="0"`;
  if (message === null) return `${head}/>\n`;
  const text = escapeXml(message);
  const body =
    outcome === 'passed'
      ? `      <system-out>${text}</system-out>\n`
      : `      <${outcome} type="${escapeXml(type)}" message="${text}"/>\n`;
  return `${head}>\n${body}    </testcase>\n`;
}

function counts(cases: readonly TestCase[]): string {
  const count = (outcome: TestCase['outcome']) => cases.filter((one) => one.outcome === outcome).length;
  return ` tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}"`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text and attribute values; what XML 1.0 has no place for is escaped before. */
function escapeXml(text: string): string {
  return toPrintable(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}
