/**
 * `keystore remove`: trusted certificates out of a keystore, by alias, by fingerprint, or because they have expired. Keys
 * are never removed.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { toPrintable } from '../../encoding/printable.js';
import { type ExitStatus, expectTrustError, TrustError } from '../../errors.js';
import type { StorePlan } from '../../rotation/store-plan.js';
import type { KeystoreEntry } from '../../store/keystore.js';
import { entriesByAlias, entriesBySha256, expiredEntries } from '../../store/select.js';
import type { Io } from '../io.js';
import type { OpenStore } from '../keystore-file.js';
import { listOption, parseSha256 } from '../options.js';
import {
  changeStore,
  openForChange,
  type StoreChangeArgs,
  storeChangeOptions,
  storePositional,
} from '../store-change.js';

interface RemoveArgs extends StoreChangeArgs {
  readonly alias: string[] | undefined;
  readonly sha256: string[] | undefined;
  readonly expired: boolean;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('file', storePositional)
    .option('alias', listOption('alias', 'The alias of a trusted certificate that is to go'))
    .option('sha256', listOption('sha256', 'The SHA-256 of a trusted certificate that is to go, under whatever alias'))
    .option('expired', { type: 'boolean', default: false, describe: 'Every trusted certificate that has expired' })
    .options(storeChangeOptions)
    .example('$0 keystore remove trust.jks --alias old-root', 'Asks, then removes it');
}

export async function run(args: RemoveArgs, io: Io): Promise<ExitStatus> {
  const { alias: aliases = [], sha256 = [], expired } = args;
  const digests = sha256.map(parseSha256);
  if (aliases.length + digests.length === 0 && !expired) {
    throw new TrustError('usage/missing-argument', 'nothing says what is to be removed', {
      hint: 'name it with --alias or --sha256, or ask for --expired',
    });
  }
  const at = args.at ?? io.now();
  const store = await openForChange(args, io);
  const removed = select(store, { aliases, digests, expiredAt: expired ? at : null });
  return changeStore(
    {
      command: 'keystore-remove',
      store,
      edits: { removed, added: [], present: [], created: at },
      question: nameRemoved,
    },
    args,
    io,
  );
}

function select(
  { name, keystore: { entries } }: OpenStore,
  wanted: {
    readonly aliases: readonly string[];
    readonly digests: readonly string[];
    readonly expiredAt: Date | null;
  },
): readonly KeystoreEntry[] {
  try {
    return [
      ...wanted.aliases.flatMap((alias) => entriesByAlias(entries, alias)),
      ...wanted.digests.flatMap((digest) => entriesBySha256(entries, digest)),
      ...(wanted.expiredAt === null ? [] : expiredEntries(entries, wanted.expiredAt)),
    ];
  } catch (error) {
    throw expectTrustError(error).within({ source: name });
  }
}

function nameRemoved({ name, removed }: StorePlan): string {
  const list = removed.map(({ alias, subject }) => `"${toPrintable(alias)}"${subject === '' ? '' : ` (${subject})`}`);
  return `This removes ${list.join(', ')} from ${toPrintable(name)}.`;
}
