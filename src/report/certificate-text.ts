/**
 * Certificates and findings as lines for a person, which fit a window of 80 columns; but on stderr a finding is a line
 * however long, for logs.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import type { Finding } from '../check/finding.js';
import type { DescribedCertificate } from '../device/show-output.js';
import { toPrintable } from '../encoding/printable.js';
import { toDay } from '../encoding/rfc3339.js';
import type { Certificate } from '../x509/certificate.js';
import { renderSource, type Source } from '../x509/source.js';
import { wrap } from './wrap.js';

/** Before the lines that go on with a value. */
const CONTINUED = ' '.repeat(14);

/**
 * A certificate in a few indented lines: who it is, until when, its fingerprint, and what else there is to know.
 *
 * @param entry - what the catalog knows about it, or null
 * @param places - where it stands; by default its source, and nothing where it has none
 */
export function renderCertificate(
  certificate: Certificate,
  entry: CatalogEntry | null,
  places: string = renderPlaces(certificate.source),
): string {
  const { displaySubject, issuer, publicKey, notBefore, notAfter, selfIssued, ca } = certificate;
  return [
    wrap(displaySubject, '  ', '    '),
    selfIssued ? '' : renderRow('issuer', issuer || 'no issuer'),
    renderRow('valid', `${toDay(notBefore)} to ${toDay(notAfter)}`),
    renderRow('SHA-256', certificate.sha256),
    renderRow('role', ca ? (selfIssued ? 'root CA' : 'intermediate CA') : 'end entity'),
    renderRow(
      'key',
      `${publicKey.algorithm} ${publicKey.size ?? 'of unknown size'}, ${certificate.signatureAlgorithm}`,
    ),
    renderRow('serial', certificate.serialNumber),
    entry === null ? '' : renderRow('catalog', renderCatalogEntry(entry)),
    places,
  ].join('');
}

function renderPlaces(source: Source | null): string {
  return source === null ? '' : renderRow('from', toPrintable(renderSource(source)));
}

/** A line with a label of at most nine characters, and more lines where the value needs them. */
export function renderRow(label: string, value: string): string {
  return wrap(value, `    ${label.padEnd(10)}`, CONTINUED);
}

/**
 * A certificate that a device described, in as many lines as it said something about.
 *
 * @param entry - what the catalog knows about the certificate that a fingerprint tells it to be, or null
 * @param places - where it stands
 */
export function renderDescribedCertificate(
  described: DescribedCertificate,
  entry: CatalogEntry | null,
  places: string,
): string {
  const { subject, issuer, serialNumber, notBefore, notAfter, sha1, trustpoints } = described;
  const days = [notBefore, notAfter].map((date) => (date === null ? 'unknown' : toDay(date)));
  return [
    wrap(subject ?? 'no subject printed', '  ', '    '),
    issuer === null || issuer === subject ? '' : renderRow('issuer', issuer),
    notAfter === null ? '' : renderRow('valid', `${days.join(' to ')}, by the clock of the device`),
    sha1 === null ? '' : renderRow('SHA-1', sha1),
    trustpoints.length === 0 ? '' : renderRow('used by', toPrintable(trustpoints.join(' '))),
    serialNumber === null ? '' : renderRow('serial', serialNumber),
    entry === null ? '' : renderRow('catalog', renderCatalogEntry(entry)),
    places,
    renderRow('known', 'by its description only, without its bytes'),
  ].join('');
}

/** A certificate in one line: what a person calls it, and enough of the fingerprint to tell it apart. */
export function renderCertificateBriefly(certificate: Certificate): string {
  return `${certificate.displayName} (${certificate.sha256.slice(0, 8)}…${certificate.sha256.slice(-4)})`;
}

/** For stderr: `warning: FILE line 19: message [code]`, and the hint on a line of its own. */
export function renderFinding({ severity, code, message, hint, source }: Finding): string {
  const place = source === null ? '' : `${toPrintable(renderSource(source))}: `;
  const second = hint === undefined ? '' : `  hint: ${toPrintable(hint)}\n`;
  return `${severity}: ${place}${toPrintable(message)} [${code}]\n${second}`;
}

/**
 * The same for stdout, in lines of a window and without the place, which stands above.
 *
 * @param indent - what stands before the first line; those after it have two blanks more
 */
export function wrapFinding({ severity, code, message, hint }: Finding, indent: string): string {
  const first = wrap(`${severity}: ${toPrintable(message)} [${code}]`, indent, `${indent}  `);
  return hint === undefined ? first : first + wrap(`hint: ${toPrintable(hint)}`, `${indent}  `, `${indent}    `);
}

function renderCatalogEntry({ name, status, since, successor }: CatalogEntry): string {
  const dated = since === null ? status : `${status} since ${since}`;
  return `${name}: ${dated}${successor === null ? '' : `; successor ${successor}`}`;
}
