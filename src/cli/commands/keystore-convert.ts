/**
 * `keystore convert`: a keystore as one of another type, or with the algorithms of another time. The old one stays as it
 * is, and no trust changes.
 *
 * @module
 */
import type { Argv } from 'yargs';
import type { Finding } from '../../check/finding.js';
import { type ExitStatus, expectTrustError, TrustError } from '../../errors.js';
import { resolveLinks } from '../../io/atomic-file.js';
import { thisHost } from '../../io/host.js';
import { isSameFile } from '../../io/same-file.js';
import { type ChangeReport, renderChange } from '../../report/keystore-change.js';
import { renderReencrypted, toReencryptedJson } from '../../report/reencrypted-keys.js';
import { foldAlias } from '../../store/alias.js';
import { decodeKeystore } from '../../store/codecs.js';
import { type ConversionRemark, datesOf, lossesOf } from '../../store/conversion-losses.js';
import { type ConvertedKeystore, convertKeystore } from '../../store/convert.js';
import type { KeystoreType } from '../../store/keystore.js';
import { sourceOf } from '../../x509/source.js';
import { refuse } from '../answer.js';
import { requireConfirmation } from '../confirm.js';
import { modeOfNew, refuseWiderAccess } from '../file-access.js';
import { findingOfNote } from '../file-notes.js';
import type { Io } from '../io.js';
import { type OpenStore, openStore } from '../keystore-file.js';
import { NEW_PASSWORD_HINT, newStorePassword, noteUnusedPassword } from '../new-password.js';
import {
  checkPlace,
  compatOf,
  findPlace,
  type NewStoreArgs,
  type NewStorePlace,
  newStoreOptions,
  requireStoreName,
  toChangedStore,
  type WrittenStore,
  writeStore,
} from '../new-store.js';
import { keyPasswordOptions, newPasswordOptions, storetypeOption } from '../options.js';
import {
  givenNewPassword,
  type KeyPasswordArgs,
  keyPassword,
  type NewPasswordArgs,
  storePassword,
  withPassword,
} from '../password.js';
import { compareReplaced, type ReplacedStore } from '../replaced-store.js';
import { answerChange } from '../store-change.js';

interface ConvertArgs extends NewStoreArgs, NewPasswordArgs, KeyPasswordArgs {
  readonly from: string;
  readonly to: string;
  readonly storetype: KeystoreType | undefined;
  readonly skipInvisible: boolean;
  readonly dropAttributes: boolean;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('from', { type: 'string', demandOption: true, describe: 'The keystore' })
    .positional('to', { type: 'string', demandOption: true, describe: 'The keystore to be made of it' })
    .option('skip-invisible', { type: 'boolean', default: false, describe: 'Leave out what Java does not see' })
    .option('drop-attributes', {
      type: 'boolean',
      default: false,
      describe: 'Leave out attributes of PKCS#12 for which the new keystore has no place',
    })
    .options(newStoreOptions)
    .option('storetype', storetypeOption)
    .options(newPasswordOptions)
    .options(keyPasswordOptions)
    .example('$0 keystore convert gw.jks gw.p12 --type pkcs12 --storepass-env PW', 'As Java 17 writes it')
    .example('$0 keystore convert new.p12 old.p12 --type pkcs12 --compat java8', 'For a gateway with an old Java 8');
}

export async function run(args: ConvertArgs, io: Io): Promise<ExitStatus> {
  const { from, to, type, storetype, force, dryRun } = args;
  const compat = compatOf(args);
  const at = args.at ?? io.now();
  requireStoreName(to);
  requireOtherFile(from, to);
  const keyPass = keyPassword(args, io);
  const ownPassword = givenNewPassword(args, io);
  const password = await storePassword(args, io);
  const store = await openStore(from, { password, storetype, forEditing: true }, io);
  const place = findPlace(to, force);
  const location = checkPlace(place);

  const conversion = { type, compat, skipInvisible: args.skipInvisible, dropAttributes: args.dropAttributes };
  const losses = lossesOf(store.bytes, store.keystore, {
    ...conversion,
    password: store.password,
    derivedKeys: store.derivedKeys,
  });
  const lossFindings = losses.map((loss) => toFinding(loss, 'warning', from));
  const refused = losses.filter(({ isAllowed }) => !isAllowed);
  if (refused.length > 0) return refuse({ errors: [wouldLose(refused, from)], findings: lossFindings }, args, io);
  const request = { name: to, type, compat };
  const given = ownPassword ?? store.password;
  const newPassword = await newStorePassword({ ...request, given, hint: PASSWORD_HINT }, io);
  const passwords = { newPassword, keyPassword: keyPass };
  const converted = await convert(store, { ...conversion, ...passwords, at }, io);
  const hasKeys = converted.entries.some(({ kind }) => kind !== 'trusted-certificate');
  if (hasKeys && place.before !== null) refuseWiderAccess(from, to);
  const replaced = compareReplaced(place, converted.bytes, [newPassword, store.password, null]);
  if (!dryRun && replaced.question !== null) await requireConfirmation(replaced.question, args.yes, io);
  const written = await writeStore(place, { ...converted, mode: modeOfNew(from, hasKeys) }, dryRun, io);

  const findings = [
    ...lossFindings,
    ...converted.remarks.map((remark) => toFinding(remark, 'warning', from)),
    ...datesOf(store.keystore, converted.entries, type).map((remark) => toFinding(remark, 'info', from)),
    ...noteUnusedPassword({ ...request, given: ownPassword }),
    ...replaced.findings,
    ...location,
    ...written.notes.map((note) => findingOfNote(note, to)),
  ];
  const change = { type, isSameType: type === store.keystore.type, removed: replaced.removed };
  const report = toReport(place, change, converted, written);
  const { keys } = converted;
  const fields = { from: { path: from, type: store.keystore.type }, reencrypted: toReencryptedJson(keys) };
  const text = renderChange(report) + renderReencrypted(keys, dryRun);
  return answerChange({ command: 'keystore-convert', report, findings, fields, text }, args, io);
}

const PASSWORD_HINT = `${NEW_PASSWORD_HINT}; without, it is that of the old keystore`;

/** Asks for the password where it turns out that a key needs it. */
async function convert(
  { name, bytes, password: known, derivedKeys }: OpenStore,
  options: Omit<Parameters<typeof convertKeystore>[1], 'password'>,
  io: Io,
): Promise<ConvertedKeystore> {
  try {
    return await withPassword(known, io, name, (password) =>
      convertKeystore(bytes, { ...options, password, derivedKeys }),
    );
  } catch (error) {
    throw expectTrustError(error).within({ source: name });
  }
}

function requireOtherFile(from: string, to: string): void {
  if (!isOneFile(from, to)) return;
  throw new TrustError('usage/conflict', 'the new keystore would be the old one: both names lead to one file', {
    at: { source: to },
    hint: 'name another file, look at it, then move it over the old one; anchorctl keystore passwd changes a password in place',
  });
}

/** One file by two names is one file, too. */
function isOneFile(from: string, to: string): boolean {
  const { fs } = thisHost;
  try {
    return isSameFile(resolveLinks(from, fs), resolveLinks(to, fs), fs);
  } catch {
    // There is none, or what is wrong with the name is said by who writes there.
    return false;
  }
}

function wouldLose(losses: readonly ConversionRemark[], name: string): TrustError {
  const [first] = losses;
  const others = losses.length === 1 ? '' : ` (and ${losses.length - 1} more)`;
  return new TrustError('keystore/cannot-preserve', `${first?.message ?? ''}${others}`, {
    at: { source: name },
    hint: first?.hint ?? '',
  });
}

function toFinding(
  { code, message, hint, alias }: ConversionRemark,
  severity: Finding['severity'],
  name: string,
): Finding {
  return { code, severity, message, hint, source: sourceOf(name, { alias }) };
}

function toReport(
  { name, path, before }: NewStorePlace,
  {
    type,
    isSameType,
    removed,
  }: Pick<ReplacedStore, 'removed'> & { readonly type: KeystoreType; readonly isSameType: boolean },
  { bytes, entries, verify }: ConvertedKeystore,
  written: WrittenStore,
): ChangeReport {
  // A PEM bundle has no names: they are made while it is read.
  const listed = type === 'pem' ? decodeKeystore(bytes, { password: null }).entries : entries;
  const added = listed.map(({ alias, certificates, fingerprints }) => ({
    alias: isSameType ? alias : foldAlias(alias),
    sha256: fingerprints[0] ?? '',
    subject: certificates[0]?.subject ?? '',
  }));
  const plan = { name, path, type, before, after: bytes, verify, added, removed, present: [], unchanged: 0 };
  return { store: toChangedStore(plan, written), outcome: written.outcome, decisions: null };
}
