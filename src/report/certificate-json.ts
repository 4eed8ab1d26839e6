/**
 * The JSON shapes that every document shares: certificates, findings, dates.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import type { DescribedCertificate } from '../device/show-output.js';
import { toRfc3339 } from '../encoding/rfc3339.js';
import type { Certificate } from '../x509/certificate.js';
import { type Source, sourceOf } from '../x509/source.js';
import { renderValue } from './json.js';

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

/**
 * A certificate as documents show it.
 *
 * @param entry - what the catalog knows about it, or null
 */
export function toCertificateJson(certificate: Certificate, entry: CatalogEntry | null): CertificateJson {
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
 * A certificate on a line of its own, as `renderLine` writes it. Put together by hand, which takes a third of the time: an
 * input may hold a hundred thousand.
 */
export function renderCertificateLine(json: CertificateJson): string {
  const { source, subject, issuer, serialNumber, notBefore, notAfter, sha256, sha1, publicKey, catalog } = json;
  const place = `{"input":${text(source.input)},"member":${text(source.member)},"line":${source.line},"alias":${text(source.alias)},"trustpoint":${text(source.trustpoint)}}`;
  const names = `"subject":${text(subject)},"issuer":${text(issuer)},"serialNumber":"${serialNumber}"`;
  const dates = `"notBefore":"${notBefore}","notAfter":"${notAfter}"`;
  const digests = `"sha256":"${sha256}","sha1":"${sha1}"`;
  const key = `{"algorithm":${text(publicKey.algorithm)},"size":${publicKey.size}}`;
  const roles = `"ca":${json.ca},"selfIssued":${json.selfIssued},"subjectKeyIdentifier":${text(json.subjectKeyIdentifier)}`;
  const known = catalog === null ? 'null' : renderValue(catalog);
  return `{"source":${place},${names},${dates},${digests},"publicKey":${key},"signatureAlgorithm":${text(json.signatureAlgorithm)},${roles},"catalog":${known}}\n`;
}

/** What JSON leaves as it is: printable ASCII without quotes and backslashes. */
const PLAIN: RegExp = /^[ !#-[\]-~]*$/;

function text(value: string | null): string {
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
