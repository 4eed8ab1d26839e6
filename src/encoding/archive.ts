/**
 * Archives by content: which kind it is, and its members.
 *
 * @module
 */
import { decodeGzip, isGzip } from './gzip.js';
import { decodeTar, isTar } from './tar.js';
import type { ArchiveContents, UnpackBudget } from './unpack.js';
import { decodeZip, isZip } from './zip.js';
import { decodeZstd, isZstd } from './zstd.js';

/** The archives that are read. */
export type ArchiveKind = 'zip' | 'tar' | 'gzip' | 'zstd';

/** Which archive bytes are, by their first bytes; null when none. Never throws. */
export function detectArchive(bytes: Uint8Array): ArchiveKind | null {
  if (isZip(bytes)) return 'zip';
  if (isGzip(bytes)) return 'gzip';
  if (isZstd(bytes)) return 'zstd';
  return isTar(bytes) ? 'tar' : null;
}

/**
 * Unpacks one level: an archive inside is a member like any other.
 *
 * @param budget - what the archives of the whole input may still unpack to; it is charged
 * @returns members and rejected parts. The errors are `archive/damaged`, `archive/encrypted`, `archive/unsupported`,
 *   `archive/unsafe-name`, each for one member or the whole, and `archive/too-large` and `archive/too-many`, after which
 *   nothing more is read
 */
export function unpackArchive(bytes: Uint8Array, kind: ArchiveKind, budget: UnpackBudget): ArchiveContents {
  switch (kind) {
    case 'zip':
      return decodeZip(bytes, budget);
    case 'tar':
      return decodeTar(bytes, budget);
    case 'gzip':
      return decodeGzip(bytes, budget);
    case 'zstd':
      return decodeZstd(bytes, budget);
  }
}
