/**
 * DER and PEM in hexadecimal: digits alone or in groups, as `xxd -p`, databases, Wireshark and the rows of a
 * console have them, the bytes of an array or a string in a program, and dumps with offsets before the bytes and characters behind
 * them (`xxd`, `hexdump -C`, `od -tx1`, `openssl asn1parse -dump`). Arrays and strings of programs may have decimal or octal
 * numbers, too.
 *
 * @module
 */
import { ByteList } from '../encoding/byte-list.js';
import { peekElement } from '../store/peek.js';
import { detectDer } from './detect.js';
import type { PlacedPart } from './embedded.js';
import { hasNumberRun } from './number-run.js';
import { LineIndex, textOf } from './text.js';

/** How far from its beginning a text of which nothing is known is searched for the first: more words are another text. */
const HEAD = 1024;

/** A SEQUENCE of 128 octets or more that begins with a SEQUENCE, an OID or an INTEGER, as all that holds certificates does. */
const START = startOf(
  '30',
  '8[1-4]',
  '(?:(?:[0-9a-f]{2}|(?<=x|&H|\\$)[0-9a-f](?=,))BETWEEN){1,4}?(?:30BETWEEN8|06|02BETWEEN0)',
);

const START_HERE = new RegExp(START.source, 'iy');

/** Five hyphens and `BEGIN`. */
const START_OF_PEM = startOf(...(Buffer.from('-----BEGIN').toString('hex').match(/../g) ?? []));

/** The same starts in decimal numbers, of which those of Java have a sign, and in octal ones. */
const START_OF_DECIMAL = /(?<![\w.-])48,\s{0,64}(?:129|13[0-2]|-12[4-7]),|(?<=\[)48 (?:129|13[0-2]) /g;
const START_OF_DECIMAL_PEM = /(?<![\w.-])(?:45,\s{0,64}){5}66,\s{0,64}69,|(?<=\[)(?:45 ){5}66 69 /g;
const START_OF_OCTAL = /\\060\\20[1-4]/g;

/** DER in a string in which bytes that print stand for themselves: as Python prints bytes, and protocol buffers as text. */
const START_OF_STRING = /(?<![\w\\])0\\(?:x8[1-4]|20[1-4])/g;

/** A byte there. */
const BYTE_OF_STRING = /\\(?:x([0-9a-f]{2})|([0-3][0-7]{2})|([abtnvfr'"\\]))|([ -[\]-~])/iy;

/** What a letter behind a backslash stands for. */
const ESCAPED: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** What stands before the bytes of a row; before that the marks of a quoted mail, of a comment or a table may stand. */
const OFFSET = /^[ \t>|#*]{0,32}(?:0x)?([0-9a-f]{4,16})[:h]?(?:[ \t]+-)?[ \t]+/i;

/** The same of the first row, which may follow the end of a line. */
const OFFSET_OF_FIRST = /^[ \t>|#*]{0,32}(?:0x)?0{4,16}[:h]?(?:[ \t]+-)?[ \t]+$/i;

/** No offset with the blanks around it is longer. */
const MAX_OFFSET = 96;

/** Offsets are hexadecimal, those of `od` octal or, with `-Ad`, decimal. */
const RADIXES = [16, 8, 10] as const;

/** No row has more bytes, or with the second offset more characters. */
const MAX_WIDTH = 256;
const MAX_ROW = 2048;

/** What is shorter is no certificate. */
const LEAST = 64;

/** No header of an element is longer. */
const MAX_HEADER = 6;

/** What stands between digits: blanks, line ends, the signs of lists and strings, the marks of a quoted mail or a table. */
const SEPARATOR = /[\s:,;_."'+\\|>-]/y;

const HEX_DIGITS = /[0-9a-f]*/iy;

/** As many may follow one another. */
const MAX_SEPARATORS = 80;

/** What programs have between the bytes of an array besides: comments, casts, the letter of a string of bytes. */
const PASSED_OVER = /\/\*[^*]{0,200}\*\/|\/\/[^\r\n]{0,200}|\((?:byte|char)\)|\.toByte\(\)|\.byte\b|b(?=["'])/y;

/** PEM is no longer, in bytes. */
const MAX_PEM = 4 * 1024 * 1024;

/** Bytes that were written in a text, and where they end there. */
interface Written {
  readonly bytes: Uint8Array;
  readonly end: number;
}

/** How bytes may be written. */
interface Notation {
  readonly name: 'hexadecimal' | 'decimal' | 'octal';
  readonly radix: number;
  /** Matches a byte, whose digits are the one group that took part. */
  readonly byte: RegExp;
  /** How DER and PEM begin. */
  readonly starts: readonly RegExp[];
}

const HEXADECIMAL: Notation = {
  name: 'hexadecimal',
  radix: 16,
  byte: /(?:(?:0x|&H|\$)([0-9a-f]{2}|[0-9a-f](?![0-9a-f]))(?:u8|ul?)?|\\{1,2}x([0-9a-f]{2})|([0-9a-f]{2}))/iy,
  starts: [START],
};

/** PEM, of which somebody made a dump, too. */
const HEXADECIMAL_PEM: Notation = { ...HEXADECIMAL, starts: [START_OF_PEM] };

/** The others, which programs alone have. */
const OF_PROGRAMS: readonly Notation[] = [
  { name: 'decimal', radix: 10, byte: /(-?[0-9]{1,3})(?![0-9.])/y, starts: [START_OF_DECIMAL, START_OF_DECIMAL_PEM] },
  { name: 'octal', radix: 8, byte: /\\([0-3][0-7]{2})/y, starts: [START_OF_OCTAL] },
];

/** A structure that was found, and how it was written. */
interface WrittenPart extends PlacedPart {
  readonly notation: Notation['name'];
}

/**
 * The structures and PEM of a text.
 *
 * @param bytes - UTF-8 or Latin-1
 * @param isNothing - whether nothing else was found in it, as is true of most texts: then one must begin soon, or have many numbers
 * @returns in order. One may be cut short, which is seen when it is read
 */
export function findHexadecimal(bytes: Uint8Array, isNothing: boolean): readonly WrittenPart[] {
  const hasNumbers = hasNumberRun(bytes);
  if (isNothing && !hasNumbers && !beginsSoon(bytes)) return [];
  const text = textOf(bytes);
  const notations = [
    HEXADECIMAL,
    ...(hasNumbers || isNothing ? [HEXADECIMAL_PEM] : []),
    ...(hasNumbers ? OF_PROGRAMS : []),
  ];
  const found = notations.flatMap((notation) =>
    notation.starts.flatMap((start) => [...writtenIn(text, notation, start)]),
  );
  found.push(...stringsIn(text));
  const lines = found.length === 0 ? null : new LineIndex(text);
  return found
    .toSorted((a, b) => a.start - b.start)
    .map(({ bytes, start, end, notation }) => {
      const line = lines?.locate(start).line ?? 1;
      return { name: null, bytes, start, end, line, lineOf: () => line, isEncoded: true, notation };
    });
}

function beginsSoon(bytes: Uint8Array): boolean {
  const head = textOf(bytes.subarray(0, HEAD));
  return [START, START_OF_PEM, START_OF_STRING].some((start) => {
    start.lastIndex = 0;
    return start.test(head);
  });
}

/** What is written in strings in which bytes that print stand for themselves. */
function* stringsIn(
  text: string,
): Generator<Written & { readonly start: number; readonly notation: 'hexadecimal' | 'octal' }> {
  START_OF_STRING.lastIndex = 0;
  for (let match = START_OF_STRING.exec(text); match !== null; match = START_OF_STRING.exec(text)) {
    const element = new Element();
    let at = match.index;
    while (!element.isWhole) {
      const [whole = '', hex, octal, escaped, itself] = matchAt(BYTE_OF_STRING, text, at) ?? [];
      if (whole === '') break;
      if (hex !== undefined || octal !== undefined) element.push(Number.parseInt(hex ?? octal ?? '', hex ? 16 : 8));
      else element.push(ESCAPED[escaped ?? ''] ?? (escaped ?? itself ?? '').charCodeAt(0));
      at += whole.length;
    }
    START_OF_STRING.lastIndex = Math.max(at, match.index + 1);
    const { bytes } = element;
    const notation = match[0].startsWith('0\\x') ? 'hexadecimal' : 'octal';
    if (holdsAny(bytes)) yield { bytes, start: match.index, end: at, notation };
  }
}

/** What is written in a notation and begins so. */
function* writtenIn(
  text: string,
  notation: Notation,
  begin: RegExp,
): Generator<Written & { readonly start: number; readonly notation: Notation['name'] }> {
  begin.lastIndex = 0;
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const start = match.index;
    const written = (notation.radix === 16 ? readRows(text, start) : null) ?? readDigits(text, start, notation);
    begin.lastIndex = written.end;
    if (holdsAny(written.bytes)) yield { ...written, start, notation: notation.name };
  }
}

const HYPHEN = 0x2d;

/** A marker with what may be a line of base64 behind it. */
const BLOCK = /-----BEGIN [^-]{1,64}-----\s{1,4}[A-Za-z0-9+/]{24}/;

/** Whether bytes are DER that holds certificates, or PEM, of which a program may have the markers alone. */
function holdsAny(bytes: Uint8Array): boolean {
  if (bytes.length < LEAST) return false;
  return bytes[0] === HYPHEN ? BLOCK.test(textOf(bytes)) : detectDer(bytes) !== null;
}

/** The digits from an index on, whatever stands between them. */
function readDigits(text: string, start: number, { byte, radix }: Notation): Written {
  const element = new Element();
  let at = start;
  const widths = new Set<number>();
  for (let separators = 0; separators <= MAX_SEPARATORS && !element.isWhole; ) {
    const digits = matchAt(byte, text, at);
    if (digits !== null) {
      if (separators > 0 && isOtherStart(text, start, at - separators, at)) break;
      // Programs write a zero before every digit that is alone, or before none.
      if (/^0x0?[0-9a-f]$/i.test(digits[0])) widths.add(digits[0].length);
      if (widths.size === 2) break;
      const value = Number.parseInt(digits[1] ?? digits[2] ?? digits[3] ?? '', radix);
      if (value < -128 || value > 255) break;
      element.push(value & 0xff);
      at += digits[0].length;
      separators = 0;
      continue;
    }
    const between = matchAt(PASSED_OVER, text, at) ?? matchAt(SEPARATOR, text, at);
    if (between === null) break;
    at += between[0].length;
    separators++;
  }
  const { bytes } = element;
  // Half a byte more than its length says: a digit was doubled, or one is missing, and all behind that are others.
  const isOdd = element.isWhole && radix === 16 && (matchAt(HEX_DIGITS, text, at)?.[0].length ?? 0) % 2 === 1;
  return { bytes: isOdd ? bytes.subarray(0, -1) : bytes, end: Math.max(at, start + 1) };
}

/** Whether another one begins behind an empty line, or a line that had all of the one so far, though that says that it is longer. */
function isOtherStart(text: string, start: number, gap: number, at: number): boolean {
  const between = text.slice(Math.max(start, gap), at);
  // Behind a backslash a line goes on.
  if (!/(?<!\\\r?)\n/.test(between) || matchAt(START_HERE, text, at) === null) return false;
  return /\n[ \t\r]*\n/.test(between) || text.lastIndexOf('\n', gap - 1) < start;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
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

function byteAt(text: string, at: number): number | null {
  const digits = text.slice(at, at + 2);
  return /^[0-9a-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : null;
}

/** An element of DER while its bytes come in. */
class Element {
  readonly #bytes = new ByteList();
  /** In bytes, when its header is there. */
  #length = Number.POSITIVE_INFINITY;

  get bytes(): Uint8Array {
    return this.#bytes.bytes;
  }

  get isWhole(): boolean {
    return this.#bytes.length >= this.#length;
  }

  push(byte: number): void {
    this.#bytes.push(byte);
    if (this.#bytes.length > MAX_HEADER || this.#length !== Number.POSITIVE_INFINITY) return;
    const { bytes } = this;
    if (bytes[0] === HYPHEN) {
      this.#length = MAX_PEM;
      return;
    }
    const header = peekElement(bytes, 0);
    if (header !== null && header.length !== null) this.#length = header.contentStart + header.length;
  }
}

/** Matches bytes that follow one another in any of the forms, not in the middle of other digits. */
function startOf(...bytes: readonly string[]): RegExp {
  const between = `(?:U|u8|\\.toByte\\(\\))?[\\s:,._"'-]{0,4}(?:\\\\\\r?\\n {0,8})?(?:\\(byte\\) ?)?(?:0x|\\\\{1,2}x|&H|\\$)?`;
  const pattern = bytes.join(between).replaceAll('BETWEEN', between);
  return new RegExp(`(?<![0-9a-z])(?:0x|\\\\{1,2}x|&H|\\$)?${pattern}`, 'gi');
}
