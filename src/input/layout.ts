/**
 * How the lines of a PEM block are laid out, where that is not as RFC 7468 has generators write them. All of it is
 * tolerated; each oddity is a note.
 *
 * @module
 */
import type { Collector } from './collector.js';
import type { NoteCode } from './read-result.js';
import type { LineIndex } from './text.js';

/** Mail breaks base64 after 76 characters (RFC 2045 6.8); longer runs come from lost line ends. */
const MAX_WIDTH = 76;

interface Oddity {
  readonly code: NoteCode;
  readonly message: string;
  readonly pattern: RegExp;
}

/** Patterns over the body: what stands between the markers, line ends included. Bounded, since lines may be megabytes long. */
const ODDITIES: readonly Oddity[] = [
  { code: 'pem/crlf', message: 'lines end with CR LF', pattern: /\r\n/ },
  { code: 'pem/lone-cr', message: 'lines end with a lone CR', pattern: /\r(?!\n)/ },
  { code: 'pem/blank-line', message: 'a line is blank', pattern: /(?<=\n|\r(?!\n))[^\S\r\n]{0,64}(?=[\r\n])/ },
  { code: 'pem/indented', message: 'a line is indented', pattern: /(?<=[\r\n])[^\S\r\n]{1,64}(?=\S)/ },
  { code: 'pem/trailing-blanks', message: 'a line ends with blanks', pattern: /(?<=\S)[^\S\r\n]{1,64}(?=[\r\n])/ },
  {
    code: 'pem/blanks-for-newlines',
    message: 'blanks stand where a line should end',
    pattern: /(?<=\S)[^\S\r\n]{1,64}(?=\S)/,
  },
  {
    code: 'pem/long-line',
    message: `a line is longer than ${MAX_WIDTH} characters`,
    // From the start of a word on: from anywhere else it is no longer, and is looked at for each of its characters.
    pattern: new RegExp(`(?<!\\S)\\S{${MAX_WIDTH + 1}}`),
  },
];

/**
 * Notes what is odd about the lines of a block.
 *
 * @param text - the text in which the block stands
 * @param start - index after the BEGIN marker
 * @param end - index of the END marker
 */
export function noteLayout(text: string, start: number, end: number, lines: LineIndex, into: Collector): void {
  const body = text.slice(start, end);
  for (const { code, message, pattern } of ODDITIES) {
    const match = pattern.exec(body);
    if (match !== null) into.note(code, message, lines.locate(start + match.index));
  }
}
