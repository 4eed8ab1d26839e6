/**
 * Why a path is not valid: stable codes in the order of what they tell. A reason about a whole path stands before one about
 * a single certificate, and that no issuer was found is said last, because it is what follows from all the others.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import type { Certificate } from '../x509/certificate.js';

/** Every code, the most specific first. */
export const REASON_CODES = [
  'path/revoked',
  'path/ocsp-unknown',
  'path/crl-signer-status',
  'path/crl-signer-not-entitled',
  'path/crl-bad-signature',
  'path/crl-signer-not-found',
  'path/crl-expired',
  'path/crl-not-yet-valid',
  'path/crl-unusable',
  'path/malformed-crl',
  'path/crl-incomplete',
  'path/ocsp-signer-status',
  'path/ocsp-signer-not-entitled',
  'path/ocsp-bad-signature',
  'path/ocsp-signer-not-found',
  'path/ocsp-expired',
  'path/ocsp-not-yet-valid',
  'path/ocsp-unusable',
  'path/no-crl',
  'path/name-mismatch',
  'path/name-not-permitted',
  'path/policy',
  'path/too-long',
  'path/wrong-purpose',
  'path/expired',
  'path/not-yet-valid',
  'path/unknown-critical-extension',
  'path/not-a-ca',
  'path/no-cert-sign',
  'path/old-hash',
  'path/weak-key',
  'path/forbidden-algorithm',
  'path/bad-name',
  'path/bad-serial-number',
  'path/bad-version',
  'path/duplicate-extension',
  'path/malformed-extension',
  'path/misplaced-extension',
  'path/wrong-criticality',
  'path/missing-key-identifier',
  'path/bad-key-identifier',
  'path/missing-name',
  'path/algorithm-mismatch',
  'path/not-der',
  'path/unsupported-signature',
  'path/bad-signature',
  'path/too-much-work',
  'path/malformed-certificate',
  'path/no-issuer',
] as const;

/** One of the stable codes. */
export type ReasonCode = (typeof REASON_CODES)[number];

/** One reason. */
export interface Reason {
  readonly code: ReasonCode;
  /** Lower case, without a full stop; text from certificates is escaped. */
  readonly message: string;
  /** The certificate that it is about; absent where it is about none or about the whole. */
  readonly sha256?: string;
}

/** Names in certificates can be as long as these; a message is for reading. */
const LONGEST_MESSAGE = 400;

/** A reason about a certificate. A message of any length is cut to one that can be read. */
export function reason(code: ReasonCode, message: string, certificate?: Certificate): Reason {
  const readable = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
  return certificate === undefined
    ? { code, message: readable }
    : { code, message: readable, sha256: certificate.sha256 };
}

/** Text from a certificate, safe to print, in quotation marks. */
export function quote(text: string): string {
  return `"${toPrintable(text.slice(0, LONGEST_MESSAGE))}"`;
}

/** Most specific first, each said once; equally specific ones keep their order. */
export function sortReasons(reasons: readonly Reason[]): readonly Reason[] {
  const unique = new Map(reasons.map((one) => [JSON.stringify(one), one]));
  return [...unique.values()].sort((a, b) => RANK[a.code] - RANK[b.code]);
}

const RANK = Object.fromEntries(REASON_CODES.map((code, rank) => [code, rank])) as Record<ReasonCode, number>;
