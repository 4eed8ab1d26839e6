/**
 * `--aia`: certificates of issuers that are not at hand, from where the certificates below say that they lie (RFC 5280
 * 4.2.2.1). What comes is put among the intermediates and validated like any other; it is never an anchor.
 *
 * @module
 */
import type { Finding } from '../check/finding.js';
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError, TrustError } from '../errors.js';
import { issuerUris } from '../path/access-locations.js';
import type { Certificate } from '../x509/certificate.js';

/** What is known of a path, by whoever looks for it. */
export interface PathAnswer {
  /** The valid path, the end entity first; null where there is none. */
  readonly path: readonly Certificate[] | null;
  /** Where a certificate has no issuer at hand, one of code `path/no-issuer` or `path/bad-signature` says which. */
  readonly findings: readonly Finding[];
}

/** What came of it. */
export interface CompletedPath<T> {
  readonly answer: T;
  readonly fetched: readonly Certificate[];
  readonly findings: readonly Finding[];
}

/** Paths on the Internet have one or two intermediates, each with one or two places. */
const FETCHES_AT_MOST = 8;
/** How far up one fetched certificate may lead to the next. */
const STEPS_AT_MOST = 4;
/** Longer URIs and lists are for machines. */
const SHOWN = 200;

/**
 * Looks for a path, and while there is none fetches the issuers that are missing, each place once.
 *
 * @param known - the certificates that are at hand, the one asked about among them
 * @param validate - looks for a path with more intermediates
 * @param fetchCertificates - what lies at a URI, or a `TrustError`
 */
export async function completePath<T extends PathAnswer>(
  known: readonly Certificate[],
  validate: (more: readonly Certificate[]) => T,
  fetchCertificates: (uri: string) => Promise<readonly Certificate[]>,
): Promise<CompletedPath<T>> {
  const fetched: Certificate[] = [];
  const findings: Finding[] = [];
  const asked = new Set<string>();
  let answer = validate(fetched);
  for (let step = 0; step < STEPS_AT_MOST && answer.path === null; step++) {
    const before = fetched.length;
    const places = placesOf(openEnds(answer, [...known, ...fetched]), asked);
    const taken = places.slice(0, FETCHES_AT_MOST - asked.size);
    for (const { uri } of taken) asked.add(uri);
    // All at once: whoever made a certificate could otherwise have this wait for each place in turn.
    const results = await Promise.all(
      taken.map(({ uri }) => fetchCertificates(uri).catch((error: unknown) => expectTrustError(error))),
    );
    for (const [index, { uri, certificate }] of taken.entries()) {
      const found = results[index] ?? [];
      if (found instanceof TrustError) findings.push(notFetched(uri, found, certificate));
      else {
        const have = new Set([...known, ...fetched].map(({ sha256 }) => sha256));
        fetched.push(...found.filter(({ sha256 }) => !have.has(sha256)));
        findings.push(fetchedFrom(uri, found, certificate));
      }
    }
    const [left] = places.slice(taken.length);
    if (left !== undefined) {
      findings.push(limitReached(left.certificate));
      return { answer: fetched.length === before ? answer : validate(fetched), fetched, findings };
    }
    if (fetched.length === before) break;
    answer = validate(fetched);
  }
  return { answer, fetched, findings };
}

/** A URI as it may be shown: hostile text, until somebody has connected to it. */
export function showUri(uri: string): string {
  return toPrintable(uri.length > SHOWN ? `${uri.slice(0, SHOWN)}…` : uri);
}

/** A place where the issuer of a certificate is said to lie. */
interface Place {
  readonly uri: string;
  readonly certificate: Certificate;
}

/** Each place once, without those that were asked. */
function placesOf(certificates: readonly Certificate[], asked: ReadonlySet<string>): readonly Place[] {
  const seen = new Set(asked);
  return certificates.flatMap((certificate) =>
    issuerUris(certificate)
      .filter((uri) => !seen.has(uri) && seen.add(uri))
      .map((uri) => ({ uri, certificate })),
  );
}

/** Also one that is signed by another key than those at hand of the issuer's name: a CA that was rekeyed keeps its name. */
const MISSING_ISSUER: ReadonlySet<string> = new Set(['path/no-issuer', 'path/bad-signature']);

function openEnds({ findings }: PathAnswer, known: readonly Certificate[]): readonly Certificate[] {
  const open = new Set(findings.flatMap(({ code, sha256 }) => (MISSING_ISSUER.has(code) && sha256 ? [sha256] : [])));
  return known.filter(({ sha256 }) => open.delete(sha256));
}

function fetchedFrom(uri: string, found: readonly Certificate[], { sha256 }: Certificate): Finding {
  const subjects = found.map(({ subject }) => subject).join('; ');
  const message = `fetched from ${showUri(uri)}: ${subjects.length > SHOWN ? `${subjects.slice(0, SHOWN)}…` : subjects}`;
  return { code: 'aia/fetched', severity: 'info', message, source: null, sha256 };
}

/** A warning: with or without what is missing, the path itself says whether there is one. */
function notFetched(uri: string, { code, message, hint }: TrustError, { sha256 }: Certificate): Finding {
  return {
    code,
    severity: 'warning',
    message: `${showUri(uri)}: ${message}`,
    ...(hint === undefined ? {} : { hint }),
    source: null,
    sha256,
  };
}

function limitReached({ sha256 }: Certificate): Finding {
  return {
    code: 'aia/limit',
    severity: 'warning',
    message: `no more than ${FETCHES_AT_MOST} places are asked for issuers`,
    hint: 'hand over the missing intermediates as files',
    source: null,
    sha256,
  };
}
