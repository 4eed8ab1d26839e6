/**
 * Extensions in general: which there may be, which must be critical and which must not, and that each can be read
 * (RFC 5280 4.2, 6.1.3, 6.1.4 (o), 6.1.5 (f)).
 *
 * @module
 */
import { EXTENSION } from '../../x509/oids.js';
import { ANY_POLICY } from '../../x509/policies.js';
import { type CertificateRule, isOld, isOldAnchor } from '../certificate-rule.js';
import { decodedExtensions } from '../decoded-extensions.js';
import { describeBadBase } from '../name-constraints.js';
import { isDottedBase } from '../names/dns-name.js';
import { quote, reason } from '../reason.js';

/** Those that path validation processes, and that may therefore be critical. */
const PROCESSED: ReadonlySet<string> = new Set([
  EXTENSION.basicConstraints,
  EXTENSION.keyUsage,
  EXTENSION.extendedKeyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.nameConstraints,
  EXTENSION.certificatePolicies,
  EXTENSION.policyMappings,
  EXTENSION.policyConstraints,
  EXTENSION.inhibitAnyPolicy,
  EXTENSION.crlDistributionPoints,
]);

/** "Conforming CAs MUST mark this extension as non-critical": RFC 5280 4.2.1.1, 4.2.1.2, 4.2.1.8, 4.2.1.15, 4.2.2. */
const NEVER_CRITICAL: ReadonlyMap<string, string> = new Map(
  (
    [
      'authorityKeyIdentifier',
      'subjectKeyIdentifier',
      'subjectDirectoryAttributes',
      'freshestCrl',
      'authorityInfoAccess',
      'subjectInfoAccess',
    ] as const
  ).map((name) => [EXTENSION[name], name]),
);

/** "Conforming CAs MUST mark this extension as critical": RFC 5280 4.2.1.9, 4.2.1.10, 4.2.1.11, 4.2.1.14. */
const ALWAYS_CRITICAL = ['basicConstraints', 'nameConstraints', 'policyConstraints', 'inhibitAnyPolicy'] as const;

/** No extension occurs twice (RFC 5280 4.2). */
export const noDuplicates: CertificateRule = (certificate) => {
  const seen = new Set<string>();
  for (const { oid } of certificate.extensions) {
    if (seen.has(oid)) return [reason('path/duplicate-extension', `the extension ${oid} occurs twice`, certificate)];
    seen.add(oid);
  }
  return [];
};

/**
 * A critical extension is one that is processed here, in every part. Application policies are where an extendedKeyUsage
 * stands beside them, which they repeat; alone, they mean nothing to RFC 5280.
 */
export const knownCriticalExtensions: CertificateRule = (certificate) => [
  ...certificate.extensions
    .filter(({ oid, critical }) => critical && !PROCESSED.has(oid) && !NEVER_CRITICAL.has(oid))
    .filter(({ oid }) => oid !== EXTENSION.applicationPolicies || certificate.extendedKeyUsage === null)
    .map(({ oid }) =>
      reason('path/unknown-critical-extension', `the critical extension ${oid} is not understood`, certificate),
    ),
  ...(certificate.extension(EXTENSION.certificatePolicies)?.critical === true &&
  decodedExtensions(certificate).certificatePolicies?.hasUnknownQualifier === true
    ? [
        reason(
          'path/unknown-critical-extension',
          'a critical policy has a qualifier that is not understood',
          certificate,
        ),
      ]
    : []),
];

/** No extension is critical that RFC 5280 says must not be. */
export const nothingWronglyCritical: CertificateRule = (certificate) =>
  certificate.extensions.flatMap(({ oid, critical }) => {
    const name = critical ? NEVER_CRITICAL.get(oid) : undefined;
    return name === undefined
      ? []
      : [reason('path/wrong-criticality', `${name} is critical, which it must not be`, certificate)];
  });

/**
 * An extension is critical where RFC 5280 says that it must be. Three exceptions: basicConstraints is asked of anchors alone,
 * which no step of 6.1 looks at; name constraints need not be critical under `webpki` (Baseline Requirements 7.1.2.10.8); and
 * RFC 3280 4.2.1.12 left policyConstraints open, which old certificates make use of.
 */
export const criticalWhereRequired: CertificateRule = (certificate, context) => {
  const isExempt: Partial<Record<keyof typeof EXTENSION, boolean>> = {
    basicConstraints: context.role !== 'anchor' || isOldAnchor(certificate, context),
    nameConstraints: context.profile === 'webpki',
    policyConstraints: isOld(certificate),
  };
  return ALWAYS_CRITICAL.filter(
    (name) => isExempt[name] !== true && certificate.extension(EXTENSION[name])?.critical === false,
  ).map((name) => reason('path/wrong-criticality', `${name} is not critical, which it must be`, certificate));
};

/** Every extension known here can be read, and says nothing that RFC 5280 forbids it to say. */
export const readableExtensions: CertificateRule = (certificate) => {
  const { malformed, nameConstraints, policyMappings } = decodedExtensions(certificate);
  const badBases = [
    ...(nameConstraints?.permitted ?? []).map((base) => describeBadBase(base, false)),
    ...(nameConstraints?.excluded ?? []).map((base) => describeBadBase(base, true)),
  ].filter((bad) => bad !== null);
  return [
    ...malformed.map(({ message }) => message),
    ...badBases.slice(0, 1).map((bad) => `nameConstraints: ${bad}`),
    // RFC 5280 6.1.4 (a)
    ...(policyMappings?.some(({ issuer, subject }) => issuer === ANY_POLICY || subject === ANY_POLICY) === true
      ? ['policyMappings: anyPolicy is mapped']
      : []),
  ].map((message) => reason('path/malformed-extension', message, certificate));
};

/** Name constraints are for CA certificates only (RFC 5280 4.2.1.10). */
export const nameConstraintsInCaOnly: CertificateRule = (certificate) =>
  certificate.extension(EXTENSION.nameConstraints) === undefined || certificate.ca
    ? []
    : [reason('path/misplaced-extension', 'name constraints stand in a certificate that is no CA', certificate)];

/**
 * No constraint on DNS names has a dot in front (RFC 5280 4.2.1.10), as those on hosts of URIs may. Where that is tolerated, it permits no more
 * than anybody takes it for, and excludes no less.
 */
export const undottedBases: CertificateRule = (certificate) => {
  const { permitted = [], excluded = [] } = decodedExtensions(certificate).nameConstraints ?? {};
  const dotted = [...(permitted ?? []), ...(excluded ?? [])].find(
    (base) => base.kind === 'dns' && isDottedBase(base.text),
  );
  if (dotted?.kind !== 'dns') return [];
  return [reason('path/malformed-extension', `nameConstraints: ${quote(dotted.text)} has a dot in front`, certificate)];
};
