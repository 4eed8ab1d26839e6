/**
 * The ledger of a rotation as text, JSON and HTML; as CSV in `ledger-csv.ts`.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { toDay, toRfc3339 } from '../encoding/rfc3339.js';
import type { AnchorState, LedgerTarget } from '../rotation/ledger.js';
import { html } from './html-text.js';
import { placePath, wrap } from './wrap.js';

/** An anchor that the ledger is about, with its name where it is known. */
export interface NamedAnchor {
  readonly sha256: string;
  readonly name: string | null;
}

/** Everything that a ledger says. */
export interface LedgerReport {
  readonly old: readonly NamedAnchor[];
  readonly new: readonly NamedAnchor[];
  readonly targets: readonly LedgerTarget[];
  /** Files in folders, and members of archives, without any sign of a certificate or configuration. */
  readonly passedOver: number;
}

/** The states, what is left to do first. */
const STATES: readonly AnchorState[] = ['unreadable', 'none', 'old-only', 'both', 'new-only'];

/** How many targets there are of each state, and of all. */
function countStates(targets: readonly LedgerTarget[]): Readonly<Record<AnchorState | 'targets', number>> {
  const count = (state: AnchorState) => targets.filter((target) => target.state === state).length;
  return {
    targets: targets.length,
    'new-only': count('new-only'),
    both: count('both'),
    'old-only': count('old-only'),
    none: count('none'),
    unreadable: count('unreadable'),
  };
}

/** A line a target, what is left to do last, where it is seen first on a terminal. */
export function renderLedger(report: LedgerReport): string {
  const width = Math.max(...STATES.map((state) => state.length));
  const order = [...STATES].reverse();
  const rows = order.flatMap((state) =>
    report.targets
      .filter((target) => target.state === state)
      .map((target) =>
        [placePath(`${state.padEnd(width)}  `, toPrintable(target.target)), ...describe(target, width)].join(''),
      ),
  );
  const anchors = [
    ...report.old.map((anchor) => renderAnchor('old', anchor)),
    ...report.new.map((anchor) => renderAnchor('new', anchor)),
  ];
  return `${anchors.join('')}\n${rows.join('')}${rows.length === 0 ? '' : '\n'}${renderSummary(report)}`;
}

function renderAnchor(which: 'old' | 'new', { sha256, name }: NamedAnchor): string {
  return name === null ? `${which}  ${sha256}\n` : `${wrap(name, `${which}  `, '     ')}     ${sha256}\n`;
}

function describe({ probably, oldExpires, oldUsedBy, problems }: LedgerTarget, width: number): readonly string[] {
  const indentation = ' '.repeat(width + 2);
  return [
    ...(probably.length === 0 ? [] : ['known without its bytes, by serial number: probably']),
    ...(oldExpires === null ? [] : [`the old one expires on ${toDay(oldExpires)}`]),
    ...oldUsedBy.map((line) => `the old one is used by: ${line}`),
    ...problems.map((problem) => `not read: ${problem}`),
  ].map((line) => wrap(toPrintable(line), indentation, `${indentation}  `));
}

function renderSummary({ targets, passedOver }: LedgerReport): string {
  const { targets: all, ...counts } = countStates(targets);
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  const found = `${all} ${all === 1 ? 'target' : 'targets'}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}\n`;
  // The configuration of a device may be one of them: a backup that failed is empty.
  const files = passedOver === 1 ? 'file was' : 'files were';
  return passedOver === 0
    ? found
    : `${found}${passedOver} ${files} passed over: no sign of a configuration or certificate\n`;
}

/** The document, without its findings. */
export function toLedgerJson({ old, new: recent, targets, passedOver }: LedgerReport): {
  readonly schema: string;
  readonly [key: string]: unknown;
} {
  return {
    schema: 'anchorctl/ledger/1',
    anchors: { old: old.map(({ sha256 }) => sha256), new: recent.map(({ sha256 }) => sha256) },
    targets: targets.map(({ oldExpires, ...target }) => ({
      ...target,
      oldExpires: oldExpires === null ? null : toRfc3339(oldExpires),
    })),
    summary: countStates(targets),
    passedOver,
  };
}

/** The columns of a table, for people and spreadsheets. */
export const COLUMNS = ['target', 'kind', 'state', 'has', 'probably', 'oldExpires', 'oldUsedBy', 'problems'] as const;

/** The cells of a target, in the order of the columns. Printable, and nothing else than text. */
export function toCells(target: LedgerTarget): readonly string[] {
  return [
    target.target,
    target.kind,
    target.state,
    target.has.join(' '),
    target.probably.join(' '),
    target.oldExpires === null ? '' : toRfc3339(target.oldExpires),
    target.oldUsedBy.join('; '),
    target.problems.join('; '),
  ].map((cell) => toPrintable(cell));
}

/** One page that needs nothing but itself: no script, no style from elsewhere, nothing that is fetched. */
export function renderLedgerHtml(report: LedgerReport): string {
  const rows = [...report.targets]
    .sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state))
    .map((target) => {
      const [name = '', kind = '', state = '', , probably = '', expires = '', usedBy = '', problems = ''] =
        toCells(target);
      const cells = [
        name,
        kind,
        `${state}${probably === '' ? '' : ' (probably)'}`,
        expires.slice(0, 10),
        usedBy,
        problems,
      ];
      return html`<tr class="${state}">${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`;
    });
  const anchors = [
    ...report.old.map((one) => ['old', one] as const),
    ...report.new.map((one) => ['new', one] as const),
  ];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ledger of a rotation</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<h1>Ledger of a rotation</h1>
<p>${renderSummary(report).trim()}</p>
<dl>
${anchors.map(([which, { sha256, name }]) => html`<dt>${which}: ${name ?? 'not at hand'}</dt><dd>${sha256}</dd>\n`)}</dl>
<table>
<thead><tr><th>Target</th><th>Kind</th><th>State</th><th>Old expires</th><th>Old is used by</th><th>Not read</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
</body>
</html>
`.html;
}

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem; color: #1b1b1b; background: #fff }
h1 { font-size: 1.4rem }
dd { font-family: ui-monospace, monospace; font-size: .85em; margin: 0 0 .6em 1em; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .35em .7em; border-bottom: 1px solid #ddd; overflow-wrap: anywhere }
th { border-bottom: 2px solid #888 }
th, td:nth-child(2), td:nth-child(3), td:nth-child(4) { white-space: nowrap }
tr.unreadable td:nth-child(3), tr.none td:nth-child(3), tr.old-only td:nth-child(3) { color: #a1121f; font-weight: 600 }
tr.both td:nth-child(3) { color: #7a4b00 }
tr.new-only td:nth-child(3) { color: #14632a }
`;
