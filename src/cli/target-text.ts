/**
 * What the text of a ledger's target says of the certificates in it: whether they are there at all, and of how many devices the
 * text is.
 *
 * @module
 */
import { findConsoleInput } from '../device/console-input.js';
import { withLineFeeds } from '../device/lines.js';
import { likenessOf } from '../device/recognise.js';
import { findRemovals } from '../device/removals.js';
import {
  findOutdatedAnswers,
  findSeveralDevices,
  type LineRange,
  readSession,
  type Session,
} from '../device/session.js';
import { asBuffer } from '../encoding/buffer.js';
import { includesText } from '../encoding/byte-search.js';
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import { linesInStrings } from '../input/device-layout.js';
import { framePattern } from '../input/line-pattern.js';
import type { InputKind, ReadResult } from '../input/read-result.js';
import { decodeText } from '../input/text.js';
import type { Certificate } from '../x509/certificate.js';
import type { Source } from '../x509/source.js';

/** What reading a target gave, as far as it matters here. */
type Read = Pick<ReadResult, 'kind' | 'certificates' | 'described' | 'notes'>;

/** What a target holds, of what kind it is. */
type Held = Pick<ReadResult, 'kind' | 'certificates' | 'described'>;

/** What a target has, and why its text is no answer. */
interface HeldContent extends Pick<ReadResult, 'certificates' | 'described'> {
  readonly errors: readonly TrustError[];
}

/** Kinds that a configuration or the log of a session may be. */
const TEXTS: ReadonlySet<InputKind> = new Set(['base64', 'device-config', 'device-show', 'pem', 'text']);

/** How a line goes on behind what stands before every line, where a certificate begins on it. */
const FRAMED = /^[ \t]*(\S.{0,200}?)[ \t]*(?:-{5}BEGIN|(?:CA |Issuing CA )?certificate\b|Trustpoint\b|Router\b)/i;

/** Where a certificate begins in a comment, or in a line that a diff has taken out. */
const CROSSED_OUT = /^[ \t]*(?:[#!;]|\/\/|<[ \t]|-(?=-{5}BEGIN|[A-Za-z0-9+/]))/;
/** What a part of a patch begins with; it may take out what is between markers that stay. */
const HUNK = '\n@@ -';
/** An item of a list, or a line with its indentation that a diff has taken out. */
const LIST_ITEM = /^[ \t]*-[ \t]/;
/** The line above a certificate that no other indentation is before. */
const CHAIN = /certificate chain \S/;

const PEM_BEGIN = '-----BEGIN';

/** A device that is asked for its certificates, which it may have none of. */
const ASKED =
  /[#>] ?(?:do )?sh(?:o|ow)? cry?\w* (?:pki|ca) (?:cert|trustp)|^[ \t]*Issuing CA certificate not configured/m;

/** Whether a text says that a device was asked for its certificates. */
export function asksForCertificates(bytes: Uint8Array): boolean {
  const decoded = decodeText(bytes);
  return decoded !== null && ASKED.test(asBuffer(decoded.bytes).toString('latin1'));
}

/**
 * Leaves out what is commented out, taken out by a diff or at a prompt further below, printed once more there, or only typed at a
 * console; tells several devices.
 *
 * @param read - with the certificates that are intact
 */
export function heldContent(source: string, bytes: Uint8Array, read: Read): HeldContent {
  const { kind, certificates, described } = read;
  const decoded = TEXTS.has(kind) ? decodeText(bytes) : null;
  if (decoded === null) return { certificates, described, errors: [] };
  const text = withLineFeeds(asBuffer(decoded.bytes));
  const isFramed = read.notes.some(({ code }) => code === 'pem/line-prefix');
  const bare = isFramed ? withoutFrame(text, read) : text;
  const stands = isFramed || includesText(text, HUNK) ? whatStands(linesOf(text)) : () => true;
  const session = readSession(bare);
  const isOutdated = whatIsIn(findOutdatedAnswers(bare, session));
  const isRemoved = whatIsRemoved(bare);
  const counts = (placed: Placed) => stands(placed) && !isOutdated(placed) && !isRemoved(placed);
  const held = { kind, certificates: certificates.filter(counts), described: described.filter(counts) };
  const typed = new Set(typedCertificates(bare, held));
  return {
    certificates: held.certificates.filter((certificate) => !typed.has(certificate)),
    described: held.described,
    errors: [
      ...notSeen(held, typed).map((one) => onlyTyped(source, one)),
      ...severalDevices(source, held, { text: bare, session }),
    ],
  };
}

interface Placed {
  readonly source: Source | null;
}

function linesOf(text: Buffer): readonly string[] {
  return text.toString('latin1').split('\n').map(withoutReturns);
}

/** A line without what stands before its feed; a pattern for that would look at every one of very many anew. */
function withoutReturns(line: string): string {
  let end = line.length;
  while (line.charCodeAt(end - 1) === 0x0d) end--;
  return end === line.length ? line : line.slice(0, end);
}

/** How many of some ascending numbers are not above another: found in few steps, since a hostile text has very many lines. */
function countUpTo(ascending: readonly number[], most: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The line of the text on which something begins; null for what is inside of something else. */
function lineOf({ source }: Placed): number | null {
  return source?.member === null ? source.line : null;
}

/** Whether something stands in a text, and not in a comment or in what a diff has taken out of it. */
function whatStands(lines: readonly string[]): (placed: Placed) => boolean {
  const headings = lines.flatMap((line, index) => (CHAIN.test(line) ? [index + 1] : []));
  return (placed) => {
    const at = lineOf(placed);
    if (at === null) return true;
    const line = lines[at - 1] ?? '';
    if (!LIST_ITEM.test(line)) return !CROSSED_OUT.test(line);
    // In a list the line of the chain is an item as well; a diff has its mark directly before it.
    const heading = headings[countUpTo(headings, at) - 1];
    return heading === undefined ? line.includes(PEM_BEGIN) : LIST_ITEM.test(lines[heading - 1] ?? '');
  };
}

/** Whether a line is in one of some ranges, which are in order. */
function isIn(ranges: readonly LineRange[]): (line: number) => boolean {
  const firsts = ranges.map(({ first }) => first);
  return (line) => line <= (ranges[countUpTo(firsts, line) - 1]?.last ?? 0);
}

/** Whether something begins in one of some ranges, which are in order. */
function whatIsIn(ranges: readonly LineRange[]): (placed: Placed) => boolean {
  const isTyped = isIn(ranges);
  return (placed) => {
    const line = lineOf(placed);
    return line !== null && isTyped(line);
  };
}

/** Whether all trustpoints that something belongs to are taken out further below. */
function whatIsRemoved(text: Buffer): (placed: Placed & { readonly trustpoints?: readonly string[] }) => boolean {
  if (!includesText(text, 'no crypto ')) return () => false;
  const removals = findRemovals(linesOf(text));
  return (placed) => {
    const line = lineOf(placed);
    const names = placed.trustpoints ?? [placed.source?.trustpoint ?? ''];
    return line !== null && names.length > 0 && names.every((name) => (removals.get(name) ?? 0) > line);
  };
}

function typedCertificates(text: Buffer, { certificates }: Held): readonly Certificate[] {
  // What stands under its trustpoint is in the configuration, most often all there is: lines cost more than reading them.
  const loose = certificates.filter(({ source }) => source?.trustpoint === null);
  if (loose.length === 0) return [];
  const lines = linesOf(text);
  const isInString = whatIsInString(lines);
  const inside = new Set(loose.filter(isInString));
  const isTyped = whatIsIn(inside.size < loose.length ? findConsoleInput(lines) : []);
  const isTypedInside = inside.size > 0 ? whatIsTypedInside(lines) : () => false;
  return loose.filter((one) => (inside.has(one) ? isTypedInside(one) : isTyped(one)));
}

/** Whether something is a value of a document or stands in one, or on a line whose strings have the lines it is on. */
function whatIsInString(lines: readonly string[]): (placed: Placed) => boolean {
  // A line may have very many certificates.
  const hasLines = new Map<number, boolean>();
  return (placed) => {
    const line = lineOf(placed);
    if (line === null) return placed.source !== null;
    const known = hasLines.get(line) ?? linesInStrings(lines[line - 1] ?? '').length > 1;
    hasLines.set(line, known);
    return known;
  };
}

/** The first digits of a certificate in base64, which stand on one line and tell it from others. */
const HEAD = /(?<![A-Za-z0-9+/])MI[A-Za-z0-9+/]{46}/g;
const OCTETS_OF_HEAD = 36;

/** Whether a certificate stands in values of documents where it is typed, and nowhere else; its line is that of the value. */
function whatIsTypedInside(written: readonly string[]): (certificate: Certificate) => boolean {
  const lines = written.flatMap((line) => linesInStrings(line).map((part) => part.trim()));
  const ranges = findConsoleInput(lines);
  if (ranges.length === 0) return () => false;
  const isTyped = isIn(ranges);
  const typed = new Map<string, boolean>();
  for (const [index, line] of lines.entries())
    for (const [head] of line.matchAll(HEAD)) typed.set(head, (typed.get(head) ?? true) && isTyped(index + 1));
  return ({ der }) => typed.get(asBuffer(der).toString('base64', 0, OCTETS_OF_HEAD)) ?? false;
}

/** Those of the typed certificates that the text does not show elsewhere to be on the device. */
function notSeen({ certificates, described }: Held, typed: ReadonlySet<Certificate>): readonly Certificate[] {
  // A certificate may be typed very many times.
  const seen = new Map<string, boolean>();
  for (const { sha256 } of certificates.filter((certificate) => !typed.has(certificate))) seen.set(sha256, true);
  return [...typed].filter((certificate) => {
    const isSeen = seen.get(certificate.sha256) ?? described.some((one) => likenessOf(one, certificate) !== null);
    seen.set(certificate.sha256, isSeen);
    return !isSeen;
  });
}

function onlyTyped(source: string, { displaySubject, source: from }: Certificate): TrustError {
  const message = `${displaySubject} is typed at a console, and nothing says that the device took it`;
  return new TrustError('input/only-typed', message, {
    at: { source, line: from?.line ?? 1 },
    hint: 'give what show crypto pki certificates prints afterwards, or the running configuration',
  });
}

/** A text without what stands before each of its lines, and what it says as the log of a session. */
interface SessionText {
  readonly text: Buffer;
  readonly session: Session;
}

/** One row for several devices would call all of them done when one has the new anchor. */
function severalDevices(source: string, held: Held, { text, session }: SessionText): readonly TrustError[] {
  const { kind, certificates, described } = held;
  const places = [...certificates, ...described].flatMap(({ source: place }) => place ?? []);
  const isOfDevice =
    kind === 'device-config' ||
    described.length > 0 ||
    session.asked.length > 0 ||
    places.some(({ trustpoint }) => trustpoint !== null);
  if (!isOfDevice) return [];
  // A mail has a part for each file that is sent with it.
  const [first, other] = new Set(
    places.flatMap(({ member, trustpoint }) => (trustpoint === null || member === null ? [] : member)),
  );
  if (first !== undefined && other !== undefined) {
    return [tellSeveral([`"${toPrintable(first)}"`, `"${toPrintable(other)}"`], { source })];
  }
  const several = findSeveralDevices(text, session, true);
  return several === null ? [] : [tellSeveral(several.names, { source, line: several.line })];
}

function tellSeveral(names: readonly string[], at: { readonly source: string; readonly line?: number }): TrustError {
  return new TrustError('input/several-devices', `the lines of ${names.join(' and of ')} are in one file`, {
    at,
    hint: 'give each device a file of its own',
  });
}

/** The text without the times or marks that stand before every line of it, as the line of a certificate shows them. */
function withoutFrame(text: Buffer, { certificates, described }: Read): Buffer {
  const lines = text.toString('latin1').split('\n');
  for (const { source } of [...certificates, ...described]) {
    const frame = FRAMED.exec(lines[(source?.line ?? 0) - 1] ?? '')?.[1];
    if (frame === undefined) continue;
    const pattern = new RegExp(`^[ \\t]*${framePattern(frame)} ?`);
    return Buffer.from(lines.map((line) => line.replace(pattern, '')).join('\n'), 'latin1');
  }
  return text;
}
