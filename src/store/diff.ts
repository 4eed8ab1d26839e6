/**
 * What distinguishes two keystores. Certificates are matched by fingerprint, never by alias: two stores that trust the
 * same are the same, whatever they call it.
 *
 * @module
 */

import { groupBy } from '../encoding/group-by.js';
import { foldAlias } from './alias.js';
import type { Keystore, KeystoreEntry } from './keystore.js';

/** What both keystores have, under aliases that are not the same. */
export interface RenamedEntry {
  /** The first entry of the first keystore. */
  readonly entry: KeystoreEntry;
  /** Every alias it has in the first keystore, and in the second. */
  readonly firstAliases: readonly string[];
  readonly secondAliases: readonly string[];
}

/** What distinguishes them. */
export interface KeystoreDifference {
  readonly onlyInFirst: readonly KeystoreEntry[];
  readonly onlyInSecond: readonly KeystoreEntry[];
  readonly renamed: readonly RenamedEntry[];
  /** How many things both have, renamed ones among them; a certificate under several aliases counts once. */
  readonly common: number;
}

/**
 * Compares two keystores. A private key in a PEM bundle, which has neither a certificate nor a name, is told from others by its
 * place among the keys alone: how many there are is a difference, and which they are is not looked at.
 */
export function diffKeystores(first: Keystore, second: Keystore): KeystoreDifference {
  const all = ({ entries, keyBlocks = [] }: Keystore) => [...entries, ...keyBlocks];
  return diffEntries(all(first), all(second));
}

/**
 * Compares the entries of two keystores.
 *
 * The same are: entries of one kind with the same certificates in the same order; where there is no certificate (secret
 * keys, keys without a chain), entries of one kind with one alias. The bytes of keys are not compared, since the same key
 * is encrypted anew whenever a keystore is saved.
 */
export function diffEntries(first: readonly KeystoreEntry[], second: readonly KeystoreEntry[]): KeystoreDifference {
  const [firstByIdentity, secondByIdentity] = [groupBy(first, identityOf), groupBy(second, identityOf)];
  const common = [...firstByIdentity].flatMap(([identity, entries]) => {
    const others = secondByIdentity.get(identity);
    return others === undefined ? [] : [{ entries, others }];
  });
  return {
    onlyInFirst: absentFrom(secondByIdentity, firstByIdentity),
    onlyInSecond: absentFrom(firstByIdentity, secondByIdentity),
    renamed: common
      .map(({ entries, others }) => ({
        entry: entries[0] as KeystoreEntry,
        firstAliases: entries.map(({ alias }) => alias),
        secondAliases: others.map(({ alias }) => alias),
      }))
      .filter(({ firstAliases, secondAliases }) => !haveSameNames(firstAliases, secondAliases)),
    common: common.length,
  };
}

function identityOf({ kind, alias, fingerprints }: KeystoreEntry): string {
  return JSON.stringify([kind, ...(fingerprints.length === 0 ? [`alias ${foldAlias(alias)}`] : fingerprints)]);
}

function absentFrom(
  other: ReadonlyMap<string, unknown>,
  groups: ReadonlyMap<string, readonly KeystoreEntry[]>,
): readonly KeystoreEntry[] {
  return [...groups].filter(([identity]) => !other.has(identity)).flatMap(([, entries]) => entries);
}

function haveSameNames(first: readonly string[], second: readonly string[]): boolean {
  const names = (aliases: readonly string[]) => JSON.stringify(aliases.map(foldAlias).sort());
  return names(first) === names(second);
}
