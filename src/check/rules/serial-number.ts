/**
 * Serial numbers (RFC 5280 4.1.2.2). Public roots are in use whose number is zero, negative or too long, and nothing is
 * looked up by that of an anchor.
 *
 * @module
 */
import { describeBadSerialNumber } from '../../x509/certificate-encoding.js';
import { findingAbout, type Rule } from '../rule.js';

/** `anchor/odd-serial-number` */
export const serialNumber: Rule = (certificate) => {
  const bad = describeBadSerialNumber(certificate);
  if (bad === null) return [];
  const hint = 'harmless in a root; a program that lists certificates by number may show another';
  return [findingAbout(certificate, 'anchor/odd-serial-number', 'info', bad, hint)];
};
