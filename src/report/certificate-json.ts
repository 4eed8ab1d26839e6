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
