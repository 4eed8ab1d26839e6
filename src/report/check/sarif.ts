/**
 * What `check` found as SARIF 2.1.0 (OASIS), the form that code scanning takes: one run, a result for each finding, with
 * fingerprints that stay the same while the certificate stays where it is.
 *
 * @module
 */
import type { Finding, Severity } from '../../check/finding.js';
import { toRfc3339 } from '../../encoding/rfc3339.js';
import { renderDocument } from '../json.js';
import { type CheckFormat, fingerprintOf, type RenderContext } from './check-format.js';

/** A log with one run. */
export const sarif: CheckFormat = {
  name: 'sarif',
  render({ at, findings }, context) {
    const codes = [...new Set(findings.map(({ code }) => code))].sort();
    const driver = { name: 'anchorctl', semanticVersion: context.version, rules: codes.map(toRule) };
    const log = {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver },
          invocations: [{ executionSuccessful: true, endTimeUtc: toRfc3339(at) }],
          columnKind: 'utf16CodeUnits',
          results: findings.map((finding) => toResult(finding, codes, context)),
        },
      ],
    };
    return [renderDocument(log)];
  },
};

/** SARIF 3.27.10 */
const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** SARIF 3.49: words in the place of the code, which is what there is to say of every finding that has it. */
function toRule(code: string): Readonly<Record<string, unknown>> {
  const [area = '', what = ''] = code.split('/');
  return { id: code, name: code, shortDescription: { text: `${area}: ${what.replaceAll('-', ' ')}` } };
}

function toResult(
  finding: Finding,
  codes: readonly string[],
  context: RenderContext,
): Readonly<Record<string, unknown>> {
  const { code, severity, message, hint, source } = finding;
  const uri = source === null ? null : toUri(context.toRelative(source.input));
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: LEVELS[severity],
    message: { text: hint === undefined ? message : `${message}. ${hint}` },
    ...(source === null || uri === null ? {} : { locations: [toLocation(source, uri)] }),
    partialFingerprints: { 'anchorctl/v1': fingerprintOf(finding, uri) },
  };
}

function toLocation(source: NonNullable<Finding['source']>, uri: string): Readonly<Record<string, unknown>> {
  const { member, line, alias, trustpoint } = source;
  const logical = [
    ...(member === null ? [] : [{ fullyQualifiedName: member, kind: 'resource' }]),
    ...(alias === null ? [] : [{ fullyQualifiedName: alias, kind: 'member' }]),
    ...(trustpoint === null ? [] : [{ fullyQualifiedName: trustpoint, kind: 'member' }]),
  ];
  return {
    physicalLocation: {
      artifactLocation: { uri },
      // The line counts within the member of an archive.
      region: { startLine: member === null ? (line ?? 1) : 1 },
    },
    ...(logical.length === 0 ? {} : { logicalLocations: logical }),
  };
}

/** A URI reference (RFC 3986): steps of a path percent-encoded, a Windows path as a file URI, another URI as it is. */
function toUri(path: string): string {
  if (/^[a-z][a-z0-9+.-]+:\/\//.test(path)) return encodeURI(path);
  const steps = path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  if (/^[A-Za-z]%3A\//.test(steps)) return `file:///${steps.replace('%3A', ':')}`;
  return steps.startsWith('/') ? `file://${steps}` : steps;
}
