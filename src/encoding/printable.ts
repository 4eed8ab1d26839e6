/**
 * Making hostile text safe to print: nothing that acts on a terminal, breaks a line or turns the reading direction
 * passes unescaped.
 *
 * @module
 */

/** C0, DEL, C1, line and paragraph separators, bidi controls, zero-width characters, lone surrogates. */
const UNPRINTABLE: RegExp =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this must find
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Printable ASCII. */
const PLAIN: RegExp = /^[ -~]*$/;

/**
 * Replaces every character that could act on a reader by an escape.
 *
 * @param text - anything, e.g. an alias, a file name, a field of a config
 * @param replacement - how one such character is written; the default is `\u{1b}`
 */
export function toPrintable(text: string, replacement: (character: string) => string = unicodeEscape): string {
  // Nearly every text; it is not worth a search for what cannot be in it.
  if (PLAIN.test(text)) return text;
  return text.replace(UNPRINTABLE, replacement);
}

function unicodeEscape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/**
 * A word as a person can type it at a shell: quoted where it has to be. A Windows path (`C:\\…`, `\\\\server\\…`) is for
 * cmd and PowerShell, anything else for a POSIX shell.
 */
export function quoteWord(word: string): string {
  const text = toPrintable(word);
  if (/^(?:[A-Za-z]:[\\/]|\\\\)/.test(text)) return quoteWindowsPath(text);
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Double quotes serve both shells. Where they do not keep a character from its meaning, the path is for PowerShell, which
 * takes everything in single quotes as it is; cmd replaces `%NAME%` in any quotes.
 */
function quoteWindowsPath(path: string): string {
  if (/^[A-Za-z0-9_.\\/:+-]+$/.test(path)) return path;
  if (!/["“”„$`%]/.test(path)) return `"${path}"`;
  return `'${path.replace(/['‘’‚‛]/g, '$&$&')}'`;
}
