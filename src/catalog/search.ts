/**
 * Finding a root by what a person has of it: a name, a fingerprint or its beginning, a key identifier, a serial number.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { type CatalogRoot, catalogRecords, keyIdentifierOf } from './catalog.js';
import { editsBetween } from './edit-script.js';

/** What of a root a query named. */
export type MatchedField = 'name' | 'sha256' | 'sha1' | 'subject-key-identifier' | 'serial-number';

/** A root that a query names. */
export interface CatalogMatch {
  readonly root: CatalogRoot;
  readonly by: MatchedField;
}

/** Of hex digits; fewer name too many certificates of the world. */
const SHORTEST_PREFIX = 8;
const KEY_IDENTIFIER_DIGITS = 40;
const MAX_SUGGESTIONS = 5;

/**
 * The roots that a query names, in the order of their fingerprints. A name is the root's name or common name, in any case; of
 * a fingerprint the first 8 digits do, when they are those of one root; digits may be written with colons, blanks and
 * hyphens, and a serial number with or without zeros in front.
 *
 * @returns nothing when no root fits
 * @throws {TrustError} `catalog/ambiguous` for the beginning of several fingerprints
 */
export function searchCatalog(query: string): readonly CatalogMatch[] {
  const wanted = query.trim().toLowerCase();
  const digits = hexDigitsOf(wanted);
  const records = catalogRecords();
  const matches = records.flatMap((root) => {
    const by = fieldOf(root, wanted, digits);
    return by === null ? [] : [{ root, by }];
  });
  const begun = matches.filter(({ root, by }) => (by === 'sha256' || by === 'sha1') && root.facts[by] !== digits);
  if (begun.length > 1) throw ambiguous(query, begun);
  if (matches.length > 0 || digits?.length !== KEY_IDENTIFIER_DIGITS) return matches;
  // Of all questions the one that has every certificate of the catalog decoded.
  return records
    .filter(({ sha256 }) => keyIdentifierOf(sha256) === digits)
    .map((root) => ({ root, by: 'subject-key-identifier' }));
}

function fieldOf({ facts }: CatalogRoot, wanted: string, digits: string | null): MatchedField | null {
  if (facts.name.toLowerCase() === wanted || facts.commonName?.toLowerCase() === wanted) return 'name';
  if (digits === null) return null;
  if (digits.length >= SHORTEST_PREFIX && facts.sha256.startsWith(digits)) return 'sha256';
  if (digits.length >= SHORTEST_PREFIX && facts.sha1.startsWith(digits)) return 'sha1';
  return withoutZeros(facts.serialNumber) === withoutZeros(digits) ? 'serial-number' : null;
}

/** The digits of something in hex; null for anything else. */
function hexDigitsOf(wanted: string): string | null {
  const digits = wanted.replace(/^(?:sha-?(?:1|256)(?:\s*fingerprint)?\s*[:=]|0x)/, '').replace(/[\s:-]/g, '');
  return /^[0-9a-f]{1,128}$/.test(digits) ? digits : null;
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=.)/, '');
}

function ambiguous(query: string, matches: readonly CatalogMatch[]): TrustError {
  const named = matches.map(({ root }) => `${root.name} (${root.sha256.slice(0, 16)}…)`).join(', ');
  return new TrustError('catalog/ambiguous', `"${query}" begins the fingerprint of ${matches.length} roots: ${named}`, {
    hint: 'write more of its digits',
  });
}

/** Names like one that no root has: those that contain it, then those that differ in few characters; at most five. */
export function suggestNames(query: string): readonly string[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '' || wanted.length > 200) return [];
  const names = [...new Set(catalogRecords().map(({ name }) => name))];
  const containing = names.filter((name) => name.toLowerCase().includes(wanted));
  const limit = Math.max(1, Math.floor(wanted.length / 5));
  const alike = names
    .map((name) => ({
      name,
      edits: editsBetween(wanted, name.toLowerCase(), limit)?.length ?? Number.POSITIVE_INFINITY,
    }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits)
    .map(({ name }) => name);
  return [...new Set([...containing, ...alike])].slice(0, MAX_SUGGESTIONS);
}
