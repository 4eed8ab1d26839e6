/**
 * The lines of a running configuration with the modes they stand in, which its indentation shows. Passed over is what a
 * device stores but nobody typed as a command: comments, the text of banners, the rows of certificates.
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import { indexOfText } from '../encoding/byte-search.js';
import { LineReader } from './lines.js';

/** A line of configuration. */
export interface ConfigLine {
  /** Without its indentation. Not escaped. */
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** The lines of the modes it stands in, outermost first, without their indentation. */
  readonly under: readonly string[];
  /** Whether it stands in what may be a banner, or what follows one that lost its end. */
  readonly isDoubtful: boolean;
}

/** No mode of a device is nested deeper; a line below that has the outer ones alone. */
const MOST_MODES = 8;

/** IOS shows the delimiter of a banner as two characters, and copies it to a file as the ETX that these stand for. */
const DELIMITERS = ['^C', '\u0003'] as const;
const BANNER = /^banner \S+ (.+)/;
/** A banner that is longer is none, but a delimiter that was lost: what follows must not be hidden. */
const LONGEST_BANNER = 10_000;
/** What stands behind the end of a banner, and hardly in one: a line of it says that the end was lost. */
const BEHIND_BANNER = /^[ \t]*(?:!|crypto (?:pki|ca) .|interface \S+[ \t\r]*$|line (?:con|vty|aux) .|end[ \t\r]*$)/m;

const LINE_FEED = 0x0a;

const CHAIN = /^crypto (?:pki|ca) certificate chain \S/;
const TRUSTPOINT = /^[ \t]*crypto (?:pki|ca) trustpoint /m;

/** Reads a configuration, indented as a whole or not. */
export function* parseConfigLines(text: string): Generator<ConfigLine> {
  const reader = new LineReader(text);
  const outermost = outermostIndentation(text);
  const modes: { readonly indentation: number; readonly text: string }[] = [];
  let doubtfulUntil = 0;
  for (let line = reader.peek(); line !== null; line = reader.peek()) {
    const trimmed = line.text.trim();
    if (trimmed === '' || trimmed.startsWith('!')) {
      reader.skip();
      continue;
    }
    const indentation = line.text.length - line.text.trimStart().length;
    while (modes.length > 0 && (modes.at(-1)?.indentation ?? 0) >= indentation) modes.pop();
    const under = modes.filter((mode) => mode.indentation >= outermost).map((mode) => mode.text);
    const isDoubtful = reader.offset < doubtfulUntil;
    const delimiter = delimiterOf(trimmed);
    if (delimiter !== null) doubtfulUntil = Math.max(doubtfulUntil, skipBanner(reader, delimiter));
    else {
      reader.skip();
      if (modes.length < MOST_MODES) modes.push({ indentation, text: trimmed });
      if (!under.some((mode) => CHAIN.test(mode))) yield { text: trimmed, number: line.number, under, isDoubtful };
    }
  }
}

/** Of the lines that stand in no mode: copies are indented as a whole, below a key of YAML for instance. */
function outermostIndentation(text: string): number {
  return TRUSTPOINT.exec(text)?.[0].search(/\S/) ?? 0;
}

/** What encloses the text of the banner that begins on a line; null for any other line. */
function delimiterOf(line: string): string | null {
  const text = BANNER.exec(line)?.[1];
  return DELIMITERS.find((delimiter) => text?.startsWith(delimiter) === true) ?? null;
}

/**
 * Passes over a banner, or where its end may be lost over its first line alone.
 *
 * @returns up to where the lines are doubtful
 */
function skipBanner(reader: LineReader, delimiter: string): number {
  const { offset } = reader;
  const bytes = asBuffer(reader.bytes);
  const start = indexOfText(bytes, delimiter, offset) + delimiter.length;
  const length = indexOfText(bytes.subarray(start, start + LONGEST_BANNER), delimiter);
  const end = start + length;
  const lastLine = bytes.toString('latin1', bytes.lastIndexOf(LINE_FEED, end) + 1, end + delimiter.length).trim();
  const text = length < 0 ? '' : bytes.toString('latin1', start, end);
  const isLost = length < 0 || BEHIND_BANNER.test(text) || (text.includes('\n') && delimiterOf(lastLine) !== null);
  if (!isLost) reader.skipPast(end);
  else reader.skip();
  return length >= 0 && isLost ? end : 0;
}
