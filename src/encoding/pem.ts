/**
 * PEM: binary data in text between BEGIN and END lines (RFC 7468). Read as its section 3 lets a lax parser: text around
 * the blocks, byte order marks, CRLF, blanks and blank lines inside, any line width; also the header fields of RFC 1421 that
 * old encrypted keys have. The marker lines themselves must be right: five hyphens, at the start of a line, the same label twice.
 *
 * @module
 */

import { expectTrustError, TrustError } from '../errors.js';
import { Base64Memory, decodeBase64, decodeEvenBase64, encodeBase64, isBlank } from './base64.js';
import { asBuffer } from './buffer.js';
import { hasBytesAt, indexOfText } from './byte-search.js';

/** One block of a text. */
export interface PemBlock {
  /** What stands after BEGIN, e.g. `CERTIFICATE`. */
  readonly label: string;
  readonly der: Uint8Array;
  /** Offset of the first hyphen of the BEGIN line. */
  readonly start: number;
  /** Offset after the END line, its line end included. */
  readonly end: number;
  /** The line of the BEGIN marker, from 1; CRLF, LF and a lone CR each end a line. */
  readonly line: number;
  /** Whether it is laid out as programs do it: lines of one width that end with a line feed, and nothing else. */
  readonly isEven: boolean;
}

/** A part of a text that begins like a block and is none. */
interface RejectedPemBlock {
  readonly start: number;
  /** Where reading went on: after the END line, or at the next BEGIN, or at the end of the text. */
  readonly end: number;
  readonly error: TrustError;
}

/** Everything that a text holds, in order. */
export interface PemScan {
  readonly blocks: readonly PemBlock[];
  readonly rejected: readonly RejectedPemBlock[];
}

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const HYPHEN = 0x2d;
const COLON = 0x3a;
const END_BYTES: Uint8Array = Buffer.from(END, 'latin1');
/** Of UTF-8. */
export const BYTE_ORDER_MARK: Uint8Array = Uint8Array.of(0xef, 0xbb, 0xbf);
const HINT = 'copy the block again from its source, BEGIN and END lines included';

/** A text with more broken blocks than this is made to keep readers busy. */
export const MAX_REJECTED = 10_000;

/** Labels are short; a longer line is text that happens to begin like a marker. */
const MAX_LABEL = 64;

/**
 * Reads the blocks of a text, all of which must be whole.
 *
 * @param bytes - ASCII, or anything that keeps ASCII (UTF-8, Latin-1)
 * @returns the blocks in order; none when the text has no BEGIN line
 * @throws {TrustError} the first error of `scanPem`
 */
export function decodePem(bytes: Uint8Array): readonly PemBlock[] {
  const { blocks, rejected } = scanPem(bytes);
  if (rejected[0] !== undefined) throw rejected[0].error;
  return blocks;
}

/**
 * Reads the blocks of a text; what is broken does not hide what is whole.
 *
 * @param bytes - as for `decodePem`
 * @returns blocks and rejected parts. The errors are `pem/no-end` (no END line before the next BEGIN or the end),
 *   `pem/damaged` (a marker line that is wrong) and `pem/bad-base64`, each with its line and offset. After
 *   `MAX_REJECTED` of them reading ends
 */
export function scanPem(bytes: Uint8Array): PemScan {
  const view = asBuffer(bytes);
  const reader = blockReader(view);
  const blocks: PemBlock[] = [];
  const rejected: RejectedPemBlock[] = [];
  // Most texts that are looked at have no block.
  if (indexOfText(view, BEGIN) < 0) return { blocks, rejected };
  let endMarker = -1;
  let frame = frameOf('CERTIFICATE');
  for (let start = findMarker(view, BEGIN, 0); start < view.length && rejected.length < MAX_REJECTED; ) {
    const even = readEvenBlock(reader, start, frame);
    if (even !== null) {
      blocks.push(even);
      start = findMarker(view, BEGIN, even.end);
      continue;
    }
    const body = offsetAfterLine(view, start);
    const next = findMarker(view, BEGIN, body);
    if (endMarker < start) endMarker = findMarker(view, END, body);
    const line = reader.lines.at(start);
    if (endMarker >= next) {
      // Not thrown: a text of BEGIN lines has very many.
      rejected.push({ start, end: next, error: withoutEnd(line, start) });
      start = next;
      continue;
    }
    try {
      const block = decodeBlock(reader, start, endMarker);
      blocks.push(block);
      frame = frameOf(block.label);
    } catch (error) {
      const end = offsetAfterLine(view, endMarker);
      rejected.push({ start, end, error: withLine(expectTrustError(error), view, start, line) });
    }
    start = next;
  }
  return { blocks, rejected };
}

function withoutEnd(line: number, offset: number): TrustError {
  return new TrustError('pem/no-end', 'found a BEGIN line without its END line', { at: { line, offset }, hint: HINT });
}

/** An error at an offset, with the line of it, counted from that of the block. */
function withLine(
  { code, message, at, hint = HINT }: TrustError,
  view: Buffer,
  start: number,
  line: number,
): TrustError {
  const offset = at?.offset ?? start;
  return new TrustError(code, message, { at: { line: line + countLines(view, start, offset), offset }, hint });
}

/** Reads the blocks of a text that is nothing but even blocks of one label, one at a time, so that none has to be kept. */
export class EvenBlockReader {
  readonly #reader: BlockReader;
  readonly #frame: Frame;
  #offset = 0;

  /** @param bytes - as for `decodePem` */
  constructor(bytes: Uint8Array, label: string) {
    this.#reader = blockReader(asBuffer(bytes));
    this.#frame = frameOf(label);
  }

  /** Whether all of the text was read. */
  get isAtEnd(): boolean {
    return this.#offset === this.#reader.view.length;
  }

  /** The next block; null at the end, and where the text is something else. */
  next(): PemBlock | null {
    const block = readEvenBlock(this.#reader, this.#offset, this.#frame);
    if (block !== null) this.#offset = block.end;
    return block;
  }
}

/**
 * Writes one block: 64 characters a line and a line feed after the END line, as RFC 7468 asks of generators.
 *
 * @param label - e.g. `CERTIFICATE`
 */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? [];
  return [`${BEGIN}${label}${DASHES}`, ...lines, `${END}${label}${DASHES}`, ''].join('\n');
}

/** Counts line ends up to ever larger offsets, each byte at most once. */
class LineCounter {
  readonly #text: Uint8Array;
  #offset = 0;
  #line = 1;

  constructor(text: Uint8Array) {
    this.#text = text;
  }

  /** The line of an offset, which must not be smaller than the one before. */
  at(offset: number): number {
    this.#line += countLines(this.#text, this.#offset, offset);
    this.#offset = offset;
    return this.#line;
  }

  /** Moves on to an offset that is known to be so many lines further on. */
  skipTo(offset: number, lines: number): void {
    this.#line += lines;
    this.#offset = offset;
  }
}

/** What reading the blocks of a text needs. */
interface BlockReader {
  readonly view: Buffer;
  readonly lines: LineCounter;
  readonly memory: Base64Memory;
}

function blockReader(view: Buffer): BlockReader {
  return { view, lines: new LineCounter(view), memory: new Base64Memory(view.length) };
}

/** The marker lines of a label as programs write them. */
interface Frame {
  readonly label: string;
  /** With its line end. */
  readonly begin: Uint8Array;
  readonly end: Uint8Array;
}

function makeFrame(label: string): Frame {
  return {
    label,
    begin: Buffer.from(`${BEGIN}${label}${DASHES}\n`, 'latin1'),
    end: Buffer.from(`${END}${label}${DASHES}`, 'latin1'),
  };
}

/** What nearly every text begins with, or else has nothing of. */
const CERTIFICATE: Frame = makeFrame('CERTIFICATE');

function frameOf(label: string): Frame {
  return label === CERTIFICATE.label ? CERTIFICATE : makeFrame(label);
}

/** The block at an offset, or null where it is another one than nearly all blocks of a large text are: even, with this frame. */
function readEvenBlock(
  { view, lines, memory }: BlockReader,
  start: number,
  { label, begin, end }: Frame,
): PemBlock | null {
  if (!hasBytesAt(view, start, begin)) return null;
  const body = start + begin.length;
  const endMarker = view.indexOf(HYPHEN, body);
  const afterMarker = endMarker + end.length;
  const isLine = afterMarker >= view.length || view[afterMarker] === LINE_FEED;
  if (endMarker < 0 || !isLine || !hasBytesAt(view, endMarker, end)) return null;
  const decoded = decodeEvenBase64(view, body, endMarker, memory);
  if (decoded === null) return null;
  const line = lines.at(start);
  const after = Math.min(afterMarker + 1, view.length);
  lines.skipTo(after, decoded.lines + 1 + (after - afterMarker));
  return { label, der: decoded.bytes, start, end: after, line, isEven: true };
}

function decodeBlock({ view, lines, memory }: BlockReader, start: number, endMarker: number): PemBlock {
  const line = lines.at(start);
  const label = labelAt(view, start + BEGIN.length);
  const bodyStart = offsetAfterMarker(view, start + BEGIN.length + label.length);
  if (labelAt(view, endMarker + END.length) !== label) {
    fail('the END line has another label than the BEGIN line', endMarker);
  }
  const end = offsetAfterMarker(view, endMarker + END.length + label.length);
  const dataStart = offsetAfterHeaders(view, bodyStart, endMarker);
  const der = decodeBase64(view, dataStart, endMarker, memory);
  return { label, der, start, end, line, isEven: false };
}

/** Where a marker next stands at the start of a line, or the length of the text. */
function findMarker(view: Buffer, marker: string, from: number): number {
  // Base64 has no hyphen, and one octet is found far quicker than several.
  const first = view.indexOf(HYPHEN, from);
  if (first === -1) return view.length;
  for (let at = view.indexOf(marker, first); at !== -1; at = view.indexOf(marker, at + 1)) {
    if (beginsLine(view, at)) return at;
  }
  return view.length;
}

/**
 * Whether a line begins at an offset of a text. A byte order mark in front of the first line, or of the one behind the END line
 * of a block, is no part of it, as in several files that were put together: OpenSSL, too, reads the block behind such a mark.
 */
export function beginsLine(text: Uint8Array, at: number): boolean {
  const before = text[at - 1];
  if (at === 0 || before === LINE_FEED || before === CARRIAGE_RETURN) return true;
  const mark = at - BYTE_ORDER_MARK.length;
  return mark >= 0 && hasBytesAt(text, mark, BYTE_ORDER_MARK) && (mark === 0 || isBehindEndLine(text, mark));
}

/** The offset behind the byte order mark that stands at an offset, or that offset where none does. */
export function offsetAfterByteOrderMark(text: Uint8Array, offset: number): number {
  return hasBytesAt(text, offset, BYTE_ORDER_MARK) ? offset + BYTE_ORDER_MARK.length : offset;
}

function isBehindEndLine(text: Uint8Array, offset: number): boolean {
  if (!isLineEnd(text[offset - 1])) return false;
  const isPair = text[offset - 1] === LINE_FEED && text[offset - 2] === CARRIAGE_RETURN;
  let start = offset - (isPair ? 2 : 1);
  while (start > 0 && !isLineEnd(text[start - 1])) start--;
  return hasBytesAt(text, start, END_BYTES);
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

/** The label of a marker line: printable ASCII up to the hyphens that close it (RFC 7468 section 3). */
function labelAt(view: Buffer, start: number): string {
  const text = view.toString('latin1', start, start + MAX_LABEL + DASHES.length);
  const length = text.indexOf(DASHES);
  const label = text.slice(0, length);
  if (length < 1 || !/^[!-~]+(?: [!-~]+)*$/.test(label)) {
    fail('a marker line does not end with a label and five hyphens', start);
  }
  return label;
}

/** The start of the line after a marker whose closing hyphens begin at an offset; only blanks may follow them. */
function offsetAfterMarker(view: Buffer, hyphens: number): number {
  const next = offsetAfterLine(view, hyphens);
  for (let offset = hyphens + DASHES.length; offset < next; offset++) {
    if (!isBlank(view[offset] as number)) fail('text follows a marker on its line', offset);
  }
  return next;
}

/** Passes over `Proc-Type:` and the like, which end with a blank line (RFC 1421 4.4). */
function offsetAfterHeaders(view: Buffer, start: number, end: number): number {
  if (!view.subarray(start, Math.min(end, start + MAX_LABEL)).includes(COLON)) return start;
  for (let offset = start; offset < end; ) {
    const next = offsetAfterLine(view, offset);
    if (view.subarray(offset, next).every(isBlank)) return next;
    offset = next;
  }
  return start;
}

function offsetAfterLine(view: Buffer, from: number): number {
  for (let offset = from; offset < view.length; offset++) {
    if (view[offset] === LINE_FEED) return offset + 1;
    if (view[offset] === CARRIAGE_RETURN) return view[offset + 1] === LINE_FEED ? offset + 2 : offset + 1;
  }
  return view.length;
}

/** How many lines end in a part of a text: with LF, CR LF or a lone CR. */
export function countLines(text: Uint8Array, start: number, end: number): number {
  let lines = 0;
  for (let offset = start; offset < end; offset++) {
    const byte = text[offset];
    if (byte === LINE_FEED || (byte === CARRIAGE_RETURN && text[offset + 1] !== LINE_FEED)) lines++;
  }
  return lines;
}

function fail(message: string, offset: number): never {
  throw new TrustError('pem/damaged', message, { at: { offset } });
}
