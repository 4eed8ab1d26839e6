/**
 * What a rule about a single certificate is: it sees the certificate and its place, and gives the reasons against it.
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import type { ReadExtension } from '../x509/extensions.js';
import type { Reason } from './reason.js';

/** The place of a certificate in a path. */
export type Role = 'end-entity' | 'intermediate' | 'anchor';

/** Which rules apply: those of RFC 5280 alone, or with those of the CA/Browser Forum for server certificates. */
export type Profile = 'rfc5280' | 'webpki';

/** What the end entity is to be used for. */
export type Purpose = 'serverAuth' | 'clientAuth' | 'any';

/** Where and for what a certificate is judged. */
export interface RuleContext {
  readonly role: Role;
  readonly profile: Profile;
  readonly purpose: Purpose;
  /** Whole seconds: the dates of certificates have no finer grain. */
  readonly at: Date;
  /** Whether flaws of form are passed over, as `ValidatePathOptions.toleratesForm` says. Default: false. */
  readonly toleratesForm?: boolean;
}

/** A rule. It never throws, whatever the certificate holds. */
export type CertificateRule = (certificate: Certificate, context: RuleContext) => readonly Reason[];

/** X.509 has had extensions since its edition of 1996; no certificate with a true date can have them before. */
const FIRST_EXTENSIONS = Date.UTC(1996, 0, 1);
/** The Baseline Requirements are in force since this day, and audits have held roots to their form. */
const BASELINE_REQUIREMENTS = Date.UTC(2012, 6, 1);

/**
 * Whether a certificate is so old that its form is forgiven where nothing depends on it. CAs of that time followed RFC 3280,
 * and nobody audited the form of what they made.
 */
export function isOld({ notBefore }: Certificate): boolean {
  return notBefore.getTime() >= FIRST_EXTENSIONS && notBefore.getTime() < BASELINE_REQUIREMENTS;
}

/**
 * Whether it is an anchor and old: a basicConstraints that is not critical, no subjectKeyIdentifier, an issuer named by
 * serial number and the wrong type of date are forgiven. Public roots of that time are such and in use (Go Daddy Class 2,
 * Starfield Class 2, ePKI, TWCA Global, Hongkong Post 1, QuoVadis 2 and 3, Certum Trusted Network 2).
 */
export function isOldAnchor(certificate: Certificate, { role }: RuleContext): boolean {
  return role === 'anchor' && isOld(certificate);
}

/**
 * Whether an extension is there and cannot be read. `readableExtensions` refuses the certificate for it; a rule that took what
 * nobody knows for a no would say what is not true.
 */
export function isUnreadable({ defects }: Certificate, extension: ReadExtension): boolean {
  return defects.some(({ field }) => field === extension);
}
