/**
 * Keys too weak to be trusted: RSA below 2048 bits (CA/Browser Forum Baseline Requirements 6.1.5, NIST SP 800-131A),
 * an RSA exponent that is even or below 3 (6.1.6), curves below 256 bits, and DSA, which no consumer accepts any more.
 *
 * @module
 */
import { findingAbout, type Rule } from '../rule.js';

/** `anchor/weak-key`, `anchor/unknown-key` */
export const weakKey: Rule = (certificate) => {
  const { algorithm, size, exponent } = certificate.publicKey;
  const weak = (message: string) => [
    findingAbout(certificate, 'anchor/weak-key', 'error', message, 'ask the CA for its current root'),
  ];
  if (algorithm === 'RSA' && (size ?? 0) < 2048)
    return weak(`its RSA key has ${size} bits, at least 2048 are expected`);
  if (exponent !== undefined && (exponent < 3n || exponent % 2n === 0n))
    return weak(`its RSA exponent is ${exponent}, an odd number of at least 3 is expected`);
  if (algorithm === 'EC' && size !== null && size < 256)
    return weak(`its EC key has ${size} bits, at least 256 are expected`);
  if (algorithm === 'DSA') return weak('its key is DSA, which Java and the device platforms no longer accept');
  if (size === null) {
    return [
      findingAbout(
        certificate,
        'anchor/unknown-key',
        'warning',
        `its key algorithm ${certificate.publicKey.curve ?? algorithm} is not known here`,
        'make sure that every consumer can use it',
      ),
    ];
  }
  return [];
};
