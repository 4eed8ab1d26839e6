/**
 * DER in hexadecimal: digits alone or in groups, as `xxd -p`, databases, Wireshark and the rows of a
 * console have them, the bytes of an array or a string in a program, and dumps with offsets before the bytes and characters behind
 * them (`xxd`, `hexdump -C`, `od -tx1`, `openssl asn1parse -dump`).
 *
 * @module
 */
import { peekElement } from '../store/peek.js';
import { detectDer } from './detect.js';
import type { PlacedPart } from './embedded.js';
import { LineIndex, textOf } from './text.js';

/** How far from its beginning a text of which nothing is known is searched for the first: more words are another text. */
const HEAD = 1024;

/** A SEQUENCE of 128 octets or more that begins with a SEQUENCE, an OID or an INTEGER, as all that holds certificates does. */
const START = startOf('30', '8[1-4]', '(?:[0-9a-f]{2}BETWEEN){1,4}?(?:30BETWEEN8|06|02BETWEEN0)');

/** What stands before the bytes of a row. */
const OFFSET = /^[ \t]*(?:0x)?([0-9a-f]{4,16})[:h]?(?:[ \t]+-)?[ \t]+/i;

/** The same of the first row, which may follow the end of a line. */
const OFFSET_OF_FIRST = /^[ \t]*(?:0x)?0{4,16}[:h]?(?:[ \t]+-)?[ \t]+$/i;

/** No offset with the blanks around it is longer. */
const MAX_OFFSET = 64;

/** Offsets are hexadecimal, those of `od` octal or, with `-Ad`, decimal. */
const RADIXES = [16, 8, 10] as const;

/** No row has more bytes, or with the second offset more characters. */
const MAX_WIDTH = 256;
const MAX_ROW = 2048;

/** What is shorter is no certificate. */
const LEAST = 64;

/** No header of an element is longer. */
const MAX_HEADER = 6;

/** What stands between digits: blanks, line ends, the signs of lists and strings. */
const SEPARATOR = /^[\s:,;_."'+\\-]$/;

/** As many may follow one another. */
const MAX_SEPARATORS = 80;

/** Bytes that were written in a text, and where they end there. */
interface Written {
  readonly bytes: Uint8Array;
  readonly end: number;
}

/**
 * The structures of a text.
 *
 * @param bytes - UTF-8 or Latin-1
 * @param isNothing - whether nothing else was found in it, as is true of most texts: then one must begin soon
 * @returns in order. One may be cut short, which is seen when it is read
 */
export function findHexadecimal(bytes: Uint8Array, isNothing: boolean): readonly PlacedPart[] {
  START.lastIndex = 0;
  if (isNothing && !START.test(textOf(bytes.subarray(0, HEAD)))) return [];
  const text = textOf(bytes);
  let lines: LineIndex | null = null;
  const found: PlacedPart[] = [];
  START.lastIndex = 0;
  for (let match = START.exec(text); match !== null; match = START.exec(text)) {
    const start = match.index;
    const written = readRows(text, start) ?? readDigits(text, start);
    START.lastIndex = written.end;
    if (written.bytes.length < LEAST || detectDer(written.bytes) === null) continue;
    lines ??= new LineIndex(text);
    const { line } = lines.locate(start);
    found.push({
      name: null,
      bytes: written.bytes,
      start,
      end: written.end,
      line,
      lineOf: () => line,
      isEncoded: true,
    });
  }
  return found;
}

/** The digits from an index on, whatever stands between them. */
function readDigits(text: string, start: number): Written {
  const element = new Element();
  let at = start;
  for (let separators = 0; separators <= MAX_SEPARATORS && !element.isWhole; ) {
    const prefix = prefixAt(text, at);
    const byte = byteAt(text, at + prefix);
    if (byte !== null) {
      element.push(byte);
      at += prefix + 2;
      separators = 0;
    } else if (SEPARATOR.test(text.charAt(at))) {
      at++;
      separators++;
    } else break;
  }
  return { bytes: element.bytes, end: at };
}

/** The rows of a dump whose bytes begin at an index; null where no offset of 0 stands before them. */
function readRows(text: string, start: number): Written | null {
  const before = text.slice(Math.max(0, start - MAX_OFFSET), start);
  const first = before.slice(before.lastIndexOf('\n') + 1);
  const width = OFFSET_OF_FIRST.test(first) ? widthOf(text.slice(start, start + MAX_ROW)) : null;
  if (width === null) return null;
  const element = new Element();
  let end = start;
  for (let row = start - first.length, count = 0; !element.isWhole && row < text.length; count++) {
    const lineFeed = text.indexOf('\n', row);
    const line = text.slice(row, lineFeed < 0 ? text.length : lineFeed);
    const offset = OFFSET.exec(line);
    if (offset === null || Number.parseInt(offset[1] ?? '', width.radix) !== count * width.bytes) break;
    for (const byte of bytesOf(line.slice(offset[0].length), width.bytes)) if (!element.isWhole) element.push(byte);
    end = row + line.length;
    row = end + 1;
  }
  return { bytes: element.bytes, end };
}

/** How many bytes the first row has, as the offset of the second one says, and how that is written. */
function widthOf(rows: string): { readonly bytes: number; readonly radix: number } | null {
  const [row = '', next = ''] = rows.split('\n', 2);
  const second = OFFSET.exec(next)?.[1] ?? '';
  const most = bytesOf(row, MAX_WIDTH).length;
  const widths = RADIXES.map((radix) => ({ bytes: Number.parseInt(second, radix), radix }));
  return widths.find(({ bytes }) => bytes === most) ?? widths.find(({ bytes }) => bytes > 0 && bytes <= most) ?? null;
}

/** The bytes at the beginning of a row, in groups of any size. */
function bytesOf(row: string, most: number): number[] {
  const bytes: number[] = [];
  for (let at = 0; bytes.length < most; ) {
    const byte = byteAt(row, at);
    if (byte !== null) {
      bytes.push(byte);
      at += 2;
    } else if (/^[ \t:-]$/.test(row.charAt(at))) at++;
    else break;
  }
  return bytes;
}

/** How many characters stand before a byte of an array or a string of a program: `0x`, `\x`. */
function prefixAt(text: string, at: number): number {
  return /^(?:0|\\{1,2})x$/i.test(text.slice(at, at + 2)) ? 2 : text.startsWith('\\\\x', at) ? 3 : 0;
}

function byteAt(text: string, at: number): number | null {
  const digits = text.slice(at, at + 2);
  return /^[0-9a-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : null;
}

/** An element of DER while its bytes come in. */
class Element {
  readonly #bytes: number[] = [];
  /** In bytes, when its header is there. */
  #length = Number.POSITIVE_INFINITY;

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  get isWhole(): boolean {
    return this.#bytes.length >= this.#length;
  }

  push(byte: number): void {
    this.#bytes.push(byte);
    if (this.#bytes.length > MAX_HEADER || this.#length !== Number.POSITIVE_INFINITY) return;
    const header = peekElement(this.bytes, 0);
    if (header !== null && header.length !== null) this.#length = header.contentStart + header.length;
  }
}

/** Matches bytes that follow one another in any of the forms, not in the middle of other digits. */
function startOf(...bytes: readonly string[]): RegExp {
  const between = `[\\s:,._"'-]{0,4}(?:0x|\\\\{1,2}x)?`;
  const pattern = bytes.join(between).replaceAll('BETWEEN', between);
  return new RegExp(`(?<![0-9a-z])(?:0x|\\\\{1,2}x)?${pattern}`, 'gi');
}
