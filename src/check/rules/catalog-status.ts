/**
 * What became of a known public root. Authentic is one question, still advisable another: a root that lost TLS trust or
 * left the root list is a warning; one that was distrusted for what its CA did is an error.
 *
 * @module
 */

import type { CatalogEntry } from '../../catalog/catalog.js';
import type { CatalogStatus } from '../../catalog/root-facts.js';
import type { Certificate } from '../../x509/certificate.js';
import type { Finding, FindingCode, Severity } from '../finding.js';
import { findingAbout, type Rule } from '../rule.js';

const BY_STATUS: Readonly<Record<CatalogStatus, { readonly code: FindingCode; readonly severity: Severity } | null>> = {
  included: null,
  'distrust-after': { code: 'catalog/distrust-after', severity: 'warning' },
  'email-only': { code: 'catalog/email-only', severity: 'warning' },
  removed: { code: 'catalog/removed', severity: 'warning' },
  'no-trust': { code: 'catalog/no-trust', severity: 'error' },
};

/** The findings of `checkEntry` on a root of the catalog; none on another certificate. */
export const catalogStatus: Rule = (certificate, { entry }) => (entry === null ? [] : checkEntry(certificate, entry));

/**
 * `catalog/distrust-after`, `catalog/email-only`, `catalog/removed`, `catalog/no-trust`, `catalog/misissuance`; and
 * `catalog/of-this-site`, because such a root is trusted on the word of whoever renewed the catalog.
 *
 * @param entry - what the catalog knows of the certificate
 */
export function checkEntry(certificate: Certificate, entry: CatalogEntry): readonly Finding[] {
  return [...checkStatus(certificate, entry), ...checkOrigin(certificate, entry)];
}

function checkOrigin(certificate: Certificate, { addedBy }: CatalogEntry): readonly Finding[] {
  if (addedBy === null) return [];
  const message = `it is known by the catalog of this site alone, which has it from ${addedBy}`;
  return [findingAbout(certificate, 'catalog/of-this-site', 'warning', message, 'see anchorctl catalog show')];
}

function checkStatus(certificate: Certificate, entry: CatalogEntry): readonly Finding[] {
  const hint =
    entry.successor === null
      ? 'ask the operator of the service which root it uses now'
      : `install ${entry.successor}, which replaces it`;
  if (entry.misissuance !== null) {
    return [findingAbout(certificate, 'catalog/misissuance', 'error', entry.misissuance, 'do not install it')];
  }
  const known = BY_STATUS[entry.status];
  return known === null ? [] : [findingAbout(certificate, known.code, known.severity, entry.detail, hint)];
}
