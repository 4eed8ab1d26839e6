/**
 * What a format of `check` has to bring, and what formats have in common. One file each, and one line in `formats.ts`.
 *
 * @module
 */
import { type CheckedCertificate, type CheckReport, isAboutExpiry } from '../../check/check-report.js';
import { isDescribed } from '../../check/described.js';
import type { Level } from '../../check/expiry.js';
import type { Finding } from '../../check/finding.js';
import { fileOf } from '../../check/policy-target.js';
import { toPrintable } from '../../encoding/printable.js';
import { CODES } from '../../errors.js';
import { renderSource, type Source } from '../../x509/source.js';

/** What renderers know besides the report. */
export interface RenderContext {
  /** The version of anchorctl. */
  readonly version: string;
  /**
   * The path of an input relative to the folder in which the call was made, with slashes; as it is where it lies elsewhere
   * or is none.
   */
  readonly toRelative: (input: string) => string;
}

/** A format: the whole report as text, in parts that are not made before they are written. */
export interface CheckFormat {
  readonly render: (report: CheckReport, context: RenderContext) => Iterable<string>;
}

/** What a person calls a certificate; printable. */
export function nameOf({ certificate }: Pick<CheckedCertificate, 'certificate'>): string {
  if (isDescribed(certificate)) return certificate.subject ?? 'no subject printed';
  return certificate.displayName;
}

/** The level of a certificate, or that the policy has an exception for it. */
export function verdictOf({ level, ignored }: Pick<CheckedCertificate, 'level' | 'ignored'>): Level | 'ignored' {
  return ignored === null ? level : 'ignored';
}

/** The findings that no certificate of the report says itself: neither how long it is valid, nor that this is ignored. */
export function otherFindings({ findings, certificates }: CheckReport): readonly Finding[] {
  const said = new Set(certificates.map(({ ignored }) => ignored));
  return findings.filter((finding) => !isAboutExpiry(finding.code) && !said.has(finding));
}

/** Whether a level is fine where all that can be said is yes or no: a warning fails nothing. */
export function isPassed({ level }: Pick<CheckedCertificate, 'level'>): boolean {
  return level === 'ok' || level === 'warning';
}

/** Whether a finding is about something that could not be read, rather than what a rule says. */
export function isUnread({ code }: Finding): boolean {
  return code in CODES;
}

/** Where something stands, for a person; printable. */
export function placeOf(source: Source): string {
  return toPrintable(renderSource(source));
}

/** The line of the input itself on which something stands: null in files of archives and attachments, which have lines of their own. */
export function lineOfInput(
  { input, member, line }: Source,
  { archives, mails }: Pick<CheckReport, 'archives' | 'mails'>,
): number | null {
  const attachments = mails.get(input);
  const isAttached = attachments !== undefined && fileOf(member, attachments) !== null;
  return isAttached || archives.has(input) ? null : line;
}

/** Places of one certificate; the first stands for it. */
export type Occurrences = readonly [CheckedCertificate, ...CheckedCertificate[]];

/** All places of a certificate that are as urgent stand together, in the order of the first ones. */
export function groupByCertificate(certificates: readonly CheckedCertificate[]): Iterable<Occurrences> {
  const groups: [CheckedCertificate, ...CheckedCertificate[]][] = [];
  const known = new Map<Level | 'ignored', Map<Uint8Array | string, CheckedCertificate[]>>();
  for (const checked of certificates) {
    const verdict = verdictOf(checked);
    const asUrgent = known.get(verdict) ?? new Map<Uint8Array | string, CheckedCertificate[]>();
    known.set(verdict, asUrgent);
    // Its bytes are one object at all its places, and quicker to find than a digest of them is made. One that a device only
    // described is known by where it stands.
    const { certificate, source } = checked;
    const identity = isDescribed(certificate) ? `${renderSource(source)} ${certificate.serialNumber}` : certificate.der;
    const group = asUrgent.get(identity);
    if (group !== undefined) group.push(checked);
    else {
      const first: [CheckedCertificate] = [checked];
      asUrgent.set(identity, first);
      groups.push(first);
    }
  }
  return groups;
}

/** Which files a report is about, where it is not about all: ` changed since main of shard 3/16`; else empty. Printable. */
export function scopeOf({ changedSince, shard }: Pick<CheckReport, 'changedSince' | 'shard'>): string {
  const changed = changedSince === undefined ? '' : ` changed since ${toPrintable(changedSince)}`;
  return shard === undefined ? changed : `${changed} of shard ${shard.index}/${shard.count}`;
}
