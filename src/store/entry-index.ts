/**
 * Questions about the entries of a keystore as a whole, of whatever format: which certificates are there, which aliases
 * are taken.
 *
 * @module
 */
import { hasBytesAt } from '../encoding/byte-search.js';
import { groupBy } from '../encoding/group-by.js';
import type { Certificate } from '../x509/certificate.js';
import { fingerprint } from '../x509/fingerprint.js';
import type { EntryIndex, Keystore, KeystoreEntry } from './keystore.js';

/** What can be asked about: a keystore, or some of its entries. */
export type Entries = Pick<Keystore, 'entries' | 'index'>;

/** The index of a keystore: its own, or one of the entries that it has. */
export function indexOf(keystore: Entries): EntryIndex {
  // Where there is an index, asking for the entries would make them.
  return keystore.index ?? new ListedEntries(keystore.entries);
}

/** An index of entries. */
class ListedEntries implements EntryIndex {
  readonly entries: readonly KeystoreEntry[];

  constructor(entries: readonly KeystoreEntry[]) {
    this.entries = entries;
  }

  get length(): number {
    return this.entries.length;
  }

  entryAt(place: number): KeystoreEntry {
    return this.entries[place] as KeystoreEntry;
  }

  aliasesWithHex(): readonly string[] {
    return this.entries.map(({ alias }) => alias);
  }

  findAnchors(wanted: readonly Certificate[]): ReturnType<EntryIndex['findAnchors']> {
    const lookup = new CertificateLookup(wanted);
    return this.entries.flatMap((entry) => {
      const der = entry.kind === 'trusted-certificate' ? entry.encodings[0] : undefined;
      const certificate = der === undefined ? undefined : lookup.find(der, 0, der.length);
      return certificate === undefined ? [] : [{ entry, certificate }];
    });
  }
}

/** Of so many certificates of one length each is compared; of more, a digest tells which it may be. */
const FEW = 8;

/** Certificates that are looked for among many: by their length first, which tells nearly all apart. */
export class CertificateLookup {
  /** Those of the DER, in bytes. */
  readonly lengths: ReadonlySet<number>;
  readonly #byLength: ReadonlyMap<number, readonly Certificate[]>;
  /** Where there are many of one length. */
  readonly #bySha256: ReadonlyMap<string, Certificate>;

  constructor(wanted: readonly Certificate[]) {
    this.#byLength = groupBy(wanted, ({ der }) => der.length);
    this.lengths = new Set(this.#byLength.keys());
    const many = [...this.#byLength.values()].filter(({ length }) => length > FEW).flat();
    this.#bySha256 = new Map(many.map((certificate) => [certificate.sha256, certificate]));
  }

  /** The one whose DER stands in some bytes from `start` to `end`. */
  find(bytes: Uint8Array, start: number, end: number): Certificate | undefined {
    const alike = this.#byLength.get(end - start) ?? [];
    if (alike.length > FEW) return this.#bySha256.get(fingerprint('sha256', bytes.subarray(start, end)));
    return alike.find(({ der }) => hasBytesAt(bytes, start, der));
  }
}

/**
 * The trust anchors of a keystore that are one of some certificates, in one pass: by SHA-256, each with the entries that
 * hold it.
 *
 * @param wanted - the certificates that are looked for
 */
export function anchorsBySha256(
  keystore: Entries,
  wanted: readonly Certificate[],
): ReadonlyMap<string, readonly KeystoreEntry[]> {
  const found = groupBy(indexOf(keystore).findAnchors(wanted), ({ certificate }) => certificate.sha256);
  return new Map([...found].map(([sha256, anchors]) => [sha256, anchors.map(({ entry }) => entry)]));
}
