/**
 * A bundle of certificates in parts: one that is too long to have all of its certificates in memory at once.
 *
 * @module
 */
import { EvenBlockReader } from '../encoding/pem.js';
import { readBundleBlocks } from './pem-text.js';
import { collectorFor, type ReadOptions, resultOf } from './read-certificates.js';
import type { ReadResult } from './read-result.js';

/** An input of which nothing is given before all of it is read may be as long as this. */
const SHORT = 1024 * 1024;

/**
 * How many certificates of a bundle are in memory at once: so few that nearly all are gone before V8 tidies up, which copies those
 * that are not. Parts of a thousand take a sixth more time.
 */
const PART = 100;

/** Reads a long bundle of certificates in parts, for callers that keep none of them. */
export class BundleReader {
  readonly #bytes: Uint8Array;
  readonly #options: ReadOptions;
  #given = 0;
  #isWhole = false;

  /** @param bytes - any input; not to be changed before the last part is read */
  constructor(bytes: Uint8Array, options: ReadOptions = {}) {
    this.#bytes = bytes;
    this.#options = options;
  }

  /** How many certificates the parts so far hold. */
  get given(): number {
    return this.#given;
  }

  /**
   * Whether the parts so far are all of the input; false for a short one, and for one that is no bundle throughout. Of that one they
   * hold the first certificates, and nothing else that it may have.
   */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** The parts. What `readCertificates` gives are the certificates of all of them, and what else is in the last. */
  *parts(): Generator<ReadResult> {
    if (this.#bytes.length <= SHORT) return;
    const into = collectorFor(this.#options);
    const blocks = new EvenBlockReader(this.#bytes, 'CERTIFICATE');
    const nothing = {
      damaged: [],
      recovered: [],
      described: [],
      members: [],
      attachments: [],
      untrusted: [],
      notes: [],
      errors: [],
    };
    while (readBundleBlocks(this.#bytes, blocks, PART, into) === PART && !blocks.isAtEnd) {
      const certificates = into.takeCertificates();
      this.#given += certificates.length;
      yield { kind: 'pem', certificates, ...nothing };
    }
    if (!blocks.isAtEnd) return;
    this.#isWhole = true;
    this.#given += into.certificates.length;
    yield resultOf(into, 'pem', this.#options);
  }
}
