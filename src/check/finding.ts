/**
 * A finding: a fact about the user's certificates that a rule reports. A value, never thrown.
 *
 * @module
 */
import type { BlockNote } from '../device/trustpoint.js';
import type { ErrorCode } from '../errors.js';
import type { ReasonCode } from '../path/reason.js';
import type { Source } from '../x509/source.js';

/** From what is good to know to what must not be ignored. */
export type Severity = 'info' | 'warning' | 'error';

/** Every code that a rule gives; stable, and explained in docs/findings.md. Add here; never reuse or rename one. */
export const FINDING_CODES = [
  'aia/fetched',
  'aia/limit',
  'anchor/algorithm-mismatch',
  'anchor/bad-extension',
  'anchor/bad-key',
  'anchor/bad-signature',
  'anchor/bad-version',
  'anchor/compressed-key',
  'anchor/duplicate-extension',
  'anchor/expired',
  'anchor/expires-soon',
  'anchor/extra-key-usage',
  'anchor/limited-purpose',
  'anchor/name-constraints',
  'anchor/never-valid',
  'anchor/no-cert-sign',
  'anchor/no-key-identifier',
  'anchor/no-key-usage',
  'anchor/no-name',
  'anchor/not-a-ca',
  'anchor/not-critical',
  'anchor/not-der',
  'anchor/not-self-signed',
  'anchor/not-yet-valid',
  'anchor/odd-date-type',
  'anchor/odd-serial-number',
  'anchor/old-hash',
  'anchor/old-version',
  'anchor/other-key-identifier',
  'anchor/path-length',
  'anchor/unique-identifier',
  'anchor/unknown-critical-extension',
  'anchor/unknown-key',
  'anchor/unreadable-in-java',
  'anchor/unsupported-signature',
  'anchor/unusual-key',
  'anchor/weak-key',
  'anchor/wrong-authority',
  'anchor/wrong-criticality',
  'catalog/below-root',
  'catalog/distrust-after',
  'catalog/email-only',
  'catalog/false-issuer',
  'catalog/incomplete',
  'catalog/misissuance',
  'catalog/no-trust',
  'catalog/not-a-root',
  'catalog/of-this-site',
  'catalog/removed',
  'catalog/same-key',
  'catalog/same-name',
  'certificate/defect',
  'device/other-platform',
  'device/partial-config',
  'expiry/critical',
  'expiry/expired',
  'expiry/no-date',
  'expiry/not-yet-valid',
  'expiry/warning',
  'file/hard-link',
  'file/symbolic-link',
  'fitness/curve',
  'fitness/key-algorithm',
  'fitness/key-encoding',
  'fitness/key-size',
  'fitness/not-tried',
  'fitness/signature-algorithm',
  'fitness/validity',
  'input/recovered',
  'input/restored-from-catalog',
  'keystore/alias-case',
  'keystore/attributes-dropped',
  'keystore/date-lost',
  'keystore/date-made',
  'keystore/duplicate-anchor',
  'keystore/empty',
  'keystore/foreign-algorithm',
  'keystore/foreign-key-algorithm',
  'keystore/generated-file',
  'keystore/hidden-without-password',
  'keystore/intermediate-left-out',
  'keystore/invisible-entry',
  'keystore/key-in-clear',
  'keystore/key-without-chain',
  'keystore/longer-chain',
  'keystore/needs-newer-java',
  'keystore/needs-storetype',
  'keystore/no-java-keystore',
  'keystore/non-ascii-password',
  'keystore/not-verified',
  'keystore/odd-entry',
  'keystore/old-password',
  'keystore/other-alias',
  'keystore/other-content',
  'keystore/password-not-used',
  'keystore/pbmac1',
  'keystore/pfx-version',
  'keystore/replaced-unread',
  'keystore/still-trusted',
  'keystore/trailing-bytes',
  'keystore/unread-entries',
  'keystore/unread-part',
  'keystore/upper-case-alias',
  'keystore/zero-entries',
  'ocsp/answered',
  'ocsp/not-answered',
  'ocsp/not-asked',
  'path/expires-soon',
  'path/not-sent',
  'path/pinned',
  'policy/anchor-forbidden',
  'policy/anchor-missing',
  'policy/anchor-not-allowed',
  'policy/distrusted-root',
  'policy/exception-ended',
  'policy/exception-unused',
  'policy/ignored',
  'policy/key-too-small',
  'policy/no-match',
  'repair/left-out',
  'rotate/intermediate-not-stored',
  'rotate/retire-not-found',
] as const;

/**
 * What a finding is about: a rule's code, why a path is not valid, the code of an error that a document reports, or what a
 * device platform notes.
 */
export type FindingCode = (typeof FINDING_CODES)[number] | ReasonCode | ErrorCode | BlockNote['code'];

/** What a rule says about one certificate or input. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Lower case, no full stop; names what was found, and what was expected. Printable: hostile text is escaped. */
  readonly message: string;
  /** What to do. */
  readonly hint?: string;
  readonly source: Source | null;
  /** The certificate it is about. */
  readonly sha256?: string;
}

/** Whether a finding asks for something. Information is for who looks into a certificate, not for who installs it. */
export function asksForAction({ severity }: Finding): boolean {
  return severity !== 'info';
}

/** Whether any finding is an error. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/** The same finding where it can do no harm, because what it is about is left out or only shown: an error is a warning. */
export function asWarning(finding: Finding): Finding {
  return finding.severity === 'error' ? { ...finding, severity: 'warning' } : finding;
}
