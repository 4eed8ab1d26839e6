/**
 * What goes with a keystore in whose place a new one comes. `--force` says that the file may be replaced; for what only
 * that file holds a yes is needed, as wherever something is taken away.
 *
 * @module
 */
import type { Finding } from '../check/finding.js';
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError } from '../errors.js';
import type { PlannedEntry } from '../rotation/store-plan.js';
import { foldAlias, quoteAlias } from '../store/alias.js';
import { decodeKeystore, detectKeystore } from '../store/codecs.js';
import { diffEntries } from '../store/diff.js';
import type { Keystore, KeystoreEntry } from '../store/keystore.js';
import { readPortableKey } from '../store/portable-key.js';
import { recoverKeys } from '../store/recover-keys.js';
import { unreadParts } from '../store/unread.js';
import { sourceOf } from '../x509/source.js';
import type { NewStorePlace } from './new-store.js';

/** What a new keystore takes the place of. */
export interface ReplacedStore {
  /** The entries that the new keystore has not, in the order of the old one. */
  readonly removed: readonly PlannedEntry[];
  readonly findings: readonly Finding[];
  /** What a yes is needed to; null where nothing goes that is known, or may be there. */
  readonly question: string | null;
}

/**
 * Compares the file that is there with what is to stand in its place, as `keystore diff` does; of keys without a certificate the keys,
 * too. A file that is no keystore has nothing that could be named.
 *
 * @param after - the new keystore
 * @param passwords - what may open either; the old one, and then the new one, is read with the first that does
 */
export function compareReplaced(
  { name, before }: NewStorePlace,
  after: Uint8Array,
  passwords: readonly (string | null)[],
): ReplacedStore {
  if (before === null || detectKeystore(before) === null) return { removed: [], findings: [], question: null };
  const [old, made] = [openWithAny(before, passwords), openWithAny(after, passwords)];
  const isWhole = old !== null && unreadParts(old.keystore).length === 0 && !hasOtherBlock(old.keystore);
  const removed = findRemoved(old, made).map(({ alias, certificates: [certificate], fingerprints: [sha256 = ''] }) => ({
    alias,
    sha256,
    subject: certificate?.subject ?? '',
  }));
  const findings = isWhole ? [] : [unreadReplaced(name)];
  if (removed.length === 0 && isWhole) return { removed, findings, question: null };
  const parts = [
    ...removed.map(({ alias, subject }) => quoteAlias(alias) + (subject === '' ? '' : ` (${subject})`)),
    ...(isWhole ? [] : ['what cannot be read there']),
  ];
  return { removed, findings, question: `This takes out of ${toPrintable(name)}: ${parts.join(', ')}.` };
}

/** A keystore that a password opened. */
interface OpenedStore {
  readonly bytes: Uint8Array;
  readonly password: string | null;
  readonly keystore: Keystore;
}

/** The entries of the old keystore that the new one has not, in their order. */
function findRemoved(old: OpenedStore | null, made: OpenedStore | null): readonly KeystoreEntry[] {
  const entries = old?.keystore.entries ?? [];
  const { onlyInFirst } = diffEntries(entries, made?.keystore.entries ?? []);
  const bare = entries.filter(isBareKey);
  if (old === null || made === null || bare.length === 0) return onlyInFirst;
  const [before, after] = [bareKeysOf(old), bareKeysOf(made)];
  const isKept = ({ alias }: KeystoreEntry): boolean => {
    const key = before.get(foldAlias(alias));
    return key !== undefined && key === after.get(foldAlias(alias));
  };
  const removed = new Set([...onlyInFirst, ...bare.filter((entry) => !isKept(entry))]);
  return entries.filter((entry) => removed.has(entry));
}

/** Whether nothing but its name tells a key from others: another one may have that, too. */
function isBareKey({ kind, fingerprints }: KeystoreEntry): boolean {
  return (kind === 'private-key' || kind === 'secret-key') && fingerprints.length === 0;
}

/** Such keys by their folded aliases, each as a text that is the same for the same key; none where one cannot be recovered. */
function bareKeysOf({ bytes, password, keystore: { type, entries } }: OpenedStore): ReadonlyMap<string, string> {
  const entryAt = (index: number) => entries[index] as KeystoreEntry;
  try {
    const keys = recoverKeys(bytes, { password, keyPassword: null }, (index) => isBareKey(entryAt(index)));
    return new Map(
      [...keys].map(([index, { plain }]) => {
        const entry = entryAt(index);
        return [foldAlias(entry.alias), readPortableKey(plain, entry, type).text];
      }),
    );
  } catch (error) {
    expectTrustError(error);
    return new Map();
  }
}

/** Whether a PEM bundle has a block that is no certificate, and may be a key. */
function hasOtherBlock({ notes }: Keystore): boolean {
  return notes.some(({ code }) => code === 'keystore/other-block');
}

function openWithAny(bytes: Uint8Array, passwords: readonly (string | null)[]): OpenedStore | null {
  for (const password of passwords) {
    try {
      return { bytes, password, keystore: decodeKeystore(bytes, { password }) };
    } catch (error) {
      expectTrustError(error);
    }
  }
  return null;
}

function unreadReplaced(name: string): Finding {
  return {
    code: 'keystore/replaced-unread',
    severity: 'warning',
    message:
      'the keystore that is replaced cannot be read whole, with the passwords of this call: it may hold keys that are not named',
    hint: 'keep the backup until it is known that nothing in it is missed',
    source: sourceOf(name),
  };
}
