/**
 * PEM blocks in a patch that replaces what is between their markers: the markers are context, the lines before and after the
 * change stand one below another.
 *
 * @module
 */
import type { PlacedPart } from './embedded.js';
import { LineIndex } from './text.js';

/** A marker that is context. */
const MARKER = '\n -----BEGIN ';

const BLOCK =
  / -----BEGIN ([A-Z0-9 ]{1,64})-----\r?\n((?:[ +-](?!-{5})[^\r\n]{0,1000}\r?\n){3,2000}) -----END \1-----(?=\r?\n|$)/y;

/** What the lines begin with that only stood there before a change, and those that only stand there after it. */
const SIGNS = ['-', '+'] as const;

/**
 * The blocks of a text in which something was replaced.
 *
 * @returns each as it was and as it is, one behind the other, in the lines of the text; a block begins in the first line that
 *   it has for itself
 */
export function findPatchBlocks(text: string): readonly PlacedPart[] {
  const found: PlacedPart[] = [];
  let lines: LineIndex | null = null;
  for (let at = text.indexOf(MARKER); at !== -1; at = text.indexOf(MARKER, at + MARKER.length)) {
    const start = at + 1;
    BLOCK.lastIndex = start;
    const [block, , body = ''] = BLOCK.exec(text) ?? [];
    if (block === undefined || !SIGNS.some((sign) => body.includes(`\n${sign}`) || body.startsWith(sign))) continue;
    lines ??= new LineIndex(text);
    const { line } = lines.locate(start);
    const numbered = block.split(/\r?\n/).map((one, index): Numbered => [one, line + index]);
    const both = SIGNS.flatMap((sign) => sideOf(numbered, sign));
    const places = both.map(([, number]) => number);
    found.push({
      name: null,
      bytes: Buffer.from(both.map(([one]) => `${one.slice(1)}\n`).join('')),
      ...{ start, end: start + block.length, line },
      lineOf: (inner) => places[inner - 1] ?? line,
      isEncoded: false,
    });
  }
  return found;
}

/** A line, and where it stands. */
type Numbered = readonly [line: string, number: number];

function sideOf(lines: readonly Numbered[], sign: string): readonly Numbered[] {
  const [first, ...others] = lines.filter(([line]) => line.startsWith(' ') || line.startsWith(sign));
  if (first === undefined) return [];
  const own = others.find(([line]) => line.startsWith(sign)) ?? first;
  return [[first[0], own[1]], ...others];
}
