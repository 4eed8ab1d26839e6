/**
 * Which CRL is about which certificate, and for which reasons of revocation (RFC 5280 6.3.3 (b) and (d)), and which delta
 * CRL belongs to which complete one (6.3.3 (c), 5.2.4).
 *
 * @module
 */
import { equalBytes } from '../encoding/byte-writer.js';
import type { Certificate } from '../x509/certificate.js';
import { type CertificateRevocationList, crlExtension } from '../x509/crl.js';
import {
  ALL_REASONS,
  type DistributionPoint,
  type DistributionPointName,
  decodeDistributionPoints,
  generalNameKey,
  pointNameKeys,
  type ReasonMask,
} from '../x509/distribution-point.js';
import { decodeGeneralNames, type GeneralName } from '../x509/general-name.js';
import { comparableName, type DistinguishedName } from '../x509/name.js';
import { EXTENSION } from '../x509/oids.js';

/** A distribution point of one certificate, ready to be held against CRLs. */
export interface CrlSource {
  /** Comparable names of those whose CRLs it is about. */
  readonly issuers: readonly string[];
  /** Whether that is the issuer of the certificate, and not one that the point names. */
  readonly direct: boolean;
  /** Keys of the names that it has, or of its CRL issuers where it has none (6.3.3 (b)(2)(i)). */
  readonly nameKeys: readonly string[];
  readonly reasons: ReasonMask;
}

/**
 * The distribution points that a certificate names, and after them the one it has by being issued, for all reasons (the
 * last paragraphs of 6.3.3). That one bears the name of the issuer and all that issuerAltName adds; but where the
 * certificate names points, no names, so that a CRL for part of what the CA issued must be for a part that is named.
 *
 * @throws {TrustError} `der/…` when an extension cannot be read
 */
export function crlSourcesOf(certificate: Certificate): readonly CrlSource[] {
  const { issuerName } = certificate;
  const named = certificate.extension(EXTENSION.crlDistributionPoints);
  const points = named === undefined ? [] : decodeDistributionPoints(named.value);
  const name: DistributionPointName | null =
    named === undefined ? { kind: 'full', names: namesOfIssuer(certificate) } : null;
  return [...points, { name, reasons: null, crlIssuer: null }].map((point) => sourceFrom(point, issuerName));
}

function namesOfIssuer(certificate: Certificate): readonly GeneralName[] {
  const issuerAltName = certificate.extension(EXTENSION.issuerAltName);
  return [
    { kind: 'directory', name: certificate.issuerName },
    ...(issuerAltName === undefined ? [] : decodeGeneralNames(issuerAltName.value)),
  ];
}

function sourceFrom({ name, reasons, crlIssuer }: DistributionPoint, issuerName: DistinguishedName): CrlSource {
  const issuers =
    crlIssuer === null ? [issuerName] : crlIssuer.flatMap((one) => (one.kind === 'directory' ? one.name : []));
  return {
    issuers: issuers.map(comparableName),
    direct: crlIssuer === null,
    // A relative name stands below the one cRLIssuer there then is, else below the issuer (4.2.1.13).
    nameKeys:
      name === null
        ? (crlIssuer ?? []).map(generalNameKey)
        : issuers.slice(0, 1).flatMap((issuer) => pointNameKeys(name, issuer)),
    reasons: reasons ?? ALL_REASONS,
  };
}

/**
 * The reasons for which a CRL tells whether the certificate is revoked, where it comes from this source; 0 when the CRL is
 * not about the certificate. That the source has CRLs of this issuer is for the caller to see to.
 */
export function reasonsCovered(
  crl: CertificateRevocationList,
  certificate: Certificate,
  source: CrlSource,
): ReasonMask {
  const scope = crl.issuingDistributionPoint;
  if (!source.direct && scope?.indirectCrl !== true) return 0;
  if (scope === null) return source.reasons & ALL_REASONS;
  const isCa = certificate.basicConstraints?.ca === true;
  if (scope.onlyContainsAttributeCerts || (isCa ? scope.onlyContainsUserCerts : scope.onlyContainsCaCerts)) return 0;
  const names = scopeNames(crl);
  if (names !== null && !source.nameKeys.some((key) => names.has(key))) return 0;
  return source.reasons & (scope.onlySomeReasons ?? ALL_REASONS) & ALL_REASONS;
}

/** Keys of the names that the scope of a CRL has; null where it has none. Worked out once for each CRL. */
function scopeNames(crl: CertificateRevocationList): ReadonlySet<string> | null {
  const name = crl.issuingDistributionPoint?.name ?? null;
  if (name === null) return null;
  const known = scopes.get(crl) ?? new Set(pointNameKeys(name, crl.issuerName));
  scopes.set(crl, known);
  return known;
}

const scopes = new WeakMap<CertificateRevocationList, ReadonlySet<string>>();

/**
 * Whether a delta CRL brings this complete CRL up to date: same issuer, same scope, same key by its identifier; based on
 * this CRL or one before it, and itself later.
 */
export function isDeltaOf(delta: CertificateRevocationList, complete: CertificateRevocationList): boolean {
  return (
    delta.baseCrlNumber !== null &&
    delta.crlNumber !== null &&
    complete.baseCrlNumber === null &&
    complete.crlNumber !== null &&
    delta.baseCrlNumber <= complete.crlNumber &&
    complete.crlNumber < delta.crlNumber &&
    comparableName(delta.issuerName) === comparableName(complete.issuerName) &&
    sameExtension(delta, complete, EXTENSION.issuingDistributionPoint) &&
    sameExtension(delta, complete, EXTENSION.authorityKeyIdentifier)
  );
}

function sameExtension(a: CertificateRevocationList, b: CertificateRevocationList, oid: string): boolean {
  const [first, second] = [crlExtension(a, oid), crlExtension(b, oid)];
  if (first === undefined || second === undefined) return first === second;
  return equalBytes(first.value, second.value);
}
