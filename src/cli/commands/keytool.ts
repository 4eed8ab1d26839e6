/**
 * `keytool`: the words of Java's keytool for old scripts, without a JVM and with exit statuses that say what happened.
 * docs/keytool.md has every difference with its reason.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findRoot } from '../../catalog/catalog.js';
import type { Finding } from '../../check/finding.js';
import { findingOfRemark } from '../../check/keystore-remark.js';
import { toPrintable } from '../../encoding/printable.js';
import { type ExitStatus, expectTrustError, TrustError } from '../../errors.js';
import { toEntriesJson, toStoreJson } from '../../report/keystore-json.js';
import { type KeytoolRow, NOT_VERIFIED, renderKeytoolEntry, renderKeytoolList } from '../../report/keytool-list.js';
import { notEstablished } from '../../rotation/findings.js';
import { hasAlias, isAnchor } from '../../rotation/store-plan.js';
import type { TrustDecision } from '../../rotation/trust.js';
import { foldAlias, matchAlias, quoteAlias } from '../../store/alias.js';
import { explainRefusal } from '../../store/explain.js';
import type { Keystore, KeystoreEntry } from '../../store/keystore.js';
import { entriesByAlias } from '../../store/select.js';
import type { Certificate } from '../../x509/certificate.js';
import { sourceOf } from '../../x509/source.js';
import { decideAdditions, readingOfAdditions } from '../additions.js';
import { answerAtLength, refuse } from '../answer.js';
import { checkAlias, entriesOf, noteOtherAlias, requireFreeAlias } from '../chosen-alias.js';
import type { Io } from '../io.js';
import { type OpenStore, openStore } from '../keystore-file.js';
import { inKeytoolWords, type KeytoolArgs } from '../keytool-words.js';
import { storePassword } from '../password.js';
import { answerChange, type ChangeResult, carryOut, type StoreChange } from '../store-change.js';
import type { Confirm } from '../trust.js';

export { KEYTOOL_HELP as help } from '../keytool-help.js';
export { KEYTOOL_WORDS as words, parseKeytoolWords as parse } from '../keytool-words.js';

/** The alias that keytool takes where none is given. */
const DEFAULT_ALIAS = 'mykey';

const NOT_ADDED = 'Certificate was not added to keystore';

export async function run(args: KeytoolArgs, io: Io): Promise<ExitStatus> {
  if (!args.quiet) for (const warning of args.warnings) io.warn(warning);
  try {
    return await RUN[args.command](args, { ...io, warn: (message) => io.warn(inKeytoolWords(message)) });
  } catch (error) {
    const { code, message, at, hint, exitStatus, cause } = expectTrustError(error);
    if (code === 'keystore/alias-not-found') say(`Alias <${toPrintable(args.alias ?? '')}> does not exist`, args, io);
    // A write that failed says itself what became of the file.
    if (args.command === 'importcert' && exitStatus !== 6) say(NOT_ADDED, args, io);
    throw new TrustError(code, inKeytoolWords(message), {
      ...(at === undefined ? {} : { at }),
      ...(hint === undefined ? {} : { hint: inKeytoolWords(hint) }),
      cause,
    });
  }
}

const RUN: Readonly<Record<KeytoolArgs['command'], (args: KeytoolArgs, io: Io) => Promise<ExitStatus>>> = {
  importcert: importCertificate,
  list,
  delete: deleteEntry,
};

async function importCertificate(args: KeytoolArgs, io: Io): Promise<ExitStatus> {
  const at = args.at ?? io.now();
  const reading = readingOfAdditions([args.file], args);
  const store = await open(args, io);
  const alias = checkAlias(args.alias ?? DEFAULT_ALIAS, store.keystore);
  refuseReply(alias, store);
  const additions = await decideAdditions(
    {
      reading,
      store,
      at,
      skipUnfit: false,
      checkInput: (_wanted, all) => requireOneFor(alias, all, args.file, store),
      ...(args.noprompt ? { confirm: trustAll } : {}),
    },
    args,
    io,
  );
  if ('errors' in additions) {
    say(NOT_ADDED, args, io);
    return refuse(additions, args, io);
  }
  const { wanted, accepted, findings } = additions;
  const present = entriesOf(additions.present, store.keystore, alias);
  const change: StoreChange = {
    command: 'keytool-importcert',
    store,
    edits: {
      removed: [],
      added: wanted.map((certificate) => ({ alias, certificate })),
      present,
      created: at,
    },
    decisions: additions,
    findings: [
      ...findings,
      ...noteOtherAlias(present, alias, store),
      ...(args.noprompt ? accepted.flatMap(noteUnknown) : []),
    ],
  };
  const sentences: Readonly<Record<ChangeResult['report']['outcome'], string>> = {
    applied: 'Certificate was added to keystore',
    planned: 'Certificate would be added to keystore',
    already: `Certificate already exists in keystore under alias <${toPrintable(present[0]?.alias ?? '')}>`,
  };
  const result = await carryOut(change, args, io);
  say(sentences[result.report.outcome], args, io);
  return finish(change, result, args, io);
}

async function deleteEntry(args: KeytoolArgs, io: Io): Promise<ExitStatus> {
  const { alias } = args;
  if (alias === null)
    throw new TrustError('usage/missing-argument', '-delete needs -alias', { hint: 'name the entry' });
  const store = await open(args, io);
  const removed = within(store, () => entriesByAlias(store.keystore.entries, alias));
  const change: StoreChange = {
    command: 'keytool-delete',
    store,
    edits: { removed, added: [], present: [], created: args.at ?? io.now() },
  };
  const result = await carryOut(change, args, io);
  if (args.dryRun) say(`Entry <${toPrintable(alias)}> would be deleted`, args, io);
  return finish(change, result, args, io);
}

async function list(args: KeytoolArgs, io: Io): Promise<ExitStatus> {
  const store = await open(args, io);
  const { name, keystore } = store;
  const visible = keystore.entries.filter(({ kind }) => kind !== 'invisible');
  const rows = args.alias === null ? visible.map(toRow).sort(byAlias) : [namedRow(args.alias, visible, store)];
  const entries = args.alias === null ? keystore.entries : rows.map(({ entry }) => entry);
  const hidden = args.alias === null ? keystore.entries.length - visible.length : 0;
  const findings = [
    ...explainRefusal(keystore).map((remark) => findingOfRemark(remark, name)),
    ...noteInvisible(hidden, store),
  ];
  if (store.password === null && hasPassword(keystore)) say(NOT_VERIFIED, args, io);
  return answerAtLength(
    {
      json: {
        schema: 'anchorctl/keytool-list/1',
        store: toStoreJson(name, keystore),
        entries: toEntriesJson(entries, findRoot),
        notes: keystore.notes,
        findings,
      },
      findings,
      text:
        args.alias === null
          ? renderKeytoolList(keystore, rows, args.form)
          : rows.map((row) => renderKeytoolEntry(row, args.form)),
    },
    args,
    io,
  );
}

/** Whether a password would prove anything of the file: keytool does not ask for that of one that has none. */
function hasPassword({ mac, hasEncryptedPart = false }: Keystore): boolean {
  return mac !== null || hasEncryptedPart;
}

async function open(args: KeytoolArgs, io: Io): Promise<OpenStore> {
  const name = nameOf(args, io);
  const password = await storePassword(args, io);
  try {
    const store = await openStore(name, { password, forEditing: args.command !== 'list' }, io);
    requireJavaKeystore(store, args.types);
    return store;
  } catch (error) {
    const { code, message, at = {} } = expectTrustError(error);
    if (code !== 'input/not-found' || args.command !== 'importcert') throw error;
    throw new TrustError(code, message, {
      at,
      hint: 'check the path; anchorctl keystore create makes a keystore that is not there, this does not',
    });
  }
}

function nameOf({ keystore, cacerts }: KeytoolArgs, { env: { JAVA_HOME } }: Io): string {
  if (keystore !== null) return keystore;
  if (!cacerts) return join(homedir(), '.keystore');
  if (JAVA_HOME === undefined || JAVA_HOME === '') {
    throw new TrustError('usage/missing-argument', '-cacerts is a file of Java, and JAVA_HOME does not say of which', {
      hint: 'set JAVA_HOME, or name the file with -keystore',
    });
  }
  const ofJava8 = join(JAVA_HOME, 'jre', 'lib', 'security', 'cacerts');
  return existsSync(ofJava8) ? ofJava8 : join(JAVA_HOME, 'lib', 'security', 'cacerts');
}

function requireJavaKeystore({ name, keystore: { type } }: OpenStore, types: KeytoolArgs['types']): void {
  if (type !== 'pem' && (types === null || types.includes(type))) return;
  const expected = types === null ? 'a keystore of Java' : `${types.map((one) => one.toUpperCase()).join(' or ')}`;
  throw new TrustError('keystore/other-type', `it is ${type.toUpperCase()}, expected ${expected}`, {
    at: { source: name },
    hint:
      type === 'pem'
        ? 'anchorctl keystore takes PEM bundles too'
        : 'leave -storetype out; a keystore is never converted by being opened',
  });
}

/** To keytool a certificate for the alias of a key is the reply of a CA, which replaces the chain of the key. */
function refuseReply(alias: string, { name, keystore: { entries } }: OpenStore): void {
  const key = entries.filter(hasAlias(alias)).find(({ kind }) => kind === 'private-key' || kind === 'secret-key');
  if (key === undefined) return;
  throw new TrustError(
    'keystore/alias-taken',
    `the alias ${quoteAlias(key.alias)} holds a ${key.kind.replace('-', ' ')}`,
    {
      at: { source: name, entry: key.alias },
      hint: 'for a trusted certificate choose another alias; the reply of a CA is installed by keytool itself',
    },
  );
}

function requireOneFor(alias: string, certificates: readonly Certificate[], input: string, store: OpenStore): void {
  const [certificate, ...others] = certificates;
  if (certificate === undefined) return;
  if (others.length > 0) {
    throw new TrustError(
      'usage/too-many-certificates',
      `-importcert adds one certificate under one alias, and the input has ${certificates.length}`,
      {
        at: { source: input },
        hint: 'anchorctl keystore add takes them all; of a PEM file keytool takes the first and leaves the others out',
      },
    );
  }
  const { entries } = store.keystore;
  const isThere = entries.filter(isAnchor(certificate.sha256)).some(hasAlias(alias));
  if (!isThere) requireFreeAlias(alias, store);
}

const trustAll: Confirm = (certificates) => Promise.resolve(new Set(certificates.map(({ sha256 }) => sha256)));

function noteUnknown({ certificate, trustedBy }: TrustDecision): readonly Finding[] {
  return trustedBy === 'operator' ? [notEstablished(certificate, 'it is trusted because of -noprompt')] : [];
}

function noteInvisible(count: number, { name }: OpenStore): readonly Finding[] {
  if (count === 0) return [];
  return [
    {
      code: 'keystore/invisible-entry',
      severity: 'warning',
      message: `the file has ${count} more that Java does not see`,
      hint: 'see anchorctl keystore explain',
      source: sourceOf(name),
    },
  ];
}

function namedRow(alias: string, visible: readonly KeystoreEntry[], store: OpenStore): KeytoolRow {
  const aliases = visible.map((entry) => entry.alias);
  const match = within(store, () => matchAlias(alias, aliases));
  return { alias, entry: visible[aliases.indexOf(match)] as KeystoreEntry };
}

function toRow(entry: KeystoreEntry): KeytoolRow {
  return { alias: foldAlias(entry.alias), entry };
}

/** As Java compares strings. */
function byAlias(a: KeytoolRow, b: KeytoolRow): number {
  if (a.alias === b.alias) return 0;
  return a.alias < b.alias ? -1 : 1;
}

function within<T>({ name }: OpenStore, select: () => T): T {
  try {
    return select();
  } catch (error) {
    throw expectTrustError(error).within({ source: name });
  }
}

/** keytool speaks on stderr; where JSON was asked for, the document says it. */
function say(sentence: string, { quiet, json }: KeytoolArgs, io: Io): void {
  if (!quiet && !json) io.stderr(`${sentence}\n`);
}

function finish(change: StoreChange, result: ChangeResult, args: KeytoolArgs, io: Io): ExitStatus {
  const { backup } = result.report.store;
  if (backup !== null) say(`Backup: ${toPrintable(backup)}`, args, io);
  return answerChange({ ...result, command: change.command, damaged: change.decisions?.damaged, text: '' }, args, io);
}
