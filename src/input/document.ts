/**
 * A text, whatever it is: mail, XML, HTML, YAML and JSON are taken apart, strings and long runs of base64 are taken out of it,
 * and what is left is read line by line. So what stands in a text as it is, is found in any; a reader of a format is only
 * asked for what cannot be seen without it.
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import { includesText, indexOfText } from '../encoding/byte-search.js';
import type { TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import { findBase64Lines, mayHoldBase64Lines } from './base64-lines.js';
import type { Collector, LineOf } from './collector.js';
import { blankBytes, findDer } from './der-in-text.js';
import type { Part, PlacedPart } from './embedded.js';
import { decodeKeystoreText } from './encoded-keystore.js';
import { findHexadecimal } from './hexadecimal.js';
import { brokenString, findJoined, mayHoldJoined } from './joined-base64.js';
import { KeytoolList } from './keytool-list.js';
import { beginsLikeMail, isMail, readMail } from './mail.js';
import { isHtml, type PlainText, stripMarkup } from './markup.js';
import { findPatchBlocks } from './patch-blocks.js';
import { readBundle, readText } from './pem-text.js';
import type { InputKind } from './read-result.js';
import { findPercentBlocks, findRuns, findStringBlocks, LONG_RUN, PERCENT_BEGIN } from './string-literals.js';
import { hasBase64Run, LONGER_THAN_WORDS, textOf } from './text.js';
import { isXml, readXml } from './xml.js';
import { isYaml, MAX_YAML, readYaml } from './yaml.js';

/** How much of a text is looked at to tell what it is: the headers of a mail are long. */
const HEAD = 16 * 1024;

/** The first key of YAML, its quotes and what follows it are no longer, and neither is the name of a header. */
const START = 128;

const LESS_THAN = 0x3c;

/** Programs and pages are no longer; what is, is read line by line, which takes the least memory. */
const MAX_LENGTH = 64 * 1024 * 1024;

/** How a line of a folded string ends. */
const FOLDED = ['\\\n', '\\\r\n'] as const;

/** What a part of a patch begins with. */
const HUNK = '\n@@ -';

const BEGIN = '-----BEGIN ';
const HYPHENS = '-----';

/** What follows the hyphens of a marker in a string: an escape, or a quote that ends the string or a piece of it. */
const NEXT_IN_STRING: ReadonlySet<number> = new Set([...'\\"\'`'].map((character) => character.charCodeAt(0)));

/** How a text is read. */
export interface DocumentReading {
  readonly into: Collector;
  /** Whether it is not taken apart by its format, because it stands in too many others. */
  readonly isPlain: boolean;
  /** Reads what stands inside of it, whatever that is. */
  readonly open: (part: Part, into: Collector) => void;
}

/** A text taken apart. */
interface Opened {
  readonly parts: readonly Part[];
  readonly errors: readonly TrustError[];
  /** What is left to be read line by line. */
  readonly rest: Uint8Array;
  /** The line of the text for a line of the rest, where it is another. */
  readonly lineOf: LineOf | null;
}

/** A format that is taken apart, and how to tell it by the first characters of a text. */
interface Format {
  readonly accepts: (head: string) => boolean;
  readonly maxLength: number;
  readonly open: (bytes: Uint8Array) => Opened | null;
}

/** In the order in which they are tried. */
const FORMATS: readonly Format[] = [
  { accepts: isMail, maxLength: Number.POSITIVE_INFINITY, open: openMail },
  { accepts: isYaml, maxLength: MAX_YAML, open: openYaml },
  { accepts: (head) => isXml(head) && !isHtml(head), maxLength: MAX_LENGTH, open: openXml },
  { accepts: isHtml, maxLength: MAX_LENGTH, open: openHtml },
];

/**
 * Reads all certificates of a text, in order.
 *
 * @param bytes - UTF-8 or Latin-1
 * @returns what the text is; `unknown` when it has no sign of a certificate, a key or a request
 */
export function readDocument(bytes: Uint8Array, { into: whole, isPlain, open }: DocumentReading): InputKind {
  const bundle = readBundle(bytes, whole);
  if (bundle !== null) return bundle;
  const list = new KeytoolList(bytes);
  const into = whole.withAliases((line) => list.aliasOf(line));
  const keystore = isPlain ? null : decodeKeystoreText(bytes);
  if (keystore !== null) {
    into.note('pem/no-markers', 'base64 without BEGIN and END lines', { line: 1 });
    open({ name: null, bytes: keystore, line: 1, lineOf: null, isEncoded: true }, into.enter(null));
    return 'base64';
  }
  const { parts, errors, rest, lineOf, isDocument, mayHaveRuns } = takeApart(bytes, isPlain);
  const first = into.certificates.length;
  const before = into.count;
  const lines: (number | null)[] = [];
  const openPart = (part: Part) => open(part, collectorOf(part, into));
  for (const error of errors) into.error(error);
  for (const part of parts) {
    openPart(part);
    // Of the file, as those of the certificates are.
    const { line } = into.source({ line: part.line });
    while (first + lines.length < into.certificates.length) lines.push(line);
  }
  const isInside = into.count > before;
  const found = readText(rest, lineOf === null ? into : into.within(null, lineOf), mayHaveRuns);
  const isNothing = found === 'unknown' && into.count === before;
  // A device has rows of digits of its own.
  const isDevice = found === 'device-config' || found === 'device-show';
  const digits = isPlain || isDevice ? [] : findHexadecimal(rest, isNothing);
  for (const { notation, ...written } of digits) {
    const part = placed(written, lineOf);
    if (notation === 'hexadecimal')
      into.note('pem/hexadecimal', 'hexadecimal in the place of base64', { line: part.line });
    else into.note('pem/numbers', `${notation} numbers in the place of base64`, { line: part.line });
    openPart(part);
  }
  const kind = found === 'unknown' && digits.length > 0 ? 'text' : found;
  if (lines.length + digits.length > 0) sortByLine(into.certificates, first, lines);
  if ((kind === 'pem' || kind === 'text') && !list.isEmpty) return 'keytool-rfc';
  return isInside || (isDocument && kind !== 'unknown') ? 'text' : kind;
}

function collectorOf({ name, lineOf }: Part, into: Collector): Collector {
  if (lineOf !== null) return into.within(name, lineOf);
  const inside = into.enter(name);
  if (name !== null) inside.attachment();
  return inside;
}

/** What became of a text whose strings were taken out. */
interface TakenApart extends Opened {
  readonly isDocument: boolean;
  /** False where the rest has no run of base64 that is longer than words. */
  readonly mayHaveRuns: boolean;
}

/** A text by its format, and what is left of it without the strings that hold something. */
function takeApart(bytes: Uint8Array, isPlain: boolean): TakenApart {
  const format = isPlain ? undefined : formatOf(bytes);
  const document = format === undefined || bytes.length > format.maxLength ? null : format.open(bytes);
  const { parts, errors, rest, lineOf } = withoutDer(document ?? { parts: [], errors: [], rest: bytes, lineOf: null });
  const mayHaveRuns = hasBase64Run(rest, LONGER_THAN_WORDS);
  const encoded = takeEncoded(rest, mayHaveRuns);
  return {
    parts: [...parts, ...encoded.parts.map((part) => placed(part, lineOf))],
    errors: [
      ...errors,
      ...encoded.broken.map(({ line, end }) => brokenString(lineOf?.(line) ?? line, lineOf?.(end) ?? end)),
    ],
    rest: encoded.rest,
    lineOf,
    isDocument: document !== null,
    mayHaveRuns,
  };
}

/** What stands encoded in a text, and the text without it. */
interface Encoded {
  readonly parts: readonly PlacedPart[];
  readonly broken: ReturnType<typeof findJoined>['broken'];
  readonly rest: Uint8Array;
}

/** What stands encoded in a text: blocks in strings, then base64 in the text without them; and the text without both. */
function takeEncoded(rest: Uint8Array, mayHaveRuns: boolean): Encoded {
  const isReadable = mayHaveRuns && rest.length <= MAX_LENGTH;
  const hasStrings = mayHoldStrings(rest, mayHaveRuns);
  const hasLines = isReadable && mayHoldBase64Lines(rest);
  const hasJoined = isReadable && mayHoldJoined(rest);
  const hasPatch = isReadable && includesText(asBuffer(rest), HUNK);
  if (!hasStrings && !hasLines && !hasJoined && !hasPatch) return { parts: [], broken: [], rest };
  const text = textOf(rest);
  const blocks = inOrder([
    ...(hasPatch ? findPatchBlocks(text) : []),
    ...(hasStrings ? [...findStringBlocks(text), ...findPercentBlocks(text)] : []),
  ]);
  const withoutBlocks = blank(text, blocks);
  const joined = hasJoined ? findJoined(withoutBlocks) : { parts: [], broken: [] };
  const others = blank(withoutBlocks, joined.parts);
  const runs = inOrder([
    ...(hasStrings ? findRuns(others) : []),
    // On lines of its own.
    ...(hasLines ? findBase64Lines(others) : []),
  ]);
  const parts = [...blocks, ...joined.parts, ...runs];
  return { parts, broken: joined.broken, rest: parts.length === 0 ? rest : Buffer.from(blank(others, runs)) };
}

/** A text whose certificates in DER are parts of their own. */
function withoutDer(opened: Opened): Opened {
  const found = findDer(opened.rest);
  if (found.length === 0) return opened;
  const parts = [...opened.parts, ...found.map((part) => placed(part, opened.lineOf))];
  return { ...opened, parts, rest: blankBytes(opened.rest, found) };
}

/** A part of what is left of a text, at its line of the text. */
function placed(part: PlacedPart, lineOf: LineOf | null): Part {
  const { line, lineOf: inner } = part;
  const outer: LineOf = lineOf ?? ((one) => one);
  return { ...part, line: outer(line), lineOf: (one) => outer(inner?.(one) ?? line) };
}

/** Parts by their places; one that begins inside of another is left to it. */
function inOrder(parts: readonly PlacedPart[]): readonly PlacedPart[] {
  let end = 0;
  return parts
    .toSorted((a, b) => a.start - b.start)
    .filter((part) => {
      if (part.start < end) return false;
      end = part.end;
      return true;
    });
}

function formatOf(bytes: Uint8Array): Format | undefined {
  const head = asBuffer(bytes.subarray(0, HEAD));
  if (!mayHaveFormat(head)) return undefined;
  const text = head.toString('latin1');
  return FORMATS.find(({ accepts }) => accepts(text));
}

/**
 * Whether any format may accept a head, by its first characters: a mail begins with a header or `From`, YAML with a key, an
 * item or what `isYaml` passes over, and XML and HTML have a tag. Most texts have none of these, which need not be decoded.
 */
function mayHaveFormat(head: Buffer): boolean {
  if (head.includes(LESS_THAN)) return true;
  const start = head.toString('latin1', 0, START);
  return beginsLikeMail(start) || /^[\s#]/.test(start) || isYaml(start);
}

/** Whether the readers of strings are to be asked: cheap, for inputs of many blocks. */
function mayHoldStrings(bytes: Uint8Array, mayHaveRuns: boolean): boolean {
  if (bytes.length > MAX_LENGTH) return false;
  const view = asBuffer(bytes);
  for (let at = indexOfText(view, BEGIN); at !== -1; at = indexOfText(view, BEGIN, at + BEGIN.length)) {
    const afterMarker = view.indexOf(HYPHENS, at + BEGIN.length) + HYPHENS.length;
    if (NEXT_IN_STRING.has(view[afterMarker] ?? 0)) return true;
  }
  if (!mayHaveRuns) return false;
  return PERCENT_BEGIN.some((begin) => indexOfText(view, begin) !== -1) || hasBase64Run(bytes, LONG_RUN);
}

function openMail(bytes: Uint8Array): Opened {
  const { parts, errors } = readMail(asBuffer(bytes).toString('latin1'));
  return { parts, errors, rest: new Uint8Array(), lineOf: null };
}

function mayHoldChain(bytes: Uint8Array): boolean {
  const view = asBuffer(bytes);
  return includesText(view, 'certificate chain ') && FOLDED.some((end) => includesText(view, end));
}

function openYaml(bytes: Uint8Array): Opened | null {
  // Without such a run, or rows of a device in a folded string, it holds no certificate, and reading it takes time.
  if (!hasBase64Run(bytes, LONGER_THAN_WORDS) && !mayHoldChain(bytes)) return null;
  const text = textOf(bytes);
  const contents = readYaml(text);
  if (contents === null) return null;
  const { parts, errors } = contents;
  return { parts, errors, rest: parts.length === 0 ? bytes : Buffer.from(blank(text, parts)), lineOf: null };
}

function openXml(bytes: Uint8Array): Opened | null {
  const contents = readXml(textOf(bytes));
  if (contents === null) return null;
  const { parts, errors } = contents;
  return { ...fromPlain(contents), parts, errors };
}

function openHtml(bytes: Uint8Array): Opened {
  return { ...fromPlain(stripMarkup(textOf(bytes))), parts: [], errors: [] };
}

function fromPlain({ text, lines }: PlainText): Pick<Opened, 'rest' | 'lineOf'> {
  return { rest: Buffer.from(text), lineOf: (line) => lines[line - 1] ?? lines.at(-1) ?? 1 };
}

/** A text with blanks where its parts are, so that all else stays in its place. */
function blank(text: string, parts: readonly PlacedPart[]): string {
  const pieces: string[] = [];
  let end = 0;
  for (const part of parts) {
    pieces.push(
      text.slice(end, part.start),
      text.slice(part.start, part.end).replace(/[^\r\n]{1,65536}/g, (run) => ' '.repeat(run.length)),
    );
    end = part.end;
  }
  return pieces.length === 0 ? text : [...pieces, text.slice(end)].join('');
}

/** Brings the certificates of the parts and those between them into the order of their lines. */
function sortByLine(certificates: Certificate[], first: number, lines: readonly (number | null)[]): void {
  const found = certificates.slice(first).map((certificate, index) => ({
    certificate,
    line: lines[index] ?? certificate.source?.line ?? Number.POSITIVE_INFINITY,
  }));
  found.sort((a, b) => a.line - b.line);
  for (const [index, { certificate }] of found.entries()) certificates[first + index] = certificate;
}
