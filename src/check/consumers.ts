/**
 * Whether a consumer can take a certificate: the map of consumers, and the findings on one certificate. Only what a document
 * says or a test has shown is here (docs/consumers.md has every limit with its source); what nobody knows is no limit.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { quote } from '../path/reason.js';
import { asCertificate, type Certificate } from '../x509/certificate.js';
import { ciscoDevices } from './consumers/cisco.js';
import type { Certainty, Consumer, Limit, Position } from './consumers/consumer.js';
import { javaReleases } from './consumers/java.js';
import { asksForAction, type Finding } from './finding.js';
import { findingAbout } from './rule.js';

/** Every consumer that is known. */
export const CONSUMERS: readonly Consumer[] = [...javaReleases, ...ciscoDevices];

const POSITIONS: readonly Position[] = ['anchor', 'intermediate', 'end-entity'];

/** For what a certificate is to be fit. */
export interface FitnessOptions {
  /** Names of consumers: `java17`, `asa` … */
  readonly consumers: readonly string[];
  /** Where it stands; default: an anchor. */
  readonly position?: Position;
}

/** The names of all consumers. */
export function consumerNames(): readonly string[] {
  return CONSUMERS.map(({ name }) => name);
}

/**
 * What consumers cannot take of a certificate.
 *
 * @param certificate - decoded, or DER
 * @returns `fitness/…`: an error where a consumer refuses it, a warning where that depends or is not certain, and a note where
 *   nothing is known against it of a consumer that nobody tried
 * @throws {TrustError} `certificate/malformed`, `usage/bad-value` for a name that is none of `consumerNames` and for a
 *   position that is none
 */
export function checkFitness(
  certificate: Certificate | Uint8Array,
  { consumers, position = 'anchor' }: FitnessOptions,
): readonly Finding[] {
  requirePosition(position);
  const subject = asCertificate(certificate);
  return [...new Set(consumers)].map(consumerOf).flatMap((consumer) => checkConsumer(subject, consumer, position));
}

/**
 * What consumers cannot take of a path. That nothing was tried is said of its anchor alone.
 *
 * @param path - the end entity first, the anchor last
 * @throws {TrustError} as `checkFitness`
 */
export function checkPathFitness(path: readonly Certificate[], consumers: readonly string[]): readonly Finding[] {
  return path.flatMap((certificate, index) => {
    const position = index === path.length - 1 ? 'anchor' : index === 0 ? 'end-entity' : 'intermediate';
    const findings = checkFitness(certificate, { consumers, position });
    return position === 'anchor' ? findings : findings.filter(asksForAction);
  });
}

/** Callers without types are told what there is: only of an anchor the signature does not matter. */
function requirePosition(position: Position): void {
  if (POSITIONS.includes(position)) return;
  throw new TrustError('usage/bad-value', `${quote(String(position))} is not a place in a path`, {
    hint: `choose from ${POSITIONS.join(', ')}`,
  });
}

/** @throws {TrustError} `usage/bad-value` */
function consumerOf(name: string): Consumer {
  const consumer = CONSUMERS.find((candidate) => candidate.name === name);
  if (consumer === undefined) {
    throw new TrustError('usage/bad-value', `${quote(name)} is not a consumer`, {
      hint: `choose from ${consumerNames().join(', ')}`,
    });
  }
  return consumer;
}

function checkConsumer(certificate: Certificate, consumer: Consumer, position: Position): readonly Finding[] {
  const findings = consumer.limits.flatMap((limit) => {
    const found = limit.describe(certificate, position);
    if (found === null) return [];
    const message = `${consumer.title}: ${found} (${describeSource(limit)})`;
    return [findingAbout(certificate, limit.code, limit.severity, message, limit.hint)];
  });
  if (findings.length > 0 || consumer.tried) return findings;
  return [
    findingAbout(
      certificate,
      'fitness/not-tried',
      'info',
      `${consumer.title}: nothing is known against it, and nothing was tried`,
      'try it on one first; docs/consumers.md has what is known',
    ),
  ];
}

const CERTAINTIES: Readonly<Record<Certainty, string>> = {
  verified: 'tried with',
  documented: 'documented in',
  unverified: 'not verified,',
};

function describeSource({ certainty, source: { title, date } }: Limit): string {
  return `${CERTAINTIES[certainty]} ${title}, ${date}`;
}
