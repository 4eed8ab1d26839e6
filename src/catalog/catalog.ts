/**
 * Known public roots and what became of them: the facts of Mozilla's root list (roots.json), what its authors and
 * vendors gave as reasons (annotations.json), and the certificates themselves (bodies.json). docs/catalog.md says where
 * each comes from and how it is renewed. A catalog that a site keeps itself (catalog-file.ts) takes the place of the facts,
 * and adds to the certificates.
 *
 * @module
 */
import { decodeCertificate } from '../x509/certificate.js';
import annotationsJson from './annotations.json' with { type: 'json' };
import bodiesJson from './bodies.json' with { type: 'json' };
import { type CatalogStatus, describeRoot, isTrustedForServers, type RootFacts } from './root-facts.js';
import rootsJson from './roots.json' with { type: 'json' };

/** What is known about one public root. */
export interface CatalogEntry {
  /** Lower-case hex: the identity. */
  readonly sha256: string;
  readonly name: string;
  readonly status: CatalogStatus;
  /** `YYYY-MM-DD` since when the status holds, or null where it is not recorded. */
  readonly since: string | null;
  /** `distrust-after` only: certificates issued later are not trusted for servers; RFC 3339. */
  readonly distrustAfter: string | null;
  /** Why trust was withdrawn for misissuance or a breach of the same weight, with the source, or null. */
  readonly misissuance: string | null;
  /** The name of the root that its users moved to, where a vendor named one. */
  readonly successor: string | null;
  /** A sentence for people: the story, with dates and who said so. */
  readonly detail: string;
  /** The list that brought it into a catalog which a site keeps; null for a root that is built in. */
  readonly addedBy: string | null;
}

/** Who is known to use a root. */
export interface RootUse {
  /** A product or service. */
  readonly by: string;
  readonly source: string;
  /** The day or month the source is of, or null where it is not recorded. */
  readonly date: string | null;
  /** Whether the source itself was read or looked into; false for what is inferred or told. */
  readonly verified: boolean;
}

/** Everything that is known about one public root. */
export interface CatalogRoot extends CatalogEntry {
  readonly facts: RootFacts;
  readonly trustedFor: readonly ('server' | 'email')[];
  /** SHA-256 of the successor, or null. */
  readonly successorSha256: string | null;
  readonly uses: readonly RootUse[];
  /** Whether `genuineRoot` has the certificate. */
  readonly hasCertificate: boolean;
}

/** A list of roots that a catalog was renewed from. */
export interface RootListSource {
  readonly kind: 'certdata' | 'pem';
  /** The name of its file. */
  readonly name: string;
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** The day it is of. */
  readonly date: string;
}

/** A catalog as data. */
export interface CatalogData {
  /** The day its facts are of. */
  readonly date: string;
  /** The day of the catalog that was built in where this one was made; empty where it does not say. */
  readonly builtIn: string;
  /** The lists that were taken over since the catalog was built, oldest first; none for the one that is built in. */
  readonly updates: readonly RootListSource[];
  readonly roots: readonly RootFacts[];
  /** Certificates beside those that are built in: base64 of the DER by SHA-256. */
  readonly bodies: ReadonlyMap<string, string>;
}

interface Succession {
  readonly root: string;
  readonly successor: string;
  readonly story: string;
  readonly source: string;
}

interface Distrust {
  readonly roots: readonly string[];
  readonly reason: string;
  readonly source: string;
  readonly date: string;
}

// Asked for where they are needed and not before: the command line reads the data when it is first asked for.
const builtInRoots = (): readonly RootFacts[] => rootsJson.roots as readonly RootFacts[];
const successions = (): readonly Succession[] => annotationsJson.successions;
const distrusted = (): readonly Distrust[] => annotationsJson.distrusted;
const uses = (): readonly (RootUse & { readonly root: string })[] => annotationsJson.uses;

/** How many digits of each fingerprint stand in `rootMarks`. */
const MARK_DIGITS = 6;

let installed: CatalogData | null = null;
let factsByRoot: ReadonlyMap<string, RootFacts> | undefined;
let factsBySha1: ReadonlyMap<string, RootFacts> | undefined;
let bodies: ReadonlyMap<string, string> | undefined;
let lengths: ReadonlySet<number> | undefined;
let builtInFingerprints: ReadonlySet<string> | undefined;

/** The catalog that is built in. */
export function builtInCatalog(): CatalogData {
  const date = builtInDate();
  return { date, builtIn: date, updates: [], roots: builtInRoots(), bodies: new Map() };
}

/** The day the facts that are built in are of. */
export function builtInDate(): string {
  return rootsJson.headDate.slice(0, 10);
}

/**
 * Makes every later question one to this catalog. Called once, before anything is asked, by the program that keeps such a
 * catalog. Nothing that is built in is lost by it: a root that it does not have stays, and what was named to be refused
 * stays refused.
 *
 * @param data - null for the catalog that is built in
 */
export function installCatalog(data: CatalogData | null): void {
  if (data === installed) return;
  installed = data;
  factsByRoot = undefined;
  factsBySha1 = undefined;
  bodies = undefined;
  lengths = undefined;
}

/** The catalog that is asked. */
export function currentCatalog(): CatalogData {
  if (installed === null) return builtInCatalog();
  return { ...installed, builtIn: builtInDate(), roots: [...knownFacts().values()] };
}

/**
 * What is known about a root.
 *
 * @param sha256 - lower-case hex
 * @returns null for a certificate that no version of the root list held
 */
export function findRoot(sha256: string): CatalogEntry | null {
  if (!mayBeKnown(sha256)) return null;
  const facts = knownFacts().get(sha256);
  return facts === undefined ? null : toEntry(facts);
}

/**
 * The same by the fingerprint that devices print: to make another certificate with that of a given one is beyond anybody.
 *
 * @param sha1 - lower-case hex
 */
export function findRootBySha1(sha1: string): CatalogEntry | null {
  factsBySha1 ??= new Map([...knownFacts().values()].map((facts) => [facts.sha1, facts]));
  const facts = factsBySha1.get(sha1);
  return facts === undefined ? null : toEntry(facts);
}

/** Tells most certificates of others by the first digits alone: reading all facts takes longer than adding one to a keystore. */
function mayBeKnown(sha256: string): boolean {
  if (factsByRoot !== undefined || installed !== null) return true;
  return rootsJson.rootMarks.includes(sha256.slice(0, MARK_DIGITS));
}

/** Every root, ordered by fingerprint. */
export function catalogRoots(): readonly CatalogEntry[] {
  return [...knownFacts().values()].map(toEntry);
}

/** The same with everything that is known about each. */
export function catalogRecords(): readonly CatalogRoot[] {
  return [...knownFacts().values()].map(toRoot);
}

/**
 * The roots of a name. Names are not unique: a root may have been made anew under the same one.
 *
 * @param name - the name in the root list or the common name, in any case
 */
export function findByName(name: string): readonly CatalogEntry[] {
  const wanted = name.toLowerCase();
  return [...knownFacts().values()]
    .filter((facts) => [facts.name, facts.commonName].some((known) => known?.toLowerCase() === wanted))
    .map(toEntry);
}

/**
 * The genuine certificate of a root.
 *
 * @param sha256 - lower-case hex
 * @returns DER, or null where the catalog knows facts only
 */
export function genuineRoot(sha256: string): Uint8Array | null {
  const base64 = genuineBodies().get(sha256);
  return base64 === undefined ? null : new Uint8Array(Buffer.from(base64, 'base64'));
}

/** All certificates that the catalog holds: base64 of the DER by SHA-256. Another map for another catalog. */
export function genuineBodies(): ReadonlyMap<string, string> {
  bodies ??= new Map([
    ...bodiesJson.bodies.map(({ sha256, base64 }) => [sha256, base64] as const),
    ...(installed?.bodies ?? []),
  ]);
  return bodies;
}

/** How long the DER of any of them is, in bytes. Known without the certificates, which take their time to read. */
export function genuineLengths(): ReadonlySet<number> {
  if (lengths !== undefined) return lengths;
  const added = [...(installed?.bodies.values() ?? [])].map((base64) => Buffer.from(base64, 'base64').length);
  lengths = new Set([...rootsJson.bodyLengths, ...added]);
  return lengths;
}

/** The subject key identifier of a root in lower-case hex; null where it has none, or the catalog knows facts only. */
export function keyIdentifierOf(sha256: string): string | null {
  const der = genuineRoot(sha256);
  return der === null ? null : decodeCertificate(der).subjectKeyIdentifier;
}

/** In the order of the fingerprints. */
function knownFacts(): ReadonlyMap<string, RootFacts> {
  factsByRoot ??= installed === null ? byFingerprint(builtInRoots()) : unite(builtInRoots(), installed);
  return factsByRoot;
}

function byFingerprint(roots: readonly RootFacts[]): ReadonlyMap<string, RootFacts> {
  return new Map(roots.map((facts) => [facts.sha256, facts]));
}

/** What is built in, with the newer facts in the place of the older. */
function unite(builtIn: readonly RootFacts[], site: CatalogData): ReadonlyMap<string, RootFacts> {
  const known = new Map(byFingerprint(builtIn));
  const isBehind = isBehindBuiltIn(site);
  for (const facts of site.roots) {
    const before = known.get(facts.sha256);
    const explicitDistrust = facts.explicitDistrust || (before?.explicitDistrust ?? false);
    const newest = isBehind && before !== undefined && hasLostTrust(before, facts) ? before : facts;
    known.set(facts.sha256, { ...newest, explicitDistrust });
  }
  return new Map([...known].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Whether what is built in says the newest of trust: the catalog was made where an older one was built in, and no newer root
 * list was taken over since. A bundle of certificates says nothing of trust, however new it is.
 */
function isBehindBuiltIn({ builtIn, updates }: CatalogData): boolean {
  const date = builtInDate();
  return builtIn < date && !updates.some((list) => list.kind === 'certdata' && list.date >= date);
}

/** Whether a root has lost trust by the newer facts, and not more of it by the older ones. */
function hasLostTrust(newer: RootFacts, older: RootFacts): boolean {
  return newer.status !== 'included' && (!isTrustedForServers(newer) || isTrustedForServers(older));
}

function toEntry(facts: RootFacts): CatalogEntry {
  const { sha256, name, status, since, distrustAfter } = facts;
  const succession = successionOf(facts);
  return {
    sha256,
    name,
    status,
    since,
    distrustAfter: status === 'distrust-after' ? distrustAfter : null,
    misissuance: misissuanceOf(facts),
    successor: successorOf(facts)?.name ?? null,
    detail: [
      describeRoot(facts),
      ...(succession === undefined ? [] : [`${succession.story} (${succession.source})`]),
    ].join('; '),
    addedBy: addedBy(facts),
  };
}

/** A root that is not built in has come with one of the lists. */
function addedBy({ sha256, firstSeen, bundle }: RootFacts): string | null {
  if (installed === null || isBuiltIn(sha256)) return null;
  const list = installed.updates.find(({ date }) => date === firstSeen);
  return bundle ?? (list === undefined ? `a list of ${firstSeen}` : `${list.name} of ${list.date}`);
}

function isBuiltIn(sha256: string): boolean {
  builtInFingerprints ??= new Set(builtInRoots().map((facts) => facts.sha256));
  return builtInFingerprints.has(sha256);
}

function toRoot(facts: RootFacts): CatalogRoot {
  return {
    ...toEntry(facts),
    facts,
    trustedFor: [
      ...(isTrustedForServers(facts) ? (['server'] as const) : []),
      ...(facts.trustedForEmail ? (['email'] as const) : []),
    ],
    successorSha256: successorOf(facts)?.sha256 ?? null,
    uses: uses()
      .filter(({ root }) => root === facts.sha256)
      .map(({ by, source, date, verified }) => ({ by, source, date, verified })),
    hasCertificate: genuineBodies().has(facts.sha256),
  };
}

function successionOf({ sha256 }: RootFacts): Succession | undefined {
  return successions().find(({ root }) => root === sha256);
}

function successorOf(facts: RootFacts): RootFacts | undefined {
  const successor = successionOf(facts)?.successor;
  return successor === undefined ? undefined : knownFacts().get(successor);
}

function misissuanceOf({ sha256, explicitDistrust }: RootFacts): string | null {
  const distrust = distrusted().find(({ roots }) => roots.includes(sha256));
  if (distrust !== undefined) return `${distrust.reason} (${distrust.source}, ${distrust.date})`;
  return explicitDistrust ? 'the root list named it in order to have it refused' : null;
}
