/**
 * Gzip (RFC 1952): one file, compressed; several parts in a row are one file. Checksums are node:zlib's to check.
 *
 * @module
 */
import { constants, gunzipSync } from 'node:zlib';
import type { TrustError } from '../errors.js';
import { type ArchiveContents, damaged, plainBytes, type UnpackBudget } from './unpack.js';

/** Whether bytes begin like a gzip with deflate, the only method there is. Never throws. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/**
 * Unpacks a gzip.
 *
 * @returns its file as the one member, without a name; none when it is empty. Of a gzip that is cut short, what there is
 */
export function decodeGzip(bytes: Uint8Array, budget: UnpackBudget): ArchiveContents {
  const tooMany = budget.takeMembers(1);
  if (tooMany !== null) return rejection(tooMany);
  try {
    return unpack(bytes, budget, constants.Z_FINISH);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') {
      const { members } = unpack(bytes, budget, constants.Z_SYNC_FLUSH);
      return { members, rejected: rejection(damaged('the gzip is cut short')).rejected };
    }
    if (code === 'ERR_BUFFER_TOO_LARGE') return rejection(budget.exhaust());
    if (code.startsWith('Z_')) return rejection(damaged(`the gzip does not unpack: ${message}`));
    throw error;
  }
}

function unpack(bytes: Uint8Array, budget: UnpackBudget, finishFlush: number): ArchiveContents {
  const unpacked = gunzipSync(bytes, { maxOutputLength: Math.max(1, budget.remaining), finishFlush });
  const tooLarge = budget.takeBytes(unpacked.length);
  if (tooLarge !== null) return rejection(tooLarge);
  return { members: unpacked.length === 0 ? [] : [{ name: null, bytes: plainBytes(unpacked) }], rejected: [] };
}

function rejection(error: TrustError): ArchiveContents {
  return { members: [], rejected: [{ name: null, error }] };
}
