/**
 * What certificates are to the public roots of the catalog, as text and as a document.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import type { Relation } from '../catalog/relation.js';
import type { Finding } from '../check/finding.js';
import { toPrintable } from '../encoding/printable.js';
import { renderSource } from '../x509/source.js';
import { renderStatus } from './catalog.js';
import { toCertificateJson } from './certificate-json.js';
import { renderRow, wrapFinding } from './certificate-text.js';
import { wrap } from './wrap.js';

/** A certificate with what there is to say about it. */
export interface CatalogMatchReport {
  readonly relation: Relation;
  readonly findings: readonly Finding[];
}

/** A paragraph a certificate, then how many are roots. */
export function renderMatches(matches: readonly CatalogMatchReport[]): string {
  const roots = matches.filter(({ relation }) => relation.kind === 'root').length;
  const count = `${roots} of ${matches.length} ${matches.length === 1 ? 'certificate is a' : 'certificates are'} public ${
    matches.length === 1 ? 'root' : 'roots'
  }`;
  return `${matches.map((match) => `${renderMatch(match)}\n`).join('')}${count}\n`;
}

function renderMatch({ relation: { certificate, kind, root }, findings }: CatalogMatchReport): string {
  const { source, displaySubject, sha256 } = certificate;
  const verdict = kind === 'root' && root !== null ? `${toPrintable(root.name)}: ${renderStatus(root)}` : 'NO';
  const lines = findings.map((finding) => wrapFinding(finding, '    '));
  return [
    wrap(displaySubject, '  ', '    '),
    ...(source === null ? [] : [renderRow('from', toPrintable(renderSource(source)))]),
    renderRow('SHA-256', sha256),
    renderRow('root', verdict),
    ...lines,
  ].join('');
}

/** The same as fields of a document. */
export function toMatchJson(
  matches: readonly CatalogMatchReport[],
  entryOf: (sha256: string) => CatalogEntry | null,
): Record<string, unknown> {
  const roots = matches.filter(({ relation }) => relation.kind === 'root').length;
  return {
    summary: { certificates: matches.length, roots, others: matches.length - roots },
    results: matches.map(({ relation: { certificate, kind, root }, findings }) => ({
      certificate: toCertificateJson(certificate, entryOf(certificate.sha256)),
      relation: kind,
      root: root === null ? null : { name: root.name, sha256: root.sha256, status: root.status },
      findings,
    })),
  };
}
