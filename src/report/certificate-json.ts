/**
 * The JSON shapes that every document shares: certificates, findings, dates.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
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

/** An instant in RFC 3339, UTC, whole seconds: `2031-11-24T18:23:33Z`. */
export function toRfc3339(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

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

function toCatalogJson({ name, status, since, successor, detail }: CatalogEntry): CatalogJson {
  return { name, status, since, successor, detail };
}
