/**
 * A finding: a fact about the user's certificates that a rule reports. A value, never thrown.
 *
 * @module
 */
import type { Source } from '../x509/source.js';

/** From what is good to know to what must not be ignored. */
export type Severity = 'info' | 'warning' | 'error';

/** `area/kebab-case`; stable, and documented in docs/findings.md. */
export type FindingCode = `${string}/${string}`;

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

/** Whether any finding is an error. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
