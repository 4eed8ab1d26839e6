/**
 * Lines of a given width: reports that draw something would be torn apart by a terminal that breaks lines by itself.
 *
 * @module
 */

/** The window that reports are made for. */
const COLUMNS = 80;

/**
 * Breaks a text at its blanks, and a word that is longer than a line wherever the line ends.
 *
 * @param text - printable, without line ends
 * @param first - what stands before the first line
 * @param rest - before all others
 * @returns lines with their ends
 */
export function wrap(text: string, first: string, rest: string): string {
  // Nearly every text.
  if (first.length + text.length <= COLUMNS && !text.startsWith(' ') && ASCII.test(text) && ASCII.test(first)) {
    return `${first}${text}`.trimEnd().concat('\n');
  }
  const lines: string[] = [];
  let line = '';
  const room = () => COLUMNS - lengthOf(lines.length === 0 ? first : rest);
  const end = () => {
    lines.push(line);
    line = '';
  };
  for (const word of text.split(' ')) {
    if (line !== '' && lengthOf(line) + 1 + lengthOf(word) > room()) end();
    if (lengthOf(word) <= room()) {
      line = line === '' ? word : `${line} ${word}`;
      continue;
    }
    const characters = [...word];
    for (let start = 0; start < characters.length; ) {
      if (line !== '') end();
      const length = room();
      line = characters.slice(start, start + length).join('');
      start += length;
    }
  }
  end();
  return lines.map((one, index) => `${index === 0 ? first : rest}${one}`.trimEnd().concat('\n')).join('');
}

/** Nearly every text; of all others the characters beyond 16 bits count once. */
const ASCII: RegExp = /^[ -~]*$/;

function lengthOf(text: string): number {
  return ASCII.test(text) ? text.length : [...text].length;
}
