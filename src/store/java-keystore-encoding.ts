/**
 * What JKS and JCEKS files are made of, in the layout that `java-keystore` reads.
 *
 * @module
 */
import { ByteReader } from '../encoding/byte-reader.js';
import { ByteWriter } from '../encoding/byte-writer.js';
import { encodeModifiedUtf8 } from '../encoding/modified-utf8.js';
import { TrustError } from '../errors.js';
import { quoteAlias } from './alias.js';
import { CERTIFICATE_TYPE, ENTRY_TAG, type EntryRange, type JavaKeystoreFormat } from './java-keystore.js';
import type { NewKeystoreEntry } from './keystore.js';

const TAGS: Readonly<Record<NewKeystoreEntry['kind'], number>> = {
  'private-key': ENTRY_TAG.privateKey,
  'trusted-certificate': ENTRY_TAG.trustedCertificate,
  'secret-key': ENTRY_TAG.secretKey,
};

const MAX_STRING_LENGTH = 0xffff;

/** The first bytes of a keystore. */
export function encodeHeader(format: JavaKeystoreFormat, version: number, count: number): Uint8Array {
  return new ByteWriter().uint32(format.magic).uint32(version).uint32(count).toBytes();
}

/**
 * An entry as Java writes it, under the alias as it is.
 *
 * @throws {TrustError} `keystore/refuses-entry` when the alias is too long for the format, or for a secret key in JKS;
 *   `usage/bad-value` when `created` is no date
 */
export function encodeEntry(format: JavaKeystoreFormat, version: number, entry: NewKeystoreEntry): Uint8Array {
  const { kind, alias, created } = entry;
  const time = created.getTime();
  if (Number.isNaN(time)) {
    throw new TrustError('usage/bad-value', 'the creation date of the entry is not a date', { at: { entry: alias } });
  }
  const writer = new ByteWriter().uint32(TAGS[kind]);
  writeText(writer, alias);
  writer.int64(BigInt(time));
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
