/**
 * Distinguished names: decoded from DER (RFC 5280 4.1.2.4), printed as RFC 4514 says, compared as RFC 5280 7.1 says.
 *
 * A name in a certificate is hostile text: control characters and bidi overrides never leave this file unescaped.
 *
 * @module
 */
import { asBuffer, sliceText } from '../encoding/buffer.js';
import { type DerElement, encodingOf, readOid, TAG } from '../encoding/der.js';
import { DerReader } from '../encoding/der-reader.js';
import { encodeHex } from '../encoding/hex.js';
import { toPrintable } from '../encoding/printable.js';
import { decodeUtf16 } from '../encoding/utf16.js';
import { TrustError } from '../errors.js';
import { ATTRIBUTE_NAMES } from './oids.js';
import { prepareString } from './string-preparation.js';

/** One attribute of a relative distinguished name. */
export interface NameAttribute {
  /** Dotted decimal. */
  readonly type: string;
  /** The identifier octet of the value's string type. */
  readonly tag: number;
  /** The text, or null when the value is no string we know. */
  readonly value: string | null;
  /** The DER of the value, header included. */
  readonly der: Uint8Array;
}

/** A distinguished name: its DER and its attributes, in the order of the certificate. */
export interface DistinguishedName {
  readonly der: Uint8Array;
  /** Relative distinguished names, most significant first (as in the certificate). */
  readonly rdns: readonly (readonly NameAttribute[])[];
}

/**
 * Decodes a Name.
 *
 * @throws {TrustError} `der/…` when it is not a sequence of sets of attributes
 */
export function decodeName(element: DerElement): DistinguishedName {
  const rdns: NameAttribute[][] = [];
  let rdn: NameAttribute[] = [];
  walkName(new DerReader(element.bytes), element.start, element.end, {
    rdn: () => {
      rdn = [];
      rdns.push(rdn);
    },
    attribute: (type, value) => rdn.push({ type, tag: value.tag, value: decodeString(value), der: encodingOf(value) }),
  });
  return { der: encodingOf(element), rdns };
}

/** What is told of a name on the way, in the order of the certificate. */
interface NameVisitor {
  /** A relative distinguished name begins. */
  rdn(): void;
  /** @param type - dotted decimal; the value is not to be kept */
  attribute(type: string, value: DerElement): void;
}

/**
 * Walks over a Name.
 *
 * @param start - where it begins
 * @param limit - where what it stands in ends
 * @param visitor - without one, it is only made sure that the name can be decoded
 * @throws {TrustError} as `decodeName`
 */
export function walkName(reader: DerReader, start: number, limit: number, visitor?: NameVisitor): void {
  const { contentStart, end } = reader.expect(start, limit, TAG.sequence);
  for (let rdn = contentStart; rdn < end; ) {
    const rdnEnd = reader.expect(rdn, end, TAG.set).end;
    visitor?.rdn();
    for (let attribute = reader.contentStart; attribute < rdnEnd; ) {
      const attributeEnd = reader.expect(attribute, rdnEnd, TAG.sequence).end;
      const type = reader.next(reader.contentStart, attributeEnd);
      if (type === undefined || type.end === attributeEnd)
        throw new TrustError('der/truncated', 'a name attribute has no value', { at: { offset: attribute } });
      const oid = readOid(type);
      const value = reader.read(type.end, attributeEnd);
      visitor?.attribute(oid, value);
      reader.skip(reader.end, attributeEnd);
      attribute = attributeEnd;
    }
    rdn = rdnEnd;
  }
}

/**
 * A Name in the string form of RFC 4514: last relative name first, `CN=…,O=…,C=…`. Characters that could act on a
 * terminal or turn the reading direction are written as hex pairs, which the RFC allows for any character.
 *
 * @param bytes - what the Name stands in
 * @param start - where it begins
 * @throws {TrustError} as `decodeName`
 */
export function renderNameAt(bytes: Uint8Array, start: number): string {
  const reader = new DerReader(bytes);
  const renderer = new NameRenderer(bytes, start, reader.read(start, bytes.length).end);
  walkName(reader, start, bytes.length, renderer);
  return renderer.text;
}

/** Writes a Name while it is walked over. */
class NameRenderer implements NameVisitor {
  /** All of the Name: each value is cut out of one text, which is far cheaper than decoding it by itself. */
  readonly #latin1: string;
  readonly #start: number;
  /** The relative name at hand, and those before it, which follow it in the string form. */
  #rdn: string | null = null;
  #others = '';

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#latin1 = sliceText(bytes, 'latin1', start, end);
    this.#start = start;
  }

  get text(): string {
    return this.#rdn === null ? '' : this.#rdn + this.#others;
  }

  rdn(): void {
    if (this.#rdn !== null) this.#others = `,${this.#rdn}${this.#others}`;
    this.#rdn = '';
  }

  attribute(type: string, value: DerElement): void {
    const latin1 = this.#latin1.slice(value.contentStart - this.#start, value.contentEnd - this.#start);
    const text = renderAttribute(type, value, latin1);
    this.#rdn = this.#rdn ? `${this.#rdn}+${text}` : text;
  }
}

/** The same of a name that was decoded. */
export function renderName({ der }: DistinguishedName): string {
  return renderNameAt(der, 0);
}

/** An attribute as a program printed it: `cn`, `Example Root`. */
export interface NamedAttribute {
  /** A short name in any case, or dotted decimal. */
  readonly type: string;
  readonly value: string;
}

/** Short names that other programs have for what RFC 4514 and this one call otherwise. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['e', 'emailAddress'],
  ['ea', 'emailAddress'],
  ['s', 'ST'],
]);
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ...OTHER_NAMES,
  ...ATTRIBUTE_NAMES,
  ...[...ATTRIBUTE_NAMES.values()].map((name) => [name.toLowerCase(), name] as const),
]);

/** The string form of RFC 4514 for attributes of which only the text is known, last relative name first. Escaped like `renderName`. */
export function renderAttributes(attributes: readonly NamedAttribute[]): string {
  return attributes
    .map(({ type, value }) => `${SHORT_NAMES.get(type.toLowerCase()) ?? escapeControls(type)}=${escapeValue(value)}`)
    .join(',');
}

/** The text of the last attribute of that type (`2.5.4.3` for a common name), or null; not escaped. */
export function attributeOf(name: DistinguishedName, type: string): string | null {
  return name.rdns.flat().findLast((attribute) => attribute.type === type)?.value ?? null;
}

/** Common name, organizational unit, organization: the first of them that a name has is what a person calls it. */
const DISPLAYED: readonly string[] = ['2.5.4.3', '2.5.4.11', '2.5.4.10'];

/**
 * What a person calls this name: its common name, else its organizational unit, else its organization, else the whole.
 * Escaped like `renderName`.
 */
export function displayName({ der }: DistinguishedName): string {
  return displayNameAt(der, 0);
}

/**
 * The same of a name that was not decoded.
 *
 * @param bytes - what the Name stands in
 * @param start - where it begins
 * @throws {TrustError} as `decodeName`
 */
export function displayNameAt(bytes: Uint8Array, start: number): string {
  const values: (string | null)[] = DISPLAYED.map(() => null);
  walkName(new DerReader(bytes), start, bytes.length, {
    rdn: () => {},
    attribute: (type, value) => {
      const rank = DISPLAYED.indexOf(type);
      if (rank >= 0) values[rank] = decodeString(value);
    },
  });
  const value = values.find((one) => one !== null && one.trim() !== '') ?? null;
  return value === null ? renderNameAt(bytes, start) : escapeControls(value);
}

/** A relative name without any attribute says no more than none; Java takes a name of such alone for an empty one. */
export function hasAttributes({ rdns }: DistinguishedName): boolean {
  return rdns.some((rdn) => rdn.length > 0);
}

/**
 * Whether two names are the same as RFC 5280 7.1 compares them: attribute by attribute, letter case and inner blanks
 * aside, whatever string type each uses.
 */
export function sameName(a: DistinguishedName, b: DistinguishedName): boolean {
  if (Buffer.compare(a.der, b.der) === 0) return true;
  return a.rdns.length === b.rdns.length && comparableName(a) === comparableName(b);
}

/** A string that is equal for two names exactly when `sameName` says so; usable as a key of a map. */
export function comparableName(name: DistinguishedName): string {
  const known = comparableNames.get(name) ?? JSON.stringify(comparableRdns(name));
  comparableNames.set(name, known);
  return known;
}

/** Building paths and matching CRLs compare each name many times. */
const comparableNames = new WeakMap<DistinguishedName, string>();

/** Each relative name as a string that is equal exactly for equal relative names, in the order of the certificate. */
export function comparableRdns(name: DistinguishedName): readonly string[] {
  return name.rdns.map((rdn) => JSON.stringify(rdn.map(comparableAttribute).sort()));
}

/** A value that is no text, or has octets that are none, is equal to the same octets alone. */
function comparableAttribute({ type, value, der }: NameAttribute): string {
  return value === null || value.includes('\ufffd') ? `${type}#${encodeHex(der)}` : `${type}=${prepareString(value)}`;
}

/** @param latin1 - the content of the value as it would be in that encoding */
function renderAttribute(type: string, value: DerElement, latin1: string): string {
  const name = ATTRIBUTE_NAMES.get(type);
  if (name !== undefined && ONE_OCTET_TYPES.has(value.tag) && ORDINARY.test(latin1)) return `${name}=${latin1}`;
  const text = name === undefined ? null : decodeString(value);
  return text === null ? `${name ?? type}=#${encodeHex(encodingOf(value))}` : `${name}=${escapeValue(text)}`;
}

/** The string types in which an ASCII character is one octet, the same in all of them. */
const ONE_OCTET_TYPES: ReadonlySet<number> = new Set([
  TAG.utf8String,
  TAG.numericString,
  TAG.printableString,
  TAG.teletexString,
  TAG.ia5String,
  TAG.visibleString,
]);

/** Nearly every text: with nothing in it to escape, which one look tells. */
const ORDINARY: RegExp = /^[\w.](?:[\w .:/@&()'*-]*[\w.)])?$/;

/** What RFC 4514 2.4 escapes: specials, a leading `#` or blank, a trailing blank. */
const SPECIAL: RegExp = /[\\",+;<>]|^[ #]| $/g;

function escapeValue(value: string): string {
  return ORDINARY.test(value) ? value : escapeControls(value.replace(SPECIAL, '\\$&'));
}

/** RFC 4514 lets any character be written as the hex pairs of its UTF-8 octets. */
function escapeControls(text: string): string {
  return toPrintable(text, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const known = escapes.get(character);
  if (known !== undefined) return known;
  const escaped = encodeHex(Buffer.from(character, 'utf8')).toUpperCase().replace(/../g, '\\$&');
  escapes.set(character, escaped);
  return escaped;
}

/** Those met so far, of the few thousand characters that are escaped: a hostile name may have millions of one. */
const escapes = new Map<string, string>();

/** The text of a directory string, or null for a type that is none. Bytes that do not decode give U+FFFD. */
function decodeString({ bytes, tag, contentStart, contentEnd }: DerElement): string | null {
  const buffer = asBuffer(bytes);
  switch (tag) {
    case TAG.utf8String:
      return buffer.toString('utf8', contentStart, contentEnd);
    case TAG.numericString:
    case TAG.printableString:
    case TAG.teletexString:
    case TAG.ia5String:
    case TAG.visibleString:
      return buffer.toString('latin1', contentStart, contentEnd);
    case TAG.bmpString:
      return (contentEnd - contentStart) % 2 === 0 ? decodeUtf16(bytes, contentStart, contentEnd) : null;
    case TAG.universalString:
      return decodeUcs4(buffer.subarray(contentStart, contentEnd));
    default:
      return null;
  }
}

function decodeUcs4(content: Buffer): string | null {
  if (content.length % 4 !== 0) return null;
  let text = '';
  for (let i = 0; i < content.length; i += 4) {
    const point = content.readUInt32BE(i);
    text += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
  }
  return text;
}
