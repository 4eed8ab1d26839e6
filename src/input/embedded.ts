/**
 * What stands encoded inside of a text: the values of a Kubernetes Secret, the attachments of a mail, the
 * `X509Certificate` elements of SAML metadata. Whether a value is of interest is decided by its bytes, never by its name.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import { detectBinary } from './detect.js';
import { decodeText, textOf } from './text.js';

/** A part of a text that must be decoded, or that has lines of its own, before it can be read. */
export interface Part {
  /** What it is called: the path of a key, the name of an attachment; null when it is part of the text around it. */
  readonly name: string | null;
  readonly bytes: Uint8Array;
  /** The line of the text on which it begins. */
  readonly line: number;
  /** The line of the text for a line of the part, or null where the part counts its own. */
  readonly lineOf: ((line: number) => number) | null;
  /** Whether it was encoded, so that reading it is a level of nesting; else it is left where it is when there are too many. */
  readonly isEncoded: boolean;
}

/** A part whose place in the text is known, in characters; the text is read on without it. */
export interface PlacedPart extends Part {
  readonly start: number;
  readonly end: number;
}

/** How PEM begins, and how its base64 does. */
const SIGNS_OF_PEM = ['-----BEGIN ', 'LS0tLS1CRUdJ'] as const;

/** What messages of SAML and web services, and headers of JWS, call a certificate in base64. */
const NAMES_OF_KEYS = /X509Certificate>\s{0,64}MI|BinarySecurityToken[^>]{0,1000}>\s{0,64}MI|"x5c"\s{0,8}:/;

/** No certificate, keystore or key is shorter, in characters of base64. */
export const LEAST = 128;

/** What says of itself that it is PEM or DER in base64: of a value like it that does not decode, it is worth to be told. */
const CLAIM = /^(?:LS0tLS1CRUdJ|MII[A-P])/;

/** Sought and never repeated: in a text of megabytes a repetition can take more of the stack than there is. */
const NO_BASE64 = /[^A-Za-z0-9+/=_-]|^=|=[^=]|===/;

/** What a value holds in base64. */
export type Embedded = { readonly bytes: Uint8Array } | 'broken' | null;

/** What base64 may have in an address or a header, where it is percent-encoded. */
const PERCENT = /%(?:2B|2F|3D|0A|0D)/gi;

/** What stands before the base64 of an address that holds its own data (RFC 2397): files of Ignition, links of pages. */
const DATA_ADDRESS = /^\s{0,64}data:[^,]{0,200};base64,/i;

/**
 * What a text holds in base64, line ends and blanks passed over; it may be all of a `data:` address.
 *
 * @returns the bytes when they are PEM, DER, a keystore or an archive; `broken` when they begin so and are no base64; null
 *   for all else
 */
export function decodeEmbedded(text: string): Embedded {
  const written = text.includes('%') ? text.replace(PERCENT, decodeURIComponent) : text;
  const characters = written.replace(DATA_ADDRESS, '').replace(/\s+/g, '');
  if (characters.length < LEAST) return null;
  if (NO_BASE64.test(characters)) return looksBroken(characters) ? 'broken' : null;
  const bytes = new Uint8Array(Buffer.from(characters, 'base64'));
  return isOfInterest(bytes) ? { bytes } : null;
}

/** Whether a text shows the certificates of a running configuration. */
export function showsChain(text: string): boolean {
  return / certificate chain \S/.test(text) && /^[ \t]*crypto (?:pki|ca) certificate chain \S/m.test(text);
}

/** Whether a text shows PEM, as it is or in base64. */
export function showsPem(text: string): boolean {
  return SIGNS_OF_PEM.some((sign) => text.includes(sign));
}

/** The error for a value that says of itself that it is a certificate. */
export function brokenValue(name: string, line: number): TrustError {
  return new TrustError('pem/bad-base64', `${toPrintable(name)} begins like a certificate and is no base64`, {
    at: { line },
    hint: 'copy it again from its source',
  });
}

function isOfInterest(bytes: Uint8Array): boolean {
  if (detectBinary(bytes) !== null) return true;
  const text = decodeText(bytes);
  if (text === null) return false;
  const shown = textOf(text.bytes);
  return showsPem(shown) || showsChain(shown) || NAMES_OF_KEYS.test(shown);
}

function looksBroken(characters: string): boolean {
  return CLAIM.test(characters) && characters.replace(/[A-Za-z0-9+/=]/g, '').length * 20 < characters.length;
}
