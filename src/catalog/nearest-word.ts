/**
 * The word that was probably meant where one is not known: of names that somebody wrote, and options that somebody typed.
 *
 * @module
 */
import { editsBetween } from './edit-script.js';

/** More letters than this are not compared: what is written may be of any length. */
const LONGEST = 60;

const MOST_EDITS = 3;

/**
 * The known word from which another differs least.
 *
 * @param word - in capitals or not
 * @param known - in small letters
 * @returns null where none is like it: one with at most two of its letters right is not meant
 */
export function nearestWord(word: string, known: readonly string[]): string | null {
  const written = word.slice(0, LONGEST).toLowerCase();
  const distances = known.flatMap((one) => {
    const edits = editsBetween(written, one, MOST_EDITS);
    return edits === null || edits.length >= one.length - 1 ? [] : [{ one, distance: edits.length }];
  });
  return distances.toSorted((a, b) => a.distance - b.distance)[0]?.one ?? null;
}
