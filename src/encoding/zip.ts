/**
 * Zip (PKWARE APPNOTE 6.3.10) with stored and deflated members, read by adm-zip. What it does not watch is watched here:
 * how many entries the directory claims before they are loaded, what members unpack to before they are, and that each
 * has the size and checksum of the directory. Encrypted members are named.
 *
 * @module
 */

import { isUtf8 } from 'node:buffer';
import { createRequire } from 'node:module';
import { crc32 } from 'node:zlib';
import type AdmZip from 'adm-zip';
import { TrustError } from '../errors.js';
import { asBuffer } from './buffer.js';
import {
  type ArchiveContents,
  type ArchiveMember,
  damaged,
  plainBytes,
  quoteName,
  type RejectedMember,
  type UnpackBudget,
  unsafeName,
} from './unpack.js';

const require = createRequire(import.meta.url);

/** How a member (APPNOTE 4.3.7) and the end of an empty zip (4.3.16) begin. */
const SIGNATURES: readonly string[] = ['PK\x03\x04', 'PK\x05\x06'];

/** The least that an entry of the directory takes (4.3.12). */
const ENTRY_LENGTH = 46;

const STORED = 0;
const DEFLATED = 8;

/** Whether bytes begin like a zip, also an empty one. Never throws. */
export function isZip(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x50) return false;
  return SIGNATURES.includes(String.fromCharCode(...bytes.subarray(0, 4)));
}

/**
 * Reads a zip. adm-zip is loaded on the first call.
 *
 * @returns its files in the order of the directory, several of one name included; of a damaged directory, the files
 *   before the damage
 */
export function decodeZip(bytes: Uint8Array, budget: UnpackBudget): ArchiveContents {
  const members: ArchiveMember[] = [];
  const { entries, error: directoryError } = readDirectory(bytes, budget);
  const rejected: RejectedMember[] = directoryError === null ? [] : [{ name: null, error: directoryError }];
  let packedLeft = bytes.length;
  for (const entry of entries) {
    const name = decodeName(entry.rawEntryName);
    const { compressedSize, size } = entry.header;
    if (name.endsWith('/')) continue;
    if (size === 0) {
      // There is nothing in it to refuse for its name.
      if (unsafeName(name) === null) members.push({ name, bytes: new Uint8Array() });
      continue;
    }
    const unpacked = unsafeName(name) ?? unreadable(entry, name, packedLeft) ?? unpack(entry, name, budget);
    if (unpacked instanceof TrustError) rejected.push({ name, error: unpacked });
    else members.push({ name, bytes: unpacked });
    if (budget.isExhausted) break;
    if (compressedSize <= packedLeft) packedLeft -= compressedSize;
  }
  return { members, rejected };
}

interface Directory {
  readonly entries: readonly AdmZip.IZipEntry[];
  /** What is wrong with the whole. */
  readonly error: TrustError | null;
}

function readDirectory(bytes: Uint8Array, budget: UnpackBudget): Directory {
  const Zip = require('adm-zip') as typeof AdmZip;
  let zip: AdmZip | null = null;
  try {
    zip = new Zip(asBuffer(bytes), { decoder: numberedNames() });
    // An entry takes some 10 KB of memory: they are counted before they are loaded, as many as there can be.
    const tooMany = budget.takeMembers(Math.min(zip.getEntryCount(), Math.floor(bytes.length / ENTRY_LENGTH)));
    return tooMany === null ? { entries: zip.getEntries(), error: null } : { entries: [], error: tooMany };
  } catch {
    const error = damaged('the directory at the end of the zip is damaged or missing');
    // Asked again, adm-zip gives the entries that it had read when it threw.
    return { entries: zip?.getEntries() ?? [], error };
  }
}

/**
 * Numbers for names. adm-zip refuses a zip with two members of one name, because it looks members up by it, and makes
 * an entry for every folder in every path, which a few long paths drive to gigabytes. Neither is of use here: members are
 * read one by one, and `rawEntryName` has the name.
 */
function numberedNames(): AdmZip.ZipTextDecoder {
  let count = 0;
  return { encode: (text) => Buffer.from(text), decode: () => String(count++) };
}

/** Why a member is not to be unpacked. */
function unreadable({ header }: AdmZip.IZipEntry, name: string, packedLeft: number): TrustError | null {
  const { encrypted, method, compressedSize, size } = header;
  if (encrypted) {
    return new TrustError('archive/encrypted', `${quoteName(name)} is encrypted`, {
      hint: 'unpack the archive with its password and name the file',
    });
  }
  if (method !== STORED && method !== DEFLATED) {
    return new TrustError('archive/unsupported', `${quoteName(name)} is packed by method ${method}`, {
      hint: 'unpack the archive with the program that made it, or pack it again with deflate',
    });
  }
  // Members that share their packed bytes would take time without end while they unpack to little.
  if (compressedSize > packedLeft) return damaged(`${quoteName(name)} has more packed bytes than the zip has left`);
  return method === STORED && compressedSize !== size ? wrongContent(name) : null;
}

function unpack(entry: AdmZip.IZipEntry, name: string, budget: UnpackBudget): Uint8Array | TrustError {
  const { size, crc } = entry.header;
  const tooLarge = budget.takeBytes(size);
  if (tooLarge !== null) return tooLarge;
  try {
    const content = plainBytes(entry.getData());
    // adm-zip checks by the header before the member, and takes any size up to that of the directory.
    return content.length === size && crc32(content) === crc ? content : wrongContent(name);
  } catch {
    return wrongContent(name);
  }
}

function wrongContent(name: string): TrustError {
  return damaged(`${quoteName(name)} does not unpack to its size and checksum`);
}

/** UTF-8 where it is that, whatever the flag for it says; else every byte a character, so that no name is lost. */
function decodeName(name: Buffer): string {
  return isUtf8(name) ? name.toString('utf8') : name.toString('latin1');
}
