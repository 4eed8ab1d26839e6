/**
 * New JKS and JCEKS keystores, of version 2, which is the only one that Java writes.
 *
 * @module
 */
import { concatBytes } from '../encoding/byte-writer.js';
import { foldAlias } from './alias.js';
import type { EncodeKeystoreOptions } from './codec.js';
import { computeDigest, type JavaKeystoreFormat } from './java-keystore.js';
import { encodeEntry, encodeHeader } from './java-keystore-encoding.js';
import type { NewKeystoreEntry } from './keystore.js';

const VERSION = 2;

/** Encodes a keystore as `Codec.encode` says, its entries in the order given. */
export function encodeJavaKeystore(
  entries: readonly NewKeystoreEntry[],
  { format, password }: EncodeKeystoreOptions & { readonly format: JavaKeystoreFormat },
): Uint8Array {
  const parts = [
    encodeHeader(format, VERSION, entries.length),
    ...entries.map((entry) => encodeEntry(format, VERSION, { ...entry, alias: foldAlias(entry.alias) })),
  ];
  return concatBytes([...parts, computeDigest(parts, password ?? '')]);
}
