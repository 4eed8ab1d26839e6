/**
 * Every candidate that the search for a path considered, and what became of it: as part of a document, and for a person.
 *
 * @module
 */
import { groupBy } from '../encoding/group-by.js';
import { toPrintable } from '../encoding/printable.js';
import type { Candidate, CandidateWhy } from '../path/path-trace.js';
import { sourceOf } from '../x509/source.js';
import { renderCertificateBriefly } from './certificate-text.js';
import { wrap } from './wrap.js';

const WHY: Readonly<Record<CandidateWhy, string>> = {
  name: 'it has the key identifier, but another name than the issuer',
  loop: 'it leads back into the path',
  rule: 'it may not stand there',
  signature: 'its key does not verify the signature',
  path: 'the path that it completes is refused',
  'no-anchor': 'no anchor is reached from it',
  budget: 'the work allowed was used up',
  found: 'a path had been found',
};

/** An element of `candidates` in a document. */
export function toCandidateJson(candidate: Candidate): Readonly<Record<string, unknown>> {
  const { certificate, issuer, role, keyIdentifier, outcome, why, reasons } = candidate;
  return {
    certificate: certificate.sha256,
    issuer: { source: issuer.source ?? sourceOf('-'), subject: issuer.subject, sha256: issuer.sha256 },
    role,
    keyIdentifier,
    outcome,
    why,
    reasons,
  };
}

/**
 * A section with a paragraph for each certificate whose issuer was looked for.
 *
 * @param isAnchor - whether none had to be looked for
 */
export function renderCandidates(candidates: readonly Candidate[], isAnchor: boolean): string {
  if (isAnchor) return '\n  No issuer was looked for: it is an anchor itself.\n';
  const groups = groupBy(candidates, ({ certificate }) => certificate);
  if (groups.size === 0) return '\n  No certificate at hand has the name of the issuer.\n';
  const paragraphs = Array.from(
    groups,
    ([certificate, group]) =>
      wrap(`issuers of ${renderCertificateBriefly(certificate)}:`, '    ', '      ') +
      group.map(renderCandidate).join(''),
  );
  return `\n  Every candidate:\n${paragraphs.join('')}`;
}

function renderCandidate({ issuer, role, keyIdentifier, outcome, why, reasons }: Candidate): string {
  const hint = keyIdentifier === 'other' ? ', whose key identifier is another' : '';
  const place = issuer.source === null ? '' : `, ${toPrintable(issuer.source.input)}`;
  const fate = outcome === 'used' ? 'used' : `${outcome.replace('-', ' ')}: ${why === null ? '' : WHY[why]}`;
  return [
    wrap(`${role} ${renderCertificateBriefly(issuer)}${place}${hint}`, '      ', '        '),
    wrap(fate, '        ', '          '),
    ...reasons
      .slice(0, 3)
      .map(({ code, message }) => wrap(`${toPrintable(message)} [${code}]`, '          ', '            ')),
  ].join('');
}
