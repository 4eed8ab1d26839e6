/**
 * The catalog that a site keeps itself: found, read and put in the place of the one that is built in, for one call. What is
 * wrong with it is said, and the catalog that is built in is used: never is a part of it believed.
 *
 * @module
 */
import { builtInDate, currentCatalog, installCatalog } from '../catalog/catalog.js';
import { decodeCatalogFile, MAX_CATALOG_BYTES } from '../catalog/catalog-file.js';
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError } from '../errors.js';
import { readOwnFile } from '../io/own-file.js';
import type { CatalogInfo } from '../report/catalog.js';
import { siteCatalogPath } from './catalog-path.js';
import type { Io } from './io.js';

/** Does something with the catalog of a file, and asks the one that is built in again afterwards. */
export async function withSiteCatalog<T>(path: string, io: Io, work: () => Promise<T>): Promise<T> {
  install(path, io);
  try {
    return await work();
  } finally {
    installCatalog(null);
  }
}

function install(path: string, io: Io): void {
  try {
    const flaw = useSiteCatalog(readOwnFile(path, MAX_CATALOG_BYTES));
    if (flaw !== null) warn(path, flaw, io);
  } catch (error) {
    warn(path, expectTrustError(error).message, io);
  }
}

/**
 * Asks the catalog of a file from now on; the one that is built in where that is not to be believed.
 *
 * @returns why it is not used; null where it is
 */
export function useSiteCatalog(bytes: Uint8Array): string | null {
  installCatalog(null);
  try {
    const data = decodeCatalogFile(bytes);
    if (data.date < builtInDate())
      return `it is of ${data.date}, older than the catalog that is built in (${builtInDate()})`;
    installCatalog(data);
    return null;
  } catch (error) {
    return expectTrustError(error).message;
  }
}

function warn(path: string, message: string, io: Io): void {
  io.warn(toPrintable(`the catalog ${path} is not used: ${message}; the catalog that is built in is`));
}

/** Which catalog is asked in this call, for people to see. */
export function describeCatalog(io: Io): CatalogInfo {
  const { date, updates, roots } = currentCatalog();
  const path = updates.length === 0 ? null : siteCatalogPath(io.env);
  return {
    origin: path === null ? 'built-in' : 'updated',
    path,
    date,
    builtIn: builtInDate(),
    updates,
    roots: roots.length,
  };
}
