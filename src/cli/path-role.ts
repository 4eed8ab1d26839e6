/**
 * `validate --as path`: whether certificates have a valid path to something that is trusted.
 *
 * @module
 */
import type { Options } from 'yargs';
import { findRoot } from '../catalog/catalog.js';
import { checkPathFitness } from '../check/consumers.js';
import type { Finding } from '../check/finding.js';
import { checkPathToAnchor, type OfferedAnchor, verdictOf } from '../check/path-to-anchor.js';
import { findingAbout } from '../check/rule.js';
import type { TrustError } from '../errors.js';
import type { Profile, Purpose } from '../path/certificate-rule.js';
import type { PeerName } from '../path/peer-names.js';
import { PossibleIssuers } from '../path/possible-issuers.js';
import { toCertificateJson } from '../report/certificate-json.js';
import { renderPath } from '../report/path.js';
import { renderCandidates, toCandidateJson } from '../report/path-candidates.js';
import type { Certificate } from '../x509/certificate.js';
import type { CertificateRevocationList } from '../x509/crl.js';
import { comparableName } from '../x509/name.js';
import { fingerprintMismatch } from './anchor-role.js';
import { type AnchorSet, readAnchorSets } from './anchor-sets.js';
import { startAtOnce } from './at-once.js';
import { coercion } from './coercion.js';
import { readCrlFiles } from './crl-files.js';
import { parseHost, toPeerName } from './host-name.js';
import { certificatesOf, distinct } from './input-contents.js';
import type { Io } from './io.js';
import { type LimitArgs, parseLimits } from './limits.js';
import { Network, type OnlineArgs, onlineOptions } from './online.js';
import { choiceOption, listOption, single, textOption } from './options.js';
import type { ReadInput } from './single-input.js';
import type { RoleResult } from './validation-role.js';

/** The options that make sense for paths alone. */
export interface PathArgs extends OnlineArgs {
  readonly anchors: string[] | undefined;
  readonly host: PeerName | undefined;
  readonly purpose: Purpose | undefined;
  readonly crl: string[] | undefined;
  readonly profile: Profile | undefined;
  readonly explain: boolean | undefined;
}

/** What `PathArgs` come from. None has a default, so that it is seen which were given. */
export const pathOptions: Readonly<Record<string, Options>> = {
  anchors: listOption('anchors', 'What is trusted: a file, a keystore, system, or catalog (the default)'),
  host: {
    ...textOption('host', 'The name or address that a client connects by; for an endpoint, by default its own'),
    coerce: coercion((value) => (value === undefined ? undefined : parseHost(single('host', value)))),
  },
  purpose: choiceOption(
    'purpose',
    ['serverAuth', 'clientAuth', 'any'],
    'What it is to be used for; default: serverAuth for endpoints and with --host, else any',
  ),
  crl: listOption('crl', 'A file with certificate revocation lists, DER or PEM'),
  profile: choiceOption(
    'profile',
    ['rfc5280', 'webpki'],
    'To the letter; webpki adds the rules of the CA/Browser Forum. Default: rfc5280, flaws of form being warnings',
  ),
  explain: { type: 'boolean', describe: 'Show every certificate that was tried, and why it was passed over' },
  ...onlineOptions,
};

/** The options for paths that a call has, as they are written. */
export function givenPathOptions(args: PathArgs): readonly string[] {
  const given = new Map(Object.entries(args).filter(([, value]) => value !== undefined));
  return Object.keys(pathOptions).flatMap((name) => (given.has(name) ? [`--${name}`] : []));
}

/** What is judged besides the options for paths. */
export interface PathRoleOptions extends PathArgs, LimitArgs {
  readonly at: Date;
  readonly expected: ReadonlySet<string>;
  /** Names of those who are to take the path. */
  readonly consumers: readonly string[];
  /** For every keystore of the call. */
  readonly password: string | null;
}

/** What came of it. */
export interface PathRole {
  readonly results: readonly RoleResult[];
  /** What is to be known of the anchors. */
  readonly findings: readonly Finding[];
  /** Anchors and CRLs that could not be read. */
  readonly errors: readonly TrustError[];
}

/** A certificate to be judged, and where a server showed it. */
interface Target {
  readonly certificate: Certificate;
  readonly endpoint: string | null;
  /** What the endpoint was connected by. */
  readonly host: PeerName | null;
  /** SHA-256 of everything that the server sent; null where none was asked. */
  readonly sent: ReadonlySet<string> | null;
}

/** What all targets of a call are held against. */
interface Surroundings {
  readonly sets: readonly AnchorSet[];
  readonly anchors: readonly OfferedAnchor[];
  readonly certificates: readonly Certificate[];
  readonly issuers: PossibleIssuers;
  readonly crls: readonly CertificateRevocationList[];
  /** What is wrong with the others. */
  readonly missingCrls: readonly string[];
}

/**
 * Judges the targets among the inputs. Nothing is judged where no anchor could be read: the answer would be about that.
 */
export async function validatePaths(inputs: readonly ReadInput[], options: PathRoleOptions, io: Io): Promise<PathRole> {
  const { sets, errors } = await readAnchorSets(
    options.anchors,
    { password: options.password, limits: parseLimits(options.limit) },
    io,
  );
  const { crls, errors: badCrls, missing: missingCrls } = readCrlFiles(options.crl ?? []);
  const certificates = distinct(certificatesOf(inputs));
  const surroundings = {
    ...{ sets, crls, missingCrls, certificates },
    anchors: offer(sets),
    issuers: new PossibleIssuers(certificates, crls),
  };
  const targets = sets.length === 0 ? [] : targetsOf(inputs);
  const network = new Network(options);
  // A responder that does not answer is waited for; one after the other, a few hundred certificates of its CA would take an hour.
  const results = startAtOnce(targets, (target) => judge(target, surroundings, options, network));
  return {
    results: await Promise.all(results),
    findings: sets.flatMap(({ findings }) => findings),
    errors: [...errors, ...badCrls],
  };
}

/** A root that its owner has chosen is not judged as one that is trusted for being in the list. */
function offer(sets: readonly AnchorSet[]): readonly OfferedAnchor[] {
  const chosen = new Set(
    sets
      .filter(({ isFromCatalog }) => !isFromCatalog)
      .flatMap(({ certificates }) => certificates.map(({ sha256 }) => sha256)),
  );
  // The owner's first: of a certificate that is in several places, the one is shown that can be changed.
  const ordered = [...sets].sort((a, b) => Number(a.isFromCatalog) - Number(b.isFromCatalog));
  return distinct(ordered.flatMap(({ certificates }) => certificates)).map((certificate) => ({
    certificate,
    isFromCatalog: !chosen.has(certificate.sha256),
  }));
}

/**
 * What is asked about: of an endpoint the first certificate that it sends, of everything else what is no CA. Where there is
 * none of these, the CAs that have issued nothing else among the inputs.
 */
function targetsOf(inputs: readonly ReadInput[]): readonly Target[] {
  const servers = inputs
    .filter(({ kind }) => kind === 'endpoint')
    .flatMap(({ input, host, certificates }) =>
      certificates.slice(0, 1).map((certificate) => ({
        certificate,
        endpoint: input,
        host: toPeerName(host ?? ''),
        sent: new Set(certificates.map(({ sha256 }) => sha256)),
      })),
    );
  const others = distinct(certificatesOf(inputs.filter(({ kind }) => kind !== 'endpoint')));
  const endEntities = others.filter(({ ca }) => !ca);
  const found = [...servers, ...endEntities.map(fromFile)];
  if (found.length > 0) return found;
  const issuers = new Set(
    others.filter(({ selfIssued }) => !selfIssued).map(({ issuerName }) => comparableName(issuerName)),
  );
  const lowest = others.filter(({ subjectName }) => !issuers.has(comparableName(subjectName)));
  return (lowest.length > 0 ? lowest : others).map(fromFile);
}

function fromFile(certificate: Certificate): Target {
  return { certificate, endpoint: null, host: null, sent: null };
}

/** `path/not-sent`: intermediates that are at hand here, and need not be at the clients of the server. */
function warnOfUnsent(path: readonly Certificate[], sent: ReadonlySet<string>): readonly Finding[] {
  const unsent = path.slice(1, -1).filter(({ sha256 }) => !sent.has(sha256));
  const message = 'the server does not send it: Java and OpenSSL connect only where they have it of their own';
  return unsent.map((one) =>
    findingAbout(one, 'path/not-sent', 'warning', message, 'have the server send its whole chain'),
  );
}

async function judge(
  { certificate, endpoint, host, sent }: Target,
  surroundings: Surroundings,
  options: PathRoleOptions,
  network: Network,
): Promise<RoleResult> {
  const { anchors, crls, missingCrls, sets, certificates, issuers } = surroundings;
  const given = {
    anchors,
    crls,
    missingCrls,
    at: options.at,
    profile: options.profile ?? 'rfc5280',
    purpose: options.purpose ?? (endpoint !== null || options.host !== undefined ? 'serverAuth' : 'any'),
    host: options.host ?? host,
    // Who names a profile wants it to the letter.
    asProgramsDo: options.profile === undefined,
  };
  const { answer, findings: asked } = await network.validate(certificates, ({ intermediates, ocspResponses }) => {
    // A response names its signer, who may be any of them.
    const others =
      ocspResponses.length > 0
        ? certificates.filter(({ sha256 }) => sha256 !== certificate.sha256)
        : issuers.of(certificate, intermediates);
    return checkPathToAnchor(certificate, { ...given, intermediates: [...others, ...intermediates], ocspResponses });
  });
  const isOther = options.expected.size > 0 && !options.expected.has(certificate.sha256);
  const findings = [
    ...(isOther ? [fingerprintMismatch(certificate)] : []),
    ...answer.findings,
    ...(sent === null ? [] : warnOfUnsent(answer.path ?? [], sent)),
    ...asked,
    ...checkPathFitness(answer.path ?? [], options.consumers),
  ];
  const verdict = verdictOf(findings);
  const anchorNames = sets.map(({ name }) => name);
  const json = {
    certificate: toJson(certificate),
    role: 'path',
    verdict,
    path: verdict === 'fail' ? null : (answer.path?.map(toJson) ?? null),
    findings,
    ...(options.explain === true ? { candidates: answer.candidates.map(toCandidateJson) } : {}),
  };
  const text = renderPath({ ...answer, findings, endEntity: certificate, verdict, anchorNames, endpoint });
  return {
    verdict,
    json,
    text: options.explain === true ? text + renderCandidates(answer.candidates, answer.path?.length === 1) : text,
  };
}

function toJson(certificate: Certificate): Readonly<Record<string, unknown>> {
  return { ...toCertificateJson(certificate, findRoot(certificate.sha256)) };
}
