/**
 * Raw ASN.1 elements (ITU-T X.690): tags, lengths and offsets over bytes that are never copied, and the few values that
 * certificates, keystores and CMS are made of. DER by default; BER lengths (non-minimal, indefinite) where asked for,
 * because PKCS#12 and PKCS#7 files of other programs use them.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { concatBytes } from './byte-writer.js';

/** Identifier octets used here. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The identifier octet of a context-specific tag: `contextTag(0)` is `[0]` constructed, `contextTag(0, false)` primitive. */
export function contextTag(number: number, constructed = true): number {
  return 0x80 | (constructed ? 0x20 : 0) | number;
}

/** One element where it stands: `bytes` is the whole input, all offsets count from its start. */
export interface DerElement {
  readonly bytes: Uint8Array;
  /** The identifier octet (tags above 30 do not occur in what we read and are refused). */
  readonly tag: number;
  readonly start: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly end: number;
}

/** Which lengths are accepted. */
export type EncodingRules = 'der' | 'ber';

/** How deep constructed elements may nest; a certificate needs 10, the limit is that of the input contract. */
const MAX_DEPTH = 64;

/** The letter that ends a time. */
const ZULU = 0x5a;

/**
 * Reads the element at an offset: its header only, so the cost does not depend on its size.
 *
 * @param limit - where the enclosing element ends
 * @throws {TrustError} `der/truncated` (with how many bytes are missing), `der/bad-length`, `der/unexpected-tag`,
 *   `der/too-deep`
 */
export function readElement(
  bytes: Uint8Array,
  start = 0,
  limit: number = bytes.length,
  rules: EncodingRules = 'der',
): DerElement {
  const tag = octet(bytes, start, limit);
  if ((tag & 0x1f) === 0x1f) fail('der/unexpected-tag', `tag 0x${tag.toString(16)} has more than one octet`, start);
  const first = octet(bytes, start + 1, limit);
  if (first < 0x80) return bounded(bytes, tag, start, start + 2, first, limit);
  if (first === 0x80) {
    if (rules === 'der' || (tag & 0x20) === 0)
      fail('der/bad-length', 'indefinite length where DER is required', start + 1);
    const contentEnd = endOfContents(bytes, start + 2, limit, 0);
    return { bytes, tag, start, contentStart: start + 2, contentEnd, end: contentEnd + 2 };
  }
  const count = first & 0x7f;
  if (count > 4) fail('der/bad-length', `a length of ${count} octets is larger than any file`, start + 1);
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + octet(bytes, start + 2 + i, limit);
  if (rules === 'der' && (length < 0x80 || length < 256 ** (count - 1))) {
    fail('der/bad-length', 'the length is not in its shortest form', start + 1);
  }
  return bounded(bytes, tag, start, start + 2 + count, length, limit);
}

/**
 * The elements inside a constructed one, in order.
 *
 * @throws {TrustError} as `readElement`
 */
export function childrenOf(parent: DerElement, rules: EncodingRules = 'der'): DerElement[] {
  return elementsBetween(parent.bytes, parent.contentStart, parent.contentEnd, rules);
}

/** The elements that fill a range of bytes exactly, in order. */
export function elementsBetween(
  bytes: Uint8Array,
  start: number,
  end: number,
  rules: EncodingRules = 'der',
): DerElement[] {
  const elements: DerElement[] = [];
  for (let offset = start; offset < end; ) {
    const element = readElement(bytes, offset, end, rules);
    elements.push(element);
    offset = element.end;
  }
  return elements;
}

/**
 * Reads the one element that fills the bytes.
 *
 * @param tag - the identifier octet it must have
 * @throws {TrustError} as `readElement`, `der/trailing-bytes` when more follows
 */
export function decodeElement(bytes: Uint8Array, tag: number, rules: EncodingRules = 'der'): DerElement {
  const element = expectTag(readElement(bytes, 0, bytes.length, rules), tag);
  if (element.end !== bytes.length) {
    fail('der/trailing-bytes', `${bytes.length - element.end} bytes follow the end of the structure`, element.end);
  }
  return element;
}

/** The element itself when it has the tag, else `der/unexpected-tag`; also when there is none. */
export function expectTag(element: DerElement | undefined, tag: number): DerElement {
  if (element === undefined)
    throw new TrustError('der/truncated', `an element with tag 0x${tag.toString(16)} is missing`);
  if (element.tag !== tag) {
    fail(
      'der/unexpected-tag',
      `found tag 0x${element.tag.toString(16)}, expected 0x${tag.toString(16)}`,
      element.start,
    );
  }
  return element;
}

/** The content octets, as a view. */
export function contentOf(element: DerElement): Uint8Array {
  return element.bytes.subarray(element.contentStart, element.contentEnd);
}

/** The whole encoding with its header, as a view. */
export function encodingOf(element: DerElement): Uint8Array {
  return element.bytes.subarray(element.start, element.end);
}

/** The element as if it had another tag: what an implicit tag stands for. */
export function withTag(element: DerElement, tag: number): DerElement {
  const bytes = Uint8Array.from(encodingOf(element));
  bytes[0] = tag;
  return readElement(bytes);
}

/** Dotted decimal of an OBJECT IDENTIFIER. */
export function readOid(element: DerElement | undefined): string {
  const { bytes, contentStart, contentEnd, start } = expectTag(element, TAG.oid);
  if (contentStart === contentEnd || contentEnd - contentStart > 128)
    fail('der/bad-value', 'an object identifier is empty or too long', start);
  let dotted = '';
  let small = 0;
  let large: bigint | null = null;
  let octets = 0;
  for (let i = contentStart; i < contentEnd; i++) {
    const value = bytes[i] as number;
    if (octets === 0 && value === 0x80) fail('der/bad-value', 'an object identifier has a padded arc', i);
    octets++;
    if (octets <= 4) small = (small << 7) | (value & 0x7f);
    else large = ((large ?? BigInt(small)) << 7n) | BigInt(value & 0x7f);
    if (value < 0x80) {
      const arc = large ?? small;
      dotted = dotted === '' ? firstArcs(arc) : `${dotted}.${arc}`;
      octets = 0;
      small = 0;
      large = null;
    } else if (i === contentEnd - 1) fail('der/bad-value', 'an object identifier ends inside an arc', i);
  }
  return dotted;
}

/** The first two arcs, which share a number (X.690 8.19.4). */
function firstArcs(head: number | bigint): string {
  if (typeof head === 'bigint') return `2.${head - 80n}`;
  const root = Math.min(Math.floor(head / 40), 2);
  return `${root}.${head - root * 40}`;
}

/** The value of an INTEGER of any size, two's complement. */
export function readInteger(element: DerElement | undefined): bigint {
  const content = contentOf(expectTag(element, TAG.integer));
  if (content.length === 0) fail('der/bad-value', 'an INTEGER has no content', (element as DerElement).start);
  if (content.length <= 4) return BigInt(smallInteger(content));
  const value = BigInt(`0x${Buffer.from(content).toString('hex')}`);
  return BigInt.asIntN(content.length * 8, value);
}

/** Two's complement in at most four octets. */
function smallInteger(content: Uint8Array): number {
  let value = (content[0] as number) >= 0x80 ? -1 : 0;
  for (const octet of content) value = (value << 8) | octet;
  return value;
}

/**
 * The value of an INTEGER that counts something here (iterations, lengths).
 *
 * @param max - the largest value that makes sense; the limit protects against hostile counts
 * @throws {TrustError} `der/bad-value` when it is negative or above `max`
 */
export function readCount(element: DerElement | undefined, max: number): number {
  const value = readInteger(element);
  if (value < 0n || value > BigInt(max))
    fail('der/bad-value', `the number ${value} is not between 0 and ${max}`, element?.start ?? 0);
  return Number(value);
}

/** A BOOLEAN; any non-zero octet is true, as in BER, since strictness about it is a question for path validation. */
export function readBoolean(element: DerElement | undefined): boolean {
  const content = contentOf(expectTag(element, TAG.boolean));
  if (content.length !== 1) fail('der/bad-value', 'a BOOLEAN is not one octet', (element as DerElement).start);
  return content[0] !== 0;
}

/** The bits of a BIT STRING: its octets and how many bits of the last one are unused. */
export function readBitString(element: DerElement | undefined): {
  readonly unusedBits: number;
  readonly bytes: Uint8Array;
} {
  const content = contentOf(expectTag(element, TAG.bitString));
  const unusedBits = content[0] ?? 8;
  if (unusedBits > 7 || (unusedBits > 0 && content.length === 1)) {
    fail('der/bad-value', 'a BIT STRING has a wrong count of unused bits', (element as DerElement).start);
  }
  return { unusedBits, bytes: content.subarray(1) };
}

/**
 * A UTCTime or GeneralizedTime (RFC 5280 4.1.2.5): Zulu, with seconds, without fractions; two-digit years pivot at 50.
 *
 * @throws {TrustError} `der/bad-value` for any other form or a date that does not exist
 */
export function readTime(element: DerElement | undefined): Date {
  if (element === undefined) throw new TrustError('der/truncated', 'a time is missing');
  const { tag, bytes, contentStart, contentEnd, start } = element;
  const yearLength = tag === TAG.utcTime ? 2 : tag === TAG.generalizedTime ? 4 : 0;
  const rest = contentStart + yearLength;
  const isWhole = yearLength > 0 && contentEnd === rest + 11 && bytes[contentEnd - 1] === ZULU;
  if (!isWhole || !bytes.subarray(contentStart, contentEnd - 1).every(isDigit)) {
    fail('der/bad-value', 'a time is not in the form that RFC 5280 asks for', start);
  }
  const year = decimal(bytes, contentStart, yearLength);
  const month = decimal(bytes, rest, 2);
  const day = decimal(bytes, rest + 2, 2);
  const hour = decimal(bytes, rest + 4, 2);
  const minute = decimal(bytes, rest + 6, 2);
  const second = decimal(bytes, rest + 8, 2);
  const fullYear = yearLength === 2 ? (year < 50 ? 2000 + year : 1900 + year) : year;
  const date = new Date(0);
  date.setUTCFullYear(fullYear, month - 1, day);
  date.setUTCHours(hour, minute, second);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) {
    fail('der/bad-value', 'a time names an instant that does not exist', start);
  }
  return date;
}

function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39;
}

/** The number that so many digits write. */
function decimal(bytes: Uint8Array, offset: number, count: number): number {
  let value = 0;
  for (let i = offset; i < offset + count; i++) value = value * 10 + (bytes[i] as number) - 0x30;
  return value;
}

/**
 * Encodes an element from its content.
 *
 * @param parts - the content, in pieces
 */
export function encodeElement(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return concatBytes([encodeHeader(tag, length), ...parts]);
}

/** The encoding of NULL. */
export const NULL: Uint8Array = Uint8Array.of(TAG.null, 0);

/** Encodes an OBJECT IDENTIFIER from dotted decimal. */
export function encodeOid(dotted: string): Uint8Array {
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt);
  const octets = [first * 40n + second, ...rest].flatMap((arc) => {
    const group = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) group.unshift(Number(left & 0x7fn) | 0x80);
    return group;
  });
  return encodeElement(TAG.oid, Uint8Array.from(octets));
}

/** Encodes a non-negative INTEGER. */
export function encodeInteger(value: number | bigint): Uint8Array {
  const hex = value.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return encodeElement(TAG.integer, ...((octets[0] as number) >= 0x80 ? [Uint8Array.of(0)] : []), octets);
}

function encodeHeader(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length);
  const octets: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256);
  return Uint8Array.of(tag, 0x80 | octets.length, ...octets);
}

function octet(bytes: Uint8Array, offset: number, limit: number): number {
  if (offset >= limit) fail('der/truncated', 'the structure ends inside a header', offset);
  return bytes[offset] as number;
}

function bounded(
  bytes: Uint8Array,
  tag: number,
  start: number,
  contentStart: number,
  length: number,
  limit: number,
): DerElement {
  const contentEnd = contentStart + length;
  if (contentEnd > limit) {
    fail(
      'der/truncated',
      `an element needs ${length} bytes, ${limit - contentStart} are there (${contentEnd - limit} missing)`,
      start,
    );
  }
  return { bytes, tag, start, contentStart, contentEnd, end: contentEnd };
}

/** Finds the two zero octets that close an indefinite length (X.690 8.1.5), stepping over nested elements. */
function endOfContents(bytes: Uint8Array, start: number, limit: number, depth: number): number {
  if (depth > MAX_DEPTH) fail('der/too-deep', `more than ${MAX_DEPTH} indefinite lengths inside one another`, start);
  let offset = start;
  while (octet(bytes, offset, limit) !== 0 || octet(bytes, offset + 1, limit) !== 0) {
    offset =
      bytes[offset + 1] === 0x80
        ? endOfContents(bytes, offset + 2, limit, depth + 1) + 2
        : readElement(bytes, offset, limit, 'ber').end;
  }
  return offset;
}

function fail(
  code:
    | 'der/truncated'
    | 'der/bad-length'
    | 'der/bad-value'
    | 'der/too-deep'
    | 'der/trailing-bytes'
    | 'der/unexpected-tag',
  message: string,
  offset: number,
): never {
  throw new TrustError(code, message, { at: { offset } });
}
