/**
 * What stands before and after every line of a block: the marks of a quoted mail, borders of a table, line numbers,
 * prompts, the time and the program of a log. The BEGIN line shows it, the lines after it must have the same, with other
 * digits at most. What only one line has is no frame.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { framePattern } from './line-pattern.js';
import type { Marker } from './marker.js';
import type { NoteCode } from './read-result.js';

/** What stands before a line is no longer than this; a log has a time, a host, a program and its number. */
const MAX_FRAME = 200;

/** A part of a frame; the first of a block has a code. */
interface FramePart {
  readonly code: NoteCode | null;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly text: '';
}

interface Frame {
  readonly code: NoteCode;
  readonly message: string;
  /** Matches what a line has of it. */
  readonly pattern: RegExp;
  /** Whether what it ends or begins with might be base64, so that every line must have it. */
  readonly isDoubtful: boolean;
}

interface Line {
  readonly start: number;
  readonly text: string;
}

/**
 * The parts of a text that frame the lines of a block.
 *
 * @param begin - its BEGIN marker
 * @param next - the marker after that, its END or that of another block
 * @returns in order; none where the lines have nothing in common
 */
export function frameOf(text: string, begin: Marker, next: Marker | undefined): readonly FramePart[] {
  const start = startOfLine(text, begin.start);
  const before = text.slice(start, begin.start);
  const after = restOfLine(text.slice(begin.end, begin.end + MAX_FRAME + 1));
  const frames = [prefixFrame(before), suffixFrame(after)].filter((frame) => frame !== null);
  const last = next === undefined ? text.length : startOfLine(text, next.start);
  if (frames.length === 0) return next?.kind === 'END' && after.trim() === '' ? numbersOf(text, begin.end, last) : [];
  const lines = linesBetween(text, start, last + 1);
  const parts = frames.flatMap((frame) => partsOf(frame, lines, next?.kind === 'END'));
  return parts.sort((a, b) => a.start - b.start);
}

/**
 * Numbers that stand on lines of their own before each line from that after BEGIN to END, as a page with line numbers is copied: every
 * second line is a number, each one more than that before it.
 *
 * @param start - where BEGIN ends
 * @param end - where the line of END begins
 */
function numbersOf(text: string, start: number, end: number): FramePart[] {
  const first = /^[ \t]*\r?\n[ \t]*([0-9]{1,6})[ \t]*\r?\n/.exec(text.slice(start, start + MAX_FRAME))?.[1];
  if (first === undefined) return [];
  const lines = linesBetween(text, start, end).slice(1);
  const isNumbered = lines.every(({ text: line }, at) =>
    at % 2 === 0 ? line.trim() === `${Number(first) + at / 2}` : /[^0-9\s]/.test(line),
  );
  if (!isNumbered || lines.length < 3) return [];
  const message = `${first} and the like stand on lines of their own before the lines`;
  return lines.flatMap(({ start: at }, index) =>
    index % 2 === 1
      ? []
      : [
          {
            code: index === 0 ? 'pem/line-prefix' : null,
            message,
            start: at,
            end: lines[index + 1]?.start ?? end,
            text: '',
          },
        ],
  );
}

/** The parts of one frame: as many lines as have it, if the line after BEGIN is among them. */
function partsOf({ code, message, pattern, isDoubtful }: Frame, lines: readonly Line[], hasEnd: boolean): FramePart[] {
  const parts: FramePart[] = [];
  let bodyLines = 0;
  for (const [index, { start, text }] of lines.entries()) {
    if (text.trim() === '') continue;
    const match = pattern.exec(text);
    if (match === null) {
      if (isDoubtful || !hasEnd || index < lines.length - 1) return isDoubtful || bodyLines === 0 ? [] : parts;
      break;
    }
    if (index > 0 && match[0].length < text.length) bodyLines++;
    const at = start + match.index;
    parts.push({ code: index === 0 ? code : null, message, start: at, end: at + match[0].length, text: '' });
  }
  return bodyLines === 0 ? [] : parts;
}

function prefixFrame(before: string): Frame | null {
  const meant = before.trim();
  if (meant === '' || before.length > MAX_FRAME || /[A-Za-z0-9]$/.test(before)) return null;
  const gap = before === before.trimEnd() ? '' : /\d$/.test(meant) ? '[^\\S\\r\\n]+' : '[^\\S\\r\\n]*';
  return {
    code: 'pem/line-prefix',
    message: `"${toPrintable(meant)}" or the like stands before every line`,
    pattern: new RegExp(`^[^\\S\\r\\n]*${framePattern(meant)}(?:${gap}|$)`, 'u'),
    isDoubtful: /[+/]$/.test(before),
  };
}

function suffixFrame(after: string): Frame | null {
  const meant = after.trim();
  if (meant === '' || meant === '=' || after.length > MAX_FRAME || /^[A-Za-z0-9+/=]/.test(after)) return null;
  return {
    code: 'pem/line-suffix',
    message: `"${toPrintable(meant)}" or the like stands after every line`,
    pattern: new RegExp(`[^\\S\\r\\n]{0,64}${framePattern(meant)}[^\\S\\r\\n]{0,64}$`, 'u'),
    isDoubtful: false,
  };
}

/** Where the line begins on which an index stands; of a long line, what is no further before it than a frame may be. */
function startOfLine(text: string, index: number): number {
  let start = index;
  while (start > 0 && index - start <= MAX_FRAME && !/[\r\n]/.test(text.charAt(start - 1))) start--;
  return start;
}

/** What stands before the first line end. */
function restOfLine(text: string): string {
  const length = text.search(/[\r\n]/);
  return length < 0 ? text : text.slice(0, length);
}

/** The lines that begin between two indices. */
function linesBetween(text: string, start: number, end: number): readonly Line[] {
  const lines: Line[] = [];
  for (let at = start; at < end; ) {
    const line = restOfLine(text.slice(at));
    lines.push({ start: at, text: line });
    const after = at + line.length;
    at = after + (text.startsWith('\r\n', after) ? 2 : 1);
  }
  return lines;
}
