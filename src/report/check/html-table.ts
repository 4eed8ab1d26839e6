/**
 * The table of the HTML page: a row a certificate with all its places, what ends first first. It is whole without any script;
 * the script (html-script.ts) shows parts of it.
 *
 * @module
 */
import type { CatalogEntry } from '../../catalog/catalog.js';
import { type CheckedCertificate, catalogEntryOf } from '../../check/check-report.js';
import { isDescribed } from '../../check/described.js';
import type { Level } from '../../check/expiry.js';
import { toDay, toRfc3339 } from '../../encoding/rfc3339.js';
import { displayName } from '../../x509/name.js';
import { type Html, html, NOTHING } from '../html-text.js';
import { nameOf, type Occurrences, placeOf } from './check-format.js';

/** Every level, what is most urgent first. */
export const LEVELS: readonly Level[] = ['expired', 'critical', 'not-yet-valid', 'warning', 'ok'];

/** Places that are in sight; the others are a click away. */
const PLACES = 3;

/** Longer names are for whoever reads the certificate itself. */
const LONGEST_NAME = 500;

/** What goes before the rows: the controls, which only a script can serve, and the head of the table. */
export function renderTableStart(count: number): Html {
  return html`<div class="control controls" role="search" hidden>
<p><label for="search">Search</label> <input id="search" type="search" autocomplete="off" spellcheck="false" aria-describedby="search-hint">
<span id="search-hint" class="note">names, places, fingerprints; all words must be found</span></p>
<fieldset><legend>Levels</legend>
${LEVELS.map((level) => html`<label><input type="checkbox" name="level" value="${level}" checked> <span class="level ${level}">${level}</span></label>\n`)}</fieldset>
<p><button id="period" type="button" hidden></button></p>
</div>
<p id="count" role="status">${count} ${count === 1 ? 'certificate' : 'certificates'}</p>
<table id="table">
<caption>Certificates with all their places. Dates are in UTC.</caption>
<thead><tr>
<th scope="col" data-sort="level">Level</th>
<th scope="col" data-sort="end">Expires</th>
<th scope="col" data-sort="name">Certificate</th>
<th scope="col" data-sort="place">Where</th>
</tr></thead>
<tbody id="rows">
`;
}

/** The row of a certificate. */
export function renderTableRow([checked, ...others]: Occurrences): Html {
  const { certificate, level, source, ignored } = checked;
  const { notAfter } = certificate;
  const end = notAfter === null ? NOTHING : html` data-end="${Math.floor(notAfter.getTime() / 1000)}"`;
  return html`<tr data-level="${level}"${end}><td><span class="level ${level}">${level}</span>${ignored === null ? '' : ' (ignored)'}</td><td>${renderEnd(checked)}</td><th scope="row">${renderName(checked)}</th><td>${renderPlaces([source, ...others.map((other) => other.source)].map(placeOf))}</td></tr>
`;
}

/** What goes after the rows. */
export function renderTableEnd(): Html {
  return html`</tbody>
</table>
<div class="control pages" role="group" aria-label="Pages of the table" hidden>
<button id="previous" type="button">Previous page</button>
<button id="next" type="button">Next page</button>
<label>Rows on a page <select id="size"><option>100</option><option>500</option><option value="0">all</option></select></label>
</div>
`;
}

/** A text of bounded length; what was left out is marked. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** `in 29 days`, `3 days ago`, `in 5 hours` */
function renderDistance(days: number): string {
  const [amount, unit] = Math.abs(days) < 2 ? [Math.abs(days) * 24, 'hour'] : [Math.abs(days), 'day'];
  const text = `${Math.floor(amount)} ${unit}${Math.floor(amount) === 1 ? '' : 's'}`;
  return days < 0 ? `${text} ago` : `in ${text}`;
}

function renderEnd({ certificate: { notBefore, notAfter }, daysLeft }: CheckedCertificate): Html {
  if (notAfter === null || daysLeft === null) return html`not known`;
  const share =
    notBefore === null ? null : (daysLeft * 86_400_000) / Math.max(1, notAfter.getTime() - notBefore.getTime());
  const bar =
    share === null ? NOTHING : html`<span class="bar b${Math.ceil(Math.min(1, Math.max(0, share)) * 10)}"></span>`;
  return html`<time datetime="${toRfc3339(notAfter)}">${toDay(notAfter)}</time> <span class="note">${renderDistance(daysLeft)}</span>${bar}`;
}

function renderName(checked: CheckedCertificate): Html {
  const catalog = catalogEntryOf(checked);
  const known =
    catalog === null
      ? NOTHING
      : html`<span class="note">public root: ${catalog.status}${catalog.since === null ? '' : ` since ${catalog.since}`}${catalog.successor === null ? '' : `, successor ${catalog.successor}`}</span>`;
  const sha256 = isDescribed(checked.certificate) ? NOTHING : html`<code>${checked.certificate.sha256}</code>`;
  return html`<span class="name">${shorten(nameOf(checked), LONGEST_NAME)}</span><span class="note">${kindOf(checked)}</span>${known}${sha256}<span class="fields">${fieldsOf(checked, catalog).join('\n')}</span>`;
}

function kindOf({ certificate }: CheckedCertificate): string {
  if (isDescribed(certificate)) return `${certificate.usage}, as a device describes it`;
  if (certificate.selfIssued) return certificate.ca ? 'CA, its own issuer' : 'end entity, its own issuer';
  const issuer = shorten(displayName(certificate.issuerName), LONGEST_NAME);
  return `${certificate.ca ? 'CA' : 'end entity'}, issued by ${issuer}`;
}

/** One text, not a list of elements: those of ten thousand rows are what a browser takes seconds for. */
function fieldsOf({ certificate }: CheckedCertificate, catalog: CatalogEntry | null): readonly string[] {
  const { subject, issuer, serialNumber, notBefore, notAfter, sha1 } = certificate;
  const fields: readonly (readonly [string, string | null])[] = [
    ['Subject', subject],
    ['Issuer', issuer],
    ['Serial number', serialNumber],
    ['Valid from', notBefore === null ? null : toRfc3339(notBefore)],
    ['Valid to', notAfter === null ? null : toRfc3339(notAfter)],
    ['SHA-1', sha1],
    ['Catalog', catalog?.detail ?? null],
  ];
  return fields.flatMap(([name, value]) =>
    value === null || value === '' ? [] : [`${name}: ${shorten(value, 4 * LONGEST_NAME)}`],
  );
}

function renderPlaces(places: readonly string[]): Html {
  const items = places.map((place) => html`<li>${place}</li>`);
  if (items.length <= 1) return html`${places[0] ?? ''}`;
  const shown = html`<ul>${items.slice(0, PLACES)}</ul>`;
  const more = items.length - PLACES;
  if (more <= 0) return shown;
  return html`${shown}<details><summary>and ${more} more ${more === 1 ? 'place' : 'places'}</summary><ul>${items.slice(PLACES)}</ul></details>`;
}
