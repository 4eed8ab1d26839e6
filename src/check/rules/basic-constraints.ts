/**
 * What basicConstraints of a CA says besides cA (RFC 5280 4.2.1.9): how many CAs may stand below, and whether a program that
 * does not know the extension may pass over it.
 *
 * @module
 */
import { isOld } from '../../path/certificate-rule.js';
import { EXTENSION } from '../../x509/oids.js';
import { findingAbout, type Rule } from '../rule.js';

/** `anchor/not-critical`, `anchor/path-length` */
export const basicConstraints: Rule = (certificate) => {
  if (!certificate.ca) return [];
  const length = certificate.basicConstraints?.pathLength ?? null;
  const isCritical = certificate.extension(EXTENSION.basicConstraints)?.critical !== false;
  return [
    // Of a younger one path validation has said it already, and does not tolerate it.
    ...(isCritical || !isOld(certificate)
      ? []
      : [
          findingAbout(
            certificate,
            'anchor/not-critical',
            'info',
            'its basicConstraints is not critical, as in many roots from before 2012',
            'nothing: no consumer depends on it',
          ),
        ]),
    ...(length === null
      ? []
      : [
          findingAbout(
            certificate,
            'anchor/path-length',
            'info',
            `${length === 0 ? 'no CA' : length === 1 ? 'at most one CA' : `at most ${length} CAs`} may stand between it and a server`,
            'make sure that the servers do not send a longer chain',
          ),
        ]),
  ];
};
