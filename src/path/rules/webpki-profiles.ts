/**
 * What the certificate profiles of the CA/Browser Forum Baseline Requirements (7.1.2, since version 2.0.0) say that a
 * certificate must not hold, or only in one form. They bind what was issued since they are in force.
 *
 * @module
 */
import { TAG } from '../../encoding/der.js';
import type { DistributionPoint } from '../../x509/distribution-point.js';
import type { KeyUsage } from '../../x509/extensions.js';
import { ACCESS_METHOD, ATTRIBUTE, EXTENSION } from '../../x509/oids.js';
import { ANY_POLICY } from '../../x509/policies.js';
import { type CertificateRule, isOld, type RuleContext } from '../certificate-rule.js';
import { decodedExtensions } from '../decoded-extensions.js';
import { isHttpUri } from '../names/uri.js';
import { type Reason, reason } from '../reason.js';

/** Version 2.0.0 is in force since this day. */
const PROFILES = Date.UTC(2023, 8, 15);

const ACCESS_METHODS: readonly string[] = [ACCESS_METHOD.ocsp, ACCESS_METHOD.caIssuers];

/** codeSigning, emailProtection, timeStamping, OCSPSigning, and the signing of precertificates (7.1.2.7.10). */
const FOREIGN_PURPOSES: readonly string[] = [
  ...[3, 4, 8, 9].map((arc) => `1.3.6.1.5.5.7.3.${arc}`),
  '1.3.6.1.4.1.11129.2.4.4',
];

/** Extended, domain, organization and individual validated (7.1.6.1). */
const RESERVED_POLICIES: readonly string[] = ['2.23.140.1.1', '2.23.140.1.2.1', '2.23.140.1.2.2', '2.23.140.1.2.3'];

/** 7.1.2.7.11; those of CAs have a rule of their own, which holds for any certificate. */
const FOREIGN_USAGES: Readonly<Record<string, readonly KeyUsage[]>> = {
  RSA: ['nonRepudiation', 'keyAgreement', 'encipherOnly', 'decipherOnly'],
  EC: ['nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'encipherOnly', 'decipherOnly'],
};

/** 7.1.4.2: countryName and serialNumber are PrintableString, domainComponent is IA5String. */
const STRING_TYPES: ReadonlyMap<string, readonly number[]> = new Map([
  [ATTRIBUTE.countryName, [TAG.printableString]],
  ['2.5.4.5', [TAG.printableString]],
  ['0.9.2342.19200300.100.1.25', [TAG.ia5String]],
]);
const TEXT_TYPES: readonly number[] = [TAG.utf8String, TAG.printableString];

/** organizationalUnitName, which the end entity has none of (7.1.4.2). */
const ORGANIZATIONAL_UNIT = '2.5.4.11';

/** A rule for what was issued since the profiles are in force. */
function profiled(rule: CertificateRule): CertificateRule {
  return (certificate, context) => (certificate.notBefore.getTime() >= PROFILES ? rule(certificate, context) : []);
}

/** 7.1.2.1.2, 7.1.2.10.7: a CA has a keyUsage. Old anchors are judged by the rules of RFC 5280. */
export const caHasKeyUsage: CertificateRule = (certificate, { role }) =>
  role === 'end-entity' || certificate.keyUsage !== null || (role === 'anchor' && isOld(certificate))
    ? []
    : [reason('path/no-cert-sign', 'a CA has no keyUsage', certificate)];

/** 7.1.2.7.8, 7.1.2.7.11, 7.1.2.10.7: keyUsage and basicConstraints are critical, in whatever they stand. */
export const criticalUsage: CertificateRule = profiled((certificate) =>
  (['keyUsage', 'basicConstraints'] as const)
    .filter((name) => certificate.extension(EXTENSION[name])?.critical === false)
    .map((name) => reason('path/wrong-criticality', `${name} is not critical, which it must be`, certificate)),
);

/** 7.1.2.7.11: the key of an end entity is used for what goes with its kind; on a curve it signs. */
export const usageFitsKey: CertificateRule = profiled((certificate, { role }) => {
  const { keyUsage, publicKey } = certificate;
  if (role !== 'end-entity' || keyUsage === null) return [];
  const foreign = (FOREIGN_USAGES[publicKey.algorithm] ?? []).filter((usage) => keyUsage.has(usage));
  const missing = publicKey.algorithm === 'EC' && !keyUsage.has('digitalSignature');
  return [
    ...foreign.map((usage) =>
      reason('path/wrong-purpose', `keyUsage has ${usage}, which is not for its key`, certificate),
    ),
    ...(missing ? [reason('path/wrong-purpose', 'keyUsage lacks digitalSignature', certificate)] : []),
  ];
});

/** 7.1.2.7.10: a server certificate is for nothing that has certificates of its own. */
export const noForeignPurpose: CertificateRule = profiled((certificate, { role }) => {
  const found = (certificate.extendedKeyUsage ?? []).find((purpose) => FOREIGN_PURPOSES.includes(purpose));
  return role !== 'end-entity' || found === undefined
    ? []
    : [
        reason(
          'path/wrong-purpose',
          `extendedKeyUsage has ${found}, which a server certificate must not have`,
          certificate,
        ),
      ];
});

/** 7.1.2.7.7, 7.1.2.11.2: issuers, OCSP responders and CRLs are found over HTTP and in no other way. */
export const foundByHttp: CertificateRule = profiled((certificate, context) => {
  const { authorityInfoAccess, crlDistributionPoints } = decodedExtensions(certificate);
  const access = (authorityInfoAccess ?? []).every(
    ({ method, location }) => ACCESS_METHODS.includes(method) && location.kind === 'uri' && isHttpUri(location.text),
  );
  return [
    ...refuseUnless(access, 'authorityInfoAccess', certificate, context),
    ...refuseUnless((crlDistributionPoints ?? []).every(isHttpPoint), 'cRLDistributionPoints', certificate, context),
  ];
});

/** 7.1.2.7.9: where a server certificate names policies, one is reserved for such certificates, and none is anyPolicy. */
export const reservedPolicy: CertificateRule = profiled((certificate, { role }) => {
  const { certificatePolicies } = decodedExtensions(certificate);
  if (role !== 'end-entity' || certificatePolicies === null) return [];
  const { policies } = certificatePolicies;
  return policies.some((policy) => RESERVED_POLICIES.includes(policy)) && !policies.includes(ANY_POLICY)
    ? []
    : [reason('path/policy', 'no policy is one of those reserved for server certificates', certificate)];
});

/** 7.1.4.2: attributes have the string type of their kind, and an end entity no organizational unit. */
export const subjectInForm: CertificateRule = profiled((certificate, { role }) => {
  const attributes = certificate.subjectName.rdns.flat();
  const odd = attributes.find(({ type, tag }) => !(STRING_TYPES.get(type) ?? TEXT_TYPES).includes(tag));
  const unit = role === 'end-entity' && attributes.some(({ type }) => type === ORGANIZATIONAL_UNIT);
  return [
    ...(odd === undefined
      ? []
      : [reason('path/bad-name', `the attribute ${odd.type} has the wrong type of string`, certificate)]),
    ...(unit ? [reason('path/bad-name', 'there is an organizational unit', certificate)] : []),
  ];
});

function isHttpPoint({ name, reasons, crlIssuer }: DistributionPoint): boolean {
  const names = name?.kind === 'full' ? name.names : [];
  const isHttp = names.length > 0 && names.every((one) => one.kind === 'uri' && isHttpUri(one.text));
  return isHttp && reasons === null && crlIssuer === null;
}

/** An anchor is not fetched, and its CRLs are not asked for. */
function refuseUnless(
  isRight: boolean,
  extension: string,
  certificate: Parameters<CertificateRule>[0],
  { role }: RuleContext,
): readonly Reason[] {
  return isRight || role === 'anchor'
    ? []
    : [reason('path/malformed-extension', `${extension}: not all is found by HTTP`, certificate)];
}
