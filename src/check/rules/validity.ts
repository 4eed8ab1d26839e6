/**
 * Validity (RFC 5280 4.1.2.5): both dates belong to the period. Java and the device platforms check the dates of an
 * anchor, although RFC 5280 6.1 does not.
 *
 * @module
 */
import { DAY, dayOf } from '../expiry.js';
import { findingAbout, type Rule } from '../rule.js';

/** A change window is planned months ahead: an anchor that ends within a quarter is not worth installing unseen. */
export const SOON: number = 90 * DAY;

/** `anchor/expired`, `anchor/not-yet-valid`, `anchor/expires-soon` */
export const validity: Rule = (certificate, { at }) => {
  const { notBefore, notAfter } = certificate;
  if (notBefore > notAfter) {
    return [
      findingAbout(
        certificate,
        'anchor/never-valid',
        'error',
        `ends on ${dayOf(notAfter)}, before it begins on ${dayOf(notBefore)}`,
        'ask the CA for a sound certificate',
      ),
    ];
  }
  const left = notAfter.getTime() - at.getTime();
  if (left < 0) {
    return [
      findingAbout(
        certificate,
        'anchor/expired',
        'error',
        `expired on ${dayOf(notAfter)}`,
        'ask the CA which root replaces it',
      ),
    ];
  }
  if (at < notBefore) {
    return [
      findingAbout(
        certificate,
        'anchor/not-yet-valid',
        'error',
        `not valid before ${dayOf(notBefore)}`,
        'check the clock of this machine, or wait for that day',
      ),
    ];
  }
  if (left < SOON) {
    return [
      findingAbout(
        certificate,
        'anchor/expires-soon',
        'warning',
        `expires on ${dayOf(notAfter)}, in ${Math.floor(left / DAY)} days`,
        'ask the CA which root replaces it before installing this one',
      ),
    ];
  }
  return [];
};
