/**
 * Adding a certificate under an alias that the user chose: what the alias may be, whether it is free, and what is said
 * where the certificate is in the keystore under another one.
 *
 * @module
 */
import type { Finding } from '../check/finding.js';
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import { hasAlias } from '../rotation/store-plan.js';
import { foldAlias, quoteAlias } from '../store/alias.js';
import { anchorsBySha256, type Entries } from '../store/entry-index.js';
import type { Keystore, KeystoreEntry } from '../store/keystore.js';
import type { Certificate } from '../x509/certificate.js';
import { sourceOf } from '../x509/source.js';
import type { OpenStore } from './keystore-file.js';
import { type TextOption, textOption } from './options.js';

/** The alias that a user may choose. */
export const aliasOption: TextOption = textOption(
  'alias',
  'The alias of the one certificate; otherwise aliases are generated',
);

/**
 * Refuses what no keystore has as an alias.
 *
 * @throws {TrustError} `usage/bad-value` for one that is empty or not printable
 */
export function requireAlias(alias: string): void {
  if (alias !== '' && alias === toPrintable(alias)) return;
  throw new TrustError('usage/bad-value', `--alias ${quoteAlias(alias)} is empty or not printable`);
}

/**
 * The alias as every type of keystore holds it: Java finds no others than those in lower case.
 *
 * @throws {TrustError} as `requireAlias`; `usage/conflict` for a PEM bundle
 */
export function checkAlias(alias: string, { type }: Pick<Keystore, 'type'>): string {
  if (type === 'pem') {
    throw new TrustError('usage/conflict', 'a PEM bundle has no place for an alias', { hint: 'leave --alias out' });
  }
  requireAlias(alias);
  return foldAlias(alias);
}

/**
 * Refuses several certificates where an alias is chosen.
 *
 * @param alias - or null for none
 * @throws {TrustError} `usage/too-many-certificates`
 */
export function checkCount(certificates: readonly Certificate[], alias: string | null): void {
  if (alias === null || certificates.length <= 1) return;
  throw new TrustError(
    'usage/too-many-certificates',
    `--alias names one certificate, and the input has ${certificates.length}`,
    { hint: 'leave --alias out: every certificate gets an alias made of its name and its SHA-256' },
  );
}

/**
 * Refuses an alias that an entry has.
 *
 * @throws {TrustError} `keystore/alias-taken`, which says what holds it
 */
export function requireFreeAlias(alias: string, { name, keystore }: OpenStore): void {
  const holder = keystore.entries.find(hasAlias(alias));
  if (holder === undefined) return;
  const { kind, certificates } = holder;
  const [certificate] = certificates;
  const content =
    kind === 'trusted-certificate' && certificate !== undefined
      ? `another certificate: ${certificate.displaySubject}, SHA-256 ${certificate.sha256}`
      : kind === 'invisible'
        ? 'an entry that Java does not see'
        : 'a key';
  throw new TrustError('keystore/alias-taken', `the alias ${quoteAlias(holder.alias)} holds ${content}`, {
    at: { source: name, entry: holder.alias },
    hint: 'choose another alias or none; anchorctl keystore replace puts a certificate in the place of another',
  });
}

/**
 * The entries that hold some certificates: of each the one under the chosen alias, where there are several.
 *
 * @param present - trust anchors of the keystore
 */
export function entriesOf(
  present: readonly Certificate[],
  keystore: Entries,
  alias: string | null,
): readonly KeystoreEntry[] {
  const anchors = anchorsBySha256(keystore, present);
  return present.map(({ sha256 }) => {
    const holders = anchors.get(sha256) ?? [];
    return (alias === null ? undefined : holders.find(hasAlias(alias))) ?? (holders[0] as KeystoreEntry);
  });
}

/**
 * What is said of certificates that are there under another alias than the chosen one.
 *
 * @param present - the entries that hold them
 */
export function noteOtherAlias(
  present: readonly KeystoreEntry[],
  alias: string,
  { name }: OpenStore,
): readonly Finding[] {
  return present
    .filter((entry) => !hasAlias(alias)(entry))
    .map((entry) => ({
      code: 'keystore/other-alias',
      severity: 'warning',
      message: `the certificate is there already under the alias ${quoteAlias(entry.alias)}; it was not added again as ${quoteAlias(alias)}`,
      hint: 'nothing is to do; for the other alias, remove it first',
      source: sourceOf(name, { alias: entry.alias }),
      sha256: entry.fingerprints[0] ?? '',
    }));
}
