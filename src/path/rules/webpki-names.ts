/**
 * The CA/Browser Forum Baseline Requirements on the names of a server certificate (7.1.2.7.12, 7.1.4.3, 3.2.2.6).
 *
 * @module
 */
import type { GeneralName } from '../../x509/general-name.js';
import { renderIpAddress } from '../../x509/ip-address.js';
import { ATTRIBUTE, EXTENSION } from '../../x509/oids.js';
import type { CertificateRule } from '../certificate-rule.js';
import { decodedExtensions } from '../decoded-extensions.js';
import { isBelow, isRegistryWildcard } from '../names/dns-name.js';
import { quote, reason } from '../reason.js';

/** 7.1.2.7.12: subjectAltName is there, with DNS names and addresses only, and critical only without a subject. */
export const namedByAlternativeNames: CertificateRule = (certificate, { role }) => {
  if (role !== 'end-entity') return [];
  const extension = certificate.extension(EXTENSION.subjectAltName);
  if (extension === undefined) return [reason('path/missing-name', 'there is no subjectAltName', certificate)];
  const other = (decodedExtensions(certificate).subjectAltName ?? []).find(
    ({ kind }) => kind !== 'dns' && kind !== 'ip',
  );
  return [
    ...(other === undefined
      ? []
      : [reason('path/bad-name', `a subjectAltName of the form ${other.kind} is not allowed`, certificate)]),
    ...(extension.critical && certificate.subjectName.rdns.length > 0
      ? [reason('path/wrong-criticality', 'subjectAltName is critical, though there is a subject', certificate)]
      : []),
  ];
};

/** 3.2.2.6: no wildcard covers what a registry gives to many. */
export const noRegistryWildcard: CertificateRule = (certificate, { role }) => {
  if (role !== 'end-entity') return [];
  const names = decodedExtensions(certificate).subjectAltName ?? [];
  const tooWide = names.find((name) => name.kind === 'dns' && isRegistryWildcard(name.text));
  return tooWide?.kind === 'dns'
    ? [reason('path/bad-name', `${quote(tooWide.text)} covers a registry`, certificate)]
    : [];
};

/** Since this day labels with hyphens in their third and fourth place are for internationalized names alone. */
const RESERVED_LABELS = Date.UTC(2021, 9, 1);

/** 7.1.4.2.1 (RFC 5890 2.3.1): of the labels that are reserved, only those that begin with `xn--` occur. */
export const reservedLabelsAvoided: CertificateRule = (certificate, { role }) => {
  if (role !== 'end-entity' || certificate.notBefore.getTime() < RESERVED_LABELS) return [];
  const names = decodedExtensions(certificate).subjectAltName ?? [];
  const reserved = names.find((name) => name.kind === 'dns' && /(?:^|\.)(?!xn)..--/i.test(name.text));
  return reserved?.kind === 'dns'
    ? [reason('path/bad-name', `${quote(reserved.text)} has a label that is reserved`, certificate)]
    : [];
};

/**
 * 7.1.4.3: a common name is one of the alternative names, letter for letter; an address is written as RFC 3986 3.2.2 or
 * RFC 5952 4 say. The name below which a wildcard stands is tolerated, as it cannot be taken for anybody else's. A
 * certificate for this very host (`localhost`, 127.0.0.1) is none that the requirements are about (4.2.2).
 */
export const commonNameIsAlternative: CertificateRule = (certificate, { role }) => {
  const alternatives = decodedExtensions(certificate).subjectAltName ?? [];
  if (role !== 'end-entity' || alternatives.some(isLoopback)) return [];
  const commonNames = certificate.subjectName.rdns.flat().filter(({ type }) => type === ATTRIBUTE.commonName);
  const allowed = alternatives.flatMap((name) => {
    if (name.kind === 'ip') return [renderIpAddress(name.octets)];
    return name.kind === 'dns' ? [name.text, name.text.replace(/^\*\./, '')] : [];
  });
  return commonNames.length <= 1 && commonNames.every(({ value }) => value !== null && allowed.includes(value))
    ? []
    : [reason('path/bad-name', 'the common name is not one of the alternative names', certificate)];
};

/** RFC 6761 6.3, RFC 1122 3.2.1.3 (g), RFC 4291 2.5.3. */
function isLoopback(name: GeneralName): boolean {
  if (name.kind === 'dns') return isBelow(name.text, 'localhost');
  return name.kind === 'ip' && /^(?:127\..*|::1)$/.test(renderIpAddress(name.octets));
}
