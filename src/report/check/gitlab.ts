/**
 * What `check` found as a code quality report of GitLab: an array of issues, each with a fingerprint that stays the same
 * while the certificate stays where it is.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Finding, Severity } from '../../check/finding.js';
import { renderDocument } from '../json.js';
import type { CheckFormat, RenderContext } from './check-format.js';

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

/** Without the message and the line, which change from day to day. */
function fingerprintOf({ code, source, sha256 }: Finding, path: string): string {
  const { member, alias, trustpoint, line } = source ?? {};
  const place = [path, member, alias, trustpoint, ...(sha256 === undefined ? [line] : [])];
  return createHash('sha256')
    .update(JSON.stringify([code, sha256, place]))
    .digest('hex');
}
