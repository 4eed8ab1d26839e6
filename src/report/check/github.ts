/**
 * What `check` found as annotations of GitHub Actions: a workflow command a line, which GitHub shows beside the file.
 *
 * A line can only be what was written here: `%`, CR and LF of every text are encoded, and `:` and `,` of properties too, as
 * the toolkit of Actions does (`@actions/core`, command.ts).
 *
 * @module
 */
import type { CheckReport } from '../../check/check-report.js';
import type { Finding, Severity } from '../../check/finding.js';
import { toPrintable } from '../../encoding/printable.js';
import { type CheckFormat, lineOfInput, type RenderContext } from './check-format.js';

/** Annotations. */
export const github: CheckFormat = {
  *render(report, context) {
    for (const finding of byUrgency(report.findings)) yield renderAnnotation(finding, report, context);
  },
};

/** Of many annotations of a kind GitHub shows the first ten: what works no more stands before what will. */
function byUrgency(findings: readonly Finding[]): readonly Finding[] {
  const hasExpired = ({ code }: Finding) => code === 'expiry/expired';
  return [...findings.filter(hasExpired), ...findings.filter((finding) => !hasExpired(finding))];
}

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

function renderAnnotation(
  { severity, code, message, hint, source }: Finding,
  report: CheckReport,
  { toRelative }: RenderContext,
): string {
  const place = source === null ? [] : [`file=${encodeProperty(toRelative(source.input))}`];
  const number = source === null ? null : lineOfInput(source, report);
  const line = number === null ? [] : [`line=${number}`];
  const within = source?.member == null ? '' : `${source.member}: `;
  const properties = [...place, ...line, `title=${encodeProperty(code)}`].join(',');
  const text = `${within}${message}${hint === undefined ? '' : ` (${hint})`}`;
  return `::${COMMANDS[severity]} ${properties}::${encodeData(toPrintable(text))}\n`;
}

function encodeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function encodeProperty(text: string): string {
  return encodeData(toPrintable(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
