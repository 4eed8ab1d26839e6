/**
 * What zip, tar and gzip have in common: members, the limits that hold for all archives of an input together, and what
 * a member may be called.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { toPrintable } from './printable.js';

/** A file in an archive; never empty. */
export interface ArchiveMember {
  /** As it stands in the archive, not escaped; null in a gzip, which wraps one file. */
  readonly name: string | null;
  readonly bytes: Uint8Array;
}

/** A part of an archive that could not be read. */
export interface RejectedMember {
  /** Null when it is not about one member. */
  readonly name: string | null;
  readonly error: TrustError;
}

/** Everything that an archive holds, in its order; a bad member does not hide the others. */
export interface ArchiveContents {
  readonly members: readonly ArchiveMember[];
  readonly rejected: readonly RejectedMember[];
}

/** How much the archives of one input may hold, all of them together. */
export interface UnpackLimits {
  /** Members; folders, links and empty files count, since reading them takes time and memory. */
  readonly entries: number;
  /** How often larger than the input all that is unpacked may be. */
  readonly expansion: number;
  /** Bytes that they may unpack to. */
  readonly unpacked: number;
}

/** What holds unless it is raised. */
export const UNPACK_LIMITS: UnpackLimits = { entries: 10_000, expansion: 100, unpacked: 256 * 1024 * 1024 };

/** What they may be raised to: Node holds no text of 512 MB. */
export const HIGHEST_UNPACK_LIMITS: UnpackLimits = {
  entries: 10_000_000,
  expansion: 100_000,
  unpacked: 500 * 1024 * 1024,
};

/**
 * What a hint about a limit says besides: the option that raises it.
 *
 * @param factor - how much further it is to be raised
 * @param highest - what it can be raised to
 * @returns nothing where it cannot be raised
 */
export function orRaise(name: string, limit: number, factor: number, highest: number): string {
  if (limit >= highest) return '';
  const value = Math.min(limit * factor, highest);
  const megabytes = value / (1024 * 1024);
  return `, or raise the limit: --limit ${name}=${Number.isInteger(megabytes) ? `${megabytes}M` : value}`;
}

/** Bytes of headers that say more about a member, in all tars of one input. They are slow to parse. */
export const MAX_EXTENSIONS: number = 8 * 1024 * 1024;

/** The longest path that file systems take. */
const MAX_NAME = 4096;

/** What any input may unpack to, whatever its size: well-filled tars and texts of a few kilobytes do. */
const ALWAYS_ALLOWED = 1024 * 1024;

/**
 * Counts what the archives of one input unpack to, nested ones included, so that memory is refused before it is taken.
 * An archive that reaches a limit is read no further.
 */
export class UnpackBudget {
  readonly #limits: UnpackLimits;
  readonly #allowed: number;
  #unpacked = 0;
  #members = 0;
  #extensions = 0;
  #isExhausted = false;

  /** @param inputLength - size of the outermost input, in bytes */
  constructor(inputLength: number, limits: UnpackLimits = UNPACK_LIMITS) {
    this.#limits = limits;
    this.#allowed = Math.min(limits.unpacked, Math.max(ALWAYS_ALLOWED, inputLength * limits.expansion));
  }

  /** How many bytes may still be unpacked. */
  get remaining(): number {
    return this.#allowed - this.#unpacked;
  }

  /** Whether a limit was reached; then nothing more is to be unpacked. */
  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  /** Counts bytes that are about to be unpacked; `archive/too-large` when they are too many. */
  takeBytes(length: number): TrustError | null {
    if (length > this.remaining) return this.exhaust();
    this.#unpacked += length;
    return null;
  }

  /** Counts members that are about to be read; `archive/too-many` when they are too many. */
  takeMembers(count: number): TrustError | null {
    this.#members += count;
    const { entries } = this.#limits;
    if (this.#members <= entries) return null;
    this.#isExhausted = true;
    return new TrustError('archive/too-many', `the input holds more than ${entries} files in its archives`, {
      hint: `unpack it and name the files with certificates${orRaise('entries', entries, 10, HIGHEST_UNPACK_LIMITS.entries)}`,
    });
  }

  /** Counts bytes of extension headers that are about to be parsed; `archive/too-large` when they are too many. */
  takeExtension(length: number): TrustError | null {
    this.#extensions += length;
    if (this.#extensions <= MAX_EXTENSIONS) return null;
    this.#isExhausted = true;
    return new TrustError('archive/too-large', `the input holds more than ${MAX_EXTENSIONS} bytes of tar extensions`, {
      hint: 'unpack it and name the files with certificates',
    });
  }

  /** Ends unpacking: the error for an archive that holds more than is left. */
  exhaust(): TrustError {
    this.#isExhausted = true;
    const { expansion, unpacked } = this.#limits;
    const raised =
      this.#allowed === unpacked
        ? orRaise('unpacked', unpacked, 2, HIGHEST_UNPACK_LIMITS.unpacked)
        : orRaise('expansion', expansion, 10, HIGHEST_UNPACK_LIMITS.expansion);
    return new TrustError('archive/too-large', `the input unpacks to more than ${this.#allowed} bytes`, {
      hint: `an input may unpack to ${expansion} times its size, and to ${unpacked} bytes at most; unpack it and name the files with certificates${raised}`,
    });
  }
}

/** What keeps a member from being read by its name: said of it, and what to do. */
interface NameFault {
  readonly isIn: (name: string) => boolean;
  readonly what: string;
  readonly hint: string;
}

const REPACK = 'unpack the archive and read the file by itself, or pack it again';

/** The first that fits is said. A backslash is a folder on Windows, so that `..` is looked for between both. */
const NAME_FAULTS: readonly NameFault[] = [
  {
    isIn: (name) => name.split(/[/\\]/).includes('..') || /^[/\\]|^[A-Za-z]:/.test(name),
    what: 'which leads out of the archive',
    hint: 'the archive is made to harm or by a faulty program; ask its sender for another',
  },
  {
    isIn: (name) => name.length > MAX_NAME,
    what: `which is longer than ${MAX_NAME} characters`,
    hint: `${REPACK} with a shorter name`,
  },
  {
    isIn: (name) => toPrintable(name) !== name,
    what: 'with characters that cannot be shown as they are',
    hint: `ask its sender whether the name is meant; ${REPACK} under another name`,
  },
  {
    isIn: (name) => name.includes('\\'),
    what: 'with a backslash, which some systems take for a folder and others for a character',
    hint: `${REPACK} with a program that writes / between folders`,
  },
];

/**
 * Why a name is refused: it leads out of the folder that an archive is unpacked into, or may mean one thing to one program and
 * another to the next, or hides what it is.
 *
 * @returns `archive/unsafe-name`, or null for a name that is fine
 */
export function unsafeName(name: string): TrustError | null {
  const fault = NAME_FAULTS.find(({ isIn }) => isIn(name));
  if (fault === undefined) return null;
  const { what, hint } = fault;
  return new TrustError('archive/unsafe-name', `a member is named ${quoteName(name)}, ${what}`, { hint });
}

/** A member's name for a message: escaped, and cut when it is long. */
export function quoteName(name: string): string {
  return `"${toPrintable(name.length > 200 ? `${name.slice(0, 200)}…` : name)}"`;
}

/** The same bytes without the methods of a Buffer, some of which differ from those of their class. */
export function plainBytes({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

/** The error for an archive or a member that does not hold together. */
export function damaged(message: string, offset?: number): TrustError {
  return new TrustError('archive/damaged', message, {
    ...(offset === undefined ? {} : { at: { offset } }),
    hint: 'the archive looks cut short or changed; fetch it again',
  });
}
