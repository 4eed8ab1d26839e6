/**
 * A damaged copy beside the genuine text, line by line as PEM has it, for a person to compare.
 *
 * @module
 */
import type { Edit } from '../catalog/edit-script.js';

/** RFC 7468 section 2: what generators write. */
const WIDTH = 64;

/** Stands where one of the two has no character. It is no character of base64. */
export const GAP = '_';

/** A line that differs. Both texts are as long, and each character stands above the one it was made from. */
export interface LineComparison {
  /** The line of the genuine PEM, its BEGIN line being 1. */
  readonly number: number;
  readonly found: string;
  readonly genuine: string;
}

/**
 * The lines in which a copy differs from the genuine text.
 *
 * @param found - the characters of the copy, without blanks and line ends
 * @param edits - as `editsBetween` gives them
 */
export function compareLines(found: string, edits: readonly Edit[]): readonly LineComparison[] {
  const lines: LineComparison[] = [];
  let line = { found: '', genuine: '', length: 0, differs: false };
  let number = 2;
  const close = () => {
    if (line.differs) lines.push({ number, found: line.found, genuine: line.genuine });
    line = { found: '', genuine: '', length: 0, differs: false };
    number++;
  };
  const add = (a: string, b: string, differs: boolean) => {
    if (line.length === WIDTH && b !== '') close();
    line.found += a === '' ? GAP : a;
    line.genuine += b === '' ? GAP : b;
    line.length += b.length;
    line.differs ||= differs;
  };
  let index = 0;
  for (const edit of edits) {
    for (; index < edit.index; index++) add(found.charAt(index), found.charAt(index), false);
    add(edit.found, edit.genuine, true);
    index += edit.found.length;
  }
  for (; index < found.length; index++) add(found.charAt(index), found.charAt(index), false);
  close();
  return lines;
}
