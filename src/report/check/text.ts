/**
 * What `check` found, for a person: a line a certificate, sorted by the day on which it ends, what ends first last, where
 * it is seen first on a terminal; then what else is wrong, and how many there are of each kind.
 *
 * @module
 */
import { type CheckedCertificate, type CheckReport, isAboutExpiry } from '../../check/check-report.js';
import type { Finding } from '../../check/finding.js';
import { toPrintable } from '../../encoding/printable.js';
import { toDay } from '../../encoding/rfc3339.js';
import { placePath, wrap, wrapBehind } from '../wrap.js';
import {
  type CheckFormat,
  groupByCertificate,
  nameOf,
  type Occurrences,
  placeOf,
  scopeOf,
  verdictOf,
} from './check-format.js';

/** A table that a terminal of 80 columns shows; only a path, with the line in it, is longer than that where it has to be. */
export const text: CheckFormat = { render: renderText };

/** Cells of the bar that shows how much of a lifetime is left. */
const BAR = 10;
const BARS: readonly string[] = Array.from({ length: BAR + 1 }, (_, full) => `[${'#'.repeat(full).padEnd(BAR, '.')}]`);
const LEVEL_WIDTH = 'not-yet-valid'.length;
const INDENTATION = ' '.repeat(LEVEL_WIDTH + 2);
/** Places of one certificate that are listed; a root may stand in hundreds of stores. */
const PLACES = 5;

function* renderText(report: CheckReport): Generator<string> {
  const { findings, certificates, policy } = report;
  const rows = [...groupByCertificate(certificates)].sort((a, b) => endOf(b[0]) - endOf(a[0]));
  for (const row of rows) yield renderRow(row);
  if (rows.length > 0) yield '\n';
  for (const finding of findings) if (!isAboutExpiry(finding.code)) yield renderFinding(finding);
  yield renderSummary(report);
  if (policy !== null) yield placePath('by the policy ', toPrintable(policy));
}

/** As `renderFinding` for stderr, in lines of a window. */
function renderFinding({ severity, code, message, hint, source }: Finding): string {
  const place = source === null ? `${severity}:` : `${severity}: ${placeOf(source)}:`;
  const second = hint === undefined ? '' : wrap(toPrintable(hint), '  hint: ', '    ');
  return wrapBehind(place, `${toPrintable(message)} [${code}]`) + second;
}

function renderRow(row: Occurrences): string {
  const [first] = row;
  const { notAfter } = first.certificate;
  const ends = notAfter === null ? 'unknown   ' : toDay(notAfter);
  const start = `${verdictOf(first).padEnd(LEVEL_WIDTH)}  ${ends}  ${left(first).padStart(8)}  ${bar(first)}  `;
  let text = wrap(nameOf(first), start, ' '.repeat(start.length));
  for (const { source } of row.slice(0, PLACES)) text += placePath(INDENTATION, placeOf(source));
  const more = row.length - PLACES;
  return more > 0 ? `${text}${INDENTATION}and ${more} more ${more === 1 ? 'place' : 'places'}\n` : text;
}

function endOf({ certificate }: CheckedCertificate): number {
  return certificate.notAfter?.getTime() ?? Number.NEGATIVE_INFINITY;
}

/** `-3 d`, `5 h`, `412 d`, `7973 y` */
function left({ daysLeft }: CheckedCertificate): string {
  if (daysLeft === null) return '? d';
  const hours = Math.trunc(daysLeft * 24);
  if (Math.abs(hours) < 48) return `${hours} h`;
  // The column has room for a million: what ends in the year 9999 has more.
  return Math.abs(daysLeft) < 1e6 ? `${Math.trunc(daysLeft)} d` : `${Math.trunc(daysLeft / 365.2425)} y`;
}

/** How much of its lifetime a certificate has left. */
function bar({ certificate: { notBefore, notAfter }, daysLeft }: CheckedCertificate): string {
  if (notBefore === null || notAfter === null || daysLeft === null) return ' '.repeat(BAR + 2);
  const share = (daysLeft * 86_400_000) / (notAfter.getTime() - notBefore.getTime());
  return BARS[Math.ceil(Math.min(1, Math.max(0, share || 0)) * BAR)] ?? '';
}

function renderSummary(report: CheckReport): string {
  const { files, certificates, others = 0, ...counts } = report.summary;
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what === 'errors' && count === 1 ? 'error' : what}`);
  const of = others === 0 ? '' : ` of ${certificates + others}`;
  const all = `${certificates}${of} ${certificates + others === 1 ? 'certificate' : 'certificates'}`;
  const where = `in ${files} ${files === 1 ? 'file' : 'files'}${scopeOf(report)}`;
  return wrap(`${all} ${where}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`, '', '  ');
}
