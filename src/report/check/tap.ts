/**
 * What `check` found in the Test Anything Protocol (TAP 14): a test point for each certificate at each of its places, and one
 * for everything else that was found. A warning passes and says so in its diagnostics; a certificate that the policy ignores is
 * skipped.
 *
 * @module
 */
import type { CheckedCertificate } from '../../check/check-report.js';
import type { Finding } from '../../check/finding.js';
import { toPrintable } from '../../encoding/printable.js';
import { toRfc3339 } from '../../encoding/rfc3339.js';
import { type CheckFormat, isPassed, nameOf, otherFindings, placeOf } from './check-format.js';

/** Test points. */
export const tap: CheckFormat = {
  *render(report) {
    const { certificates } = report;
    const others = otherFindings(report);
    yield `TAP version 14\n1..${certificates.length + others.length}\n`;
    let number = 0;
    for (const checked of certificates) yield renderCertificate(++number, checked);
    for (const finding of others) yield renderFinding(++number, finding);
  },
};

function renderCertificate(number: number, checked: CheckedCertificate): string {
  const { certificate, source, level, daysLeft, ignored } = checked;
  const description = `${nameOf(checked)} in ${placeOf(source)}`;
  if (ignored !== null) return renderSkipped(number, description, ignored.message);
  return renderPoint(number, isPassed(checked), description, {
    level,
    ...(daysLeft === null ? {} : { daysLeft: daysLeft.toFixed(2) }),
    ...(certificate.notAfter === null ? {} : { notAfter: toRfc3339(certificate.notAfter) }),
  });
}

function renderFinding(number: number, { severity, code, message, source }: Finding): string {
  const description = source === null ? code : `${code} in ${placeOf(source)}`;
  if (code === 'policy/ignored') return renderSkipped(number, description, message);
  return renderPoint(number, severity !== 'error', description, { severity, message: toPrintable(message) });
}

function renderSkipped(number: number, description: string, reason: string): string {
  return `ok ${number} - ${escapeDescription(description)} # SKIP ${escapeDescription(toPrintable(reason))}\n`;
}

function renderPoint(
  number: number,
  isOk: boolean,
  description: string,
  diagnostics: Readonly<Record<string, string>>,
): string {
  const point = `${isOk ? 'ok' : 'not ok'} ${number} - ${escapeDescription(description)}\n`;
  if (isOk && diagnostics.level === 'ok') return point;
  // A JSON string is a YAML one.
  const lines = Object.entries(diagnostics).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  return `${point}  ---\n${lines.join('')}  ...\n`;
}

/** A `#` would begin a directive. */
function escapeDescription(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('#', '\\#');
}
