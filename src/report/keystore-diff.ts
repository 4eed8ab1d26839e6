/**
 * What distinguishes two keystores, as text and as a document.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import { toPrintable } from '../encoding/printable.js';
import type { KeystoreDifference, RenamedEntry } from '../store/diff.js';
import type { Keystore, KeystoreEntry } from '../store/keystore.js';
import { ENTRY_KINDS } from './keystore.js';
import { toEntryJson, toStoreJson } from './keystore-json.js';
import { wrap } from './wrap.js';

/** A keystore under the name the user gave it. */
export interface NamedKeystore {
  readonly name: string;
  readonly keystore: Keystore;
}

/** Two keystores, and what distinguishes them. */
export interface DiffReport extends KeystoreDifference {
  readonly first: NamedKeystore;
  readonly second: NamedKeystore;
}

/** Lines as of a patch: `-` stands in the first only, `+` in the second only, `~` under another alias. */
export function renderDiff({ first, second, onlyInFirst, onlyInSecond, renamed, common }: DiffReport): string {
  const [a, b] = [toPrintable(first.name), toPrintable(second.name)];
  const isSame = onlyInFirst.length + onlyInSecond.length === 0;
  const both = `${common} ${common === 1 ? 'entry' : 'entries'} in both`;
  return [
    isSame ? `${a} and ${b} hold the same: ${both}\n` : `- ${a}\n+ ${b}\n  ${both}\n`,
    ...onlyInFirst.map((entry) => renderEntry('-', entry)),
    ...onlyInSecond.map((entry) => renderEntry('+', entry)),
    ...renamed.map(renderRenamed),
  ].join('');
}

function renderEntry(sign: string, { alias, kind, certificates, fingerprints, note }: KeystoreEntry): string {
  const subject = certificates[0] === undefined ? '' : wrap(certificates[0].displaySubject, '    ', '      ');
  const digest = fingerprints[0] === undefined ? '' : `    SHA-256   ${fingerprints[0]}\n`;
  // Of what has no certificate there is nothing else to say where it is.
  const remark = note === undefined || fingerprints.length > 0 ? '' : wrap(note, '    ', '      ');
  return `\n${sign} ${toPrintable(alias)}  (${ENTRY_KINDS[kind]})\n${subject}${digest}${remark}`;
}

function renderRenamed({ entry, firstAliases, secondAliases }: RenamedEntry): string {
  const names = (aliases: readonly string[]) => aliases.map((alias) => toPrintable(alias)).join(', ');
  const digest = entry.fingerprints[0] === undefined ? '' : `    SHA-256   ${entry.fingerprints[0]}\n`;
  return `\n~ ${names(firstAliases)}  is  ${names(secondAliases)}  (${ENTRY_KINDS[entry.kind]})\n${digest}`;
}

/** The same as a document. */
export function toDiffJson(
  { first, second, onlyInFirst, onlyInSecond, renamed, common }: DiffReport,
  entryOf: (sha256: string) => CatalogEntry | null,
): Record<string, unknown> & { readonly schema: string } {
  return {
    schema: 'anchorctl/keystore-diff/1',
    differ: onlyInFirst.length + onlyInSecond.length > 0,
    a: toStoreJson(first.name, first.keystore),
    b: toStoreJson(second.name, second.keystore),
    onlyInA: onlyInFirst.map((entry) => toEntryJson(entry, entryOf)),
    onlyInB: onlyInSecond.map((entry) => toEntryJson(entry, entryOf)),
    renamed: renamed.map(({ entry, firstAliases, secondAliases }) => ({
      kind: entry.kind,
      sha256: entry.fingerprints[0] ?? null,
      subject: entry.certificates[0]?.subject ?? null,
      a: firstAliases,
      b: secondAliases,
    })),
    common,
  };
}
