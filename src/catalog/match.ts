/**
 * Finds the root that a damaged copy was made from: votes of short runs of base64 that only one root has (n-grams)
 * choose the root, a banded edit distance decides and names every changed character.
 *
 * Two bounds keep this from guessing. A copy may differ from its root in 7 of 100 characters, which is forty in the
 * shortest root. Another certificate, even one with the same name, key and dates, has another signature, and the shortest
 * of those, ECDSA on P-256, makes up 9 differences in 100 characters. test/catalog/match.test.ts holds both against all
 * roots.
 *
 * @module
 */
import { withoutPadding } from '../encoding/base64.js';
import { groupBy } from '../encoding/group-by.js';
import { genuineBodies, genuineLengths, genuineRoot } from './catalog.js';
import { type Edit, editsBetween } from './edit-script.js';

/** The share of characters that may differ. */
export const MAX_DAMAGE = 0.07;

/** A wrong character of base64 changes two bytes at most. */
const MIN_SAME = 1 - 2 * MAX_DAMAGE;

/** The share of a root's own runs that must be found; a copy with that much damage still has more than half of them. */
const MIN_VOTES = 0.25;

/** Five characters are 30 bits, which a small integer holds; unrelated text has such a run by chance once in 10,000. */
const RUN = 5;
const RUN_MASK = 2 ** (6 * RUN) - 1;

const NEAR_MASK = 2 ** 20 - 1;

/** Every fourth run of a root is known; all runs of a copy are looked up. */
const STRIDE = 4;

/** A damaged copy and its root. */
export interface DamageMatch {
  /** The root, lower-case hex. */
  readonly sha256: string;
  /** The genuine certificate. */
  readonly der: Uint8Array;
  /** Every changed character in order; none when the copy is right but for its padding. */
  readonly differences: readonly Edit[];
}

interface Root {
  readonly sha256: string;
  /** Base64 without padding. */
  readonly text: string;
  /** How many runs point to this root. */
  runs: number;
}

interface Index {
  readonly roots: readonly Root[];
  /** Index of the root that has a run, or -1 for a run of several. */
  readonly owners: ReadonlyMap<number, number>;
  /** By the last bits of a run, whether `owners` may have it: hardly any run of another certificate has to be looked up. */
  readonly isNear: Uint8Array;
  readonly longest: number;
}

/** The value of each character of base64 by its code; -1 for any other. */
const VALUES = new Int8Array(128).fill(-1);
for (const [value, character] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  VALUES[character.charCodeAt(0)] = value;

/** Built on the first question, and anew for another catalog. */
let built: { readonly of: ReadonlyMap<string, string>; readonly index: Index } | undefined;
let ders:
  | { readonly of: ReadonlyMap<string, string>; readonly byLength: ReadonlyMap<number, readonly Uint8Array[]> }
  | undefined;

/**
 * The root that a damaged copy was made from.
 *
 * @param base64Characters - what stands between the markers, without blanks and line ends; characters that are no base64
 *   may be among it, and padding may be there or not
 * @returns null when no root is near
 */
export function matchDamaged(base64Characters: string): DamageMatch | null {
  const index = currentIndex();
  const found = withoutPadding(base64Characters);
  if (found.length > index.longest * (1 + MAX_DAMAGE)) return null;
  const root = elect(found, index);
  if (root === null) return null;
  const differences = editsBetween(found, root.text, Math.floor(root.text.length * MAX_DAMAGE));
  const der = genuineRoot(root.sha256);
  return differences === null || der === null ? null : { sha256: root.sha256, der, differences };
}

/**
 * Whether DER might be a copy of a root with a few bytes changed, by its length and bytes alone; `matchDamaged` decides.
 * Costs next to nothing, so that every certificate of a large input can be asked.
 *
 * @returns true also for a root itself
 */
export function resemblesRoot(der: Uint8Array): boolean {
  if (!genuineLengths().has(der.length)) return false;
  const bodies = genuineBodies();
  if (ders?.of !== bodies) {
    const roots = [...bodies.values()].map((base64) => Buffer.from(base64, 'base64'));
    ders = { of: bodies, byLength: groupBy(roots, ({ length }) => length) };
  }
  return ders.byLength.get(der.length)?.some((root) => isAlike(der, root)) ?? false;
}

function isAlike(a: Uint8Array, b: Uint8Array): boolean {
  const least = a.length * MIN_SAME;
  let different = 0;
  for (let offset = 0; offset < a.length; offset++) {
    if (a[offset] !== b[offset] && a.length - ++different < least) return false;
  }
  return true;
}

/** The root with the most votes, if it has enough of them. */
function elect(found: string, { roots, owners, isNear }: Index): Root | null {
  const votes = new Uint32Array(roots.length);
  forEachRun(found, (run) => {
    if (isNear[run & NEAR_MASK] === 0) return;
    const owner = owners.get(run);
    if (owner !== undefined && owner >= 0) votes[owner] = (votes[owner] as number) + 1;
  });
  const most = votes.indexOf(Math.max(...votes));
  const root = roots[most];
  return root !== undefined && (votes[most] as number) >= root.runs * MIN_VOTES ? root : null;
}

function currentIndex(): Index {
  const bodies = genuineBodies();
  if (built?.of !== bodies) built = { of: bodies, index: buildIndex(bodies) };
  return built.index;
}

function buildIndex(bodies: ReadonlyMap<string, string>): Index {
  const owners = new Map<number, number>();
  const roots: Root[] = [...bodies].map(([sha256, base64]) => ({
    sha256,
    text: withoutPadding(base64),
    runs: 0,
  }));
  for (const [number, { text }] of roots.entries()) {
    forEachRun(text, (run, index) => {
      if (index % STRIDE !== 0) return;
      const owner = owners.get(run);
      owners.set(run, owner === undefined || owner === number ? number : -1);
    });
  }
  for (const owner of owners.values()) {
    const root = roots[owner];
    if (root !== undefined) root.runs++;
  }
  const isNear = new Uint8Array(NEAR_MASK + 1);
  for (const run of owners.keys()) isNear[run & NEAR_MASK] = 1;
  return { roots, owners, isNear, longest: Math.max(...roots.map(({ text }) => text.length)) };
}

/** Calls back for every run of base64 characters, with its value and the index of its first character. */
function forEachRun(text: string, visit: (run: number, index: number) => void): void {
  let run = 0;
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const value = VALUES[text.charCodeAt(index)] ?? -1;
    length = value < 0 ? 0 : length + 1;
    run = ((run << 6) | Math.max(value, 0)) & RUN_MASK;
    if (length >= RUN) visit(run, index - RUN + 1);
  }
}
