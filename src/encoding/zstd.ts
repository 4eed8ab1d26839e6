/**
 * Zstandard (RFC 8878), as far as Node has it: from 22.15 and 23.8 on. Checksums are node:zlib's to check.
 *
 * @module
 */
import { createRequire } from 'node:module';
import { TrustError } from '../errors.js';
import { type ArchiveContents, damaged, plainBytes, type UnpackBudget } from './unpack.js';

const require = createRequire(import.meta.url);

/** The magic number of a frame, little endian. */
const MAGIC: readonly number[] = [0x28, 0xb5, 0x2f, 0xfd];

/** What newer releases of node:zlib have. */
export interface ZstdDecoder {
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;
}

/** Whether bytes begin like a frame. Never throws. */
export function isZstd(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, offset) => bytes[offset] === byte);
}

/**
 * Unpacks a file.
 *
 * @param decoder - what unpacks it
 * @returns its content as the one member, without a name; `archive/unsupported` where this Node cannot unpack it
 */
export function decodeZstd(
  bytes: Uint8Array,
  budget: UnpackBudget,
  { zstdDecompressSync }: ZstdDecoder = require('node:zlib') as ZstdDecoder,
): ArchiveContents {
  if (zstdDecompressSync === undefined) return rejection(unsupported());
  const tooMany = budget.takeMembers(1);
  if (tooMany !== null) return rejection(tooMany);
  try {
    const unpacked = plainBytes(zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, budget.remaining) }));
    const tooLarge = budget.takeBytes(unpacked.length);
    if (tooLarge !== null) return rejection(tooLarge);
    return { members: unpacked.length === 0 ? [] : [{ name: null, bytes: unpacked }], rejected: [] };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') return rejection(budget.exhaust());
    if (code.startsWith('ZSTD_') || code.startsWith('Z_')) {
      return rejection(damaged(`the zstd file does not unpack: ${message}`));
    }
    throw error;
  }
}

function unsupported(): TrustError {
  return new TrustError('archive/unsupported', 'zstd is not unpacked by this release of Node', {
    hint: 'use Node 22.15 or later, or unpack it with zstd -d and name the file',
  });
}

function rejection(error: TrustError): ArchiveContents {
  return { members: [], rejected: [{ name: null, error }] };
}
