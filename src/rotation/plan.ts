/**
 * The plan of a rotation: what each keystore and each device gets, worked out before anything is touched.
 *
 * @module
 */
import { renderTrustpoint } from '../device/render.js';
import type { BlockNote, BlockTrustpoint } from '../device/trustpoint.js';
import { TrustError } from '../errors.js';
import { aliasFor, foldAlias } from '../store/alias.js';
import { decodeKeystore } from '../store/codecs.js';
import { editKeystore } from '../store/edit.js';
import type { KeystoreEdit, KeystoreEntry, KeystoreType } from '../store/keystore.js';
import type { Certificate } from '../x509/certificate.js';
import { fingerprint } from '../x509/fingerprint.js';
import type { TrustDecision } from './trust.js';

/** A keystore as it was read. */
export interface StoreInput {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** As the user named it. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly password: string | null;
}

/** A device as the user named it. */
export interface DeviceTarget {
  readonly platform: string;
  readonly trustpoint: string;
}

/** What a rotation is asked to do. */
export interface RotationRequest {
  /** What was accepted, without duplicates, in input order. */
  readonly accepted: readonly TrustDecision[];
  readonly stores: readonly StoreInput[];
  readonly devices: readonly DeviceTarget[];
  /** SHA-256 digests or aliases of what is to go. */
  readonly retire: readonly string[];
  /** Whether intermediates go into keystores too. */
  readonly intermediates: boolean;
  /** The creation date that new entries get. */
  readonly at: Date;
}

/** An entry that a plan names. */
export interface PlannedEntry {
  readonly alias: string;
  readonly sha256: string;
  readonly subject: string;
}

/** What becomes of one keystore. */
export interface StorePlan {
  readonly path: string;
  /** As the user named it. */
  readonly name: string;
  readonly type: KeystoreType;
  /** SHA-256 of the file as it was read. */
  readonly before: string;
  /** The file as it will be, or null when nothing is to change. */
  readonly after: Uint8Array | null;
  /** SHA-256 of the file as it will be; equal to `before` when nothing is to change. */
  readonly afterSha256: string;
  readonly added: readonly PlannedEntry[];
  readonly removed: readonly PlannedEntry[];
  /** Wanted, and there already. */
  readonly present: readonly PlannedEntry[];
  /** How many entries stay as they are. */
  readonly unchanged: number;
  /** Throws `file/verification-failed` unless the bytes hold exactly what was planned. */
  readonly verify: (bytes: Uint8Array) => void;
}

/** What a device gets: three blocks, and the certificates in them. */
export interface DevicePlan extends DeviceTarget {
  readonly install: string;
  readonly remove: string;
  readonly rollback: string;
  /** SHA-256, in the order of the block. */
  readonly certificates: readonly string[];
  /** What is made on the device; several where a trustpoint holds only one CA, or for several chains. */
  readonly trustpoints: readonly BlockTrustpoint[];
  /** What whoever pastes the install block should know. */
  readonly notes: readonly BlockNote[];
}

/** The whole plan. */
export interface RotationPlan {
  readonly stores: readonly StorePlan[];
  readonly devices: readonly DevicePlan[];
  /** Selectors of `retire` that no keystore holds. */
  readonly notFound: readonly string[];
}

/**
 * Works out a rotation.
 *
 * @throws {TrustError} whatever the stores and platforms refuse: `keystore/…`, `device/…`; `usage/conflict` when something
 *   is to be added and retired at once
 */
export function planRotation(request: RotationRequest): RotationPlan {
  const wanted = request.accepted
    .filter(({ role }) => role === 'root' || request.intermediates)
    .map(({ certificate }) => certificate);
  const both = wanted.find(({ sha256 }) => request.retire.includes(sha256));
  if (both !== undefined) {
    throw new TrustError('usage/conflict', `${both.subject} is to be added and retired at once`, {
      hint: 'leave it out of the input or out of --retire',
    });
  }
  if (wanted.length === 0 && request.devices.length === 0) throw onlyIntermediates(request);
  const stores = request.stores.map((store) => planStore(store, wanted, request));
  return {
    stores: stores.map(({ plan }) => plan),
    devices: request.devices.map((device) =>
      planDevice(
        device,
        request.accepted.map(({ certificate }) => certificate),
      ),
    ),
    notFound: request.retire.filter((selector) => !stores.some(({ retired }) => retired.includes(selector))),
  };
}

/** A call that would do nothing must not look as if it had done something. */
function onlyIntermediates({ accepted }: RotationRequest): TrustError {
  const subjects = accepted.map(({ certificate }) => certificate.subject).join('; ');
  return new TrustError('trust/unfit', `nothing but intermediate CAs was given: ${subjects}`, {
    hint: '--intermediates puts them into keystores; else name the root they lead to',
  });
}

function planStore(
  { path, name, bytes, password }: StoreInput,
  wanted: readonly Certificate[],
  { retire, at }: RotationRequest,
): { readonly plan: StorePlan; readonly retired: readonly string[] } {
  const keystore = decodeKeystore(bytes, { password });
  const present = wanted.flatMap(({ sha256 }) => keystore.entries.filter(isAnchor(sha256)).slice(0, 1));
  const matches = retire.map((selector) => ({ selector, entries: matching(keystore.entries, selector, path) }));
  const removed = unique(matches.flatMap(({ entries }) => entries));
  const kept = keystore.entries.filter((entry) => !removed.includes(entry));
  const added = nameNewEntries(
    wanted.filter(({ sha256 }) => !present.some(isAnchor(sha256))),
    keystore.entries,
  );
  const edits: readonly KeystoreEdit[] = [
    ...removed.map(({ alias }): KeystoreEdit => ({ action: 'remove', alias })),
    ...added.map(({ alias, certificate }): KeystoreEdit => ({ action: 'add', alias, certificate, created: at })),
  ];
  const after = edits.length === 0 ? null : editKeystore(bytes, edits, { password });
  const plan: StorePlan = {
    path,
    name,
    type: keystore.type,
    before: fingerprint('sha256', bytes),
    after,
    afterSha256: fingerprint('sha256', after ?? bytes),
    added: added.map(({ alias, certificate: { sha256, subject } }) => ({ alias, sha256, subject })),
    removed: removed.map(toPlannedEntry),
    present: present.map(toPlannedEntry),
    unchanged: kept.length,
    verify: (written) => verifyStore(decodeKeystore(written, { password }).entries, kept, added),
  };
  return { plan, retired: matches.filter(({ entries }) => entries.length > 0).map(({ selector }) => selector) };
}

interface NewEntry {
  readonly alias: string;
  readonly certificate: Certificate;
}

/** Names that no entry has, neither one there nor one before it in the same call. */
function nameNewEntries(certificates: readonly Certificate[], entries: readonly KeystoreEntry[]): readonly NewEntry[] {
  const taken = entries.map(({ alias }) => alias);
  return certificates.map((certificate) => {
    const alias = aliasFor(certificate, taken);
    taken.push(alias);
    return { alias, certificate };
  });
}

/** The entries a selector names. Only trusted certificates can be retired; a key would be lost. */
function matching(entries: readonly KeystoreEntry[], selector: string, path: string): readonly KeystoreEntry[] {
  const found = entries.filter((entry) => foldAlias(entry.alias) === foldAlias(selector) || isAnchor(selector)(entry));
  const refused = found.find(({ kind }) => kind !== 'trusted-certificate');
  if (refused !== undefined) {
    throw new TrustError(
      'keystore/refuses-entry',
      `"${refused.alias}" is a ${refused.kind} entry, only a trusted certificate can be retired`,
      {
        at: { source: path, entry: refused.alias },
        hint: 'name the alias or the SHA-256 of a trusted certificate',
      },
    );
  }
  return found;
}

function planDevice({ platform, trustpoint }: DeviceTarget, certificates: readonly Certificate[]): DevicePlan {
  const block = (action: 'install' | 'remove' | 'rollback') =>
    renderTrustpoint(certificates, { platform, trustpoint, action, chain: true });
  const install = block('install');
  return {
    platform,
    trustpoint,
    install: textOf(install),
    remove: textOf(block('remove')),
    rollback: textOf(block('rollback')),
    certificates: unique(install.flatMap((one) => one.certificates)),
    trustpoints: install.flatMap((one) => one.trustpoints),
    notes: install.flatMap((one) => one.notes),
  };
}

/** Compares what was read back from the disk with the plan: every entry that stays, every new one, and nothing else. */
function verifyStore(
  found: readonly KeystoreEntry[],
  kept: readonly KeystoreEntry[],
  added: readonly NewEntry[],
): void {
  const names = new Set(found.map(identity));
  const lost = kept.find((entry) => !names.has(identity(entry)));
  const absent = added.find(({ certificate }) => !found.some(isAnchor(certificate.sha256)));
  if (lost === undefined && absent === undefined && found.length === kept.length + added.length) return;
  const missing = lost?.alias ?? absent?.alias;
  throw new TrustError(
    'file/verification-failed',
    `the new keystore holds ${found.length} entries, expected ${kept.length + added.length}${missing === undefined ? '' : `; "${missing}" is not as planned`}`,
  );
}

function identity({ alias, kind, created, fingerprints }: KeystoreEntry): string {
  return JSON.stringify([alias, kind, created?.getTime() ?? null, ...fingerprints]);
}

/** Whether an entry is a trust anchor with that SHA-256. */
function isAnchor(sha256: string): (entry: KeystoreEntry) => boolean {
  return ({ kind, fingerprints }) => kind === 'trusted-certificate' && fingerprints[0] === sha256;
}

function toPlannedEntry({ alias, certificates, fingerprints }: KeystoreEntry): PlannedEntry {
  return { alias, sha256: fingerprints[0] ?? '', subject: certificates[0]?.subject ?? '' };
}

function textOf(blocks: readonly { readonly text: string }[]): string {
  return blocks.map(({ text }) => text).join('');
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
