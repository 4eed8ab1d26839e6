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
import { quoteAlias } from '../store/alias.js';
import { decodeKeystore, detectKeystore } from '../store/codecs.js';
import { diffEntries } from '../store/diff.js';
import type { Keystore } from '../store/keystore.js';
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
 * Compares the file that is there with what is to stand in its place, as `keystore diff` does. A file that is no
 * keystore has nothing that could be named.
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
  const isWhole = old !== null && unreadParts(old).length === 0 && !hasOtherBlock(old);
  const removed = diffEntries(old?.entries ?? [], made?.entries ?? []).onlyInFirst.map(
    ({ alias, certificates: [certificate], fingerprints: [sha256 = ''] }) => ({
      alias,
      sha256,
      subject: certificate?.subject ?? '',
    }),
  );
  const findings = isWhole ? [] : [unreadReplaced(name)];
  if (removed.length === 0 && isWhole) return { removed, findings, question: null };
  const parts = [
    ...removed.map(({ alias, subject }) => quoteAlias(alias) + (subject === '' ? '' : ` (${subject})`)),
    ...(isWhole ? [] : ['what cannot be read there']),
  ];
  return { removed, findings, question: `This takes out of ${toPrintable(name)}: ${parts.join(', ')}.` };
}

/** Whether a PEM bundle has a block that is no certificate, and may be a key. */
function hasOtherBlock({ notes }: Keystore): boolean {
  return notes.some(({ code }) => code === 'keystore/other-block');
}

function openWithAny(bytes: Uint8Array, passwords: readonly (string | null)[]): Keystore | null {
  for (const password of passwords) {
    try {
      return decodeKeystore(bytes, { password });
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
