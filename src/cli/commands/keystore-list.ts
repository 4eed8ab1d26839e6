/**
 * `keystore list`: the entries of a keystore, what Java makes of each, and how the file is protected.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import type { ExitStatus } from '../../errors.js';
import { renderKeystore } from '../../report/keystore.js';
import { toEntriesJson, toStoreJson } from '../../report/keystore-json.js';
import { unreadParts } from '../../store/unread.js';
import { answerAtLength } from '../answer.js';
import type { Io } from '../io.js';
import { openStore } from '../keystore-file.js';
import { type CommonArgs, commonOptions, passwordOptions } from '../options.js';
import { type PasswordArgs, storePassword } from '../password.js';

interface ListArgs extends CommonArgs, PasswordArgs {
  readonly file: string;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'The keystore' })
    .options(commonOptions)
    .options(passwordOptions)
    .example('$0 keystore list trust.jks --storepass-env PW', 'What does this gateway trust?');
}

export async function run(args: ListArgs, io: Io): Promise<ExitStatus> {
  const { name, keystore } = await openStore(args.file, { password: await storePassword(args, io) }, io);
  const json = {
    schema: 'anchorctl/keystore-list/1',
    store: toStoreJson(args.file, keystore),
    entries: toEntriesJson(keystore.entries, findRoot),
    notes: keystore.notes,
  };
  // What is not listed is there all the same.
  const errors = unreadParts(keystore).map((error) => error.within({ source: name }));
  return answerAtLength({ json, text: renderKeystore(args.file, keystore), errors }, args, io);
}
