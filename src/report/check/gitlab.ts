/**
 * What `check` found as a code quality report of GitLab: an array of issues, each with a fingerprint that stays the same
 * while the certificate stays where it is.
 *
 * @module
 */
import type { Finding, Severity } from '../../check/finding.js';
import { renderDocument } from '../json.js';
import { type CheckFormat, fingerprintOf, type RenderContext } from './check-format.js';

/** The JSON that `artifacts:reports:codequality` takes. */
export const gitlab: CheckFormat = {
  name: 'gitlab',
  render: ({ findings }, context) => [renderDocument(findings.map((finding) => toIssue(finding, context)))],
};

const SEVERITIES: Readonly<Record<Severity, string>> = { error: 'critical', warning: 'minor', info: 'info' };

function toIssue(finding: Finding, { toRelative }: RenderContext): Readonly<Record<string, unknown>> {
  const { severity, code, message, hint, source } = finding;
  const path = source === null ? '-' : toRelative(source.input);
  return {
    description: hint === undefined ? message : `${message} (${hint})`,
    check_name: code,
    fingerprint: fingerprintOf(finding, path),
    severity: SEVERITIES[severity],
    location: { path, lines: { begin: source?.member == null ? (source?.line ?? 1) : 1 } },
  };
}
