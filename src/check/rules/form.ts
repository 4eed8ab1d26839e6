/**
 * What path validation holds against a certificate in the place of an anchor: its form, which no rule here checks a second
 * time. Whatever `validatePath` refuses, strict consumers refuse as well, so each is a warning at least; what makes a
 * certificate ambiguous, so that two consumers may read two things in it, is an error.
 *
 * @module
 */
import { checkCertificate } from '../../path/certificate-rules.js';
import type { ReasonCode } from '../../path/reason.js';
import type { FindingCode, Severity } from '../finding.js';
import { findingAbout, type Rule } from '../rule.js';

interface Form {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly hint: string;
}

const REFUSED_BY_STRICT = 'strict consumers refuse it: try it with each, or have the CA issue it anew';
const NOT_TO_BE_TRUSTED = 'no CA makes such certificates by its own will: ask it for a sound copy';

/** Reasons that rules of their own explain (dates, keys, who may issue) are not among them. */
const FORMS: ReadonlyMap<ReasonCode, Form> = new Map([
  ['path/duplicate-extension', { code: 'anchor/duplicate-extension', severity: 'error', hint: NOT_TO_BE_TRUSTED }],
  ['path/missing-name', { code: 'anchor/no-name', severity: 'error', hint: NOT_TO_BE_TRUSTED }],
  ['path/algorithm-mismatch', { code: 'anchor/algorithm-mismatch', severity: 'error', hint: NOT_TO_BE_TRUSTED }],
  ['path/bad-version', { code: 'anchor/bad-version', severity: 'error', hint: NOT_TO_BE_TRUSTED }],
  ['path/not-der', { code: 'anchor/not-der', severity: 'warning', hint: REFUSED_BY_STRICT }],
  ['path/malformed-extension', { code: 'anchor/bad-extension', severity: 'warning', hint: REFUSED_BY_STRICT }],
  ['path/misplaced-extension', { code: 'anchor/bad-extension', severity: 'warning', hint: REFUSED_BY_STRICT }],
  ['path/wrong-criticality', { code: 'anchor/wrong-criticality', severity: 'warning', hint: REFUSED_BY_STRICT }],
  ['path/missing-key-identifier', { code: 'anchor/no-key-identifier', severity: 'warning', hint: REFUSED_BY_STRICT }],
  [
    'path/unknown-critical-extension',
    {
      code: 'anchor/unknown-critical-extension',
      severity: 'warning',
      hint: 'consumers that do not know it either must refuse what the certificate vouches for',
    },
  ],
]);

/** How many reasons of one kind a sentence names. */
const NAMED = 3;

/**
 * `anchor/duplicate-extension`, `anchor/no-name`, `anchor/algorithm-mismatch`, `anchor/bad-version`, `anchor/not-der`,
 * `anchor/bad-extension`, `anchor/wrong-criticality`, `anchor/no-key-identifier`, `anchor/unknown-critical-extension`
 */
export const form: Rule = (certificate, { at, entry }) => {
  // Those of the catalog were looked at once for all, where it is tested: nothing here is said of any of them.
  if (entry !== null) return [];
  const messages = new Map<Form, string[]>();
  const context = { role: 'anchor', profile: 'rfc5280', purpose: 'any', at } as const;
  for (const { code, message } of checkCertificate(certificate, context)) {
    const known = FORMS.get(code);
    // That one who is no CA may not sign certificates either is said already.
    if (known === undefined || (code === 'path/malformed-extension' && !certificate.ca)) continue;
    const found = messages.get(known) ?? [];
    found.push(message);
    messages.set(known, found);
  }
  return [...messages].map(([{ code, severity, hint }, found]) => {
    const more = found.length > NAMED ? `; and ${found.length - NAMED} more` : '';
    return findingAbout(certificate, code, severity, `${found.slice(0, NAMED).join('; ')}${more}`, hint);
  });
};
