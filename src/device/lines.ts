/**
 * A text read line by line from any place in it, without splitting all of it: a configuration is large, and what
 * concerns certificates is a small part.
 *
 * @module
 */

/** A line of a text. */
export interface Line {
  /** Without its line end. */
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** Reads lines forwards. LF and CR LF end a line. */
export class LineReader {
  /** All of it. */
  readonly whole: string;
  #offset = 0;
  /** Lines are counted when a number is asked for, up to here. */
  #counted = 0;
  #number = 1;

  constructor(whole: string) {
    this.whole = whole;
  }

  /** Where the line here begins. */
  get offset(): number {
    return this.#offset;
  }

  /** Goes to the line in which the next occurrence of a string begins, from here on; false where there is none. */
  seek(found: string): boolean {
    const at = this.whole.indexOf(found, this.#offset);
    this.#offset = at < 0 ? this.whole.length : Math.max(this.#offset, this.whole.lastIndexOf('\n', at) + 1);
    return at >= 0;
  }

  /** The text of the line here; null at the end. */
  get text(): string | null {
    if (this.#offset >= this.whole.length) return null;
    const text = this.whole.slice(this.#offset, this.#endOfLine());
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }

  /** The number of the line here. */
  get number(): number {
    for (let end = this.whole.indexOf('\n', this.#counted); end >= 0 && end < this.#offset; ) {
      this.#number++;
      this.#counted = end + 1;
      end = this.whole.indexOf('\n', this.#counted);
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

  #endOfLine(): number {
    const end = this.whole.indexOf('\n', this.#offset);
    return end < 0 ? this.whole.length : end;
  }
}
