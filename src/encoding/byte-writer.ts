/**
 * The reverse of `ByteReader`: collects big-endian fields and byte arrays, and joins them once at the end.
 *
 * @module
 */

/** Collects parts without copying them until `toBytes`. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  uint16(value: number): this {
    return this.#fixed(2, (view) => view.setUint16(0, value));
  }

  uint32(value: number): this {
    return this.#fixed(4, (view) => view.setUint32(0, value));
  }

  int64(value: bigint): this {
    return this.#fixed(8, (view) => view.setBigInt64(0, value));
  }

  bytes(value: Uint8Array): this {
    this.#parts.push(value);
    return this;
  }

  /** Everything written so far, in one new array. */
  toBytes(): Uint8Array {
    return concatBytes(this.#parts);
  }

  #fixed(length: number, set: (view: DataView) => void): this {
    const part = new Uint8Array(length);
    set(new DataView(part.buffer));
    this.#parts.push(part);
    return this;
  }
}

/** Joins byte arrays into a new one. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Whether two byte arrays hold the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
