/**
 * Bytes that come one at a time. An array of numbers takes eight times their memory, and ends the process when it has more than V8
 * lets an array have.
 *
 * @module
 */

/** In bytes. Many lists end after a few: so little stands in the heap of V8, and costs next to nothing. */
const FIRST_CAPACITY = 64;

/** A list of bytes that grows. */
export class ByteList {
  #memory = new Uint8Array(FIRST_CAPACITY);
  #length = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /** The bytes so far, as a view that later ones do not change. */
  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  /** Adds a byte. */
  push(byte: number): void {
    if (this.#length === this.#memory.length) {
      const larger = new Uint8Array(this.#memory.length * 2);
      larger.set(this.#memory);
      this.#memory = larger;
    }
    this.#memory[this.#length++] = byte;
  }
}
