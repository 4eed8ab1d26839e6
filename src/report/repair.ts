/**
 * A damaged copy of a known root beside the genuine one: which characters differ, and where.
 *
 * @module
 */

import { toPrintable } from '../encoding/printable.js';
import type { DamagedBlock, Difference } from '../input/read-result.js';
import { renderSource } from '../x509/source.js';

/**
 * What is wrong with a damaged copy, a line for every place.
 *
 * @returns lines such as `  line 21 column 74   found "I"   genuine "1"`
 */
export function renderDamage({ source, root, differences }: DamagedBlock): string {
  const count = countPlaces(differences.length);
  const head = `${toPrintable(renderSource(source))}: a damaged copy of ${root.name}; ${count}:\n`;
  return head + differences.map(renderDifference).join('');
}

function renderDifference({ line, column, found, genuine }: Difference): string {
  const place = `line ${line} column ${column}`.padEnd(22);
  return `  ${place}found ${quote(found).padEnd(8)} genuine ${quote(genuine)}\n`;
}

function quote(text: string): string {
  return text === '' ? 'nothing' : `"${toPrintable(text)}"`;
}

/** How much of a copy is wrong, in words. */
export function countPlaces(count: number): string {
  return count === 1 ? '1 place differs' : `${count} places differ`;
}
