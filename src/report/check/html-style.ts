/**
 * How the HTML page looks: dark and light, on a phone and on paper. Every pair of colours has the contrast of WCAG 2 AA, and
 * no level is told by its colour alone.
 *
 * @module
 */
import type { Html } from '../html-text.js';

const STYLE = `
:root { color-scheme: light dark; --back: #fff; --raised: #f4f5f7; --text: #1b1d20; --faint: #565d66; --line: #c9ced6; --link: #0b4fb3;
  --ok: #14632a; --warning: #7a4b00; --critical: #a1121f; --expired: #7a1264; --not-yet-valid: #0b4f8a; --missing: #565d66 }
@media (prefers-color-scheme: dark) { :root { --back: #14171b; --raised: #1f242a; --text: #e8eaed; --faint: #a8b0ba; --line: #424a54; --link: #8ab8ff;
  --ok: #7ddc9a; --warning: #ffc766; --critical: #ff8f8f; --expired: #ff9be0; --not-yet-valid: #8fc9ff; --missing: #a8b0ba } }
* { box-sizing: border-box }
[hidden], .loading #rows { display: none !important }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 76rem; color: var(--text); background: var(--back); overflow-wrap: anywhere }
h1 { font-size: clamp(1.2rem, 5.5vw, 1.5rem); line-height: 1.25; margin: .5rem 0 }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; border-bottom: 1px solid var(--line) }
h3 { font-size: 1rem; margin: 0 }
p { margin: .5rem 0 }
a { color: var(--link) }
code { font-family: ui-monospace, monospace }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 0; padding: 0 }
nav a { display: inline-block; padding: .3rem 0 }
.skip { position: absolute; left: -100rem }
.skip:focus { position: static }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
.note { color: var(--faint); font-size: .875rem }
.verdict { font-size: 1.125rem; font-weight: 600 }
.counts { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: .5rem; margin: 1rem 0 }
.counts div { display: flex; flex-direction: column-reverse; background: var(--raised); padding: .5rem .75rem; border-radius: .4rem }
.counts dt { font-size: .875rem }
.counts dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; line-height: 1.2 }
.level, .severity { font-weight: 600; white-space: nowrap }
.level::before { display: inline-block; width: 1.2em; font-weight: 400 }
.level.ok::before { content: "\\25cf" / "" } .level.warning::before { content: "\\25b2" / "" } .level.critical::before { content: "\\25c6" / "" }
.level.expired::before { content: "\\2716\\fe0e" / "" } .level.not-yet-valid::before { content: "\\25a1" / "" }
.ok { color: var(--ok) } .warning { color: var(--warning) } .critical { color: var(--critical) }
.expired { color: var(--expired) } .not-yet-valid { color: var(--not-yet-valid) }
.finding { border-left: .3rem solid var(--line); padding: .25rem 0 .25rem .75rem; margin: 1rem 0; color: var(--text) }
.finding.error { border-color: var(--critical) } .finding.warning { border-color: var(--warning) }
.finding.error .severity { color: var(--critical) } .finding.warning .severity { color: var(--warning) }
.finding ul { margin: .25rem 0; padding-left: 1.25rem }
.finding .note { display: block }
summary { cursor: pointer; color: var(--link); width: fit-content; padding: .15rem 0 }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .875rem }
.drawing { position: relative; overflow-x: auto; margin: .5rem 0 }
.drawing > svg { display: block; width: 100%; min-width: 47.5rem; height: auto; font-size: 11px }
.drawing > table { min-width: 36rem }
svg text { fill: var(--text) }
.axis line { stroke: var(--faint) } .axis text, text.line1 { fill: var(--faint) }
.lines line { stroke: currentColor; stroke-dasharray: 4 3 } .lines text { fill: currentColor } .lines .at { stroke: var(--text); stroke-dasharray: none }
.mark { fill: currentColor } rect.missing { color: var(--missing) }
.column { cursor: pointer } .area { fill: transparent } .column:hover .area, .column:focus .area { fill: var(--line); fill-opacity: .6 }
.column:focus { outline: none } .column:focus .area { stroke: var(--link); stroke-width: 2 }
#tooltip { position: absolute; top: 0; left: 0; max-width: min(26rem, 90vw); padding: .4rem .6rem; white-space: pre-line; font-size: .875rem; color: var(--text);
  background: var(--raised); border: 1px solid var(--faint); border-radius: .3rem; pointer-events: none }
.box { fill: var(--raised); stroke: var(--line) } .anchor.old .box { stroke: var(--critical); stroke-width: 2 } .anchor.new .box { stroke: var(--ok); stroke-width: 2 }
.line0 { font-size: 12px; font-weight: 600 }
.edge { fill: none; stroke: var(--faint); stroke-width: 1.5 } .edge.old { stroke: var(--critical) } .edge.new { stroke: var(--ok) } .edge.issued { stroke-dasharray: 2 4 }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 }
caption { text-align: left; color: var(--faint); font-size: .875rem; padding: .25rem 0 }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line) }
thead th { border-bottom: 2px solid var(--faint) }
tbody th { font-weight: 400 }
.numbers td, .numbers thead th + th { text-align: right; font-variant-numeric: tabular-nums }
#table { table-layout: fixed }
#table th:nth-child(1) { width: 9.5rem } #table th:nth-child(2) { width: 9.5rem } #table thead th:nth-child(3) { width: 50% }
thead button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: .15rem 0; cursor: pointer; text-decoration: underline dotted }
[aria-sort=ascending] button::after { content: " \\25b4" / "" } [aria-sort=descending] button::after { content: " \\25be" / "" }
.name { font-weight: 600 } .name + .note, .note + .note { display: block }
td .note { display: block } td ul { margin: 0; padding: 0; list-style: none }
.bar { display: block; height: .3rem; margin-top: .2rem; max-width: 7rem; background: linear-gradient(var(--faint), var(--faint)) 0 0 / 0 100% no-repeat var(--line) }
${Array.from({ length: 10 }, (_, tenth) => `.b${tenth + 1} { background-size: ${tenth + 1}0% 100% }`).join(' ')}
#table code { display: block; font-size: .75rem; color: var(--faint) } .fields { display: block; white-space: pre-line; font-size: .875rem }
#table th details { font-size: .875rem } time { white-space: nowrap }
.controls { background: var(--raised); padding: .5rem 1rem; border-radius: .4rem; margin: .5rem 0 }
fieldset { border: 0; margin: .5rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem } legend { float: left; padding: 0; margin-right: 1rem }
fieldset label { padding: .15rem 0 }
input, select, .controls button, .pages button { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--faint); border-radius: .3rem; padding: .3rem .6rem }
input[type=checkbox] { width: 1.1rem; height: 1.1rem; vertical-align: -.15rem; accent-color: var(--link) }
#search { width: min(24rem, 100%) }
button:disabled { color: var(--faint); border-style: dashed }
.pages { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: 1rem 0 }
footer { margin-top: 3rem; color: var(--faint); font-size: .875rem }
@media screen and (max-width: 45rem) {
  #table, #table tbody, #table tr, #table td, #table tbody th { display: block; width: auto }
  #table thead tr { display: flex; flex-wrap: wrap; gap: .25rem 1rem } #table thead th, #table thead th:nth-child(n) { width: auto; border: 0; padding: .3rem 0 }
  #table tbody tr { border: 1px solid var(--line); border-radius: .4rem; margin: .6rem 0; padding: .4rem .75rem }
  #table tbody td, #table tbody th { border: 0; padding: .2rem 0 } #table td .note { display: inline }
  #table td:nth-child(4)::before { content: "Where: "; color: var(--faint) } #table td:nth-child(2)::before { content: "Expires: "; color: var(--faint) }
}
@media print {
  :root { color-scheme: light; --back: #fff; --raised: #fff; --text: #000; --faint: #444; --line: #bbb; --link: #000;
    --ok: #14632a; --warning: #7a4b00; --critical: #a1121f; --expired: #7a1264; --not-yet-valid: #0b4f8a; --missing: #444 }
  @page { margin: 14mm }
  :root { font-size: 9pt } body { font-size: 1rem; line-height: 1.35; padding: 0; max-width: none }
  .control, nav, .skip, #tooltip, details[open] > summary, #table th details, #table .fields, .alternative:not([open]) { display: none !important }
  /* With any other kind of box in it a heading does not come again on every page. */
  thead button { display: contents }
  .bar { print-color-adjust: exact }
  .drawing { overflow: visible } .drawing > svg, .drawing > table { min-width: 0 }
  .counts div { border: 1px solid var(--line) }
  tr, .finding li, .drawing, h2, h3, thead { break-inside: avoid } h2, h3 { break-after: avoid }
  #table th:nth-child(1) { width: 6.5rem } #table th:nth-child(2) { width: 6.5rem } #table thead th:nth-child(3) { width: 47% }
  #table td, #table th { padding: .3rem .4rem } .level { white-space: normal } #table code { font-size: .68rem }
  a { text-decoration: none }
}
`;

/** The style sheet as the page has it. */
export function pageStyle(): Html {
  return { html: STYLE };
}
