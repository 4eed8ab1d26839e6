/**
 * Entries picked out of a keystore: by the words of a user (only certificates can be named for a change, a key never is),
 * by date, by kind.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import { matchAlias, quoteAlias } from './alias.js';
import type { KeystoreEntry } from './keystore.js';

/**
 * The entries with an alias: exactly this one, else the only one that differs in letter case alone. More than one only
 * where the file repeats an alias.
 *
 * @throws {TrustError} `keystore/alias-not-found`, `keystore/alias-ambiguous`; `keystore/refuses-entry` for a key
 */
export function entriesByAlias(entries: readonly KeystoreEntry[], wanted: string): readonly KeystoreEntry[] {
  const alias = matchAlias(
    wanted,
    entries.map((entry) => entry.alias),
  );
  return entries.filter((entry) => entry.alias === alias).map(refuseKey);
}

/**
 * The entries that are the certificate with a SHA-256, whether Java sees them or not.
 *
 * @throws {TrustError} `keystore/certificate-not-found`; `keystore/refuses-entry` where only a key has the certificate
 */
export function entriesBySha256(entries: readonly KeystoreEntry[], sha256: string): readonly KeystoreEntry[] {
  const holders = entries.filter(({ fingerprints }) => fingerprints.includes(sha256));
  const found = holders.filter(({ fingerprints, kind }) => fingerprints.length === 1 && !isKey(kind));
  if (found.length > 0) return found;
  const [key] = holders;
  if (key !== undefined) {
    throw new TrustError('keystore/refuses-entry', `the certificate belongs to the key ${quoteAlias(key.alias)}`, {
      at: { entry: key.alias },
      hint: 'only trusted certificates can be named; keys and their chains are never changed',
    });
  }
  throw new TrustError('keystore/certificate-not-found', `no entry has the SHA-256 ${sha256}`, {
    hint: 'list the keystore to see its fingerprints',
  });
}

/** The certificates that Java trusts because of a keystore. */
export function trustedCertificates(entries: readonly KeystoreEntry[]): readonly Certificate[] {
  return entries.filter(({ kind }) => kind === 'trusted-certificate').flatMap(({ certificates }) => certificates);
}

/** The trusted certificates that are no longer valid at an instant. */
export function expiredEntries(entries: readonly KeystoreEntry[], at: Date): readonly KeystoreEntry[] {
  return entries.filter(
    ({ kind, certificates }) => kind === 'trusted-certificate' && certificates.some(({ notAfter }) => notAfter < at),
  );
}

function refuseKey(entry: KeystoreEntry): KeystoreEntry {
  if (!isKey(entry.kind)) return entry;
  throw new TrustError(
    'keystore/refuses-entry',
    `${quoteAlias(entry.alias)} is a ${entry.kind} entry, expected a trusted certificate`,
    { at: { entry: entry.alias }, hint: 'keys are never removed or replaced; name a trusted certificate' },
  );
}

function isKey(kind: KeystoreEntry['kind']): boolean {
  return kind === 'private-key' || kind === 'secret-key';
}
