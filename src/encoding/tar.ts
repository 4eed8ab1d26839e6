/**
 * Tar (POSIX.1-2017 pax, ustar, GNU long names, the old V7 form): headers of 512 bytes, each with its checksum, each
 * followed by its file. Only regular files are members; folders, links and devices are passed over.
 *
 * Header, offsets in bytes: name 0 (100) · size 124 (12, octal or base-256) · checksum 148 (8) · type 156 · magic 257 ·
 * name prefix 345 (155).
 *
 * @module
 */
import {
  type ArchiveContents,
  type ArchiveMember,
  damaged,
  quoteName,
  type RejectedMember,
  type UnpackBudget,
  unsafeName,
} from './unpack.js';

const BLOCK = 512;
const REGULAR: ReadonlySet<string> = new Set(['0', '\0', '7']);

/** Headers that say more about the file after them, or about all files. */
const EXTENSIONS: ReadonlySet<string> = new Set(['x', 'g', 'L', 'K']);

/** What a pax or GNU header says about the file after it. */
interface Overrides {
  readonly name?: string;
  readonly size?: number;
}

/** Whether bytes begin with a tar header: by its magic, or by its checksum, which the oldest form has alone. Never throws. */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK && bytes[0] !== 0 && (ascii(bytes, 257, 5) === 'ustar' || hasChecksum(bytes, 0));
}

/**
 * Reads a tar.
 *
 * @returns its files, as views of the bytes. After a damaged header reading ends: nothing else in a tar says where the
 *   next file begins
 */
export function decodeTar(bytes: Uint8Array, budget: UnpackBudget): ArchiveContents {
  const members: ArchiveMember[] = [];
  const rejected: RejectedMember[] = [];
  let overrides: Overrides = {};
  for (let offset = 0; offset < bytes.length && bytes[offset] !== 0; ) {
    if (!hasChecksum(bytes, offset)) {
      rejected.push({ name: null, error: damaged('a tar header does not have its checksum', offset) });
      break;
    }
    const type = String.fromCharCode(bytes[offset + 156] as number);
    const isExtension = EXTENSIONS.has(type);
    const name = overrides.name ?? nameAt(bytes, offset);
    const size = (isExtension ? undefined : overrides.size) ?? numberAt(bytes, offset + 124);
    const start = offset + BLOCK;
    if (size > bytes.length - start) {
      const there = bytes.length - start;
      const message = `the tar says that ${quoteName(name)} has ${size} bytes, ${there} are there`;
      rejected.push({ name, error: damaged(message, offset) });
      break;
    }
    const content = bytes.subarray(start, start + size);
    if (isExtension) overrides = { ...overrides, ...overridesOf(type, content) };
    else {
      overrides = {};
      if (REGULAR.has(type) && size > 0) {
        const error = budget.takeMember() ?? unsafeName(name);
        if (error === null) members.push({ name, bytes: content });
        else rejected.push({ name, error });
        if (budget.isExhausted) break;
      }
    }
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return { members, rejected };
}

/** What an extension header says about the next file; global ones and link names say nothing of use here. */
function overridesOf(type: string, content: Uint8Array): Overrides {
  if (type === 'L') return { name: stringAt(content, 0, content.length) };
  return type === 'x' ? decodePax(content) : {};
}

/** Records of `length key=value\n`, the length counting itself (pax Extended Header). */
function decodePax(content: Uint8Array): Overrides {
  const overrides: { name?: string; size?: number } = {};
  for (let offset = 0; offset < content.length; ) {
    const length = Number.parseInt(ascii(content, offset, 10), 10);
    if (!(length > 0)) break;
    const record = Buffer.from(content.subarray(offset, offset + length)).toString('utf8');
    const [, key, value] = /^\d+ ([^=]+)=(.*)\n$/s.exec(record) ?? [];
    if (key === 'path' && value !== undefined) overrides.name = value;
    if (key === 'size' && value !== undefined && /^\d{1,15}$/.test(value)) overrides.size = Number(value);
    offset += length;
  }
  return overrides;
}

function nameAt(bytes: Uint8Array, offset: number): string {
  const name = stringAt(bytes, offset, 100);
  const prefix = ascii(bytes, offset + 257, 6) === 'ustar\0' ? stringAt(bytes, offset + 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Octal digits, or base-256 where the first bit is set (GNU); infinite when it is neither. */
function numberAt(bytes: Uint8Array, offset: number): number {
  if ((bytes[offset] as number) >= 0x80) {
    return bytes
      .subarray(offset + 1, offset + 12)
      .reduce((value, byte) => value * 256 + byte, bytes[offset] === 0x80 ? 0 : Number.POSITIVE_INFINITY);
  }
  const digits = ascii(bytes, offset, 12)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.POSITIVE_INFINITY;
}

/** Whether the header at an offset is whole and its bytes, with blanks for the checksum itself, add up to the checksum. */
function hasChecksum(bytes: Uint8Array, offset: number): boolean {
  if (offset + BLOCK > bytes.length) return false;
  const digits = ascii(bytes, offset + 148, 8)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  if (!/^[0-7]+$/.test(digits)) return false;
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0 : (bytes[offset + i] as number);
  return sum === Number.parseInt(digits, 8);
}

/** Text up to the first NUL; names are UTF-8 wherever they are not ASCII. */
function stringAt(bytes: Uint8Array, offset: number, length: number): string {
  const field = bytes.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return Buffer.from(end === -1 ? field : field.subarray(0, end)).toString('utf8');
}

function ascii(bytes: Uint8Array, offset: number, length: number): string {
  return Buffer.from(bytes.subarray(offset, offset + length)).toString('latin1');
}
