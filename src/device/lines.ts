/**
 * A text read line by line from any place in it, without decoding or splitting all of it: a configuration is large, and what
 * concerns certificates is a small part.
 *
 * @module
 */
import { isUtf8 } from 'node:buffer';
import { asBuffer } from '../encoding/buffer.js';
import { countLineFeeds, indexOfText } from '../encoding/byte-search.js';

/** A line of a text. */
export interface Line {
  /** Without its line end. */
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** What a pager asks, of IOS and its kin and of ASA: the source of a regular expression. */
export const PAGER_PROMPT = '(?:--More--|<--- More --->)';

/**
 * What a pager leaves in front of the line after its prompt in the log of a session: the prompt, perhaps in reverse video, and what
 * wiped it out, with its control characters or, where the log has none, the blanks alone.
 */
const PAGER = new RegExp(
  [
    '^(?:\\x1b\\[\\d*m)?',
    ` ?${PAGER_PROMPT}(?: ?\\(\\d{1,3}%\\))?(?:\\x1b\\[\\d*m)? ?`,
    '(?:\\x08+ *\\x08+|\\r+(?: *\\r|\\x1b\\[\\d*K)| {8})',
  ].join(''),
);

/** A no-break space in UTF-8 that is read as Latin-1: what pages and mail programs make of the blanks before a line. */
const HARD_BLANK = '\u00c2\u00a0';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Lines that are no longer, which nearly all are, are found and decoded together. */
const USUAL_LINE = 160;

/** Reads lines forwards. LF and CR LF end a line; CR does in a text that has no LF, as some captures of terminals. */
export class LineReader {
  /** All of it. */
  readonly bytes: Uint8Array;
  readonly #buffer: Buffer;
  readonly #encoding: 'utf8' | 'latin1';
  #offset = 0;
  /** Where the line ends that was last asked for, which is the one here as long as it is not behind it. */
  #end = -1;
  /** Lines are counted when a number is asked for, up to here. */
  #counted = 0;
  #number = 1;

  /** @param text - bytes are read as Latin-1 */
  constructor(text: string | Uint8Array) {
    this.#buffer = withLineFeeds(typeof text === 'string' ? Buffer.from(text) : asBuffer(text));
    this.#encoding = typeof text === 'string' ? 'utf8' : 'latin1';
    this.bytes = this.#buffer;
  }

  /** Where the line here begins. */
  get offset(): number {
    return this.#offset;
  }

  /** Goes to the line in which the next occurrence of an ASCII string begins, from here on; false where there is none. */
  seek(found: string): boolean {
    const at = indexOfText(this.#buffer, found, this.#offset);
    if (at < 0) this.#offset = this.#buffer.length;
    else if (at > this.#offset) this.#offset = Math.max(this.#offset, this.#startOfLine(at));
    return at >= 0;
  }

  /** The text of the line here, without the prompt of a pager in front of it, with blanks for no-break spaces; null at the end. */
  get text(): string | null {
    const start = this.#offset;
    if (start >= this.#buffer.length) return null;
    const text = this.#usualLine() ?? this.#buffer.toString(this.#encoding, start, this.#endOfLine());
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    const shown = line.includes(HARD_BLANK) ? line.replaceAll(HARD_BLANK, ' ') : line;
    return shown.includes('More') ? shown.replace(PAGER, '') : shown;
  }

  /** The number of the line here. */
  get number(): number {
    if (this.#counted < this.#offset) {
      this.#number += countLineFeeds(this.#buffer, this.#counted, this.#offset);
      this.#counted = this.#offset;
    }
    return this.#number;
  }

  /** The line here; null at the end of the text. */
  peek(): Line | null {
    const { text } = this;
    return text === null ? null : { text, number: this.number };
  }

  /** Goes to the next line. */
  skip(): void {
    this.#offset = this.#endOfLine() + 1;
  }

  /** Goes to the line after the one in which a character stands. */
  skipPast(offset: number): void {
    this.#offset = offset;
    this.skip();
  }

  /** Goes on by so many bytes, which are known to be so many lines. */
  skipLines(bytes: number, lines: number): void {
    this.#number = this.number + lines;
    this.#offset += bytes;
    this.#counted = this.#offset;
  }

  /** The line here as it stands, unless it is a long one or the last. */
  #usualLine(): string | null {
    const start = this.#offset;
    const text = this.#buffer.toString('latin1', start, start + USUAL_LINE);
    const length = text.indexOf('\n');
    if (length < 0) return null;
    this.#end = start + length;
    return this.#encoding === 'latin1' ? text.slice(0, length) : this.#buffer.toString('utf8', start, this.#end);
  }

  #startOfLine(offset: number): number {
    return this.#buffer[offset - 1] === LINE_FEED ? offset : this.#buffer.lastIndexOf(LINE_FEED, offset) + 1;
  }

  #endOfLine(): number {
    if (this.#end < this.#offset) {
      const end = this.#buffer.indexOf(LINE_FEED, this.#offset);
      this.#end = end < 0 ? this.#buffer.length : end;
    }
    return this.#end;
  }
}

/** A text as it is, unless it has CR for every LF. */
export function withLineFeeds(text: Buffer): Buffer {
  if (text.includes(LINE_FEED) || !text.includes(CARRIAGE_RETURN)) return text;
  return Buffer.from(text.toString('latin1').replaceAll('\r', '\n'), 'latin1');
}

const PLAIN = /^[ -~\t]*$/;

/** What a line that was read as Latin-1 says: names and descriptions may have letters of any language, in UTF-8. */
export function asWritten(line: string): string {
  if (PLAIN.test(line)) return line;
  const bytes = Buffer.from(line, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : line;
}
