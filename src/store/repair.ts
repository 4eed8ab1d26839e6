/**
 * What can be done so that Java sees what a keystore holds: which entries get what they lack, and under which alias.
 *
 * @module
 */
import { aliasForStored, foldAlias } from './alias.js';
import type { EntryKind, Keystore, KeystoreEntry } from './keystore.js';

/** An entry that Java is to see. */
export interface Revelation {
  readonly entry: KeystoreEntry;
  /** Its place in the keystore. */
  readonly index: number;
  /** The alias under which Java will see it. */
  readonly alias: string;
  readonly kind: Exclude<EntryKind, 'invisible'>;
}

/**
 * Everything that can be revealed, in the order of the file. An entry keeps its alias where no other has it, letter case
 * aside; a certificate gets one made for it else, and a key stays as it is: which of two keys a program takes is not for
 * a repair to change. A certificate that does not decode stays too, since Java might refuse the keystore because of it.
 */
export function findRevelations({ type, entries }: Pick<Keystore, 'type' | 'entries'>): readonly Revelation[] {
  const taken = new Set(
    entries.filter(({ revealsAs }) => revealsAs === undefined).map(({ alias }) => foldAlias(alias)),
  );
  const found: Revelation[] = [];
  for (const [index, entry] of entries.entries()) {
    if (entry.revealsAs === undefined) continue;
    const alias = aliasOf(entry, type, taken);
    if (alias === null) continue;
    taken.add(foldAlias(alias));
    found.push({ entry, index, alias, kind: entry.revealsAs });
  }
  return found;
}

function aliasOf(entry: KeystoreEntry, type: Keystore['type'], taken: ReadonlySet<string>): string | null {
  const { alias, certificates, fingerprints, revealsAs } = entry;
  const isFree = !taken.has(foldAlias(alias));
  if (revealsAs !== 'trusted-certificate') return isFree ? foldAlias(alias) : null;
  const [certificate] = certificates;
  if (certificate === undefined || fingerprints.length !== 1) return null;
  // PKCS#12 is read in any letter case, and what is there keeps its bytes.
  if (isFree) return type === 'pkcs12' ? alias : foldAlias(alias);
  return aliasForStored({ der: certificate.der, decoded: certificate }, taken);
}
