/**
 * Making sure that a keystore that was written under another password holds what the old one held, by opening it and its
 * keys with the new password.
 *
 * @module
 */
import { equalBytes } from '../encoding/byte-writer.js';
import { TrustError } from '../errors.js';
import { foldAlias, quoteAlias } from './alias.js';
import type { DecodeKeystoreOptions } from './codec.js';
import { decodeKeystore } from './codecs.js';
import type { KeystoreEntry, KeystoreType } from './keystore.js';
import { readPortableKey } from './portable-key.js';
import { recoverKeys } from './recover-keys.js';
import type { ReprotectedKey } from './reprotection.js';

/**
 * Makes sure that a keystore of the same type holds the same entries in the same order, and the same keys.
 *
 * @param keys - of all entries, in their order
 * @param written - the new keystore
 * @throws {TrustError} `file/verification-failed`, and as `decodeKeystore` and `recoverKeys`
 */
export function requireSameContents(
  entries: readonly KeystoreEntry[],
  keys: readonly ReprotectedKey[],
  written: Uint8Array,
  opening: DecodeKeystoreOptions,
): void {
  const found = decodeKeystore(written, opening).entries;
  const other = entries.find((entry, index) => identityOf(entry) !== identityOf(found[index]));
  if (other !== undefined || found.length !== entries.length) throw notTheSame(other?.alias);
  const recovered = [...recoverKeys(written, { ...opening, keyPassword: null }).values()];
  const lost = keys.find(({ plain }, index) => !isSame(recovered[index]?.plain, plain));
  if (lost !== undefined || recovered.length !== keys.length) throw notTheSame(lost?.alias);
}

/** An entry with its key as every type of keystore can hold it; null for none. */
export interface EntryWithKey {
  readonly entry: KeystoreEntry;
  readonly key: string | null;
}

/**
 * Makes sure that a keystore of another type holds entries under their aliases, their certificates and their keys, and
 * nothing else. In PKCS#12 the chain of a key goes on where the keystore has the issuers, as Java sees it.
 *
 * @param expected - with keys as `readPortableKey` gives them
 * @param written - the new keystore
 * @throws {TrustError} `file/verification-failed`, and as `decodeKeystore` and `recoverKeys`
 */
export function requireConverted(
  expected: readonly EntryWithKey[],
  type: KeystoreType,
  written: Uint8Array,
  opening: DecodeKeystoreOptions,
): void {
  const { entries } = decodeKeystore(written, opening);
  const keys = recoverKeys(written, { ...opening, keyPassword: null });
  const nameOf = ({ alias, fingerprints }: KeystoreEntry): string =>
    type === 'pem' ? (fingerprints[0] ?? '') : foldAlias(alias);
  const found = new Map(
    entries.map((entry, index) => {
      const plain = keys.get(index)?.plain;
      return [nameOf(entry), { entry, key: plain === undefined ? null : readPortableKey(plain, entry, type).text }];
    }),
  );
  const lost = expected.find(({ entry, key }) => {
    const other = found.get(nameOf(entry));
    const isWhole = entry.fingerprints.every((digest, index) => other?.entry.fingerprints[index] === digest);
    return other?.entry.kind !== entry.kind || other.key !== key || !isWhole;
  });
  const names = new Set(expected.map(({ entry }) => nameOf(entry)));
  if (lost !== undefined || names.size !== entries.length) throw notTheSame(lost?.entry.alias);
}

function identityOf(entry: KeystoreEntry | undefined): string {
  return JSON.stringify([entry?.alias, entry?.kind, entry?.created?.getTime() ?? null, entry?.fingerprints]);
}

function isSame(found: Uint8Array | undefined, expected: Uint8Array): boolean {
  return found !== undefined && equalBytes(found, expected);
}

function notTheSame(alias: string | undefined): TrustError {
  const what = alias === undefined ? '' : `: ${quoteAlias(alias)} is missing or another`;
  return new TrustError('file/verification-failed', `the new keystore does not hold what the old one holds${what}`);
}
