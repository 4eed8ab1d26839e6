/**
 * The lenient reader, for what is left of a text when the blocks that are in order are taken out: markers with wrong
 * letters or hyphens, markers on the line of other text, a missing END line.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import { peekElement } from '../store/peek.js';
import { addCopy, type Copy, copyOf } from './certificate-copy.js';
import type { Collector } from './collector.js';
import { type BlockContent, contentOfLabel } from './label.js';
import { noteLayout } from './layout.js';
import { copyOfRuns } from './line-runs.js';
import { findMarkers, type Marker } from './marker.js';
import { LineIndex, LONGER_THAN_WORDS } from './text.js';
import { type Oddity, placeOf, type Transcript, transcribe } from './transcript.js';

/** Longer than any block that a person copies; what is longer must be in order. */
const MAX_BLOCK = 4 * 1024 * 1024;

/** More damaged blocks than a text of a person has. */
const MAX_MARKERS = 20_000;

/** How far from a marker other text on its line is looked for. */
const NEARBY = 100;

const HOLDS_CERTIFICATES: ReadonlySet<BlockContent> = new Set([
  'certificate',
  'trusted-certificate',
  'pkcs7',
  'keystore',
]);

/** A block that was found, whatever became of it. */
export interface FoundBlock {
  readonly content: BlockContent;
  /** Characters from the start of its BEGIN marker to the end of it. */
  readonly length: number;
}

/** What stands between two markers, of which one may be missing. */
interface Block extends FoundBlock {
  readonly begin: Marker | null;
  readonly end: Marker | null;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** Reads what stands before, between and behind the blocks of a text, from a line on. */
export type RestReader = (rest: string, line: number) => readonly FoundBlock[];

/**
 * Reads every block of a text that may be damaged.
 *
 * @param firstLine - the line of the whole text on which this part of it begins
 * @param readRest - asked only where there is a block
 */
export function readDamagedText(
  original: string,
  firstLine: number,
  into: Collector,
  readRest: RestReader = () => [],
): readonly FoundBlock[] {
  const transcript = transcribe(original, MAX_MARKERS);
  const { text } = transcript;
  const markers = findMarkers(text, MAX_MARKERS);
  if (markers.length === 0) return [];
  if (markers.length === MAX_MARKERS) {
    into.error(
      new TrustError('input/too-many', `more than ${MAX_MARKERS} damaged blocks; those after them are not read`, {
        hint: 'cut the text down to the certificates',
      }),
    );
  }
  const lines = new LineIndex(original, firstLine, transcript.places);
  const blocks = markers.flatMap(
    (marker, index) => toBlock(text, marker, markers[index - 1], markers[index + 1]) ?? [],
  );
  const found: FoundBlock[] = [];
  let end = 0;
  const takeRest = (start: number) => {
    for (const one of readRest(original.slice(end, start), lines.locatePlace(end).line)) found.push(one);
  };
  for (const block of blocks) {
    takeRest(placeOf(transcript, block.begin?.start ?? block.bodyStart));
    found.push(block);
    noteOddities(transcript, block, lines, into);
    end = placeOf(transcript, readBlock(text, block, lines, into));
  }
  if (blocks.length > 0) takeRest(original.length);
  return found;
}

/** Notes what was put right between the lines of the markers of a block that holds certificates. */
function noteOddities(
  transcript: Transcript,
  { content, begin, end, bodyStart, bodyEnd }: Block,
  lines: LineIndex,
  into: Collector,
): void {
  if (!HOLDS_CERTIFICATES.has(content)) return;
  const first = lines.locate(begin?.start ?? bodyStart).line;
  const last = placeOf(transcript, end?.end ?? bodyEnd);
  for (const { code, message, index } of oddities(transcript, first, lines)) {
    if (index > last) return;
    into.note(code, message, lines.locatePlace(index));
  }
}

/** What was put right from a line on, found by bisection: a hostile text has many blocks and much to be put right. */
function* oddities({ oddities: all }: Transcript, line: number, lines: LineIndex): Generator<Oddity> {
  let from = 0;
  for (let end = all.length; from < end; ) {
    const middle = (from + end) >> 1;
    if (lines.locatePlace((all[middle] as Oddity).index).line < line) from = middle + 1;
    else end = middle;
  }
  for (; from < all.length; from++) yield all[from] as Oddity;
}

/** The block that a marker begins, or ends where nothing begins it; null for an END that belongs to a BEGIN, or to nothing. */
function toBlock(text: string, marker: Marker, previous: Marker | undefined, next: Marker | undefined): Block | null {
  const content = contentOfLabel(marker.label);
  if (marker.kind === 'BEGIN') {
    const end = next?.kind === 'END' ? next : null;
    const bodyEnd = end === null ? endOfBase64(text, marker.end, next?.start ?? text.length) : endBefore(text, end);
    return {
      content,
      length: (end?.end ?? bodyEnd) - marker.start,
      begin: marker,
      end,
      bodyStart: marker.end,
      bodyEnd,
    };
  }
  if (previous?.kind === 'BEGIN') return null;
  const bodyStart = startOfBase64(text, previous?.end ?? 0, marker.start);
  if (bodyStart === null) return null;
  return {
    content,
    length: marker.end - bodyStart,
    begin: null,
    end: marker,
    bodyStart,
    bodyEnd: endBefore(text, marker),
  };
}

/** Where the base64 ends before an END marker: OpenPGP sets `- ` before a line that begins with a hyphen (RFC 9580 7.2). */
function endBefore(text: string, { start }: Marker): number {
  return /^[\r\n]- $/.test(text.slice(start - 3, start)) ? start - 2 : start;
}

/** @returns where the text goes on behind the block */
function readBlock(
  text: string,
  { content, length, begin, end, bodyStart, bodyEnd }: Block,
  lines: LineIndex,
  into: Collector,
): number {
  const { line } = lines.locate(begin?.start ?? bodyStart);
  const after = end?.end ?? bodyEnd;
  if (content === 'private-key') into.privateKey(line);
  if (!HOLDS_CERTIFICATES.has(content)) return after;
  if (begin !== null) noteMarker(text, begin, lines, into);
  else into.note('pem/missing-begin', 'the BEGIN line is missing', lines.locate(bodyStart));
  if (length > MAX_BLOCK) {
    into.error(new TrustError('pem/damaged', `a damaged block is longer than ${MAX_BLOCK} characters`), { line });
    return after;
  }
  const runs =
    content === 'certificate' && begin !== null && end !== null && copyOfRuns(text, bodyStart, bodyEnd, lines, line);
  if (runs) {
    for (const { code, message, index } of runs.oddities) into.note(code, message, lines.locate(index));
    if (end !== null) noteMarker(text, end, lines, into);
    addCopy(runs.copy, content, into);
    return after;
  }
  const whole = copyOf(text, bodyStart, bodyEnd, lines, line);
  const copy = end === null ? withoutTail(whole) : whole;
  const copyEnd = end === null ? endOf(copy, bodyEnd) : bodyEnd;
  noteLayout(text, bodyStart, copyEnd, lines, into);
  if (end !== null) noteMarker(text, end, lines, into);
  else into.note('pem/missing-end', 'the END line is missing', lines.locate(copyEnd));
  addCopy({ ...copy, end: copyEnd }, content, into);
  return end?.end ?? copyEnd;
}

/** Where a copy ends that may have been cut. */
function endOf({ characters, indices }: Copy, bodyEnd: number): number {
  const last = indices[characters.length - 1];
  return last === undefined ? bodyEnd : last + 1;
}

function noteMarker(text: string, { start, end, found, expected }: Marker, lines: LineIndex, into: Collector): void {
  if (found !== expected) {
    into.note('pem/damaged-marker', `found "${toPrintable(found)}", expected "${expected}"`, lines.locate(start));
  }
  const before = text
    .slice(Math.max(0, start - NEARBY), start)
    .split(/[\r\n]/)
    .at(-1);
  const after = text.slice(end, end + NEARBY).split(/[\r\n]/, 1)[0];
  if (`${before}${after}`.trim() !== '') {
    into.note('pem/missing-line-end', 'a marker stands on the line of other text', lines.locate(start));
  }
}

/** Where the base64 ends that follows a BEGIN marker: before the first line that is made of words. */
function endOfBase64(text: string, start: number, limit: number): number {
  let end = start;
  for (const { 0: line, index } of text.slice(start, limit).matchAll(/[^\r\n]+/g)) {
    const tokens = line.trim().split(/\s+/);
    if (tokens.length > 1 && !tokens.some(isRun)) break;
    end = start + index + line.trimEnd().length;
  }
  return end;
}

/** Where the base64 begins that an END marker follows: after the last line that is made of words; null when there is none. */
function startOfBase64(text: string, start: number, end: number): number | null {
  let found: number | null = null;
  for (const { 0: line, index } of text.slice(start, end).matchAll(/[^\r\n]+/g)) {
    if (line.trim().split(/\s+/).some(isRun)) found ??= start + index;
    else if (/\s/.test(line.trim())) found = null;
  }
  return found;
}

function isRun(token: string): boolean {
  return token.length >= LONGER_THAN_WORDS;
}

/** A copy cut to the length that its DER says it has: what follows without an END line is other text. */
function withoutTail(copy: Copy): Copy {
  const { characters } = copy;
  const header = peekElement(Buffer.from(characters.slice(0, 16), 'base64'), 0);
  if (header === null || header.length === null) return copy;
  const length = Math.ceil(((header.contentStart + header.length) * 4) / 3);
  const padding = /^=*/.exec(characters.slice(length))?.[0] ?? '';
  return { ...copy, characters: characters.slice(0, length) + padding };
}
