/**
 * The rules that a single certificate must meet in its place, whatever path it is in: one function each in `rules/`. What
 * depends on the certificates above and below is in `check-path.ts`.
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import type { CertificateRule, Profile, RuleContext } from './certificate-rule.js';
import type { Reason } from './reason.js';
import { consistentAuthority, isAuthority, maySignCertificates } from './rules/authority.js';
import {
  bareSignatureAlgorithm,
  matchingAlgorithms,
  properSerialNumber,
  rightVersion,
  strictEncoding,
} from './rules/encoding.js';
import {
  criticalWhereRequired,
  knownCriticalExtensions,
  nameConstraintsInCaOnly,
  noDuplicates,
  nothingWronglyCritical,
  readableExtensions,
  undottedBases,
} from './rules/extensions.js';
import { namesIssuerKey, namesOwnKey } from './rules/key-identifiers.js';
import { strongKey, strongSignature } from './rules/keys.js';
import {
  attributesInBounds,
  lettersOfTheirTypes,
  namesPresent,
  subjectIdentified,
  wellFormedAlternativeNames,
  wellSpelledAlternativeNames,
} from './rules/names.js';
import { allowsPurpose, keyUsageFitsPurpose } from './rules/purpose.js';
import { rightDateTypes, withinValidity } from './rules/validity.js';
import { listedKeyAlgorithm, listedSignatureAlgorithm } from './rules/webpki-algorithms.js';
import {
  accessByUri,
  criticalBasicConstraints,
  endEntityIsNoCa,
  endEntitySignsNothing,
  plainAuthorityKeyIdentifier,
  purposeStated,
  rootHasNoPurpose,
} from './rules/webpki-extensions.js';
import {
  commonNameIsAlternative,
  namedByAlternativeNames,
  noRegistryWildcard,
  reservedLabelsAvoided,
} from './rules/webpki-names.js';
import {
  caHasKeyUsage,
  criticalUsage,
  foundByHttp,
  noForeignPurpose,
  reservedPolicy,
  subjectInForm,
  usageFitsKey,
} from './rules/webpki-profiles.js';

const RFC5280: readonly CertificateRule[] = [
  withinValidity,
  strictEncoding,
  lettersOfTheirTypes,
  matchingAlgorithms,
  bareSignatureAlgorithm,
  rightVersion,
  properSerialNumber,
  namesPresent,
  subjectIdentified,
  attributesInBounds,
  wellFormedAlternativeNames,
  wellSpelledAlternativeNames,
  noDuplicates,
  knownCriticalExtensions,
  nothingWronglyCritical,
  criticalWhereRequired,
  readableExtensions,
  undottedBases,
  nameConstraintsInCaOnly,
  isAuthority,
  maySignCertificates,
  consistentAuthority,
  namesIssuerKey,
  namesOwnKey,
  strongKey,
  strongSignature,
  allowsPurpose,
  keyUsageFitsPurpose,
];

const WEBPKI: readonly CertificateRule[] = [
  ...RFC5280,
  rightDateTypes,
  criticalBasicConstraints,
  endEntityIsNoCa,
  endEntitySignsNothing,
  purposeStated,
  rootHasNoPurpose,
  plainAuthorityKeyIdentifier,
  accessByUri,
  namedByAlternativeNames,
  noRegistryWildcard,
  commonNameIsAlternative,
  reservedLabelsAvoided,
  listedKeyAlgorithm,
  listedSignatureAlgorithm,
  caHasKeyUsage,
  criticalUsage,
  usageFitsKey,
  noForeignPurpose,
  foundByHttp,
  reservedPolicy,
  subjectInForm,
];

const RULES: Readonly<Record<Profile, readonly CertificateRule[]>> = { rfc5280: RFC5280, webpki: WEBPKI };

/**
 * What RFC 5280 asks of those who make certificates, and no step of its section 6.1 depends on: identifiers of keys, serial
 * numbers of a proper form, attributes of a proper length in the letters of their type, alternative names and constraints in their
 * syntax, no parameters where an algorithm has none, that an extension which is processed anyway is critical, and that one who issues
 * nothing does not say what is for those who do.
 */
const FORM: ReadonlySet<CertificateRule> = new Set([
  namesIssuerKey,
  namesOwnKey,
  properSerialNumber,
  attributesInBounds,
  lettersOfTheirTypes,
  wellSpelledAlternativeNames,
  undottedBases,
  bareSignatureAlgorithm,
  criticalWhereRequired,
  consistentAuthority,
]);

/** The reasons against a certificate in its place, worked out as they are asked for; none means that it may stand there. */
export function* checkCertificate(certificate: Certificate, context: RuleContext): Generator<Reason> {
  for (const rule of RULES[context.profile]) {
    if (context.toleratesForm === true && FORM.has(rule)) continue;
    yield* rule(certificate, context);
  }
}

/** The flaws of form of a certificate in its place: what `toleratesForm` passes over. */
export function* checkForm(certificate: Certificate, context: RuleContext): Generator<Reason> {
  for (const rule of RULES[context.profile]) if (FORM.has(rule)) yield* rule(certificate, context);
}
