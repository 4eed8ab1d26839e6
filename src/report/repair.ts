/**
 * A damaged copy beside the genuine certificate: which characters differ, where, and line by line.
 *
 * @module
 */

import { toPrintable } from '../encoding/printable.js';
import type { LineComparison } from '../input/compare-lines.js';
import type { DamagedBlock, Difference, RecoveredBlock } from '../input/read-result.js';
import { renderSource } from '../x509/source.js';

const RED = '\u001b[1;31m';
const GREEN = '\u001b[1;32m';
const PLAIN = '\u001b[0m';

/**
 * What is wrong with a damaged copy of a known root: a line for every place, then every line that differs.
 *
 * @param colour - whether to colour what differs; else marks stand below it
 * @returns lines such as `  line 21 column 74   found "I"   genuine "1"`
 */
export function renderDamage({ source, root, differences, lines }: DamagedBlock, colour: boolean): string {
  const count = countPlaces(differences.length);
  const head = `${toPrintable(renderSource(source))}: a damaged copy of ${root.name}; ${count}:\n`;
  return head + differences.map(renderDifference).join('') + renderLines(lines, colour);
}

/** The same of a copy of a certificate that no catalog knows, which was put right by its own signature. */
export function renderRecovery({ source, certificate, differences, lines }: RecoveredBlock, colour: boolean): string {
  const count = countPlaces(differences.length);
  return [
    `${toPrintable(renderSource(source))}: recovered, verify the fingerprint by another way; ${count}:\n`,
    ...differences.map(renderDifference),
    renderLines(lines, colour),
    `  ${certificate.displaySubject}\n`,
    `  SHA-256 ${certificate.sha256}\n`,
  ].join('');
}

function renderDifference({ line, column, found, genuine }: Difference): string {
  const place = `line ${line} column ${column}`.padEnd(22);
  return `  ${place}found ${quote(found).padEnd(8)} genuine ${quote(genuine)}\n`;
}

function quote(text: string): string {
  return text === '' ? 'nothing' : `"${toPrintable(text)}"`;
}

/** Two lines for each line that differs, and the marks where nothing is coloured. */
function renderLines(lines: readonly LineComparison[], colour: boolean): string {
  return lines
    .map(({ number, found, genuine }) => {
      const other = [...genuine];
      const own = [...found].map((character) => (toPrintable(character) === character ? character : '?'));
      const differs = other.map((character, at) => own[at] !== character);
      const paint = (characters: readonly string[], start: string) =>
        characters.map((one, at) => (colour && differs[at] ? `${start}${one}${PLAIN}` : one)).join('');
      const marks = colour
        ? ''
        : `      ${differs
            .map((isOther) => (isOther ? '^' : ' '))
            .join('')
            .trimEnd()}\n`;
      return `  genuine line ${number}\n    - ${paint(own, RED)}\n    + ${paint(other, GREEN)}\n${marks}`;
    })
    .join('');
}

/** How much of a copy is wrong, in words. */
export function countPlaces(count: number): string {
  return count === 1 ? '1 place differs' : `${count} places differ`;
}
