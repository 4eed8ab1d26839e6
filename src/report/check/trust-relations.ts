/**
 * Which anchors serve which targets: whether a target (a file, also one in an archive, a keystore, an endpoint) holds the anchor itself, or holds
 * certificates that were issued below it; and how far targets are in moving from an anchor to its successor.
 *
 * Issuers are found by name and key identifier (RFC 5280 4.2.1.1), as in choosing candidates for a path. No signature is
 * verified, so this is for an overview, not for trust.
 *
 * @module
 */
import type { CatalogEntry } from '../../catalog/catalog.js';
import { type CheckedCertificate, type CheckReport, catalogEntryOf } from '../../check/check-report.js';
import { isDescribed } from '../../check/described.js';
import { fileOf } from '../../check/policy-target.js';
import type { Certificate } from '../../x509/certificate.js';
import { comparableName, displayName } from '../../x509/name.js';
import type { Source } from '../../x509/source.js';
import { nameOf } from './check-format.js';

/** An anchor and the targets that it serves. */
export interface ServingAnchor {
  readonly name: string;
  /** One place of the anchor itself; null for an issuer that is not in the report. */
  readonly checked: CheckedCertificate | null;
  readonly catalog: CatalogEntry | null;
  /** In a rotation: whether the catalog names its successor, or it is the one that is named. */
  readonly role: 'old' | 'new' | null;
  /** Targets that hold it. */
  readonly heldBy: ReadonlySet<string>;
  /** Targets that do not, but hold what was issued below it. */
  readonly issuedFor: ReadonlySet<string>;
}

/** How far targets are in moving from an anchor to the one that the catalog names. */
export interface Succession {
  readonly old: string;
  readonly new: string;
  readonly oldOnly: readonly string[];
  readonly both: readonly string[];
  readonly newOnly: readonly string[];
}

/** An anchor of which not everything is known yet. */
interface Draft extends Omit<ServingAnchor, 'role' | 'heldBy' | 'issuedFor'> {
  readonly heldBy: Set<string>;
  readonly issuedFor: Set<string>;
}

const NO_FILES: ReadonlySet<string> = new Set();

/** Longer chains are made to keep somebody busy. */
const LONGEST_CHAIN = 16;

/** All anchors of a report, in the order in which they were found. Each file in an archive is a target of its own. */
export function relateAnchors({
  certificates,
  archives,
}: Pick<CheckReport, 'certificates' | 'archives'>): readonly ServingAnchor[] {
  const targetOf = ({ input, member }: Source) => {
    const file = fileOf(member, archives.get(input) ?? NO_FILES);
    return file === null ? input : `${input}!/${file}`;
  };
  const drafts = new Map<string, Draft>();
  const draftOf = (key: string, make: () => Pick<Draft, 'name' | 'checked' | 'catalog'>): Draft => {
    const draft = drafts.get(key) ?? { ...make(), heldBy: new Set<string>(), issuedFor: new Set<string>() };
    drafts.set(key, draft);
    return draft;
  };
  for (const checked of certificates) {
    const key = anchorKey(checked);
    if (key === null) continue;
    draftOf(key, () => ({ name: nameOf(checked), checked, catalog: catalogEntryOf(checked) })).heldBy.add(
      targetOf(checked.source),
    );
  }
  const topOf = issuerFinder(certificates);
  for (const { certificate, source } of certificates) {
    if (isDescribed(certificate) || certificate.selfIssued) continue;
    const top = topOf(certificate);
    const missing = () => ({ name: displayName(top.issuerName), checked: null, catalog: null });
    const draft = draftOf(top.selfIssued ? top.sha256 : `missing ${comparableName(top.issuerName)}`, missing);
    const target = targetOf(source);
    if (!draft.heldBy.has(target)) draft.issuedFor.add(target);
  }
  const successors = new Set([...drafts.values()].map(({ catalog }) => catalog?.successor ?? null));
  return [...drafts.values()].map((draft) => ({ ...draft, role: roleOf(draft.catalog, successors) }));
}

/** A row for each anchor whose successor the catalog names. */
export function successionsOf(anchors: readonly ServingAnchor[]): readonly Succession[] {
  return anchors.flatMap((old) => {
    const successor = old.catalog?.successor ?? null;
    if (successor === null) return [];
    const recent = anchors.find(({ catalog }) => catalog?.name === successor)?.heldBy ?? new Set<string>();
    return {
      old: old.name,
      new: successor,
      oldOnly: [...old.heldBy].filter((target) => !recent.has(target)),
      both: [...old.heldBy].filter((target) => recent.has(target)),
      newOnly: [...recent].filter((target) => !old.heldBy.has(target)),
    };
  });
}

function roleOf(catalog: CatalogEntry | null, successors: ReadonlySet<string | null>): ServingAnchor['role'] {
  if (catalog === null) return null;
  if (catalog.successor !== null) return 'old';
  return successors.has(catalog.name) ? 'new' : null;
}

/** What identifies an anchor; null for what is none. */
function anchorKey(checked: CheckedCertificate): string | null {
  const { certificate } = checked;
  if (!isDescribed(certificate)) return certificate.ca && certificate.selfIssued ? certificate.sha256 : null;
  // A public root, whose issuer need not be printed.
  const known = catalogEntryOf(checked);
  if (known !== null) return known.sha256;
  const { usage, subject, issuer, serialNumber } = certificate;
  return usage === 'ca' && subject !== null && subject === issuer ? `described ${subject} ${serialNumber}` : null;
}

/** Finds the last certificate of the report on the way from a certificate up to its anchor: the anchor itself if it is there. */
function issuerFinder(certificates: readonly CheckedCertificate[]): (certificate: Certificate) => Certificate {
  const authorities = new Map<string, Certificate>();
  const keep = (key: string, certificate: Certificate) => {
    const known = authorities.get(key);
    if (known === undefined || (certificate.selfIssued && !known.selfIssued)) authorities.set(key, certificate);
  };
  for (const { certificate } of certificates) {
    if (isDescribed(certificate) || !certificate.ca) continue;
    const name = comparableName(certificate.subjectName);
    keep(name, certificate);
    keep(`${name} ${certificate.subjectKeyIdentifier ?? ''}`, certificate);
  }
  const issuerOf = ({ issuerName, authorityKeyIdentifier }: Certificate): Certificate | undefined => {
    const name = comparableName(issuerName);
    if (authorityKeyIdentifier === null) return authorities.get(name);
    return authorities.get(`${name} ${authorityKeyIdentifier}`) ?? authorities.get(`${name} `);
  };
  const tops = new Map<string, Certificate>();
  return (certificate) => {
    const known = tops.get(certificate.sha256);
    if (known !== undefined) return known;
    let top = certificate;
    for (let steps = 0; steps < LONGEST_CHAIN && !top.selfIssued; steps++) top = issuerOf(top) ?? top;
    tops.set(certificate.sha256, top);
    return top;
  };
}
