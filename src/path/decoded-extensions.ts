/**
 * The extensions that path validation processes, decoded from a certificate. One that is malformed is no error here: it is
 * listed, and the rules refuse the certificate for it.
 *
 * @module
 */
import { childrenOf, contextTag, decodeElement, expectTag, readOid, TAG, withTag } from '../encoding/der.js';
import { checkStrictDer } from '../encoding/strict-der.js';
import { expectTrustError, TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import { type DistributionPoint, decodeDistributionPoints } from '../x509/distribution-point.js';
import { decodeGeneralName, decodeGeneralNames, type GeneralName, generalNamesIn } from '../x509/general-name.js';
import { decodeNameConstraints, type NameConstraints } from '../x509/name-constraints.js';
import { EXTENSION } from '../x509/oids.js';
import {
  type CertificatePolicies,
  decodeCertificatePolicies,
  decodeInhibitAnyPolicy,
  decodePolicyConstraints,
  decodePolicyMappings,
  type PolicyConstraints,
  type PolicyMapping,
} from '../x509/policies.js';

/** One AccessDescription (RFC 5280 4.2.2.1). */
export interface AccessDescription {
  readonly method: string;
  readonly location: GeneralName;
}

/** Which fields an authorityKeyIdentifier has (RFC 5280 4.2.1.1). */
export interface AuthorityKeyIdentifierFields {
  readonly keyIdentifier: boolean;
  readonly issuerAndSerialNumber: boolean;
}

/** What the extensions say; null where one is absent or malformed. */
export interface DecodedExtensions {
  readonly subjectAltName: readonly GeneralName[] | null;
  readonly issuerAltName: readonly GeneralName[] | null;
  readonly nameConstraints: NameConstraints | null;
  readonly certificatePolicies: CertificatePolicies | null;
  readonly applicationPolicies: CertificatePolicies | null;
  readonly policyMappings: readonly PolicyMapping[] | null;
  readonly policyConstraints: PolicyConstraints | null;
  readonly inhibitAnyPolicy: number | null;
  readonly authorityKeyIdentifier: AuthorityKeyIdentifierFields | null;
  readonly crlDistributionPoints: readonly DistributionPoint[] | null;
  readonly freshestCrl: readonly DistributionPoint[] | null;
  readonly authorityInfoAccess: readonly AccessDescription[] | null;
  readonly subjectInfoAccess: readonly AccessDescription[] | null;
  /** What is wrong with the malformed ones, with the name of each. */
  readonly malformed: readonly { readonly extension: keyof typeof EXTENSION; readonly message: string }[];
}

const known = new WeakMap<Certificate, DecodedExtensions>();

/** Decodes the extensions of a certificate, once. */
export function decodedExtensions(certificate: Certificate): DecodedExtensions {
  const found = known.get(certificate) ?? decodeAll(certificate);
  known.set(certificate, found);
  return found;
}

function decodeAll(certificate: Certificate): DecodedExtensions {
  const malformed = certificate.defects
    .filter(({ field }) => field in EXTENSION)
    .map(({ field, message }) => ({ extension: field as keyof typeof EXTENSION, message }));
  const decoded = <T>(extension: keyof typeof EXTENSION, decode: (value: Uint8Array) => T): T | null => {
    const value = certificate.extension(EXTENSION[extension])?.value;
    if (value === undefined || malformed.some((other) => other.extension === extension)) return null;
    try {
      return decode(value);
    } catch (error) {
      malformed.push({ extension, message: `${extension}: ${expectTrustError(error).message}` });
      return null;
    }
  };
  decoded('basicConstraints', expectCaAndPathLength);
  decoded('extendedKeyUsage', () => expectSome(certificate.extendedKeyUsage?.length, 'the list of purposes is empty'));
  decoded('keyUsage', () => expectSome(certificate.keyUsage?.size, 'no bit is set'));
  return {
    issuerAltName: decoded('issuerAltName', decodeGeneralNames),
    freshestCrl: decoded('freshestCrl', decodeDistributionPoints),
    subjectInfoAccess: decoded('subjectInfoAccess', decodeAccessDescriptions),
    subjectAltName: decoded('subjectAltName', decodeGeneralNames),
    nameConstraints: decoded('nameConstraints', decodeNameConstraints),
    certificatePolicies: decoded('certificatePolicies', decodeCertificatePolicies),
    applicationPolicies: decoded('applicationPolicies', decodeCertificatePolicies),
    policyMappings: decoded('policyMappings', decodePolicyMappings),
    policyConstraints: decoded('policyConstraints', decodePolicyConstraints),
    inhibitAnyPolicy: decoded('inhibitAnyPolicy', decodeInhibitAnyPolicy),
    authorityKeyIdentifier: decoded('authorityKeyIdentifier', decodeKeyIdentifierFields),
    crlDistributionPoints: decoded('crlDistributionPoints', decodeDistributionPoints),
    authorityInfoAccess: decoded('authorityInfoAccess', decodeAccessDescriptions),
    malformed,
  };
}

/** The certificate has read the two fields of basicConstraints; there must be no other, and none in another place. */
function expectCaAndPathLength(value: Uint8Array): void {
  const tags = childrenOf(decodeElement(value, TAG.sequence)).map(({ tag }) => tag);
  const [first, ...others] = tags[0] === TAG.boolean ? tags.slice(1) : tags;
  if (others.length > 0 || (first !== undefined && first !== TAG.integer)) {
    throw new TrustError('der/unexpected-tag', 'the fields are not cA and a path length');
  }
}

function expectSome(count: number | undefined, otherwise: string): void {
  if (count === 0) throw new TrustError('der/bad-value', otherwise);
}

/** keyIdentifier [0], authorityCertIssuer [1] and authorityCertSerialNumber [2], the last two together or not at all. */
function decodeKeyIdentifierFields(value: Uint8Array): AuthorityKeyIdentifierFields {
  const fields = childrenOf(decodeElement(value, TAG.sequence));
  const field = (tag: number) => (fields[0]?.tag === tag ? fields.shift() : undefined);
  const [keyIdentifier, issuer, serialNumber] = [
    field(contextTag(0, false)),
    field(contextTag(1)),
    field(contextTag(2, false)),
  ];
  if (fields.length > 0 || (issuer === undefined) !== (serialNumber === undefined)) {
    throw new TrustError('der/unexpected-tag', 'the fields are not those of an authority key identifier');
  }
  if (issuer !== undefined) generalNamesIn(issuer);
  if (serialNumber !== undefined) checkStrictDer(withTag(serialNumber, TAG.integer));
  return { keyIdentifier: keyIdentifier !== undefined, issuerAndSerialNumber: issuer !== undefined };
}

function decodeAccessDescriptions(value: Uint8Array): readonly AccessDescription[] {
  const descriptions = childrenOf(decodeElement(value, TAG.sequence)).map((description) => {
    const [method, location, ...more] = childrenOf(expectTag(description, TAG.sequence));
    if (location === undefined || more.length > 0) {
      throw new TrustError('der/unexpected-tag', 'an access description is not a method and a location');
    }
    return { method: readOid(method), location: decodeGeneralName(location) };
  });
  if (descriptions.length === 0) throw new TrustError('der/bad-value', 'the list of access descriptions is empty');
  return descriptions;
}
