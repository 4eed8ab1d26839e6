/**
 * The layout that JKS and JCEKS share (sun.security.provider.JavaKeyStore, com.sun.crypto.provider.JceKeyStore), read as
 * ranges of the original bytes.
 *
 * Big-endian throughout, strings in modified UTF-8 behind a u16 length:
 *
 *     magic u32 · version u32 (1 or 2) · count u32 · entry* · SHA-1 digest (20 bytes)
 *     entry = tag u32 · alias string · created i64 (ms) · content
 *     tag 1 = private key:          key length u32 · key · chain length u32 · certificate*
 *     tag 2 = trusted certificate:  certificate
 *     tag 3 = secret key (JCEKS):   a Java serialization stream, which has no length
 *     certificate = [version 2: type string, "X.509"] · length u32 · DER
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { asBuffer } from '../encoding/buffer.js';
import { ByteReader, int64At, uint16At, uint32At } from '../encoding/byte-reader.js';
import { hasBytesAt } from '../encoding/byte-search.js';
import { equalBytes } from '../encoding/byte-writer.js';
import { decodeModifiedUtf8, encodeModifiedUtf8 } from '../encoding/modified-utf8.js';
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError, TrustError } from '../errors.js';
import { walkSerializedObject } from './java-serial.js';

/** What distinguishes the two formats. */
export interface JavaKeystoreFormat {
  readonly type: 'jks' | 'jceks';
  readonly magic: number;
  /** Whether entries may be secret keys. */
  readonly secretKeys: boolean;
}

/** Where a certificate stands: `start` to `end` are its DER. */
export interface CertificateRange {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** One entry where it stands, `start` to `end` from the tag to the last byte; everything is read when it is asked for. */
export interface EntryRange {
  readonly tag: number;
  readonly alias: string;
  /** Milliseconds since 1970, as a double: dates that a `Date` can hold are exact. */
  readonly created: number;
  readonly start: number;
  readonly end: number;
  readonly certificates: readonly CertificateRange[];
  /** The class of a serialized secret key. */
  readonly keyClass: string | null;
}

/** A keystore taken apart. It may have a hundred thousand entries: nothing but their places is kept. */
export interface JavaLayout {
  readonly bytes: Uint8Array;
  /** The same, for the texts in it. */
  readonly buffer: Buffer;
  readonly version: number;
  /** Where each entry begins, then where the last one ends. */
  readonly starts: Uint32Array;
  /** How many bytes the alias of each entry takes as Java writes it; in the file it may be longer, which Java reads. */
  readonly aliasLengths: Uint16Array;
  /** How many the DER of each takes that is a trusted certificate. */
  readonly derLengths: Uint32Array;
  /** Where the digest begins. */
  readonly digestStart: number;
  /** How many bytes follow the digest; Java reads past them and drops them on save. */
  readonly trailingBytes: number;
  /** The secret key whose end cannot be found, and why; the entries after it are unknown. */
  readonly unwalkable: UnwalkableEntry | null;
}

/** Where entries stand. */
type Places = Pick<JavaLayout, 'bytes' | 'version' | 'starts'>;

/** A secret key whose end cannot be found. */
export interface UnwalkableEntry {
  readonly alias: string;
  readonly created: number;
  readonly error: TrustError;
}

/** Entry tags. */
export const ENTRY_TAG = { privateKey: 1, trustedCertificate: 2, secretKey: 3 } as const;

/** The length of the header: magic, version, count. */
export const HEADER_LENGTH = 12;

const DIGEST_LENGTH = 20;
const TAG_LENGTH = 4;
/** Where the alias of an entry begins, behind its tag and its own length. */
export const ALIAS_OFFSET: number = TAG_LENGTH + 2;
const DATE_LENGTH = 8;
/** Tag, empty alias, date, and a length of 0. */
const MIN_ENTRY_LENGTH = 18;

/** The constant that Java mixes into the digest. */
const WHITENER = 'Mighty Aphrodite';

/** What Java writes as the type of every certificate. */
export const CERTIFICATE_TYPE = 'X.509';
const X509: Uint8Array = Uint8Array.of(0, CERTIFICATE_TYPE.length, ...encodeModifiedUtf8(CERTIFICATE_TYPE));
/** The same seven octets as two words, which share one. */
const X509_BEGIN = uint32At(X509, 0);
const X509_END = uint32At(X509, 3);

/** What no four octets of ASCII have. */
const NOT_ASCII = 0x80808080;

/**
 * Takes a keystore apart without decoding a certificate.
 *
 * @throws {TrustError} `keystore/bad-magic`, `keystore/truncated`, `keystore/malformed`, with the entry and the offset
 */
export function readLayout(bytes: Uint8Array, format: JavaKeystoreFormat): JavaLayout {
  const reader = new ByteReader(bytes, 'keystore/truncated');
  const name = format.type.toUpperCase();
  if (reader.uint32() !== format.magic) {
    throw new TrustError('keystore/bad-magic', `the file does not begin like a ${name} keystore`, {
      at: { offset: 0 },
    });
  }
  const version = reader.uint32();
  if (version !== 1 && version !== 2) {
    throw new TrustError('keystore/malformed', `found version ${version} of ${name}, expected 1 or 2`, {
      at: { offset: 4 },
    });
  }
  const count = reader.uint32();
  const atMost = Math.min(count, Math.floor(reader.remaining / MIN_ENTRY_LENGTH));
  const starts = new Uint32Array(atMost + 1);
  const aliasLengths = new Uint16Array(atMost);
  const derLengths = new Uint32Array(atMost);
  const layout = { bytes, buffer: asBuffer(bytes), version, starts, aliasLengths, derLengths };
  starts[0] = reader.offset;
  const skipPlain = (from: number) => skipPlainEntries(layout, from, count);
  for (let index = skipPlain(0); index < count; index = skipPlain(index + 1)) {
    reader.skip((starts[index] as number) - reader.offset);
    const unwalkable = skipEntry(reader, layout, format, index);
    if (unwalkable !== null) {
      return {
        ...layout,
        starts: starts.subarray(0, index + 1),
        aliasLengths: aliasLengths.subarray(0, index),
        derLengths: derLengths.subarray(0, index),
        digestStart: Math.max(reader.offset, bytes.length - DIGEST_LENGTH),
        trailingBytes: 0,
        unwalkable,
      };
    }
    starts[index + 1] = reader.offset;
    aliasLengths[index] = encodeModifiedUtf8(aliasAt(layout, index)).length;
    derLengths[index] = reader.offset - (trustedCertificateStart(layout, index) ?? reader.offset);
  }
  const digestStart = starts[count] as number;
  reader.skip(digestStart - reader.offset);
  reader.skip(DIGEST_LENGTH);
  return { ...layout, digestStart, trailingBytes: reader.remaining, unwalkable: null };
}

/** How many entries were read. */
export function countEntries({ starts }: JavaLayout): number {
  return starts.length - 1;
}

/** An entry by its place, from 0. */
export function entryAt(layout: JavaLayout, index: number): EntryRange {
  return new EntryAt(layout, index);
}

/** The tag of an entry. */
export function tagAt({ bytes, starts }: Places, index: number): number {
  return uint32At(bytes, starts[index] as number);
}

/** The alias of an entry. */
export function aliasAt({ buffer, starts }: Pick<JavaLayout, 'buffer' | 'starts'>, index: number): string {
  return aliasBehind(buffer, starts[index] as number);
}

/** Where the DER of a trusted certificate begins, which ends with its entry; null for an entry that holds a key. */
export function trustedCertificateStart(layout: Places, index: number): number | null {
  if (tagAt(layout, index) !== ENTRY_TAG.trustedCertificate) return null;
  const { bytes, starts, version } = layout;
  const content = skipString(bytes, (starts[index] as number) + TAG_LENGTH) + DATE_LENGTH;
  return (version > 1 ? skipString(bytes, content) : content) + 4;
}

/** Whether an entry is a trusted certificate of the type that Java writes. */
export function hasUsualType(layout: JavaLayout, index: number): boolean {
  if (tagAt(layout, index) !== ENTRY_TAG.trustedCertificate) return false;
  const { bytes, starts, version } = layout;
  return (
    version < 2 || hasBytesAt(bytes, skipString(bytes, (starts[index] as number) + TAG_LENGTH) + DATE_LENGTH, X509)
  );
}

function aliasBehind(buffer: Buffer, entry: number): string {
  const start = entry + TAG_LENGTH;
  return decodeModifiedUtf8(buffer, start + 2, skipString(buffer, start));
}

/** Where a string ends. */
function skipString(bytes: Uint8Array, start: number): number {
  return start + 2 + uint16At(bytes, start);
}

/**
 * Whether the digest of a keystore is the one that this password gives.
 */
export function verifyDigest({ bytes, digestStart }: JavaLayout, password: string): boolean {
  const digest = bytes.subarray(digestStart, digestStart + DIGEST_LENGTH);
  return equalBytes(digest, computeDigest([bytes.subarray(0, digestStart)], password));
}

/** The error for a digest that is another: JKS has nothing else to tell a wrong password from a changed file. */
export function digestMismatch(format: JavaKeystoreFormat): TrustError {
  return new TrustError(
    'keystore/wrong-password',
    `the digest of the ${format.type.toUpperCase()} keystore does not fit the password`,
    {
      hint: 'the password is wrong or the file was damaged, which this format cannot tell apart; never recreate the store because of it, check the password and compare the file with a backup',
    },
  );
}

/** SHA-1 over the password in UTF-16BE, the whitener and the keystore without its digest. */
export function computeDigest(parts: readonly Uint8Array[], password: string): Uint8Array {
  const hash = createHash('sha1').update(Buffer.from(password, 'utf16le').swap16()).update(WHITENER);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/**
 * Passes over the entries that are what nearly all of a large keystore are: trusted certificates of type X.509, their
 * aliases in ASCII. One loop over words, because most of a short run is over before V8 has compiled it.
 *
 * @param layout - says where the entry `from` begins; gets what is known of the others
 * @returns the first entry that `skipEntry` must look at, or `count`
 */
function skipPlainEntries(
  { bytes, version, starts, aliasLengths, derLengths }: Places & Pick<JavaLayout, 'aliasLengths' | 'derLengths'>,
  from: number,
  count: number,
): number {
  const end = bytes.length;
  const words = new DataView(bytes.buffer, bytes.byteOffset, end);
  const typeLength = version > 1 ? X509.length : 0;
  // Date, type and length of the certificate.
  const fixed = DATE_LENGTH + typeLength + 4;
  const { trustedCertificate } = ENTRY_TAG;
  let at = starts[from] as number;
  for (let index = from; index < count; index++) {
    const alias = at + ALIAS_OFFSET;
    if (alias > end || words.getUint32(at) !== trustedCertificate) return index;
    const aliasLength = words.getUint16(at + TAG_LENGTH);
    const aliasEnd = alias + aliasLength;
    const start = aliasEnd + fixed;
    if (start > end) return index;
    // The first may begin before the alias, where its length is no ASCII from 128 on: one so long is not plain.
    for (let word = aliasEnd - 4; word > at; word -= 4) if ((words.getUint32(word) & NOT_ASCII) !== 0) return index;
    const type = aliasEnd + DATE_LENGTH;
    if (typeLength > 0 && (words.getUint32(type) !== X509_BEGIN || words.getUint32(type + 3) !== X509_END))
      return index;
    const length = words.getUint32(start - 4);
    at = start + length;
    if (at > end) return index;
    starts[index + 1] = at;
    aliasLengths[index] = aliasLength;
    derLengths[index] = length;
  }
  return count;
}

/** Passes over one entry; gives the secret key whose end cannot be found. */
function skipEntry(
  reader: ByteReader,
  { bytes, buffer, version }: Pick<JavaLayout, 'bytes' | 'buffer' | 'version'>,
  format: JavaKeystoreFormat,
  index: number,
): UnwalkableEntry | null {
  const start = reader.offset;
  let hasAlias = false;
  try {
    const tag = reader.uint32();
    if (tag < ENTRY_TAG.privateKey || tag > (format.secretKeys ? ENTRY_TAG.secretKey : ENTRY_TAG.trustedCertificate)) {
      throw new TrustError('keystore/malformed', `found an entry of unknown type ${tag}`, {
        at: { offset: start },
        hint: 'the file is damaged, or written by a program that extends the format',
      });
    }
    skipText(reader);
    hasAlias = true;
    if (tag === ENTRY_TAG.secretKey) return skipSecretKey(reader, bytes, aliasBehind(buffer, start));
    reader.skip(DATE_LENGTH);
    if (tag === ENTRY_TAG.trustedCertificate) skipCertificate(reader, version);
    else readChain(reader, version);
    return null;
  } catch (error) {
    const entry = hasAlias ? toPrintable(aliasBehind(buffer, start)) : `#${index + 1}`;
    throw expectTrustError(error).within({ entry });
  }
}

/** From its date on. */
function skipSecretKey(reader: ByteReader, bytes: Uint8Array, alias: string): UnwalkableEntry | null {
  const created = reader.int64();
  try {
    reader.skip(walkSerializedObject(bytes, reader.offset).end - reader.offset);
    return null;
  } catch (error) {
    return { alias, created, error: expectTrustError(error).within({ entry: toPrintable(alias) }) };
  }
}

class EntryAt implements EntryRange {
  readonly start: number;
  readonly end: number;
  readonly #layout: JavaLayout;

  constructor(layout: JavaLayout, index: number) {
    this.#layout = layout;
    this.start = layout.starts[index] as number;
    this.end = layout.starts[index + 1] as number;
  }

  get tag(): number {
    return uint32At(this.#layout.bytes, this.start);
  }

  get alias(): string {
    return aliasBehind(this.#layout.buffer, this.start);
  }

  get created(): number {
    return int64At(this.#layout.bytes, this.#content);
  }

  get certificates(): readonly CertificateRange[] {
    if (this.tag === ENTRY_TAG.secretKey) return [];
    const reader = this.#readContent();
    const { version } = this.#layout;
    return this.tag === ENTRY_TAG.trustedCertificate ? [readCertificate(reader, version)] : readChain(reader, version);
  }

  get keyClass(): string | null {
    if (this.tag !== ENTRY_TAG.secretKey) return null;
    const reader = this.#readContent();
    return walkSerializedObject(this.#layout.bytes, reader.offset).className;
  }

  /** Where the date begins. */
  get #content(): number {
    return skipString(this.#layout.bytes, this.start + TAG_LENGTH);
  }

  /** From behind the date on. */
  #readContent(): ByteReader {
    const reader = new ByteReader(this.#layout.bytes, 'keystore/truncated');
    reader.skip(this.#content + DATE_LENGTH);
    return reader;
  }
}

/** The chain of a key, behind the key. */
function readChain(reader: ByteReader, version: number): CertificateRange[] {
  reader.skip(reader.uint32());
  const certificates: CertificateRange[] = [];
  for (let left = reader.uint32(); left > 0; left--) certificates.push(readCertificate(reader, version));
  return certificates;
}

function readCertificate(reader: ByteReader, version: number): CertificateRange {
  const type = version > 1 ? readCertificateType(reader) : CERTIFICATE_TYPE;
  const length = reader.uint32();
  const start = reader.offset;
  reader.skip(length);
  return { type, start, end: start + length };
}

function skipCertificate(reader: ByteReader, version: number): void {
  if (version > 1) skipText(reader);
  reader.skip(reader.uint32());
}

/** Nearly always the same five letters. */
function readCertificateType(reader: ByteReader): string {
  return reader.skipIf(X509) ? CERTIFICATE_TYPE : readText(reader);
}

function readText(reader: ByteReader): string {
  return reader.modifiedUtf8(reader.uint16());
}

function skipText(reader: ByteReader): void {
  reader.skipModifiedUtf8(reader.uint16());
}
