/**
 * Editing JKS and JCEKS on their raw bytes: what is not edited is copied as it stands, only the count and the digest are
 * made anew.
 *
 * @module
 */
import { concatBytes, equalBytes } from '../encoding/byte-writer.js';
import { TrustError } from '../errors.js';
import { aliasTaken, findAlias, foldAlias, noSuchEntry, quoteAlias } from './alias.js';
import { type JavaEntryIndex, placesByAlias } from './java-entries.js';
import {
  aliasAt,
  computeDigest,
  countEntries,
  digestMismatch,
  ENTRY_TAG,
  entryAt,
  HEADER_LENGTH,
  type JavaKeystoreFormat,
  type JavaLayout,
  readLayout,
  tagAt,
  trustedCertificateStart,
  verifyDigest,
} from './java-keystore.js';
import { encodeEntry, encodeHeader, encodeRenamed } from './java-keystore-encoding.js';
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
  const { layout, password: known } = openJavaKeystore(bytes, { format, password, verified });
  const draft = new Draft(layout, edits, format);
  for (const edit of edits) {
    if (edit.action === 'add') draft.add(edit);
    else if (edit.action === 'reveal') draft.reveal(edit);
    else draft.remove(edit.alias);
  }
  if (!draft.isChanged) return bytes;
  const parts = [encodeHeader(format, layout.version, draft.count), ...draft.parts()];
  return concatBytes([...parts, computeDigest(parts, known)]);
}

/** How a keystore is opened. */
interface OpenOptions {
  readonly format: JavaKeystoreFormat;
  readonly password: string | null;
  /** The entries of the keystore, where they are known and its digest fits this password. */
  readonly verified?: JavaEntryIndex | undefined;
}

/**
 * Takes a keystore apart that is to be written again.
 *
 * @throws {TrustError} as `readLayout`; `keystore/cannot-preserve`, `keystore/password-missing`, `keystore/wrong-password`
 */
export function openJavaKeystore(
  bytes: Uint8Array,
  { format, password, verified }: OpenOptions,
): { readonly layout: JavaLayout; readonly password: string } {
  const known = verified?.layout.bytes === bytes;
  const layout = known ? verified.layout : readLayout(bytes, format);
  requireWhole(layout);
  if (password === null) {
    throw new TrustError('keystore/password-missing', 'editing needs the password of the keystore', {
      hint: 'the digest at its end is made with the password',
    });
  }
  if (!known && !verifyDigest(layout, password)) throw digestMismatch(format);
  return { layout, password };
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

/** A keystore while it is edited: which entries go, which get another alias, and which come. */
class Draft {
  readonly #layout: JavaLayout;
  /** Where the file has the aliases that the edits are about. */
  readonly #places: ReadonlyMap<string, readonly number[]>;
  readonly #format: JavaKeystoreFormat;
  readonly #removed = new Set<number>();
  /** The aliases that entries get, by the places of the entries, and the other way round. */
  readonly #renamed = new Map<number, string>();
  readonly #renamedTo = new Map<string, number>();
  readonly #added = new Map<string, Addition>();

  constructor(layout: JavaLayout, edits: readonly KeystoreEdit[], format: JavaKeystoreFormat) {
    this.#layout = layout;
    this.#format = format;
    const named = edits.map((edit) => (edit.action === 'remove' ? edit.alias : foldAlias(edit.alias)));
    const revealed = edits.flatMap((edit) => (edit.action === 'reveal' ? this.#aliasAt(edit.index) : []));
    this.#places = placesByAlias(layout, [...named, ...revealed]);
  }

  get isChanged(): boolean {
    return this.#removed.size + this.#added.size + this.#renamed.size > 0;
  }

  get count(): number {
    return countEntries(this.#layout) - this.#removed.size + this.#added.size;
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
    if (!this.#isRevealable(index)) throw noSuchEntry(index);
    if (this.#placesOf(alias).length > 0 || this.#added.has(alias)) throw aliasTaken(alias, 'another entry');
    this.#renamed.set(index, alias);
    this.#renamedTo.set(alias, index);
  }

  remove(wanted: string): void {
    const isThere = (one: string) => this.#placesOf(one).length > 0 || this.#added.has(one);
    const alias = findAlias(wanted, isThere, () => this.#allAliases());
    const places = this.#placesOf(alias);
    if (places.some((place) => tagAt(this.#layout, place) !== ENTRY_TAG.trustedCertificate)) {
      throw new TrustError(
        'keystore/refuses-entry',
        `the entry ${quoteAlias(alias)} holds a key, which is never removed`,
        {
          hint: 'only trusted certificates are removed; use keytool -delete if the key is really of no use',
        },
      );
    }
    for (const place of places) {
      this.#removed.add(place);
      this.#renamed.delete(place);
    }
    this.#renamedTo.delete(alias);
    this.#added.delete(alias);
  }

  /** What stands between header and digest: ranges of the original as large as possible, and the new entries. */
  parts(): Uint8Array[] {
    const { bytes, version, digestStart } = this.#layout;
    const parts: Uint8Array[] = [];
    let copied = HEADER_LENGTH;
    for (const place of [...this.#removed, ...this.#renamed.keys()].sort((a, b) => a - b)) {
      const entry = entryAt(this.#layout, place);
      const alias = this.#renamed.get(place);
      parts.push(bytes.subarray(copied, entry.start));
      if (alias !== undefined) parts.push(encodeRenamed(bytes, entry, alias));
      copied = entry.end;
    }
    parts.push(bytes.subarray(copied, digestStart));
    for (const { alias, created, certificate } of this.#added.values()) {
      const entry = { kind: 'trusted-certificate', alias, created, certificate: certificate.der } as const;
      parts.push(encodeEntry(this.#format, version, entry));
    }
    return parts;
  }

  /** The places of the entries that have an alias by now, in the order of the file. */
  #placesOf(alias: string): readonly number[] {
    const places = this.#places.get(alias) ?? placesByAlias(this.#layout, [alias]).get(alias) ?? [];
    const kept = places.filter((place) => !this.#removed.has(place) && !this.#renamed.has(place));
    const renamed = this.#renamedTo.get(alias);
    return renamed === undefined ? kept : [...kept, renamed];
  }

  /** Every alias that an entry has by now. */
  *#allAliases(): Generator<string> {
    for (let place = 0; place < countEntries(this.#layout); place++) {
      if (!this.#removed.has(place) && !this.#renamed.has(place)) yield aliasAt(this.#layout, place);
    }
    yield* this.#renamedTo.keys();
    yield* this.#added.keys();
  }

  /** The alias that the file has at a place; none where there is no entry. */
  #aliasAt(place: number): readonly string[] {
    const isPlace = Number.isInteger(place) && place >= 0 && place < countEntries(this.#layout);
    return isPlace ? [aliasAt(this.#layout, place)] : [];
  }

  /** The certificate of a trusted entry, null for an entry with a key, undefined for none. */
  #trustedDer(alias: string): Uint8Array | null | undefined {
    const added = this.#added.get(alias);
    if (added !== undefined) return added.certificate.der;
    const place = this.#placesOf(alias).at(-1);
    if (place === undefined) return undefined;
    const start = trustedCertificateStart(this.#layout, place);
    return start === null ? null : this.#layout.bytes.subarray(start, this.#layout.starts[place + 1]);
  }

  /** Whether Java passes over an entry because of its alias: it is in upper case, or a later entry has it too. */
  #isRevealable(place: number): boolean {
    const [alias] = this.#aliasAt(place);
    if (alias === undefined) return false;
    const namesakes = this.#placesOf(alias);
    if (!namesakes.includes(place)) return false;
    return namesakes.at(-1) === place
      ? alias !== foldAlias(alias)
      : tagAt(this.#layout, place) === ENTRY_TAG.trustedCertificate;
  }
}
