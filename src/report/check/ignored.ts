/**
 * Certificates that the policy tells to ignore, for the formats that can say that something was left out.
 *
 * @module
 */
import type { CheckedCertificate } from '../../check/check-report.js';
import type { Finding } from '../../check/finding.js';
import { renderSource } from '../../x509/source.js';

/** What is ignored, and what is left to report. */
export interface Ignorance {
  /** All findings but those that say what is ignored. */
  readonly others: readonly Finding[];
  /** Why a certificate is ignored; null where it is not. */
  readonly reasonOf: (checked: CheckedCertificate) => string | null;
}

const IGNORED: ReadonlySet<string> = new Set(['policy/ignored']);

/** Sorts out what says of a certificate at its place that it is ignored. */
export function ignoranceOf(findings: readonly Finding[]): Ignorance {
  const reasons = new Map<string, string>();
  const others: Finding[] = [];
  for (const finding of findings) {
    const { code, message, source, sha256 } = finding;
    if (IGNORED.has(code) && source !== null) reasons.set(`${sha256} ${renderSource(source)}`, message);
    else others.push(finding);
  }
  return {
    others,
    reasonOf({ certificate, source }) {
      if (reasons.size === 0) return null;
      const sha256 = 'sha256' in certificate ? certificate.sha256 : undefined;
      return reasons.get(`${sha256} ${renderSource(source)}`) ?? null;
    },
  };
}
