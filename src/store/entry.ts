/**
 * Entries whose certificates are decoded when they are asked for: editing a keystore and finding a fingerprint in it need
 * no decoding, and a listing of a large one need not hold all certificates at once.
 *
 * @module
 */
import { expectTrustError, TrustError } from '../errors.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';
import { fingerprint } from '../x509/fingerprint.js';
import { type Source, sourceOf } from '../x509/source.js';
import type { EntryKind, KeystoreEntry } from './keystore.js';

/** A certificate as a keystore holds it: its bytes, and the decoded form or why there is none, worked out anew each time. */
export interface StoredCertificate {
  readonly der: Uint8Array;
  readonly decoded: Certificate | TrustError;
}

/**
 * Wraps the bytes of a certificate; nothing is decoded yet.
 *
 * @param bytes - what its DER stands in
 * @param start - where that begins
 * @param end - where it ends
 */
export function storedCertificate(bytes: Uint8Array, start = 0, end: number = bytes.length): StoredCertificate {
  return new UndecodedCertificate(bytes, start, end);
}

/** Keeps places and no view of the bytes, which takes as much memory as all the rest of an entry. */
class UndecodedCertificate implements StoredCertificate {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  get der(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  get decoded(): Certificate | TrustError {
    return decodeOrExplain(this.der);
  }
}

/** What an entry is made of. */
export interface EntryParts {
  readonly alias: string;
  readonly kind: EntryKind;
  readonly created: Date | null;
  readonly certificates: readonly StoredCertificate[];
  /** Where the keystore comes from. */
  readonly source: Source | undefined;
  readonly notes: readonly string[];
  readonly revealsAs?: KeystoreEntry['revealsAs'] | undefined;
}

/** What an entry has besides its certificates and what a keystore is searched for. */
export type NamedParts = Pick<EntryParts, 'alias' | 'source' | 'notes'>;

/** Makes an entry. A certificate that does not decode becomes a note. */
export function keystoreEntry(parts: EntryParts): KeystoreEntry {
  return new EntryOfParts(parts);
}

/**
 * What every entry works out from what it is made of, when it is asked. A class, since a hundred thousand objects with
 * getters of their own would take several times the room.
 */
export abstract class LazyEntry implements KeystoreEntry {
  /** Null for none; what has to be decoded to be known is not decoded twice. */
  #note: string | null | undefined;
  #fingerprints: readonly string[] | undefined;

  abstract get alias(): string;
  abstract get kind(): EntryKind;
  abstract get created(): Date | null;
  abstract get encodings(): readonly Uint8Array[];

  get raw(): Uint8Array | undefined {
    return undefined;
  }

  get revealsAs(): KeystoreEntry['revealsAs'] {
    return undefined;
  }

  get certificates(): readonly Certificate[] {
    const { certificates, note } = readContents(this.parts, this.encodings);
    this.#note = note ?? null;
    return certificates;
  }

  get fingerprints(): readonly string[] {
    this.#fingerprints ??= this.encodings.map((der) => fingerprint('sha256', der));
    return this.#fingerprints;
  }

  get note(): string | undefined {
    if (this.#note === undefined) this.#note = readContents(this.parts, this.encodings).note ?? null;
    return this.#note ?? undefined;
  }

  protected abstract get parts(): NamedParts;
}

class EntryOfParts extends LazyEntry {
  protected readonly parts: EntryParts;

  constructor(parts: EntryParts) {
    super();
    this.parts = parts;
  }

  get alias(): string {
    return this.parts.alias;
  }

  get kind(): EntryKind {
    return this.parts.kind;
  }

  get created(): Date | null {
    return this.parts.created;
  }

  get encodings(): readonly Uint8Array[] {
    return this.parts.certificates.map(({ der }) => der);
  }

  override get revealsAs(): KeystoreEntry['revealsAs'] {
    return this.parts.revealsAs;
  }
}

function readContents(
  { alias, source = sourceOf('-'), notes }: NamedParts,
  encodings: readonly Uint8Array[],
): { readonly certificates: readonly Certificate[]; readonly note: string | undefined } {
  const certificates: Certificate[] = [];
  const odd: string[] = [];
  for (const der of encodings) {
    const decoded = decodeOrExplain(der, { ...source, alias });
    if (decoded instanceof TrustError) odd.push(`${decoded.message}; Java may refuse the whole keystore because of it`);
    else {
      certificates.push(decoded);
      for (const { message } of decoded.defects) odd.push(message);
    }
  }
  const hasNone = notes.length + odd.length === 0;
  return { certificates, note: hasNone ? undefined : [...notes, ...odd].join('; ') };
}

function decodeOrExplain(der: Uint8Array, source?: Source): Certificate | TrustError {
  try {
    return decodeCertificate(der, source);
  } catch (error) {
    return expectTrustError(error);
  }
}
