/**
 * Characters that are written as something else, or are not seen: HTML character references, quoted-printable (RFC 2045
 * 6.7), ligatures, escape sequences of terminals (ECMA-48 5.4) and what they erase, and Unicode characters of no width.
 *
 * @module
 */
import type { NoteCode } from './read-result.js';

/** A part of a text and the character that it stands for, if any. */
interface Escape {
  readonly code: NoteCode;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The references by name whose characters a block, its markers or a frame around it may have. */
const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ plus: '+', sol: '/', equals: '=', hyphen: '-', dash: '-', minus: '-', shy: '', ndash: '-', mdash: '-' },
    ...{ nbsp: ' ', ensp: ' ', emsp: ' ', thinsp: ' ', Tab: '\t', NewLine: '\n', lowbar: '_' },
    ...{ zwj: '', zwnj: '', ZeroWidthSpace: '', NoBreak: '', amp: '&', lt: '<', gt: '>', quot: '"', vert: '|' },
  }),
);

/**
 * A soft break ends a line that is nearly full: a shorter line ends with an equals sign that is padding. The line after it
 * is one word, since no line of a block has two. What stands before the sign is looked at behind it, and not at every character.
 */
const SOFT_BREAK = /=(?<=[A-Za-z0-9+/=-]{66}=)[ \t]{0,8}\r?\n(?=[A-Za-z0-9+/=_-]{1,76}(?:[\r\n]|$))/;

/** Of the octets that quoted-printable may write in hex, those that a block has. */
const HEX_OCTET = /=(?:3D|2B|2F|2D|20|09|0D|0A|5F|C2=A0)/;

/** Colours and movements, character sets, and the titles of windows. */
const TERMINAL = '\u001b(?:\\[[0-9;?]{0,16}[@-~]|[()][0-9A-B]|\\][^\u0007\u001b\n]{0,200}(?:\u0007|\u001b\\\\))';

/** A soft hyphen is seen where a line ends; in a marker it stands for a hyphen. */
const INVISIBLE =
  /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+|\u00ad(?<=[A-Za-z0-9+/=]\u00ad)(?=[A-Za-z0-9+/=\r\n])/;
const REFERENCE = /&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,14});/;

/** Two or three letters in one character, as some documents in PDF are copied. */
const LIGATURE = /[\ufb00-\ufb04]/;

const ESCAPE = new RegExp(
  [TERMINAL, INVISIBLE.source, REFERENCE.source, SOFT_BREAK.source, LIGATURE.source, HEX_OCTET.source]
    .map((source) => `(${source})`)
    .join('|'),
  'g',
);

const BACKSPACE = '\b';

/**
 * How a terminal is told to take away what a line has: back to its beginning and erase, or write blanks over it and back again, or so
 * many characters back and erase (ECMA-48 8.3.18, 8.3.41).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what terminals are told
const ERASURE = /\r\u001b\[[02]?K|\r( {1,200})\r(?!\n)|\u001b\[([0-9]{1,3})D\u001b\[[02]?K/g;

/** What a pager asks is no longer. */
const MAX_PROMPT = 200;

const ANY_TERMINAL = new RegExp(TERMINAL, 'g');

/** What the prompts of pagers have, and base64 has not. */
const NO_BASE64 = /[^A-Za-z0-9+/=\s]/;

/** More escapes than a page or a mail has. */
const MAX_ESCAPES = 200_000;

/** Most texts have none of the characters with which an escape begins, which for terminals is ESC. */
const SIGN = /[&=\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufb00-\ufb04\ufeff]/;

/**
 * The escapes of a text, in order.
 *
 * @param text - any text; the time is linear in its length
 */
export function decodeEscapes(text: string): readonly Escape[] {
  const escapes: Escape[] = [];
  if (!SIGN.test(text) && !text.includes('\u001b')) return escapes;
  for (const match of text.matchAll(ESCAPE)) {
    if (escapes.length === MAX_ESCAPES) break;
    const [whole, terminal, invisible, reference, softBreak, ligature] = match;
    const start = match.index;
    const end = start + whole.length;
    if (terminal !== undefined) {
      escapes.push({ code: 'pem/terminal-escape', message: 'an escape sequence of a terminal', start, end, text: '' });
    } else if (invisible !== undefined) {
      escapes.push({ code: 'pem/invisible-character', message: nameOf(invisible), start, end, text: '' });
    } else if (reference !== undefined) {
      const meant = resolve(reference.slice(1, -1));
      if (meant === null) continue;
      escapes.push({ code: 'pem/html-entity', message: `an HTML entity, ${reference}`, start, end, text: meant });
    } else if (ligature !== undefined) {
      const meant = ligature.normalize('NFKC');
      escapes.push({ code: 'pem/ligature', message: `a ligature for ${meant}`, start, end, text: meant });
    } else {
      const message =
        softBreak === undefined ? `quoted-printable, ${whole}` : 'quoted-printable, a line that goes on after =';
      const meant = softBreak === undefined ? octets(whole) : '';
      escapes.push({ code: 'pem/quoted-printable', message, start, end, text: meant });
    }
  }
  return escapes;
}

/**
 * The characters that a terminal does not show any more, and what took them away: what was typed wrong, what a pager asked, letters
 * that are printed twice to be bold.
 *
 * @returns in order; the time is linear in the length of the text
 */
export function erasedCharacters(text: string): readonly Escape[] {
  const prompts = erasedPrompts(text);
  const backspaced = backspacedCharacters(text);
  if (prompts.length === 0) return backspaced;
  let end = 0;
  return [...prompts, ...backspaced]
    .sort((a, b) => a.start - b.start)
    .filter((one) => {
      if (one.start < end) return false;
      end = one.end;
      return true;
    });
}

/** What pagers asked and then erased. */
function erasedPrompts(text: string): readonly Escape[] {
  const found: Escape[] = [];
  if (!text.includes('\r') && !text.includes('\u001b')) return found;
  for (const { 0: erasure, 1: blanks, 2: back, index } of text.matchAll(ERASURE)) {
    if (found.length === MAX_ESCAPES) break;
    const before = text.slice(Math.max(found.at(-1)?.end ?? 0, index - MAX_PROMPT), index);
    const prompt = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
    const shown = prompt.replace(ANY_TERMINAL, '');
    const columns = back === undefined ? (blanks?.length ?? shown.length) : Number(back);
    if (columns < shown.length || !NO_BASE64.test(shown)) continue;
    const start = index - prompt.length;
    const end = index + erasure.length;
    found.push({ code: 'pem/terminal-escape', message: 'what a terminal erased again', start, end, text: '' });
  }
  return found;
}

/** What backspaces take away, and these themselves. */
function backspacedCharacters(text: string): readonly Escape[] {
  const found: Escape[] = [];
  for (let at = text.indexOf(BACKSPACE); at !== -1 && found.length < MAX_ESCAPES; ) {
    const start = text.lastIndexOf('\n', at) + 1;
    const lineFeed = text.indexOf('\n', at);
    const end = lineFeed === -1 ? text.length : lineFeed;
    const gone = erasedIn(text.slice(start, end));
    for (let from = gone.indexOf(1); from !== -1 && found.length < MAX_ESCAPES; ) {
      const to = gone.indexOf(0, from);
      const next = to === -1 ? end : start + to;
      found.push({
        ...{ code: 'pem/terminal-escape', message: 'characters that backspaces take away' },
        ...{ start: start + from, end: next, text: '' },
      });
      from = to === -1 ? -1 : gone.indexOf(1, to);
    }
    at = text.indexOf(BACKSPACE, end);
  }
  return found;
}

/** 1 for each character of a line that is not there any more. */
function erasedIn(line: string): Uint8Array {
  const kept: number[] = [];
  const gone = new Uint8Array(line.length);
  for (let at = 0; at < line.length; at++) {
    if (line[at] !== BACKSPACE) {
      kept.push(at);
      continue;
    }
    gone[at] = 1;
    const last = kept.pop();
    if (last !== undefined) gone[last] = 1;
  }
  return gone;
}

function nameOf(characters: string): string {
  const code = characters.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return `a character that is not seen, U+${code}`;
}

/** The character of a reference; null for a name that has no place in a block. */
function resolve(reference: string): string | null {
  if (!reference.startsWith('#')) return NAMED.get(reference) ?? null;
  const isHex = /^#x/i.test(reference);
  const code = Number.parseInt(reference.slice(isHex ? 2 : 1), isHex ? 16 : 10);
  return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : null;
}

function octets(escaped: string): string {
  return Buffer.from(escaped.replaceAll('=', ''), 'hex').toString('utf8');
}
