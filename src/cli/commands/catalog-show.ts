/**
 * `catalog show`: the life story of a public root, and its certificate.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { genuineRoot, keyIdentifierOf } from '../../catalog/catalog.js';
import { type CatalogMatch, searchCatalog, suggestNames } from '../../catalog/search.js';
import { encodePem } from '../../encoding/pem.js';
import { toPrintable } from '../../encoding/printable.js';
import { type ExitStatus, TrustError } from '../../errors.js';
import { renderCatalogInfo, renderRoot, toCatalogInfoJson, toShownRootJson } from '../../report/catalog.js';
import { answer } from '../answer.js';
import type { Io } from '../io.js';
import { type CommonArgs, commonOptions } from '../options.js';
import { describeCatalog } from '../site-catalog.js';

interface ShowArgs extends CommonArgs {
  readonly root: string;
  readonly pem: boolean;
  readonly der: boolean;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('root', {
      type: 'string',
      demandOption: true,
      describe: 'Name, SHA-256 or SHA-1 (8 digits do), key identifier or serial number',
    })
    .options(commonOptions)
    .option('pem', { type: 'boolean', default: false, describe: 'Print the genuine certificate as PEM' })
    .option('der', { type: 'boolean', default: false, describe: 'Print the genuine certificate as DER' })
    .example('$0 catalog show "QuoVadis Root CA 2"', 'What became of it, and what replaces it?')
    .example('$0 catalog show 5d56499b --pem', 'The genuine certificate');
}

export async function run(args: ShowArgs, io: Io): Promise<ExitStatus> {
  if ([args.pem, args.der, args.json].filter(Boolean).length > 1) {
    throw new TrustError('usage/conflict', '--pem, --der and JSON cannot be combined', { hint: 'choose one of them' });
  }
  const matches = searchCatalog(args.root);
  if (matches.length === 0) throw nothingFits(args.root);
  const catalog = describeCatalog(io);
  const shown = matches.map(({ root, by }) => ({ root, by, keyIdentifier: keyIdentifierOf(root.sha256) }));
  const json = {
    schema: 'anchorctl/catalog-show/1',
    query: args.root,
    catalog: toCatalogInfoJson(catalog),
    roots: shown.map(toShownRootJson),
  };
  const text =
    exportOf(matches, args) ?? `${shown.map((one) => `${renderRoot(one)}\n`).join('')}${renderCatalogInfo(catalog)}`;
  return answer({ json, text }, args, io);
}

/** What `--pem` and `--der` print instead of the story, or null. */
function exportOf(matches: readonly CatalogMatch[], { pem, der }: ShowArgs): string | Uint8Array | null {
  if (!pem && !der) return null;
  const certificates = matches.map(({ root }) => {
    const certificate = genuineRoot(root.sha256);
    if (certificate !== null) return certificate;
    throw new TrustError(
      'catalog/facts-only',
      `the catalog has only the facts of ${toPrintable(root.name)} (${root.sha256})`,
      {
        hint: 'get the certificate from its owner, and compare this SHA-256',
      },
    );
  });
  if (pem) return certificates.map((certificate) => encodePem('CERTIFICATE', certificate)).join('');
  const [only, ...others] = certificates;
  if (only !== undefined && others.length === 0) return only;
  throw new TrustError(
    'usage/too-many-certificates',
    `--der prints one certificate, ${certificates.length} were found`,
    {
      hint: 'use --pem, or name the root by its SHA-256',
    },
  );
}

function nothingFits(query: string): TrustError {
  const suggested = suggestNames(query);
  return new TrustError('catalog/not-found', `no root of the catalog is "${toPrintable(query)}"`, {
    hint:
      suggested.length === 0
        ? 'write its name, the first 8 digits of a fingerprint, or its serial number; catalog list shows all'
        : `there is ${suggested.map((one) => `"${toPrintable(one)}"`).join(', ')}`,
  });
}
