/**
 * What is to become of one keystore, worked out before anything is touched: the bytes it will have, what comes and goes,
 * and how to see that the file on the disk is as planned.
 *
 * @module
 */
import { equalBytes } from '../encoding/byte-writer.js';
import { TrustError } from '../errors.js';
import { ALIAS_DIGITS, aliasAmong, foldAlias } from '../store/alias.js';
import { decodeKeystore } from '../store/codecs.js';
import { editKeystore } from '../store/edit.js';
import { anchorsBySha256, type Entries, indexOf } from '../store/entry-index.js';
import { explainRefusal, type KeystoreRemark } from '../store/explain.js';
import type { EntryIndex, Keystore, KeystoreEdit, KeystoreEntry, KeystoreType } from '../store/keystore.js';
import type { DerivedKeys } from '../store/pkcs12-kdf.js';
import type { Revelation } from '../store/repair.js';
import type { Certificate } from '../x509/certificate.js';

/** A keystore as it was read. */
export interface StoreInput {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** As the user named it. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly password: string | null;
  /** Keys that were derived when it was decoded. */
  readonly derivedKeys?: DerivedKeys;
}

/** An entry that a plan names. */
export interface PlannedEntry {
  readonly alias: string;
  readonly sha256: string;
  readonly subject: string;
}

/** A certificate with the alias it is to have. */
export interface NewEntry {
  readonly alias: string;
  readonly certificate: Certificate;
}

/** What is to be changed. */
export interface StoreEdits {
  /** Entries of the keystore that go. */
  readonly removed: readonly KeystoreEntry[];
  readonly added: readonly NewEntry[];
  /** Entries of the keystore that were asked for and are there. */
  readonly present: readonly KeystoreEntry[];
  /** Entries of the keystore that Java is to see; default none. */
  readonly revealed?: readonly Revelation[];
  /** The creation date that new entries get. */
  readonly created: Date;
}

/** What becomes of one keystore. */
export interface StorePlan {
  readonly path: string;
  /** As the user named it. */
  readonly name: string;
  readonly type: KeystoreType;
  /** The file as it was read. */
  readonly before: Uint8Array;
  /** The file as it will be, or null when nothing is to change. */
  readonly after: Uint8Array | null;
  readonly added: readonly PlannedEntry[];
  readonly removed: readonly PlannedEntry[];
  /** Wanted, and there already. */
  readonly present: readonly PlannedEntry[];
  /** How many entries stay as they are. */
  readonly unchanged: number;
  /** Entries that stay and have the certificate of one that goes, which is trusted as before: of each certificate the first. */
  readonly stillTrusted: readonly PlannedEntry[];
  /** Why Java of no version opens the file, before and after the change. */
  readonly refusals: readonly KeystoreRemark[];
  /** Throws `file/verification-failed` unless the bytes hold exactly what was planned. */
  readonly verify: (bytes: Uint8Array) => void;
}

/**
 * Works out the change of one keystore. What is revealed counts as added: Java did not see it before.
 *
 * @param decoded - the decoded form of the store's bytes
 * @throws {TrustError} whatever `editKeystore` refuses
 */
export function planStore(
  { path, name, bytes, password, derivedKeys = new Map() }: StoreInput,
  decoded: Keystore,
  { removed: named, added, present, revealed = [], created }: StoreEdits,
): StorePlan {
  const { type } = decoded;
  // An edit by alias takes all that have exactly this alias: a file may repeat one, and Java sees the last.
  const aliases = new Set(named.map(({ alias }) => alias));
  const removed = named.length === 0 ? [] : decoded.entries.filter(({ alias }) => aliases.has(alias));
  const changed = new Set([...removed, ...revealed.map(({ entry }) => entry)]);
  const kept: Entries =
    changed.size === 0 ? decoded : { entries: decoded.entries.filter((entry) => !changed.has(entry)) };
  const edits: readonly KeystoreEdit[] = [
    ...[...aliases].map((alias): KeystoreEdit => ({ action: 'remove', alias })),
    ...revealed.map(({ index, alias }): KeystoreEdit => ({ action: 'reveal', index, alias })),
    ...added.map(({ alias, certificate }): KeystoreEdit => ({ action: 'add', alias, certificate, created })),
  ];
  const edited = edits.length === 0 ? bytes : editKeystore(bytes, edits, { password, derivedKeys, decoded });
  return {
    path,
    name,
    type,
    before: bytes,
    after: edited === bytes ? null : edited,
    added: [
      ...revealed.map(({ alias, entry }) => ({ ...toPlannedEntry(entry), alias })),
      ...added.map(({ alias, certificate: { sha256, subject } }) => ({ alias, sha256, subject })),
    ],
    removed: removed.map(toPlannedEntry),
    present: present.map(toPlannedEntry),
    unchanged: indexOf(kept).length,
    stillTrusted: findStillTrusted(removed, kept).map(toPlannedEntry),
    refusals: explainRefusal(decoded),
    verify: (written) => verifyStore(decodeKeystore(written, { password, derivedKeys }), { kept, revealed, added }),
  };
}

/** Of every trust anchor that goes the first entry that has it and stays. */
function findStillTrusted(removed: readonly KeystoreEntry[], kept: Entries): readonly KeystoreEntry[] {
  const gone = removed.filter(({ kind }) => kind === 'trusted-certificate').flatMap(({ certificates }) => certificates);
  return gone.length === 0 ? [] : [...anchorsBySha256(kept, gone).values()].flatMap((holders) => holders.slice(0, 1));
}

/**
 * Names that no entry has, neither one there nor one before it in the same call.
 *
 * @param kept - the entries that stay
 */
export function nameNewEntries(certificates: readonly Certificate[], kept: Entries): readonly NewEntry[] {
  const taken = aliasesLike(certificates, indexOf(kept));
  return certificates.map((certificate) => {
    const alias = aliasAmong(certificate, taken);
    taken.add(alias);
    return { alias, certificate };
  });
}

/** What may be digits of a SHA-256 in an alias. */
const DIGITS = new RegExp(`-([0-9a-f]{${ALIAS_DIGITS}})`, 'gi');

/** What may be in the way of a name for a certificate: only what has the same digits. */
function aliasesLike(certificates: readonly Certificate[], index: EntryIndex): Set<string> {
  const digits = new Set(certificates.map(({ sha256 }) => sha256.slice(0, ALIAS_DIGITS)));
  const alike = new Set<string>();
  for (const alias of index.aliasesWithHex(ALIAS_DIGITS)) {
    if (alias.search(DIGITS) < 0) continue;
    const folded = foldAlias(alias);
    if ([...folded.matchAll(DIGITS)].some(([, found = '']) => digits.has(found))) alike.add(folded);
  }
  return alike;
}

/** Whether an entry is a trust anchor with that SHA-256. */
export function isAnchor(sha256: string): (entry: KeystoreEntry) => boolean {
  return ({ kind, fingerprints }) => kind === 'trusted-certificate' && fingerprints[0] === sha256;
}

/** Whether an entry has that alias, as Java compares them. */
export function hasAlias(alias: string): (entry: KeystoreEntry) => boolean {
  const folded = foldAlias(alias);
  return (entry) => foldAlias(entry.alias) === folded;
}

/**
 * Compares what was read back from the disk with the plan: every entry that stays, every new one, and nothing else.
 *
 * @throws {TrustError} `file/verification-failed`
 */
export function verifyStore(
  written: Keystore,
  {
    kept,
    revealed,
    added,
  }: {
    readonly kept: Entries;
    readonly revealed: readonly Revelation[];
    readonly added: readonly NewEntry[];
  },
): void {
  const { type } = written;
  const { moved, others } = findMoved(indexOf(kept), indexOf(written), type);
  const byIdentity = new Map(moved.length === 0 ? [] : others.map((entry) => [identity(entry, type), entry]));
  const isKept = (entry: KeystoreEntry) => isUnchanged(byIdentity.get(identity(entry, type)), entry);
  const unmatched = moved.filter((entry) => !isKept(entry));
  const joined = type === 'pkcs12' ? entriesInChains(unmatched, written.entries) : [];
  const lost = unmatched.find((entry) => !joined.includes(entry));
  const absent = findAbsent(findAbsent(added, { entries: others }), written)[0];
  const hidden = revealed.length === 0 ? undefined : findHidden(revealed, written.entries);
  const found = indexOf(written).length;
  const expected = indexOf(kept).length - joined.length + revealed.length + added.length;
  if (lost === undefined && absent === undefined && hidden === undefined && found === expected) return;
  const missing = lost?.alias ?? absent?.alias ?? hidden?.alias;
  throw new TrustError(
    'file/verification-failed',
    `the new keystore holds ${found} entries, expected ${expected}${missing === undefined ? '' : `; "${missing}" is not as planned`}`,
  );
}

/** What is no anchor among some entries. */
function findAbsent(added: readonly NewEntry[], among: Entries): readonly NewEntry[] {
  if (added.length === 0) return added;
  const anchors = anchorsBySha256(
    among,
    added.map(({ certificate }) => certificate),
  );
  return added.filter(({ certificate }) => !anchors.has(certificate.sha256));
}

/**
 * Entries that are not where they were. Edits keep the order of a file, so that nearly all of a large one are found beside
 * one another, without a digest of each.
 *
 * @returns those of `kept`, and what of `found` they may be, with all that is new
 */
function findMoved(
  kept: EntryIndex,
  found: EntryIndex,
  type: KeystoreType,
): { readonly moved: readonly KeystoreEntry[]; readonly others: readonly KeystoreEntry[] } {
  // Where an entry lies in one piece, all that are as they were are compared at once.
  const same = kept.countSame?.(found) ?? 0;
  if (same === kept.length) {
    const added = Array.from({ length: found.length - same }, (_, index) => found.entryAt(same + index));
    return { moved: [], others: added };
  }
  const moved = kept.entries.findIndex((entry, place) => !isSame(entry, found.entries[place], type));
  const first = moved < 0 ? kept.length : moved;
  return { moved: kept.entries.slice(first), others: found.entries.slice(first) };
}

/** What `identity` and `isUnchanged` compare, without a digest: a large keystore has many. */
function isSame(entry: KeystoreEntry, found: KeystoreEntry | undefined, type: KeystoreType): boolean {
  if (found === undefined || found.kind !== entry.kind) return false;
  const [raw, foundRaw] = [entry.raw, found.raw];
  if (raw !== undefined && foundRaw !== undefined) return equalBytes(raw, foundRaw);
  if (found.alias !== entry.alias || found.created?.getTime() !== entry.created?.getTime()) return false;
  const [own, others] = [entry.encodings, found.encodings];
  const mayGrow = type === 'pkcs12' && entry.kind === 'private-key' && own.length > 0;
  return (
    (mayGrow ? own.length <= others.length : own.length === others.length) &&
    own.every((der, index) => equalBytes(der, others[index] as Uint8Array))
  );
}

/** The first entry that was to be seen and is not; what Java sees has one alias each. */
function findHidden(revealed: readonly Revelation[], found: readonly KeystoreEntry[]): Revelation | undefined {
  const visible = new Map(found.filter(({ kind }) => kind !== 'invisible').map((entry) => [entry.alias, entry]));
  return revealed.find(({ alias, kind, entry }) => {
    const seen = visible.get(alias);
    return seen?.kind !== kind || !holdsAll(seen, entry);
  });
}

/** The chain of a key in PKCS#12 is not in the file but found by issuer: it grows when its root is added. */
function identity({ alias, kind, created, fingerprints }: KeystoreEntry, type: KeystoreType): string {
  const own = type === 'pkcs12' && kind === 'private-key' ? fingerprints.slice(0, 1) : fingerprints;
  return JSON.stringify([isInvented(alias, type) ? null : alias, kind, created?.getTime() ?? null, ...own]);
}

/** Whether an entry is what it was: in every byte where the format keeps it in one piece. */
function isUnchanged(found: KeystoreEntry | undefined, entry: KeystoreEntry): boolean {
  if (found?.raw === undefined || entry.raw === undefined) return holdsAll(found, entry);
  return equalBytes(found.raw, entry.raw);
}

/** Whether what was found has every certificate that it had, in its place. */
function holdsAll(found: KeystoreEntry | undefined, { fingerprints }: KeystoreEntry): boolean {
  return found !== undefined && fingerprints.every((digest, index) => found.fingerprints[index] === digest);
}

/** What Java did not see and is part of the chain of a key now: no entry of its own any more. */
function entriesInChains(kept: readonly KeystoreEntry[], found: readonly KeystoreEntry[]): readonly KeystoreEntry[] {
  const chained = new Set(
    found.filter(({ kind }) => kind === 'private-key').flatMap(({ fingerprints }) => fingerprints),
  );
  return kept.filter(({ kind, fingerprints }) => kind === 'invisible' && chained.has(fingerprints[0] ?? ''));
}

/** An alias that is not in the file but made while reading may be another one when an entry before it is gone. */
function isInvented(alias: string, type: KeystoreType): boolean {
  return type === 'pem' || (type === 'pkcs12' && /^(?:bag-)?\d+$/.test(alias));
}

function toPlannedEntry({ alias, certificates, fingerprints }: KeystoreEntry): PlannedEntry {
  return { alias, sha256: fingerprints[0] ?? '', subject: certificates[0]?.subject ?? '' };
}
