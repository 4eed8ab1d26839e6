/**
 * `keystore list`: the entries of a keystore, what Java makes of each, and how the file is protected.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import { type ExitStatus, expectTrustError } from '../../errors.js';
import { readInput } from '../../io/read-input.js';
import { toCertificateJson, toRfc3339 } from '../../report/certificate-json.js';
import { renderKeystore } from '../../report/keystore.js';
import { decodeKeystore } from '../../store/codecs.js';
import type { Keystore } from '../../store/keystore.js';
import { sourceOf } from '../../x509/source.js';
import { answer } from '../answer.js';
import type { Io } from '../io.js';
import { type CommonArgs, commonOptions, passwordOptions } from '../options.js';
import { type PasswordArgs, storePassword, withPassword } from '../password.js';

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
  const known = await storePassword(args, io);
  const bytes = readInput(args.file);
  const keystore = await withPassword(known, io, args.file, (password) => decodePlaced(bytes, args.file, password));
  const json = { schema: 'anchorctl/keystore-list/1', ...toKeystoreJson(args.file, keystore) };
  return answer({ json, text: renderKeystore(args.file, keystore) }, args, io);
}

function decodePlaced(bytes: Uint8Array, path: string, password: string | null): Keystore {
  try {
    return decodeKeystore(bytes, { password, source: sourceOf(path) });
  } catch (error) {
    throw expectTrustError(error).within({ source: path });
  }
}

function toKeystoreJson(
  path: string,
  { type, encryption, mac, integrity, entries, notes }: Keystore,
): Record<string, unknown> {
  return {
    store: { path, type, encryption, mac, integrity },
    entries: entries.map(({ alias, kind, created, certificates, note }) => ({
      alias,
      kind,
      created: created === null ? null : toRfc3339(created),
      certificates: certificates.map((certificate) => toCertificateJson(certificate, findRoot(certificate.sha256))),
      ...(note === undefined ? {} : { note }),
    })),
    notes,
  };
}
