/**
 * What `check` found as Markdown (the GitHub dialect): for tickets, wikis, and the summary of a job.
 *
 * @module
 */
import { type CheckedCertificate, isAboutExpiry } from '../../check/check-report.js';
import type { Finding } from '../../check/finding.js';
import { toPrintable } from '../../encoding/printable.js';
import { toDay, toRfc3339 } from '../../encoding/rfc3339.js';
import { type CheckFormat, nameOf, placeOf, scopeOf, verdictOf } from './check-format.js';

/** Tables. */
export const markdown: CheckFormat = {
  *render(report) {
    const { at, summary, certificates, findings } = report;
    yield `## Certificates as of ${toRfc3339(at)}\n\n`;
    const scope = scopeOf(report);
    if (scope !== '') yield `Only files ${escapeCell(scope.trim())}\n\n`;
    const counts = Object.entries(summary);
    yield `| ${counts.map(([what]) => what).join(' | ')} |\n|${'---:|'.repeat(counts.length)}\n`;
    yield `| ${counts.map(([, count]) => count).join(' | ')} |\n`;
    const urgent = certificates.filter(({ level }) => level !== 'ok').sort(byEnd);
    if (urgent.length > 0) yield '\n| level | expires | days left | certificate | place |\n|---|---|---:|---|---|\n';
    for (const checked of urgent) yield renderRow(checked);
    const others = findings.filter(({ code }) => !isAboutExpiry(code));
    if (others.length > 0) yield '\n| severity | code | what | place |\n|---|---|---|---|\n';
    for (const finding of others) yield renderFinding(finding);
  },
};

function byEnd(a: CheckedCertificate, b: CheckedCertificate): number {
  return (a.daysLeft ?? 0) - (b.daysLeft ?? 0);
}

function renderRow(checked: CheckedCertificate): string {
  const { certificate, source, daysLeft } = checked;
  const ends = certificate.notAfter === null ? 'unknown' : toDay(certificate.notAfter);
  const left = daysLeft === null ? '' : daysLeft.toFixed(1);
  return `| ${verdictOf(checked)} | ${ends} | ${left} | ${escapeCell(nameOf(checked))} | ${escapeCell(placeOf(source))} |\n`;
}

function renderFinding({ severity, code, message, source }: Finding): string {
  const place = source === null ? '' : placeOf(source);
  return `| ${severity} | ${code} | ${escapeCell(toPrintable(message))} | ${escapeCell(place)} |\n`;
}

/**
 * A code span, in which nothing is markup, a mention or a link. A bar would end the cell even there and so has a backslash,
 * which must not have one before it.
 */
function escapeCell(text: string): string {
  const safe = text
    .replaceAll('`', "'")
    .replace(/(?<!\\)\\+(?=\|)/g, (backslashes) => '/'.repeat(backslashes.length))
    .replaceAll('|', '\\|');
  return text === '' ? '' : `\`${safe}\``;
}
