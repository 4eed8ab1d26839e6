/**
 * What `check` found as a code quality report of GitLab: an array of issues, each with a fingerprint that stays the same
 * while the certificate stays where it is.
 *
 * @module
 */
import type { CheckReport } from '../../check/check-report.js';
import type { Severity } from '../../check/finding.js';
import { renderDocument } from '../../encoding/json-text.js';
import { toPrintable } from '../../encoding/printable.js';
import { type CheckFormat, lineOfInput, type RenderContext } from './check-format.js';
import { type Fingerprinted, fingerprintsOf } from './fingerprint.js';

/** The JSON that `artifacts:reports:codequality` takes. */
export const gitlab: CheckFormat = {
  render: (report, context) => [
    renderDocument(fingerprintsOf(report.findings, context).map((one) => toIssue(one, report, context))),
  ],
};

const SEVERITIES: Readonly<Record<Severity, string>> = { error: 'critical', warning: 'minor', info: 'info' };

function toIssue(
  { finding, fingerprint, occurrence }: Fingerprinted,
  report: CheckReport,
  { toRelative }: RenderContext,
): Readonly<Record<string, unknown>> {
  const { severity, code, message, hint, source } = finding;
  // The location has no more than the file.
  const within = source?.member == null ? '' : `${toPrintable(source.member)}: `;
  return {
    description: `${within}${message}${hint === undefined ? '' : ` (${hint})`}`,
    check_name: code,
    // Of issues with one fingerprint GitLab shows one.
    fingerprint: occurrence === 1 ? fingerprint : `${fingerprint}-${occurrence}`,
    severity: SEVERITIES[severity],
    location: {
      path: source === null ? '-' : toRelative(source.input),
      lines: { begin: (source === null ? null : lineOfInput(source, report)) ?? 1 },
    },
  };
}
