/**
 * The distinguished encoding rules (ITU-T X.690 10 and 11) as a check over a whole structure: one value, one encoding. The
 * readers of `der.ts` are content with what they can read; where a signature is to be relied on, that is not enough.
 *
 * Three liberties are tolerated, because certificates in daily use take them: a BOOLEAN that spells out its default FALSE,
 * named bits with trailing zeros, and letters of ASCII that a string type does not have.
 *
 * @module
 */
import { isUtf8 } from 'node:buffer';
import { TrustError } from '../errors.js';
import { asBuffer } from './buffer.js';
import { childrenOf, contentOf, type DerElement, encodingOf, expectInteger, readBoolean, readOid, TAG } from './der.js';

const CLASS = 0xc0;
const CONSTRUCTED = 0x20;
/** A certificate needs 10; the rest is for names inside names. */
const MAX_DEPTH = 32;

/** Which octets may be in a string type: those that mean the same in every string of ASCII, whichever of them it has. */
const REPERTOIRES: ReadonlyMap<number, RegExp> = new Map([
  [TAG.numericString, /^[ -~]*$/],
  [TAG.printableString, /^[ -~]*$/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the repertoire of IA5String is ASCII, controls and all
  [TAG.ia5String, /^[\u0000-\u007f]*$/],
  [TAG.visibleString, /^[ -~]*$/],
]);

/** How many octets a character has in the string types with wide ones. */
const WIDTHS: ReadonlyMap<number, number> = new Map([
  [TAG.bmpString, 2],
  [TAG.universalString, 4],
]);

/**
 * Checks an element and all that is in it.
 *
 * @throws {TrustError} `der/…` with the offset of the first value that is not encoded as DER asks
 */
export function checkStrictDer(element: DerElement, depth = 0): void {
  if (depth > MAX_DEPTH) {
    throw new TrustError('der/too-deep', `more than ${MAX_DEPTH} structures inside one another`, {
      at: { offset: element.start },
    });
  }
  const { tag } = element;
  const isUniversal = (tag & CLASS) === 0;
  const isCollection = tag === TAG.sequence || tag === TAG.set;
  if (isUniversal && !isCollection) {
    if ((tag & CONSTRUCTED) !== 0 || tag === 0x10 || tag === 0x11) {
      fail(element, 'a value is in pieces, or a collection is not marked as one');
    }
    checkPrimitive(element);
  } else if ((tag & CONSTRUCTED) !== 0) {
    const children = childrenOf(element);
    for (const child of children) checkStrictDer(child, depth + 1);
    if (tag === TAG.set) checkOrder(children);
  }
}

function checkPrimitive(element: DerElement): void {
  const content = contentOf(element);
  switch (element.tag) {
    case TAG.integer:
    case TAG.enumerated:
      checkInteger(element, content);
      break;
    case TAG.boolean:
      readBoolean(element);
      if (content[0] !== 0 && content[0] !== 0xff) fail(element, 'TRUE is not written as 0xff');
      break;
    case TAG.null:
      if (content.length > 0) fail(element, 'NULL has content');
      break;
    case TAG.oid:
      readOid(element);
      break;
    case TAG.bitString:
      checkBitString(element, content);
      break;
    default:
      checkString(element, content);
  }
}

function checkInteger(element: DerElement, content: Uint8Array): void {
  if (element.tag === TAG.integer) expectInteger(element);
  const [first, second = 0] = content;
  if (first === undefined) fail(element, 'a number has no content');
  if (content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    fail(element, 'a number is not in its shortest form');
  }
}

function checkBitString(element: DerElement, content: Uint8Array): void {
  const unused = content[0] ?? 8;
  if (unused > 7 || (unused > 0 && content.length === 1))
    fail(element, 'a BIT STRING has a wrong count of unused bits');
  if (((content.at(-1) as number) & ((1 << unused) - 1)) !== 0 && content.length > 1) {
    fail(element, 'unused bits of a BIT STRING are not zero');
  }
}

function checkString(element: DerElement, content: Uint8Array): void {
  const repertoire = REPERTOIRES.get(element.tag);
  if (repertoire !== undefined && !repertoire.test(asBuffer(content).toString('latin1'))) {
    fail(element, 'a string has characters that its type does not have');
  }
  if (element.tag === TAG.utf8String && !isUtf8(content)) {
    fail(element, 'a UTF8String is not UTF-8');
  }
  if (content.length % (WIDTHS.get(element.tag) ?? 1) !== 0) fail(element, 'a string ends inside a character');
}

/** The members of a SET OF stand in ascending order of their encodings (X.690 11.6). */
function checkOrder(children: readonly DerElement[]): void {
  for (const [i, child] of children.entries()) {
    const next = children[i + 1];
    if (next !== undefined && Buffer.compare(encodingOf(child), encodingOf(next)) > 0) {
      fail(next, 'the members of a set are not in order');
    }
  }
}

function fail({ start }: DerElement, message: string): never {
  throw new TrustError('der/bad-value', message, { at: { offset: start } });
}
