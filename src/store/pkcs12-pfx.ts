/**
 * The structure of PKCS#12 (RFC 7292 section 4): a PFX, its safes, and the bags in them. BER is accepted throughout,
 * because files of other programs have it.
 *
 * @module
 */
import {
  childrenOf,
  contextTag,
  type DerElement,
  decodeElement,
  expectTag,
  readCount,
  readElement,
  readOid,
  TAG,
} from '../encoding/der.js';
import { DerReader } from '../encoding/der-reader.js';
import { explicitContent, octetsOf } from '../encoding/octet-string.js';
import { decodeUtf16 } from '../encoding/utf16.js';
import { expectTrustError, TrustError } from '../errors.js';
import { type StoredCertificate, storedCertificate } from './entry.js';

/** A PFX taken apart as far as that needs no password. */
export interface Pfx {
  /** The whole structure. */
  readonly element: DerElement;
  /** 3 in every file that Java opens. */
  readonly version: number;
  /** The OCTET STRING with the safes. */
  readonly content: DerElement;
  /** What the MAC covers. */
  readonly authenticatedSafe: Uint8Array;
  readonly safes: readonly Safe[];
  readonly macData: DerElement | null;
  /** How many bytes follow the structure. */
  readonly trailingBytes: number;
}

/** A part of the content: the bags themselves, or encrypted with the password. */
export type Safe = PlainSafe | EncryptedSafe | UnsupportedSafe;

interface PlainSafe {
  readonly type: 'plain';
  /** The whole ContentInfo, as for the other types. */
  readonly element: DerElement;
  /** The OCTET STRING with the bags. */
  readonly octets: DerElement;
  readonly contents: Uint8Array;
}

export interface EncryptedSafe {
  readonly type: 'encrypted';
  readonly element: DerElement;
  readonly algorithm: DerElement;
  /** `[0]`, the encrypted bags. */
  readonly encryptedContent: DerElement;
  readonly ciphertext: Uint8Array;
}

/** For the holder of a private key, or of a type that is not known. */
interface UnsupportedSafe {
  readonly type: 'unsupported';
  readonly element: DerElement;
  readonly oid: string;
}

/** What a bag holds. */
type BagContent =
  | { readonly type: 'certificate'; readonly stored: StoredCertificate }
  /** A key under the password. */
  | ({ readonly type: 'shrouded-key' } & EncryptedKey)
  | { readonly type: 'plain-key' }
  | { readonly type: 'secret'; readonly key: EncryptedKey | null }
  | { readonly type: 'crl' }
  | { readonly type: 'nested'; readonly bags: readonly SafeBag[] }
  /** An OID that is not known, or a known one with content that is not. */
  | { readonly type: 'unknown'; readonly oid: string };

/** An EncryptedPrivateKeyInfo (RFC 5958 section 3). */
export interface EncryptedKey {
  readonly algorithm: DerElement;
  /** The encrypted key; absent in a damaged file. */
  readonly encryptedData: DerElement | undefined;
}

/** One bag. */
export interface SafeBag {
  /** Where it stands in the bytes of its safe. */
  readonly element: DerElement;
  /** Null when it cannot be read. */
  readonly content: BagContent | null;
  /** What is wrong with the content or with the attributes. */
  readonly error: TrustError | null;
  readonly friendlyName: string | null;
  readonly localKeyId: Uint8Array | null;
  /** Whether it carries Oracle's trusted-usage attribute, whatever its value. */
  readonly trusted: boolean;
}

/** Types of a ContentInfo (RFC 2315 section 14). */
export const CONTENT_TYPE = { data: '1.2.840.113549.1.7.1', encryptedData: '1.2.840.113549.1.7.6' } as const;

/** Types of bags (RFC 7292 appendix D). */
export const BAG = {
  key: '1.2.840.113549.1.12.10.1.1',
  shroudedKey: '1.2.840.113549.1.12.10.1.2',
  certificate: '1.2.840.113549.1.12.10.1.3',
  crl: '1.2.840.113549.1.12.10.1.4',
  secret: '1.2.840.113549.1.12.10.1.5',
  safeContents: '1.2.840.113549.1.12.10.1.6',
} as const;

/** Types of attributes of bags. */
export const ATTRIBUTE = {
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  /** Oracle's, in private use: marks a certificate as trusted. */
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
} as const;

/** The type of certificate in a certificate bag (RFC 7292 section 4.2.3). */
export const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1';

/** Bags within bags; nobody writes more than one level. */
const MAX_NESTING = 32;

/**
 * Takes a PFX apart.
 *
 * @throws {TrustError} `der/…`, or `keystore/unsupported` for one that is protected by public keys
 */
export function readPfx(bytes: Uint8Array): Pfx {
  const outer = expectTag(readElement(bytes, 0, bytes.length, 'ber'), TAG.sequence);
  const [version, contentInfo, macData] = childrenOf(outer, 'ber');
  const { type, content } = readContentInfo(contentInfo);
  if (type !== CONTENT_TYPE.data) {
    throw new TrustError('keystore/unsupported', `the keystore is of content type ${type}, expected data`, {
      hint: 'Java opens no keystore that is protected by public keys; export it again with a password',
    });
  }
  const authenticatedSafe = octetsOf(content);
  const safes = childrenOf(decodeElement(authenticatedSafe, TAG.sequence, 'ber'), 'ber').map(readSafe);
  return {
    element: outer,
    version: readCount(version, 0xff),
    content,
    authenticatedSafe,
    safes,
    macData: macData ?? null,
    trailingBytes: bytes.length - outer.end,
  };
}

/**
 * Reads the bags of a safe. A bag that cannot be read stands in the list with its error.
 *
 * @throws {TrustError} `der/…` when the bytes are no SafeContents
 */
export function readSafeContents(contents: Uint8Array, depth = 0): SafeBag[] {
  const reader = new DerReader(contents, 'ber');
  const { contentEnd } = reader.readWhole(0, contents.length, TAG.sequence);
  return reader.children().map((start) => readBag(reader.read(start, contentEnd), depth));
}

function readSafe(element: DerElement): Safe {
  const { type, content } = readContentInfo(element);
  if (type === CONTENT_TYPE.data) {
    return { type: 'plain', element, octets: content, contents: octetsOf(content) };
  }
  if (type !== CONTENT_TYPE.encryptedData) return { type: 'unsupported', element, oid: type };
  const [, encryptedContentInfo] = childrenOf(expectTag(content, TAG.sequence), 'ber');
  const [innerType, algorithm, encryptedContent] = childrenOf(expectTag(encryptedContentInfo, TAG.sequence), 'ber');
  readOid(innerType);
  if (encryptedContent === undefined) throw new TrustError('der/truncated', 'an encrypted part has no content');
  return {
    type: 'encrypted',
    element,
    algorithm: expectTag(algorithm, TAG.sequence),
    encryptedContent,
    ciphertext: octetsOf(encryptedContent, contextTag(0, false)),
  };
}

function readContentInfo(element: DerElement | undefined): { readonly type: string; readonly content: DerElement } {
  const [type, wrapped] = childrenOf(expectTag(element, TAG.sequence), 'ber');
  return { type: readOid(type), content: explicitContent(wrapped) };
}

/**
 * Reads one bag from its encoding.
 *
 * @throws {TrustError} `der/…` when the bytes are no single SEQUENCE
 */
export function decodeBag(bytes: Uint8Array): SafeBag {
  return readBag(new DerReader(bytes, 'ber').readWhole(0, bytes.length, TAG.sequence), 0);
}

/** A bag as it is read. A class, since a large keystore has ten thousand, and few are asked for the element they are made of. */
class ReadBag implements SafeBag {
  content: BagContent | null = null;
  error: TrustError | null = null;
  friendlyName: string | null = null;
  localKeyId: Uint8Array | null = null;
  trusted = false;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;

  constructor({ bytes, start, end }: DerElement) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  get element(): DerElement {
    return readElement(this.#bytes, this.#start, this.#end, 'ber');
  }
}

/**
 * Reads one bag; never throws.
 *
 * @param reader - at the bag
 */
function readBag(reader: DerReader, depth: number): SafeBag {
  const bag = new ReadBag(reader);
  try {
    const { contentEnd } = expectTag(reader, TAG.sequence);
    const parts = reader.children();
    const oid = readOid(partAt(reader, parts[0], contentEnd));
    bag.content = readContent(oid, partAt(reader, parts[1], contentEnd), depth);
    readAttributes(partAt(reader, parts[2], contentEnd), bag);
  } catch (error) {
    bag.error = expectTrustError(error);
  }
  return bag;
}

/** The part of a structure that begins there, if it has one. */
function partAt(reader: DerReader, start: number | undefined, limit: number): DerReader | undefined {
  return start === undefined ? undefined : reader.read(start, limit);
}

function readContent(oid: string, wrapped: DerReader | undefined, depth: number): BagContent {
  if (oid === BAG.certificate) return readCertificateBag(wrapped);
  const value = explicitContent(wrapped);
  switch (oid) {
    case BAG.shroudedKey:
      return { type: 'shrouded-key', ...readEncryptedKey(value) };
    case BAG.key:
      return { type: 'plain-key' };
    case BAG.secret:
      return { type: 'secret', key: readSecret(value) };
    case BAG.crl:
      return { type: 'crl' };
    case BAG.safeContents:
      return readNestedContents(value, depth + 1);
    default:
      return { type: 'unknown', oid };
  }
}

function readCertificateBag(wrapped: DerReader | undefined): BagContent {
  const reader = readExplicit(wrapped);
  const { contentEnd } = expectTag(reader, TAG.sequence);
  const parts = reader.children();
  const oid = readOid(partAt(reader, parts[0], contentEnd));
  if (oid !== X509_CERTIFICATE) return { type: 'unknown', oid };
  const octets = readExplicit(partAt(reader, parts[1], contentEnd));
  const stored =
    octets.tag === TAG.octetString
      ? storedCertificate(octets.bytes, octets.contentStart, octets.contentEnd)
      : storedCertificate(octetsOf(octets));
  return { type: 'certificate', stored };
}

/** As `explicitContent`, for a reader, which moves there. */
function readExplicit(wrapped: DerReader | undefined): DerReader {
  const reader = expectTag(wrapped, contextTag(0));
  return reader.read(reader.contentStart, reader.contentEnd);
}

function readEncryptedKey(value: DerElement): EncryptedKey {
  const [algorithm, encryptedData] = childrenOf(value, 'ber');
  return { algorithm: expectTag(algorithm, TAG.sequence), encryptedData };
}

/** Java puts an EncryptedPrivateKeyInfo in the secret; others may put anything. */
function readSecret(value: DerElement): EncryptedKey | null {
  try {
    const [, wrapped] = childrenOf(expectTag(value, TAG.sequence), 'ber');
    return readEncryptedKey(decodeElement(octetsOf(explicitContent(wrapped)), TAG.sequence, 'ber'));
  } catch (error) {
    expectTrustError(error);
    return null;
  }
}

function readNestedContents(value: DerElement, depth: number): BagContent {
  if (depth > MAX_NESTING) {
    throw new TrustError('der/too-deep', `bags nest more than ${MAX_NESTING} deep`, { at: { offset: value.start } });
  }
  const { bytes, start, end } = value;
  return { type: 'nested', bags: readSafeContents(bytes.subarray(start, end), depth) };
}

/** The attributes that mean something here, of which the last one counts, as in Java. */
function readAttributes(reader: DerReader | undefined, bag: ReadBag): void {
  if (reader === undefined) return;
  const { contentEnd: setEnd } = expectTag(reader, TAG.set);
  let { friendlyName, localKeyId, trusted } = bag;
  for (const attribute of reader.children()) {
    const { contentEnd } = expectTag(reader.read(attribute, setEnd), TAG.sequence);
    const parts = reader.children();
    const { contentEnd: valuesEnd } = expectTag(partAt(reader, parts[1], contentEnd), TAG.set);
    const [value] = reader.children();
    const oid = readOid(partAt(reader, parts[0], contentEnd));
    if (oid === ATTRIBUTE.friendlyName) friendlyName = readBmpString(partAt(reader, value, valuesEnd));
    else if (oid === ATTRIBUTE.localKeyId) localKeyId = octetsOf(partAt(reader, value, valuesEnd));
    else if (oid === ATTRIBUTE.trustedKeyUsage) trusted = true;
  }
  bag.friendlyName = friendlyName;
  bag.localKeyId = localKeyId;
  bag.trusted = trusted;
}

function readBmpString(element: DerElement | undefined): string {
  const { bytes, start, contentStart, contentEnd } = expectTag(element, TAG.bmpString);
  if ((contentEnd - contentStart) % 2 !== 0) {
    throw new TrustError('der/bad-value', 'a BMPString has an odd number of bytes', { at: { offset: start } });
  }
  return decodeUtf16(bytes, contentStart, contentEnd);
}
