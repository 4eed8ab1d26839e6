/**
 * What the files are that a policy demands something of, and what each of them holds: an input, or the files in it where it is an
 * archive. What stands in a document in them (a kubeconfig, a mail) is theirs.
 *
 * @module
 */
import type { DescribedCertificate } from '../device/show-output.js';
import type { Certificate } from '../x509/certificate.js';
import { type Source, sourceOf } from '../x509/source.js';
import type { Finding } from './finding.js';
import type { InputContent } from './input-content.js';

/** A certificate, or what a device says of one. */
export type Judged = Certificate | DescribedCertificate;

/** An input that could be read, also one without any certificate. */
export interface PolicyTarget extends InputContent {
  /** What could not be read of it. */
  readonly findings?: readonly Finding[];
}

/** What a file holds: fingerprints; null is one that is not known. */
export interface Holding {
  readonly trusted: ReadonlySet<string | null>;
  /** What only stands there. */
  readonly untrusted: ReadonlySet<string | null>;
}

/** An input, or the files in it. */
export function sourcesOf(input: string, members: readonly string[]): readonly Source[] {
  return members.length === 0 ? [sourceOf(input)] : members.map((member) => sourceOf(input, { member }));
}

/**
 * What each file of a target holds, also nothing at all; without files in an archive of which nothing could be read.
 *
 * @param fingerprintOf - SHA-256; null where it is not known
 * @returns null for the input itself, else the path in the archive
 */
export function holdingsOf(
  target: PolicyTarget,
  fingerprintOf: (certificate: Judged) => string | null,
): readonly (readonly [file: string | null, holding: Holding])[] {
  const { certificates, described, members = [], untrusted = [], findings = [] } = target;
  const files = members.length === 0 ? [null] : members;
  const holdings = new Map(
    files.map((file) => [file, { trusted: new Set<string | null>(), untrusted: new Set<string | null>() }]),
  );
  const isUntrusted = new Set(untrusted);
  for (const [index, one] of [...certificates, ...described].entries()) {
    const holding = holdings.get(fileOf(one.source?.member ?? null, holdings));
    holding?.[isUntrusted.has(index) ? 'untrusted' : 'trusted'].add(fingerprintOf(one));
  }
  const isUnread = (file: string) => findings.some(({ source }) => isWithin(source?.member ?? '', file));
  return [...holdings].filter(([file, holding]) => {
    const isEmpty = holding.trusted.size + holding.untrusted.size === 0;
    return !isEmpty || file === null || !isUnread(file);
  });
}

/**
 * The file in which a part of an input stands: a document in it has parts of its own.
 *
 * @param files - those of an archive, or the attachments of a mail
 * @returns null for what is in none of them
 */
export function fileOf(member: string | null, files: Pick<ReadonlySet<string | null>, 'has'>): string | null {
  for (let file = member ?? ''; file !== ''; file = file.slice(0, Math.max(0, file.lastIndexOf('!/')))) {
    if (files.has(file)) return file;
  }
  return null;
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}!/`);
}
