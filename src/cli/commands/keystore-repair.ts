/**
 * `keystore repair`: what a keystore holds and Java does not see gets what it lacks. Java then trusts certificates that it
 * did not trust before, so each is judged and named.
 *
 * @module
 */
import type { Argv } from 'yargs';
import type { Finding } from '../../check/finding.js';
import { toPrintable } from '../../encoding/printable.js';
import type { ExitStatus } from '../../errors.js';
import type { StorePlan } from '../../rotation/store-plan.js';
import { explainKeystore } from '../../store/explain.js';
import { findRevelations, type Revelation } from '../../store/repair.js';
import { sourceOf } from '../../x509/source.js';
import { decideTrusted } from '../additions.js';
import { refuse } from '../answer.js';
import { parseExpectations, requireNamed } from '../expectations.js';
import { distinct } from '../input-contents.js';
import type { Io } from '../io.js';
import type { OpenStore } from '../keystore-file.js';
import {
  changeStore,
  openForChange,
  type StoreChangeArgs,
  storeChangeOptions,
  storePositional,
} from '../store-change.js';
import { skipUnfitOption, type TrustArgs, trustOptions } from '../trust.js';

interface RepairArgs extends StoreChangeArgs, TrustArgs {
  readonly skipUnfit: boolean;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('file', storePositional)
    .option('skip-unfit', { ...skipUnfitOption, describe: 'Go on without what is not accepted' })
    .options(trustOptions)
    .options(storeChangeOptions)
    .example('$0 keystore repair trust.p12 --dry-run', 'What would Java see then?');
}

export async function run(args: RepairArgs, io: Io): Promise<ExitStatus> {
  const at = args.at ?? io.now();
  const expectations = parseExpectations(args.expectSha256);
  const store = await openForChange(args, io);
  const found = findRevelations(store.keystore);
  const certificates = distinct(found.filter(isCertificate).flatMap(({ entry }) => entry.certificates));
  // What Java sees by now was hidden when the call was made for the first time.
  requireNamed(
    expectations,
    store.keystore.entries.flatMap((entry) => entry.certificates),
  );
  const decided = await decideTrusted(
    {
      certificates,
      keystore: store.keystore,
      expected: expectations.all,
      at,
      skipUnfit: args.skipUnfit,
      // What is left out stays as it is, and so does the keystore when nothing else is hidden: a script may run twice.
      hasOthers: true,
      // Everything is named in one question, which comes when all else is decided.
      confirm: async (unknown) => new Set(unknown.map(({ sha256 }) => sha256)),
    },
    args,
    io,
  );
  if ('errors' in decided) return refuse(decided, args, io);

  const wanted = new Set(decided.wanted.map(({ sha256 }) => sha256));
  const revealed = found.filter(
    (revelation) => !isCertificate(revelation) || wanted.has(revelation.entry.fingerprints[0] ?? ''),
  );
  return changeStore(
    {
      command: 'keystore-repair',
      store,
      edits: { removed: [], added: [], present: [], revealed, created: at },
      decisions: { ...decided, damaged: [] },
      findings: [...decided.findings, ...remarksOn(store, found)],
      question: (plan) => nameRevealed(plan, revealed),
    },
    args,
    io,
  );
}

function isCertificate({ kind }: Revelation): boolean {
  return kind === 'trusted-certificate';
}

/** What Java will still not see, since nothing can be done about it here. */
function remarksOn({ name, keystore }: OpenStore, found: readonly Revelation[]): readonly Finding[] {
  const revealable = new Set(found.map(({ entry }) => entry));
  const others = keystore.entries.filter((entry) => !revealable.has(entry));
  const about = explainKeystore({ ...keystore, notes: [], entries: others });
  return about
    .filter(({ code }) => code === 'keystore/invisible-entry' || code === 'keystore/upper-case-alias')
    .map(({ alias, ...remark }) => ({ ...remark, source: sourceOf(name, { alias }) }));
}

function nameRevealed({ name }: StorePlan, revealed: readonly Revelation[]): string {
  const lines = revealed.map(({ alias, kind, entry }) => {
    const [certificate] = entry.certificates;
    const what = kind === 'trusted-certificate' ? 'trusts' : 'finds the key of';
    const subject = certificate === undefined ? '' : ` ${certificate.displaySubject}, SHA-256 ${certificate.sha256},`;
    return `  ${what}${subject} as "${toPrintable(alias)}"\n`;
  });
  return `After this, with ${toPrintable(name)}, Java\n${lines.join('')}`;
}
