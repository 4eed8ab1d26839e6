/**
 * What the key may be used for: extendedKeyUsage (RFC 5280 4.2.1.12), nested through the CAs above as all validators do,
 * and the keyUsage that goes with the purpose.
 *
 * @module
 */
import type { KeyUsage } from '../../x509/extensions.js';
import { EXTENSION } from '../../x509/oids.js';
import { type CertificateRule, isUnreadable, type Purpose } from '../certificate-rule.js';
import { decodedExtensions } from '../decoded-extensions.js';
import { reason } from '../reason.js';

/** anyExtendedKeyUsage. */
export const ANY_PURPOSE = '2.5.29.37.0';

/** The application policy that stands for all. Among key purposes it is one that no program takes for any other. */
const ANY_APPLICATION_POLICY = '1.3.6.1.4.1.311.10.12.1';

/** The key purposes by OID. */
export const PURPOSE_OIDS: Readonly<Record<Exclude<Purpose, 'any'>, string>> = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
};

/** Of these RFC 5280 4.2.1.12 calls at least one consistent with the purpose. */
const CONSISTENT_USAGES: Readonly<Record<Exclude<Purpose, 'any'>, readonly KeyUsage[]>> = {
  serverAuth: ['digitalSignature', 'keyEncipherment', 'keyAgreement'],
  clientAuth: ['digitalSignature', 'keyAgreement'],
};

/**
 * An extendedKeyUsage, where there is one, has the purpose or anyExtendedKeyUsage; in a CA it limits what is below. So do
 * application policies that are critical.
 */
export const allowsPurpose: CertificateRule = (certificate, { purpose }) => {
  if (purpose === 'any') return [];
  const isCritical = certificate.extension(EXTENSION.applicationPolicies)?.critical === true;
  const sufficient = [PURPOSE_OIDS[purpose], ANY_PURPOSE];
  const applicationPolicies = isCritical ? (decodedExtensions(certificate).applicationPolicies?.policies ?? []) : null;
  return [
    ...(isUnreadable(certificate, 'extendedKeyUsage')
      ? []
      : refuseWithout('extendedKeyUsage', certificate.extendedKeyUsage, sufficient)),
    ...refuseWithout('applicationPolicies', applicationPolicies, [...sufficient, ANY_APPLICATION_POLICY]),
  ].map((name) => reason('path/wrong-purpose', `${name} lacks ${purpose}`, certificate));
};

/** The name of a list that is there and holds none of what is sufficient. */
function refuseWithout(name: string, purposes: readonly string[] | null, sufficient: readonly string[]): string[] {
  return purposes === null || purposes.some((oid) => sufficient.includes(oid)) ? [] : [name];
}

/** The end entity's keyUsage, where there is one, is consistent with the purpose. */
export const keyUsageFitsPurpose: CertificateRule = (certificate, { role, purpose }) => {
  const { keyUsage } = certificate;
  if (role !== 'end-entity' || purpose === 'any' || keyUsage === null) return [];
  if (isUnreadable(certificate, 'keyUsage')) return [];
  return CONSISTENT_USAGES[purpose].some((usage) => keyUsage.has(usage))
    ? []
    : [reason('path/wrong-purpose', `keyUsage is none that goes with ${purpose}`, certificate)];
};
