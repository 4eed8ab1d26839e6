/**
 * A certificate as a running configuration of Cisco IOS, IOS XE or ASA stores it: rows of hexadecimal words under
 * `crypto pki certificate chain` (`crypto ca` on ASA and on old IOS), closed by `quit`. Reading is lenient about layout,
 * because what people have are copies: any indentation, CR LF, a TAB or blanks before `quit`. What the rows mean is not
 * guessed: a dump that is not a certificate is diagnosed row by row. Sources of the layout: docs/platforms/ios.md.
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import { encodeHex } from '../encoding/hex.js';
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError, TrustError } from '../errors.js';
import { decodeCertificate } from '../x509/certificate.js';
import type { Line } from './lines.js';

/** One row of a dump: its words, and where it stands. */
interface Row {
  readonly line: Line;
  readonly words: readonly string[];
}

/** A row longer than this was not printed by a device: ASA, which has the longest, prints ten words. */
const MAX_ROW = 400;

const WORD_DIGITS = 8;
const WORD = /^[0-9a-f]{8}$/i;
/** The end of a dump; a TAB that a copying program wrote as `\t` may stand before it. */
const QUIT = /^(?:\\t)*quit$/;

/** How a platform lays out the rows of a dump. */
export interface RowLayout {
  readonly indentation: string;
  /** Of 8 digits each; the last row and its last word may be shorter. */
  readonly words: number;
  readonly letterCase: 'upper' | 'lower';
}

/** IOS and IOS XE. */
export const IOS_ROWS: RowLayout = { indentation: '  ', words: 8, letterCase: 'upper' };

/** The rows of a certificate as a platform lays them out. */
export function renderRows(der: Uint8Array, { indentation, words, letterCase }: RowLayout): readonly string[] {
  const hex = letterCase === 'upper' ? encodeHex(der).toUpperCase() : encodeHex(der);
  const all = hex.match(/.{1,8}/g) ?? [];
  return Array.from(
    { length: Math.ceil(all.length / words) },
    (_, row) => `${indentation}${all.slice(row * words, (row + 1) * words).join(' ')}`,
  );
}

/** No certificate on a device is longer. */
const MAX_OCTETS = 65_535;

const BLANK = -1;
const OTHER = -2;

/** The value of each hex digit by its character; `BLANK` for blanks and line ends. */
const VALUES = Int8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[ \t\r\n]/.test(character)) return BLANK;
  return /[0-9a-f]/i.test(character) ? Number.parseInt(character, 16) : OTHER;
});

/**
 * The DER of a dump in which nothing is wrong, read in one go; most are such, and a site has thousands of them.
 *
 * @param bytes - the whole text
 * @param start - where the first row begins
 * @returns with where its `quit` begins; null for a dump that has to be looked at row by row
 */
export function decodeDump(
  bytes: Uint8Array,
  start: number,
): { readonly der: Uint8Array; readonly end: number } | null {
  let der: Uint8Array = new Uint8Array(4);
  let filled = 0;
  for (let offset = start; offset < bytes.length; ) {
    const high = VALUES[bytes[offset] as number] as number;
    if (high === BLANK) {
      offset++;
      continue;
    }
    // The octets of a dump are whole: no blank parts the digits of one.
    const low = VALUES[bytes[offset + 1] as number] as number;
    if (high < 0 || !(low >= 0)) return filled === der.length && isQuitAt(bytes, offset) ? { der, end: offset } : null;
    if (filled === der.length) return null;
    der[filled++] = (high << 4) | low;
    offset += 2;
    if (filled !== 4 || der.length !== 4) continue;
    const whole = newForHeader(der);
    if (whole === null) return null;
    der = whole;
  }
  return null;
}

/** Whether the word `quit` stands there. */
function isQuitAt(bytes: Uint8Array, offset: number): boolean {
  return QUIT_HERE.test(asBuffer(bytes).toString('latin1', offset, offset + 5));
}

const QUIT_HERE = /^quit\s?$/;

/** Room for a SEQUENCE whose length takes two octets, which every certificate is, with its first four octets in it. */
function newForHeader(header: Uint8Array): Uint8Array | null {
  if (header[0] !== 0x30 || header[1] !== 0x82) return null;
  const length = (((header[2] as number) << 8) | (header[3] as number)) + 4;
  if (length <= 4 || length > MAX_OCTETS) return null;
  const whole = new Uint8Array(length);
  whole.set(header);
  return whole;
}

/** Whether a line closes a dump. */
export function isQuit({ text }: Line): boolean {
  return text.includes('quit') && QUIT.test(text.trim());
}

/**
 * Whether a line may be a row of a dump, perhaps a damaged one: words as long as those of a dump, nearly all of them hex.
 */
export function isRow({ text }: Line): boolean {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > MAX_ROW || !/^[0-9a-z][^:!]*$/i.test(trimmed)) return false;
  const words = trimmed.split(/\s+/);
  const digits = trimmed.replace(/[^0-9a-f]/gi, '').length;
  const characters = words.join('').length;
  return words.every((word) => word.length <= WORD_DIGITS + 2) && digits >= characters * 0.75 && digits > 1;
}

/**
 * The DER that a dump holds; null where something is wrong with it.
 *
 * @param lines - its rows; none of them blank
 */
export function derOfRows(lines: readonly Line[]): Uint8Array | null {
  const digits = digitsOf(lines);
  const isWhole = lengthByHeader(digits) === digits.length / 2 && /^[0-9a-f]+$/i.test(digits);
  return isWhole ? new Uint8Array(Buffer.from(digits, 'hex')) : null;
}

/**
 * As `derOfRows`.
 *
 * @throws {TrustError} `device/damaged-hex`, placed at the first row that is wrong, or at the first row when only the
 *   length is
 */
export function decodeRows(lines: readonly [Line, ...Line[]]): Uint8Array {
  const der = derOfRows(lines);
  if (der !== null) return der;
  throw diagnose(
    lines.map((line) => ({ line, words: line.text.trim().split(/\s+/) })),
    digitsOf(lines),
    lines[0],
  );
}

function digitsOf(lines: readonly Line[]): string {
  return lines.map(({ text }) => text.trim().replaceAll(' ', '')).join('');
}

function diagnose(rows: readonly Row[], digits: string, first: Line): TrustError {
  const width = usualWidth(rows);
  for (const [index, row] of rows.entries()) {
    const found = wordThatIsNone(row, index === rows.length - 1) ?? wrongCount(row, width, index, rows.length);
    if (found !== null) return damaged(`row ${index + 1} of ${rows.length} ${found.what}`, row.line, found.column);
  }
  const expected = lengthByHeader(digits);
  const octets = digits.length / 2;
  if (expected === null) return damaged('the rows do not begin like a certificate, which begins with 30', first, 1);
  const missing = expected - octets;
  const what =
    missing > 0
      ? `${missing} of ${expected} octets are missing${wholeRows(missing, width)}`
      : `${-missing} octets follow the ${expected} that the certificate has${wholeRows(-missing, width)}`;
  const index = rowThatBreaks(rows, digits, expected);
  const row = rows[index ?? 0];
  const where = index === null || row === undefined ? '' : `, in row ${index + 1} (line ${row.line.number}) or above`;
  return damaged(what + where, first, 1);
}

/** The row in which the structure of the certificate breaks, when it is read as if its length were right. */
function rowThatBreaks(rows: readonly Row[], digits: string, expected: number): number | null {
  const bytes = new Uint8Array(Math.min(expected, MAX_OCTETS));
  bytes.set(Buffer.from(digits, 'hex').subarray(0, bytes.length));
  const octet = octetThatBreaks(bytes);
  return octet === null ? null : rowOf(rows, octet);
}

function octetThatBreaks(der: Uint8Array): number | null {
  try {
    decodeCertificate(der);
    return null;
  } catch (error) {
    return expectTrustError(error).at?.offset ?? null;
  }
}

function rowOf(rows: readonly Row[], octet: number): number | null {
  let octets = 0;
  const index = rows.findIndex(({ words }) => {
    octets += words.join('').length / 2;
    return octet < octets;
  });
  return index < 0 ? null : index;
}

/**
 * Where in its rows a certificate goes wrong whose octets are all there.
 *
 * @param lines - its rows; none of them blank
 * @param error - what decoding said; its offset is used
 */
export function placeInRows(lines: readonly Line[], error: TrustError): TrustError {
  const rows = lines.map((line) => ({ line, words: line.text.trim().split(/\s+/) }));
  const index = error.at?.offset === undefined ? null : rowOf(rows, error.at.offset);
  const row = rows[index ?? -1];
  if (index === null || row === undefined) return error;
  return new TrustError(error.code, `${error.message}, in row ${index + 1} of ${rows.length} or above`, {
    at: { line: row.line.number },
    hint: 'a row there or above is changed or stands in another place; copy the configuration again',
    cause: error,
  });
}

/** How many words the rows have: the number that most of them have. */
function usualWidth(rows: readonly Row[]): number {
  const counts = new Map<number, number>();
  for (const { words } of rows) counts.set(words.length, (counts.get(words.length) ?? 0) + 1);
  return [...counts].reduce((most, next) => (next[1] > most[1] ? next : most), [0, 0])[0];
}

/** The last word of all may have any even number of digits. */
function wordThatIsNone({ line, words }: Row, isLast: boolean): { what: string; column: number } | null {
  const number = words.findIndex(
    (word, index) =>
      !WORD.test(word) && !(isLast && index === words.length - 1 && /^(?:[0-9a-f]{2}){1,4}$/i.test(word)),
  );
  const word = words[number];
  if (word === undefined) return null;
  const column = columnOf(line, number);
  const stray = word.search(/[^0-9a-f]/i);
  return stray < 0
    ? { what: `has ${word.length} digits in word ${number + 1}, expected 8`, column }
    : { what: `has "${toPrintable(word.charAt(stray))}" where a hex digit is expected`, column: column + stray };
}

function wrongCount(
  { words, line }: Row,
  width: number,
  index: number,
  count: number,
): { what: string; column: number } | null {
  if (words.length === width || (index === count - 1 && words.length < width)) return null;
  return { what: `has ${words.length} words, expected ${width}`, column: columnOf(line, 0) };
}

/** Where a word begins, from 1. */
function columnOf({ text }: Line, number: number): number {
  const start = [...text.matchAll(/\S+/g)][number]?.index ?? 0;
  return start + 1;
}

/** The length of the whole element by its first octets. */
function lengthByHeader(digits: string): number | null {
  const [, long, short] = /^30(?:82([0-9a-f]{4})|81([0-9a-f]{2}))/i.exec(digits) ?? [];
  if (long !== undefined) return Number.parseInt(long, 16) + 4;
  return short === undefined ? null : Number.parseInt(short, 16) + 3;
}

function wholeRows(octets: number, width: number): string {
  const rows = octets / ((width * WORD_DIGITS) / 2);
  return Number.isInteger(rows) ? `, as many as ${rows === 1 ? 'one row has' : `${rows} rows have`}` : '';
}

function damaged(message: string, { number }: Line, column: number): TrustError {
  return new TrustError('device/damaged-hex', message, {
    at: { line: number, column },
    hint: 'copy the configuration again, with a terminal that neither wraps nor pages it',
  });
}
