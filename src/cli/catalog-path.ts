/**
 * Where the catalog that a site keeps itself lies. Apart from what reads it (site-catalog.ts), because every call asks
 * whether there is one, and most have none.
 *
 * @module
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../io/data-folder.js';
import type { Io } from './io.js';

/** The variable that names the file; empty, it says that there is none. */
const VARIABLE = 'ANCHORCTL_CATALOG';

/** The file, which need not be there; null where the environment says that there is none, or names no user. */
export function siteCatalogPath(env: Io['env']): string | null {
  const named = env[VARIABLE];
  if (named !== undefined) return named === '' ? null : named;
  const folder = dataFolder(env);
  return folder === null ? null : join(folder, 'catalog.json');
}

/** The file that this call is to read; null for none. One that the environment names is to be read, there or not. */
export function findSiteCatalog(env: Io['env']): string | null {
  const path = siteCatalogPath(env);
  if (path === null || env[VARIABLE] !== undefined) return path;
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined ? null : path;
  } catch {
    // Reading it says why.
    return path;
  }
}
