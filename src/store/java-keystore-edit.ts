/**
 * Editing JKS and JCEKS on their raw bytes: what is not edited is copied as it stands, only the count and the digest are
 * made anew.
 *
 * @module
 */
import { concatBytes, equalBytes } from '../encoding/byte-writer.js';
import { TrustError } from '../errors.js';
import { aliasTaken, foldAlias, matchAlias, noSuchEntry, quoteAlias } from './alias.js';
import {
  computeDigest,
  digestMismatch,
  ENTRY_TAG,
  type EntryRange,
  encodeEntry,
  encodeHeader,
  encodeRenamed,
  HEADER_LENGTH,
  type JavaKeystoreFormat,
  type JavaLayout,
  readLayout,
  verifyDigest,
} from './java-keystore.js';
import type { KeystoreEdit } from './keystore.js';

type Addition = Extract<KeystoreEdit, { readonly action: 'add' }>;
type Revelation = Extract<KeystoreEdit, { readonly action: 'reveal' }>;

/**
 * Applies edits as `Codec.edit` says. New aliases are written in lower case, since Java finds no others.
 *
 * Removing an alias that the file has several times removes all of them: Java knows only the last one, and the others
 * would come to light without it.
 */
export function editJavaKeystore(
  bytes: Uint8Array,
  edits: readonly KeystoreEdit[],
  { format, password, verified }: OpenOptions,
): Uint8Array {
  const layout = openJavaKeystore(bytes, { format, password, verified });
  const draft = new Draft(bytes, layout, format);
  for (const edit of edits) {
    if (edit.action === 'add') draft.add(edit);
    else if (edit.action === 'reveal') draft.reveal(edit);
    else draft.remove(edit.alias);
  }
  if (!draft.isChanged) return bytes;
  const parts = [encodeHeader(format, layout.version, draft.count), ...draft.parts()];
  return concatBytes([...parts, computeDigest(parts, layout.password)]);
}

/** How a keystore is opened. */
interface OpenOptions {
  readonly format: JavaKeystoreFormat;
  readonly password: string | null;
  /** The keystore taken apart, where it is and its digest fits this password. */
  readonly verified?: JavaLayout | undefined;
}

/**
 * Takes a keystore apart that is to be written again.
 *
 * @throws {TrustError} as `readLayout`; `keystore/cannot-preserve`, `keystore/password-missing`, `keystore/wrong-password`
 */
export function openJavaKeystore(
  bytes: Uint8Array,
  { format, password, verified }: OpenOptions,
): JavaLayout & { readonly password: string } {
  const known = verified?.bytes === bytes;
  const layout = known ? verified : readLayout(bytes, format);
  requireWhole(layout);
  if (password === null) {
    throw new TrustError('keystore/password-missing', 'editing needs the password of the keystore', {
      hint: 'the digest at its end is made with the password',
    });
  }
  if (!known && !verifyDigest(layout, password)) throw digestMismatch(format);
  return { ...layout, password };
}

function requireWhole({ trailingBytes, unwalkable }: JavaLayout): void {
  if (unwalkable !== null) {
    const { alias, error } = unwalkable;
    throw new TrustError(
      'keystore/cannot-preserve',
      `the secret key ${quoteAlias(alias)} cannot be kept as it is: ${error.message}`,
      {
        ...(error.at === undefined ? {} : { at: error.at }),
        hint: 'nothing was changed; keytool can edit the store if Java can read this key',
        cause: error,
      },
    );
  }
  if (trailingBytes > 0) {
    throw new TrustError('keystore/cannot-preserve', `${trailingBytes} bytes follow the digest of the keystore`, {
      hint: 'nothing was changed; find out what they are, and cut them off if they are of no use (Java passes over them)',
    });
  }
}

/** A keystore while it is edited: which entries go, and which come. */
class Draft {
  readonly #bytes: Uint8Array;
  readonly #layout: JavaLayout;
  readonly #format: JavaKeystoreFormat;
  /** By alias, in the order of the file. */
  readonly #kept = new Map<string, EntryRange[]>();
  readonly #removed = new Set<EntryRange>();
  readonly #added = new Map<string, Addition>();
  /** The aliases that entries get. */
  readonly #renamed = new Map<EntryRange, string>();

  constructor(bytes: Uint8Array, layout: JavaLayout, format: JavaKeystoreFormat) {
    this.#bytes = bytes;
    this.#layout = layout;
    this.#format = format;
    for (const entry of layout.entries) {
      const namesakes = this.#kept.get(entry.alias);
      if (namesakes === undefined) this.#kept.set(entry.alias, [entry]);
      else namesakes.push(entry);
    }
  }

  get isChanged(): boolean {
    return this.#removed.size + this.#added.size + this.#renamed.size > 0;
  }

  get count(): number {
    return this.#layout.entries.length - this.#removed.size + this.#added.size;
  }

  add(edit: Addition): void {
    const alias = foldAlias(edit.alias);
    const present = this.#trustedDer(alias);
    if (present === undefined) {
      this.#added.set(alias, { ...edit, alias });
    } else if (present === null || !equalBytes(present, edit.certificate.der)) {
      throw aliasTaken(alias, present === null ? 'a key' : 'another certificate');
    }
  }

  reveal({ index, alias: wanted }: Revelation): void {
    const alias = foldAlias(wanted);
    const entry = this.#layout.entries[index];
    const namesakes = this.#kept.get(entry?.alias ?? '') ?? [];
    if (entry === undefined || !namesakes.includes(entry) || !isRevealable(entry, namesakes)) throw noSuchEntry(index);
    if (this.#kept.has(alias) || this.#added.has(alias)) throw aliasTaken(alias, 'another entry');
    this.#renamed.set(entry, alias);
    namesakes.splice(namesakes.indexOf(entry), 1);
    if (namesakes.length === 0) this.#kept.delete(entry.alias);
    this.#kept.set(alias, [entry]);
  }

  remove(wanted: string): void {
    const isExact = this.#kept.has(wanted) || this.#added.has(wanted);
    const alias = isExact ? wanted : matchAlias(wanted, [...this.#kept.keys(), ...this.#added.keys()]);
    const entries = this.#kept.get(alias) ?? [];
    if (entries.some(({ tag }) => tag !== ENTRY_TAG.trustedCertificate)) {
      throw new TrustError(
        'keystore/refuses-entry',
        `the entry ${quoteAlias(alias)} holds a key, which is never removed`,
        {
          hint: 'only trusted certificates are removed; use keytool -delete if the key is really of no use',
        },
      );
    }
    for (const entry of entries) this.#removed.add(entry);
    this.#kept.delete(alias);
    this.#added.delete(alias);
  }

  /** What stands between header and digest: ranges of the original as large as possible, and the new entries. */
  parts(): Uint8Array[] {
    const parts: Uint8Array[] = [];
    let start = HEADER_LENGTH;
    for (const entry of this.#layout.entries) {
      const alias = this.#renamed.get(entry);
      if (!this.#removed.has(entry) && alias === undefined) continue;
      parts.push(this.#bytes.subarray(start, entry.start));
      if (!this.#removed.has(entry) && alias !== undefined) parts.push(encodeRenamed(this.#bytes, entry, alias));
      start = entry.end;
    }
    parts.push(this.#bytes.subarray(start, this.#layout.digestStart));
    for (const { alias, created, certificate } of this.#added.values()) {
      const entry = { kind: 'trusted-certificate', alias, created, certificate: certificate.der } as const;
      parts.push(encodeEntry(this.#format, this.#layout.version, entry));
    }
    return parts;
  }

  /** The certificate that Java finds under an alias; null for a key, undefined for nothing. */
  #trustedDer(alias: string): Uint8Array | null | undefined {
    const added = this.#added.get(alias);
    if (added !== undefined) return added.certificate.der;
    const entry = this.#kept.get(alias)?.at(-1);
    if (entry === undefined) return undefined;
    const [certificate] = entry.tag === ENTRY_TAG.trustedCertificate ? entry.certificates : [];
    return certificate === undefined ? null : this.#bytes.subarray(certificate.start, certificate.end);
  }
}

/** Whether Java passes over an entry because of its alias: it is in upper case, or a later entry has it too. */
function isRevealable(entry: EntryRange, namesakes: readonly EntryRange[]): boolean {
  if (namesakes.at(-1) !== entry) return entry.tag === ENTRY_TAG.trustedCertificate;
  return entry.alias !== foldAlias(entry.alias);
}
