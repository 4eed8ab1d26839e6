/**
 * The keys in JKS and JCEKS: where each stands in the bytes, recovered from there, and the whole keystore under another
 * password with everything else as it was.
 *
 * @module
 */
import { ByteReader } from '../encoding/byte-reader.js';
import { ByteWriter, concatBytes } from '../encoding/byte-writer.js';
import type { RandomSource } from './codec.js';
import {
  type KeyAccess,
  openKey,
  protectJceksKey,
  protectJksKey,
  type RecoveredKey,
  recoverPrivateKey,
} from './java-key-protection.js';
import {
  computeDigest,
  countEntries,
  ENTRY_TAG,
  type EntryRange,
  entryAt,
  HEADER_LENGTH,
  type JavaKeystoreFormat,
  type JavaLayout,
  readLayout,
  tagAt,
} from './java-keystore.js';
import { openJavaKeystore } from './java-keystore-edit.js';
import { encodeHeader } from './java-keystore-encoding.js';
import { sealObject, unsealObject } from './java-secret-key.js';
import {
  type IsWanted,
  type PresentPasswords,
  passwordsOf,
  type RecoveredKeys,
  type Reprotected,
  type ReprotectedKey,
  type ReprotectOptions,
} from './reprotection.js';

/** Where the protected form of a key stands: for a secret key its serialized object, else without its length. */
interface KeyRange {
  readonly start: number;
  readonly end: number;
}

/** The entries that hold a key, with their places. */
function* keysOf(layout: JavaLayout): Generator<[number, EntryRange]> {
  for (let place = 0; place < countEntries(layout); place++) {
    if (tagAt(layout, place) !== ENTRY_TAG.trustedCertificate) yield [place, entryAt(layout, place)];
  }
}

/**
 * Recovers the key of an entry.
 *
 * @returns a PrivateKeyInfo, or for a secret key its serialized form
 * @throws {TrustError} as `recoverPrivateKey`
 */
function recoverJavaKey(bytes: Uint8Array, entry: EntryRange, passwords: KeyAccess['passwords']): RecoveredKey {
  const { start, end } = keyRangeOf(bytes, entry);
  const key = bytes.subarray(start, end);
  const access = { alias: entry.alias, passwords };
  return entry.tag === ENTRY_TAG.secretKey
    ? openKey(access, ({ secrets }) => secrets.map((secret) => unsealObject(key, secret)).find(Boolean) ?? null)
    : recoverPrivateKey(key, access);
}

/** `KeyCodec.recover` of the two formats. */
export function recoverJavaKeys(
  bytes: Uint8Array,
  format: JavaKeystoreFormat,
  present: PresentPasswords,
  isWanted: IsWanted,
): RecoveredKeys {
  const passwords = passwordsOf(present);
  return new Map(
    [...keysOf(readLayout(bytes, format))]
      .filter(([index]) => isWanted(index))
      .map(([index, entry]) => [index, recoverJavaKey(bytes, entry, passwords)]),
  );
}

/** Protects what `recoverJavaKeys` gives. @throws {TrustError} `keystore/password-refused` */
export function protectJavaKey(
  { type }: JavaKeystoreFormat,
  tag: number,
  plain: Uint8Array,
  options: { readonly password: string; readonly random: RandomSource },
): Uint8Array {
  if (tag === ENTRY_TAG.secretKey) return sealObject(plain, options);
  return type === 'jks' ? protectJksKey(plain, options) : protectJceksKey(plain, options);
}

/**
 * Puts a keystore under another password: its digest, and every key, whatever its password was.
 *
 * @throws {TrustError} as `editJavaKeystore` for what cannot be kept, and as `recoverPrivateKey` and `protectJceksKey`
 */
export function reprotectJavaKeystore(
  bytes: Uint8Array,
  format: JavaKeystoreFormat,
  { newPassword, random, ...present }: ReprotectOptions,
): Reprotected {
  const { password } = present;
  const { layout } = openJavaKeystore(bytes, { format, password });
  const passwords = passwordsOf(present);
  const keys: ReprotectedKey[] = [];
  const parts: Uint8Array[] = [encodeHeader(format, layout.version, countEntries(layout))];
  let copied = HEADER_LENGTH;
  for (const [, entry] of keysOf(layout)) {
    const recovered = recoverJavaKey(bytes, entry, passwords);
    const key = protectJavaKey(format, entry.tag, recovered.plain, { password: newPassword, random });
    const { start, end } = keyRangeOf(bytes, entry);
    if (entry.tag === ENTRY_TAG.secretKey) parts.push(bytes.subarray(copied, start), key);
    else parts.push(bytes.subarray(copied, start - 4), new ByteWriter().uint32(key.length).bytes(key).toBytes());
    copied = end;
    keys.push({ alias: entry.alias, hadOwnPassword: recovered.password.text !== password, plain: recovered.plain });
  }
  parts.push(bytes.subarray(copied, layout.digestStart));
  return { bytes: concatBytes([...parts, computeDigest(parts, newPassword)]), keys };
}

/** Behind tag, alias and date. */
function keyRangeOf(bytes: Uint8Array, { tag, start, end }: EntryRange): KeyRange {
  const reader = new ByteReader(bytes.subarray(0, end), 'keystore/truncated');
  reader.bytes(start + 4);
  reader.bytes(reader.uint16());
  reader.bytes(8);
  if (tag === ENTRY_TAG.secretKey) return { start: reader.offset, end };
  const length = reader.uint32();
  return { start: reader.offset, end: reader.offset + length };
}
