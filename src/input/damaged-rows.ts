/**
 * A damaged dump of a known root in a running configuration: its rows are compared with those of the catalog, and the
 * genuine certificate stands for it, as for base64.
 *
 * @module
 */
import { findRoot } from '../catalog/catalog.js';
import { matchRows, type RowDamage, type RowMatch } from '../catalog/match-rows.js';
import { decodeCertificate } from '../x509/certificate.js';
import type { Collector } from './collector.js';
import type { Difference } from './read-result.js';

/** No row that a device prints is longer. */
const MAX_ROW = 400;

/** More lines than a certificate takes. */
const MAX_LINES = 2500;

/** What ends a dump: `quit`, or the next thing in the configuration. */
const END = /^(?:(?:\\t)*quit|!|certificate |crypto |end$)/;

/** Mostly digits, in words that may be misread; a line of a pager is none. */
const ROW = /^[0-9a-z|!]{1,12}(?:\s+[0-9a-z|!]{1,12}){0,24}$/i;

interface Row {
  readonly line: number;
  /** As it stands there. */
  readonly text: string;
  readonly digits: string;
}

/**
 * Reads a dump as a damaged copy of a root.
 *
 * @param lines - of the whole text
 * @param line - of the line that begins the certificate, from 1
 * @param trustpoint - under which it stands; printable
 * @returns false when it is near no root
 */
export function addDamagedDump(
  lines: readonly string[],
  { line, trustpoint, where }: { readonly line: number; readonly trustpoint: string | null; readonly where: string },
  into: Collector,
): boolean {
  const rows = rowsAfter(lines, line);
  const match = matchRows(rows.map(({ digits }) => digits));
  const root = match === null ? null : findRoot(match.sha256);
  if (match === null || root === null || match.damage.length === 0) return false;
  const source = into.source({ line, trustpoint });
  const certificate = decodeCertificate(match.der, source);
  into.note(
    'device/restored-from-catalog',
    `${where}: the rows are a damaged copy of ${root.name} (${describe(match)}); the genuine certificate of the catalog stands for it`,
    { line },
  );
  into.certificate(certificate);
  into.damage({
    source,
    root,
    certificate,
    differences: match.damage.flatMap((damage) => toDifferences(damage, rows)),
    lines: [],
  });
  return true;
}

function rowsAfter(lines: readonly string[], line: number): readonly Row[] {
  const rows: Row[] = [];
  for (const [index, whole] of lines.slice(line, line + MAX_LINES).entries()) {
    const text = whole.slice(0, MAX_ROW).trimEnd();
    const trimmed = text.trim();
    if (END.test(trimmed)) break;
    if (ROW.test(trimmed)) rows.push({ line: line + 1 + index, text, digits: trimmed.replaceAll(/\s+/g, '') });
  }
  return rows;
}

/** The first few things that are wrong, by rows counted from 1. */
function describe({ damage, rowCount }: RowMatch): string {
  const said = damage.map((one) => describeOne(one, rowCount));
  const more = said.length - 3;
  return more > 0 ? `${said.slice(0, 3).join(', ')} and ${more} more` : said.join(', ');
}

function describeOne(damage: RowDamage, count: number): string {
  switch (damage.kind) {
    case 'missing':
      return `row ${damage.genuineRow + 1} of ${count} is missing`;
    case 'moved':
      return `row ${damage.genuineRow + 1} of ${count} stands at another place`;
    case 'surplus':
      return `a row after row ${damage.row} is surplus`;
    case 'changed': {
      const { length } = damage.edits;
      return `row ${damage.genuineRow + 1} of ${count} has ${length === 1 ? 'a wrong digit' : `${length} wrong digits`}`;
    }
  }
}

function toDifferences(damage: RowDamage, rows: readonly Row[]): readonly Difference[] {
  const row = rows[damage.row];
  const line = row?.line ?? (rows.at(-1)?.line ?? 0) + 1;
  const digits = row?.digits ?? '';
  switch (damage.kind) {
    case 'missing':
      return [{ line, column: 1, found: '', genuine: damage.digits.toUpperCase() }];
    case 'moved':
      return [{ line, column: columnOf(row, 0), found: digits, genuine: damage.belongs.toUpperCase() }];
    case 'surplus':
      return [{ line, column: columnOf(row, 0), found: digits, genuine: '' }];
    case 'changed':
      return damage.edits.map(({ index, found, genuine }) => ({
        line,
        column: columnOf(row, index),
        found: found === '' ? '' : digits.charAt(index),
        genuine: genuine.toUpperCase(),
      }));
  }
}

/** Where a character of a row stands, blanks not counted, from 1. */
function columnOf(row: Row | undefined, index: number): number {
  const places = [...(row?.text ?? '').matchAll(/\S/g)];
  return (places[index]?.index ?? row?.text.length ?? 0) + 1;
}
