/**
 * Distinguished names: decoded from DER (RFC 5280 4.1.2.4), printed as RFC 4514 says, compared as RFC 5280 7.1 says.
 *
 * A name in a certificate is hostile text: control characters and bidi overrides never leave this file unescaped.
 *
 * @module
 */
import { childrenOf, type DerElement, encodingOf, expectTag, readOid, TAG } from '../encoding/der.js';
import { encodeHex } from '../encoding/hex.js';
import { toPrintable } from '../encoding/printable.js';
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
  const rdns = childrenOf(expectTag(element, TAG.sequence)).map((rdn) =>
    childrenOf(expectTag(rdn, TAG.set)).map((attribute) => {
      const [type, value] = childrenOf(expectTag(attribute, TAG.sequence));
      if (value === undefined)
        throw new TrustError('der/truncated', 'a name attribute has no value', { at: { offset: attribute.start } });
      return { type: readOid(type), tag: value.tag, value: decodeString(value), der: encodingOf(value) };
    }),
  );
  return { der: encodingOf(element), rdns };
}

/**
 * The name in the string form of RFC 4514: last relative name first, `CN=…,O=…,C=…`. Characters that could act on a
 * terminal or turn the reading direction are written as hex pairs, which the RFC allows for any character.
 */
export function renderName(name: DistinguishedName): string {
  return name.rdns
    .map((rdn) => rdn.map(renderAttribute).join('+'))
    .reverse()
    .join(',');
}

/** The text of the last attribute of that type (`2.5.4.3` for a common name), or null; not escaped. */
export function attributeOf(name: DistinguishedName, type: string): string | null {
  return name.rdns.flat().findLast((attribute) => attribute.type === type)?.value ?? null;
}

/**
 * What a person calls this name: its common name, else its organizational unit, else its organization, else the whole.
 * Escaped like `renderName`.
 */
export function displayName(name: DistinguishedName): string {
  const value = attributeOf(name, '2.5.4.3') ?? attributeOf(name, '2.5.4.11') ?? attributeOf(name, '2.5.4.10');
  return value === null ? renderName(name) : escapeControls(value);
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

function renderAttribute({ type, value, der }: NameAttribute): string {
  const name = ATTRIBUTE_NAMES.get(type);
  return name === undefined || value === null ? `${name ?? type}=#${encodeHex(der)}` : `${name}=${escapeValue(value)}`;
}

/** What RFC 4514 2.4 escapes: specials, a leading `#` or blank, a trailing blank. */
const SPECIAL: RegExp = /[\\",+;<>]|^[ #]| $/;

function escapeValue(value: string): string {
  if (!SPECIAL.test(value)) return escapeControls(value);
  return escapeControls(
    value
      .replace(/[\\",+;<>]/g, '\\$&')
      .replace(/^[ #]/, '\\$&')
      .replace(/(?<!\\) $/, '\\ '),
  );
}

/** RFC 4514 lets any character be written as the hex pairs of its UTF-8 octets. */
function escapeControls(text: string): string {
  return toPrintable(text, (character) =>
    Array.from(Buffer.from(character, 'utf8'), (octet) => `\\${encodeHex(Uint8Array.of(octet)).toUpperCase()}`).join(
      '',
    ),
  );
}

/** The text of a directory string, or null for a type that is none. Bytes that do not decode give U+FFFD. */
function decodeString(element: DerElement): string | null {
  const { bytes, contentStart, contentEnd } = element;
  const content = Buffer.from(bytes.buffer, bytes.byteOffset + contentStart, contentEnd - contentStart);
  switch (element.tag) {
    case TAG.utf8String:
      return content.toString('utf8');
    case TAG.numericString:
    case TAG.printableString:
    case TAG.teletexString:
    case TAG.ia5String:
    case TAG.visibleString:
      return content.toString('latin1');
    case TAG.bmpString:
      return content.length % 2 === 0 ? Buffer.from(content).swap16().toString('utf16le') : null;
    case TAG.universalString:
      return content.length % 4 === 0 ? decodeUcs4(content) : null;
    default:
      return null;
  }
}

function decodeUcs4(content: Buffer): string {
  let text = '';
  for (let i = 0; i < content.length; i += 4) {
    const point = content.readUInt32BE(i);
    text += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
  }
  return text;
}
