/**
 * `keystore convert`: a keystore as one of another type, or with the algorithms of another time. The old one stays as it
 * is, and no trust changes.
 *
 * @module
 */
import { statSync } from 'node:fs';
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import type { Finding } from '../../check/finding.js';
import { type ExitStatus, expectTrustError, TrustError, worstStatus } from '../../errors.js';
import { type ChangeReport, renderChange, toChangeJson } from '../../report/keystore-change.js';
import { renderReencrypted, toReencryptedJson } from '../../report/reencrypted-keys.js';
import { foldAlias } from '../../store/alias.js';
import { decodeKeystore } from '../../store/codecs.js';
import { type ConversionRemark, datesOf, lossesOf } from '../../store/conversion-losses.js';
import { type ConvertedKeystore, convertKeystore } from '../../store/convert.js';
import type { KeystoreType } from '../../store/keystore.js';
import { needsPassword } from '../../store/new-keystore.js';
import { fingerprint } from '../../x509/fingerprint.js';
import { sourceOf } from '../../x509/source.js';
import { answer, refuse, statusOf } from '../answer.js';
import { findingOfNote } from '../file-notes.js';
import type { Io } from '../io.js';
import { type OpenStore, openStore } from '../keystore-file.js';
import { newStorePassword } from '../new-password.js';
import { findPlace, type NewStorePlace, writeStore } from '../new-store.js';
import {
  atOption,
  type CommonArgs,
  changeOptions,
  commonOptions,
  compatOf,
  failOnOption,
  forceOption,
  keyPasswordOptions,
  type NewStoreArgs,
  newPasswordOptions,
  newStoreOptions,
  passwordOptions,
  storetypeOption,
} from '../options.js';
import {
  givenNewPassword,
  type KeyPasswordArgs,
  keyPassword,
  type NewPasswordArgs,
  type PasswordArgs,
  storePassword,
  withPassword,
} from '../password.js';
import { checkFile } from '../store-change.js';

interface ConvertArgs extends CommonArgs, NewStoreArgs, PasswordArgs, NewPasswordArgs, KeyPasswordArgs {
  readonly from: string;
  readonly to: string;
  readonly storetype: KeystoreType | undefined;
  readonly skipInvisible: boolean;
  readonly dropAttributes: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly failOn: 'warning' | 'error';
  readonly at: Date | undefined;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('from', { type: 'string', demandOption: true, describe: 'The keystore' })
    .positional('to', { type: 'string', demandOption: true, describe: 'The keystore to be made of it' })
    .options(newStoreOptions)
    .option('skip-invisible', { type: 'boolean', default: false, describe: 'Leave out what Java does not see' })
    .option('drop-attributes', {
      type: 'boolean',
      default: false,
      describe: 'Leave out attributes of PKCS#12 for which the new keystore has no place',
    })
    .option('force', forceOption)
    .option('dry-run', changeOptions['dry-run'])
    .options(commonOptions)
    .option('fail-on', failOnOption)
    .option('at', atOption)
    .option('storetype', storetypeOption)
    .options(passwordOptions)
    .options(newPasswordOptions)
    .options(keyPasswordOptions)
    .example('$0 keystore convert gw.jks gw.p12 --type pkcs12 --storepass-env PW', 'As Java 17 writes it')
    .example('$0 keystore convert new.p12 old.p12 --type pkcs12 --compat java8', 'For a gateway with an old Java 8');
}

export async function run(args: ConvertArgs, io: Io): Promise<ExitStatus> {
  const { from, to, type, storetype, force, dryRun, failOn } = args;
  const compat = compatOf(args);
  const at = args.at ?? io.now();
  const keyPass = keyPassword(args, io);
  const ownPassword = givenNewPassword(args, io);
  const password = await storePassword(args, io);
  const store = await openStore(from, { password, storetype, forEditing: true }, io);
  requireOtherFile(from, to);
  const place = findPlace(to, force);

  const conversion = { type, compat, skipInvisible: args.skipInvisible, dropAttributes: args.dropAttributes };
  const losses = lossesOf(store.bytes, store.keystore, {
    ...conversion,
    password: store.password,
    derivedKeys: store.derivedKeys,
  });
  const lossFindings = losses.map((loss) => toFinding(loss, 'warning', from));
  if (losses.some(({ isAllowed }) => !isAllowed)) {
    return refuse(
      {
        errors: [
          wouldLose(
            losses.filter(({ isAllowed }) => !isAllowed),
            from,
          ),
        ],
        findings: lossFindings,
      },
      args,
      io,
    );
  }
  const given = ownPassword ?? store.password;
  const newPassword = await newStorePassword({ name: to, type, compat, given, hint: PASSWORD_HINT }, io);
  const passwords = { newPassword, keyPassword: keyPass };
  const converted = await convert(store, { ...conversion, ...passwords, at }, io);
  if (dryRun) converted.verify(converted.bytes);
  const { backup, notes } = dryRun
    ? { backup: null, notes: [] }
    : await writeStore(place, converted.bytes, converted.verify, io, modeOf(from));

  const findings = [
    ...lossFindings,
    ...datesOf(store.keystore, converted.entries, type).map((remark) => toFinding(remark, 'info', from)),
    ...(ownPassword === null || needsPassword(type, compat) ? [] : [passwordNotUsed(to)]),
    ...(dryRun && place.before === null ? [] : checkFile(place)),
    ...notes.map((note) => findingOfNote(note, to)),
  ];
  const report = toReport(place, type, converted, {
    isSameType: type === store.keystore.type,
    backup,
    isPlanned: dryRun,
  });
  const { keys } = converted;
  const json = {
    ...toChangeJson('anchorctl/keystore-convert/1', report, { damaged: [], findings, entryOf: findRoot }),
    from: { path: from, type: store.keystore.type },
    reencrypted: toReencryptedJson(keys),
  };
  const text = renderChange(report) + renderReencrypted(keys, dryRun);
  const status = answer({ json, text, findings }, args, io);
  return worstStatus([status, statusOf(findings, failOn)]);
}

const PASSWORD_HINT =
  'give it with --new-storepass-env, --new-storepass-file or ANCHORCTL_NEW_STOREPASS; without, it is that of the old keystore';

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

/** Who may not read the old keystore may not read the new one; its owner can change it. */
function modeOf(from: string): number {
  return (statSync(from).mode & 0o666) | 0o600;
}

/** One file by two names is one file, too. */
function requireOtherFile(from: string, to: string): void {
  const [a, b] = [statSync(from, { throwIfNoEntry: false }), statSync(to, { throwIfNoEntry: false })];
  if (a === undefined || b === undefined || a.ino !== b.ino || a.dev !== b.dev) return;
  throw new TrustError('usage/conflict', 'the new keystore would be the old one: both names lead to one file', {
    at: { source: to },
    hint: 'name another file, look at it, then move it over the old one; anchorctl keystore passwd changes a password in place',
  });
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

function passwordNotUsed(name: string): Finding {
  return {
    code: 'keystore/password-not-used',
    severity: 'warning',
    message: 'the new keystore has no password; the one that was given for it protects nothing',
    hint: 'anybody who can read the file can read it, and who can write it can change it unseen',
    source: sourceOf(name),
  };
}

function toReport(
  { name, path, before }: NewStorePlace,
  type: KeystoreType,
  { bytes, entries, verify }: ConvertedKeystore,
  {
    isSameType,
    backup,
    isPlanned,
  }: { readonly isSameType: boolean; readonly backup: string | null; readonly isPlanned: boolean },
): ChangeReport {
  // A PEM bundle has no names: they are made while it is read.
  const written = type === 'pem' ? decodeKeystore(bytes, { password: null }).entries : entries;
  const added = written.map(({ alias, certificates, fingerprints }) => ({
    alias: isSameType ? alias : foldAlias(alias),
    sha256: fingerprints[0] ?? '',
    subject: certificates[0]?.subject ?? '',
  }));
  const change = { before, after: bytes, afterSha256: fingerprint('sha256', bytes), verify };
  const plan = { name, path, type, ...change, added, removed: [], present: [], unchanged: 0 };
  return { store: { ...plan, backup }, outcome: isPlanned ? 'planned' : 'applied', decisions: null };
}
