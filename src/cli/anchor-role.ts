/**
 * `validate --as anchor`: whether certificates are fit to be trust anchors, and the ones that were meant.
 *
 * @module
 */
import { findRoot } from '../catalog/catalog.js';
import { checkFitness } from '../check/consumers.js';
import type { Finding } from '../check/finding.js';
import { verdictOf } from '../check/path-to-anchor.js';
import { findingAbout } from '../check/rule.js';
import { checkTrustAnchor } from '../check/rules.js';
import { verifySelfSignatures } from '../check/self-signatures.js';
import { toCertificateJson } from '../report/certificate-json.js';
import { renderCertificate, wrapFinding } from '../report/certificate-text.js';
import type { Certificate } from '../x509/certificate.js';
import type { RoleResult } from './validation-role.js';

/** What certificates are judged by. */
export interface AnchorRoleOptions {
  readonly at: Date;
  /** SHA-256 digests. */
  readonly expected: ReadonlySet<string>;
  /** Names of those who are to take it. */
  readonly consumers: readonly string[];
}

/** Judges each certificate by itself. */
export async function validateAnchors(
  certificates: readonly Certificate[],
  { at, expected, consumers }: AnchorRoleOptions,
): Promise<readonly RoleResult[]> {
  const selfSignatures = await verifySelfSignatures(certificates);
  return certificates.map((certificate) => {
    const findings = [
      ...checkTrustAnchor(certificate, { at, selfSignatures }).map(pointToPaths),
      ...checkFitness(certificate, { consumers }),
      ...checkIdentity(certificate, expected),
    ];
    const verdict = verdictOf(findings);
    const json = {
      certificate: toCertificateJson(certificate, findRoot(certificate.sha256)),
      role: 'anchor',
      verdict,
      path: null,
      findings,
    };
    return { verdict, json, text: renderResult(certificate, verdict, findings) };
  });
}

/** Who asks about the certificate of a server may have meant something else. */
function pointToPaths(finding: Finding): Finding {
  if (finding.code !== 'anchor/not-a-ca') return finding;
  const hint = `${finding.hint ?? ''}; --as path says whether it has a valid path to one`.replace(/^; /, '');
  return { ...finding, hint };
}

/** Whether it is the certificate that was meant: fitness alone does not make it deserve trust. */
function checkIdentity(certificate: Certificate, expected: ReadonlySet<string>): readonly Finding[] {
  if (expected.has(certificate.sha256)) return [];
  if (expected.size > 0) return [fingerprintMismatch(certificate)];
  if (findRoot(certificate.sha256) !== null) return [];
  return [
    findingAbout(
      certificate,
      'trust/not-established',
      'warning',
      'not a public root that the catalog knows',
      'compare the SHA-256 with what its owner told you by another way, and pass it with --expect-sha256',
    ),
  ];
}

/** `trust/fingerprint-mismatch`, of a certificate that is not the one that was meant. */
export function fingerprintMismatch(certificate: Certificate): Finding {
  return findingAbout(
    certificate,
    'trust/fingerprint-mismatch',
    'error',
    'its SHA-256 is not the expected one',
    'it is not the certificate you were told of; do not install it',
  );
}

function renderResult(certificate: Certificate, verdict: RoleResult['verdict'], findings: readonly Finding[]): string {
  const lines = findings.map((finding) => wrapFinding(finding, '    '));
  return `${verdict}\n${renderCertificate(certificate, findRoot(certificate.sha256))}${lines.join('')}`;
}
