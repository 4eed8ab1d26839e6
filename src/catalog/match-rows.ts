/**
 * Finds the root that a damaged dump in rows of hexadecimal digits was made from, and what became of each row: changed,
 * missing, at another place, there twice. The bound is that of damaged base64: rows that are missing and digits that are
 * changed may make up 7 in 100; rows that only changed places say all that they said before.
 *
 * @module
 */
import { encodeHex } from '../encoding/hex.js';
import { genuineBodies, genuineRoot } from './catalog.js';
import { type Edit, editsBetween } from './edit-script.js';
import { MAX_DAMAGE } from './match.js';

/** Digits of a word: dumps are printed in words of four octets, whose places a missing row does not change. */
const WORD = 8;

/** The share of a root's own words that must be found. */
const MIN_VOTES = 0.25;

/** The share of a row that may differ, for it to be that row. */
const MAX_ROW_DAMAGE = 0.25;

/** A dump with so many more rows is no copy of one certificate. */
const MAX_SURPLUS = 1.3;

/** More rows than any certificate on a device has. */
const MAX_ROWS = 2100;
const MIN_WIDTH = 4 * WORD;
const MAX_WIDTH = 200;

/** A row of a dump that is not as it should be. Rows count from 0. */
export type RowDamage =
  | { readonly kind: 'changed'; readonly row: number; readonly genuineRow: number; readonly edits: readonly Edit[] }
  | { readonly kind: 'moved'; readonly row: number; readonly genuineRow: number; readonly belongs: string }
  | { readonly kind: 'surplus'; readonly row: number }
  | { readonly kind: 'missing'; readonly row: number; readonly genuineRow: number; readonly digits: string };

/** A damaged dump and its root. */
export interface RowMatch {
  /** The root, lower-case hex. */
  readonly sha256: string;
  readonly der: Uint8Array;
  /** How many rows the genuine dump has. */
  readonly rowCount: number;
  /** In the order of the rows of the dump; `missing` stands where the row should be. */
  readonly damage: readonly RowDamage[];
}

interface WordIndex {
  readonly of: ReadonlyMap<string, string>;
  /** The root that has a word, or null for a word of several. */
  readonly owners: ReadonlyMap<string, string | null>;
  /** How many words each root alone has. */
  readonly counts: ReadonlyMap<string, number>;
}

let built: WordIndex | undefined;

/**
 * The root that a damaged dump was made from.
 *
 * @param rows - each without blanks; characters that are no digits may be among them
 * @returns null when no root is near
 */
export function matchRows(rows: readonly string[]): RowMatch | null {
  const found = rows.map((row) => row.toLowerCase());
  const width = usualLength(found);
  if (found.length > MAX_ROWS || width < MIN_WIDTH || width > MAX_WIDTH) return null;
  const sha256 = elect(found);
  const der = sha256 === null ? null : genuineRoot(sha256);
  if (sha256 === null || der === null) return null;
  const digits = encodeHex(der);
  const genuine = digits.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  if (found.length > genuine.length * MAX_SURPLUS) return null;
  const assigned = assign(found, genuine);
  const damage = damageOf(found, genuine, assigned);
  const wrong = damage.reduce((sum, one) => sum + costOf(one, found), 0);
  return wrong > digits.length * MAX_DAMAGE ? null : { sha256, der, rowCount: genuine.length, damage };
}

function costOf(damage: RowDamage, found: readonly string[]): number {
  if (damage.kind === 'changed') return damage.edits.length;
  if (damage.kind === 'missing') return damage.digits.length;
  return damage.kind === 'surplus' ? (found[damage.row] ?? '').length : 0;
}

/** The genuine row of each row, by equality first; null for one that is near none that is left. */
function assign(found: readonly string[], genuine: readonly string[]): readonly (number | null)[] {
  const free = new Map(genuine.map((row, index) => [row, index]));
  const left = new Set(genuine.keys());
  const exact = found.map((row) => {
    const index = free.get(row);
    if (index === undefined || !left.delete(index)) return null;
    return index;
  });
  return found.map((row, index) => exact[index] ?? nearest(row, index, genuine, left));
}

/** The row that is nearest to one, the one at the nearest place where two are; it is taken from those left. */
function nearest(row: string, place: number, genuine: readonly string[], left: Set<number>): number | null {
  const near = [...left].flatMap((index) => {
    const other = genuine[index] ?? '';
    const edits = editsBetween(row, other, Math.floor(other.length * MAX_ROW_DAMAGE));
    return edits === null ? [] : [{ index, cost: edits.length, distance: Math.abs(index - place) }];
  });
  const [best] = near.sort((a, b) => a.cost - b.cost || a.distance - b.distance);
  if (best === undefined) return null;
  left.delete(best.index);
  return best.index;
}

function damageOf(
  found: readonly string[],
  genuine: readonly string[],
  assigned: readonly (number | null)[],
): readonly RowDamage[] {
  const damage: RowDamage[] = [];
  const there = new Set(assigned);
  const order = assigned.filter((index) => index !== null).toSorted((a, b) => a - b);
  let reached = 0;
  let next = 0;
  for (const [row, genuineRow] of assigned.entries()) {
    const expected = genuineRow === null ? null : (order[next++] ?? null);
    for (; expected !== null && reached < expected; reached++) {
      if (!there.has(reached))
        damage.push({ kind: 'missing', row, genuineRow: reached, digits: genuine[reached] ?? '' });
    }
    if (genuineRow === null) {
      damage.push({ kind: 'surplus', row });
      continue;
    }
    const digits = genuine[genuineRow] ?? '';
    if (expected !== null && expected !== genuineRow) {
      damage.push({ kind: 'moved', row, genuineRow, belongs: genuine[expected] ?? '' });
    }
    const edits = editsBetween(found[row] ?? '', digits, digits.length) ?? [];
    if (edits.length > 0) damage.push({ kind: 'changed', row, genuineRow, edits });
  }
  for (; reached < genuine.length; reached++) {
    if (!there.has(reached)) {
      damage.push({ kind: 'missing', row: found.length, genuineRow: reached, digits: genuine[reached] ?? '' });
    }
  }
  return damage;
}

/** The root with the most words, if it has enough of them. */
function elect(rows: readonly string[]): string | null {
  const { owners, counts } = currentIndex();
  const votes = new Map<string, number>();
  for (const word of rows.flatMap(wordsOf)) {
    const owner = owners.get(word);
    if (owner != null) votes.set(owner, (votes.get(owner) ?? 0) + 1);
  }
  const [most] = [...votes].sort(([, a], [, b]) => b - a);
  return most !== undefined && most[1] >= (counts.get(most[0]) ?? 0) * MIN_VOTES ? most[0] : null;
}

function currentIndex(): WordIndex {
  const bodies = genuineBodies();
  if (built?.of === bodies) return built;
  const owners = new Map<string, string | null>();
  for (const [sha256, base64] of bodies) {
    for (const word of wordsOf(Buffer.from(base64, 'base64').toString('hex'))) {
      const owner = owners.get(word);
      owners.set(word, owner === undefined || owner === sha256 ? sha256 : null);
    }
  }
  const counts = new Map<string, number>();
  for (const owner of owners.values()) if (owner !== null) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  built = { of: bodies, owners, counts };
  return built;
}

function wordsOf(digits: string): readonly string[] {
  return digits.match(/.{8}/g) ?? [];
}

/** How long most rows are. */
function usualLength(rows: readonly string[]): number {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  return [...counts].reduce((most, next) => (next[1] > most[1] ? next : most), [0, 0])[0];
}
