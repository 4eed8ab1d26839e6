/**
 * Certificates and findings as lines for a person, in a window of 80 columns.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import type { Finding } from '../check/finding.js';
import type { DescribedCertificate } from '../device/show-output.js';
import { toPrintable } from '../encoding/printable.js';
import { toDay } from '../encoding/rfc3339.js';
import type { Certificate } from '../x509/certificate.js';
import { displayName } from '../x509/name.js';
import { renderSource } from '../x509/source.js';

/**
 * A certificate in a few indented lines: names, fingerprint, validity, key, and what the catalog knows.
 *
 * @param entry - what the catalog knows about it, or null
 */
export function renderCertificate(certificate: Certificate, entry: CatalogEntry | null): string {
  const { publicKey, notBefore, notAfter, selfIssued, ca } = certificate;
  const place = certificate.source === null ? [] : [`    from      ${toPrintable(renderSource(certificate.source))}`];
  return [
    `  ${certificate.subject}`,
    ...place,
    ...(selfIssued ? [] : [`    issuer    ${certificate.issuer}`]),
    `    serial    ${certificate.serialNumber}`,
    `    valid     ${toDay(notBefore)} to ${toDay(notAfter)}`,
    `    key       ${publicKey.algorithm} ${publicKey.size ?? 'of unknown size'}, ${certificate.signatureAlgorithm}`,
    `    role      ${ca ? (selfIssued ? 'root CA' : 'intermediate CA') : 'end entity'}`,
    `    SHA-256   ${certificate.sha256}`,
    ...(entry === null ? [] : [`    catalog   ${renderCatalogEntry(entry)}`]),
    '',
  ].join('\n');
}

/**
 * A certificate that a device described, in as many lines as it said something about.
 *
 * @param entry - what the catalog knows about the certificate that a fingerprint tells it to be, or null
 */
export function renderDescribedCertificate(described: DescribedCertificate, entry: CatalogEntry | null): string {
  const { subject, issuer, serialNumber, notBefore, notAfter, sha1, source, trustpoints } = described;
  const days = [notBefore, notAfter].map((date) => (date === null ? 'unknown' : toDay(date)));
  return [
    `  ${subject ?? 'no subject printed'}`,
    `    from      ${toPrintable(renderSource({ ...source, trustpoint: null }))}`,
    ...(trustpoints.length === 0 ? [] : [`    used by   ${toPrintable(trustpoints.join(' '))}`]),
    ...(issuer === null || issuer === subject ? [] : [`    issuer    ${issuer}`]),
    ...(serialNumber === null ? [] : [`    serial    ${serialNumber}`]),
    ...(notAfter === null ? [] : [`    valid     ${days.join(' to ')}, by the clock of the device`]),
    ...(sha1 === null ? [] : [`    SHA-1     ${sha1}`]),
    ...(entry === null ? [] : [`    catalog   ${renderCatalogEntry(entry)}`]),
    '    known     by its description only, without its bytes',
    '',
  ].join('\n');
}

/** A certificate in one line: what a person calls it, and enough of the fingerprint to tell it apart. */
export function renderCertificateBriefly(certificate: Certificate): string {
  return `${displayName(certificate.subjectName)} (${certificate.sha256.slice(0, 8)}…${certificate.sha256.slice(-4)})`;
}

/** `warning: FILE line 19: message [code]`, and the hint on a line of its own. */
export function renderFinding({ severity, code, message, hint, source }: Finding): string {
  const place = source === null ? '' : `${toPrintable(renderSource(source))}: `;
  const second = hint === undefined ? '' : `  hint: ${toPrintable(hint)}\n`;
  return `${severity}: ${place}${toPrintable(message)} [${code}]\n${second}`;
}

function renderCatalogEntry({ name, status, since, successor }: CatalogEntry): string {
  const dated = since === null ? status : `${status} since ${since}`;
  return `${name}: ${dated}${successor === null ? '' : `; successor ${successor}`}`;
}
