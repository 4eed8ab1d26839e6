/**
 * What a rotation did or would do, as a document.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import type { Finding } from '../check/finding.js';
import type { DamagedBlock } from '../input/read-result.js';
import { toChangedStoreJson } from './keystore-change.js';
import type { RotationReport } from './rotation.js';
import { toDecisionsJson } from './trust-decision.js';

/** What a document says besides the report. */
export interface RotationJsonContext {
  readonly damaged: readonly DamagedBlock[];
  readonly findings: readonly Finding[];
  readonly entryOf: (sha256: string) => CatalogEntry | null;
}

/** The document of `rotate`. */
export function toRotationJson(
  report: RotationReport,
  { damaged, findings, entryOf }: RotationJsonContext,
): Record<string, unknown> & { readonly schema: string } {
  const { outcome, folder, stores, devices } = report;
  const wasApplied = outcome === 'applied' || outcome === 'resumed';
  return {
    schema: 'anchorctl/rotate/1',
    changed: wasApplied && (stores.some(({ after }) => after !== null) || devices.length > 0),
    outcome,
    out: folder,
    stores: stores.map((store) => toChangedStoreJson(store, wasApplied)),
    devices: devices.map(({ platform, trustpoint, trustpoints, certificates, files }) => ({
      platform,
      trustpoint,
      trustpoints,
      certificates,
      files: Object.fromEntries(
        ['install', 'remove', 'rollback'].map((action) => [
          action,
          `${folder}/devices/${platform}-${trustpoint}.${action}.txt`,
        ]),
      ),
      loads: files.map(({ name }) => `${folder}/devices/${name}`),
    })),
    ...toDecisionsJson(report, damaged, entryOf),
    findings,
    runbook: outcome === 'planned' ? null : `${folder}/runbook.md`,
  };
}
