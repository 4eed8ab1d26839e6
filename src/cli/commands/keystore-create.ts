/**
 * `keystore create`: a new keystore of certificates whose trust is established, by the same rules as `keystore add`.
 *
 * @module
 */
import type { Argv } from 'yargs';
import type { ExitStatus } from '../../errors.js';
import { type ChangeReport, renderChange } from '../../report/keystore-change.js';
import { planNewStore } from '../../rotation/new-store-plan.js';
import { nameNewEntries } from '../../rotation/store-plan.js';
import { decideAdditions, readingOfAdditions } from '../additions.js';
import { refuse } from '../answer.js';
import { aliasOption, checkAlias, checkCount } from '../chosen-alias.js';
import { requireConfirmation } from '../confirm.js';
import { findingOfNote } from '../file-notes.js';
import { type InputArgs, inputOptions } from '../input-options.js';
import type { Io } from '../io.js';
import { newStorePassword, noteUnusedPassword } from '../new-password.js';
import {
  checkPlace,
  compatOf,
  findPlace,
  type NewStoreArgs,
  newStoreOptions,
  toChangedStore,
  writeStore,
} from '../new-store.js';
import { inputsPositional } from '../options.js';
import { storePassword } from '../password.js';
import { compareReplaced } from '../replaced-store.js';
import { answerChange } from '../store-change.js';
import { skipUnfitOption, type TrustArgs, trustOptions } from '../trust.js';

interface CreateArgs extends NewStoreArgs, TrustArgs, InputArgs {
  readonly file: string;
  readonly input: string[];
  readonly alias: string | undefined;
  readonly skipUnfit: boolean;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'The keystore to be made' })
    .positional('input', inputsPositional)
    .option('alias', aliasOption)
    .option('skip-unfit', skipUnfitOption)
    .options(trustOptions)
    .options(inputOptions)
    .options(newStoreOptions)
    .example('$0 keystore create trust.p12 roots.pem --type pkcs12 --storepass-env PW', 'As Java 17 writes it');
}

export async function run(args: CreateArgs, io: Io): Promise<ExitStatus> {
  const { file, type, force } = args;
  const compat = compatOf(args);
  const alias = args.alias === undefined ? null : checkAlias(args.alias, { type });
  const at = args.at ?? io.now();
  const reading = readingOfAdditions(args.input, args);
  const place = findPlace(file, force);
  const location = checkPlace(place);
  const given = await storePassword(args, io);
  const request = { name: file, type, compat, given };
  const password = await newStorePassword(request, io);
  const additions = await decideAdditions(
    {
      reading,
      store: { password: given, keystore: { entries: [] } },
      at,
      skipUnfit: args.skipUnfit,
      checkInput: (certificates) => checkCount(certificates, alias),
    },
    args,
    io,
  );
  if ('errors' in additions) return refuse(additions, args, io);

  const { wanted } = additions;
  const added =
    alias === null ? nameNewEntries(wanted, { entries: [] }) : wanted.map((certificate) => ({ alias, certificate }));
  const plan = planNewStore({ ...place, type, compat, password, added, created: at });
  const replaced = compareReplaced(place, plan.after, [password, given, null]);
  if (!args.dryRun && replaced.question !== null) await requireConfirmation(replaced.question, args.yes, io);
  const written = await writeStore(place, { bytes: plan.after, verify: plan.verify }, args.dryRun, io);

  const findings = [
    ...additions.findings,
    ...noteUnusedPassword(request),
    ...replaced.findings,
    ...location,
    ...written.notes.map((note) => findingOfNote(note, file)),
  ];
  const report: ChangeReport = {
    store: toChangedStore({ ...plan, removed: replaced.removed }, written),
    outcome: written.outcome,
    decisions: additions,
  };
  const { damaged } = additions;
  return answerChange({ command: 'keystore-create', report, findings, damaged, text: renderChange(report) }, args, io);
}
