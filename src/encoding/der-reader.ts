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
    const { bytes } = this;
    if (at + 2 > limit) return this.#moveTo(readElement(bytes, at, limit, this.#rules));
    const tag = bytes[at] as number;
    let length = bytes[at + 1] as number;
    let contentStart = at + 2;
    if (length > 0x80 && at + 4 <= limit) {
      const first = bytes[at + 2] as number;
      if (length === 0x81 && first >= 0x80) {
        length = first;
        contentStart = at + 3;
      } else if (length === 0x82 && first > 0) {
        length = (first << 8) | (bytes[at + 3] as number);
        contentStart = at + 4;
      }
    }
    const isPlain = length < 0x80 || contentStart > at + 2;
    if (!isPlain || (tag & 0x1f) === 0x1f || contentStart + length > limit) {
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

  #moveTo(element: DerElement): this {
    this.tag = element.tag;
    this.start = element.start;
    this.contentStart = element.contentStart;
    this.contentEnd = element.contentEnd;
    this.end = element.end;
    return this;
  }
}
