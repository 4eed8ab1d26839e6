/**
 * `keystore diff`: what one keystore holds and another does not.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import { type ExitStatus, worstStatus } from '../../errors.js';
import { renderDiff, toDiffJson } from '../../report/keystore-diff.js';
import { diffKeystores } from '../../store/diff.js';
import { unreadParts } from '../../store/unread.js';
import { answer } from '../answer.js';
import type { Io } from '../io.js';
import { openStore } from '../keystore-file.js';
import { type CommonArgs, commonOptions, passwordOptions } from '../options.js';
import { type PasswordArgs, storePassword } from '../password.js';

interface DiffArgs extends CommonArgs, PasswordArgs {
  readonly a: string;
  readonly b: string;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('a', { type: 'string', demandOption: true, describe: 'A keystore' })
    .positional('b', { type: 'string', demandOption: true, describe: 'Another, opened with the same password' })
    .options(commonOptions)
    .options(passwordOptions)
    .example('$0 keystore diff gateway-1.jks gateway-2.p12 --storepass-env PW', 'Do they trust the same?');
}

export async function run(args: DiffArgs, io: Io): Promise<ExitStatus> {
  const password = await storePassword(args, io);
  const first = await openStore(args.a, { password }, io);
  const second = await openStore(args.b, { password }, io);
  const difference = diffKeystores(first.keystore, second.keystore);
  const report = { first, second, ...difference };
  // What cannot be read cannot be compared.
  const errors = [first, second].flatMap(({ name, keystore }) =>
    unreadParts(keystore).map((error) => error.within({ source: name })),
  );
  const status = answer({ json: toDiffJson(report, findRoot), text: renderDiff(report), errors }, args, io);
  const differ = difference.onlyInFirst.length + difference.onlyInSecond.length > 0;
  return worstStatus([status, differ ? 1 : 0]);
}
