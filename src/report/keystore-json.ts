/**
 * The JSON shapes of keystores that documents share.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import { toRfc3339 } from '../encoding/rfc3339.js';
import type { Keystore, KeystoreEntry } from '../store/keystore.js';
import { toCertificateJson } from './certificate-json.js';

/**
 * A keystore without its entries.
 *
 * @param path - as the user named it
 */
export function toStoreJson(path: string, { type, encryption, mac, integrity }: Keystore): Record<string, unknown> {
  return { path, type, encryption, mac, integrity };
}

/**
 * An entry with its certificates.
 *
 * @param entryOf - what the catalog knows about a SHA-256, or null
 */
export function toEntryJson(
  { alias, kind, created, certificates, note }: KeystoreEntry,
  entryOf: (sha256: string) => CatalogEntry | null,
): Record<string, unknown> {
  return {
    alias,
    kind,
    created: created === null ? null : toRfc3339(created),
    certificates: certificates.map((certificate) => toCertificateJson(certificate, entryOf(certificate.sha256))),
    ...(note === undefined ? {} : { note }),
  };
}

/** The same of many, each made when it is asked for. */
export function* toEntriesJson(
  entries: readonly KeystoreEntry[],
  entryOf: (sha256: string) => CatalogEntry | null,
): Generator<Record<string, unknown>> {
  for (const entry of entries) yield toEntryJson(entry, entryOf);
}
