/**
 * The last look at a block before anybody sees it: what stands in it must be what a console is given, character by
 * character, whatever went wrong before.
 *
 * @module
 */
import { TrustError } from '../errors.js';

/** No line is longer: consoles wrap at 80 columns, and IOS cuts long input lines. */
export const COLUMNS = 80;

const TYPABLE = /^[ -~]*[!-~]$/;

/**
 * Makes sure that every line is printable ASCII of no more columns than the platform takes, not blank, and without blanks at
 * its end: a blank line ends the input of a certificate, and a control character acts on the console.
 *
 * @param lines - of a whole block
 * @param columns - that the platform takes whole
 * @throws {TrustError} `device/unprintable`, with the number of the line
 */
export function requireTypable(lines: readonly string[], columns: number = COLUMNS): void {
  for (const [index, line] of lines.entries()) {
    const wrong = describeUntypable(line, columns);
    if (wrong === null) continue;
    throw new TrustError('device/unprintable', `line ${index + 1} of the block ${wrong}`, {
      at: { line: index + 1 },
      hint: 'nothing is printed; try another --style, and see which certificate it is by leaving the others out',
    });
  }
}

function describeUntypable(line: string, columns: number): string | null {
  if (line.length > columns) return `has ${line.length} columns, at most ${columns} are taken whole`;
  if (line.trim() === '') return 'is blank, which ends the input of a certificate';
  return TYPABLE.test(line) ? null : 'is not printable ASCII, or ends in a blank';
}
