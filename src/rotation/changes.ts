/**
 * From a plan to the changes on the disk: keystores, device blocks, the runbook.
 *
 * @module
 */
import type { RunChanges } from './apply.js';
import type { RotationPlan } from './plan.js';
import { type RequestDocument, toPlanDocument } from './plan-document.js';
import { backupPath } from './run-folder.js';
import { renderRunbook } from './runbook.js';
import type { TrustDecision } from './trust.js';

/** What a plan was made for. */
export interface PlannedRun {
  /** The run folder, as the user named it. */
  readonly folder: string;
  /** Its absolute path, for the runbook. */
  readonly place: string;
  readonly request: RequestDocument;
  readonly plan: RotationPlan;
  readonly accepted: readonly TrustDecision[];
  /** The creation date of new entries. */
  readonly at: Date;
}

/** The changes of a run, ready for `applyRun`. */
export function toRunChanges({ folder, place, request, plan, accepted, at }: PlannedRun): RunChanges {
  const document = toPlanDocument(plan, accepted, request, at, backupPath);
  return {
    folder,
    plan: document,
    stores: plan.stores.map(({ path, after, verify }, index) => ({
      path,
      before: document.stores[index]?.before ?? '',
      after,
      verify,
    })),
    texts: [
      ...plan.devices.flatMap(({ platform, trustpoint, install, remove, rollback, files }) => [
        { path: `devices/${platform}-${trustpoint}.install.txt`, text: install },
        { path: `devices/${platform}-${trustpoint}.remove.txt`, text: remove },
        { path: `devices/${platform}-${trustpoint}.rollback.txt`, text: rollback },
        ...files.map(({ name, text }) => ({ path: `devices/${name}`, text })),
      ]),
      { path: 'runbook.md', text: (document) => renderRunbook(document, place) },
    ],
  };
}

/** What makes two calls the same run. */
export function toRequestDocument(
  accepted: readonly TrustDecision[],
  { stores, devices }: RotationPlan,
  retire: readonly string[],
  intermediates: boolean,
): RequestDocument {
  return {
    certificates: accepted.map(({ certificate }) => certificate.sha256).sort(),
    keystores: stores.map(({ path }) => path).sort(),
    devices: devices.map(({ platform, trustpoint }) => `${platform}:${trustpoint}`).sort(),
    retire: [...retire].sort(),
    intermediates,
  };
}
