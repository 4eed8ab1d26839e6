/**
 * Text in the cells of a table for spreadsheets.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';

/** What spreadsheets take for the beginning of a formula; those of East Asia also in its wide form. */
const FORMULA = /^\s*[=+@\-\uff1d\uff0b\uff20\uff0d]/;

/** A text as a cell: printable, and behind an apostrophe where a spreadsheet would take it for a formula. */
export function toCell(text: string): string {
  return toPrintable(text).replace(FORMULA, "'$&");
}
