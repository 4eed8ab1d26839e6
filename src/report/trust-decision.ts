/**
 * What was decided about the certificates of a call, as text and as part of a document.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import { toDay } from '../encoding/rfc3339.js';
import type { DamagedBlock } from '../input/read-result.js';
import type { TrustDecision, TrustedBy } from '../rotation/trust.js';
import { toCertificateJson } from './certificate-json.js';
import { renderCertificateBriefly } from './certificate-text.js';

/** The decisions of a call. */
export interface Decisions {
  readonly accepted: readonly TrustDecision[];
  readonly leftOut: readonly TrustDecision[];
}

const TRUSTED_BY: Readonly<Record<TrustedBy, string>> = {
  catalog: 'a public root the catalog knows',
  fingerprint: 'has the SHA-256 that was expected',
  path: 'vouched for by a trusted anchor',
  operator: 'trusted on your word',
};

/** Two lines a certificate: what it is, and why it is accepted or that it is not. */
export function renderDecisions({ accepted, leftOut }: Decisions): readonly string[] {
  return [...accepted.map(renderAccepted), ...leftOut.map(renderLeftOut)];
}

function renderAccepted({ certificate, role, trustedBy }: TrustDecision): string {
  const why = trustedBy === null ? '' : `, ${TRUSTED_BY[trustedBy]}`;
  return `  ${renderCertificateBriefly(certificate)}\n    ${role}, valid to ${toDay(certificate.notAfter)}${why}\n`;
}

function renderLeftOut({ certificate, verdict }: TrustDecision): string {
  return `  ${renderCertificateBriefly(certificate)}\n    LEFT OUT: ${verdict === 'unfit' ? 'not fit to be installed' : 'nothing vouches for it'}\n`;
}

/**
 * The fields of a document that say what was decided, and which damaged copies were read as the genuine root.
 *
 * @param entryOf - what the catalog knows about a SHA-256, or null
 */
export function toDecisionsJson(
  { accepted, leftOut }: Decisions,
  damaged: readonly DamagedBlock[],
  entryOf: (sha256: string) => CatalogEntry | null,
): Record<string, unknown> {
  const toJson = ({ certificate, role, trustedBy, verdict }: TrustDecision) => ({
    ...toCertificateJson(certificate, entryOf(certificate.sha256)),
    role,
    verdict,
    trustedBy,
  });
  return {
    certificates: accepted.map(toJson),
    leftOut: leftOut.map(toJson),
    damaged: damaged.map(({ source, certificate, differences }) => ({
      source,
      sha256: certificate.sha256,
      differences,
    })),
  };
}
