/**
 * Dates are UTCTime through 2049 and GeneralizedTime from then on (RFC 5280 4.1.2.5). Consumers read either.
 *
 * @module
 */
import { hasRightDateTypes } from '../../x509/certificate-encoding.js';
import { findingAbout, type Rule } from '../rule.js';

/** `anchor/odd-date-type` */
export const dateTypes: Rule = (certificate) =>
  hasRightDateTypes(certificate)
    ? []
    : [
        findingAbout(
          certificate,
          'anchor/odd-date-type',
          'info',
          'a date has the wrong type for its year (UTCTime through 2049, GeneralizedTime from then on)',
          'nothing, if every consumer has read it',
        ),
      ];
