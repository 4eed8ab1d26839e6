/**
 * A certification path for a person: drawn from the anchor down to the end entity, with what is wrong at the certificate that
 * it is wrong with, and a sentence that says what it comes to. No line is wider than 80 columns.
 *
 * @module
 */
import type { Finding } from '../check/finding.js';
import type { PathToAnchor } from '../check/path-to-anchor.js';
import { toPrintable } from '../encoding/printable.js';
import { toDay } from '../encoding/rfc3339.js';
import type { Certificate } from '../x509/certificate.js';
import { displayName } from '../x509/name.js';
import { renderSource } from '../x509/source.js';
import { renderCertificateBriefly, wrapFinding } from './certificate-text.js';
import { wrap } from './wrap.js';

/** What is reported about one certificate. */
export interface PathReport extends PathToAnchor {
  readonly endEntity: Certificate;
  readonly verdict: 'pass' | 'warn' | 'fail';
  /** What the anchors came from, as a person calls it. */
  readonly anchorNames: readonly string[];
  /** `tls://host:port`, where a server showed the certificate. */
  readonly endpoint: string | null;
}

/** Deeper than any real path; what is below is drawn at the same indent. */
const MOST_LEVELS = 10;
/** A certificate can be wrong in a hundred ways; the document has them all. */
const MOST_FINDINGS = 10;

/** Renders the drawing and the sentence. */
export function renderPath(report: PathReport): string {
  const topDown = [...report.attempt.path].reverse();
  const missing = describeMissingTop(report);
  const levels = missing === null ? 0 : 1;
  const nodes = topDown.map((certificate, index) => renderNode(certificate, index, levels, topDown.length, report));
  const drawn = new Set(topDown.map(({ sha256 }) => sha256));
  const others = report.findings.filter(({ sha256 }) => sha256 === undefined || !drawn.has(sha256));
  return [
    `${report.verdict}\n`,
    ...(missing === null ? [] : [wrap(missing, '  ? ', '    ')]),
    ...nodes,
    renderOthers(others, report),
    '\n',
    wrap(conclude(report), '  ', '  '),
  ].join('');
}

function renderNode(
  certificate: Certificate,
  index: number,
  levelsAbove: number,
  count: number,
  { attempt, findings }: PathReport,
): string {
  const level = Math.min(index + levelsAbove, MOST_LEVELS);
  const isLast = index === count - 1;
  const indent = `  ${'   '.repeat(Math.max(0, level - 1))}`;
  const inner = level === 0 ? indent : `${indent}   `;
  const details = `${inner}${isLast ? '' : '│  '}`;
  const { source, notBefore, notAfter } = certificate;
  const role = isLast ? (count === 1 && attempt.isComplete ? 'anchor' : 'end entity') : 'CA';
  const named = index === 0 && attempt.isComplete ? 'anchor' : role;
  return [
    wrap(renderCertificateBriefly(certificate), level === 0 ? indent : `${indent}└─ `, details),
    wrap(`${named}, valid ${toDay(notBefore)} to ${toDay(notAfter)}`, details, details),
    source === null ? '' : wrap(`from ${toPrintable(renderSource(source))}`, details, details),
    renderFindings(
      findings.filter(({ sha256 }) => sha256 === certificate.sha256),
      details,
    ),
  ].join('');
}

function renderFindings(findings: readonly Finding[], indent: string): string {
  const shown = findings.slice(0, MOST_FINDINGS).map((finding) => wrapFinding(finding, indent));
  return shown.join('') + renderRest(findings.length - shown.length, indent);
}

function renderRest(count: number, indent: string): string {
  return count > 0 ? `${indent}and ${count} more, which --json lists\n` : '';
}

/** What was found about certificates that are not drawn, because no way led over them. */
function renderOthers(findings: readonly Finding[], { candidates }: PathReport): string {
  if (findings.length === 0) return '';
  const names = new Map(candidates.map(({ issuer }) => [issuer.sha256, renderCertificateBriefly(issuer)]));
  const shown = findings.slice(0, MOST_FINDINGS).map(({ code, message, sha256 }) => {
    const name = sha256 === undefined ? undefined : names.get(sha256);
    return wrap(`${name === undefined ? '' : `${name}: `}${toPrintable(message)} [${code}]`, '    ', '      ');
  });
  return `\n  Not in this path:\n${shown.join('')}${renderRest(findings.length - shown.length, '    ')}`;
}

/** What should stand above the highest certificate that was reached, or null where nothing is missing there. */
function describeMissingTop({ attempt, candidates, findings }: PathReport): string | null {
  const top = attempt.path.at(-1) as Certificate;
  if (attempt.isComplete || top.selfIssued) return null;
  const ofThatName = candidates.filter(({ certificate, why }) => certificate === top && why !== 'name').length;
  const name = displayName(top.issuerName);
  if (ofThatName > 0) {
    return ofThatName === 1
      ? `${name}: the certificate of that name does not fit`
      : `${name}: none of the ${ofThatName} certificates of that name fits`;
  }
  const isMissing = findings.some(({ code, sha256 }) => code === 'path/no-issuer' && sha256 === top.sha256);
  return isMissing ? `${name}: no certificate of that name is at hand` : null;
}

/** One sentence of what it comes to, and what to do where it is not good. */
function conclude(report: PathReport): string {
  const { endEntity, endpoint, anchorNames, verdict, path } = report;
  const anchors = toPrintable(listOf(anchorNames));
  const hold = anchorNames.length > 1 ? 'hold' : 'holds';
  const isUnsent = report.findings.some(({ code }) => code === 'path/not-sent');
  const client = `a client that trusts what ${anchors} ${hold}${isUnsent ? ' and has what the server does not send' : ''} will`;
  const name = endEntity.displayName;
  const server = endpoint === null ? '' : toPrintable(endpoint);
  if (verdict === 'fail') {
    if (isStatusUnknown(report)) return `Whether ${name} is still to be trusted is not known${explainFailure(report)}`;
    if (isOtherThanExpected(report)) return `${name} is not the certificate that was expected${explainFailure(report)}`;
    const failure =
      endpoint === null
        ? `${name} is not to be trusted by what ${anchors} ${hold}`
        : `${client.replace(/^a/, 'A')} NOT be able to connect to ${server}`;
    return failure + explainFailure(report);
  }
  const anchor = path?.at(-1);
  const root = anchor === undefined ? '' : anchor.displayName;
  const but = verdict === 'warn' ? ', but see the warnings above' : '';
  if (endpoint !== null) return `As far as certificates go, ${client} be able to connect to ${server}${but}.`;
  if (path?.length === 1) return `${name} is itself among what ${anchors} ${hold}${but}.`;
  return `${name} has a valid path to ${root}, which ${anchors} ${hold}${but}.`;
}

/** Whether there is a path that would be valid, had somebody told its status. */
function isStatusUnknown({ path, findings }: PathReport): boolean {
  const errors = findings.filter(({ severity }) => severity === 'error');
  return path !== null && errors.every(({ code }) => code === 'ocsp/not-answered');
}

/** Whether nothing is wrong but that another certificate was expected. */
function isOtherThanExpected({ path, findings }: PathReport): boolean {
  const errors = findings.filter(({ severity }) => severity === 'error');
  return path !== null && errors.every(({ code }) => code === 'trust/fingerprint-mismatch');
}

/** The first reason, with the name of the certificate where it is about another than the end entity. */
function explainFailure({ endEntity, attempt, candidates, findings }: PathReport): string {
  const worst = findings.find(({ severity }) => severity === 'error');
  if (worst === undefined) return '.';
  const { sha256, message, hint } = worst;
  const subject = sha256 === endEntity.sha256 ? '' : nameOf(sha256, attempt.path, candidates);
  const name = subject === '' ? '' : `${subject}: `;
  return `: ${name}${toPrintable(message)}.${hint === undefined ? '' : ` What to do: ${toPrintable(hint)}.`}`;
}

/** What the drawing calls a certificate; of one that was passed over, which may have the name of one that is drawn, more. */
function nameOf(
  sha256: string | undefined,
  drawn: readonly Certificate[],
  candidates: PathReport['candidates'],
): string {
  const inDrawing = drawn.find((one) => one.sha256 === sha256);
  if (inDrawing !== undefined) return inDrawing.displayName;
  const passedOver = candidates.find(({ issuer }) => issuer.sha256 === sha256)?.issuer;
  return passedOver === undefined ? '' : renderCertificateBriefly(passedOver);
}

function listOf(names: readonly string[]): string {
  return names.length <= 1 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
