/**
 * Big-endian reads from a byte array that never go past its end, and never allocate by a length the bytes claim.
 *
 * @module
 */
import { type ErrorCode, TrustError } from '../errors.js';

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
    return this.#number(2);
  }

  uint32(): number {
    return this.#number(4);
  }

  int64(): bigint {
    const start = this.#advance(8);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + start).getBigInt64(0);
  }

  /** The next `length` bytes, as a view of the input. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Passes over these bytes where they come next, else stays. @returns whether they did */
  skipIf(expected: Uint8Array): boolean {
    if (expected.length > this.remaining) return false;
    for (let i = 0; i < expected.length; i++) if (this.#bytes[this.#offset + i] !== expected[i]) return false;
    this.#offset += expected.length;
    return true;
  }

  /** Passes over the next `length` bytes. */
  skip(length: number): void {
    this.#advance(length);
  }

  #number(length: number): number {
    const start = this.#advance(length);
    let value = 0;
    for (let i = start; i < start + length; i++) value = value * 256 + (this.#bytes[i] as number);
    return value;
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
