/**
 * What `check` found as SARIF 2.1.0 (OASIS), the form that code scanning takes: one run, a result for each finding, with
 * fingerprints that stay the same while the certificate stays where it is.
 *
 * @module
 */
import type { CheckReport } from '../../check/check-report.js';
import type { Finding, Severity } from '../../check/finding.js';
import { renderDocument } from '../../encoding/json-text.js';
import { toRfc3339 } from '../../encoding/rfc3339.js';
import { CODES } from '../../errors.js';
import { type CheckFormat, lineOfInput, type RenderContext } from './check-format.js';
import { type Fingerprinted, fingerprintsOf } from './fingerprint.js';

/** A log with one run. */
export const sarif: CheckFormat = {
  render(report, context) {
    const { at, findings } = report;
    const placed = findings.filter(({ source }) => source !== null);
    const rules = rulesOf(placed);
    const driver = { name: 'anchorctl', semanticVersion: context.version, rules: [...rules.values()] };
    const codes = [...rules.keys()];
    const log = {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver },
          invocations: [
            { executionSuccessful: isComplete(findings), endTimeUtc: toRfc3339(at), ...toNotifications(findings) },
          ],
          columnKind: 'utf16CodeUnits',
          results: fingerprintsOf(placed, context).map((one) => toResult(one, codes, report, context)),
        },
      ],
    };
    return [renderDocument(log)];
  },
};

/** SARIF 3.20.14: false when the run did not come to its end. */
function isComplete(findings: CheckReport['findings']): boolean {
  return findings.every(({ code }) => code !== 'run/interrupted');
}

/** SARIF 3.20.21: what is about the run and about no file. GitHub refuses a log in which a result has no location. */
function toNotifications(findings: CheckReport['findings']): Readonly<Record<string, unknown>> {
  const notifications = findings
    .filter(({ source }) => source === null)
    .map(({ code, severity, message, hint }) => ({
      descriptor: { id: code },
      level: LEVELS[severity],
      message: { text: escapeMessage(hint === undefined ? message : `${message} (${hint})`) },
    }));
  return notifications.length === 0 ? {} : { toolExecutionNotifications: notifications };
}

/** SARIF 3.27.10 */
const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };
/** What GitHub sorts the alerts of a rule by. */
const PROBLEM_SEVERITIES: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'recommendation',
};

/** What a rule is made of; without a hint where findings have different ones, which may name a root or a file. */
type RuleFacts = Pick<Finding, 'code' | 'severity'> & { readonly hint: string | undefined };

/** Codes in their order, each with its rule. */
function rulesOf(findings: readonly Finding[]): ReadonlyMap<string, unknown> {
  const facts = new Map<string, RuleFacts>();
  for (const { code, severity, hint } of findings) {
    const known = facts.get(code);
    if (known === undefined) facts.set(code, { code, severity, hint });
    else if (known.hint !== hint) facts.set(code, { ...known, hint: undefined });
  }
  return new Map([...facts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, rule]) => [code, toRule(rule)]));
}

/** SARIF 3.49. Nothing of it is about one certificate, so that it is the same rule wherever it is met. */
function toRule({ code, severity, hint }: RuleFacts): Readonly<Record<string, unknown>> {
  const [area = '', what = ''] = code.split('/');
  const page = code in CODES ? 'docs/errors.md' : 'docs/findings.md';
  return {
    id: code,
    name: [area, ...what.split('-')].map((word) => word.replace(/^./, (letter) => letter.toUpperCase())).join(''),
    shortDescription: { text: `${area}: ${what.replaceAll('-', ' ')}` },
    fullDescription: { text: describe(code) },
    help: { text: escapeMessage(`${hint === undefined ? '' : `What to do: ${hint}. `}See ${code} in ${page}.`) },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['certificate', area], 'problem.severity': PROBLEM_SEVERITIES[severity] },
  };
}

const EXPIRY: Readonly<Record<string, string>> = {
  'expiry/critical': 'Less is left of the certificate than --fail asks for.',
  'expiry/expired': 'The notAfter of the certificate has passed.',
  'expiry/no-date': 'A device describes the certificate without saying when it ends.',
  'expiry/not-yet-valid': 'The notBefore of the certificate has not come.',
  'expiry/warning': 'Less is left of the certificate than --warn asks for.',
};

function describe(code: Finding['code']): string {
  const known = EXPIRY[code];
  if (known !== undefined) return known;
  if (code in CODES) return 'Something could not be read whole: which certificates it holds is not known.';
  return 'A rule about certificates is not met.';
}

function toResult(
  { finding, fingerprint, occurrence }: Fingerprinted,
  codes: readonly string[],
  report: CheckReport,
  context: RenderContext,
): Readonly<Record<string, unknown>> {
  const { code, severity, message, hint, source } = finding;
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: LEVELS[severity],
    message: { text: escapeMessage(hint === undefined ? message : `${message} (${hint})`) },
    locations: source === null ? [] : [toLocation(source, report, context)],
    partialFingerprints: {
      'anchorctl/v1': `${fingerprint}:${occurrence}`,
      // The one that GitHub looks at.
      primaryLocationLineHash: `${fingerprint.slice(0, 16)}:${occurrence}`,
    },
  };
}

function toLocation(
  source: NonNullable<Finding['source']>,
  report: CheckReport,
  { toRelative }: RenderContext,
): Readonly<Record<string, unknown>> {
  const { input, member, alias, trustpoint } = source;
  // SARIF 3.28.4: no two may be equal, and 3.33.7: a kind may be any word where none of the usual ones fits.
  const logical = [
    ...(member === null ? [] : [{ fullyQualifiedName: member, kind: 'resource' }]),
    ...(alias === null ? [] : [{ fullyQualifiedName: alias, kind: 'member' }]),
    ...(trustpoint === null ? [] : [{ fullyQualifiedName: trustpoint, kind: 'trustpoint' }]),
  ];
  return {
    physicalLocation: {
      artifactLocation: toArtifact(toRelative(input)),
      region: { startLine: lineOfInput(source, report) ?? 1 },
    },
    ...(logical.length === 0 ? {} : { logicalLocations: logical }),
  };
}

/** SARIF 3.4: steps of a path percent-encoded; a relative one counts from the root of the checkout. */
function toArtifact(path: string): Readonly<Record<string, unknown>> {
  const text = path.replace(/\p{Surrogate}/gu, '\ufffd');
  if (/^[a-z][a-z0-9+.-]+:\/\//.test(text)) return { uri: encodeURI(text) };
  const steps = text.split('/').map(encodeURIComponent).join('/');
  if (/^[A-Za-z]%3A\//.test(steps)) return { uri: `file:///${steps.replace('%3A', ':')}` };
  return steps.startsWith('/') ? { uri: `file://${steps}` } : { uri: steps, uriBaseId: '%SRCROOT%' };
}

/** SARIF 3.11.5: a brace would begin a placeholder; 3.11.6: `](` makes a link, to wherever a certificate says. */
function escapeMessage(text: string): string {
  return text.replace(/[{}]/g, '$&$&').replaceAll('](', '] (');
}
