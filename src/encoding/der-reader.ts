/**
 * A walk over DER that makes no object for each element: for structures of which there are many, such as certificates. BER
 * lengths where asked for, as in der.ts.
 *
 * @module
 */
import { type DerElement, type EncodingRules, expectEnd, expectTag, readElement } from './der.js';

/**
 * Reads the headers that it is sent to. It is itself the element that it has read last, and can be handed to whatever
 * takes one and does not keep it.
 */
export class DerReader implements DerElement {
  readonly bytes: Uint8Array;
  tag = 0;
  start = 0;
  contentStart = 0;
  contentEnd = 0;
  end = 0;
  readonly #rules: EncodingRules;

  constructor(bytes: Uint8Array, rules: EncodingRules = 'der') {
    this.bytes = bytes;
    this.#rules = rules;
  }

  /**
   * Moves to the element at an offset.
   *
   * @param limit - where the enclosing element ends
   * @throws {TrustError} as `readElement`, to which everything is left that is out of the ordinary
   */
  read(at: number, limit: number): this {
    const tag = this.bytes[at] as number;
    const length = this.bytes[at + 1] as number;
    const end = at + 2 + length;
    // Nearly all are as short as that. A comparison with an octet that is not there is false.
    if (length >= 0x80 || !(end <= limit) || (tag & 0x1f) === 0x1f) return this.#readLong(at, limit);
    this.tag = tag;
    this.start = at;
    this.contentStart = at + 2;
    this.contentEnd = end;
    this.end = end;
    return this;
  }

  /** The same for a longer one, and for what is none. */
  #readLong(at: number, limit: number): this {
    const { bytes } = this;
    const tag = bytes[at] as number;
    const octets = bytes[at + 1];
    const first = bytes[at + 2] as number;
    const length = octets === 0x81 ? first : (first << 8) | (bytes[at + 3] as number);
    const contentStart = at + (octets === 0x81 ? 3 : 4);
    const isLong = (octets === 0x81 && length >= 0x80) || (octets === 0x82 && length >= 0x100);
    if (!isLong || contentStart + length > limit || (tag & 0x1f) === 0x1f) {
      return this.#moveTo(readElement(bytes, at, limit, this.#rules));
    }
    this.tag = tag;
    this.start = at;
    this.contentStart = contentStart;
    this.contentEnd = contentStart + length;
    this.end = contentStart + length;
    return this;
  }

  /**
   * Moves to the element at an offset; undefined where the enclosing element has come to its end, as what takes an element
   * expects it.
   *
   * @throws {TrustError} as `read`
   */
  next(at: number, limit: number): this | undefined {
    return at < limit ? this.read(at, limit) : undefined;
  }

  /**
   * The same for an element that must be there, with a tag.
   *
   * @throws {TrustError} as `read` and `expectTag`
   */
  expect(at: number, limit: number, tag: number): this {
    if (at >= limit || this.read(at, limit).tag !== tag) expectTag(at < limit ? this : undefined, tag, at);
    return this;
  }

  /**
   * Passes over the elements from an offset to the end of the one that they stand in.
   *
   * @throws {TrustError} as `read`
   */
  skip(from: number, limit: number): void {
    for (let at = from; at < limit; ) at = this.read(at, limit).end;
  }

  /**
   * Reads the elements inside of the one that it stands on, all of them.
   *
   * @returns where each begins
   * @throws {TrustError} as `childrenOf`
   */
  children(): number[] {
    const { contentStart, contentEnd } = this;
    const starts: number[] = [];
    for (let at = contentStart; at < contentEnd; at = this.read(at, contentEnd).end) starts.push(at);
    return starts;
  }

  /**
   * Moves to the one element that fills a range.
   *
   * @param tag - the identifier octet it must have
   * @throws {TrustError} as `decodeElement`
   */
  readWhole(start: number, end: number, tag: number): this {
    expectTag(this.read(start, end), tag);
    expectEnd(this, end);
    return this;
  }

  #moveTo({ tag, start, contentStart, contentEnd, end }: DerElement): this {
    this.tag = tag;
    this.start = start;
    this.contentStart = contentStart;
    this.contentEnd = contentEnd;
    this.end = end;
    return this;
  }
}
