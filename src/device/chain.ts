/**
 * Sorting CA certificates into chains, each from its lowest CA upwards. This is about order on a device, not about trust:
 * dates, constraints and usages are not looked at.
 *
 * @module
 */
import { groupBy } from '../encoding/group-by.js';
import type { Certificate } from '../x509/certificate.js';
import { comparableName } from '../x509/name.js';
import { verifyCertificateSignature } from '../x509/signature.js';

/** Certificates of which each is issued by the next; at least one. */
export type Chain = readonly [Certificate, ...Certificate[]];

/**
 * Sorts certificates by who issued whom: names, key identifiers and signatures must agree. A certificate that issued
 * several others stands in several chains; every certificate stands in at least one.
 *
 * @param certificates - in any order, without duplicates
 * @returns chains in the order in which their first certificate was given
 */
export function sortIntoChains(certificates: readonly Certificate[]): readonly Chain[] {
  const issuers = findIssuers(certificates);
  const issuing = new Set(issuers.values());
  const covered = new Set<Certificate>();
  const chains: Chain[] = [];
  // CAs that certified one another stand in a ring without a lowest one: there the first given starts the chain.
  for (const start of [...certificates.filter((certificate) => !issuing.has(certificate)), ...certificates]) {
    if (covered.has(start)) continue;
    const chain = climb(start, issuers);
    for (const certificate of chain) covered.add(certificate);
    chains.push(chain);
  }
  const place = (chain: Chain): number => Math.min(...chain.map((certificate) => certificates.indexOf(certificate)));
  return chains.sort((a, b) => place(a) - place(b) || certificates.indexOf(a[0]) - certificates.indexOf(b[0]));
}

/** Whether a certificate is self-signed (RFC 5280 3.2), or self-issued with a signature this runtime cannot check. */
export function isSelfSigned(certificate: Certificate): boolean {
  return (
    certificate.selfIssued && verifyCertificateSignature(certificate, certificate.subjectPublicKeyInfo) !== 'invalid'
  );
}

/** Whether one certificate issued another: names, key identifiers and signature agree. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return comparableName(certificate.issuerName) === comparableName(issuer.subjectName) && issued(issuer, certificate);
}

/** For each certificate the one of the others that issued it; of several a root, because that ends the chain soonest. */
function findIssuers(certificates: readonly Certificate[]): ReadonlyMap<Certificate, Certificate> {
  const roots = new Set(certificates.filter(isSelfSigned));
  const bySubject = groupBy(certificates, ({ subjectName }) => comparableName(subjectName));
  const issuers = new Map<Certificate, Certificate>();
  for (const certificate of certificates) {
    if (roots.has(certificate)) continue;
    const candidates = (bySubject.get(comparableName(certificate.issuerName)) ?? []).filter((issuer) =>
      issued(issuer, certificate),
    );
    const issuer = candidates.find((candidate) => roots.has(candidate)) ?? candidates[0];
    if (issuer !== undefined) issuers.set(certificate, issuer);
  }
  return issuers;
}

/**
 * Whether one certificate may have issued another whose issuer bears its name: key identifiers do not contradict (RFC 5280
 * 4.2.1.1) and the signature verifies, as far as this runtime can tell.
 */
function issued(issuer: Certificate, certificate: Certificate): boolean {
  const { subjectKeyIdentifier } = issuer;
  const { authorityKeyIdentifier } = certificate;
  return (
    issuer !== certificate &&
    (subjectKeyIdentifier === null ||
      authorityKeyIdentifier === null ||
      subjectKeyIdentifier === authorityKeyIdentifier) &&
    verifyCertificateSignature(certificate, issuer.subjectPublicKeyInfo) !== 'invalid'
  );
}

function climb(start: Certificate, issuers: ReadonlyMap<Certificate, Certificate>): Chain {
  const chain: [Certificate, ...Certificate[]] = [start];
  for (let next = issuers.get(start); next !== undefined && !chain.includes(next); next = issuers.get(next)) {
    chain.push(next);
  }
  return chain;
}
