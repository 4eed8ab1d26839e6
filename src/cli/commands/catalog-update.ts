/**
 * `catalog update`: the catalog of a site that fetches nothing, renewed from a list of roots that somebody brought.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import type { Argv } from 'yargs';
import { currentCatalog, genuineBodies } from '../../catalog/catalog.js';
import { decodeCatalogFile, encodeCatalogFile, MAX_CATALOG_BYTES } from '../../catalog/catalog-file.js';
import { isTrustedForServers } from '../../catalog/root-facts.js';
import { type CatalogUpdate, type RootChange, updateCatalog } from '../../catalog/update.js';
import type { Finding } from '../../check/finding.js';
import { toPrintable } from '../../encoding/printable.js';
import { type ExitStatus, TrustError } from '../../errors.js';
import { resolveLinks } from '../../io/atomic-file.js';
import { thisHost } from '../../io/host.js';
import { writeNewFile } from '../../io/new-file.js';
import { readOwnFile } from '../../io/own-file.js';
import { readInput } from '../../io/read-input.js';
import {
  type CatalogUpdateReport,
  renderCatalogChanges,
  renderCatalogUpdate,
  toCatalogUpdateJson,
} from '../../report/catalog-update.js';
import { renderFinding } from '../../report/certificate-text.js';
import { fingerprint } from '../../x509/fingerprint.js';
import { answer } from '../answer.js';
import { siteCatalogPath } from '../catalog-path.js';
import { canAsk, requireConfirmation } from '../confirm.js';
import type { Io } from '../io.js';
import { atOption, type CommonArgs, changeOptions, commonOptions, textOption } from '../options.js';
import { requireFileBehind, requireFileName } from '../output.js';
import { readRootList } from '../root-list.js';
import { useSiteCatalog } from '../site-catalog.js';
import { replaceStore } from '../store-change.js';

interface UpdateArgs extends CommonArgs {
  readonly from: string;
  readonly out: string | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly at: Date | undefined;
}

/** Others may read the file; who may write it decides what is trusted. */
const MODE = 0o644;

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .options(commonOptions)
    .option('from', {
      ...textOption('from', 'The list: certdata.txt of Mozilla NSS, or a bundle of PEM certificates'),
      demandOption: true,
    })
    .option('out', textOption('out', 'Write this file instead of the catalog that later calls use'))
    .option('force', {
      type: 'boolean',
      default: false,
      describe: 'Take an older list than the catalog or one of a day to come, and replace the file of --out',
    })
    .options(changeOptions)
    .option('yes', { ...changeOptions.yes, describe: 'Do not ask before the catalog is changed' })
    .option('at', { ...atOption, describe: 'The day the list is of (RFC 3339); default: that of its file' })
    .example('$0 catalog update --from certdata.txt --at 2026-11-20 --dry-run', 'What would change?');
}

export async function run(args: UpdateArgs, io: Io): Promise<ExitStatus> {
  const place = findPlace(args, io);
  const read = readRootList(args.from, args.at);
  // What is renewed is what is replaced: another call may have renewed it since this one began.
  if (args.out === undefined && place.before !== null) useSiteCatalog(place.before);
  const base = currentCatalog();
  const held = genuineBodies();
  const update = updateCatalog(base, read.list, {
    held: (sha256) => held.has(sha256),
    today: io.now(),
    force: args.force,
  });
  const bytes = encodeCatalogFile(update.data);
  const plan = {
    ...{ ...read, update, previousDate: base.date, path: place.path },
    before: place.before === null ? null : fingerprint('sha256', place.before),
    after: fingerprint('sha256', bytes),
  };
  verifyCatalog(bytes);
  if (plan.before === plan.after) return report({ ...plan, outcome: 'already', backup: null }, args, io);
  if (args.dryRun) return report({ ...plan, outcome: 'planned', backup: null }, args, io);
  if (!args.yes && canAsk(io))
    io.stderr(`${checkWhole(update).map(renderFinding).join('')}${renderCatalogChanges(plan)}`);
  await requireConfirmation(question(place.path, update.changes), args.yes, io);
  const backup = await write(place, bytes, io);
  return report({ ...plan, outcome: 'applied', backup }, args, io);
}

function report(done: CatalogUpdateReport, args: UpdateArgs, io: Io): ExitStatus {
  const findings = checkWhole(done.update);
  return answer(
    { json: { ...toCatalogUpdateJson(done), findings }, text: renderCatalogUpdate(done), findings },
    args,
    io,
  );
}

/** Half a list has every root that it lacks look as if it had been removed. */
function checkWhole({ missing }: CatalogUpdate): readonly Finding[] {
  if (missing.count * 2 <= missing.of) return [];
  return [
    {
      code: 'catalog/incomplete',
      severity: 'warning',
      message: `the list lacks ${missing.count} of the ${missing.of} roots that are trusted for servers`,
      hint: 'check that it is whole, and no choice of roots: what it lacks becomes removed',
      source: null,
    },
  ];
}

interface Place {
  readonly path: string;
  /** The file that is there, or null for none. */
  readonly before: Uint8Array | null;
}

/** @throws {TrustError} `output/exists`, `catalog/unsafe-file`, `usage/…`, `input/…` */
function findPlace({ out, force }: UpdateArgs, io: Io): Place {
  const path = out ?? siteCatalogPath(io.env);
  if (path === null) {
    throw new TrustError('usage/missing-argument', 'the environment names no place for a catalog', {
      hint: 'set HOME or ANCHORCTL_CATALOG, or name a file with --out',
    });
  }
  requireFileName(path, 'a catalog is never written to standard output');
  requireFileBehind(path);
  if (!existsSync(path)) return { path, before: null };
  if (out !== undefined && !force) {
    throw new TrustError('output/exists', 'there is a file of that name already', {
      at: { source: path },
      hint: 'name another one, or replace it with --force; it is kept as a backup then',
    });
  }
  // A file that later calls would not read is not to be renewed as if they did.
  const bytes = out === undefined ? readOwnFile(path, MAX_CATALOG_BYTES) : readInput(path, MAX_CATALOG_BYTES);
  return { path, before: bytes };
}

function question(path: string, changes: readonly RootChange[]): string {
  const gained = changes.filter(({ before, after }) => isTrusted(after) && !isTrusted(before)).length;
  const lost = changes.filter(({ before, after }) => !isTrusted(after) && isTrusted(before)).length;
  return `${gained} ${gained === 1 ? 'root comes' : 'roots come'} to be trusted for servers, ${lost} ${
    lost === 1 ? 'loses' : 'lose'
  } that trust.\nWrite ${toPrintable(path)}?`;
}

function isTrusted(facts: RootChange['before']): boolean {
  return facts !== null && isTrustedForServers(facts);
}

/** Later calls read it, or refuse it, by the same code. */
function verifyCatalog(bytes: Uint8Array): void {
  decodeCatalogFile(bytes);
}

/** @returns where the file that was there is kept, or null */
async function write({ path, before }: Place, bytes: Uint8Array, io: Io): Promise<string | null> {
  if (before === null) {
    await io.interruptible(async () => writeNewFile(path, bytes, { mode: MODE }));
    return null;
  }
  const target = { path: resolveLinks(path, thisHost.fs), name: path, before, verify: verifyCatalog };
  const { backup } = await io.interruptible((signal) => replaceStore(target, bytes, signal, io));
  return backup;
}
