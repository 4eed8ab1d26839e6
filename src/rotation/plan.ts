/**
 * The plan of a rotation: what each keystore and each device gets, worked out before anything is touched.
 *
 * @module
 */
import { renderTrustpoint } from '../device/render.js';
import type { BlockFile, BlockNote, BlockTrustpoint } from '../device/trustpoint.js';
import { expectTrustError, TrustError } from '../errors.js';
import { decodeKeystore } from '../store/codecs.js';
import { anchorsBySha256 } from '../store/entry-index.js';
import type { KeystoreEntry } from '../store/keystore.js';
import { entriesByAlias } from '../store/select.js';
import type { Certificate } from '../x509/certificate.js';
import { hasAlias, isAnchor, nameNewEntries, planStore, type StoreInput, type StorePlan } from './store-plan.js';
import { onlyIntermediates, type TrustDecision } from './trust.js';

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

/** What a device gets: three blocks, and the certificates in them. */
export interface DevicePlan extends DeviceTarget {
  readonly install: string;
  readonly remove: string;
  readonly rollback: string;
  /** What has to be on the device before the install block is pasted. */
  readonly files: readonly BlockFile[];
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
    .filter(({ role }) => role !== 'intermediate' || request.intermediates)
    .map(({ certificate }) => certificate);
  const both = wanted.find(({ sha256 }) => request.retire.includes(sha256));
  if (both !== undefined) throw addedAndRetired(both);
  const devices = request.devices.map((device) =>
    planDevice(
      device,
      request.accepted.map(({ certificate }) => certificate),
    ),
  );
  requireDistinctFiles(devices);
  if (wanted.length === 0 && request.devices.length === 0) throw onlyIntermediates(request.accepted);
  const stores = request.stores.map((store) => planRotatedStore(store, wanted, request));
  return {
    stores: stores.map(({ plan }) => plan),
    devices,
    notFound: request.retire.filter((selector) => !stores.some(({ retired }) => retired.includes(selector))),
  };
}

function planRotatedStore(
  store: StoreInput,
  wanted: readonly Certificate[],
  { retire, at: created }: RotationRequest,
): { readonly plan: StorePlan; readonly retired: readonly string[] } {
  const { derivedKeys = new Map() } = store;
  const keystore = decodeKeystore(store.bytes, { password: store.password, derivedKeys });
  const anchors = anchorsBySha256(keystore, wanted);
  const present = wanted.flatMap(({ sha256 }) => anchors.get(sha256)?.slice(0, 1) ?? []);
  const matches = retire.map((selector) => ({ selector, entries: matching(keystore.entries, selector, store.path) }));
  const removed = unique(matches.flatMap((match) => match.entries));
  const both = wanted.find(({ sha256 }) => removed.some(({ fingerprints }) => fingerprints[0] === sha256));
  if (both !== undefined) throw addedAndRetired(both);
  const absent = wanted.filter(({ sha256 }) => !anchors.has(sha256));
  return {
    plan: planStore({ ...store, derivedKeys }, keystore, {
      removed,
      added: nameNewEntries(absent, keystore),
      present,
      created,
    }),
    retired: matches.filter((match) => match.entries.length > 0).map(({ selector }) => selector),
  };
}

/**
 * The entries a selector names: the anchors with that SHA-256, else those of the alias. None is no mistake here: of many
 * keystores one may not hold what is retired, or in the chain of a key only, which stays.
 */
function matching(entries: readonly KeystoreEntry[], selector: string, path: string): readonly KeystoreEntry[] {
  const anchors = entries.filter(isAnchor(selector));
  if (anchors.length > 0 || !entries.some(hasAlias(selector))) return anchors;
  try {
    return entriesByAlias(entries, selector);
  } catch (error) {
    throw expectTrustError(error).within({ source: path });
  }
}

function addedAndRetired({ subject }: Certificate): TrustError {
  return new TrustError('usage/conflict', `${subject} is to be added and retired at once`, {
    hint: 'leave it out of the input or out of --retire',
  });
}

/**
 * `ios:xe-CA` and `ios-xe:CA` would be written to one file, and so would names that differ in case on some disks, or a name
 * made for a CA above and the same name given.
 */
function requireDistinctFiles(devices: readonly DevicePlan[]): void {
  const names = devices.flatMap(({ platform, trustpoint, files }) => [
    `${platform}-${trustpoint}`,
    ...files.map(({ name }) => name),
  ]);
  const folded = names.map((name) => name.toLowerCase());
  const twice = names.find((_, index) => folded.indexOf(folded[index] as string) !== index);
  if (twice === undefined) return;
  throw new TrustError('usage/conflict', `two devices would have their blocks or certificates in one file, ${twice}`, {
    hint: 'use another trustpoint name for one of them, or a run of its own',
  });
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
    files: install.flatMap((one) => one.files),
    certificates: unique(install.flatMap((one) => one.certificates)),
    trustpoints: install.flatMap((one) => one.trustpoints),
    notes: install.flatMap((one) => one.notes),
  };
}

function textOf(blocks: readonly { readonly text: string }[]): string {
  return blocks.map(({ text }) => text).join('');
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
