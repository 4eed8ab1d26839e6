/**
 * BEGIN and END lines as people have them: too few or too many hyphens, dashes of a word processor, letters that OCR got
 * wrong, diacritics, a marker on the line of the text before or after it.
 *
 * @module
 */
import { editsBetween } from '../catalog/edit-script.js';
import { LABELS } from './label.js';

const KEYWORDS = ['BEGIN', 'END'] as const;

/** A marker in a text. */
export interface Marker {
  readonly kind: 'BEGIN' | 'END';
  /** The label that was meant. */
  readonly label: string;
  /** Index of its first character in the text, and of the one after its last. */
  readonly start: number;
  readonly end: number;
  /** As it stands there. */
  readonly found: string;
  /** As it should be. */
  readonly expected: string;
}

/**
 * Hyphens or the start of a line; two words that may be a keyword and a label; hyphens or the end of a line. Where
 * another marker follows at once, five of the hyphens between the two belong to the first. All counts have bounds, so
 * that the time stays linear.
 */
const CANDIDATE =
  /(?:^|(-{1,8}))[ \t]{0,8}([A-Z0-9|!$]{2,7})[ \t]{1,8}([A-Z0-9|!$#]{2,20}(?:[ \t]{1,8}[A-Z0-9|!$#]{1,14}){0,3})[ \t]{0,8}(-{1,5}(?=-{1,8}[ \t]{0,8}[A-Z0-9|!$]{2,7}[ \t])|-+|$)/gim;

/** With fewer hyphens than this the letters must be right: a list has a hyphen before its items, too. */
const MIN_HYPHENS = 3;

/** What word processors and OCR make of hyphens. */
const DASHES = /[\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;

/**
 * The markers of a text, in order.
 *
 * @param text - any text; long ones cost linear time
 * @param limit - the search ends after so many
 */
export function findMarkers(text: string, limit: number): readonly Marker[] {
  const markers: Marker[] = [];
  if (limit === 0) return markers;
  for (const match of fold(text).matchAll(CANDIDATE)) {
    if (markers.length === limit) break;
    const [whole, before = '', word = '', name = '', after = ''] = match;
    const isSure = before.length + after.length >= MIN_HYPHENS;
    const kind = nearest(word, KEYWORDS, isSure ? Math.max(1, Math.floor(word.length * 0.4)) : 0);
    if (kind === null) continue;
    const label = nearest(name.replace(/[ \t]+/g, ' '), LABELS, isSure ? Math.floor(name.length / 4) : 0);
    if (label === null) continue;
    const start = match.index + whole.length - whole.trimStart().length;
    const end = match.index + whole.trimEnd().length;
    const expected = `-----${kind} ${label}-----`;
    markers.push({ kind, label, start, end, found: text.slice(start, end), expected });
  }
  return markers;
}

/** Whether a label is one that is known, with some wrong letters. */
export function isNearLabel(label: string): boolean {
  return nearest(label, LABELS, Math.floor(label.length / 4)) !== null;
}

/** The same text with every character replaced by the ASCII one it stands for, if any; indices stay. */
function fold(text: string): string {
  return text
    .replace(DASHES, '-')
    .replace(/[^\S\0-\x7f]/g, ' ')
    .replace(/[^\0-\x7f]/g, (character) => character.normalize('NFD').charAt(0));
}

/** The one candidate that is nearest to a word, within a number of wrong letters; null when none or two are. */
function nearest<T extends string>(word: string, candidates: readonly T[], limit: number): T | null {
  const wanted = word.toUpperCase();
  const exact = candidates.find((candidate) => candidate === wanted);
  if (exact !== undefined || limit === 0) return exact ?? null;
  const distances = candidates.map((candidate) => editsBetween(wanted, candidate, limit)?.length);
  const least = Math.min(...distances.map((distance) => distance ?? Number.POSITIVE_INFINITY));
  const found = candidates.filter((_, index) => distances[index] === least);
  return found.length === 1 ? (found[0] ?? null) : null;
}
