/**
 * The bags of a PKCS#12 file as Java's keystore makes entries of them (sun.security.pkcs12.PKCS12KeyStore): which it
 * sees, under which alias, and why it passes over the others.
 *
 * @module
 */
import { fingerprint } from '../x509/fingerprint.js';
import type { Source } from '../x509/source.js';
import { aliasForStored, foldAlias } from './alias.js';
import { keystoreEntry, type StoredCertificate } from './entry.js';
import type { EntryKind, KeystoreEntry } from './keystore.js';
import { type CertificateBag, ChainBuilder } from './pkcs12-chain.js';
import type { SafeBag } from './pkcs12-pfx.js';

/** An entry, and the bag that makes it one. */
export interface PlacedEntry {
  readonly entry: KeystoreEntry;
  /** May stand inside of another. */
  readonly bag: SafeBag;
}

/** An entry in the making. */
interface Draft {
  readonly bag: SafeBag;
  /** Null for what neither the file nor Java names. */
  readonly alias: string | null;
  kind: EntryKind;
  readonly created: Date | null;
  certificates: readonly StoredCertificate[];
  readonly notes: string[];
  revealsAs: KeystoreEntry['revealsAs'];
}

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
  const reading = new Reading();
  for (const bags of safes) {
    for (const [position, bag] of bags.entries()) reading.take(bag, position);
  }
  return reading.drafts().map((draft, index) => {
    const { bag, kind, created, certificates, notes, revealsAs } = draft;
    const alias = draft.alias ?? nameOf(certificates[0], index + 1);
    return { bag, entry: keystoreEntry({ alias, kind, created, certificates, source, notes, revealsAs }) };
  });
}

/** A walk over the bags, with what Java keeps in mind during it. */
class Reading {
  readonly #drafts: Draft[] = [];
  readonly #visible = new Map<string, Draft>();
  readonly #certificates: (CertificateBag & { readonly draft: Draft })[] = [];
  readonly #keys: KeyBag[] = [];
  #keyCount = 0;
  #inventedNames = 0;

  /** @param position - of the bag in its safe */
  take(bag: SafeBag, position: number): void {
    const { content, error, localKeyId } = bag;
    if (error !== null) this.#hide(bag, 'Java may refuse the whole keystore because of it');
    else if (content?.type === 'certificate') this.#takeCertificate(bag, content.stored, position);
    else if (content?.type === 'shrouded-key') this.#takeKey(bag);
    else if (content?.type === 'secret') this.#show(bag, 'secret-key', dateIn(localKeyId));
    else if (content?.type === 'nested') this.#takeNested(content.bags);
    else this.#hide(bag, `Java does not see ${describeContent(content)}; keytool drops them on save`);
  }

  /** The entries, when all bags are taken. */
  drafts(): readonly Draft[] {
    if (this.#keys.length === 0) return this.#drafts;
    const builder = new ChainBuilder(this.#certificates);
    const stored = new Set<StoredCertificate>();
    for (const { localKeyId, alias, draft } of this.#keys) {
      draft.certificates = builder.chainOf(localKeyId, alias);
      // Many keys may have one chain, of which each certificate is hashed once.
      for (const certificate of draft.certificates) stored.add(certificate);
    }
    const inChains = new Set([...stored].map(({ der }) => fingerprint('sha256', der)));
    const chained = this.#certificates.filter(
      ({ trusted, stored }) => !trusted && inChains.has(fingerprint('sha256', stored.der)),
    );
    const dropped = new Set(chained.map(({ draft }) => draft));
    return this.#drafts.filter((draft) => !dropped.has(draft));
  }

  #takeCertificate(bag: SafeBag, stored: StoredCertificate, position: number): void {
    const { friendlyName, localKeyId, trusted } = bag;
    const belongsToFirstKey = this.#keyCount === 1 && position === 0;
    const draft = trusted
      ? this.#show(bag, 'trusted-certificate', null, [stored]).draft
      : this.#push(bag, [stored], [ORPHAN], 'trusted-certificate');
    this.#certificates.push({
      stored,
      localKeyId: localKeyId ?? (belongsToFirstKey ? ASSUMED_KEY_ID : null),
      friendlyName,
      trusted,
      draft,
    });
  }

  #takeKey(bag: SafeBag): void {
    this.#keyCount++;
    const localKeyId = bag.localKeyId ?? (this.#keyCount === 1 ? ASSUMED_KEY_ID : null);
    if (localKeyId === null) {
      this.#hide(bag, 'the key has no localKeyID attribute, without which Java sees only the first key of a file');
      return;
    }
    const { alias, draft } = this.#show(bag, 'private-key', dateIn(bag.localKeyId));
    this.#keys.push({ alias, localKeyId, draft });
  }

  #takeNested(bags: readonly SafeBag[]): void {
    for (const bag of bags) {
      if (bag.content?.type === 'nested') this.#takeNested(bag.content.bags);
      else this.#hide(bag, 'Java does not see bags inside of bags; keytool drops them on save');
    }
  }

  /** An entry that Java sees, unless a later one takes its alias. */
  #show(
    bag: SafeBag,
    kind: EntryKind,
    created: Date | null,
    certificates: readonly StoredCertificate[] = [],
  ): { readonly alias: string; readonly draft: Draft } {
    const alias = bag.friendlyName ?? `${++this.#inventedNames}`;
    const draft: Draft = { bag, alias, kind, created, certificates, notes: [], revealsAs: undefined };
    this.#drafts.push(draft);
    const folded = foldAlias(alias);
    const earlier = this.#visible.get(folded);
    if (earlier !== undefined) {
      if (earlier.kind === 'trusted-certificate') earlier.revealsAs = earlier.kind;
      earlier.kind = 'invisible';
      earlier.notes.push('a later entry has the same alias, letter case aside, and Java keeps only that one');
    }
    this.#visible.set(folded, draft);
    return { alias, draft };
  }

  #hide(bag: SafeBag, note: string): void {
    const { content, error } = bag;
    const certificates = content?.type === 'certificate' ? [content.stored] : [];
    const notes = [...(error === null ? [] : [`the bag cannot be read: ${error.message}`]), note];
    this.#push(bag, certificates, notes);
  }

  /** An entry that Java does not see. */
  #push(
    bag: SafeBag,
    certificates: readonly StoredCertificate[],
    notes: string[],
    revealsAs?: KeystoreEntry['revealsAs'],
  ): Draft {
    const draft: Draft = {
      bag,
      alias: bag.friendlyName,
      kind: 'invisible',
      created: null,
      certificates,
      notes,
      revealsAs,
    };
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
