/**
 * Taking a newer list of roots over into a catalog: what is new, what left, what changed. History is never lost: a root
 * that is not in the list any more is `removed`, with the day, and keeps all else that is known of it.
 *
 * @module
 */
import { encodeBase64 } from '../encoding/base64.js';
import { toPrintable } from '../encoding/printable.js';
import { toDay, toRfc3339 } from '../encoding/rfc3339.js';
import { TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import { attributeOf, displayName } from '../x509/name.js';
import { ATTRIBUTE } from '../x509/oids.js';
import type { CatalogData, RootListSource } from './catalog.js';
import type { ListedRoot } from './certdata.js';
import { type CatalogStatus, isTrustedForServers, type RootFacts } from './root-facts.js';

/** Of characters; the longest name in Mozilla's list has 125. */
const MAX_NAME = 250;

/** A list of roots, and where it comes from. */
export interface RootList extends RootListSource {
  readonly roots: readonly ListedRoot[];
}

/** What becomes of one root by an update. */
export interface RootChange {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly sha256: string;
  readonly name: string;
  /** Null for a root that was not known. */
  readonly before: RootFacts | null;
  readonly after: RootFacts;
}

/** A catalog after an update. */
export interface CatalogUpdate {
  readonly data: CatalogData;
  /** By name. */
  readonly changes: readonly RootChange[];
  /** Roots of a bundle of certificates that keep the status they have: a bundle says nothing of trust. */
  readonly kept: readonly RootFacts[];
  /** How many roots that are trusted for servers the list lacks, of how many. */
  readonly missing: { readonly count: number; readonly of: number };
}

/** The certificates of a PEM bundle as a list, which trusts all of them for servers. */
export function listedByBundle(certificates: readonly Certificate[]): readonly ListedRoot[] {
  const distinct = new Map(certificates.map((certificate) => [certificate.sha256, certificate]));
  return [...distinct.values()].map((certificate) => ({
    certificate,
    label: displayName(certificate.subjectName),
    server: 'trusted',
    email: 'none',
    distrustAfter: null,
  }));
}

/**
 * Takes a list over.
 *
 * @param held - whether the catalog holds the certificate of a SHA-256 already
 * @param today - the day that it is now
 * @param force - whether an older list may be taken over, and one of a day to come
 * @throws {TrustError} `catalog/older` and `catalog/future` without `force`; `catalog/malformed` for a list that trusts nothing, or trusts what is no
 *   CA
 */
export function updateCatalog(
  base: CatalogData,
  list: RootList,
  { held, today, force }: { readonly held: (sha256: string) => boolean; readonly today: Date; readonly force: boolean },
): CatalogUpdate {
  checkTrusted(list);
  if (!force) checkAge(base, list, today);
  const known = new Map(base.roots.map((facts) => [facts.sha256, facts]));
  const listed = new Set(list.roots.map(({ certificate }) => certificate.sha256));
  const next = new Map(
    base.roots.map((facts) => [facts.sha256, listed.has(facts.sha256) ? facts : absent(facts, list)]),
  );
  const kept: RootFacts[] = [];
  for (const root of list.roots) {
    const before = known.get(root.certificate.sha256);
    if (before !== undefined && list.kind === 'pem' && !mayInclude(before)) kept.push(before);
    else next.set(root.certificate.sha256, present(root, before, list));
  }
  const roots = [...next.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const { kind, name, sha256, date } = list;
  const source: RootListSource = { kind, name, sha256, date };
  const isRepeated = isSameList(base.updates.at(-1), source);
  return {
    data: {
      // An older list makes no older catalog: what was known stays.
      date: list.date < base.date ? base.date : date,
      builtIn: base.builtIn,
      updates: isRepeated ? base.updates : [...base.updates, source],
      roots,
      bodies: withBodies(base.bodies, list, held),
    },
    changes: changesBetween(known, roots),
    kept,
    missing: missingIn(list, base),
  };
}

/** In milliseconds. */
const SECOND = 1000;
/** Where the day begins first, it is that much later than in UTC. */
const EARLIEST_ZONE = 14 * 3600 * SECOND;

function checkAge(base: CatalogData, list: RootList, today: Date): void {
  if (list.date > toDay(new Date(today.getTime() + EARLIEST_ZONE))) {
    // A catalog of that day would count as newer than every list, and than what later versions have built in.
    throw new TrustError('catalog/future', `the list is of ${list.date}, and that day has not come`, {
      hint: '--at says which day a list is of; look at the clock of this machine, --force takes the list all the same',
    });
  }
  if (list.date >= base.date) return;
  throw new TrustError(
    'catalog/older',
    `the list is of ${list.date}, and the catalog knows what became of roots up to ${base.date}`,
    {
      hint: 'take a newer list; --at says which day a list is of, --force takes an older one',
    },
  );
}

/** Of the roots of Mozilla's list that are trusted for servers, those that the newer list lacks. */
function missingIn(list: RootList, base: CatalogData): CatalogUpdate['missing'] {
  const trusted = base.roots.filter((facts) => isTrustedForServers(facts) && facts.bundle === undefined);
  const listed = new Set(list.roots.map(({ certificate }) => certificate.sha256));
  return { count: trusted.filter(({ sha256 }) => !listed.has(sha256)).length, of: trusted.length };
}

/** A bundle of certificates gives no trust back that Mozilla's list has taken away. */
function mayInclude({ status, bundle }: RootFacts): boolean {
  return status === 'included' || bundle !== undefined;
}

/** A root vouches for itself; what is no CA would be given to keystores as if it were one. */
function checkTrusted({ roots }: RootList): void {
  const trusted = roots.filter(({ server, email }) => server === 'trusted' || email === 'trusted');
  const odd = trusted.find(({ certificate }) => !certificate.ca);
  if (odd !== undefined) {
    throw new TrustError('catalog/malformed', `the list trusts what is no CA: ${odd.certificate.displaySubject}`, {
      hint: 'take a list that holds roots alone',
    });
  }
  if (trusted.some(({ server }) => server === 'trusted')) return;
  throw new TrustError('catalog/malformed', 'the list trusts no root for servers', {
    hint: 'it may be cut short, or a list for another purpose',
  });
}

function isSameList(a: RootListSource | undefined, b: RootListSource): boolean {
  return a !== undefined && a.sha256 === b.sha256 && a.date === b.date && a.name === b.name;
}

/** A root that the list has. */
function present(root: ListedRoot, before: RootFacts | undefined, list: RootList): RootFacts {
  const { certificate, server, email } = root;
  // A bundle has no dates: what is known of them holds.
  const distrustAfter = list.kind === 'pem' ? (before?.distrustAfter ?? null) : root.distrustAfter;
  const status = statusOf({ server, email, distrustAfter });
  const hadTrust = before !== undefined && isTrustedForServers(before);
  const lostNow = hadTrust && !isTrustedForServers({ status }) ? list.date : null;
  const lostTrust = isTrustedForServers({ status }) ? null : (lostNow ?? before?.serverTrustLost ?? null);
  const { bundle: _, ...known } = before ?? firstFacts(certificate, root.label, list.date);
  return {
    ...known,
    status,
    since: sinceWhen(status, before, lostTrust, list.date),
    serverTrustLost: lostTrust,
    distrustAfter,
    explicitDistrust: known.explicitDistrust || server === 'refused',
    trustedForEmail: list.kind === 'pem' ? known.trustedForEmail : email === 'trusted',
    // Mozilla's word stays where a bundle says nothing else.
    ...(list.kind === 'pem' && (before === undefined || before.bundle !== undefined) ? { bundle: nameOf(list) } : {}),
  };
}

/** `email-only` has been so since server trust was lost, or for ever. */
function sinceWhen(
  status: CatalogStatus,
  before: RootFacts | undefined,
  lost: string | null,
  date: string,
): string | null {
  if (status === before?.status) return before.since;
  return status === 'email-only' ? lost : date;
}

function statusOf({ server, email, distrustAfter }: Omit<ListedRoot, 'certificate' | 'label'>): CatalogStatus {
  if (server === 'trusted') return distrustAfter === null ? 'included' : 'distrust-after';
  return email === 'trusted' ? 'email-only' : 'no-trust';
}

/** A root that the list does not have. */
function absent(facts: RootFacts, list: RootList): RootFacts {
  if (facts.status === 'removed' || !isAboutIt(list, facts)) return facts;
  const { bundle: _, ...known } = facts;
  return {
    ...known,
    status: 'removed',
    since: list.date,
    serverTrustLost: isTrustedForServers(facts) ? list.date : facts.serverTrustLost,
    trustedForEmail: false,
    ...(list.kind === 'pem' ? { bundle: nameOf(list) } : {}),
  };
}

/** A bundle is one of roots for servers, and Mozilla's list knows nothing of a root that a bundle brought. */
function isAboutIt({ kind }: RootListSource, facts: RootFacts): boolean {
  return kind === 'pem' ? isTrustedForServers(facts) : facts.bundle === undefined;
}

function nameOf({ name, date }: RootListSource): string {
  return `${name} of ${date}`;
}

function firstFacts(certificate: Certificate, label: string, date: string): RootFacts {
  const { sha256, sha1, serialNumber, notBefore, notAfter, publicKey, subjectName } = certificate;
  return {
    sha256,
    sha1,
    name: toShownName(label) ?? sha256,
    commonName: toShownName(attributeOf(subjectName, ATTRIBUTE.commonName)),
    organization: toShownName(attributeOf(subjectName, ATTRIBUTE.organizationName)),
    serialNumber,
    notBefore: toWholeSecond(notBefore),
    notAfter: toWholeSecond(notAfter),
    key: publicKey.size === null ? null : `${publicKey.algorithm} ${publicKey.curve ?? publicKey.size}`,
    firstSeen: date,
    status: 'included',
    since: date,
    serverTrustLost: null,
    distrustAfter: null,
    explicitDistrust: false,
    trustedForEmail: false,
  };
}

/** Some certificates have fractions of seconds, and a catalog has none. */
function toWholeSecond(date: Date): string {
  return toRfc3339(new Date(Math.floor(date.getTime() / SECOND) * SECOND));
}

/** Text of a certificate or a list is anybody's: it is escaped and of bounded length before it is kept. */
function toShownName(text: string | null): string | null {
  const shown = toPrintable(text ?? '');
  return shown === '' ? null : [...shown].slice(0, MAX_NAME).join('');
}

/** The certificate of a root that the list refuses is of no use to anybody. */
function withBodies(
  bodies: ReadonlyMap<string, string>,
  { roots }: RootList,
  held: (sha256: string) => boolean,
): ReadonlyMap<string, string> {
  const added = roots
    .filter(({ certificate, server }) => server !== 'refused' && !held(certificate.sha256))
    .map(({ certificate }) => [certificate.sha256, encodeBase64(certificate.der)] as const);
  return new Map([...bodies, ...added].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function changesBetween(known: ReadonlyMap<string, RootFacts>, roots: readonly RootFacts[]): readonly RootChange[] {
  return roots
    .map((after) => ({ before: known.get(after.sha256) ?? null, after }))
    .filter(({ before, after }) => before === null || !isSameStatus(before, after))
    .map(({ before, after }) => ({
      kind: kindOf(before, after),
      sha256: after.sha256,
      name: after.name,
      before,
      after,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.sha256 < b.sha256 ? -1 : 1));
}

function kindOf(before: RootFacts | null, after: RootFacts): RootChange['kind'] {
  if (before === null) return 'added';
  return after.status === 'removed' ? 'removed' : 'changed';
}

/** E-mail trust alone is no change of status. */
function isSameStatus(a: RootFacts, b: RootFacts): boolean {
  return a.status === b.status && a.distrustAfter === b.distrustAfter && a.explicitDistrust === b.explicitDistrust;
}
