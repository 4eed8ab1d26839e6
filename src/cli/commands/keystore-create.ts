/**
 * `keystore create`: a new keystore of certificates whose trust is established, by the same rules as `keystore add`.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import type { Finding } from '../../check/finding.js';
import { checkStoreLocation } from '../../check/store-location.js';
import { type ExitStatus, worstStatus } from '../../errors.js';
import { type ChangeReport, renderChange, toChangeJson } from '../../report/keystore-change.js';
import { planNewStore } from '../../rotation/new-store-plan.js';
import { nameNewEntries } from '../../rotation/store-plan.js';
import { needsPassword } from '../../store/new-keystore.js';
import { sourceOf } from '../../x509/source.js';
import { decideAdditions } from '../additions.js';
import { answer, refuse, statusOf } from '../answer.js';
import { checkAlias, requireOne } from '../chosen-alias.js';
import { findingOfNote } from '../file-notes.js';
import type { Io } from '../io.js';
import { newStorePassword } from '../new-password.js';
import { findPlace, writeStore } from '../new-store.js';
import {
  atOption,
  type CommonArgs,
  changeOptions,
  commonOptions,
  compatOf,
  failOnOption,
  forceOption,
  type NewStoreArgs,
  newStoreOptions,
  passwordOptions,
  textOption,
} from '../options.js';
import { type PasswordArgs, storePassword } from '../password.js';
import { checkFile } from '../store-change.js';
import { skipUnfitOption, type TrustArgs, trustOptions } from '../trust.js';

interface CreateArgs extends CommonArgs, PasswordArgs, TrustArgs, NewStoreArgs {
  readonly file: string;
  readonly input: string[];
  readonly alias: string | undefined;
  readonly skipUnfit: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly failOn: 'warning' | 'error';
  readonly at: Date | undefined;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'The keystore to be made' })
    .positional('input', { type: 'string', array: true, demandOption: true, describe: 'File, folder, glob or -' })
    .options(newStoreOptions)
    .option('alias', textOption('alias', 'The alias of the one certificate; otherwise aliases are generated'))
    .option('skip-unfit', skipUnfitOption)
    .options(trustOptions)
    .option('force', forceOption)
    .options(commonOptions)
    .options(changeOptions)
    .option('fail-on', failOnOption)
    .option('at', atOption)
    .options(passwordOptions)
    .example('$0 keystore create trust.p12 roots.pem --type pkcs12 --storepass-env PW', 'As Java 17 writes it');
}

export async function run(args: CreateArgs, io: Io): Promise<ExitStatus> {
  const { file, type, force } = args;
  const compat = compatOf(args);
  const alias = args.alias === undefined ? null : checkAlias(args.alias, { type });
  const at = args.at ?? io.now();
  const place = findPlace(file, force);
  const location = place.before === null ? checkStoreLocation(place.path, file) : checkFile(place);
  const given = await storePassword(args, io);
  const password = await newStorePassword({ name: file, type, compat, given }, io);
  const additions = await decideAdditions(
    {
      inputs: args.input,
      store: { password: given, keystore: { entries: [] } },
      at,
      skipUnfit: args.skipUnfit,
      checkInput: (certificates) => {
        if (alias !== null) requireOne(certificates);
      },
    },
    args,
    io,
  );
  if ('errors' in additions) return refuse(additions, args, io);

  const { wanted } = additions;
  const added = alias === null ? nameNewEntries(wanted, []) : wanted.map((certificate) => ({ alias, certificate }));
  const plan = planNewStore({ ...place, type, compat, password, added, created: at });
  const { backup, notes } = args.dryRun
    ? { backup: null, notes: [] }
    : await writeStore(place, plan.after, plan.verify, io);

  const findings = [
    ...additions.findings,
    ...(given === null || needsPassword(type, compat) ? [] : [passwordNotUsed(file)]),
    ...location,
    ...notes.map((note) => findingOfNote(note, file)),
  ];
  const report: ChangeReport = {
    store: { ...plan, backup },
    outcome: args.dryRun ? 'planned' : 'applied',
    decisions: additions,
  };
  const { damaged } = additions;
  const json = toChangeJson('anchorctl/keystore-create/1', report, { damaged, findings, entryOf: findRoot });
  const status = answer({ json, text: renderChange(report), findings }, args, io);
  return worstStatus([status, statusOf(findings, args.failOn)]);
}

function passwordNotUsed(name: string): Finding {
  return {
    code: 'keystore/password-not-used',
    severity: 'warning',
    message: 'the new keystore has no password: the one that was given opens inputs only, and protects nothing in it',
    hint: 'anybody who can read the file can read it, and who can write it can change it unseen',
    source: sourceOf(name),
  };
}
