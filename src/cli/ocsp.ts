/**
 * `--ocsp`: asks the responders that the certificates of a path name, and has the path validated again with what they say.
 * Whether they are believed is decided there.
 *
 * @module
 */
import type { Finding, Severity } from '../check/finding.js';
import { toRfc3339 } from '../encoding/rfc3339.js';
import { expectTrustError } from '../errors.js';
import { responderUris } from '../path/access-locations.js';
import { lastInstant } from '../path/ocsp.js';
import type { Certificate } from '../x509/certificate.js';
import { encodeOcspRequest, isCertIdOf, keyHash } from '../x509/ocsp-request.js';
import { compareNonce, decodeOcspResponse, type SingleOcspResponse } from '../x509/ocsp-response.js';
import { type PathAnswer, showUri } from './aia.js';

/** What a responder was asked about one certificate. */
export interface AskedStatus {
  /** DER; null where nobody has answered, or the certificate names nobody. */
  readonly response: Uint8Array | null;
  readonly finding: Finding;
}

/** How to ask. */
export interface OcspExchange {
  /** Sends a request in DER, gives the response, or throws a `TrustError`. */
  readonly send: (uri: string, request: Uint8Array) => Promise<Uint8Array>;
  /** That nobody can foresee. */
  readonly nonce: Uint8Array;
}

/** A certificate names one responder, rarely two. */
const RESPONDERS_AT_MOST = 3;
/** Certificates that are asked about for one path and those tried after it. */
const CERTIFICATES_AT_MOST = 16;

/**
 * Looks for a path, and asks about each of its certificates but the anchor. When an answer breaks the path and there is
 * another, that one is asked about in turn.
 *
 * @param validate - looks for a path with OCSP responses in DER
 * @param ask - see `askResponders`
 * @returns the last answer, with what is to be said about the certificates of its path; about all where there is none
 */
export async function validateWithOcsp<T extends PathAnswer>(
  validate: (responses: readonly Uint8Array[]) => T,
  ask: (certificate: Certificate, issuer: Certificate) => Promise<AskedStatus>,
): Promise<{ readonly answer: T; readonly findings: readonly Finding[] }> {
  const asked = new Map<string, AskedStatus>();
  const responses: Uint8Array[] = [];
  let answer = validate(responses);
  for (let open = unasked(answer, asked); open.length > 0; open = unasked(answer, asked)) {
    const room = CERTIFICATES_AT_MOST - asked.size;
    const answered = open.map(async ({ key, certificate, issuer }, index) => ({
      key,
      status: index < room ? await ask(certificate, issuer) : tooMany(certificate),
    }));
    for (const { key, status } of await Promise.all(answered)) {
      asked.set(key, status);
      if (status.response !== null) responses.push(status.response);
    }
    answer = validate(responses);
  }
  const [only, ...above] = answer.path ?? [];
  if (only !== undefined && above.length === 0) return { answer, findings: [anchorNotAsked(only)] };
  const inPath = answer.path === null ? null : new Set(answer.path.map(({ sha256 }) => sha256));
  const findings = [...asked.values()].map(({ finding }) => finding);
  return { answer, findings: findings.filter(({ sha256 = '' }) => inPath === null || inPath.has(sha256)) };
}

function unasked({ path }: PathAnswer, asked: ReadonlyMap<string, AskedStatus>) {
  const pairs = (path ?? []).slice(0, -1).map((certificate, index) => {
    const issuer = path?.[index + 1] as Certificate;
    return { key: statusKey(certificate, issuer), certificate, issuer };
  });
  return pairs.filter(({ key }) => !asked.has(key));
}

/** Equal where the same is asked: about a certificate, of the holder of a key. Cross-signed issuers have one key. */
export function statusKey({ sha256 }: Certificate, { subjectPublicKeyInfo }: Certificate): string {
  return `${sha256} ${keyHash(subjectPublicKeyInfo)}`;
}

/**
 * Asks the responders of a certificate, one after the other, until one has an answer about it that is meant for us.
 *
 * A certificate that names none is only noted. One whose responders do not answer is an error: its status was asked for
 * and is not known.
 */
export async function askResponders(
  certificate: Certificate,
  issuer: Certificate,
  { send, nonce }: OcspExchange,
): Promise<AskedStatus> {
  const uris = [...new Set(responderUris(certificate))].slice(0, RESPONDERS_AT_MOST);
  if (uris.length === 0) {
    const message = `${certificate.displaySubject} names no OCSP responder; its status was not asked for`;
    return { response: null, finding: findingOf('ocsp/not-asked', 'info', message, certificate) };
  }
  const request = encodeOcspRequest(certificate, issuer, nonce);
  const failures: string[] = [];
  let advice: string | undefined;
  for (const uri of uris) {
    try {
      const response = await send(uri, request);
      const found = readAnswer(response, certificate, issuer, nonce);
      if (typeof found !== 'string') {
        const message = `${showUri(uri)} says of ${certificate.displaySubject}: ${renderStatus(found)}`;
        return { response, finding: findingOf('ocsp/answered', 'info', message, certificate) };
      }
      failures.push(`${showUri(uri)} ${found}`);
    } catch (error) {
      const { code, message, hint } = expectTrustError(error);
      failures.push(`${showUri(uri)}: ${message}`);
      // The others say how to get by another way what lies there; an answer is not to be had so.
      if (code === 'fetch/private-address') advice ??= hint;
    }
  }
  const message = `no OCSP responder tells the status of ${certificate.displaySubject}: ${failures.join('; ')}`;
  const hint = advice ?? 'ask again later, or leave out --ocsp and hand over the CRL of the issuer';
  return { response: null, finding: { ...findingOf('ocsp/not-answered', 'error', message, certificate), hint } };
}

/** What a response says of the certificate, or why it is no answer. @throws {TrustError} `ocsp/malformed` */
function readAnswer(
  der: Uint8Array,
  certificate: Certificate,
  issuer: Certificate,
  nonce: Uint8Array,
): SingleOcspResponse | string {
  const response = decodeOcspResponse(der);
  if (!('basic' in response)) return `does not answer: ${response.status}`;
  if (compareNonce(response.basic, nonce) === 'other') return 'answers another request (the nonce differs)';
  const { responses } = response.basic;
  return (
    responses.find(({ certId }) => isCertIdOf(certId, certificate, issuer.subjectPublicKeyInfo)) ??
    'answers about another certificate'
  );
}

function renderStatus(single: SingleOcspResponse): string {
  const { status } = single;
  switch (status.kind) {
    case 'good':
      return `good, until ${toRfc3339(lastInstant(single))}`;
    case 'revoked':
      return `revoked since ${toRfc3339(status.since)} (${status.reason})`;
    case 'unknown':
      return 'not known';
  }
}

/** Of an anchor nobody tells a status: whoever distrusts it removes it. */
function anchorNotAsked(certificate: Certificate): Finding {
  const message = `${certificate.displaySubject} is trusted itself; its status was not asked for`;
  return findingOf('ocsp/not-asked', 'info', message, certificate);
}

function tooMany(certificate: Certificate): AskedStatus {
  const message = `no more than ${CERTIFICATES_AT_MOST} certificates are asked about, and ${certificate.displaySubject} is one too many`;
  return { response: null, finding: findingOf('ocsp/not-answered', 'error', message, certificate) };
}

function findingOf(
  code: 'ocsp/answered' | 'ocsp/not-asked' | 'ocsp/not-answered',
  severity: Severity,
  message: string,
  { source, sha256 }: Certificate,
): Finding {
  return { code, severity, message, source, sha256 };
}
