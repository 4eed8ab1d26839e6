/**
 * What keyUsage of a root says besides keyCertSign (RFC 5280 4.2.1.3; CA/Browser Forum Baseline Requirements 7.1.2.1.2:
 * critical, keyCertSign and cRLSign, perhaps digitalSignature).
 *
 * @module
 */
import type { KeyUsage } from '../../x509/extensions.js';
import { EXTENSION } from '../../x509/oids.js';
import { findingAbout, type Rule } from '../rule.js';

const EXPECTED: ReadonlySet<KeyUsage> = new Set(['keyCertSign', 'cRLSign', 'digitalSignature']);

/** `anchor/no-key-usage`, `anchor/not-critical`, `anchor/extra-key-usage` */
export const keyUsage: Rule = (certificate) => {
  const extension = certificate.extension(EXTENSION.keyUsage);
  if (!certificate.ca || certificate.version !== 3) return [];
  const note = (code: 'anchor/no-key-usage' | 'anchor/not-critical' | 'anchor/extra-key-usage', message: string) =>
    findingAbout(certificate, code, 'info', message, 'nothing: no consumer refuses a root for it');
  if (extension === undefined) return [note('anchor/no-key-usage', 'it has no keyUsage, so its key may do anything')];
  const extra = [...(certificate.keyUsage ?? [])].filter((usage) => !EXPECTED.has(usage));
  return [
    ...(extension.critical ? [] : [note('anchor/not-critical', 'its keyUsage is not critical')]),
    ...(extra.length === 0
      ? []
      : [note('anchor/extra-key-usage', `its key is for more than signing: ${extra.join(', ')}`)]),
  ];
};
