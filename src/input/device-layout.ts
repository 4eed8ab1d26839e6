/**
 * What devices print, where it does not stand on lines of its own: behind the time of a log, line numbers or the marks of a
 * quotation, as a list of strings, or in one string whose line ends are written `\n`, as JSON and the logs of automation have
 * it.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import type { LineOf } from './collector.js';
import { framePattern } from './line-pattern.js';

/** A longer text is read as it stands. */
const MAX_TEXT = 16 * 1024 * 1024;

/** How many lines are tried whose words have something before them that the lines below do not have. */
const MAX_TRIED = 20;

/** The lines below the first that must have what stands before that one. */
const LINES_TRIED = 3;

/** A line that begins with words of a device, but for what stands before them. */
const FRAMED =
  /^(.{1,200}?)(?:crypto (?:pki|ca) certificate chain \S|certificate (?:ca|self-signed) [0-9a-f]|CA certificate\b|Certificate Serial Number\b|serial=)/gim;

/** Such a line by itself. */
const ALONE = /^[ \t]*(?:crypto (?:pki|ca) certificate chain \S|certificate (?:ca|self-signed) [0-9a-f])/im;

/** What may stand around the text of a line behind its frame: quotes, the commas of a list, the border of a table. */
const OPENING = /^[ \t]*["']/;
const CLOSING: ReadonlySet<string> = new Set(' \t\r"\',|');

/** How a string ends that a program joins, or that is an item of a list of lists: its line end, its quote, operators and brackets. */
const CLOSING_OF_STRING = /(?:\\[nr]){0,2}["'][\s\])+;.,&]{0,16}$/;

/** What a device prints before each row that is entered, and above the first. */
const ROW_PROMPT = '(config-pubkey)#';
const PROMPT =
  /^[ \t]{0,64}[\w.-]{1,64}\((?:config|cs-server|ca-)[\w-]{0,40}\)#|^Enter the certificate in hexadecimal representation[. ]{0,8}/gim;

/** Line ends as strings have them, with as many backslashes as strings are inside one another, and between the strings of a list. */
const LINE_END = /(?<!\\)(?:\\+r\\+n|\\+n|(\\*["'])[ \t]{0,64},[ \t]{0,64}\1)/g;

/** How a string begins, whose first line is a line; Python has letters before the quote. */
const STRING_BEGIN = /(?<=[:=,([{][ \t]{0,64})[bru]?\\*["']/g;

/** The same where nothing but words or the mark of a list stands before it, as items of a list and the values of a log have it. */
const FIRST_STRING = /^([^"'\n]*[ \t])?[bru]?\\*["']/;

/** A text of a device as its lines were. */
export interface DeviceLines {
  readonly text: Buffer;
  /** What stood before every line, and on which it was seen first; null for nothing. */
  readonly frame: { readonly shown: string; readonly line: number } | null;
  /** On which line of the whole text each stands; null where that is the same. */
  readonly lineOf: LineOf | null;
}

/**
 * Finds the lines of a device in a text in which none stands by itself.
 *
 * @param text - of any kind; the time is linear in its length
 * @returns null where there are none
 */
export function findDeviceLines(text: Buffer): DeviceLines | null {
  if (text.length > MAX_TEXT) return null;
  const characters = text.toString('latin1');
  return withoutPrompts(characters) ?? withoutFrame(characters) ?? withoutEscapes(characters);
}

/** The lines of a session in which rows were entered: blanks stand for the prompts. */
function withoutPrompts(text: string): DeviceLines | null {
  const first = text.indexOf(ROW_PROMPT);
  if (first === -1) return null;
  const blanked = text.replace(PROMPT, (found) => ' '.repeat(found.length));
  if (!ALONE.test(blanked)) return null;
  const shown = toPrintable(text.slice(text.lastIndexOf('\n', first) + 1, first + ROW_PROMPT.length).trim());
  const frame = { shown, line: text.slice(0, first).split('\n').length };
  return { text: Buffer.from(blanked, 'latin1'), frame, lineOf: null };
}

/** Blanks stand for the frame, so that all else keeps its place. */
function withoutFrame(text: string): DeviceLines | null {
  let tried = 0;
  for (const { 1: before = '', index } of text.matchAll(FRAMED)) {
    const meant = before.trim();
    if (meant === '') continue;
    if (tried++ === MAX_TRIED) return null;
    const frame = new RegExp(`^[ \\t]*${framePattern(meant)}${/[A-Za-z0-9]$/.test(meant) ? '(?![A-Za-z0-9])' : ''}`);
    if (!isFrame(frame, text, index)) continue;
    const line = text.slice(0, index).split('\n').length;
    const lines = text.split('\n').map((one) => withoutClosing(blank(blank(one, frame), OPENING)));
    return { text: Buffer.from(lines.join('\n'), 'latin1'), frame: { shown: toPrintable(meant), line }, lineOf: null };
  }
  return null;
}

function blank(line: string, what: RegExp): string {
  return line.replace(what, (found) => ' '.repeat(found.length));
}

function withoutClosing(line: string): string {
  const closing = CLOSING_OF_STRING.exec(line);
  let end = closing?.index ?? line.length;
  while (end > 0 && CLOSING.has(line.charAt(end - 1))) end--;
  return line.slice(0, end).padEnd(line.length);
}

function isFrame(frame: RegExp, text: string, index: number): boolean {
  const lines = text.slice(index, index + 4096).split('\n');
  const tried = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .slice(0, LINES_TRIED);
  return tried.length === LINES_TRIED && tried.every((line) => frame.test(line));
}

/** The lines that are written in the strings of a text, each with the line of the text. */
function withoutEscapes(text: string): DeviceLines | null {
  const places: number[] = [];
  const lines: string[] = [];
  const written = text.split('\n');
  for (const [index, whole] of written.entries()) {
    for (const line of linesInStrings(whole)) {
      places.push(index + 1);
      lines.push(line);
    }
  }
  if (lines.length === written.length) return null;
  const lineOf: LineOf = (line) => places[line - 1] ?? places.at(-1) ?? 1;
  return { text: Buffer.from(lines.join('\n'), 'latin1'), frame: null, lineOf };
}

/** The lines of a text that strings have on one of theirs, with what stands before and between the strings. */
export function linesInStrings(line: string): readonly string[] {
  const ended = line.replace(LINE_END, '\n');
  if (ended === line) return [line];
  return ended.replace(FIRST_STRING, '$1\n').replace(STRING_BEGIN, '\n').split('\n');
}
