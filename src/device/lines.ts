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
  readonly #text: string;
  #offset = 0;
  #number = 1;

  constructor(text: string) {
    this.#text = text;
  }

  /** Goes to the line in which the next occurrence of a string begins, from here on; false where there is none. */
  seek(found: string): boolean {
    const at = this.#text.indexOf(found, this.#offset);
    if (at < 0) {
      this.#offset = this.#text.length;
      return false;
    }
    for (let end = this.#endOfLine(); end < at; end = this.#endOfLine()) {
      this.#offset = end + 1;
      this.#number++;
    }
    return true;
  }

  /** The line here; null at the end of the text. */
  peek(): Line | null {
    if (this.#offset >= this.#text.length) return null;
    const text = this.#text.slice(this.#offset, this.#endOfLine());
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, number: this.#number };
  }

  /** Goes to the next line. */
  skip(): void {
    this.#offset = this.#endOfLine() + 1;
    this.#number++;
  }

  #endOfLine(): number {
    const end = this.#text.indexOf('\n', this.#offset);
    return end < 0 ? this.#text.length : end;
  }
}
