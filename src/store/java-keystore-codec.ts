/**
 * JKS and JCEKS as codecs: what `java-keystore` takes apart, as entries.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { foldAlias, quoteAlias } from './alias.js';
import type { Codec, DecodeKeystoreOptions } from './codec.js';
import { type EntryParts, keystoreEntry, type StoredCertificate, storedCertificate } from './entry.js';
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
import { encodeJavaKeystore } from './java-keystore-new.js';
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
    edit: (bytes, edits, { password }) => editJavaKeystore(bytes, edits, { format, password }),
    encode: (entries, options) => encodeJavaKeystore(entries, { ...options, format }),
  };
}

function decodeJavaKeystore(
  bytes: Uint8Array,
  format: JavaKeystoreFormat,
  { password, source }: DecodeKeystoreOptions,
): Keystore {
  const layout = readLayout(bytes, format);
  if (password !== null && !verifyDigest(bytes, layout, password)) throw digestMismatch(format);
  const last = new Map<string, EntryRange>();
  for (const entry of layout.entries) last.set(entry.alias, entry);
  return {
    type: format.type,
    encryption: null,
    mac: 'SHA-1 digest with password',
    integrity: password === null ? 'not-verified' : 'verified',
    entries: [
      ...layout.entries.map((entry) => toEntry(bytes, entry, { source, isLast: last.get(entry.alias) === entry })),
      ...unwalkableEntry(layout, source),
    ],
    notes: notesOn(layout),
  };
}

function toEntry(
  bytes: Uint8Array,
  range: EntryRange,
  { source, isLast }: { readonly source: DecodeKeystoreOptions['source']; readonly isLast: boolean },
): KeystoreEntry {
  const { alias, tag } = range;
  const hidden = isLast && alias === foldAlias(alias) ? NOTHING : reasonsJavaPassesOver(alias, isLast);
  return keystoreEntry(
    new JavaEntryParts(bytes, range, {
      source,
      kind: hidden.length > 0 ? 'invisible' : (KINDS.get(tag) ?? 'invisible'),
      hidden,
      revealsAs: hidden.length > 0 && (isLast || tag === ENTRY_TAG.trustedCertificate) ? KINDS.get(tag) : undefined,
    }),
  );
}

/** One for all entries that Java sees. */
const NOTHING: readonly string[] = [];

/** What an entry is made of, read from the bytes when it is asked for. */
class JavaEntryParts implements EntryParts {
  readonly kind: EntryParts['kind'];
  readonly source: EntryParts['source'];
  readonly revealsAs: EntryParts['revealsAs'];
  /** Why Java passes over it. */
  readonly #hidden: readonly string[];
  readonly #bytes: Uint8Array;
  readonly #range: EntryRange;

  constructor(
    bytes: Uint8Array,
    range: EntryRange,
    {
      kind,
      hidden,
      source,
      revealsAs,
    }: Pick<EntryParts, 'kind' | 'source' | 'revealsAs'> & { readonly hidden: readonly string[] },
  ) {
    this.#bytes = bytes;
    this.#range = range;
    this.kind = kind;
    this.#hidden = hidden;
    this.source = source;
    this.revealsAs = revealsAs;
  }

  get alias(): string {
    return this.#range.alias;
  }

  get notes(): readonly string[] {
    return [...this.#hidden, ...oddities(this.#range)];
  }

  get created(): Date | null {
    return dateOf(this.#range.created);
  }

  get certificates(): readonly StoredCertificate[] {
    return this.#range.certificates.map(({ start, end }) => storedCertificate(this.#bytes.subarray(start, end)));
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
function unwalkableEntry({ unwalkable }: JavaLayout, source: DecodeKeystoreOptions['source']): KeystoreEntry[] {
  if (unwalkable === null) return [];
  const { alias, created, error } = unwalkable;
  return [
    keystoreEntry({
      alias,
      kind: 'secret-key',
      created: dateOf(created),
      certificates: [],
      source,
      notes: [error.message],
    }),
  ];
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
