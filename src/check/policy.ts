/**
 * A policy: what a site demands of its certificates, anchors and keys, where, and from which day on. What a file of it says is
 * read by `policy-file.ts`, and held against certificates by `policy-check.ts`; docs/policy.md explains it to users.
 *
 * Days are `YYYY-MM-DD` in UTC. `from` a day means from its first instant; `until` a day, and `after` it, mean through its last
 * second.
 *
 * @module
 */
import { DAY, type Threshold } from './expiry.js';
import type { FindingCode } from './finding.js';

/** The version of the form in which policies are written. */
export const POLICY_VERSION = 1;

/** Why a root of the catalog may be forbidden: what became of it, or that its CA broke the rules. */
export const DISTRUSTS = ['distrust-after', 'email-only', 'no-trust', 'removed', 'misissuance'] as const;

/** One of `DISTRUSTS`. */
export type Distrust = (typeof DISTRUSTS)[number];

/** Findings that an exception can be about: those that name a certificate. */
export const EXCUSABLE_CODES: readonly FindingCode[] = [
  'certificate/defect',
  'expiry/critical',
  'expiry/expired',
  'expiry/not-yet-valid',
  'expiry/warning',
  'policy/anchor-forbidden',
  'policy/anchor-missing',
  'policy/anchor-not-allowed',
  'policy/distrusted-root',
  'policy/key-too-small',
];

/** What every entry of a policy has. */
export interface PolicyRule {
  /** Where it begins in the file, from 1. */
  readonly line: number;
  /** Patterns of places where it holds (`path-scope.ts`); null for everywhere. */
  readonly paths: readonly string[] | null;
}

/** How much must be left of the validity of certificates; null leaves that to the entries before, or to the default. */
export interface ThresholdRule extends PolicyRule {
  readonly warn: Threshold | null;
  readonly fail: Threshold | null;
}

/** An anchor that must be there, or may be. */
export interface AnchorRule extends PolicyRule {
  readonly sha256: string;
  /** What the site calls it. */
  readonly name: string | null;
  readonly from: string | null;
  readonly until: string | null;
}

/** What must not be there: one certificate, or roots of which the catalog says one of these things. */
export interface ForbiddenRule extends PolicyRule {
  /** Null where `catalog` says what is meant. */
  readonly sha256: string | null;
  readonly catalog: readonly Distrust[];
  readonly name: string | null;
  /** The last day on which it may be there; null for never. */
  readonly after: string | null;
}

/** How long keys must be, in bits; null leaves that to the entries before. */
export interface KeyRule extends PolicyRule {
  readonly rsa: number | null;
  readonly ec: number | null;
}

/** What is known of one certificate and is to be no fault for a time. */
export interface ExceptionRule extends PolicyRule {
  readonly sha256: string;
  readonly reason: string;
  readonly until: string;
  /** The findings that it is about; null for all. */
  readonly codes: readonly FindingCode[] | null;
}

/** A whole policy. Of thresholds and keys, the last entry that covers a place counts. */
export interface Policy {
  /** The file, as it is shown to users. */
  readonly file: string;
  readonly thresholds: readonly ThresholdRule[];
  readonly required: readonly AnchorRule[];
  readonly allowed: readonly AnchorRule[];
  readonly forbidden: readonly ForbiddenRule[];
  readonly keys: readonly KeyRule[];
  readonly ignore: readonly ExceptionRule[];
}

/** Whether a day has begun; one that is not named has always. */
export function hasBegun(day: string | null, at: Date): boolean {
  return day === null || at.getTime() >= Date.parse(day);
}

/** Whether the last second of a day has passed; that of one that is not named never has. */
export function hasPassed(day: string | null, at: Date): boolean {
  return day !== null && at.getTime() >= Date.parse(day) + DAY;
}
