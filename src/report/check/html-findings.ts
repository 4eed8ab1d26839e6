/**
 * The findings of the HTML page: one paragraph a code and piece of advice, with what it is about, errors first.
 *
 * @module
 */
import { isAboutExpiry } from '../../check/check-report.js';
import type { Finding, Severity } from '../../check/finding.js';
import { type Html, html, NOTHING } from '../html-text.js';
import { placeOf } from './check-format.js';

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** Findings of a group that are in sight. */
const IN_SIGHT = 10;

/** All findings, group by group. */
export function* renderFindings(findings: readonly Finding[]): Generator<Html> {
  if (findings.length === 0) yield html`<p>Nothing to report.</p>\n`;
  for (const group of groupFindings(findings)) yield renderGroup(group);
}

type Group = readonly [Finding, ...Finding[]];

/** By severity, what could not be read before what ends, then by code. */
function groupFindings(findings: readonly Finding[]): readonly Group[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const key = [
      SEVERITIES.indexOf(finding.severity),
      isAboutExpiry(finding.code) ? 1 : 0,
      finding.code,
      finding.hint,
    ].join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function renderGroup(group: Group): Html {
  const [{ severity, code, hint }] = group;
  const items = (part: readonly Finding[]) => html`<ul>${part.map(renderFinding)}</ul>`;
  const more = group.length - IN_SIGHT;
  return html`<div class="finding ${severity}">
<h3><span class="severity">${severity}</span> <code>${code}</code>${group.length === 1 ? '' : `, ${group.length} times`}</h3>
${hint === undefined ? NOTHING : html`<p><strong>What to do:</strong> ${hint}</p>\n`}${items(group.slice(0, IN_SIGHT))}
${more <= 0 ? NOTHING : renderMore(code, more, () => items(group.slice(IN_SIGHT)))}</div>
`;
}

/** What is about dates stands in the table as well. */
function renderMore(code: Finding['code'], more: number, items: () => Html): Html {
  if (isAboutExpiry(code)) return html`<p>and ${more} more, which <a href="#certificates">the table</a> has</p>\n`;
  return html`<details><summary>and ${more} more</summary>${items()}</details>\n`;
}

function renderFinding({ message, source }: Finding): Html {
  const place = source === null ? NOTHING : html` <span class="note">${placeOf(source)}</span>`;
  return html`<li>${message}${place}</li>`;
}
