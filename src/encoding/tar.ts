/**
 * Tar (POSIX.1-2017 pax, ustar, GNU long names, the old V7 form), read by node-tar's parser. Only regular files are
 * members; folders, links and devices are passed over, and files in pieces are refused. What the parser does not watch is
 * watched here: how much there is to parse, sizes that are no numbers, and an end inside a header.
 *
 * @module
 */

import { createRequire } from 'node:module';
import type { ReadEntry } from 'tar/read-entry';
import { TrustError } from '../errors.js';
import { asBuffer } from './buffer.js';
import { concatBytes } from './byte-writer.js';
import {
  type ArchiveContents,
  type ArchiveMember,
  damaged,
  MAX_EXTENSIONS,
  plainBytes,
  quoteName,
  type RejectedMember,
  type UnpackBudget,
  unsafeName,
} from './unpack.js';

const require = createRequire(import.meta.url);

const BLOCK = 512;

/** `ustar`. */
const MAGIC: readonly number[] = [0x75, 0x73, 0x74, 0x61, 0x72];
const MAGIC_OFFSET = 257;

const CHECKSUM = 148;
const CHECKSUM_LENGTH = 8;
const BLANK = 0x20;

/** As node-tar names the types of a regular file. */
const REGULAR: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile']);

/** As it names what is in pieces: without its holes, or as the rest of a file whose beginning is in another volume. */
const IN_PIECES: ReadonlySet<string> = new Set(['SparseFile', 'ContinuationFile']);

/** What a pax header has of a file without its holes, which looks like a regular one. */
const SPARSE = /^\d+ GNU\.sparse\./m;

/** What is used of node-tar's parser, whose own types do not compile with those of Node 20. */
interface Parser {
  on(event: 'meta', listener: (content: string) => void): this;
  on(event: 'entry' | 'ignoredEntry', listener: (entry: ReadEntry) => void): this;
  on(event: 'warn', listener: (code: string, message: string, data: { readonly entry?: ReadEntry }) => void): this;
  on(event: 'nullBlock' | 'error', listener: () => void): this;
  /** Reads no further, and emits an error. */
  abort(error: Error): void;
  end(bytes: Buffer): void;
}

type ParserConstructor = new (options: { brotli: false; zstd: false; maxMetaEntrySize: number }) => Parser;

/** Whether bytes begin with a tar header: by its magic, or by its checksum, which the oldest form has alone. Never throws. */
export function isTar(bytes: Uint8Array): boolean {
  // 0x1f begins a gzip, which the parser would unpack by limits of its own.
  if (bytes.length < BLOCK || bytes[0] === 0 || bytes[0] === 0x1f) return false;
  return MAGIC.every((byte, index) => bytes[MAGIC_OFFSET + index] === byte) || hasChecksum(bytes);
}

/**
 * Reads a tar. node-tar is loaded on the first call.
 *
 * @returns its files, as views of the bytes. After a damaged header reading ends: nothing else in a tar says where the
 *   next file begins
 */
export function decodeTar(bytes: Uint8Array, budget: UnpackBudget): ArchiveContents {
  if (isTar(bytes)) return new TarReader(budget).read(bytes);
  return { members: [], rejected: [{ name: null, error: damaged('the tar does not begin with a header') }] };
}

/** Collects what the parser emits, all of it while the bytes are handed in. */
class TarReader {
  readonly #budget: UnpackBudget;
  readonly #members: ArchiveMember[] = [];
  readonly #rejected: RejectedMember[] = [];
  readonly #parser: Parser;
  /** Whether the header of the next file says that it is in pieces. */
  #isInPieces = false;
  /** The entry that the bytes end in. */
  #lastEntry: ReadEntry | null = null;
  /** Whether zeros ended the tar, or reading was stopped; else the bytes may be cut where the parser does not say so. */
  #hasEnd = false;

  constructor(budget: UnpackBudget) {
    this.#budget = budget;
    const { Parser } = require('tar/parse') as { readonly Parser: ParserConstructor };
    this.#parser = new Parser({ brotli: false, zstd: false, maxMetaEntrySize: MAX_EXTENSIONS })
      .on('entry', (entry) => this.#takeEntry(entry))
      .on('ignoredEntry', ({ meta, size, type, path: name }) => {
        this.#stopFor(null, meta ? budget.takeExtension(size) : budget.takeMembers(1));
        if (IN_PIECES.has(type)) this.#rejected.push({ name, error: inPieces(name) });
        if (!meta) this.#isInPieces = false;
      })
      .on('meta', (content) => {
        this.#isInPieces ||= SPARSE.test(content);
        this.#stopFor(null, budget.takeExtension(BLOCK + content.length));
      })
      .on('warn', (_code, message, { entry }) => this.#takeWarning(message, entry))
      .on('nullBlock', () => {
        this.#hasEnd = true;
      })
      // Nothing but that it was told to stop.
      .on('error', () => {});
  }

  read(bytes: Uint8Array): ArchiveContents {
    this.#parser.end(asBuffer(bytes));
    const cut = this.#lastEntry;
    if (cut !== null && cut.remain > 0) {
      const name = cut.meta ? null : cut.path;
      const message = `the tar ends ${cut.remain} bytes before the end of ${name === null ? 'a header' : quoteName(name)}`;
      this.#rejected.push({ name, error: damaged(message, bytes.length) });
    } else if (!this.#hasEnd && bytes.length % BLOCK !== 0) {
      this.#rejected.push({ name: null, error: damaged('the tar ends inside a block', bytes.length) });
    }
    return { members: this.#members, rejected: this.#rejected };
  }

  #takeEntry(entry: ReadEntry): void {
    const { path: name, type, header } = entry;
    this.#hasEnd = false;
    const isFile = REGULAR.has(type);
    const fatal = this.#budget.takeMembers(1) ?? (isFile ? wrongSize(entry) : null);
    const unsafe = fatal === null && isFile ? (unsafeName(name) ?? (this.#isInPieces ? inPieces(name) : null)) : null;
    this.#isInPieces = false;
    // There is nothing in an empty one to refuse for its name.
    if (unsafe !== null && header.size !== 0) this.#rejected.push({ name, error: unsafe });
    this.#stopFor(name, fatal);
    if (isFile && fatal === null && unsafe === null) this.#collect(entry);
    else entry.resume();
  }

  #collect(entry: ReadEntry): void {
    const chunks: Buffer[] = [];
    entry.on('data', (chunk) => chunks.push(chunk));
    entry.on('end', () => {
      const [first = Buffer.alloc(0), ...more] = chunks;
      if (entry.remain > 0) return;
      this.#members.push({ name: entry.path, bytes: more.length === 0 ? plainBytes(first) : concatBytes(chunks) });
    });
  }

  #takeWarning(message: string, entry: ReadEntry | undefined): void {
    // With an entry, it is the one that the bytes end in: perhaps only in the zeros that fill its last block.
    if (entry !== undefined) this.#lastEntry = entry;
    else this.#stopFor(null, damaged(`a tar header is damaged: ${message}`));
  }

  #stopFor(name: string | null, error: TrustError | null): void {
    if (error === null) return;
    this.#hasEnd = true;
    this.#rejected.push({ name, error });
    this.#parser.abort(error);
  }
}

function inPieces(name: string): TrustError {
  return new TrustError('archive/unsupported', `${quoteName(name)} is a sparse file, or goes on from another volume`, {
    hint: 'unpack the archive with the program that made it, or pack it again without --sparse',
  });
}

/** A size that is no number, or a negative one, for which the parser reads on after the header. */
function wrongSize({ path, header }: ReadEntry): TrustError | null {
  return header.size === undefined ? damaged(`the tar gives no size for ${quoteName(path)}`) : null;
}

/** Whether the checksum of a header is right: the sum of its bytes, its own field taken as blanks. Most inputs have no number there. */
function hasChecksum(bytes: Uint8Array): boolean {
  const field = asBuffer(bytes).toString('latin1', CHECKSUM, CHECKSUM + CHECKSUM_LENGTH);
  if (!/^ *[0-7]+[ \0]/.test(field)) return false;
  let sum = CHECKSUM_LENGTH * BLANK;
  for (let at = 0; at < BLOCK; at++) {
    if (at < CHECKSUM || at >= CHECKSUM + CHECKSUM_LENGTH) sum += bytes[at] as number;
  }
  return Number.parseInt(field, 8) === sum;
}
