/**
 * What `check` found as one HTML page that needs nothing but itself: for tickets, archives, and whoever has no terminal.
 *
 * Its policy (Content-Security-Policy, level 3) allows its own script and style by their digests and nothing else, so that
 * no text of a certificate can ever act, and no request leaves the page.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { type CheckReport, isAboutExpiry } from '../../check/check-report.js';
import { toRfc3339 } from '../../encoding/rfc3339.js';
import { type Html, html, NOTHING } from '../html-text.js';
import { type CheckFormat, groupByCertificate, type Occurrences, type RenderContext, scopeOf } from './check-format.js';
import { renderFindings } from './html-findings.js';
import { pageScript, startScript } from './html-script.js';
import { pageStyle } from './html-style.js';
import { renderTableEnd, renderTableRow, renderTableStart } from './html-table.js';
import { renderTimeline } from './html-timeline.js';
import { renderTrust } from './html-trust.js';

/** A page for a browser and for paper. */
export const htmlPage: CheckFormat = { render: renderPage };

function* renderPage(report: CheckReport, context: RenderContext): Generator<string> {
  for (const piece of renderPieces(report, context)) yield piece.html;
}

function* renderPieces(report: CheckReport, { version }: RenderContext): Generator<Html> {
  const { at, findings, certificates } = report;
  const rows = [...groupByCertificate(certificates)].sort((a, b) => endOf(a) - endOf(b));
  const script = pageScript();
  yield renderHead(script, at);
  yield renderSummary(report, rows.length);
  yield html`<main>\n<section id="timeline" aria-labelledby="timeline-title">\n<h2 id="timeline-title">Timeline</h2>\n`;
  yield renderTimeline(report, rows);
  yield html`</section>\n<section id="findings" aria-labelledby="findings-title">\n<h2 id="findings-title">Findings</h2>\n`;
  yield* renderFindings(findings);
  yield html`</section>\n<section id="trust" aria-labelledby="trust-title">\n<h2 id="trust-title">Trust</h2>\n`;
  yield renderTrust(report);
  yield html`</section>\n<section id="certificates" aria-labelledby="certificates-title">\n<h2 id="certificates-title">Certificates</h2>\n`;
  yield renderTableStart(rows.length);
  for (const row of rows) yield renderTableRow(row);
  yield renderTableEnd();
  yield html`</section>\n</main>\n<footer>anchorctl ${version}</footer>\n<script>${script}</script>\n</body>\n</html>\n`;
}

/** What has no date is looked at first. */
function endOf([{ certificate }]: Occurrences): number {
  return certificate.notAfter?.getTime() ?? Number.MIN_SAFE_INTEGER;
}

function renderHead(script: Html, at: Date): Html {
  const [style, start] = [pageStyle(), startScript()];
  const policy = [
    "default-src 'none'",
    `script-src ${digestOf(start)} ${digestOf(script)}`,
    `style-src ${digestOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  // Not escaped: the quotes that it has are those of keywords, and none of them ends the attribute.
  const content: Html = { html: policy.join('; ') };
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${content}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Certificates as of ${toRfc3339(at)}</title>
<style>${style}</style>
<script>${start}</script>
</head>
<body>
`;
}

/** A source of CSP 3, 2.3.1. */
function digestOf({ html: text }: Html): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function renderSummary(report: CheckReport, different: number): Html {
  const { at, summary } = report;
  const scope = scopeOf(report);
  const { files, certificates, errors, ignored = 0, others = 0, ...levels } = summary;
  const counts: readonly (readonly [string, number, string])[] = [
    ...(['expired', 'critical', 'warning', 'ok'] as const).map(
      (level) => [level, levels[level], `level ${level}`] as const,
    ),
    ...(ignored === 0 ? [] : [['ignored', ignored, ''] as const]),
    ['other errors', errors, ''],
    ['certificates', different, ''],
    ['places', certificates, ''],
    ...(others === 0 ? [] : [['not looked at', others, ''] as const]),
    ['files', files, ''],
  ];
  return html`<a class="skip" href="#certificates">To the table</a>
<header>
<h1>Certificates as of <time datetime="${toRfc3339(at)}">${toRfc3339(at)}</time></h1>
<p class="verdict">${verdict(report)}</p>
${scope === '' ? NOTHING : html`<p>Only files${scope}.</p>\n`}<dl class="counts">
${counts.map(([name, count, kind]) => html`<div><dt class="${kind}">${name}</dt><dd>${count}</dd></div>\n`)}</dl>
<nav aria-label="Sections"><ul>
<li><a href="#timeline">Timeline</a></li>
<li><a href="#findings">Findings</a></li>
<li><a href="#trust">Trust</a></li>
<li><a href="#certificates">Certificates</a></li>
</ul></nav>
</header>
`;
}

/** The answer in a sentence. */
function verdict({ summary, findings }: CheckReport): string {
  const { certificates, warning, critical, expired, errors, others = 0 } = summary;
  const warnings = findings.filter(({ severity, code }) => severity === 'warning' && !isAboutExpiry(code)).length;
  const parts = [
    ...(expired > 0 ? [`${expired} expired`] : []),
    ...(critical > 0 ? [`${critical} critical`] : []),
    ...(warning > 0 ? [`${warning} to plan for`] : []),
    ...(errors > 0 ? [`${errors} other ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(warnings > 0 ? [`${warnings} other ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  if (parts.length > 0) return `${parts.join(', ')}.`;
  if (certificates > 0) return 'Everything is in order.';
  return others === 0 ? 'No certificate was found.' : 'No certificate was looked at.';
}
