/**
 * What became, or would become, of one keystore: text and document, shared by every command that changes one.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import type { Finding } from '../check/finding.js';
import { toPrintable } from '../encoding/printable.js';
import type { DamagedBlock } from '../input/read-result.js';
import type { StorePlan } from '../rotation/store-plan.js';
import { fingerprint } from '../x509/fingerprint.js';
import { type Decisions, renderDecisions, toDecisionsJson } from './trust-decision.js';

/** A plan with what was done about it. */
export interface ChangedStore extends Omit<StorePlan, 'before' | 'refusals' | 'stillTrusted'> {
  /** The file as it was, or null where there was none. */
  readonly before: Uint8Array | null;
  /** Where the file as it was is kept, or null when nothing was changed. */
  readonly backup: string | null;
}

/**
 * The keystore's name, then a line for every entry that comes, goes or is there already, and how many are untouched.
 *
 * @param isPlanned - whether nothing was done yet
 */
export function renderChangedStore(
  { name, type, added, removed, present, unchanged, backup }: ChangedStore,
  isPlanned: boolean,
): string {
  const rows = [
    ...added.map(({ alias }) => [isPlanned ? 'adds' : 'added', alias]),
    ...removed.map(({ alias }) => [isPlanned ? 'removes' : 'removed', alias]),
    ...present.map(({ alias }) => ['there', alias]),
    ...(unchanged === 0 ? [] : [['kept', renderUnchanged(unchanged)]]),
    ...(backup === null ? [] : [['backup', backup]]),
  ];
  return `  ${toPrintable(name)} (${type.toUpperCase()})\n${rows.map(([label = '', text = '']) => `    ${label.padEnd(9)}${toPrintable(text)}\n`).join('')}`;
}

function renderUnchanged(count: number): string {
  return count === 1 ? '1 entry as it was, byte for byte' : `${count} entries as they were, byte for byte`;
}

/**
 * The same as fields of a document.
 *
 * @param wasApplied - whether what was planned was done
 */
export function toChangedStoreJson(
  { name, type, before, after, added, removed, present, unchanged, backup }: ChangedStore,
  wasApplied: boolean,
): Record<string, unknown> {
  return {
    changed: wasApplied && after !== null,
    store: { path: name, type },
    backup,
    before: sha256Of(before),
    after: sha256Of(after ?? before),
    added,
    removed,
    present,
    unchanged,
  };
}

/** Worked out for a document alone: the digest of a large keystore takes its time. */
function sha256Of(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : fingerprint('sha256', bytes);
}

/** What a command that changes one keystore is reported with. */
export interface ChangeReport {
  readonly store: ChangedStore;
  readonly outcome: 'planned' | 'applied' | 'already';
  /** What was decided about the certificates of the input, where there were any. */
  readonly decisions: Decisions | null;
}

/** What a document says besides the report. */
export interface ChangeJsonContext {
  readonly damaged: readonly DamagedBlock[];
  readonly findings: readonly Finding[];
  readonly entryOf: (sha256: string) => CatalogEntry | null;
}

const HEADLINE: Readonly<Record<ChangeReport['outcome'], string>> = {
  planned: 'Dry run: nothing was changed.',
  applied: 'Done.',
  already: 'Nothing was to do, nothing was changed.',
};

/** The account of such a command, for a person. */
export function renderChange({ store, outcome, decisions }: ChangeReport): string {
  const certificates = decisions === null ? [] : renderDecisions(decisions);
  return [
    `${HEADLINE[outcome]}\n`,
    certificates.length === 0 ? '' : `\nCertificates\n${certificates.join('')}`,
    `\nKeystore\n${renderChangedStore(store, outcome === 'planned')}`,
  ].join('');
}

/** The same as a document. */
export function toChangeJson(
  schema: string,
  { store, outcome, decisions }: ChangeReport,
  { damaged, findings, entryOf }: ChangeJsonContext,
): Record<string, unknown> & { readonly schema: string } {
  return {
    schema,
    ...toChangedStoreJson(store, outcome === 'applied'),
    outcome,
    ...(decisions === null ? {} : toDecisionsJson(decisions, damaged, entryOf)),
    findings,
  };
}
