/**
 * Known public roots and what became of them.
 *
 * @module
 */

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
  /** Why the root was distrusted for misissuance, with the source, or null. */
  readonly misissuance: string | null;
  /** The name of the root that its users moved to, where a vendor named one. */
  readonly successor: string | null;
  /** A sentence for people: the story, with dates and who said so. */
  readonly detail: string;
}
