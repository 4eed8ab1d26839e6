/**
 * What the text of a ledger's target says of the certificates in it: whether they are there at all, and of how many devices the
 * text is.
 *
 * @module
 */
import { findConsoleInput } from '../device/console-input.js';
import { findSeveralDevices, findSeveralPrompts } from '../device/host-names.js';
import { likenessOf } from '../device/recognise.js';
import { asBuffer } from '../encoding/buffer.js';
import { includesText } from '../encoding/byte-search.js';
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
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
const TEXTS: ReadonlySet<InputKind> = new Set(['device-config', 'device-show', 'pem', 'text']);

/** How a line goes on behind what stands before every line, where a certificate begins on it. */
const FRAMED = /^[ \t]*(\S.{0,200}?)[ \t]*(?:-{5}BEGIN|(?:CA |Issuing CA )?certificate\b|Trustpoint\b|Router\b)/i;

/** Where a certificate begins in a comment, or in a line that a diff has taken out. */
const CROSSED_OUT = /^[ \t]*(?:[#!;]|\/\/|<[ \t]|-(?=-{5}BEGIN|[A-Za-z]))/;
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
 * Leaves out what is commented out, taken out by a diff, or only typed at a console; tells several devices.
 *
 * @param read - with the certificates that are intact
 */
export function heldContent(source: string, bytes: Uint8Array, read: Read): HeldContent {
  const { kind, certificates, described } = read;
  const decoded = TEXTS.has(kind) ? decodeText(bytes) : null;
  if (decoded === null) return { certificates, described, errors: [] };
  const text = asBuffer(decoded.bytes);
  const isFramed = read.notes.some(({ code }) => code === 'pem/line-prefix');
  const stands = isFramed ? whatStands(linesOf(text)) : () => true;
  const held = { kind, certificates: certificates.filter(stands), described: described.filter(stands) };
  const typed = typedCertificates(text, held);
  return {
    certificates: held.certificates.filter((certificate) => !typed.includes(certificate)),
    described: held.described,
    errors: [
      ...typed.filter((certificate) => !isSeen(certificate, held, typed)).map((one) => onlyTyped(source, one)),
      ...severalDevices(source, isFramed ? withoutFrame(text, held) : text, held),
    ],
  };
}

interface Placed {
  readonly source: Source | null;
}

function linesOf(text: Buffer): readonly string[] {
  return text.toString('latin1').split(/\r\n|\r|\n/);
}

/** Whether something stands in a text, and not in a comment or in what a diff has taken out of it. */
function whatStands(lines: readonly string[]): (placed: Placed) => boolean {
  return ({ source }) => {
    if (source?.line == null || source.member !== null) return true;
    const at = source.line - 1;
    const line = lines[at] ?? '';
    if (!LIST_ITEM.test(line)) return !CROSSED_OUT.test(line);
    // In a list the line of the chain is an item as well; a diff has its mark directly before it.
    const heading = lines.slice(0, at + 1).findLast((above) => CHAIN.test(above));
    return heading === undefined ? line.includes(PEM_BEGIN) : LIST_ITEM.test(heading);
  };
}

function typedCertificates(text: Buffer, { certificates }: Held): readonly Certificate[] {
  if (certificates.length === 0 || !includesText(text, PEM_BEGIN)) return [];
  const ranges = findConsoleInput(linesOf(text));
  return certificates.filter(({ source }) => {
    const line = source?.member === null ? source.line : null;
    return line !== null && ranges.some(({ first, last }) => first <= line && line <= last);
  });
}

/** Whether the text shows elsewhere that the device has a certificate. */
function isSeen(certificate: Certificate, { certificates, described }: Held, typed: readonly Certificate[]): boolean {
  const isCopied = certificates.some((other) => other.sha256 === certificate.sha256 && !typed.includes(other));
  return isCopied || described.some((one) => likenessOf(one, certificate) !== null);
}

function onlyTyped(source: string, { displaySubject, source: from }: Certificate): TrustError {
  const message = `${displaySubject} is typed at a console, and nothing says that the device took it`;
  return new TrustError('input/only-typed', message, {
    at: { source, line: from?.line ?? 1 },
    hint: 'give what show crypto pki certificates prints afterwards, or the running configuration',
  });
}

/** One row for several devices would call all of them done when one has the new anchor. */
function severalDevices(source: string, text: Buffer, held: Held): readonly TrustError[] {
  const { kind, certificates, described } = held;
  const places = [...certificates, ...described].flatMap(({ source: place }) => place ?? []);
  const isOfDevice =
    kind === 'device-config' || described.length > 0 || places.some(({ trustpoint }) => trustpoint !== null);
  if (!isOfDevice) return [];
  // A mail has a part for each file that is sent with it.
  const [first, other] = new Set(
    places.flatMap(({ member, trustpoint }) => (trustpoint === null ? [] : (member ?? []))),
  );
  if (first !== undefined && other !== undefined) {
    return [tellSeveral([`"${toPrintable(first)}"`, `"${toPrintable(other)}"`], { source })];
  }
  const several = findSeveralDevices(text, true) ?? findSeveralPrompts(text);
  return several === null ? [] : [tellSeveral(several.names, { source, line: several.line })];
}

function tellSeveral(names: readonly string[], at: { readonly source: string; readonly line?: number }): TrustError {
  return new TrustError('input/several-devices', `the lines of ${names.join(' and of ')} are in one file`, {
    at,
    hint: 'give each device a file of its own',
  });
}

/** The text without the times or marks that stand before every line of it, as the line of a certificate shows them. */
function withoutFrame(text: Buffer, { certificates, described }: Held): Buffer {
  const lines = text.toString('latin1').split('\n');
  for (const { source } of [...certificates, ...described]) {
    const frame = FRAMED.exec(lines[(source?.line ?? 0) - 1] ?? '')?.[1];
    if (frame === undefined) continue;
    const pattern = new RegExp(`^[ \\t]*${framePattern(frame)} ?`);
    return Buffer.from(lines.map((line) => line.replace(pattern, '')).join('\n'), 'latin1');
  }
  return text;
}
