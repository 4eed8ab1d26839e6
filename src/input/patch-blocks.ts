/**
 * PEM blocks in a patch that replaces what is between their markers: the markers are context, the lines before and after the
 * change stand one below another.
 *
 * @module
 */
import type { PlacedPart } from './embedded.js';
import { LineIndex } from './text.js';

/** A marker that is context. */
const SIGN = '\n -----BEGIN ';

const BLOCK =
  / -----BEGIN ([A-Z0-9 ]{1,64})-----\r?\n((?:[ +-](?!-{5})[^\r\n]{0,1000}\r?\n){3,2000}) -----END \1-----(?=\r?\n|$)/y;

/** What the lines before and after a change do not begin with. */
const SIDES = ['+', '-'] as const;

/**
 * The blocks of a text in which something was replaced.
 *
 * @returns each as it was and as it is, one behind the other, in the lines of the text
 */
export function findPatchBlocks(text: string): readonly PlacedPart[] {
  const found: PlacedPart[] = [];
  let lines: LineIndex | null = null;
  for (let at = text.indexOf(SIGN); at !== -1; at = text.indexOf(SIGN, at + SIGN.length)) {
    const start = at + 1;
    BLOCK.lastIndex = start;
    const [block, , body = ''] = BLOCK.exec(text) ?? [];
    if (block === undefined || !SIDES.some((sign) => body.includes(`\n${sign}`) || body.startsWith(sign))) continue;
    lines ??= new LineIndex(text);
    const { line } = lines.locate(start);
    const numbered = block.split(/\r?\n/).map((one, index) => [one, line + index] as const);
    const both = SIDES.flatMap((other) => numbered.filter(([one]) => !one.startsWith(other)));
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
