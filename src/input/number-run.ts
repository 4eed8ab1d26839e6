/**
 * Whether a text has an array of numbers in it, as programs have certificates: what is looked for in such texts alone.
 *
 * @module
 */

/** So many bytes in a row are looked at, wherever as many begin; twice as many stand in any array that holds a certificate. */
const WINDOW = 64;

/** How many of them are digits at least: of decimal numbers on lines of their own, behind blanks, few are. */
const LEAST_DIGITS = 8;

const DIGIT = 2;

/** What arrays and strings of numbers are made of: digits, prefixes and suffixes, signs between them, `(byte)`, `.toByte()`. */
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[0-9]/.test(character)) return DIGIT;
  return /[A-Fa-fxXuUlLytoH\s.,:;+"'\\()&$-]/.test(character) && byte < 0x80 ? 1 : 0;
});

/** Most windows are left at one of their first bytes, and none of the bytes between them are looked at. */
export function hasNumberRun(bytes: Uint8Array): boolean {
  for (let start = 0; start + WINDOW <= bytes.length; start += WINDOW) {
    let digits = 0;
    let at = start;
    for (let kind = KINDS[bytes[at] as number]; at < start + WINDOW && kind !== 0; kind = KINDS[bytes[at] as number]) {
      if (kind === DIGIT) digits++;
      at++;
    }
    if (at === start + WINDOW && digits >= LEAST_DIGITS) return true;
  }
  return false;
}
