/**
 * How long certificates are still valid, and how urgent that is.
 *
 * A certificate is valid at the instant of its notAfter and not after it (RFC 5280 4.1.2.5). A threshold is met while at
 * least that much is left: with 14 days, a certificate that ends in exactly 14 days is fine and one that ends a second earlier is not, as
 * with `openssl x509 -checkend` and the range `14:` of the Nagios plugin guidelines.
 *
 * @module
 */
import { TrustError } from '../errors.js';

/** From fine to ended; a certificate that is not valid yet is as urgent as a critical one. */
export type Level = 'ok' | 'warning' | 'critical' | 'not-yet-valid' | 'expired';

/** How much has to be left: milliseconds, or a share of the lifetime from 0 to 1. */
export type Threshold = { readonly milliseconds: number } | { readonly share: number };

/** When a certificate is worth a warning, and when it is critical. */
export interface Thresholds {
  readonly warn: Threshold;
  readonly fail: Threshold;
}

/** Validity as a certificate or a device's description of it has it. */
export interface Validity {
  readonly notBefore: Date | null;
  readonly notAfter: Date;
}

/** How urgent a certificate is. */
export interface Expiry {
  readonly level: Level;
  /** With a fraction; below zero once it has ended. */
  readonly daysLeft: number;
}

const HOUR = 3_600_000;
/** In milliseconds. */
export const DAY: number = 24 * HOUR;

/** What counts where nobody says otherwise. */
export const DEFAULT_THRESHOLDS: Thresholds = { warn: { milliseconds: 60 * DAY }, fail: { milliseconds: 14 * DAY } };

const UNITS: Readonly<Record<string, number>> = { h: HOUR, d: DAY, w: 7 * DAY };

/** Longer than any certificate is valid. */
const MOST_DAYS = 36_500;

/**
 * Reads a threshold: `60d`, `36h`, `8w`, or `30%` of the lifetime. A bare number is days.
 *
 * @throws {TrustError} `usage/bad-value`
 */
export function parseThreshold(text: string): Threshold {
  const [, digits, unit = 'd'] = /^(\d{1,6}(?:\.\d{1,6})?)([hdw%]?)$/.exec(text) ?? [];
  const number = Number(digits);
  if (unit === '%' && number <= 100) return { share: number / 100 };
  const milliseconds = number * (UNITS[unit || 'd'] ?? Number.NaN);
  if (milliseconds <= MOST_DAYS * DAY) return { milliseconds };
  throw new TrustError('usage/bad-value', `"${text.slice(0, 40)}" is not a time that can be left`, {
    hint: `write days, hours, weeks or a share of the lifetime: 60d, 36h, 8w, 30%; at most ${MOST_DAYS} days or 100%`,
  });
}

/** How urgent a certificate is as of an instant. */
export function expiryOf({ notBefore, notAfter }: Validity, at: Date, { warn, fail }: Thresholds): Expiry {
  const left = notAfter.getTime() - at.getTime();
  const isBelow = (threshold: Threshold) => left < durationOf(threshold, { notBefore, notAfter });
  const daysLeft = left / DAY;
  if (left < 0) return { level: 'expired', daysLeft };
  if (notBefore !== null && at.getTime() < notBefore.getTime()) return { level: 'not-yet-valid', daysLeft };
  if (isBelow(fail)) return { level: 'critical', daysLeft };
  return { level: isBelow(warn) ? 'warning' : 'ok', daysLeft };
}

/** How much must be left of a certificate, in milliseconds. A share of a lifetime that is not known is nothing. */
export function durationOf(threshold: Threshold, { notBefore, notAfter }: Validity): number {
  if ('milliseconds' in threshold) return threshold.milliseconds;
  return notBefore === null ? 0 : threshold.share * Math.max(0, notAfter.getTime() - notBefore.getTime());
}

/** The day of an instant, in UTC, as findings say it: `2031-11-24`. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
