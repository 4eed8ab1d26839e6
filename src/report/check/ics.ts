/**
 * What `check` found as a calendar (iCalendar, RFC 5545): an event for the end of each certificate, once however many places it
 * has, with an alarm when it becomes worth a warning. The UID of an event stays the same, so that a calendar that reads the
 * file again has each event once.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { CheckedCertificate, CheckReport } from '../../check/check-report.js';
import { isDescribed } from '../../check/described.js';
import { durationOf } from '../../check/expiry.js';
import { groupBy } from '../../encoding/group-by.js';
import { type CheckFormat, nameOf, placeOf, type RenderContext } from './check-format.js';

/** A calendar. */
export const ics: CheckFormat = { render: renderCalendar };

/** Octets of a line without its end (RFC 5545 3.1). */
const LINE = 75;
/** A component that shows nothing. */
const UTC = [
  ...['BEGIN:VTIMEZONE', 'TZID:UTC', 'BEGIN:STANDARD', 'DTSTART:19700101T000000'],
  ...['TZOFFSETFROM:+0000', 'TZOFFSETTO:+0000', 'END:STANDARD', 'END:VTIMEZONE'],
];
/** Places that an event lists. */
const PLACES = 20;

function* renderCalendar({ at, certificates }: CheckReport, { version }: RenderContext): Generator<string> {
  yield lines('BEGIN:VCALENDAR', 'VERSION:2.0', `PRODID:-//anchorctl//anchorctl ${version}//EN`, 'CALSCALE:GREGORIAN');
  const places = groupBy(certificates, uidOf);
  // A calendar without any component is none (3.6).
  if ([...places.values()].every(([{ certificate }]) => certificate.notAfter === null)) yield lines(...UTC);
  for (const [uid, occurrences] of places) yield renderEvent(uid, occurrences, at);
  yield lines('END:VCALENDAR');
}

function renderEvent(
  uid: string,
  occurrences: readonly [CheckedCertificate, ...CheckedCertificate[]],
  at: Date,
): string {
  const [checked] = occurrences;
  const { certificate } = checked;
  const { notBefore, notAfter } = certificate;
  if (notAfter === null) return '';
  // Where a policy asks for more at one of its places, that comes first.
  const warnings = occurrences.map(({ thresholds }) => durationOf(thresholds.warn, { notBefore, notAfter }));
  const earliest = warnings.reduce((most, one) => Math.max(most, one), 0);
  const listed = occurrences.slice(0, PLACES).map(({ source }) => placeOf(source));
  const more = occurrences.length - listed.length;
  const description = [
    certificate.subject ?? '',
    ...(isDescribed(certificate) ? [] : [`SHA-256 ${certificate.sha256}`]),
    ...listed,
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('\n');
  const summary = `${nameOf(checked)} expires`;
  return lines(
    'BEGIN:VEVENT',
    `UID:${uid}@anchorctl`,
    `DTSTAMP:${toInstant(at)}`,
    `DTSTART:${toInstant(notAfter)}`,
    `SUMMARY:${escapeText(summary)}`,
    `DESCRIPTION:${escapeText(description)}`,
    'TRANSP:TRANSPARENT',
    ...alarm(summary, earliest),
    'END:VEVENT',
  );
}

/** What a device described is known again by what it printed and in which file, whatever the line. */
function uidOf({ certificate, source: { input, member } }: CheckedCertificate): string {
  if (!isDescribed(certificate)) return certificate.sha256;
  const { serialNumber, subject, issuer, notAfter } = certificate;
  const printed = JSON.stringify([input, member, serialNumber, subject, issuer, notAfter]);
  return createHash('sha256').update(printed).digest('hex');
}

function alarm(summary: string, milliseconds: number): readonly string[] {
  const trigger = `TRIGGER:-PT${Math.round(milliseconds / 60_000)}M`;
  return ['BEGIN:VALARM', 'ACTION:DISPLAY', trigger, `DESCRIPTION:${escapeText(summary)}`, 'END:VALARM'];
}

/** RFC 5545 3.3.5, form 2: UTC. */
function toInstant(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** RFC 5545 3.3.11; everything else is printable already. */
function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n');
}

/** Content lines, folded between characters (RFC 5545 3.1). */
function lines(...contents: readonly string[]): string {
  return contents.map((content) => `${fold(content)}\r\n`).join('');
}

function fold(content: string): string {
  let folded = '';
  let octets = 0;
  for (const character of content) {
    const length = character < '\x80' ? 1 : Buffer.byteLength(character);
    if (octets + length > LINE) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += length;
  }
  return folded;
}
