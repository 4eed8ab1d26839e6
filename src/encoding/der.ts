/**
 * Raw ASN.1 elements (ITU-T X.690): tags, lengths and offsets over bytes that are never copied, and the few values that
 * certificates, keystores and CMS are made of. DER by default; BER lengths (non-minimal, indefinite) where asked for,
 * because PKCS#12 and PKCS#7 files of other programs use them.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { concatBytes } from './byte-writer.js';
import { decodeOid } from './object-identifier.js';

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

/** How many octets an object identifier may have; none in use comes near. */
const MAX_OID_LENGTH = 128;

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
  expectEnd(element, bytes.length);
  return element;
}

/** Nothing may follow the element before that end, else `der/trailing-bytes`. */
export function expectEnd({ end }: DerElement, expected: number): void {
  if (end !== expected) fail('der/trailing-bytes', `${expected - end} bytes follow the end of the structure`, end);
}

/**
 * The element itself when it has the tag, else `der/unexpected-tag`; also when there is none.
 *
 * @param at - where it should begin, if that is known
 */
export function expectTag<Element extends DerElement>(element: Element | undefined, tag: number, at?: number): Element {
  if (element === undefined) {
    const position = at === undefined ? {} : { at: { offset: at } };
    throw new TrustError('der/truncated', `an element with tag 0x${tag.toString(16)} is missing`, position);
  }
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
  if (contentStart === contentEnd || contentEnd - contentStart > MAX_OID_LENGTH)
    fail('der/bad-value', 'an object identifier is empty or too long', start);
  return decodeOid(bytes, contentStart, contentEnd);
}

/** The value of an INTEGER of any size, two's complement. */
export function readInteger(element: DerElement | undefined): bigint {
  const integer = expectInteger(element);
  if (isSmall(integer)) return BigInt(smallInteger(integer));
  const content = contentOf(integer);
  const value = BigInt(`0x${Buffer.from(content).toString('hex')}`);
  return BigInt.asIntN(content.length * 8, value);
}

/** An INTEGER, which must have content. */
export function expectInteger(element: DerElement | undefined): DerElement {
  const integer = expectTag(element, TAG.integer);
  if (integer.contentStart === integer.contentEnd) fail('der/bad-value', 'an INTEGER has no content', integer.start);
  return integer;
}

/** At most four octets. */
function isSmall({ contentStart, contentEnd }: DerElement): boolean {
  return contentEnd - contentStart <= 4;
}

function smallInteger({ bytes, contentStart, contentEnd }: DerElement): number {
  let value = (bytes[contentStart] as number) >= 0x80 ? -1 : 0;
  for (let i = contentStart; i < contentEnd; i++) value = (value << 8) | (bytes[i] as number);
  return value;
}

/**
 * The value of an INTEGER that counts something here (iterations, lengths).
 *
 * @param max - the largest value that makes sense; the limit protects against hostile counts
 * @throws {TrustError} `der/bad-value` when it is negative or above `max`
 */
export function readCount(element: DerElement | undefined, max: number): number {
  const integer = expectInteger(element);
  const value = isSmall(integer) ? smallInteger(integer) : readInteger(integer);
  if (value < 0 || value > max) {
    // A long number takes very long to write in decimal.
    const octets = integer.contentEnd - integer.contentStart;
    const found = isSmall(integer) ? `the number ${value}` : `a number of ${octets} octets`;
    fail('der/bad-value', `${found} is not between 0 and ${max}`, integer.start);
  }
  return Number(value);
}

/** A BOOLEAN; any non-zero octet is true, as in BER, since strictness about it is a question for path validation. */
export function readBoolean(element: DerElement | undefined): boolean {
  const { bytes, contentStart, contentEnd, start } = expectTag(element, TAG.boolean);
  if (contentEnd - contentStart !== 1) fail('der/bad-value', 'a BOOLEAN is not one octet', start);
  return bytes[contentStart] !== 0;
}

/** The bits of a BIT STRING: its octets and how many bits of the last one are unused. */
export function readBitString(element: DerElement | undefined): {
  readonly unusedBits: number;
  readonly bytes: Uint8Array;
} {
  const bits = expectBitString(element);
  const { bytes, contentStart, contentEnd } = bits;
  return { unusedBits: bytes[contentStart] as number, bytes: bytes.subarray(contentStart + 1, contentEnd) };
}

/** A BIT STRING, whose first octet must be a count of unused bits that the others have. */
export function expectBitString(element: DerElement | undefined): DerElement {
  const bits = expectTag(element, TAG.bitString);
  const { bytes, contentStart, contentEnd, start } = bits;
  const unusedBits = contentStart === contentEnd ? 8 : (bytes[contentStart] as number);
  if (unusedBits > 7 || (unusedBits > 0 && contentEnd - contentStart === 1)) {
    fail('der/bad-value', 'a BIT STRING has a wrong count of unused bits', start);
  }
  return bits;
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
