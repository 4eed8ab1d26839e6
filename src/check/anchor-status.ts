/**
 * What became of the public root at the end of a path, and what that means for the certificate below it. Those who make
 * root lists trust some roots for less than everything; a keystore does not know of that, and neither does path validation.
 *
 * @module
 */
import { type CatalogEntry, findRoot } from '../catalog/catalog.js';
import type { Profile, Purpose } from '../path/certificate-rule.js';
import type { Certificate } from '../x509/certificate.js';
import { dayOf } from './expiry.js';
import type { Finding, FindingCode, Severity } from './finding.js';
import { findingAbout } from './rule.js';

/** What an anchor is used for. */
export interface AnchorUse {
  readonly endEntity: Certificate;
  readonly profile: Profile;
  readonly purpose: Purpose;
  /** Whether the anchor is trusted because it is in the root list, and not because its owner chose it. */
  readonly isFromCatalog: boolean;
}

/**
 * What is to be known of an anchor: nothing for a root that is in the list without reserve, or that no list ever had.
 *
 * An error is what the root list itself would refuse: a server certificate below a root that is trusted for e-mail only,
 * and under `webpki` one that was issued after the day from which the root is not trusted. Who has chosen an anchor is warned.
 */
export function checkAnchorStatus(anchor: Certificate, use: AnchorUse): readonly Finding[] {
  const entry = findRoot(anchor.sha256);
  if (entry === null) return [];
  const status = judge(entry, use);
  if (status === null) return [];
  return [findingAbout(anchor, status.code, status.severity, status.message, adviceFor(entry))];
}

interface Status {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly message: string;
}

function judge(entry: CatalogEntry, { endEntity, profile, purpose, isFromCatalog }: AnchorUse): Status | null {
  const { status, detail, distrustAfter, misissuance } = entry;
  if (misissuance !== null) return { code: 'catalog/misissuance', severity: 'warning', message: misissuance };
  switch (status) {
    case 'included':
      return null;
    case 'distrust-after':
      if (distrustAfter === null || endEntity.notBefore <= new Date(distrustAfter)) return null;
      return {
        code: 'catalog/distrust-after',
        severity: isFromCatalog && profile === 'webpki' ? 'error' : 'warning',
        message: `${detail}; the end entity was issued on ${dayOf(endEntity.notBefore)}`,
      };
    case 'email-only':
      return {
        code: 'catalog/email-only',
        severity: isFromCatalog && purpose === 'serverAuth' ? 'error' : 'warning',
        message: detail,
      };
    case 'removed':
      return { code: 'catalog/removed', severity: 'warning', message: detail };
    case 'no-trust':
      return { code: 'catalog/no-trust', severity: 'warning', message: detail };
  }
}

function adviceFor({ successor }: CatalogEntry): string {
  return successor === null
    ? 'ask the operator of the service which root it will use'
    : `get a certificate below ${successor}, which replaces it`;
}
