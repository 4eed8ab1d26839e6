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
import { ByteReader } from '../encoding/byte-reader.js';
import { ByteWriter, equalBytes } from '../encoding/byte-writer.js';
import { encodeModifiedUtf8 } from '../encoding/modified-utf8.js';
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError, TrustError } from '../errors.js';
import { quoteAlias } from './alias.js';
import { walkSerializedObject } from './java-serial.js';
import type { NewKeystoreEntry } from './keystore.js';

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

/** One entry where it stands, `start` to `end` from the tag to the last byte; all else is read when it is asked for. */
export interface EntryRange {
  readonly tag: number;
  readonly alias: string;
  /** Milliseconds since 1970, as a double: dates that a `Date` can hold are exact. */
  readonly created: number;
  readonly start: number;
  readonly end: number;
  readonly certificates: readonly CertificateRange[];
  /** The DER of the certificates. */
  readonly encodings: readonly Uint8Array[];
  /** The class of a serialized secret key. */
  readonly keyClass: string | null;
}

/** A keystore taken apart. */
export interface JavaLayout {
  readonly bytes: Uint8Array;
  readonly version: number;
  readonly entries: readonly EntryRange[];
  /** Where the digest begins. */
  readonly digestStart: number;
  /** How many bytes follow the digest; Java reads past them and drops them on save. */
  readonly trailingBytes: number;
  /** The secret key whose end cannot be found, and why; the entries after it are unknown. */
  readonly unwalkable: { readonly alias: string; readonly created: number; readonly error: TrustError } | null;
}

/** Entry tags. */
export const ENTRY_TAG = { privateKey: 1, trustedCertificate: 2, secretKey: 3 } as const;

const TAGS: Readonly<Record<NewKeystoreEntry['kind'], number>> = {
  'private-key': ENTRY_TAG.privateKey,
  'trusted-certificate': ENTRY_TAG.trustedCertificate,
  'secret-key': ENTRY_TAG.secretKey,
};

/** The length of the header: magic, version, count. */
export const HEADER_LENGTH = 12;

const DIGEST_LENGTH = 20;
const DATE_LENGTH = 8;
const MAX_STRING_LENGTH = 0xffff;

/** The constant that Java mixes into the digest. */
const WHITENER = 'Mighty Aphrodite';

/** What Java writes as the type of every certificate. */
const CERTIFICATE_TYPE = 'X.509';
const X509: Uint8Array = Uint8Array.of(0, CERTIFICATE_TYPE.length, ...encodeModifiedUtf8(CERTIFICATE_TYPE));

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
  const entries: EntryRange[] = [];
  while (entries.length < count) {
    const entry = readEntry(bytes, reader, { format, version, number: entries.length + 1 });
    if ('error' in entry) {
      return {
        bytes,
        version,
        entries,
        digestStart: Math.max(reader.offset, bytes.length - DIGEST_LENGTH),
        trailingBytes: 0,
        unwalkable: entry,
      };
    }
    entries.push(entry);
  }
  const digestStart = reader.offset;
  reader.skip(DIGEST_LENGTH);
  return { bytes, version, entries, digestStart, trailingBytes: reader.remaining, unwalkable: null };
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

/** The first bytes of a keystore. */
export function encodeHeader(format: JavaKeystoreFormat, version: number, count: number): Uint8Array {
  return new ByteWriter().uint32(format.magic).uint32(version).uint32(count).toBytes();
}

/**
 * An entry as Java writes it, under the alias as it is.
 *
 * @throws {TrustError} `keystore/refuses-entry` when the alias is too long for the format, or for a secret key in JKS
 */
export function encodeEntry(format: JavaKeystoreFormat, version: number, entry: NewKeystoreEntry): Uint8Array {
  const { kind, alias, created } = entry;
  const writer = new ByteWriter().uint32(TAGS[kind]);
  writeText(writer, alias);
  writer.int64(BigInt(created.getTime()));
  if (kind === 'trusted-certificate') {
    writeCertificate(writer, version, entry.certificate);
  } else if (kind === 'private-key') {
    writer.uint32(entry.key.length).bytes(entry.key).uint32(entry.chain.length);
    for (const der of entry.chain) writeCertificate(writer, version, der);
  } else {
    if (!format.secretKeys) throw noSecretKeys(alias);
    writer.bytes(entry.sealed);
  }
  return writer.toBytes();
}

/**
 * An entry of a keystore under another alias; everything else keeps its bytes.
 *
 * @throws {TrustError} `keystore/refuses-entry` when the alias is too long for the format
 */
export function encodeRenamed(bytes: Uint8Array, { start, end }: EntryRange, alias: string): Uint8Array {
  const reader = new ByteReader(bytes.subarray(start, end), 'keystore/truncated');
  const writer = new ByteWriter().uint32(reader.uint32());
  reader.bytes(reader.uint16());
  writeText(writer, alias);
  return writer.bytes(reader.bytes(reader.remaining)).toBytes();
}

/** Reads one entry, or only as far as a secret key whose end cannot be found. */
function readEntry(
  bytes: Uint8Array,
  reader: ByteReader,
  {
    format,
    version,
    number,
  }: { readonly format: JavaKeystoreFormat; readonly version: number; readonly number: number },
): EntryRange | NonNullable<JavaLayout['unwalkable']> {
  const start = reader.offset;
  let alias: string | undefined;
  const name = () => (alias === undefined ? `#${number}` : toPrintable(alias));
  try {
    const tag = reader.uint32();
    if (tag < ENTRY_TAG.privateKey || tag > (format.secretKeys ? ENTRY_TAG.secretKey : ENTRY_TAG.trustedCertificate)) {
      throw new TrustError('keystore/malformed', `found an entry of unknown type ${tag}`, {
        at: { offset: start },
        hint: 'the file is damaged, or written by a program that extends the format',
      });
    }
    alias = readText(reader);
    if (tag === ENTRY_TAG.secretKey) {
      const content = reader.offset;
      const created = reader.int64();
      try {
        const { end, className } = walkSerializedObject(bytes, reader.offset);
        reader.skip(end - reader.offset);
        return new EntryAt(bytes, { tag, alias, start, content, certificate: end, end, version, keyClass: className });
      } catch (error) {
        return { alias, created, error: expectTrustError(error).within({ entry: name() }) };
      }
    }
    const content = reader.offset;
    reader.skip(DATE_LENGTH);
    const certificate = readCertificates(reader, tag, version)[0]?.start ?? content;
    return new EntryAt(bytes, { tag, alias, start, content, certificate, end: reader.offset, version, keyClass: null });
  } catch (error) {
    throw expectTrustError(error).within({ entry: name() });
  }
}

/** Where an entry stands, and what had to be read to find its end. */
interface EntryPlace extends Pick<EntryRange, 'tag' | 'alias' | 'start' | 'end' | 'keyClass'> {
  /** Where its date begins. */
  readonly content: number;
  /** Of a trusted certificate: where it begins. It ends with the entry. */
  readonly certificate: number;
  readonly version: number;
}

/** An entry that was read to its end. A keystore may have a hundred thousand: little more than their places is kept. */
class EntryAt implements EntryRange {
  readonly tag: number;
  readonly alias: string;
  readonly start: number;
  readonly end: number;
  readonly keyClass: string | null;
  readonly #content: number;
  readonly #certificate: number;
  readonly #bytes: Uint8Array;
  readonly #version: number;

  constructor(bytes: Uint8Array, place: EntryPlace) {
    this.tag = place.tag;
    this.alias = place.alias;
    this.start = place.start;
    this.end = place.end;
    this.keyClass = place.keyClass;
    this.#content = place.content;
    this.#certificate = place.certificate;
    this.#bytes = bytes;
    this.#version = place.version;
  }

  get created(): number {
    return this.#readContent().int64();
  }

  get certificates(): readonly CertificateRange[] {
    if (this.tag === ENTRY_TAG.secretKey) return [];
    const reader = this.#readContent();
    reader.skip(DATE_LENGTH);
    return readCertificates(reader, this.tag, this.#version);
  }

  get encodings(): readonly Uint8Array[] {
    if (this.tag === ENTRY_TAG.trustedCertificate) return [this.#bytes.subarray(this.#certificate, this.end)];
    return this.certificates.map(({ start, end }) => this.#bytes.subarray(start, end));
  }

  #readContent(): ByteReader {
    const reader = new ByteReader(this.#bytes, 'keystore/truncated');
    reader.skip(this.#content);
    return reader;
  }
}

function readCertificates(reader: ByteReader, tag: number, version: number): CertificateRange[] {
  if (tag === ENTRY_TAG.trustedCertificate) return [readCertificate(reader, version)];
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

function noSecretKeys(alias: string): TrustError {
  return new TrustError(
    'keystore/refuses-entry',
    `the secret key ${quoteAlias(alias)} has no place in a JKS keystore`,
    {
      at: { entry: alias },
      hint: 'JCEKS and PKCS#12 hold secret keys',
    },
  );
}

function writeCertificate(writer: ByteWriter, version: number, der: Uint8Array): void {
  if (version > 1) writeText(writer, CERTIFICATE_TYPE);
  writer.uint32(der.length).bytes(der);
}

/** Nearly always the same five letters. */
function readCertificateType(reader: ByteReader): string {
  return reader.skipIf(X509) ? CERTIFICATE_TYPE : readText(reader);
}

function readText(reader: ByteReader): string {
  return reader.modifiedUtf8(reader.uint16());
}

function writeText(writer: ByteWriter, text: string): void {
  const bytes = encodeModifiedUtf8(text);
  if (bytes.length > MAX_STRING_LENGTH) {
    throw new TrustError(
      'keystore/refuses-entry',
      `the alias ${quoteAlias(text)} takes ${bytes.length} bytes, the format holds at most ${MAX_STRING_LENGTH}`,
      { hint: 'choose a shorter alias' },
    );
  }
  writer.uint16(bytes.length).bytes(bytes);
}
