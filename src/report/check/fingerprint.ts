/**
 * Fingerprints by which code scanning and code quality know a finding again: they stay the same while a certificate stays where
 * it is, whatever the day, the line and the words.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Finding } from '../../check/finding.js';
import type { RenderContext } from './check-format.js';

/** A finding and what it is known again by. */
export interface Fingerprinted {
  readonly finding: Finding;
  /** 64 hex digits; the same for all that cannot be told apart. */
  readonly fingerprint: string;
  /** From 1, among those that cannot be told apart: a certificate may stand in a file twice. */
  readonly occurrence: number;
}

/** Gives every finding its fingerprint, in their order. */
export function fingerprintsOf(findings: readonly Finding[], context: RenderContext): readonly Fingerprinted[] {
  const occurrences = new Map<string, number>();
  return findings.map((finding) => {
    const fingerprint = fingerprintOf(finding, context);
    const occurrence = (occurrences.get(fingerprint) ?? 0) + 1;
    occurrences.set(fingerprint, occurrence);
    return { finding, fingerprint, occurrence };
  });
}

/** Without the message and, where there is a certificate to be known by, the line. */
function fingerprintOf({ code, source, sha256 }: Finding, { toRelative }: RenderContext): string {
  const { member, alias, trustpoint, line } = source ?? {};
  const path = source === null ? null : toRelative(source.input);
  const place = [path, member, alias, trustpoint, ...(sha256 === undefined ? [line] : [])];
  return createHash('sha256')
    .update(JSON.stringify([code, sha256, place]))
    .digest('hex');
}
