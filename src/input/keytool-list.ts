/**
 * What `keytool -list -rfc` prints: PEM blocks, with the alias of each entry above it. The words are those of the user's
 * language; the names of the kinds of entries are not (`sun.security.tools.keytool.Main`).
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import { LineIndex, textOf } from './text.js';

/** The heading of an entry: three lines of `label: value`, the first with the alias, the last with the kind. */
const ENTRY =
  /^[^:\uff1a\r\n]{1,60}[:\uff1a] ?([^\r\n]{0,1000})\r?\n[^:\uff1a\r\n]{1,60}[:\uff1a][^\r\n]{0,200}\r?\n[^:\uff1a\r\n]{1,60}[:\uff1a] ?(?:trustedCertEntry|PrivateKeyEntry)[ \t]*(?:,[^\r\n]{0,60})?\r?$/gm;

/** Where the first entry begins, which other text may stand before. */
const HEAD = 16 * 1024;

/** The entries of a list of keytool. */
export class KeytoolList {
  readonly #bytes: Uint8Array;
  #headings: readonly Heading[] | null = null;

  /** @param bytes - any text; it is looked at when something is asked of it */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether the text is no such list, from its first part on. */
  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** The alias of the entry that a line belongs to; null for one before the first entry. */
  aliasOf(line: number): string | null {
    const entries = this.#entries;
    let next = 0;
    for (let end = entries.length; next < end; ) {
      const middle = (next + end) >> 1;
      if ((entries[middle] as Heading).line <= line) next = middle + 1;
      else end = middle;
    }
    return entries[next - 1]?.alias ?? null;
  }

  get #entries(): readonly Heading[] {
    this.#headings ??= findHeadings(this.#bytes);
    return this.#headings;
  }
}

/** The heading of one entry. */
interface Heading {
  readonly alias: string;
  /** The line of the kind, after which its certificates stand. */
  readonly line: number;
}

/** In order. */
function findHeadings(bytes: Uint8Array): readonly Heading[] {
  const head = asBuffer(bytes).subarray(0, HEAD);
  if (!['trustedCertEntry', 'PrivateKeyEntry'].some((kind) => head.includes(kind))) return [];
  const text = textOf(bytes);
  const lines = new LineIndex(text);
  return [...text.matchAll(ENTRY)].map(({ 0: heading, 1: alias = '', index }) => ({
    alias,
    line: lines.locate(index + heading.length).line,
  }));
}
