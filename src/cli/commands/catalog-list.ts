/**
 * `catalog list`: every public root that is known, and what became of it.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { type CatalogRoot, catalogRecords } from '../../catalog/catalog.js';
import { CATALOG_STATUSES, type CatalogStatus } from '../../catalog/root-facts.js';
import { suggestNames } from '../../catalog/search.js';
import { renderLine } from '../../encoding/json-text.js';
import { toPrintable } from '../../encoding/printable.js';
import { type ExitStatus, TrustError } from '../../errors.js';
import { renderCatalogInfo, renderCatalogTable, toCatalogInfoJson, toRootJson } from '../../report/catalog.js';
import { answer } from '../answer.js';
import type { Io } from '../io.js';
import { type CommonArgs, commonOptions, formatWithLines, listOption, textOption } from '../options.js';
import { describeCatalog } from '../site-catalog.js';

interface ListArgs extends CommonArgs {
  readonly format: 'text' | 'json' | 'ndjson';
  readonly status: CatalogStatus[] | undefined;
  readonly name: string | undefined;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .options({ ...commonOptions, format: formatWithLines })
    .option('status', {
      ...listOption('status', 'Only roots of this status; may be given several times'),
      choices: CATALOG_STATUSES,
    })
    .option('name', textOption('name', 'Only roots with this text in name or organization'))
    .example('$0 catalog list --status email-only --status removed', 'What is not trusted for servers any more?');
}

export async function run(args: ListArgs, io: Io): Promise<ExitStatus> {
  const roots = catalogRecords()
    .filter((root) => isWanted(root, args))
    .sort(byName);
  if (roots.length === 0) throw nothingFits(args);
  const catalog = describeCatalog(io);
  const json = {
    schema: 'anchorctl/catalog-list/1',
    catalog: toCatalogInfoJson(catalog),
    roots: roots.map(toRootJson),
  };
  const text =
    args.format === 'ndjson'
      ? json.roots.map(renderLine).join('')
      : `${renderCatalogInfo(catalog)}\n${renderCatalogTable(roots)}`;
  return answer({ json, text }, args, io);
}

function isWanted({ status, facts }: CatalogRoot, { status: wanted, name }: ListArgs): boolean {
  if (wanted !== undefined && !wanted.includes(status)) return false;
  const text = name?.toLowerCase();
  return (
    text === undefined ||
    [facts.name, facts.commonName, facts.organization].some((one) => one?.toLowerCase().includes(text))
  );
}

function byName(a: CatalogRoot, b: CatalogRoot): number {
  const [first, second] = [a, b].map(({ name, sha256 }) => `${name.toLowerCase()} ${sha256}`);
  return (first ?? '') < (second ?? '') ? -1 : 1;
}

/** A mistyped name must not look like a root that is not there. */
function nothingFits({ name }: ListArgs): TrustError {
  const suggested = name === undefined ? [] : suggestNames(name);
  return new TrustError('catalog/not-found', 'no root of the catalog fits', {
    hint:
      suggested.length === 0
        ? 'see anchorctl catalog list without options'
        : `there is ${suggested.map((one) => `"${toPrintable(one)}"`).join(', ')}`,
  });
}
