/**
 * What a format of `check` has to bring, and what formats have in common. One file each, and one line in `formats.ts`.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { CheckedCertificate, CheckReport } from '../../check/check-report.js';
import type { Finding } from '../../check/finding.js';
import { toPrintable } from '../../encoding/printable.js';
import { CODES } from '../../errors.js';
import { displayName } from '../../x509/name.js';
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
  /** As users write it after `--format`. */
  readonly name: string;
  readonly render: (report: CheckReport, context: RenderContext) => Iterable<string>;
}

/** What a person calls a certificate; printable. */
export function nameOf({ certificate }: Pick<CheckedCertificate, 'certificate'>): string {
  if ('complete' in certificate) return certificate.subject ?? 'no subject printed';
  return displayName(certificate.subjectName);
}

/** Where something stands, for a person; printable. */
export function placeOf(source: Source): string {
  return toPrintable(renderSource(source));
}

/** What identifies a certificate: SHA-256, or where it stands and its serial number where a device only described it. */
export function identityOf({ certificate, source }: Pick<CheckedCertificate, 'certificate' | 'source'>): string {
  return 'complete' in certificate ? `${renderSource(source)} ${certificate.serialNumber}` : certificate.sha256;
}

/** Whether a certificate is fine where all that can be said is yes or no: a warning fails nothing. */
export function isPassed({ level }: Pick<CheckedCertificate, 'level'>): boolean {
  return level === 'ok' || level === 'warning';
}

/** Whether a finding is about something that could not be read, rather than what a rule says. */
export function isUnread({ code }: Finding): boolean {
  return code in CODES;
}

/**
 * What tells a finding from others on the next day as well: it is made without the message and the line, which change.
 *
 * @param path - of its file, as the format writes it
 */
export function fingerprintOf({ code, source, sha256 }: Finding, path: string | null): string {
  const { member, alias, trustpoint, line } = source ?? {};
  const place = [path, member, alias, trustpoint, ...(sha256 === undefined ? [line] : [])];
  return createHash('sha256')
    .update(JSON.stringify([code, sha256, place]))
    .digest('hex');
}
