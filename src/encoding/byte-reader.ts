/**
 * Big-endian reads from a byte array that never go past its end, and never allocate by a length the bytes claim.
 *
 * @module
 */
import { type ErrorCode, TrustError } from '../errors.js';

/** A cursor over bytes. Every read throws a `TrustError` with the given code and the offset when too few are left. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #code: ErrorCode;
  #offset = 0;

  /**
   * @param bytes - what to read; not copied
   * @param code - the code of the error thrown when the bytes end too early
   */
  constructor(bytes: Uint8Array, code: ErrorCode) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#advance(8));
  }

  /** The next `length` bytes, as a view of the input. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
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
