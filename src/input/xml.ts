/**
 * XML (1.0), read by sax: SAML metadata, WS-Security, the configuration of many products. An element or an attribute whose text is
 * base64 of a certificate is a part of its own, called by its path; all other text is read on as it is, that of attributes and comments
 * where it shows PEM.
 *
 * sax resolves the five entities of XML and numbers, and never one that the document declares, so that a declaration cannot
 * grow. It is loaded by the first document.
 *
 * @module
 */
import { createRequire } from 'node:module';
import type { TrustError } from '../errors.js';
import { brokenValue, decodeEmbedded, type Part, showsPem } from './embedded.js';
import type { PlainText } from './markup.js';

const require = createRequire(import.meta.url);

/** Deeper than any document that people have; sax looks through all open elements at every end tag that fits none. */
const MAX_DEPTH = 256;

/** More faults than a document has that is XML at all. */
const MAX_FAULTS = 1000;

/** More documents than are put into one text; a parser for each takes time. */
const MAX_DOCUMENTS = 10_000;

/** Where a document begins like one. */
const HEAD = 1024;

/** How a comment begins. */
const COMMENT = '<!--';

/** What is used of sax. */
interface SaxParser {
  readonly line: number;
  readonly position: number;
  error: Error | null;
  onopentagstart: (tag: { readonly name: string }) => void;
  onattribute: (attribute: { readonly name: string; readonly value: string }) => void;
  onopentag: () => void;
  onclosetag: (name: string) => void;
  ontext: (text: string) => void;
  oncdata: (text: string) => void;
  oncomment: () => void;
  onerror: () => void;
  write(text: string): this;
  close(): void;
}

interface Sax {
  parser(strict: true): SaxParser;
}

/** What stands in a document: the text is that which is in no part. */
export interface XmlContents extends PlainText {
  readonly parts: readonly Part[];
  readonly errors: readonly TrustError[];
}

/** Whether a text is XML: it begins with a declaration, a comment or an element. */
export function isXml(head: string): boolean {
  return /^\s*<(?:\?xml\s|!--|!DOCTYPE\s|[A-Za-z_][\w.:-]{0,200}(?:\s{1,200}[\w.:-]{1,100}\s{0,20}=|\s{0,200}\/?>))/.test(
    head,
  );
}

/**
 * Reads one document after the other; what follows the last one is read on as it is.
 *
 * @returns null for a text without an element, nested too deep or hardly XML: it is to be read as any other
 */
export function readXml(xml: string): XmlContents | null {
  return new XmlReader().read(xml);
}

/** Thrown to leave sax, which has no other way to be told to stop. */
class Stop extends Error {
  readonly isEnd: boolean;

  constructor(isEnd: boolean) {
    super();
    this.isEnd = isEnd;
  }
}

class XmlReader {
  readonly #parts: Part[] = [];
  readonly #errors: TrustError[] = [];
  readonly #text: string[] = [];
  readonly #lines: number[] = [];
  readonly #path: string[] = [];
  #faults = 0;
  /** The text since the last tag, and the lines on which it begins and ends. */
  #pending = '';
  #line = 1;
  #lastLine = 1;

  read(xml: string): XmlContents | null {
    let offset = 0;
    for (let count = 0; count < MAX_DOCUMENTS && isXml(xml.slice(offset, offset + HEAD)); count++) {
      const lines = this.#lines.length;
      const length = this.#readDocument(xml.slice(offset), this.#line);
      if (length === null) return null;
      if (length === 0) {
        // What stands in comments there is read on with the rest.
        this.#text.length = this.#lines.length = lines;
        break;
      }
      offset += length;
    }
    if (offset === 0) return null;
    if (this.#path.length > 0 && this.#parts.length === 0) return null;
    this.#pending = xml.slice(offset);
    this.#lastLine = Number.POSITIVE_INFINITY;
    this.#keep();
    return { parts: this.#parts, errors: this.#errors, text: `${this.#text.join('\n')}\n`, lines: this.#lines };
  }

  /** The characters up to the end of the outermost element, none where there is no element; null when reading was given up. */
  #readDocument(xml: string, firstLine: number): number | null {
    const { parser: makeParser } = require('sax') as Sax;
    const parser = makeParser(true);
    const mark = () => {
      this.#line = firstLine + parser.line;
    };
    let hasElement = false;
    parser.onopentagstart = ({ name }) => {
      hasElement = true;
      this.#open(name);
    };
    parser.onattribute = ({ name, value }) => {
      const breaks = rawValue(xml, parser.position).split('\n').length - 1;
      this.#takeAttribute(name, value, { line: firstLine + parser.line - breaks, isBroken: breaks > 0 });
    };
    parser.onopentag = mark;
    parser.onclosetag = () => {
      this.#close();
      mark();
      if (this.#path.length === 0) throw new Stop(true);
    };
    parser.ontext = parser.oncdata = (text) => {
      this.#pending += text;
      this.#lastLine = firstLine + parser.line;
    };
    let commentEnd = 0;
    // For sax two hyphens end one, for people and most programs the bracket behind them does.
    parser.oncomment = () => {
      if (parser.position < commentEnd) return;
      const start = xml.lastIndexOf(COMMENT, parser.position);
      const end = xml.indexOf('-->', start);
      commentEnd = end === -1 ? xml.length : end + 3;
      const text = xml.slice(start, commentEnd);
      const breaks = xml.slice(start, parser.position).split('\n').length - 1;
      if (showsPem(text)) this.#addLines(text, firstLine + parser.line - breaks);
    };
    // What is no XML is passed over: the document is not judged here.
    parser.onerror = () => {
      parser.error = null;
      if (++this.#faults > MAX_FAULTS) throw new Stop(false);
    };
    try {
      parser.write(xml).close();
      return hasElement ? xml.length : 0;
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      return error.isEnd ? parser.position : null;
    }
  }

  #open(name: string): void {
    this.#keep();
    this.#path.push(name.replace(/^.*:/, ''));
    if (this.#path.length > MAX_DEPTH) throw new Stop(false);
  }

  #close(): void {
    if (this.#takeEmbedded(this.#pending, this.#path.join('/'), this.#line)) this.#pending = '';
    this.#keep();
    this.#path.pop();
  }

  /** Whether a value says of itself that it is base64 of something. */
  #takeEmbedded(value: string, name: string, line: number): boolean {
    const embedded = decodeEmbedded(value);
    if (embedded === 'broken') this.#errors.push(brokenValue(name, line));
    else if (embedded !== null)
      this.#parts.push({ name, bytes: embedded.bytes, line, lineOf: () => line, isEncoded: true });
    return embedded !== null;
  }

  /** A value whose lines end as those of the document do, or by references on one line of it. */
  #takeAttribute(name: string, value: string, { line, isBroken }: { line: number; isBroken: boolean }): void {
    if (this.#takeEmbedded(value, `${this.#path.join('/')}/@${name}`, line) || !showsPem(value)) return;
    this.#addLines(value, line, isBroken);
  }

  /** Adds a text that is read on by itself, from a line of the document on or all on that one. */
  #addLines(value: string, line: number, isBroken = true): void {
    for (const [number, text] of value.split(/\r\n|\r|\n/).entries()) {
      this.#text.push(text.trim());
      this.#lines.push(isBroken ? line + number : line);
    }
  }

  /** Adds the text since the last tag to that which is read on. */
  #keep(): void {
    for (const [number, line] of this.#pending.split(/\r\n|\r|\n/).entries()) {
      const shown = line.trim();
      if (shown === '') continue;
      this.#text.push(shown);
      // A reference may stand for a line end that the document has not.
      this.#lines.push(Math.min(this.#line + number, this.#lastLine));
    }
    this.#pending = '';
  }
}

/** The value of an attribute as it stands, which ends with a quote before a place; empty where it has none. */
function rawValue(xml: string, end: number): string {
  const quote = xml.charAt(end - 1);
  return quote === '"' || quote === "'" ? xml.slice(xml.lastIndexOf(quote, end - 2) + 1, end - 1) : '';
}
