/**
 * String preparation for comparing names (RFC 4518 2, with the case folding that RFC 5280 7.1 asks for).
 *
 * @module
 */

/** What is not printable ASCII, of which only its letter case and its blanks set apart. */
const UNUSUAL = /[^ -~]/;
/** A blank at the beginning or the end, and two in a row. */
const LOOSE_BLANKS = /^ | {2}| $/;

/** Control characters, and marks that format without being seen, are mapped to nothing (2.2). */
const IGNORED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex lint/suspicious/noMisleadingCharacterClass: it is they that are meant
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u06dd\u070f\u1806\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2063\u206a-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffc\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/gu;

/** What is mapped to a blank (2.2), and of which several count as one (2.6). */
const BLANKS = /[\t-\r\u0085\p{Z}]+/gu;

/** A string that is equal for two strings exactly when caseIgnoreMatch holds them equal. */
export function prepareString(value: string): string {
  if (!UNUSUAL.test(value) && !LOOSE_BLANKS.test(value)) return value.toLowerCase();
  const mapped = foldCase(value.replace(IGNORED, '').replace(BLANKS, ' ').normalize('NFKC'));
  return mapped.normalize('NFKC').replace(BLANKS, ' ').trim();
}

/**
 * RFC 3454 B.2 character by character, so that neither language nor place in a word matters: `ß` is `ss`, and `ς` is `σ`.
 * The dotless i is no other letter's lower case there.
 */
function foldCase(text: string): string {
  return Array.from(text, (character) => (character === 'ı' ? character : character.toUpperCase().toLowerCase())).join(
    '',
  );
}
