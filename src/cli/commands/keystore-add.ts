/**
 * `keystore add`: certificates into a keystore, whole bundles and folders in one run. What is there is found by its
 * fingerprint, whatever its alias.
 *
 * @module
 */
import type { Argv } from 'yargs';
import type { Finding } from '../../check/finding.js';
import { toPrintable } from '../../encoding/printable.js';
import { type ExitStatus, TrustError } from '../../errors.js';
import { hasAlias, isAnchor, type NewEntry, nameNewEntries } from '../../rotation/store-plan.js';
import { foldAlias, quoteAlias } from '../../store/alias.js';
import type { Keystore, KeystoreEntry } from '../../store/keystore.js';
import type { Certificate } from '../../x509/certificate.js';
import { sourceOf } from '../../x509/source.js';
import { decideAdditions } from '../additions.js';
import { refuse } from '../answer.js';
import type { Io } from '../io.js';
import type { OpenStore } from '../keystore-file.js';
import { textOption } from '../options.js';
import {
  changeStore,
  openForChange,
  type StoreChangeArgs,
  storeChangeOptions,
  storePositional,
} from '../store-change.js';
import { skipUnfitOption, type TrustArgs, trustOptions } from '../trust.js';

interface AddArgs extends StoreChangeArgs, TrustArgs {
  readonly input: string[];
  readonly alias: string | undefined;
  readonly skipUnfit: boolean;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('file', storePositional)
    .positional('input', { type: 'string', array: true, demandOption: true, describe: 'File, folder, glob or -' })
    .option('alias', textOption('alias', 'The alias of the one certificate; otherwise aliases are generated'))
    .option('skip-unfit', skipUnfitOption)
    .options(trustOptions)
    .options(storeChangeOptions)
    .example('$0 keystore add trust.jks vendor.zip --storepass-env PW', 'Every root of the archive');
}

export async function run(args: AddArgs, io: Io): Promise<ExitStatus> {
  const at = args.at ?? io.now();
  const store = await openForChange(args, io);
  const alias = args.alias === undefined ? null : checkAlias(args.alias, store.keystore);
  const additions = await decideAdditions(
    {
      inputs: args.input,
      store,
      at,
      skipUnfit: args.skipUnfit,
      checkCount: (certificates) => {
        if (alias !== null) requireOne(certificates);
      },
    },
    args,
    io,
  );
  if ('errors' in additions) return refuse(additions, args, io);

  const { entries } = store.keystore;
  const present = additions.present.map((certificate) => entryOf(certificate, entries, alias));
  return changeStore(
    {
      command: 'keystore-add',
      store,
      edits: { removed: [], added: nameEntries(additions.wanted, entries, alias), present, created: at },
      decisions: additions,
      findings: [...additions.findings, ...noteOtherAlias(present, alias, store)],
    },
    args,
    io,
  );
}

/** The alias as every type of keystore holds it: Java finds no others than those in lower case. */
function checkAlias(alias: string, { type }: Keystore): string {
  if (type === 'pem') {
    throw new TrustError('usage/conflict', 'a PEM bundle has no place for an alias', { hint: 'leave --alias out' });
  }
  if (alias === '' || alias !== toPrintable(alias)) {
    throw new TrustError('usage/bad-value', `--alias ${quoteAlias(alias)} is empty or not printable`);
  }
  return foldAlias(alias);
}

function requireOne(certificates: readonly Certificate[]): void {
  if (certificates.length <= 1) return;
  throw new TrustError(
    'usage/too-many-certificates',
    `--alias names one certificate, and the input has ${certificates.length}`,
    { hint: 'leave --alias out: every certificate gets an alias made of its name and its SHA-256' },
  );
}

/** The entry that holds a certificate: the one under the wanted alias, where there are several. */
function entryOf({ sha256 }: Certificate, entries: readonly KeystoreEntry[], alias: string | null): KeystoreEntry {
  const holders = entries.filter(isAnchor(sha256));
  return (alias === null ? undefined : holders.find(hasAlias(alias))) ?? (holders[0] as KeystoreEntry);
}

function nameEntries(
  wanted: readonly Certificate[],
  entries: readonly KeystoreEntry[],
  alias: string | null,
): readonly NewEntry[] {
  if (alias === null) return nameNewEntries(wanted, entries);
  const holder = wanted.length === 0 ? undefined : entries.find(hasAlias(alias));
  if (holder !== undefined) throw aliasTaken(holder);
  return wanted.map((certificate) => ({ alias, certificate }));
}

function aliasTaken({ alias, kind, certificates }: KeystoreEntry): TrustError {
  const [certificate] = certificates;
  const content =
    kind === 'trusted-certificate' && certificate !== undefined
      ? `another certificate: ${certificate.subject}, SHA-256 ${certificate.sha256}`
      : kind === 'invisible'
        ? 'an entry that Java does not see'
        : 'a key';
  return new TrustError('keystore/alias-taken', `the alias ${quoteAlias(alias)} holds ${content}`, {
    at: { entry: alias },
    hint: 'choose another alias or none; anchorctl keystore replace puts a certificate in the place of another',
  });
}

function noteOtherAlias(
  present: readonly KeystoreEntry[],
  alias: string | null,
  { name }: OpenStore,
): readonly Finding[] {
  return present
    .filter((entry) => alias !== null && !hasAlias(alias)(entry))
    .map((entry) => ({
      code: 'keystore/other-alias',
      severity: 'warning',
      message: `the certificate is there already under the alias ${quoteAlias(entry.alias)}; it was not added again as ${quoteAlias(alias ?? '')}`,
      hint: 'nothing is to do; for the other alias, remove it first',
      source: sourceOf(name, { alias: entry.alias }),
      sha256: entry.fingerprints[0] ?? '',
    }));
}
