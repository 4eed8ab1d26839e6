/**
 * The timeline of the HTML page: an SVG in which every certificate stands above the day on which it ends, as a mark of its
 * own, or in a bar where there are too many; and the same as a table.
 *
 * Days near the instant of the check are wide, years are narrow (a logarithm of the distance), because thresholds are days
 * and roots live for decades.
 *
 * @module
 */
import type { CheckReport } from '../../check/check-report.js';
import type { Level, Threshold } from '../../check/expiry.js';
import { toDay } from '../../encoding/rfc3339.js';
import { type Html, html, NOTHING } from '../html-text.js';
import { nameOf, type Occurrences } from './check-format.js';
import { LEVELS, shorten } from './html-table.js';

const DAY = 86_400_000;
const YEAR = 365.25;

const WIDTH = 760;
const LEFT = 12;
const COLUMN_WIDTH = 10;
const COLUMNS = Math.floor((WIDTH - 2 * LEFT) / COLUMN_WIDTH);
const TOP = 38;
const BASE = 168;
const HEIGHT = 212;

/** Marks that fit above one another. */
const MOST_MARKS = Math.floor((BASE - TOP) / COLUMN_WIDTH);
/** Days around the check that look about linear. */
const NEAR = 10;
/** What ends before or after stands at the edge. */
const EARLIEST = -10 * YEAR;
const LATEST = 30 * YEAR;
/** Names that a tooltip lists. */
const NAMES = 8;
/** Months before and after the check that have a row each; years have one outside. */
const MONTHS = 36;

const TICKS: readonly (readonly [number, string])[] = [
  ...([3, 7, 14, 30, 60, 90, 180] as const).map((days) => [days, `${days} d`] as const),
  ...([1, 2, 3, 5, 10, 15, 20, 30] as const).map((years) => [years * YEAR, `${years} y`] as const),
];
/** What the labels of two ticks take. */
const TICK_WIDTH = 66;

/** What a letter of the name of a threshold takes, rather too wide than too narrow. */
const LETTER_WIDTH = 6.5;

/** A certificate that ends on a known day. */
interface Mark {
  readonly name: string;
  readonly level: Level;
  readonly end: Date;
}

/** The range of distances that the axis shows. */
interface Axis {
  readonly at: Date;
  /** Of the scaled distance. */
  readonly first: number;
  readonly last: number;
}

/** The section of the timeline, without its heading. */
export function renderTimeline({ at, thresholds }: CheckReport, rows: readonly Occurrences[]): Html {
  const marks = rows.flatMap(([checked]): readonly Mark[] => {
    const { notAfter } = checked.certificate;
    return notAfter === null ? [] : [{ name: nameOf(checked), level: checked.level, end: notAfter }];
  });
  if (marks.length === 0) return html`<p>No certificate with a date was found.</p>\n`;
  const axis = axisOf(at, marks, thresholds);
  const columns = toColumns(axis, marks);
  const most = Math.max(...columns.map((column) => column.length));
  const drawing = columns.map((column, index) =>
    column.length === 0 ? NOTHING : renderColumn(axis, index, column, most),
  );
  const undated = rows.length - marks.length;
  return html`<p>${most <= MOST_MARKS ? 'One mark a certificate.' : 'A bar is as high as the square root of the number of certificates.'} Days near ${toDay(at)} are wide, years are narrow.
Warning: less than ${describeThreshold(thresholds.warn)} left; critical: less than ${describeThreshold(thresholds.fail)}.${undated === 0 ? '' : ` Without a date: ${undated}.`}</p>
<p class="legend">${LEVELS.map((level) => html`<span class="level ${level}">${level}</span> `)}</p>
<div id="timeline-area" class="drawing" role="region" aria-label="Timeline of expiries" tabindex="0">
<svg id="timeline-svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="timeline-name timeline-text">
<title id="timeline-name">Timeline of expiries</title>
<desc id="timeline-text">${marks.length} ${marks.length === 1 ? 'certificate' : 'certificates'} above the days on which they end. The table below has the same by month.</desc>
${renderAxis(axis)}${renderLines(axis, thresholds)}<g class="columns">
${drawing}</g>
</svg>
<div id="tooltip" role="tooltip" hidden></div>
</div>
<details class="alternative"><summary>The timeline as a table</summary>
${renderMonths(at, marks)}</details>
`;
}

function describeThreshold(threshold: Threshold): string {
  if ('share' in threshold) return `${Number((threshold.share * 100).toFixed(4))} % of the lifetime`;
  const days = threshold.milliseconds / DAY;
  return `${Number(days.toFixed(2))} ${days === 1 ? 'day' : 'days'}`;
}

function scale(days: number): number {
  const bounded = Math.min(LATEST, Math.max(EARLIEST, days));
  return Math.sign(bounded) * Math.log1p(Math.abs(bounded) / NEAR);
}

function unscale(scaled: number): number {
  return Math.sign(scaled) * Math.expm1(Math.abs(scaled)) * NEAR;
}

/** At least a week back and a quarter ahead, and as far as the thresholds. */
function axisOf(at: Date, marks: readonly Mark[], { warn, fail }: CheckReport['thresholds']): Axis {
  const ahead = [warn, fail].map((value) => ('share' in value ? 0 : value.milliseconds / DAY));
  let [earliest, latest] = [-7, Math.max(90, ...ahead)];
  for (const { end } of marks) {
    const days = distance(at, end);
    earliest = Math.min(earliest, days);
    latest = Math.max(latest, days);
  }
  // A little more than the last, which is thereby no edge.
  return { at, first: scale(earliest * 1.05), last: scale(latest * 1.05) };
}

function distance(at: Date, end: Date): number {
  return (end.getTime() - at.getTime()) / DAY;
}

function placeOn({ first, last }: Axis, days: number): number {
  return LEFT + ((scale(days) - first) / (last - first)) * COLUMNS * COLUMN_WIDTH;
}

function renderAxis(axis: Axis): Html {
  const right = LEFT + COLUMNS * COLUMN_WIDTH;
  const ticks: Html[] = [];
  const taken: number[] = [placeOn(axis, 0)];
  const both = TICKS.flatMap(([days, label]) => [
    { days, label: `in ${label}` },
    { days: -days, label: `${label} ago` },
  ]);
  for (const { days, label } of both.reverse()) {
    const x = placeOn(axis, days);
    const isOnAxis = scale(days) >= axis.first && scale(days) <= axis.last;
    const hasRoom = x >= LEFT + 20 && x <= right - 20 && taken.every((other) => Math.abs(other - x) >= TICK_WIDTH);
    if (!isOnAxis || !hasRoom) continue;
    taken.push(x);
    ticks.push(renderTick(x, toDay(new Date(axis.at.getTime() + days * DAY)), label));
  }
  const now = renderTick(placeOn(axis, 0), toDay(axis.at), 'checked');
  return html`<g class="axis"><line x1="${LEFT}" y1="${BASE}" x2="${right}" y2="${BASE}"/>${now}${ticks}</g>\n`;
}

function renderTick(x: number, day: string, label: string): Html {
  const at = x.toFixed(1);
  return html`<line x1="${at}" y1="${BASE}" x2="${at}" y2="${BASE + 5}"/><text x="${at}" y="${BASE + 19}" text-anchor="middle">${day}</text><text x="${at}" y="${BASE + 33}" text-anchor="middle">${label}</text>`;
}

/** The instant of the check, and the thresholds that are the same for all certificates. */
function renderLines(axis: Axis, { warn, fail }: CheckReport['thresholds']): Html {
  const line = (days: number, top: number, kind: string, name: Html) => {
    const x = placeOn(axis, days).toFixed(1);
    return html`<line class="${kind}" x1="${x}" y1="${top}" x2="${x}" y2="${BASE}"/>${name}`;
  };
  // The line to the right begins lower, below the name of the line to the left.
  const threshold = (value: Threshold, top: number, kind: string) => {
    if ('share' in value) return NOTHING;
    const days = value.milliseconds / DAY;
    const x = placeOn(axis, days);
    const text = `${kind} below ${describeThreshold(value)}`;
    const isNearEdge = x + text.length * LETTER_WIDTH > WIDTH;
    const side = isNearEdge ? html`dx="-4" text-anchor="end"` : html`dx="4"`;
    const name = html`<text class="${kind}" x="${x.toFixed(1)}" y="${top + 9}" ${side}>${text}</text>`;
    return line(days, top, kind, name);
  };
  const lines = [line(0, 2, 'at', NOTHING), threshold(fail, 2, 'critical'), threshold(warn, 18, 'warning')];
  return html`<g class="lines">${lines}</g>\n`;
}

/** The marks above each piece of the axis. */
function toColumns(axis: Axis, marks: readonly Mark[]): readonly (readonly Mark[])[] {
  const columns: Mark[][] = Array.from({ length: COLUMNS }, () => []);
  for (const mark of marks) {
    const index = Math.floor((placeOn(axis, distance(axis.at, mark.end)) - LEFT) / COLUMN_WIDTH);
    columns[Math.max(0, Math.min(index, COLUMNS - 1))]?.push(mark);
  }
  return columns;
}

function renderColumn(axis: Axis, index: number, marks: readonly Mark[], most: number): Html {
  const x = LEFT + index * COLUMN_WIDTH;
  const sorted = LEVELS.flatMap((level) => marks.filter((mark) => mark.level === level));
  const [from, to] = periodOf(axis, index);
  const days = describeDays(marks);
  const drawing =
    most <= MOST_MARKS ? sorted.map((mark, row) => renderMark(mark.level, x, row)) : renderBar(marks, x, most);
  return html`<g class="column"${from}${to} data-days="${days}"><title>${describeColumn(days, marks)}</title><rect class="area" x="${x}" y="${TOP}" width="${COLUMN_WIDTH}" height="${BASE - TOP}"/>${drawing}</g>\n`;
}

/** Seconds since 1970 from which and up to which certificates stand in a column; an edge has no bound. */
function periodOf({ at, first, last }: Axis, index: number): readonly [Html, Html] {
  const bound = (column: number) =>
    Math.ceil(at.getTime() / 1000 + (unscale(first + ((last - first) * column) / COLUMNS) * DAY) / 1000);
  return [
    index === 0 ? NOTHING : html` data-from="${bound(index)}"`,
    index === COLUMNS - 1 ? NOTHING : html` data-to="${bound(index + 1)}"`,
  ];
}

function describeDays(marks: readonly Mark[]): string {
  const ends = marks.map(({ end }) => toDay(end)).sort();
  const [first = '', last = ''] = [ends[0], ends.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}

function describeColumn(days: string, marks: readonly Mark[]): readonly Html[] {
  const first = [...marks].sort((a, b) => a.end.getTime() - b.end.getTime()).slice(0, NAMES);
  const more = marks.length - first.length;
  const names = first.map(({ name, level, end }) => `${toDay(end)} ${level}: ${shorten(name, 60)}`);
  const count = `${days}: ${marks.length} ${marks.length === 1 ? 'certificate' : 'certificates'}`;
  return [count, ...names, ...(more > 0 ? [`and ${more} more`] : [])].map((line) => html`${line}\n`);
}

/** A shape for each level: none is told by its colour alone. */
function renderMark(level: Level, x: number, row: number): Html {
  const y = BASE - (row + 1) * COLUMN_WIDTH;
  return html`<path class="mark ${level}" transform="translate(${x} ${y})" d="${SHAPES[level]}"/>`;
}

/** In a square of ten units. */
const SHAPES: Readonly<Record<Level, string>> = {
  expired: 'M1.5 3l1.5-1.5 2 2 2-2L8.5 3l-2 2 2 2L7 8.5l-2-2-2 2L1.5 7l2-2z',
  critical: 'M5 .8L9.2 5 5 9.2.8 5z',
  'not-yet-valid': 'M1.5 1.5h7v7h-7zM3.5 3.5v3h3v-3z',
  warning: 'M5 1l4.3 8H.7z',
  ok: 'M5 1.3a3.7 3.7 0 1 1 0 7.4 3.7 3.7 0 0 1 0-7.4z',
};

/** As high as the root of the number, so that a few that are urgent are seen beside many that are not; a part for each level. */
function renderBar(marks: readonly Mark[], x: number, most: number): readonly Html[] {
  const height = Math.sqrt(marks.length / most) * (BASE - TOP - 10);
  let y = BASE;
  return LEVELS.map((level) => {
    const count = marks.filter((mark) => mark.level === level).length;
    if (count === 0) return NOTHING;
    const part = Math.max(2, (count / marks.length) * height);
    y -= part;
    return html`<rect class="mark ${level}" x="${x + 0.5}" y="${y.toFixed(1)}" width="${COLUMN_WIDTH - 1}" height="${part.toFixed(1)}"/>`;
  });
}

function renderMonths(at: Date, marks: readonly Mark[]): Html {
  const present = at.getUTCFullYear() * 12 + at.getUTCMonth();
  const periodOfEnd = (end: Date) =>
    toDay(end).slice(0, Math.abs(end.getUTCFullYear() * 12 + end.getUTCMonth() - present) <= MONTHS ? 7 : 4);
  const counts = new Map<string, Map<Level, number>>();
  for (const { end, level } of marks) {
    const period = periodOfEnd(end);
    const count = counts.get(period) ?? new Map<Level, number>();
    counts.set(period, count.set(level, (count.get(level) ?? 0) + 1));
  }
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return html`<div class="drawing" role="region" aria-label="Certificates by month" tabindex="0">
<table class="numbers">
<caption>Certificates by the month, further away by the year, in which they end</caption>
<thead><tr><th scope="col">Ends in</th>${LEVELS.map((level) => html`<th scope="col">${level}</th>`)}</tr></thead>
<tbody>
${rows.map(([period, count]) => html`<tr><th scope="row">${period}</th>${LEVELS.map((level) => html`<td>${count.get(level) ?? 0}</td>`)}</tr>\n`)}</tbody>
</table>
</div>
`;
}
