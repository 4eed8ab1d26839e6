/**
 * Known public roots and what became of them: the facts of Mozilla's root list (roots.json), what its authors and
 * vendors gave as reasons (annotations.json), and the certificates themselves (bodies.json). docs/catalog.md says where
 * each comes from and how it is renewed.
 *
 * @module
 */
import annotationsJson from './annotations.json' with { type: 'json' };
import bodiesJson from './bodies.json' with { type: 'json' };
import rootsJson from './roots.json' with { type: 'json' };

/** What became of a root in the root list. */
export type CatalogStatus = 'included' | 'distrust-after' | 'email-only' | 'no-trust' | 'removed';

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
}

/** One record of roots.json. */
interface RootFacts {
  readonly sha256: string;
  readonly name: string;
  readonly commonName: string | null;
  readonly organization: string | null;
  readonly notAfter: string;
  readonly firstSeen: string;
  readonly status: CatalogStatus;
  readonly since: string | null;
  readonly serverTrustLost: string | null;
  readonly distrustAfter: string | null;
  /** The list named the certificate in order to have it refused. */
  readonly explicitDistrust: boolean;
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
const roots = (): readonly RootFacts[] => rootsJson.roots as readonly RootFacts[];
const successions = (): readonly Succession[] => annotationsJson.successions;
const distrusted = (): readonly Distrust[] => annotationsJson.distrusted;

let factsByRoot: ReadonlyMap<string, RootFacts> | undefined;
let bodies: ReadonlyMap<string, string> | undefined;

/**
 * What is known about a root.
 *
 * @param sha256 - lower-case hex
 * @returns null for a certificate that no version of the root list held
 */
export function findRoot(sha256: string): CatalogEntry | null {
  factsByRoot ??= new Map(roots().map((facts) => [facts.sha256, facts]));
  const facts = factsByRoot.get(sha256);
  return facts === undefined ? null : toEntry(facts);
}

/** Every root, ordered by fingerprint. */
export function catalogRoots(): readonly CatalogEntry[] {
  return roots().map(toEntry);
}

/**
 * The roots of a name. Names are not unique: a root may have been made anew under the same one.
 *
 * @param name - the name in the root list or the common name, in any case
 */
export function findByName(name: string): readonly CatalogEntry[] {
  const wanted = name.toLowerCase();
  return roots()
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

/** All certificates that the catalog holds: base64 of the DER by SHA-256. */
export function genuineBodies(): ReadonlyMap<string, string> {
  bodies ??= new Map(bodiesJson.bodies.map(({ sha256, base64 }) => [sha256, base64]));
  return bodies;
}

function toEntry(facts: RootFacts): CatalogEntry {
  const { sha256, name, status, since, distrustAfter } = facts;
  const succession = successions().find(({ root }) => root === sha256);
  const successor = roots().find((root) => root.sha256 === succession?.successor);
  return {
    sha256,
    name,
    status,
    since,
    distrustAfter: status === 'distrust-after' ? distrustAfter : null,
    misissuance: misissuanceOf(facts),
    successor: successor?.name ?? null,
    detail: [describe(facts), ...(succession === undefined ? [] : [`${succession.story} (${succession.source})`])].join(
      '; ',
    ),
  };
}

function misissuanceOf({ sha256, explicitDistrust }: RootFacts): string | null {
  const distrust = distrusted().find(({ roots }) => roots.includes(sha256));
  if (distrust !== undefined) return `${distrust.reason} (${distrust.source}, ${distrust.date})`;
  return explicitDistrust ? 'the root list named it in order to have it refused' : null;
}

/** The story as the root list tells it. */
function describe(facts: RootFacts): string {
  const { explicitDistrust, notAfter, firstSeen, status, since, serverTrustLost, distrustAfter } = facts;
  const validTo = notAfter.slice(0, 10);
  const root = `genuine public root, valid to ${validTo}`;
  const cutOff =
    distrustAfter === null ? '' : `, certificates issued after ${distrustAfter.slice(0, 10)} were not trusted`;
  switch (status) {
    case 'included':
      return `${root}, in Mozilla's root list since ${firstSeen}`;
    case 'distrust-after':
      return `${root}; Mozilla trusts no server certificate below it that was issued after ${distrustAfter?.slice(0, 10)}`;
    case 'email-only':
      return since === null
        ? `${root}; Mozilla has only ever trusted it for e-mail`
        : `${root}; lost TLS server trust on ${since} and is trusted for e-mail only since (Mozilla's root list)`;
    case 'no-trust':
      return `${root}; still in Mozilla's root list, but without any trust since ${since}`;
    case 'removed':
      if (explicitDistrust)
        return `explicitly distrusted by Mozilla from ${firstSeen}; the entry was dropped on ${since}`;
      return `${root}; removed from Mozilla's root list on ${since}${
        serverTrustLost === null || serverTrustLost === since ? '' : `, no TLS server trust since ${serverTrustLost}`
      }${cutOff}`;
  }
}
