/**
 * The JSON shapes that every document shares: certificates, findings, dates.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import type { DescribedCertificate } from '../device/show-output.js';
import { renderValue } from '../encoding/json-text.js';
import { toRfc3339 } from '../encoding/rfc3339.js';
import type { Certificate } from '../x509/certificate.js';
import { type Source, sourceOf } from '../x509/source.js';

/** What a document says about a known public root. */
export interface CatalogJson {
  readonly name: string;
  readonly status: string;
  readonly since: string | null;
  readonly successor: string | null;
  readonly detail: string;
}

/** A certificate in a document. */
export interface CertificateJson {
  readonly source: Source;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly sha256: string;
  readonly sha1: string;
  readonly publicKey: { readonly algorithm: string; readonly size: number | null };
  readonly signatureAlgorithm: string;
  readonly ca: boolean;
  readonly selfIssued: boolean;
  readonly subjectKeyIdentifier: string | null;
  readonly catalog: CatalogJson | null;
}

/** A certificate of which a device printed a description: what it did not print is null. */
export type DescribedCertificateJson = {
  readonly [field in keyof CertificateJson]: CertificateJson[field] | null;
} & { readonly complete: false; readonly trustpoints: readonly string[] };

/** What documents show of a certificate. */
export type ShownCertificate = Pick<Certificate, Exclude<keyof CertificateJson, 'publicKey' | 'catalog'>> & {
  readonly publicKey: CertificateJson['publicKey'];
};

/**
 * A certificate as documents show it.
 *
 * @param entry - what the catalog knows about it, or null
 */
export function toCertificateJson(certificate: ShownCertificate, entry: CatalogEntry | null): CertificateJson {
  const { algorithm, size } = certificate.publicKey;
  return {
    source: certificate.source ?? sourceOf('-'),
    subject: certificate.subject,
    issuer: certificate.issuer,
    serialNumber: certificate.serialNumber,
    notBefore: toRfc3339(certificate.notBefore),
    notAfter: toRfc3339(certificate.notAfter),
    sha256: certificate.sha256,
    sha1: certificate.sha1,
    publicKey: { algorithm, size },
    signatureAlgorithm: certificate.signatureAlgorithm,
    ca: certificate.ca,
    selfIssued: certificate.selfIssued,
    subjectKeyIdentifier: certificate.subjectKeyIdentifier,
    catalog: entry === null ? null : toCatalogJson(entry),
  };
}

/**
 * The same on a line of its own, as `renderLine` writes it. Put together by hand, which takes a third of the time: an input may
 * hold a hundred thousand.
 */
export function renderCertificateLine(certificate: ShownCertificate, entry: CatalogEntry | null): string {
  const place = renderPlace(certificate.source ?? sourceOf('-'));
  const { subject, issuer, publicKey } = certificate;
  const subjectText = renderText(subject);
  const issuerText = issuer === subject ? subjectText : renderText(issuer);
  const names = `"subject":${subjectText},"issuer":${issuerText},"serialNumber":"${certificate.serialNumber}"`;
  const dates = `"notBefore":"${toRfc3339(certificate.notBefore)}","notAfter":"${toRfc3339(certificate.notAfter)}"`;
  const digests = `"sha256":"${certificate.sha256}","sha1":"${certificate.sha1}"`;
  const key = `{"algorithm":${renderText(publicKey.algorithm)},"size":${publicKey.size}}`;
  const signature = renderText(certificate.signatureAlgorithm);
  const roles = `"ca":${certificate.ca},"selfIssued":${certificate.selfIssued},"subjectKeyIdentifier":${renderText(certificate.subjectKeyIdentifier)}`;
  const known = entry === null ? 'null' : renderValue(toCatalogJson(entry));
  return `${place},${names},${dates},${digests},"publicKey":${key},"signatureAlgorithm":${signature},${roles},"catalog":${known}}\n`;
}

/** How the lines of the file or member begin that had the last one: thousands are of the same. */
let lastFile: (Pick<Source, 'input' | 'member'> & { readonly start: string }) | null = null;

/** The start of a line, up to all of its source. */
function renderPlace({ input, member, line, alias, trustpoint }: Source): string {
  if (lastFile?.input !== input || lastFile.member !== member) {
    const start = `{"source":{"input":${renderText(input)},"member":${renderText(member)},"line":`;
    lastFile = { input, member, start };
  }
  if (alias === null && trustpoint === null) return `${lastFile.start}${line},"alias":null,"trustpoint":null}`;
  return `${lastFile.start}${line},"alias":${renderText(alias)},"trustpoint":${renderText(trustpoint)}}`;
}

/** What JSON leaves as it is: printable ASCII without quotes and backslashes. */
const PLAIN: RegExp = /^[ !#-[\]-~]*$/;

function renderText(value: string | null): string {
  if (value === null) return 'null';
  return PLAIN.test(value) ? `"${value}"` : renderValue(value);
}

/**
 * A certificate that is known by its description only, in the same fields.
 *
 * @param entry - what the catalog knows about the certificate that a fingerprint tells it to be, or null
 */
export function toDescribedCertificateJson(
  described: DescribedCertificate,
  entry: CatalogEntry | null,
): DescribedCertificateJson {
  const { source, subject, issuer, serialNumber, notBefore, notAfter, sha1, subjectKeyIdentifier } = described;
  return {
    source,
    complete: false,
    subject,
    issuer,
    serialNumber,
    notBefore: notBefore === null ? null : toRfc3339(notBefore),
    notAfter: notAfter === null ? null : toRfc3339(notAfter),
    sha256: null,
    sha1,
    publicKey: null,
    signatureAlgorithm: null,
    ca: described.usage === 'ca' ? true : null,
    selfIssued: subject === null || issuer === null ? null : subject === issuer,
    subjectKeyIdentifier,
    catalog: entry === null ? null : toCatalogJson(entry),
    trustpoints: described.trustpoints,
  };
}

function toCatalogJson({ name, status, since, successor, detail }: CatalogEntry): CatalogJson {
  return { name, status, since, successor, detail };
}
