/**
 * Roots of the time before version 3 (RFC 5280 4.1.2.1), and the unique identifiers that nobody uses (4.1.2.8).
 *
 * @module
 */
import { hasUniqueIdentifiers } from '../../x509/certificate-encoding.js';
import { findingAbout, type Rule } from '../rule.js';

/** `anchor/old-version`, `anchor/unique-identifier` */
export const version: Rule = (certificate) => [
  ...(certificate.version >= 3
    ? []
    : [
        findingAbout(
          certificate,
          'anchor/old-version',
          'info',
          `a certificate of version ${certificate.version}, which has no place to say that it is a CA`,
          'make sure that every consumer takes such roots, or ask the CA for its current one',
        ),
      ]),
  ...(hasUniqueIdentifiers(certificate)
    ? [
        findingAbout(
          certificate,
          'anchor/unique-identifier',
          'info',
          'it has a unique identifier of its issuer or subject, which RFC 5280 advises against',
          'make sure that every consumer can read it',
        ),
      ]
    : []),
];
