/**
 * Big-endian reads from a byte array that never go past its end, and never allocate by a length the bytes claim.
 *
 * @module
 */
import { type ErrorCode, TrustError } from '../errors.js';
import { hasBytesAt } from './byte-search.js';
import { decodeModifiedUtf8, requireModifiedUtf8 } from './modified-utf8.js';

/** A cursor over bytes. Every read throws a `TrustError` with the given code and the offset when too few are left. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #code: ErrorCode;
  #offset = 0;

  /**
   * @param bytes - what to read; not copied
   * @param code - the code of the error thrown when the bytes end too early
   */
  constructor(bytes: Uint8Array, code: ErrorCode) {
    this.#bytes = bytes;
    this.#code = code;
  }

  /** The offset of the next read, in bytes. */
  get offset(): number {
    return this.#offset;
  }

  /** How many bytes are left. */
  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  uint8(): number {
    return this.#bytes[this.#advance(1)] as number;
  }

  uint16(): number {
    return uint16At(this.#bytes, this.#advance(2));
  }

  uint32(): number {
    return uint32At(this.#bytes, this.#advance(4));
  }

  /** A signed number of 64 bits as a double: up to 2^53 it is exact. */
  int64(): number {
    return int64At(this.#bytes, this.#advance(8));
  }

  /** The next `length` bytes, as a view of the input. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** The next `length` bytes as text in Java's modified UTF-8. @throws {TrustError} `keystore/malformed` */
  modifiedUtf8(length: number): string {
    const start = this.#advance(length);
    return decodeModifiedUtf8(this.#bytes, start, start + length);
  }

  /** Passes over as much text. @throws {TrustError} as `modifiedUtf8` */
  skipModifiedUtf8(length: number): void {
    const start = this.#advance(length);
    requireModifiedUtf8(this.#bytes, start, start + length);
  }

  /** Passes over these bytes where they come next, else stays. @returns whether they did */
  skipIf(expected: Uint8Array): boolean {
    if (expected.length > this.remaining || !hasBytesAt(this.#bytes, this.#offset, expected)) return false;
    this.#offset += expected.length;
    return true;
  }

  /** Passes over the next `length` bytes. */
  skip(length: number): void {
    this.#advance(length);
  }

  #advance(length: number): number {
    const start = this.#offset;
    if (length > this.remaining) {
      throw new TrustError(this.#code, `needs ${length} bytes, has ${this.remaining}`, {
        at: { offset: start },
        hint: 'the file looks cut short; compare its size with the original',
      });
    }
    this.#offset = start + length;
    return start;
  }
}

/** The unsigned number of 16 bits at an offset, which must lie within the bytes. */
export function uint16At(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);
}

/** The unsigned number of 32 bits at an offset, which must lie within the bytes. */
export function uint32At(bytes: Uint8Array, offset: number): number {
  return uint16At(bytes, offset) * 0x10000 + uint16At(bytes, offset + 2);
}

/** The signed number of 64 bits at an offset, which must lie within the bytes; as `ByteReader.int64`. */
export function int64At(bytes: Uint8Array, offset: number): number {
  return (uint32At(bytes, offset) | 0) * 2 ** 32 + uint32At(bytes, offset + 4);
}
