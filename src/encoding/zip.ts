/**
 * Zip (PKWARE APPNOTE 6.3.10) with stored and deflated members. The directory at the end says what there is (4.3.12,
 * 4.3.16); only where it is lost, the headers before the members do (4.3.7). Encrypted members are named; archives of 4 GiB
 * and more (zip64) are beyond the limits of an input and are refused.
 *
 * @module
 */
import { isUtf8 } from 'node:buffer';
import { crc32, inflateRawSync } from 'node:zlib';
import { TrustError } from '../errors.js';
import {
  type ArchiveContents,
  type ArchiveMember,
  damaged,
  quoteName,
  type RejectedMember,
  type UnpackBudget,
  unsafeName,
} from './unpack.js';

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_HEADER = 0x02014b50;
const DIRECTORY_END = 0x06054b50;
const LOCAL_LENGTH = 30;
const DIRECTORY_LENGTH = 46;
const END_LENGTH = 22;
const MAX_COMMENT = 0xffff;

const ENCRYPTED = 0x0001;
/** Sizes and checksum follow the member instead of standing in its header. */
const SIZES_FOLLOW = 0x0008;

const STORED = 0;
const DEFLATED = 8;

/** What a header says about a member. */
interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where its bytes begin. */
  readonly start: number;
}

/** Whether bytes begin like a zip, also an empty one. Never throws. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && [LOCAL_HEADER, DIRECTORY_END].includes(viewOf(bytes).getUint32(0, true));
}

/**
 * Reads a zip.
 *
 * @returns its files in the order of the directory, several of one name included
 */
export function decodeZip(bytes: Uint8Array, budget: UnpackBudget): ArchiveContents {
  const members: ArchiveMember[] = [];
  const { entries, error: directoryError } = findEntries(bytes);
  const rejected: RejectedMember[] = directoryError === null ? [] : [{ name: null, error: directoryError }];
  for (const entry of entries) {
    const { name } = entry;
    if (name.endsWith('/') || entry.size === 0) continue;
    const unpacked = budget.takeMember() ?? unsafeName(name) ?? unpackMember(bytes, entry, budget);
    if (unpacked instanceof TrustError) rejected.push({ name, error: unpacked });
    else members.push({ name, bytes: unpacked });
    if (budget.isExhausted) break;
  }
  return { members, rejected };
}

function unpackMember(bytes: Uint8Array, entry: Entry, budget: UnpackBudget): Uint8Array | TrustError {
  const { name, flags, method, crc, packedSize, size, start } = entry;
  if ((flags & ENCRYPTED) !== 0) {
    return new TrustError('archive/encrypted', `${quoteName(name)} is encrypted`, {
      hint: 'unpack the archive with its password and name the file',
    });
  }
  if (method !== STORED && method !== DEFLATED) {
    return new TrustError('archive/unsupported', `${quoteName(name)} is packed by method ${method}`, {
      hint: 'unpack the archive with the program that made it, or pack it again with deflate',
    });
  }
  if (start + packedSize > bytes.length) return damaged(`${quoteName(name)} lies beyond the end of the archive`, start);
  const tooLarge = budget.takeBytes(size);
  if (tooLarge !== null) return tooLarge;
  const packed = bytes.subarray(start, start + packedSize);
  const content = method === STORED ? packed : inflate(packed, size);
  if (content?.length !== size || crc32(content) !== crc) {
    return damaged(`${quoteName(name)} does not unpack to its size and checksum`, start);
  }
  return content;
}

/** At most so many bytes, or null when the data does not inflate or is longer. */
function inflate(packed: Uint8Array, maxLength: number): Uint8Array | null {
  try {
    const content = inflateRawSync(packed, { maxOutputLength: maxLength });
    return new Uint8Array(content.buffer, content.byteOffset, content.length);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE' || code.startsWith('Z_')) return null;
    throw error;
  }
}

interface Directory {
  readonly entries: readonly Entry[];
  /** What is wrong with the whole. */
  readonly error: TrustError | null;
}

function findEntries(bytes: Uint8Array): Directory {
  const view = viewOf(bytes);
  const end = findDirectoryEnd(view);
  return end === null
    ? {
        entries: entriesByHeaders(view),
        error: damaged('the directory at the end of the zip is missing', bytes.length),
      }
    : entriesByDirectory(view, end);
}

/** Where the record that ends a zip stands: the last place from which its comment reaches to the end exactly. */
function findDirectoryEnd(view: DataView): number | null {
  const first = Math.max(0, view.byteLength - END_LENGTH - MAX_COMMENT);
  for (let offset = view.byteLength - END_LENGTH; offset >= first; offset--) {
    if (view.getUint32(offset, true) !== DIRECTORY_END) continue;
    if (offset + END_LENGTH + view.getUint16(offset + 20, true) === view.byteLength) return offset;
  }
  return null;
}

function entriesByDirectory(view: DataView, end: number): Directory {
  const entries: Entry[] = [];
  const count = view.getUint16(end + 10, true);
  let offset = end - view.getUint32(end + 12, true);
  // What stands before the zip, as in a self-extracting one, moves all offsets.
  const shift = offset - view.getUint32(end + 16, true);
  while (entries.length < count) {
    const entry = offset < 0 || shift < 0 ? null : entryInDirectory(view, offset, end, shift);
    if (entry === null)
      return { entries, error: damaged('the directory at the end of the zip is damaged', Math.max(0, offset)) };
    entries.push(entry.entry);
    offset = entry.next;
  }
  return { entries, error: null };
}

function entryInDirectory(
  view: DataView,
  offset: number,
  end: number,
  shift: number,
): { entry: Entry; next: number } | null {
  if (offset + DIRECTORY_LENGTH > end || view.getUint32(offset, true) !== DIRECTORY_HEADER) return null;
  const nameLength = view.getUint16(offset + 28, true);
  const next =
    offset + DIRECTORY_LENGTH + nameLength + view.getUint16(offset + 30, true) + view.getUint16(offset + 32, true);
  const header = shift + view.getUint32(offset + 42, true);
  if (next > end || header + LOCAL_LENGTH > end) return null;
  const start = header + LOCAL_LENGTH + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  return { entry: { ...entryFields(view, offset + 8, offset + DIRECTORY_LENGTH, nameLength), start }, next };
}

/** The members of a zip without its directory, as far as their headers say where the next one is. */
function entriesByHeaders(view: DataView): readonly Entry[] {
  const entries: Entry[] = [];
  let offset = 0;
  while (offset + LOCAL_LENGTH <= view.byteLength && view.getUint32(offset, true) === LOCAL_HEADER) {
    const nameLength = view.getUint16(offset + 26, true);
    const start = offset + LOCAL_LENGTH + nameLength + view.getUint16(offset + 28, true);
    const fields = entryFields(view, offset + 6, offset + LOCAL_LENGTH, nameLength);
    offset = start + fields.packedSize;
    if ((fields.flags & SIZES_FOLLOW) !== 0 || offset > view.byteLength) break;
    entries.push({ ...fields, start });
  }
  return entries;
}

/** The fields that both headers have in the same order, from the flags on. */
function entryFields(view: DataView, flags: number, nameStart: number, nameLength: number): Omit<Entry, 'start'> {
  const nameEnd = Math.min(nameStart + nameLength, view.byteLength);
  return {
    name: decodeName(new Uint8Array(view.buffer, view.byteOffset + nameStart, Math.max(0, nameEnd - nameStart))),
    flags: view.getUint16(flags, true),
    method: view.getUint16(flags + 2, true),
    crc: view.getUint32(flags + 8, true),
    packedSize: view.getUint32(flags + 12, true),
    size: view.getUint32(flags + 16, true),
  };
}

/** UTF-8 where it is that, whatever the flag for it says; else every byte a character, so that no name is lost. */
function decodeName(bytes: Uint8Array): string {
  const name = Buffer.from(bytes);
  return isUtf8(name) ? name.toString('utf8') : name.toString('latin1');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
