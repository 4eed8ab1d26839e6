/**
 * Lines of a given width: reports that draw something would be torn apart by a terminal that breaks lines by itself.
 *
 * @module
 */

/** The window that reports are made for. */
const COLUMNS = 80;

/** Behind one of these a word is cut rather than anywhere: names and paths are made of shorter parts. */
const JOINTS: ReadonlySet<string> = new Set([',', ';', '/', '\\', '+']);

/** Of a line at least so much is filled before it is cut at a joint. */
const FILLED = 0.5;

/**
 * Breaks a text at its blanks, and a word that is longer than a line at a joint, or wherever the line ends.
 *
 * @param text - printable, without line ends
 * @param first - what stands before the first line
 * @param rest - before all others
 * @returns lines with their ends
 */
export function wrap(text: string, first: string, rest: string): string {
  // Nearly every text, and far quicker than what follows.
  if (first.length + text.length <= COLUMNS && !text.startsWith(' ') && ASCII.test(text) && ASCII.test(first)) {
    return `${first}${text}`.trimEnd().concat('\n');
  }
  const lines: string[] = [];
  let line = '';
  const room = () => COLUMNS - columnsOf(lines.length === 0 ? first : rest);
  const end = () => {
    lines.push(line);
    line = '';
  };
  for (const word of text.split(' ')) {
    const columns = columnsOf(word);
    if (line !== '' && columnsOf(line) + 1 + columns > room()) end();
    if (columns <= room()) {
      line = line === '' ? word : `${line} ${word}`;
      continue;
    }
    const characters = [...word];
    for (let start = 0; start < characters.length; ) {
      if (line !== '') end();
      const cut = cutOf(characters, start, room());
      line = characters.slice(start, cut).join('');
      start = cut;
    }
  }
  end();
  return lines.map((one, index) => `${index === 0 ? first : rest}${one}`.trimEnd().concat('\n')).join('');
}

/**
 * A path behind what is said of it; below that, less indented, where the line would be too long. It is never broken, nor parted
 * from the line that it names, because both are there to be copied and clicked: a terminal knows `a.pem line 3` again behind an
 * end of line that it has made itself, but not behind one that is written. What is longer than a line sticks out.
 *
 * @param before - what stands before it; may be nothing but blanks
 * @param path - printable, with the line in it if there is one
 * @returns lines with their ends
 */
export function placePath(before: string, path: string): string {
  if (columnsOf(before) + columnsOf(path) <= COLUMNS) return `${before}${path}\n`;
  const above = before.trim() === '' ? '' : `${before.trimEnd()}\n`;
  return `${above}  ${path}\n`;
}

/**
 * What is said of a place: behind it where that leaves room for words, else below.
 *
 * @param place - with a colon; never broken, as in `placePath`, and on one line with its severity, by which logs are searched
 * @returns lines with their ends, all but the first one indented
 */
export function wrapBehind(place: string, text: string): string {
  const hasRoom = columnsOf(place) < COLUMNS / 2;
  return hasRoom ? wrap(text, `${place} `, '  ') : `${place}\n${wrap(text, '  ', '  ')}`;
}

/** Where the part of a word ends that a line takes. */
function cutOf(characters: readonly string[], start: number, room: number): number {
  let columns = 0;
  let joint = start;
  for (let at = start; at < characters.length; at++) {
    const character = characters[at] as string;
    columns += columnsOf(character);
    // A line takes one character at least, or the word would never end.
    if (columns > room) return joint > start ? joint : Math.max(at, start + 1);
    if (JOINTS.has(character) && columns > room * FILLED) joint = at + 1;
  }
  return characters.length;
}

/** Characters that take one column each. */
const ASCII: RegExp = /^[ -~]*$/;

/** What terminals show in two columns (Unicode Standard Annex 11, W and F), taken too wide rather than too narrow. */
const WIDE: RegExp =
  /[\u1100-\u115f\u231a-\u23ff\u25fd-\u27bf\u2b00-\u2bff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffef\u{10000}-\u{10ffff}]/gu;

/** At most so many columns does a text take. */
function columnsOf(text: string): number {
  return ASCII.test(text) ? text.length : [...text].length + (text.match(WIDE)?.length ?? 0);
}
