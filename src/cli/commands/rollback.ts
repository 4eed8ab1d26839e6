/**
 * `rollback`: every keystore of a run, back to exactly the bytes it had before.
 *
 * @module
 */
import { resolve } from 'node:path';
import type { Argv } from 'yargs';
import { toPrintable } from '../../encoding/printable.js';
import type { ExitStatus } from '../../errors.js';
import { DiskRunFiles } from '../../io/run-files.js';
import { renderRollback } from '../../report/rollback.js';
import { type RollbackResult, rollbackRun } from '../../rotation/rollback.js';
import { answer } from '../answer.js';
import { confirmChange } from '../confirm.js';
import type { Io } from '../io.js';
import { type CommonArgs, changeOptions, commonOptions, listOption } from '../options.js';

interface RollbackArgs extends CommonArgs {
  readonly runFolder: string;
  readonly except: string[] | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('run-folder', { type: 'string', demandOption: true, describe: 'The folder that rotate --out made' })
    .options(commonOptions)
    .options(changeOptions)
    .option('except', listOption('except', 'Keystore that is left as it is; the others are put back'))
    .example('$0 rollback run-2026-11-21', 'Take the change back');
}

export async function run(args: RollbackArgs, io: Io): Promise<ExitStatus> {
  const result = await io.interruptible((signal) =>
    rollbackRun(args.runFolder, new DiskRunFiles(), {
      now: io.now,
      signal,
      except: (args.except ?? []).map((path) => resolve(path)),
      dryRun: args.dryRun,
      confirm: (stores) =>
        confirmChange(`Put ${stores.map(({ path }) => toPrintable(path)).join(', ')} back as before?`, args.yes, io),
    }),
  );
  return answer({ json: toJson(args.runFolder, result), text: renderRollback(args.runFolder, result) }, args, io);
}

function toJson(
  folder: string,
  { outcome, stores }: RollbackResult,
): Record<string, unknown> & { readonly schema: string } {
  return {
    schema: 'anchorctl/rollback/1',
    changed: stores.some(({ state }) => state === 'restored'),
    outcome,
    folder,
    stores,
  };
}
