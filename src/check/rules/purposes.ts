/**
 * An extendedKeyUsage limits what a root may vouch for; the CA/Browser Forum Baseline Requirements (7.1.2.1.2) forbid it in a
 * root. RFC 5280 4.2.1.12 knows it for end entities only, and consumers differ in what they make of it.
 *
 * @module
 */
import { ANY_PURPOSE, PURPOSE_OIDS } from '../../path/rules/purpose.js';
import { findingAbout, type Rule } from '../rule.js';

const NAMES: ReadonlyMap<string, string> = new Map([
  [ANY_PURPOSE, 'any purpose'],
  [PURPOSE_OIDS.serverAuth, 'servers'],
  [PURPOSE_OIDS.clientAuth, 'clients'],
]);

/** How many purposes a sentence names. */
const NAMED = 4;

/** `anchor/limited-purpose` */
export const purposes: Rule = (certificate, { selfSignature }) => {
  const { extendedKeyUsage } = certificate;
  // Of one that is empty or cannot be read its form is said.
  if (extendedKeyUsage === null || extendedKeyUsage.length === 0 || selfSignature === null) return [];
  const named = extendedKeyUsage.slice(0, NAMED).map((oid) => NAMES.get(oid) ?? oid);
  const more = extendedKeyUsage.length > NAMED ? ` and ${extendedKeyUsage.length - NAMED} more` : '';
  return [
    findingAbout(
      certificate,
      'anchor/limited-purpose',
      'warning',
      `its extendedKeyUsage is for ${named.join(', ')}${more}; a root should have none`,
      'make sure that what it is to vouch for is among them, for every consumer',
    ),
  ];
};
