/**
 * `keystore replace`: one new certificate in the place of another, under its alias.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { toPrintable } from '../../encoding/printable.js';
import { type ExitStatus, expectTrustError, TrustError } from '../../errors.js';
import { isAnchor, type NewEntry, nameNewEntries, type StorePlan } from '../../rotation/store-plan.js';
import { foldAlias, quoteAlias } from '../../store/alias.js';
import type { KeystoreEntry } from '../../store/keystore.js';
import { entriesByAlias, entriesBySha256 } from '../../store/select.js';
import type { Certificate } from '../../x509/certificate.js';
import { decideAdditions, readingOfAdditions } from '../additions.js';
import { refuse } from '../answer.js';
import { type InputArgs, inputOptions } from '../input-options.js';
import type { Io } from '../io.js';
import type { OpenStore } from '../keystore-file.js';
import { parseSha256, textOption } from '../options.js';
import {
  changeStore,
  openForChange,
  type StoreChangeArgs,
  storeChangeOptions,
  storePositional,
} from '../store-change.js';
import { type TrustArgs, trustOptions } from '../trust.js';

interface ReplaceArgs extends StoreChangeArgs, TrustArgs, InputArgs {
  readonly input: string;
  readonly alias: string | undefined;
  readonly sha256: string | undefined;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('file', storePositional)
    .positional('input', {
      type: 'string',
      demandOption: true,
      describe: 'File that holds the new certificate, tls://host:port, or -',
    })
    .option('alias', textOption('alias', 'The alias of the trusted certificate that is replaced'))
    .option('sha256', textOption('sha256', 'Its SHA-256'))
    .options(trustOptions)
    .options(inputOptions)
    .options(storeChangeOptions)
    .example('$0 keystore replace trust.jks new-root.cer --alias vendor-root', 'Asks, then replaces it');
}

export async function run(args: ReplaceArgs, io: Io): Promise<ExitStatus> {
  const digest = args.sha256 === undefined ? null : parseSha256(args.sha256);
  if (args.alias === undefined && digest === null) {
    throw new TrustError('usage/missing-argument', 'neither --alias nor --sha256 says what is replaced', {
      hint: 'anchorctl keystore list shows the aliases and fingerprints of a keystore',
    });
  }
  if (args.alias !== undefined && digest !== null) {
    throw new TrustError('usage/conflict', 'both --alias and --sha256 say what is replaced', { hint: 'give one' });
  }
  const at = args.at ?? io.now();
  const reading = readingOfAdditions([args.input], args);
  const store = await openForChange(args, io);
  const old = selectOne(store, args.alias, digest);
  const request = { reading, store, at, skipUnfit: false, checkInput: requireOne };
  const additions = await decideAdditions(request, args, io);
  if ('errors' in additions) return refuse(additions, args, io);

  const present = additions.wanted.length > 0 ? undefined : additions.present[0];
  const isThere = present !== undefined && isAnchor(present.sha256)(old);
  if (present !== undefined && !isThere) throw alreadyPresent(store, present);
  const added = nameReplacement(store, old, additions.wanted);
  return changeStore(
    {
      command: 'keystore-replace',
      store,
      edits: { removed: isThere ? [] : [old], added, present: isThere ? [old] : [], created: at },
      decisions: additions,
      findings: additions.findings,
      question: (plan) => nameReplaced(plan, old),
    },
    args,
    io,
  );
}

function selectOne({ name, keystore: { entries } }: OpenStore, alias = '', digest: string | null): KeystoreEntry {
  try {
    const [old, ...others] = digest === null ? entriesByAlias(entries, alias) : entriesBySha256(entries, digest);
    if (old === undefined || others.length > 0) {
      throw new TrustError(
        'keystore/alias-ambiguous',
        `${others.length + 1} entries are meant: ${[old, ...others].map((entry) => quoteAlias(entry?.alias ?? '')).join(', ')}`,
        { hint: 'name one with --alias; anchorctl keystore remove takes the others out' },
      );
    }
    if (old.kind === 'trusted-certificate') return old;
    throw new TrustError('keystore/refuses-entry', `Java does not see ${quoteAlias(old.alias)}: ${old.note}`, {
      at: { entry: old.alias },
      hint: 'remove it with anchorctl keystore remove, then add the new certificate',
    });
  } catch (error) {
    throw expectTrustError(error).within({ source: name });
  }
}

function requireOne(certificates: readonly Certificate[]): void {
  if (certificates.length <= 1) return;
  throw new TrustError(
    'usage/too-many-certificates',
    `one certificate replaces another, and the input has ${certificates.length}`,
    { hint: 'name a file that holds the one; anchorctl inspect --split makes a file of each' },
  );
}

function alreadyPresent({ name, keystore: { entries } }: OpenStore, { subject, sha256 }: Certificate): TrustError {
  const holder = entries.find(isAnchor(sha256));
  return new TrustError(
    'keystore/certificate-present',
    `${subject} is there already under the alias ${quoteAlias(holder?.alias ?? '')}`,
    { at: { source: name }, hint: 'remove the old certificate with anchorctl keystore remove' },
  );
}

/** The alias stays, in the letter case that Java finds; a PEM bundle has none, and names the new certificate by itself. */
function nameReplacement(
  { keystore: { type, entries } }: OpenStore,
  old: KeystoreEntry,
  wanted: readonly Certificate[],
): readonly NewEntry[] {
  if (type !== 'pem') return wanted.map((certificate) => ({ alias: foldAlias(old.alias), certificate }));
  const kept = entries.filter((entry) => entry !== old);
  return nameNewEntries(wanted, { entries: kept });
}

/** Entries with the same alias before the one that Java sees go with it, each with a certificate of its own. */
function nameReplaced(
  { name, removed, added }: StorePlan,
  { alias, fingerprints, certificates }: KeystoreEntry,
): string {
  const [before, after] = [certificates[0]?.subject ?? '', added[0]?.subject ?? ''];
  const hidden = removed.filter(({ sha256 }) => sha256 !== fingerprints[0]).map(({ subject }) => subject);
  const others = hidden.length === 0 ? '' : ` It removes ${hidden.join(', ')} too, which Java does not see there.`;
  return `This replaces ${before} by ${after} under "${toPrintable(alias)}" in ${toPrintable(name)}.${others}`;
}
