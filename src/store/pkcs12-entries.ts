/**
 * The bags of a PKCS#12 file as Java's keystore makes entries of them (sun.security.pkcs12.PKCS12KeyStore): which it
 * sees, under which alias, and why it passes over the others.
 *
 * @module
 */
import { fingerprint } from '../x509/fingerprint.js';
import type { Source } from '../x509/source.js';
import { aliasForStored, foldAlias } from './alias.js';
import { LazyEntry, type NamedParts, type StoredCertificate } from './entry.js';
import type { EntryKind, KeystoreEntry } from './keystore.js';
import { type CertificateBag, ChainBuilder } from './pkcs12-chain.js';
import type { SafeBag } from './pkcs12-pfx.js';

/** An entry, and the bag that makes it one. */
export interface PlacedEntry {
  readonly entry: KeystoreEntry;
  /** May stand inside of another. */
  readonly bag: SafeBag;
}

/** An entry in the making, as long as bags behind its own are read. */
interface Draft {
  readonly bag: SafeBag;
  /** Null, until all are read, for what neither the file nor Java names. */
  name: string | null;
  kind: EntryKind;
  created: Date | null;
  notes: readonly string[];
  /** The certificates of a key, once they are known. */
  chain: readonly StoredCertificate[] | null;
  revealed: KeystoreEntry['revealsAs'];
  readonly source: Source | undefined;
}

/** The entry that a draft has become. Nobody gets at the bag by it, in which a key may stand. */
class BagEntry extends LazyEntry {
  readonly #draft: Draft;

  constructor(draft: Draft) {
    super();
    this.#draft = draft;
  }

  get alias(): string {
    return this.#draft.name ?? '';
  }

  get kind(): EntryKind {
    return this.#draft.kind;
  }

  get created(): Date | null {
    return this.#draft.created;
  }

  get encodings(): readonly Uint8Array[] {
    return storedIn(this.#draft).map(({ der }) => der);
  }

  override get revealsAs(): KeystoreEntry['revealsAs'] {
    return this.#draft.revealed;
  }

  protected get parts(): NamedParts {
    const { source, notes } = this.#draft;
    return { alias: this.alias, source, notes };
  }
}

function storedIn({ bag: { content }, chain }: Draft): readonly StoredCertificate[] {
  return chain ?? (content?.type === 'certificate' ? [content.stored] : NONE);
}

/** Most entries have no notes, and need no list of their own for that. */
const NONE: readonly never[] = [];

interface KeyBag {
  readonly alias: string;
  readonly localKeyId: Uint8Array;
  readonly draft: Draft;
}

/** What Java takes for the localKeyID of the first key and the first certificate where they have none. */
const ASSUMED_KEY_ID: Uint8Array = new TextEncoder().encode('01');

const ORPHAN =
  'Java does not see the certificate: it has no trusted-usage attribute and belongs to no key; keytool drops it on save';

/**
 * Makes the entries of a file, in its order. A certificate that is part of a key's chain is no entry of its own.
 *
 * @param safes - the bags of each safe
 * @param source - where the file comes from
 */
export function pkcs12Entries(safes: readonly (readonly SafeBag[])[], source?: Source): PlacedEntry[] {
  const reading = new Reading(source);
  for (const bags of safes) for (let at = 0; at < bags.length; at++) reading.take(bags[at] as SafeBag, at);
  return reading.drafts().map((draft, index) => {
    draft.name ??= nameOf(storedIn(draft)[0], index + 1);
    return { bag: draft.bag, entry: new BagEntry(draft) };
  });
}

/** A walk over the bags, with what Java keeps in mind during it. */
class Reading {
  readonly #source: Source | undefined;
  readonly #drafts: Draft[] = [];
  readonly #visible = new Map<string, Draft>();
  /** Those that may belong to a key. */
  readonly #certificates: Draft[] = [];
  /** Those that Java takes for the certificate of the first key where they have no localKeyID. */
  readonly #assumed = new Set<Draft>();
  readonly #keys: KeyBag[] = [];
  #keyCount = 0;
  #inventedNames = 0;

  constructor(source: Source | undefined) {
    this.#source = source;
  }

  /** @param position - of the bag in its safe */
  take(bag: SafeBag, position: number): void {
    const { content, error, localKeyId } = bag;
    if (error !== null) this.#hide(bag, 'Java may refuse the whole keystore because of it');
    else if (content?.type === 'certificate') this.#takeCertificate(bag, position);
    else if (content?.type === 'shrouded-key') this.#takeKey(bag);
    else if (content?.type === 'secret') this.#show(bag, 'secret-key').created = dateIn(localKeyId);
    else if (content?.type === 'nested') this.#takeNested(content.bags);
    else this.#hide(bag, `Java does not see ${describeContent(content)}; keytool drops them on save`);
  }

  /** The entries, when all bags are taken. */
  drafts(): readonly Draft[] {
    if (this.#keys.length === 0) return this.#drafts;
    const builder = new ChainBuilder(this.#certificates.map((draft) => this.#certificateOf(draft)));
    const stored = new Set<StoredCertificate>();
    for (const { localKeyId, alias, draft } of this.#keys) {
      draft.chain = builder.chainOf(localKeyId, alias);
      // Many keys may have one chain, of which each certificate is hashed once.
      for (const certificate of draft.chain) stored.add(certificate);
    }
    const inChains = new Set([...stored].map(({ der }) => fingerprint('sha256', der)));
    const isChained = (draft: Draft) =>
      !draft.bag.trusted && storedIn(draft).some(({ der }) => inChains.has(fingerprint('sha256', der)));
    const chained = new Set(this.#certificates.filter(isChained));
    return this.#drafts.filter((draft) => !chained.has(draft));
  }

  #certificateOf(draft: Draft): CertificateBag {
    const { localKeyId, friendlyName, trusted } = draft.bag;
    return {
      stored: storedIn(draft)[0] as StoredCertificate,
      localKeyId: localKeyId ?? (this.#assumed.has(draft) ? ASSUMED_KEY_ID : null),
      friendlyName,
      trusted,
    };
  }

  #takeCertificate(bag: SafeBag, position: number): void {
    const draft = bag.trusted ? this.#show(bag, 'trusted-certificate') : this.#hide(bag, ORPHAN);
    if (!bag.trusted) draft.revealed = 'trusted-certificate';
    if (this.#keyCount === 1 && position === 0) this.#assumed.add(draft);
    this.#certificates.push(draft);
  }

  #takeKey(bag: SafeBag): void {
    this.#keyCount++;
    const localKeyId = bag.localKeyId ?? (this.#keyCount === 1 ? ASSUMED_KEY_ID : null);
    if (localKeyId === null) {
      this.#hide(bag, 'the key has no localKeyID attribute, without which Java sees only the first key of a file');
      return;
    }
    const draft = this.#show(bag, 'private-key');
    draft.created = dateIn(bag.localKeyId);
    this.#keys.push({ alias: draft.name ?? '', localKeyId, draft });
  }

  #takeNested(bags: readonly SafeBag[]): void {
    for (const bag of bags) {
      if (bag.content?.type === 'nested') this.#takeNested(bag.content.bags);
      else this.#hide(bag, 'Java does not see bags inside of bags; keytool drops them on save');
    }
  }

  /** An entry that Java sees, unless a later one takes its alias. */
  #show(bag: SafeBag, kind: EntryKind): Draft {
    const name = bag.friendlyName ?? `${++this.#inventedNames}`;
    const draft = this.#begin(bag, name, kind, NONE);
    const folded = foldAlias(name);
    const earlier = this.#visible.get(folded);
    if (earlier !== undefined) {
      if (earlier.kind === 'trusted-certificate') earlier.revealed = earlier.kind;
      earlier.kind = 'invisible';
      earlier.notes = [
        ...earlier.notes,
        'a later entry has the same alias, letter case aside, and Java keeps only that one',
      ];
    }
    this.#visible.set(folded, draft);
    return draft;
  }

  /** An entry that Java does not see. */
  #hide(bag: SafeBag, note: string): Draft {
    const { error, friendlyName } = bag;
    const notes = error === null ? [note] : [`the bag cannot be read: ${error.message}`, note];
    return this.#begin(bag, friendlyName, 'invisible', notes);
  }

  #begin(bag: SafeBag, name: string | null, kind: EntryKind, notes: readonly string[]): Draft {
    const draft = { bag, name, kind, created: null, notes, chain: null, revealed: undefined, source: this.#source };
    this.#drafts.push(draft);
    return draft;
  }
}

function describeContent(content: SafeBag['content']): string {
  if (content?.type === 'plain-key') return 'private keys that are not encrypted';
  if (content?.type === 'crl') return 'CRLs';
  return `bags of type ${content?.type === 'unknown' ? content.oid : 'unknown'}`;
}

/** Java writes the creation date of a key into its localKeyID. */
function dateIn(localKeyId: Uint8Array | null): Date | null {
  const match = /^Time ([+-]?0*\d{1,16})$/.exec(Buffer.from(localKeyId ?? []).toString('latin1'));
  const date = new Date(Number(match?.[1] ?? Number.NaN));
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A name for what has none in the file. */
function nameOf(certificate: StoredCertificate | undefined, number: number): string {
  return certificate === undefined ? `bag-${number}` : aliasForStored(certificate, new Set());
}
