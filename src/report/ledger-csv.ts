/**
 * The ledger of a rotation as CSV (RFC 4180), with CR LF line ends and a header, for spreadsheets: a cell that a spreadsheet
 * would take for a formula is made text.
 *
 * @module
 */
import { createRequire } from 'node:module';
import type { stringify } from 'csv-stringify/sync';
import type { LedgerTarget } from '../rotation/ledger.js';
import { toCell } from './csv-text.js';
import { COLUMNS, toCells } from './ledger.js';

const require = createRequire(import.meta.url);

/** Renders the rows in the order of the targets; the package is loaded on the first call. */
export function renderLedgerCsv(targets: readonly LedgerTarget[]): string {
  const csv = require('csv-stringify/sync') as { readonly stringify: typeof stringify };
  return csv.stringify(
    targets.map((target) => toCells(target).map(toCell)),
    {
      header: true,
      columns: [...COLUMNS],
      record_delimiter: 'windows',
    },
  );
}
