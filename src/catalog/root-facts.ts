/**
 * What is recorded about one public root, and what became of it in words: the records of roots.json and of a catalog
 * file (catalog-file.ts).
 *
 * @module
 */

/** What can become of a root in the root list. */
export const CATALOG_STATUSES = ['included', 'distrust-after', 'email-only', 'no-trust', 'removed'] as const;

/** What became of a root in the root list. */
export type CatalogStatus = (typeof CATALOG_STATUSES)[number];

/** One record. Days are `YYYY-MM-DD`, instants RFC 3339 in UTC, digests lower-case hex. */
export interface RootFacts {
  /** The identity. */
  readonly sha256: string;
  readonly sha1: string;
  readonly name: string;
  readonly commonName: string | null;
  readonly organization: string | null;
  /** The content octets of the INTEGER in lower-case hex. */
  readonly serialNumber: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** `RSA 4096`, `EC P-384`; null for a key that nobody can decode. */
  readonly key: string | null;
  /** The day on which a list first held it. */
  readonly firstSeen: string;
  readonly status: CatalogStatus;
  /** Since when the status holds, or null where it is not recorded. */
  readonly since: string | null;
  readonly serverTrustLost: string | null;
  readonly distrustAfter: string | null;
  /** The list named the certificate in order to have it refused. */
  readonly explicitDistrust: boolean;
  readonly trustedForEmail: boolean;
  /** The bundle that says the status, where it is not Mozilla's root list: `ca-bundle.pem of 2026-11-20`. */
  readonly bundle?: string;
}

/** Whether the list trusts it for servers, be it up to a date. */
export function isTrustedForServers({ status }: Pick<RootFacts, 'status'>): boolean {
  return status === 'included' || status === 'distrust-after';
}

/** The story as the list tells it: one sentence without a full stop. */
export function describeRoot(facts: RootFacts): string {
  const { explicitDistrust, notAfter, firstSeen, status, since, serverTrustLost, distrustAfter, bundle } = facts;
  const validTo = notAfter.slice(0, 10);
  const root = `genuine public root, valid to ${validTo}`;
  const cutOff =
    distrustAfter === null ? '' : `, certificates issued after ${distrustAfter.slice(0, 10)} were not trusted`;
  switch (status) {
    case 'included':
      return bundle === undefined
        ? `${root}, in Mozilla's root list since ${firstSeen}`
        : `root that this catalog was given, valid to ${validTo}, by the bundle ${bundle}`;
    case 'distrust-after':
      return `${root}; Mozilla trusts no server certificate below it that was issued after ${distrustAfter?.slice(0, 10)}`;
    case 'email-only':
      return since === null
        ? `${root}; Mozilla has only ever trusted it for e-mail`
        : `${root}; lost TLS server trust on ${since} and is trusted for e-mail only since (Mozilla's root list)`;
    case 'no-trust':
      if (explicitDistrust) return `explicitly distrusted by Mozilla since ${since ?? firstSeen}`;
      return `${root}; still in Mozilla's root list, but without any trust since ${since}`;
    case 'removed':
      if (bundle !== undefined) return `was known up to ${since}, and is not in the bundle ${bundle}${cutOff}`;
      if (explicitDistrust)
        return `explicitly distrusted by Mozilla from ${firstSeen}; the entry was dropped on ${since}`;
      return `${root}; removed from Mozilla's root list on ${since}${
        serverTrustLost === null || serverTrustLost === since ? '' : `, no TLS server trust since ${serverTrustLost}`
      }${cutOff}`;
  }
}
