/**
 * Making hostile text safe to print: nothing that acts on a terminal, breaks a line or turns the reading direction
 * passes unescaped, and nothing that cannot be seen.
 *
 * @module
 */

/**
 * Control characters, line and paragraph separators, lone surrogates, and what shows nothing wherever it stands: bidi
 * controls, zero-width characters, soft hyphens, fillers, variation selectors, tags (Unicode's `Default_Ignorable_Code_Point`
 * and the marks of interlinear annotation). Two names that look alike must not differ in one.
 */
const UNPRINTABLE: RegExp = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

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
 * A word as a person can type it at a shell: quoted where it has to be, without a character that could act on a reader. A
 * Windows path (`C:\\…`, `\\\\server\\…`) is for cmd and PowerShell, anything else for a POSIX shell.
 */
export function quoteWord(word: string): string {
  const text = toPrintable(word);
  if (/^(?:[A-Za-z]:[\\/]|\\\\)/.test(text)) return quoteWindowsPath(text);
  if (text !== word) return quoteWithEscapes(word);
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The same of a path, which no command takes for an option. */
export function quotePath(path: string): string {
  return quoteWord(path.startsWith('-') ? `./${path}` : path);
}

/** The bytes of what cannot be typed, in the quotes that have escapes (POSIX.1-2024 2.2.4; older in bash, ksh and zsh). */
function quoteWithEscapes(word: string): string {
  const octal = (byte: number) => `\\${byte.toString(8).padStart(3, '0')}`;
  const quoted = word.replace(/['\\]/g, '\\$&');
  return `$'${toPrintable(quoted, (character) => Array.from(new TextEncoder().encode(character), octal).join(''))}'`;
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
