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
  decodeDistributionPoints,
  generalNameKey,
  pointNameKeys,
  type ReasonMask,
} from '../x509/distribution-point.js';
import { decodeGeneralNames } from '../x509/general-name.js';
import { comparableName, type DistinguishedName } from '../x509/name.js';
import { EXTENSION } from '../x509/oids.js';

/**
 * The distribution points that a certificate names, and after them the one it has by being issued: the name of its issuer
 * with all that issuerAltName adds, for all reasons (the last paragraphs of 6.3.3).
 *
 * @throws {TrustError} `der/…` when an extension cannot be read
 */
export function distributionPointsOf(certificate: Certificate): readonly DistributionPoint[] {
  const named = certificate.extension(EXTENSION.crlDistributionPoints);
  const issuerAltName = certificate.extension(EXTENSION.issuerAltName);
  const { issuerName } = certificate;
  const implied: DistributionPoint = {
    name: {
      kind: 'full',
      names: [
        { kind: 'directory', name: issuerName },
        ...(issuerAltName === undefined ? [] : decodeGeneralNames(issuerAltName.value)),
      ],
    },
    reasons: null,
    crlIssuer: null,
  };
  return [...(named === undefined ? [] : decodeDistributionPoints(named.value)), implied];
}

/** Who may have issued the CRLs of a point: those it names, else the issuer of the certificate. */
export function crlIssuersOf(point: DistributionPoint, certificate: Certificate): readonly DistinguishedName[] {
  if (point.crlIssuer === null) return [certificate.issuerName];
  return point.crlIssuer.flatMap((name) => (name.kind === 'directory' ? name.name : []));
}

/**
 * The reasons for which a CRL tells whether the certificate is revoked, where it is found by way of this point; 0 when
 * the CRL is not about the certificate. That the names of the issuers are the same is for the caller to see to.
 */
export function reasonsCovered(
  crl: CertificateRevocationList,
  certificate: Certificate,
  point: DistributionPoint,
): ReasonMask {
  const scope = crl.issuingDistributionPoint;
  const pointReasons = point.reasons ?? ALL_REASONS;
  if (scope === null) return point.crlIssuer === null ? pointReasons & ALL_REASONS : 0;
  if (point.crlIssuer !== null && !scope.indirectCrl) return 0;
  const isCa = certificate.basicConstraints?.ca === true;
  if (scope.onlyContainsAttributeCerts || (isCa ? scope.onlyContainsUserCerts : scope.onlyContainsCaCerts)) return 0;
  if (scope.name !== null) {
    const names = new Set(pointNameKeys(scope.name, crl.issuerName));
    if (!namesOf(point, certificate).some((key) => names.has(key))) return 0;
  }
  return pointReasons & (scope.onlySomeReasons ?? ALL_REASONS) & ALL_REASONS;
}

/** The names of a point, or of who issues its CRLs where it has none (6.3.3 (b)(2)(i)). */
function namesOf(point: DistributionPoint, certificate: Certificate): readonly string[] {
  if (point.name === null) return (point.crlIssuer ?? []).map(generalNameKey);
  // A relative name stands below the one cRLIssuer there then is, else below the issuer (4.2.1.13).
  const above = crlIssuersOf(point, certificate);
  return above.flatMap((issuer) => (point.name === null ? [] : pointNameKeys(point.name, issuer)));
}

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
