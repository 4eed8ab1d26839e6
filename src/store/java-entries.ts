/**
 * The entries of a JKS or JCEKS keystore as the model has them, each made from the bytes when somebody asks for it.
 *
 * @module
 */
import { equalBytes } from '../encoding/byte-writer.js';
import { encodeModifiedUtf8 } from '../encoding/modified-utf8.js';
import { toPrintable } from '../encoding/printable.js';
import type { Certificate } from '../x509/certificate.js';
import type { Source } from '../x509/source.js';
import { foldAlias, quoteAlias } from './alias.js';
import { keystoreEntry, LazyEntry, type NamedParts } from './entry.js';
import { CertificateLookup } from './entry-index.js';
import {
  aliasAt,
  type CertificateRange,
  countEntries,
  ENTRY_TAG,
  type EntryRange,
  entryAt,
  HEADER_LENGTH,
  hasUsualType,
  type JavaLayout,
  tagAt,
  trustedCertificateStart,
  type UnwalkableEntry,
} from './java-keystore.js';
import { placesOfAliasLengths, placesOfDerLengths, placesWithHex } from './java-keystore-search.js';
import type { EntryIndex, EntryKind, KeystoreEntry } from './keystore.js';

const KINDS: ReadonlyMap<number, Exclude<EntryKind, 'invisible'>> = new Map<number, Exclude<EntryKind, 'invisible'>>([
  [ENTRY_TAG.privateKey, 'private-key'],
  [ENTRY_TAG.trustedCertificate, 'trusted-certificate'],
  [ENTRY_TAG.secretKey, 'secret-key'],
]);

/** Certificate types that Java's factories know. */
const CERTIFICATE_TYPES: ReadonlySet<string> = new Set(['X.509', 'X509']);

/** The only class that the filter of current Java lets through; files of old programs may have its parent class. */
const SEALED_KEY_CLASS = 'com.sun.crypto.provider.SealedObjectForKeyProtector';

/**
 * The places of the entries that have one of some aliases, exactly: by alias, in the order of the file.
 *
 * @param wanted - the aliases; nothing is kept of any other, of which a large keystore has many
 */
export function placesByAlias(layout: JavaLayout, wanted: Iterable<string>): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>([...wanted].map((alias) => [alias, []]));
  const lengths = new Set([...places.keys()].flatMap(lengthsOf));
  for (const place of placesOfAliasLengths(layout, lengths)) places.get(aliasAt(layout, place))?.push(place);
  return places;
}

/** How many bytes an alias may take: Java writes U+0000 in two of them, and reads it in one, too. */
function lengthsOf(alias: string): readonly number[] {
  const { length } = encodeModifiedUtf8(alias);
  return Array.from({ length: alias.split('\0').length }, (_, short) => length - short);
}

/** The entries whose alias a later one has too. */
class RepeatedAliases {
  readonly #layout: JavaLayout;
  /** What the last entries have, and the same by their places. */
  readonly #aliases = new Set<string>();
  #known: string[] | undefined;
  readonly #places = new Set<number>();
  /** The entries from here on are known: of a new entry, which is the last one, nothing more has to be. */
  #from: number;

  constructor(layout: JavaLayout) {
    this.#layout = layout;
    this.#from = countEntries(layout);
  }

  /** The alias of an entry, which need not be decoded again. */
  aliasAt(place: number): string {
    return this.#known?.[place] ?? aliasAt(this.#layout, place);
  }

  has(place: number): boolean {
    this.#known ??= new Array(this.#from);
    while (this.#from > place) {
      this.#from -= 1;
      // One look into the set tells: it does not grow by what it has.
      const { size } = this.#aliases;
      const alias = aliasAt(this.#layout, this.#from);
      this.#known[this.#from] = alias;
      if (this.#aliases.add(alias).size === size) this.#places.add(this.#from);
    }
    return this.#places.has(place);
  }
}

/** The entries of a keystore that was taken apart. */
export class JavaEntryIndex implements EntryIndex {
  readonly layout: JavaLayout;
  readonly #repeated: RepeatedAliases;
  readonly #source: Source | undefined;
  #entries: readonly KeystoreEntry[] | undefined;

  constructor(layout: JavaLayout, source: Source | undefined) {
    this.layout = layout;
    this.#repeated = new RepeatedAliases(layout);
    this.#source = source;
  }

  get length(): number {
    return countEntries(this.layout) + (this.layout.unwalkable === null ? 0 : 1);
  }

  get entries(): readonly KeystoreEntry[] {
    this.#entries ??= Array.from({ length: this.length }, (_, place) => this.#makeEntry(place));
    return this.#entries;
  }

  entryAt(place: number): KeystoreEntry {
    return this.#entries?.[place] ?? this.#makeEntry(place);
  }

  aliasesWithHex(digits: number): readonly string[] {
    const aliases = placesWithHex(this.layout, digits).map((place) => aliasAt(this.layout, place));
    return this.layout.unwalkable === null ? aliases : [...aliases, this.layout.unwalkable.alias];
  }

  aliasAt(place: number): string {
    return this.#repeated.aliasAt(place);
  }

  /** Whether no later entry has the alias of the one at a place. */
  isLast(place: number): boolean {
    return !this.#repeated.has(place);
  }

  findAnchors(wanted: readonly Certificate[]): ReturnType<EntryIndex['findAnchors']> {
    const { bytes, starts } = this.layout;
    const lookup = new CertificateLookup(wanted);
    const found: { entry: KeystoreEntry; certificate: Certificate }[] = [];
    for (const place of placesOfDerLengths(this.layout, lookup.lengths)) {
      const start = trustedCertificateStart(this.layout, place);
      const certificate = start === null ? undefined : lookup.find(bytes, start, starts[place + 1] as number);
      if (certificate === undefined) continue;
      const entry = this.entryAt(place);
      if (entry.kind === 'trusted-certificate') found.push({ entry, certificate });
    }
    return found;
  }

  countSame(other: EntryIndex): number {
    if (!(other instanceof JavaEntryIndex) || other.layout.version !== this.layout.version) return 0;
    const count = countSameStarts(this.layout, other.layout);
    const { bytes, starts } = this.layout;
    const end = starts[count] as number;
    if (!equalBytes(bytes.subarray(HEADER_LENGTH, end), other.layout.bytes.subarray(HEADER_LENGTH, end))) return 0;
    // An alias that comes again hides the entry that had it.
    const others: string[] = [];
    for (let place = count; place < countEntries(other.layout); place++) others.push(aliasAt(other.layout, place));
    const again = placesByAlias(this.layout, others);
    return others.some((alias) => (again.get(alias)?.[0] ?? count) < count) ? 0 : count;
  }

  #makeEntry(place: number): KeystoreEntry {
    const { unwalkable } = this.layout;
    if (unwalkable !== null && place === countEntries(this.layout)) return unwalkableEntry(unwalkable, this.#source);
    return new JavaEntry(this, place, this.#source);
  }
}

/** How many entries, from the first on, begin and end at the same offsets. */
function countSameStarts({ starts: own }: JavaLayout, { starts: others }: JavaLayout): number {
  const length = Math.min(own.length, others.length);
  // Of two hundred thousand numbers, mostly the same, a comparison at once takes the fewest steps.
  if (equalBytes(bytesOf(own.subarray(0, length)), bytesOf(others.subarray(0, length)))) return length - 1;
  let count = 1;
  while (own[count] === others[count]) count++;
  return count - 1;
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** An entry, read from the bytes when it is asked for. */
class JavaEntry extends LazyEntry {
  readonly #index: JavaEntryIndex;
  readonly #place: number;
  readonly #source: Source | undefined;
  #kind: EntryKind | undefined;

  constructor(index: JavaEntryIndex, place: number, source: Source | undefined) {
    super();
    this.#index = index;
    this.#place = place;
    this.#source = source;
  }

  get alias(): string {
    return this.#index.aliasAt(this.#place);
  }

  get kind(): EntryKind {
    this.#kind ??= this.#isHidden ? 'invisible' : (KINDS.get(this.#tag) ?? 'invisible');
    return this.#kind;
  }

  get created(): Date | null {
    return dateOf(this.#range.created);
  }

  get encodings(): readonly Uint8Array[] {
    const { bytes, starts } = this.#index.layout;
    const start = trustedCertificateStart(this.#index.layout, this.#place);
    if (start !== null) return [bytes.subarray(start, starts[this.#place + 1])];
    return this.#range.certificates.map((certificate) => bytes.subarray(certificate.start, certificate.end));
  }

  override get raw(): Uint8Array {
    const { start, end } = this.#range;
    return this.#index.layout.bytes.subarray(start, end);
  }

  override get revealsAs(): KeystoreEntry['revealsAs'] {
    const isRevealable = this.#isHidden && (this.#isLast || this.#tag === ENTRY_TAG.trustedCertificate);
    return isRevealable ? KINDS.get(this.#tag) : undefined;
  }

  protected get parts(): NamedParts {
    const reasons = this.kind === 'invisible' ? reasonsJavaPassesOver(this.alias, this.#isLast) : [];
    return {
      alias: this.alias,
      source: this.#source,
      notes: hasUsualType(this.#index.layout, this.#place) ? reasons : [...reasons, ...oddities(this.#range)],
    };
  }

  get #tag(): number {
    return tagAt(this.#index.layout, this.#place);
  }

  get #range(): EntryRange {
    return entryAt(this.#index.layout, this.#place);
  }

  /** Whether no later entry has the same alias. */
  get #isLast(): boolean {
    return this.#index.isLast(this.#place);
  }

  get #isHidden(): boolean {
    return !this.#isLast || this.alias !== foldAlias(this.alias);
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
function unwalkableEntry({ alias, created, error }: UnwalkableEntry, source: Source | undefined): KeystoreEntry {
  return keystoreEntry({
    alias,
    kind: 'secret-key',
    created: dateOf(created),
    certificates: [],
    source,
    notes: [error.message],
  });
}

/** How far from 1970 a `Date` can be, in milliseconds (ECMA-262, time values). */
const MAX_TIME = 8_640_000_000_000_000;

/** A date, or null for an instant that no `Date` can hold. */
function dateOf(milliseconds: number): Date | null {
  return Math.abs(milliseconds) <= MAX_TIME ? new Date(milliseconds) : null;
}
