/**
 * What a rotation did or would do, as a document.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import type { Finding } from '../check/finding.js';
import type { DamagedBlock } from '../input/read-result.js';
import type { TrustDecision } from '../rotation/trust.js';
import type { Certificate } from '../x509/certificate.js';
import { toCertificateJson } from './certificate-json.js';
import type { RotationReport } from './rotation.js';

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
  const { outcome, folder, accepted, leftOut, stores, devices } = report;
  const wasApplied = outcome === 'applied' || outcome === 'resumed';
  const toDecisionJson = ({ certificate, role, trustedBy, verdict }: TrustDecision) => ({
    ...certificateJson(certificate),
    role,
    verdict,
    trustedBy,
  });
  const certificateJson = (certificate: Certificate) => toCertificateJson(certificate, entryOf(certificate.sha256));
  return {
    schema: 'anchorctl/rotate/1',
    changed: wasApplied && (stores.some(({ after }) => after !== null) || devices.length > 0),
    outcome,
    out: folder,
    stores: stores.map((store) => toStoreJson(store, wasApplied)),
    devices: devices.map(({ platform, trustpoint, trustpoints, certificates }) => ({
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
    })),
    certificates: accepted.map(toDecisionJson),
    leftOut: leftOut.map(toDecisionJson),
    damaged: damaged.map(({ source, certificate, differences }) => ({
      source,
      sha256: certificate.sha256,
      differences,
    })),
    findings,
    runbook: outcome === 'planned' ? null : `${folder}/runbook.md`,
  };
}

function toStoreJson(
  {
    name,
    type,
    before,
    afterSha256,
    after,
    added,
    removed,
    present,
    unchanged,
    backup,
  }: RotationReport['stores'][number],
  wasApplied: boolean,
): Record<string, unknown> {
  return {
    changed: wasApplied && after !== null,
    store: { path: name, type },
    backup,
    before,
    after: afterSha256,
    added,
    removed,
    present,
    unchanged,
  };
}
