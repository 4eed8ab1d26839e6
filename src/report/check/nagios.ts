/**
 * What `check` found as a Nagios plugin says it (Monitoring Plugins Development Guidelines): a line with the state and the
 * performance data, longer text below. Its exit status has a map of its own, `nagiosStatus`.
 *
 * @module
 */
import type { CheckedCertificate, CheckReport } from '../../check/check-report.js';
import type { Threshold } from '../../check/expiry.js';
import { toPrintable } from '../../encoding/printable.js';
import { toDay } from '../../encoding/rfc3339.js';
import { type CheckFormat, isUnread, nameOf, placeOf, scopeOf } from './check-format.js';

/** The exit status of a plugin. */
export type NagiosStatus = 0 | 1 | 2 | 3;

const STATES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;
const UNKNOWN: NagiosStatus = 3;

/** Lines of long text, and bytes of a text in it: all of it is to fit into the 8 KB that Nagios keeps. */
const LONG_LINES = 20;
const LONG_TEXT = 300;

/** The output of a plugin. */
export const nagios: CheckFormat = { render: renderNagios };

/**
 * The exit status of a plugin: critical where a certificate or a rule is, unknown where something could not be read, then
 * warning.
 */
export function nagiosStatus({ findings }: Pick<CheckReport, 'findings'>): NagiosStatus {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.some((finding) => !isUnread(finding))) return 2;
  if (errors.length > 0) return UNKNOWN;
  return findings.some(({ severity }) => severity === 'warning') ? 1 : 0;
}

/** The one line of a call that ended before there was anything to report. */
export function renderNagiosFailure(message: string): string {
  return `CERTIFICATES UNKNOWN: ${toText(message)}\n`;
}

function* renderNagios(report: CheckReport): Generator<string> {
  const { summary, certificates, findings } = report;
  const counts = Object.entries(summary).filter(([what, count]) => what !== 'files' && count > 0);
  const counted = counts.map(([what, count]) => `${count} ${count === 1 ? what.replace(/s$/, '') : what}`);
  const text = counted.join(', ') || `nothing found${inFiles(report)}`;
  // What the policy has an exception for is as it is to be, and would hide what ends behind it.
  const judged = certificates.filter(({ ignored }) => ignored === null);
  const next = judged.reduce<CheckedCertificate | null>(
    (first, one) => ((one.daysLeft ?? Infinity) < (first?.daysLeft ?? Infinity) ? one : first),
    null,
  );
  const first = next === null ? '' : `; ${describe(next)} ends first`;
  const state = STATES[nagiosStatus(report)];
  yield `CERTIFICATES ${state}: ${toText(text + first)} | ${performanceData(report, next)}\n`;
  const urgent = findings.filter(({ severity }) => severity !== 'info');
  for (const { severity, message, source } of urgent.slice(0, LONG_LINES)) {
    yield `${severity}: ${toText(`${source === null ? '' : `${placeOf(source)}: `}${message}`)}\n`;
  }
  if (urgent.length > LONG_LINES) yield `and ${urgent.length - LONG_LINES} more\n`;
}

function inFiles(report: CheckReport): string {
  const scope = scopeOf(report);
  return scope === '' ? '' : ` in files${scope}`;
}

function describe(checked: CheckedCertificate): string {
  const { notAfter } = checked.certificate;
  return `${nameOf(checked)} (${notAfter === null ? 'unknown' : toDay(notAfter)})`;
}

/** `'label'=value[UOM];[warn];[crit];[min];[max]` (guidelines, "Performance data"). */
function performanceData({ summary }: CheckReport, next: CheckedCertificate | null): string {
  const days = next?.daysLeft == null ? [] : [`days_left=${next.daysLeft.toFixed(2)};${thresholdsOf(next)}`];
  const counts = Object.entries(summary).map(([what, count]) => `${what}=${count};;;0`);
  return [...days, ...counts].join(' ');
}

/** Ranges that alert below a number of days; a share of a lifetime is no such number. */
function thresholdsOf({ thresholds: { warn, fail } }: CheckedCertificate): string {
  const range = (threshold: Threshold) =>
    'milliseconds' in threshold ? `${Number((threshold.milliseconds / 86_400_000).toFixed(4))}:` : '';
  return `${range(warn)};${range(fail)}`;
}

/**
 * A bar would begin performance data. What else is replaced could act on the page or in the shell of a notification
 * command that the text ends up in, and Nagios takes it out of macros by default.
 */
function toText(text: string): string {
  const printable = toPrintable(text);
  // A character that is cut through decodes to a replacement character.
  const start = Buffer.from(printable)
    .toString('utf8', 0, LONG_TEXT)
    .replace(/\ufffd$/, '');
  const end = start.length < printable.length ? '...' : '';
  return `${start}${end}`.replaceAll('|', '/').replace(/[<>`$&]/g, '.');
}
