/**
 * Text in HTML: what a browser would show of it, line by line. Tags that begin a line end the one before, all others vanish,
 * and so do blank lines and the blanks around a line, which mean nothing there, and the numbers that a listing in a table has
 * in cells of their own. Character references (HTML 5, 13.5) are resolved as far as base64 and its markers can hold them.
 *
 * @module
 */
import { LineIndex } from './text.js';

/** A text without its markup. */
export interface PlainText {
  readonly text: string;
  /** The line of the marked-up text for every line of the plain one. */
  readonly lines: readonly number[];
}

/** Tags that are in every page, and in no other text that people have. */
const SIGN =
  /<(?:!doctype html|\/?(?:html|head|body|pre|br|p|div|span|td|tr|table|code|li|ul)(?:\s[^<>]{0,1000})?\/?)>/i;

/** A tag or a comment; both bounded, since a text may be full of angle brackets that open none. */
const TAG = /<!--[\s\S]{0,1000}?-->|<\/?([a-z!][a-z0-9:-]{0,40})(?:[\s/][^<>]{0,4000})?>/gi;

/** The value of an attribute that is longer than any link: base64 in it, or PEM. */
const ATTRIBUTE = /=\s{0,8}["']?[^"'<>]{0,100}(?:[A-Za-z0-9+/]{256}|-----BEGIN )/;

const MARKER = /^<[^"'=]*-----/;

/** Tags that stand inside of a line. */
const INLINE: ReadonlySet<string> = new Set(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span strike strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);

const CELLS: ReadonlySet<string> = new Set(['td', 'th']);

/** What is alone in a cell before the one with the text of its line. */
const LINE_NUMBER = /^\s*\d{1,6}[.:]?\s*$/;

/** The names that stand in base64, in its markers and around them. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  equals: '=',
  gt: '>',
  hyphen: '-',
  lt: '<',
  nbsp: ' ',
  newline: '\n',
  plus: '+',
  quot: '"',
  shy: '',
  sol: '/',
  tab: '\t',
};

const REFERENCE = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,10}));?/gi;

/** Whether a text is HTML, by what stands in its first part. */
export function isHtml(head: string): boolean {
  return head.includes('<') && SIGN.test(head);
}

/** What is left of HTML without its markup. */
export function stripMarkup(html: string): PlainText {
  const writer = new PlainTextWriter(new LineIndex(html));
  let end = 0;
  for (const { 0: tag, 1: name, index } of html.matchAll(TAG)) {
    // No tag holds a marker; what looks so is text with an angle bracket before it.
    if (MARKER.test(tag)) continue;
    // An address or an attribute may hold a certificate, too.
    const { index: held = tag.length } = ATTRIBUTE.exec(tag) ?? {};
    writer.write(html, end, index);
    end = index + tag.length;
    if (held < tag.length) {
      writer.endLine();
      writer.write(html, index + held, end - 1);
      writer.endLine();
    }
    if (name === undefined || INLINE.has(name.toLowerCase())) continue;
    if (CELLS.has(name.toLowerCase())) writer.endCell();
    else writer.endLine();
  }
  writer.write(html, end, html.length);
  return writer.finish();
}

/** Gathers lines, each with its place. */
class PlainTextWriter {
  readonly #index: LineIndex;
  readonly #text: string[] = [];
  readonly #lines: number[] = [];
  #open = '';
  #openLine = 1;

  constructor(index: LineIndex) {
    this.#index = index;
  }

  write(html: string, start: number, end: number): void {
    if (start === end) return;
    let { line } = this.#index.locate(start);
    for (const [number, piece] of html
      .slice(start, end)
      .split(/\r\n|\r|\n/)
      .entries()) {
      if (number > 0) {
        this.endLine();
        line++;
      }
      for (const [more, shown] of resolve(piece)
        .split(/[\r\n]+/)
        .entries()) {
        if (more > 0) this.endLine();
        if (this.#open === '') this.#openLine = line;
        this.#open += shown;
      }
    }
  }

  endLine(): void {
    const line = this.#open.trim();
    this.#open = '';
    if (line === '') return;
    this.#text.push(line);
    this.#lines.push(this.#openLine);
  }

  /** A cell of a table is a line of its own, but the number of a line is none. */
  endCell(): void {
    if (LINE_NUMBER.test(this.#open)) this.#open = '';
    this.endLine();
  }

  finish(): PlainText {
    this.endLine();
    return { text: `${this.#text.join('\n')}\n`, lines: this.#lines };
  }
}

function resolve(text: string): string {
  return text.replace(REFERENCE, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    if (code === 0xa0) return ' ';
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
