/**
 * A text as it was meant: without what mail, pages, terminals and listings put between and around the characters of a
 * block. Every character of it knows its place in the text as it stands, so that positions are those an editor shows.
 *
 * @module
 */
import { decodeEscapes, erasedCharacters } from './escapes.js';
import { frameOf } from './line-frame.js';
import { findMarkers } from './marker.js';
import type { NoteCode } from './read-result.js';

/** A longer text is no page or mail; it is read as it stands. */
const MAX_TEXT = 16 * 1024 * 1024;

/** A part of a text, and what was meant by it. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Something that was put right, by its index in the text as it stands. */
export interface Oddity {
  readonly code: NoteCode;
  readonly message: string;
  readonly index: number;
}

/** A text with some of its parts replaced. */
export interface Transcript {
  readonly text: string;
  /** The index of every character, and of the end, in the text as it stands; null where nothing was replaced. */
  readonly places: Uint32Array | null;
  /** What was replaced, in order; parts of one kind that follow one another may be one. */
  readonly oddities: readonly Oddity[];
}

/**
 * Transcribes a text: first what single characters were written as, then what stands before and after the lines of blocks.
 *
 * @param maxMarkers - frames of more blocks are not looked for
 */
export function transcribe(text: string, maxMarkers: number): Transcript {
  if (text.length > MAX_TEXT) return { text, places: null, oddities: [] };
  const erased = erasedCharacters(text);
  const shown = replaceParts({ text, places: null }, erased);
  const escapes = decodeEscapes(shown.text);
  const unescaped = replaceParts(shown, escapes);
  const frames = frameParts(unescaped.text, maxMarkers);
  const bare = replaceParts(unescaped, frames);
  const { places } = unescaped;
  const framed = frames.flatMap(({ code, message, start }) =>
    code === null ? [] : [{ code, message, index: places?.[start] ?? start }],
  );
  const oddities = [
    ...erased.map(({ code, message, start }) => ({ code, message, index: start })),
    ...escapes.map(({ code, message, start }) => ({ code, message, index: placeOf(shown, start) })),
    ...framed,
  ];
  return { ...bare, oddities: oddities.sort((a, b) => a.index - b.index) };
}

/** Where a character of a transcript stands. */
export function placeOf({ places }: Pick<Transcript, 'places'>, index: number): number {
  return places?.[index] ?? index;
}

/** The frames of all blocks, as parts that mean nothing. */
function frameParts(text: string, maxMarkers: number): ReturnType<typeof frameOf> {
  let covered = 0;
  const markers = findMarkers(text, maxMarkers);
  return markers.flatMap((marker, index) => {
    if (marker.kind !== 'BEGIN' || marker.start < covered) return [];
    const next = markers[index + 1];
    const parts = frameOf(text, marker, next);
    covered = parts.at(-1)?.end ?? covered;
    return parts;
  });
}

function replaceParts(
  { text, places }: Pick<Transcript, 'text' | 'places'>,
  parts: readonly Replacement[],
): Pick<Transcript, 'text' | 'places'> {
  if (parts.length === 0) return { text, places };
  const pieces: string[] = [];
  const moved = new Uint32Array(text.length + 1 + parts.reduce((sum, part) => sum + part.text.length, 0));
  let length = 0;
  let from = 0;
  const place = (index: number) => places?.[index] ?? index;
  for (const { start, end, text: meant } of [...parts, { start: text.length, end: text.length, text: '' }]) {
    pieces.push(text.slice(from, start), meant);
    for (let index = from; index < start; index++) moved[length++] = place(index);
    for (let index = 0; index < meant.length; index++) moved[length++] = place(start);
    from = end;
  }
  moved[length] = place(text.length);
  return { text: pieces.join(''), places: moved.subarray(0, length + 1) };
}
