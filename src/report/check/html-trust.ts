/**
 * The trust graph of the HTML page: anchors on the left, the targets that they serve on the right, as an SVG of bounded size,
 * and the same as tables.
 *
 * @module
 */
import type { CheckReport } from '../../check/check-report.js';
import { isDescribed } from '../../check/described.js';
import type { Level } from '../../check/expiry.js';
import { toDay } from '../../encoding/rfc3339.js';
import { type Html, html, NOTHING } from '../html-text.js';
import { LEVELS, shorten } from './html-table.js';
import { relateAnchors, type ServingAnchor, type Succession, successionsOf } from './trust-relations.js';

/** Boxes on each side that are drawn. */
const DRAWN = 14;
/** Anchors that the table has. */
const LISTED = 200;
/** Targets that are named together. */
const NAMED = 5;
/** Names that a tooltip has. */
const NAMED_IN_TITLE = 20;
/** Targets of a step of a rotation that are named; they are the work that is left. */
const NAMED_IN_ROTATION = 100;

const WIDTH = 760;
const BOX = { width: 300, height: 42, gap: 10 };
const RIGHT = WIDTH - BOX.width - 1;
/** Of a first line; the second, in smaller letters, has a few more. */
const LETTERS = 38;

/** An anchor that matters by itself, or several that are fine and serve the same targets in the same way. */
type AnchorGroup = readonly [ServingAnchor, ...ServingAnchor[]];

/** Targets that the same anchors serve in the same way. */
interface TargetGroup {
  readonly targets: string[];
  /** By the place of the group of anchors among those that are drawn. */
  readonly edges: readonly { readonly anchor: number; readonly isHeld: boolean }[];
}

/** The section of the trust graph, without its heading. */
export function renderTrust(report: CheckReport): Html {
  const related = relateAnchors(report);
  const anchors = [...related].sort(byWeight);
  if (anchors.length === 0) return html`<p>No trust anchor and no issuer was found.</p>\n`;
  const anchorGroups = groupAnchors(anchors);
  const drawn = anchorGroups.slice(0, DRAWN);
  const targetGroups = groupTargets(drawn);
  const more = [
    ...renderMore(anchorGroups.slice(DRAWN).flat(), 'anchor'),
    ...renderMore(
      targetGroups.slice(DRAWN).flatMap(({ targets }) => targets),
      'target',
    ),
  ];
  return html`<p>Anchors on the left, the targets that they serve on the right. A solid line: the target holds the anchor. A dotted line:
it holds what was issued below it. Issuers are found by name and key identifier; no signature was verified.</p>
${renderSuccessions(successionsOf(related))}${renderGraph(drawn, targetGroups.slice(0, DRAWN))}${more.length === 0 ? NOTHING : html`<p>Not drawn: ${more.join(' and ')}.</p>\n`}<details class="alternative"><summary>The trust graph as a table</summary>
${renderAnchors(anchors)}</details>
`;
}

function renderMore(left: readonly unknown[], what: string): readonly string[] {
  return left.length === 0 ? [] : [`${left.length} more ${what}${left.length === 1 ? '' : 's'}`];
}

/** A rotation first, then what is urgent, then what serves most. */
function byWeight(a: ServingAnchor, b: ServingAnchor): number {
  const urgency = (anchor: ServingAnchor) => LEVELS.indexOf(anchor.checked?.level ?? 'ok');
  return (
    Number(b.role !== null) - Number(a.role !== null) ||
    urgency(a) - urgency(b) ||
    servedBy(b) - servedBy(a) ||
    (a.name < b.name ? -1 : 1)
  );
}

function servedBy({ heldBy, issuedFor }: ServingAnchor): number {
  return heldBy.size + issuedFor.size;
}

/** In the order of the first of each. */
function groupAnchors(anchors: readonly ServingAnchor[]): readonly AnchorGroup[] {
  const numbers = new Map<string, number>();
  const numberOf = (target: string) => {
    const number = numbers.get(target) ?? numbers.size;
    numbers.set(target, number);
    return number;
  };
  const keyOf = (targets: ReadonlySet<string>) => [...targets].map(numberOf).sort((a, b) => a - b);
  const groups = new Map<string, [ServingAnchor, ...ServingAnchor[]]>();
  for (const [index, anchor] of anchors.entries()) {
    const isOrdinary = anchor.role === null && anchor.checked?.level === 'ok';
    const key = isOrdinary ? `${keyOf(anchor.heldBy)} for ${keyOf(anchor.issuedFor)}` : `alone ${index}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [anchor]);
    else group.push(anchor);
  }
  return [...groups.values()];
}

function groupTargets(anchors: readonly AnchorGroup[]): readonly TargetGroup[] {
  const edges = new Map<string, { anchor: number; isHeld: boolean }[]>();
  for (const [anchor, [{ heldBy, issuedFor }]] of anchors.entries()) {
    for (const [targets, isHeld] of [[heldBy, true] as const, [issuedFor, false] as const]) {
      for (const target of targets) {
        const known = edges.get(target);
        if (known === undefined) edges.set(target, [{ anchor, isHeld }]);
        else known.push({ anchor, isHeld });
      }
    }
  }
  const groups = new Map<string, TargetGroup>();
  for (const [target, ofTarget] of edges) {
    const key = ofTarget.map(({ anchor, isHeld }) => `${anchor}${isHeld ? '' : '?'}`).join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { targets: [target], edges: ofTarget });
    else group.targets.push(target);
  }
  return [...groups.values()].sort((a, b) => b.targets.length - a.targets.length);
}

function renderGraph(anchors: readonly AnchorGroup[], groups: readonly TargetGroup[]): Html {
  const step = BOX.height + BOX.gap;
  const height = Math.max(anchors.length, groups.length) * step;
  // The same height from above, so that few do not stand in a corner of many.
  const topOf = (row: number, rows: number) => (height - rows * step) / 2 + row * step + BOX.gap / 2;
  const weightOf = ({ edges }: TargetGroup) => edges.reduce((sum, { anchor }) => sum + anchor, 0) / edges.length;
  const ordered = [...groups].sort((a, b) => weightOf(a) - weightOf(b));
  const lines = ordered.flatMap(({ edges }, row) =>
    edges.map(({ anchor, isHeld }) => {
      const [y1, y2] = [topOf(anchor, anchors.length), topOf(row, ordered.length)].map((y) => y + BOX.height / 2);
      const kind = `${anchors[anchor]?.[0].role ?? 'other'} ${isHeld ? 'held' : 'issued'}`;
      const middle = (BOX.width + RIGHT) / 2;
      return html`<path class="edge ${kind}" d="M${BOX.width} ${y1 ?? 0}C${middle} ${y1 ?? 0} ${middle} ${y2 ?? 0} ${RIGHT} ${y2 ?? 0}"/>\n`;
    }),
  );
  const left = anchors.map((anchor, row) => renderAnchorBox(anchor, topOf(row, anchors.length)));
  const right = ordered.map((group, row) => renderTargetBox(group, topOf(row, ordered.length)));
  return html`<div class="drawing" role="region" aria-label="Trust graph" tabindex="0">
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="trust-name trust-text">
<title id="trust-name">Trust graph</title>
<desc id="trust-text">${anchors.flat().length} anchors and the targets that they serve. The table below has the same as text.</desc>
${lines}${left}${right}</svg>
</div>
`;
}

function renderAnchorBox([anchor, ...others]: AnchorGroup, y: number): Html {
  const { name, role, checked } = anchor;
  const kind = `anchor ${role ?? 'other'}`;
  if (others.length > 0) {
    const names = [anchor, ...others].map((one) => one.name);
    const lines = [`${names.length} anchors`, shorten(names.join(', '), LETTERS + 6)];
    return renderBox(0.5, y, kind, lines, 'ok', nameSome(names, NAMED_IN_TITLE));
  }
  const facts = [...(role === null ? [] : [role]), ...factsOf(anchor)];
  const lines = [shorten(name, LETTERS), shorten(facts.join(' · '), LETTERS + 6)];
  return renderBox(0.5, y, kind, lines, checked?.level ?? 'missing', [name, ...facts].join('; '));
}

/** What matters about an anchor, in a few words each. */
function factsOf({ checked, catalog }: ServingAnchor): readonly string[] {
  if (checked === null) return ['issuer, not among what was read'];
  const { notAfter } = checked.certificate;
  return [
    `${checked.level}${notAfter === null ? '' : `, ends ${toDay(notAfter)}`}`,
    ...(isDescribed(checked.certificate) ? ['described by a device'] : []),
    ...(catalog === null ? [] : [catalog.status]),
  ];
}

function renderTargetBox({ targets }: TargetGroup, y: number): Html {
  const [first = '', ...others] = targets;
  const names = nameSome(targets, NAMED_IN_TITLE);
  const lines =
    others.length === 0 ? [shortenStart(first)] : [`${targets.length} targets`, shorten(names, LETTERS + 6)];
  return renderBox(RIGHT, y, 'target', lines, null, names);
}

function renderBox(
  x: number,
  y: number,
  kind: string,
  lines: readonly string[],
  level: Level | 'missing' | null,
  title: string,
): Html {
  const texts = lines.map((line, row) => {
    const down = lines.length === 1 ? 25 : 17 + row * 16;
    return html`<text class="line${row}" x="12" y="${down}">${line}</text>`;
  });
  const stripe = level === null ? NOTHING : html`<rect class="mark ${level}" width="5" height="${BOX.height}"/>`;
  return html`<svg class="${kind}" x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}"><title>${title}</title><rect class="box" x=".5" y=".5" width="${BOX.width - 1}" height="${BOX.height - 1}"/>${stripe}${texts}</svg>\n`;
}

/** The end of a path tells more than its beginning. */
function shortenStart(path: string): string {
  return path.length <= LETTERS ? path : `…${path.slice(1 - LETTERS)}`;
}

function nameSome(names: readonly string[], most: number): string {
  const named = names.slice(0, most).join(', ');
  return names.length > most ? `${named} and ${names.length - most} more` : named;
}

function renderSuccessions(successions: readonly Succession[]): Html {
  if (successions.length === 0) return NOTHING;
  const cell = (targets: readonly string[]) =>
    html`<td>${targets.length}${targets.length === 0 ? NOTHING : html`<details><summary>Which</summary>${nameSome(targets, NAMED_IN_ROTATION)}</details>`}</td>`;
  return html`<div class="drawing" role="region" aria-label="Rotations" tabindex="0">
<table class="rotations">
<caption>Anchors whose successor the catalog names, and the targets that hold them</caption>
<thead><tr><th scope="col">Old</th><th scope="col">New</th><th scope="col">Old only</th><th scope="col">Both</th><th scope="col">New only</th></tr></thead>
<tbody>
${successions.map((one) => html`<tr><th scope="row">${one.old}</th><td>${one.new}</td>${[one.oldOnly, one.both, one.newOnly].map(cell)}</tr>\n`)}</tbody>
</table>
</div>
`;
}

function renderAnchors(anchors: readonly ServingAnchor[]): Html {
  const rows = anchors.slice(0, LISTED).map((anchor) => {
    const cells = [anchor.heldBy, anchor.issuedFor].map((targets) => {
      const names = targets.size === 0 ? '' : `: ${nameSome([...targets], NAMED)}`;
      return html`<td>${targets.size}${names}</td>`;
    });
    return html`<tr><th scope="row">${anchor.name}</th><td>${anchor.role ?? ''}</td><td>${factsOf(anchor).join(', ')}</td>${cells}</tr>\n`;
  });
  const more = anchors.length - rows.length;
  return html`<div class="drawing" role="region" aria-label="Anchors" tabindex="0">
<table class="anchors">
<caption>Anchors and issuers, and the targets that they serve</caption>
<thead><tr><th scope="col">Anchor</th><th scope="col">In a rotation</th><th scope="col">State</th><th scope="col">Held by</th><th scope="col">Issued for</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
</div>
${more <= 0 ? NOTHING : html`<p>and ${more} more</p>\n`}`;
}
