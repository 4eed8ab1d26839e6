/**
 * Editing PKCS#12 on its raw bytes: bags and safes that are not edited are copied as they stand, and what Java makes of
 * them must stay the same.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { equalBytes } from '../encoding/byte-writer.js';
import { expectTrustError, TrustError } from '../errors.js';
import { aliasTaken, findAlias, foldAlias, noSuchEntry, quoteAlias } from './alias.js';
import type { EditKeystoreOptions } from './codec.js';
import type { KeystoreEdit, KeystoreEntry } from './keystore.js';
import { encodeTrustedBag, revealBag } from './pkcs12-bags.js';
import { type PlacedEntry, pkcs12Entries } from './pkcs12-entries.js';
import { asKeystoreError, type Opened, type OpenedSafe, openPfx, passwordMissing } from './pkcs12-open.js';
import { decodeBag, type Pfx, readPfx, type SafeBag } from './pkcs12-pfx.js';
import { certificateSafeOf, encodePfx } from './pkcs12-write.js';

type Addition = Extract<KeystoreEdit, { readonly action: 'add' }>;
type Revelation = Extract<KeystoreEdit, { readonly action: 'reveal' }>;

/**
 * Applies edits as `Codec.edit` says. New aliases are written in lower case, as Java compares them; PKCS#12 has no place
 * for the date of a trusted certificate.
 *
 * Removing an alias that the file has several times removes all of them, as in JKS. A new one may therefore be none that is
 * in the file already, even where Java does not see that entry.
 */
export function editPkcs12(
  bytes: Uint8Array,
  edits: readonly KeystoreEdit[],
  { password, random = randomBytes, derivedKeys }: EditKeystoreOptions,
): Uint8Array {
  try {
    const pfx = readPfx(bytes);
    const opened = openPfx(pfx, password, derivedKeys);
    requireEditable(pfx, opened);
    const draft = new Draft(opened.safes);
    for (const edit of edits) {
      if (edit.action === 'add') draft.add(edit);
      else if (edit.action === 'reveal') draft.reveal(edit);
      else draft.remove(edit.alias);
    }
    return draft.isChanged ? encodePfx(pfx, opened, draft.bags(), { password, random }) : bytes;
  } catch (error) {
    throw asKeystoreError(expectTrustError(error));
  }
}

/**
 * Refuses a file that cannot be written again as a whole.
 *
 * @throws {TrustError} `keystore/password-missing`, `keystore/cannot-preserve`
 */
export function requireEditable({ trailingBytes }: Pfx, { mac, verified }: Opened): void {
  if (mac !== null && verified === null) throw passwordMissing('the MAC of the keystore is made with its password');
  if (trailingBytes > 0) {
    throw new TrustError('keystore/cannot-preserve', `${trailingBytes} bytes follow the end of the keystore`, {
      hint: 'nothing was changed; find out what they are, and cut them off if they are of no use (Java passes over them)',
    });
  }
}

/** What Java sees under an alias. */
interface VisibleEntry extends Pick<PlacedEntry, 'bag'> {
  readonly entry: Pick<KeystoreEntry, 'alias' | 'kind'>;
}

/** A keystore while it is edited: which bags go, and which come. */
class Draft {
  readonly #safes: readonly OpenedSafe[];
  /** All bags but those inside of others. */
  readonly #outermost: ReadonlySet<SafeBag>;
  readonly #entries: readonly PlacedEntry[];
  /** What is left of the entries, by the alias that each has by now. */
  readonly #kept = new Map<string, PlacedEntry[]>();
  /** Those of them that Java sees, by folded alias. */
  readonly #visible = new Map<string, VisibleEntry>();
  readonly #removed = new Set<SafeBag>();
  /** Certificates by folded alias. */
  readonly #added = new Map<string, Uint8Array>();
  /** What stands in the place of bags that Java is to see. */
  readonly #revealed = new Map<SafeBag, SafeBag>();

  constructor(safes: readonly OpenedSafe[]) {
    this.#safes = safes;
    this.#outermost = new Set(safes.flatMap(({ bags }) => bags));
    this.#entries = pkcs12Entries(safes.map(({ bags }) => bags));
    for (const placed of this.#entries) {
      const { alias, kind } = placed.entry;
      this.#keep(placed, alias);
      if (kind !== 'invisible') this.#visible.set(foldAlias(alias), placed);
    }
  }

  get isChanged(): boolean {
    return this.#removed.size + this.#added.size + this.#revealed.size > 0;
  }

  add({ alias: wanted, certificate }: Addition): void {
    const alias = foldAlias(wanted);
    const present = this.#added.get(alias) ?? this.#visible.get(alias) ?? this.#kept.get(alias)?.[0];
    if (present === undefined) {
      this.#added.set(alias, certificate.der);
    } else if (!holdsTrusted(present, certificate.der)) {
      throw aliasTaken(alias, describe(present));
    }
  }

  reveal({ index, alias }: Revelation): void {
    const placed = this.#entries[index];
    const isGone = placed === undefined || this.#removed.has(placed.bag) || this.#revealed.has(placed.bag);
    if (isGone || placed.entry.revealsAs === undefined) throw noSuchEntry(index);
    const folded = foldAlias(alias);
    if (this.#visible.has(folded) || this.#added.has(folded)) throw aliasTaken(alias, 'another entry');
    const bag = decodeBag(revealBag(placed.bag, alias));
    this.#revealed.set(placed.bag, bag);
    this.#leave(placed);
    this.#keep(placed, alias);
    this.#visible.set(folded, { entry: { alias, kind: placed.entry.revealsAs }, bag });
  }

  remove(wanted: string): void {
    const isThere = (one: string) => this.#kept.has(one) || this.#added.has(one);
    const alias = findAlias(wanted, isThere, () => [...this.#kept.keys(), ...this.#added.keys()]);
    const entries = this.#kept.get(alias) ?? [];
    for (const placed of entries) this.#requireRemovable(placed);
    for (const { bag } of entries) {
      this.#removed.add(bag);
      this.#revealed.delete(bag);
    }
    const folded = foldAlias(alias);
    if (this.#visible.get(folded)?.entry.alias === alias) this.#visible.delete(folded);
    this.#kept.delete(alias);
    this.#added.delete(alias);
  }

  /**
   * The bags of each safe, and of a new one where it is needed.
   *
   * @throws {TrustError} `keystore/cannot-preserve` when Java would see other entries than before
   */
  bags(): readonly (readonly SafeBag[])[] {
    const lists = this.#safes.map(({ bags }) =>
      bags.some((bag) => this.#removed.has(bag) || this.#revealed.has(bag))
        ? bags.filter((bag) => !this.#removed.has(bag)).map((bag) => this.#revealed.get(bag) ?? bag)
        : bags,
    );
    if (this.#added.size > 0) {
      const added = [...this.#added].map(([alias, der]) => decodeBag(encodeTrustedBag(alias, der)));
      const index = certificateSafeOf(this.#safes);
      lists[index] = [...(lists[index] ?? []), ...added];
    }
    const after = new Map(pkcs12Entries(lists).map(({ bag, entry }) => [bag, entry]));
    for (const { bag, entry } of this.#entries) {
      const revealed = this.#revealed.get(bag);
      if (revealed !== undefined) requireVisible(revealed, after.get(revealed));
      else if (!this.#removed.has(bag)) requireSame(entry, after.get(bag));
    }
    return lists;
  }

  #keep(placed: PlacedEntry, alias: string): void {
    const namesakes = this.#kept.get(alias);
    if (namesakes === undefined) this.#kept.set(alias, [placed]);
    else namesakes.push(placed);
  }

  /** Takes an entry away from the alias that it has in the file. */
  #leave(placed: PlacedEntry): void {
    const { alias } = placed.entry;
    const namesakes = (this.#kept.get(alias) ?? []).filter((other) => other !== placed);
    if (namesakes.length > 0) this.#kept.set(alias, namesakes);
    else this.#kept.delete(alias);
  }

  #requireRemovable({ bag, entry }: PlacedEntry): void {
    const alias = quoteAlias(entry.alias);
    const refuse = (message: string, hint: string): never => {
      throw new TrustError('keystore/refuses-entry', message, { hint });
    };
    if (isKey(bag)) {
      refuse(
        `the entry ${alias} holds a key, which is never removed`,
        'only certificates are removed; use keytool -delete if the key is really of no use',
      );
    }
    if (bag.content?.type !== 'certificate') {
      refuse(`the entry ${alias} holds no certificate`, 'only certificates are removed');
    }
    if (!this.#outermost.has(bag)) {
      refuse(
        `the certificate ${alias} stands in a bag inside of another, which is never edited`,
        'Java does not see it; make a keystore without it with the program that made this one',
      );
    }
  }
}

/** Whether Java sees the certificate there as a trusted one, or will. */
function holdsTrusted(present: VisibleEntry | Uint8Array, der: Uint8Array): boolean {
  if (present instanceof Uint8Array) return equalBytes(present, der);
  const { content } = present.bag;
  return (
    present.entry.kind === 'trusted-certificate' &&
    content?.type === 'certificate' &&
    equalBytes(content.stored.der, der)
  );
}

function describe(present: VisibleEntry | Uint8Array): string {
  if (!(present instanceof Uint8Array)) {
    if (isKey(present.bag)) return 'a key';
    if (present.entry.kind === 'invisible') return 'an entry that Java does not see';
  }
  return 'another certificate';
}

function isKey({ content }: SafeBag): boolean {
  return content?.type === 'shrouded-key' || content?.type === 'plain-key' || content?.type === 'secret';
}

/** Makes sure that Java sees what was revealed, under the name that it was given. */
function requireVisible({ friendlyName }: SafeBag, after: KeystoreEntry | undefined): void {
  if (after?.kind === 'trusted-certificate') return;
  throw new TrustError(
    'keystore/cannot-preserve',
    `Java would still not see ${quoteAlias(friendlyName ?? '')}${after?.note === undefined ? '' : `: ${after.note}`}`,
    { hint: 'nothing was changed' },
  );
}

/**
 * Makes sure that an entry is what it was. Only a chain may grow at its end, as Java adds every issuer that it finds; a
 * certificate that came to be part of a chain by that is no entry of its own any more.
 */
function requireSame(before: KeystoreEntry, after: KeystoreEntry | undefined): void {
  if (after === undefined) return;
  const { alias, kind, fingerprints } = before;
  if (kind === 'private-key' && !fingerprints.every((digest, index) => after.fingerprints[index] === digest)) {
    const isCut = after.fingerprints.length < fingerprints.length;
    throw new TrustError(
      'keystore/cannot-preserve',
      isCut
        ? `the chain of the key ${quoteAlias(alias)} needs a certificate that is to be removed`
        : `the key ${quoteAlias(alias)} would get another chain`,
      { hint: 'nothing was changed; Java builds the chain of a key from all certificates of the keystore' },
    );
  }
  if (after.kind !== kind || (kind !== 'invisible' && after.alias !== alias)) {
    throw new TrustError(
      'keystore/cannot-preserve',
      `the entry ${quoteAlias(alias)} would become another for Java: ${after.kind} ${quoteAlias(after.alias)}`,
      {
        hint: 'nothing was changed; Java numbers entries without a name, and sees the last one of several with one name',
      },
    );
  }
}
