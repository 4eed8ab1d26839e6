/**
 * What an update of the catalog changes, or would change, as text and as a document.
 *
 * @module
 */

import type { RootFacts } from '../catalog/root-facts.js';
import type { CatalogUpdate, RootChange, RootList } from '../catalog/update.js';
import { toPrintable } from '../encoding/printable.js';
import { renderStatus } from './catalog.js';

/** An update with what was done about it. */
export interface CatalogUpdateReport {
  readonly update: CatalogUpdate;
  readonly list: RootList;
  /** Whether the day of the list is only that of its file. */
  readonly isDateOfFile: boolean;
  readonly refusedWithoutCertificate: number;
  /** The day of the catalog before. */
  readonly previousDate: string;
  readonly path: string;
  /** SHA-256 of the file as it was, or null where there was none. */
  readonly before: string | null;
  /** SHA-256 of the file as it is to be. */
  readonly after: string;
  readonly outcome: 'planned' | 'applied' | 'already';
  /** Where the file as it was is kept, or null. */
  readonly backup: string | null;
}

const HEADLINE: Readonly<Record<CatalogUpdateReport['outcome'], string>> = {
  planned: 'Dry run: nothing was changed.',
  applied: 'Done.',
  already: 'Nothing was to do, nothing was changed.',
};

/** The account of an update for a person. */
export function renderCatalogUpdate(report: CatalogUpdateReport): string {
  const { list, isDateOfFile, path, previousDate, backup, outcome } = report;
  const rows = [
    ['list', `${list.name} of ${list.date}, ${list.roots.length} certificates`],
    ...(isDateOfFile ? [['', 'that day is the one of the file: --at says of which day the list is']] : []),
    ['catalog', `${toPrintable(path)}, ${outcome === 'applied' ? 'was' : 'now'} of ${previousDate}`],
    ...(backup === null ? [] : [['backup', toPrintable(backup)]]),
  ];
  return `${HEADLINE[outcome]}\n\n${rows.map(([label = '', text = '']) => `  ${label.padEnd(9)}${text}\n`).join('')}\n${renderCatalogChanges(report)}`;
}

/** What changes, a line a root; then how much, and what the list could not say. */
export function renderCatalogChanges({
  update: { changes, kept },
  refusedWithoutCertificate,
}: Pick<CatalogUpdateReport, 'update' | 'refusedWithoutCertificate'>): string {
  const count = (kind: RootChange['kind']) => changes.filter((change) => change.kind === kind).length;
  return [
    ...changes.map(renderRootChange),
    `${count('added')} added, ${count('removed')} removed, ${count('changed')} changed\n`,
    ...(kept.length === 0 ? [] : [renderKept(kept)]),
    ...(refusedWithoutCertificate === 0
      ? []
      : [
          `${refusedWithoutCertificate} objects of the list refuse certificates that it does not hold: those are not known here\n`,
        ]),
  ].join('');
}

/** A bundle of roots of the world has many of these. */
function renderKept(kept: readonly RootFacts[]): string {
  const statuses = [...new Set(kept.map(({ status }) => status))].sort();
  const counts = statuses.map((status) => `${kept.filter((facts) => facts.status === status).length} ${status}`);
  return `${kept.length} of the bundle keep the status they have, because a bundle says nothing of trust: ${counts.join(', ')}\n`;
}

const SIGNS: Readonly<Record<RootChange['kind'], string>> = { added: '+', removed: '-', changed: '~' };

function renderRootChange({ kind, name, sha256, before, after }: RootChange): string {
  const was = before === null ? '' : `, was ${renderStatus(before)}`;
  return `${SIGNS[kind]} ${name} (${sha256.slice(0, 8)}…): ${renderStatus(after)}${was}\n`;
}

/** The same as a document. */
export function toCatalogUpdateJson(
  report: CatalogUpdateReport,
): Record<string, unknown> & { readonly schema: string } {
  const { update, list, isDateOfFile, refusedWithoutCertificate, previousDate, path, before, after, outcome, backup } =
    report;
  const { kind, name, sha256, date, roots } = list;
  const changed = (wanted: RootChange['kind']) =>
    update.changes.filter((change) => change.kind === wanted).map(toChangeJson);
  return {
    schema: 'anchorctl/catalog-update/1',
    changed: outcome === 'applied',
    outcome,
    catalog: { path, date: update.data.date, previousDate, roots: update.data.roots.length },
    backup,
    before,
    after,
    list: { kind, name, sha256, date, isDateOfFile, certificates: roots.length, refusedWithoutCertificate },
    added: changed('added'),
    removed: changed('removed'),
    changedStatus: changed('changed'),
    kept: update.kept.map(toStatusJson),
  };
}

function toChangeJson({ before, after }: RootChange): Record<string, unknown> {
  return { ...toStatusJson(after), before: before === null ? null : toStatusJson(before) };
}

function toStatusJson({ name, sha256, status, since, distrustAfter }: RootFacts): Record<string, unknown> {
  return { name, sha256, status, since, distrustAfter };
}
