/**
 * Gzip (RFC 1952): one file, compressed; several parts in a row are one file. Checksums are node:zlib's to check.
 *
 * @module
 */
import { constants, crc32, gunzipSync, inflateRawSync, type Zlib } from 'node:zlib';
import type { TrustError } from '../errors.js';
import { asBuffer } from './buffer.js';
import { concatBytes } from './byte-writer.js';
import { type ArchiveContents, damaged, plainBytes, type RejectedMember, type UnpackBudget } from './unpack.js';

/** Flags of a header (RFC 1952 2.3.1): fields that follow it. */
const HEADER_CHECKSUM = 0x02;
const EXTRA = 0x04;
const NAME = 0x08;
const COMMENT = 0x10;

const HEADER_LENGTH = 10;
/** Checksum and size, behind what is compressed. */
const TRAILER_LENGTH = 8;

/** Parts that are unpacked one by one where something is wrong behind them: each takes its time, however small it is. */
const PARTS_AT_MOST = 1000;

/** Whether bytes begin like a gzip with deflate, the only method there is. Never throws. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/**
 * Unpacks a gzip.
 *
 * @returns its file as the one member, without a name; none when it is empty. Of a gzip that is cut short, what there is; of
 *   one that something follows, its parts before that. Zeros fill the last block of a tape and are passed over
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
    if (!code.startsWith('Z_')) throw error;
    const { members, rejected } = unpackWholeParts(bytes, budget);
    return { members, rejected: rejected.length > 0 ? rejected : rejection(damaged(unreadable(message))).rejected };
  }
}

/** What `info` has node:zlib give. */
interface Unpacked {
  readonly buffer: Uint8Array;
  readonly engine: Pick<Zlib, 'bytesWritten'>;
}

function unpack(bytes: Uint8Array, budget: UnpackBudget, finishFlush: number): ArchiveContents {
  const options = { maxOutputLength: Math.max(1, budget.remaining), finishFlush, info: true };
  const { buffer: unpacked, engine } = gunzipSync(bytes, options) as unknown as Unpacked;
  const tooLarge = budget.takeBytes(unpacked.length);
  if (tooLarge !== null) return rejection(tooLarge);
  const members = unpacked.length === 0 ? [] : [{ name: null, bytes: plainBytes(unpacked) }];
  return { members, rejected: surplus(bytes, engine.bytesWritten) };
}

/** What follows a gzip, of which nothing is read. */
function surplus(bytes: Uint8Array, end: number): readonly RejectedMember[] {
  let start = end;
  while (bytes[start] === 0) start++;
  if (start >= bytes.length) return [];
  return [{ name: null, error: damaged(`${bytes.length - start} bytes follow the end of the gzip`, start) }];
}

/** The parts before what cannot be read; rejected is what follows them, where that is no gzip itself. */
function unpackWholeParts(bytes: Uint8Array, budget: UnpackBudget): ArchiveContents {
  const parts: Uint8Array[] = [];
  let end = 0;
  while (parts.length < PARTS_AT_MOST) {
    const part = partAt(bytes, end, budget);
    if (part === null) break;
    const tooLarge = budget.takeBytes(part.content.length);
    if (tooLarge !== null) return rejection(tooLarge);
    parts.push(part.content);
    end = part.end;
  }
  const content = concatBytes(parts);
  const rejected = end === 0 || isGzip(bytes.subarray(end)) ? [] : surplus(bytes, end);
  return { members: content.length === 0 ? [] : [{ name: null, bytes: content }], rejected };
}

/** The part that begins at an offset, with the offset of its end; null where none does that is whole. */
function partAt(
  bytes: Uint8Array,
  offset: number,
  budget: UnpackBudget,
): { readonly content: Uint8Array; readonly end: number } | null {
  if (!isGzip(bytes.subarray(offset))) return null;
  const start = endOfHeader(bytes, offset);
  try {
    const options = { maxOutputLength: Math.max(1, budget.remaining), info: true };
    const { buffer, engine } = inflateRawSync(bytes.subarray(start), options) as unknown as Unpacked;
    const end = start + engine.bytesWritten + TRAILER_LENGTH;
    const checksum = asBuffer(bytes.subarray(end - TRAILER_LENGTH, end));
    return end <= bytes.length && checksum.readUInt32LE() === crc32(buffer) ? { content: buffer, end } : null;
  } catch {
    return null;
  }
}

function endOfHeader(bytes: Uint8Array, start: number): number {
  const flags = bytes[start + 3] ?? 0;
  let at = start + HEADER_LENGTH;
  if ((flags & EXTRA) !== 0) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  for (const text of [NAME, COMMENT]) if ((flags & text) !== 0) at = afterZero(bytes, at);
  return (flags & HEADER_CHECKSUM) === 0 ? at : at + 2;
}

function afterZero(bytes: Uint8Array, from: number): number {
  const zero = bytes.indexOf(0, from);
  return zero < 0 ? bytes.length : zero + 1;
}

function unreadable(message: string): string {
  return `the gzip does not unpack: ${message}`;
}

function rejection(error: TrustError): ArchiveContents {
  return { members: [], rejected: [{ name: null, error }] };
}
