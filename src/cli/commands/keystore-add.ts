/**
 * `keystore add`: certificates into a keystore, whole bundles and folders in one run. What is there is found by its
 * fingerprint, whatever its alias.
 *
 * @module
 */
import type { Argv } from 'yargs';
import type { ExitStatus } from '../../errors.js';
import { type NewEntry, nameNewEntries } from '../../rotation/store-plan.js';
import type { Certificate } from '../../x509/certificate.js';
import { decideAdditions, readingOfAdditions } from '../additions.js';
import { refuse } from '../answer.js';
import {
  aliasOption,
  checkAlias,
  checkCount,
  entriesOf,
  noteOtherAlias,
  requireAlias,
  requireFreeAlias,
} from '../chosen-alias.js';
import { type InputArgs, inputOptions } from '../input-options.js';
import type { Io } from '../io.js';
import type { OpenStore } from '../keystore-file.js';
import { inputsPositional } from '../options.js';
import {
  changeStore,
  openForChange,
  type StoreChangeArgs,
  storeChangeOptions,
  storePositional,
} from '../store-change.js';
import { skipUnfitOption, type TrustArgs, trustOptions } from '../trust.js';

interface AddArgs extends StoreChangeArgs, TrustArgs, InputArgs {
  readonly input: string[];
  readonly alias: string | undefined;
  readonly skipUnfit: boolean;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('file', storePositional)
    .positional('input', inputsPositional)
    .option('alias', aliasOption)
    .option('skip-unfit', skipUnfitOption)
    .options(trustOptions)
    .options(inputOptions)
    .options(storeChangeOptions)
    .example('$0 keystore add trust.jks vendor.zip --storepass-env PW', 'Every root of the archive');
}

export async function run(args: AddArgs, io: Io): Promise<ExitStatus> {
  const at = args.at ?? io.now();
  const reading = readingOfAdditions(args.input, args);
  if (args.alias !== undefined) requireAlias(args.alias);
  const store = await openForChange(args, io);
  const alias = args.alias === undefined ? null : checkAlias(args.alias, store.keystore);
  const additions = await decideAdditions(
    {
      reading,
      store,
      at,
      skipUnfit: args.skipUnfit,
      checkInput: (certificates) => checkCount(certificates, alias),
    },
    args,
    io,
  );
  if ('errors' in additions) return refuse(additions, args, io);

  const { keystore } = store;
  const present = entriesOf(additions.present, keystore, alias);
  return changeStore(
    {
      command: 'keystore-add',
      store,
      edits: { removed: [], added: nameEntries(additions.wanted, store, alias), present, created: at },
      decisions: additions,
      findings: [...additions.findings, ...(alias === null ? [] : noteOtherAlias(present, alias, store))],
    },
    args,
    io,
  );
}

function nameEntries(wanted: readonly Certificate[], store: OpenStore, alias: string | null): readonly NewEntry[] {
  if (alias === null) return nameNewEntries(wanted, store.keystore);
  if (wanted.length > 0) requireFreeAlias(alias, store);
  return wanted.map((certificate) => ({ alias, certificate }));
}
