/**
 * JKS and JCEKS as codecs: what `java-keystore` takes apart, as entries.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { foldAlias, quoteAlias } from './alias.js';
import type { Codec, DecodeKeystoreOptions } from './codec.js';
import { type EntryParts, keystoreEntry, LazyEntry, storedCertificate } from './entry.js';
import {
  type CertificateRange,
  digestMismatch,
  ENTRY_TAG,
  type EntryRange,
  type JavaKeystoreFormat,
  type JavaLayout,
  readLayout,
  verifyDigest,
} from './java-keystore.js';
import { editJavaKeystore } from './java-keystore-edit.js';
import { protectJavaKey, recoverJavaKeys, reprotectJavaKeystore } from './java-keystore-keys.js';
import { encodeJavaKeystore } from './java-keystore-new.js';
import { encodeSecretKeySpec, readSerializedKey } from './java-secret-key.js';
import type { EntryKind, Keystore, KeystoreEntry, KeystoreNote } from './keystore.js';

const KINDS: ReadonlyMap<number, Exclude<EntryKind, 'invisible'>> = new Map<number, Exclude<EntryKind, 'invisible'>>([
  [ENTRY_TAG.privateKey, 'private-key'],
  [ENTRY_TAG.trustedCertificate, 'trusted-certificate'],
  [ENTRY_TAG.secretKey, 'secret-key'],
]);

/** Certificate types that Java's factories know. */
const CERTIFICATE_TYPES: ReadonlySet<string> = new Set(['X.509', 'X509']);

/** The only class that the filter of current Java lets through; files of old programs may have its parent class. */
const SEALED_KEY_CLASS = 'com.sun.crypto.provider.SealedObjectForKeyProtector';

/** Makes the codec of one of the two formats. */
export function javaKeystoreCodec(format: JavaKeystoreFormat): Codec {
  return {
    type: format.type,
    detect: (bytes) =>
      bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) === format.magic,
    decode: (bytes, options) => decodeJavaKeystore(bytes, format, options),
    edit: (bytes, edits, { password, decoded }) =>
      editJavaKeystore(bytes, edits, { format, password, verified: verifiedLayout(decoded) }),
    encode: (entries, options) => encodeJavaKeystore(entries, { ...options, format }),
    keys: {
      recover: (bytes, present, isWanted) => recoverJavaKeys(bytes, format, present, isWanted),
      reprotect: (bytes, options) => reprotectJavaKeystore(bytes, format, options),
      readSecretKey: readSerializedKey,
      protect: (key, protection) =>
        key.kind === 'secret-key'
          ? protectJavaKey(format, ENTRY_TAG.secretKey, encodeSecretKeySpec(key.secret), protection)
          : protectJavaKey(format, ENTRY_TAG.privateKey, key.pkcs8, protection),
    },
  };
}

/** Under a symbol, since nobody else has use for it. */
const LAYOUT: unique symbol = Symbol('layout');

interface JavaKeystore extends Keystore {
  readonly [LAYOUT]: JavaLayout;
}

function decodeJavaKeystore(
  bytes: Uint8Array,
  format: JavaKeystoreFormat,
  { password, source }: DecodeKeystoreOptions,
): JavaKeystore {
  const layout = readLayout(bytes, format);
  if (password !== null && !verifyDigest(layout, password)) throw digestMismatch(format);
  const last = new Map<string, EntryRange>();
  for (const entry of layout.entries) last.set(entry.alias, entry);
  const context = { bytes, source };
  const entries: KeystoreEntry[] = layout.entries.map(
    (range) => new JavaEntry(range, last.get(range.alias) === range, context),
  );
  return {
    type: format.type,
    encryption: null,
    mac: 'SHA-1 digest with password',
    integrity: password === null ? 'not-verified' : 'verified',
    entries: layout.unwalkable === null ? entries : [...entries, unwalkableEntry(layout.unwalkable, source)],
    notes: notesOn(layout),
    [LAYOUT]: layout,
  };
}

/** What was found on the way, for an edit. */
function verifiedLayout(decoded: Keystore | undefined): JavaLayout | undefined {
  return decoded !== undefined && LAYOUT in decoded && decoded.integrity === 'verified'
    ? (decoded as JavaKeystore)[LAYOUT]
    : undefined;
}

/** What the entries of one keystore have in common. */
interface Context {
  readonly bytes: Uint8Array;
  readonly source: DecodeKeystoreOptions['source'];
}

/** An entry, read from the bytes when it is asked for. */
class JavaEntry extends LazyEntry {
  readonly #range: EntryRange;
  readonly #context: Context;
  /** Whether no later entry has the same alias. */
  readonly #isLast: boolean;
  readonly #isHidden: boolean;

  constructor(range: EntryRange, isLast: boolean, context: Context) {
    super();
    this.#range = range;
    this.#isLast = isLast;
    this.#context = context;
    this.#isHidden = !isLast || range.alias !== foldAlias(range.alias);
  }

  get alias(): string {
    return this.#range.alias;
  }

  get kind(): EntryKind {
    return this.#isHidden ? 'invisible' : (KINDS.get(this.#range.tag) ?? 'invisible');
  }

  get created(): Date | null {
    return dateOf(this.#range.created);
  }

  get encodings(): readonly Uint8Array[] {
    return this.#range.encodings;
  }

  override get raw(): Uint8Array {
    return this.#context.bytes.subarray(this.#range.start, this.#range.end);
  }

  override get revealsAs(): KeystoreEntry['revealsAs'] {
    const { tag } = this.#range;
    return this.#isHidden && (this.#isLast || tag === ENTRY_TAG.trustedCertificate) ? KINDS.get(tag) : undefined;
  }

  protected get parts(): Pick<EntryParts, 'alias' | 'certificates' | 'source' | 'notes'> {
    return {
      alias: this.alias,
      certificates: this.encodings.map(storedCertificate),
      source: this.#context.source,
      notes: [...reasonsJavaPassesOver(this.alias, this.#isLast), ...oddities(this.#range)],
    };
  }
}

/** What is no reason to pass over an entry, and odd all the same. */
function oddities({ tag, certificates, keyClass }: EntryRange): readonly string[] {
  return [
    ...certificates.filter(hasUnknownType).map(({ type }) => `Java knows no certificates of type ${quoteAlias(type)}`),
    ...(tag === ENTRY_TAG.secretKey && keyClass !== SEALED_KEY_CLASS
      ? [`current Java opens no keystore with a secret key of class ${toPrintable(keyClass ?? 'null')}`]
      : []),
  ];
}

function hasUnknownType({ type }: CertificateRange): boolean {
  return !CERTIFICATE_TYPES.has(type);
}

function reasonsJavaPassesOver(alias: string, isLast: boolean): string[] {
  return [
    ...(isLast ? [] : ['a later entry has the same alias, and Java keeps only that one']),
    ...(alias === foldAlias(alias)
      ? []
      : ['the alias has upper-case letters, and Java looks for aliases in lower case only']),
  ];
}

/** The secret key at which reading had to stop. */
function unwalkableEntry(
  { alias, created, error }: NonNullable<JavaLayout['unwalkable']>,
  source: DecodeKeystoreOptions['source'],
): KeystoreEntry {
  return keystoreEntry({
    alias,
    kind: 'secret-key',
    created: dateOf(created),
    certificates: [],
    source,
    notes: [error.message],
  });
}

function notesOn({ trailingBytes, unwalkable }: JavaLayout): KeystoreNote[] {
  return [
    ...(trailingBytes === 0
      ? []
      : [
          {
            code: 'keystore/trailing-bytes',
            message: `${trailingBytes} bytes follow the digest; Java passes over them and drops them when it saves`,
          },
        ]),
    ...(unwalkable === null
      ? []
      : [
          {
            code: 'keystore/unread-entries',
            message: `the end of the secret key ${quoteAlias(unwalkable.alias)} cannot be found, so the entries after it are not listed`,
          },
        ]),
  ];
}

/** A date, or null for an instant that no `Date` can hold. */
function dateOf(milliseconds: number): Date | null {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? null : date;
}
