/**
 * `plan.json`: what a run was asked to do and what it planned, so that the same call can be recognised, an interrupted
 * run be continued, and a finished one be taken back.
 *
 * @module
 */
import type { BlockNote, BlockTrustpoint } from '../device/trustpoint.js';
import { TrustError } from '../errors.js';
import { fingerprint } from '../x509/fingerprint.js';
import type { Source } from '../x509/source.js';
import type { RotationPlan } from './plan.js';
import type { PlannedStore } from './run-folder.js';
import type { PlannedEntry } from './store-plan.js';
import type { TrustDecision, TrustedBy } from './trust.js';

/** What makes two calls the same run. */
export interface RequestDocument {
  /** SHA-256 digests, sorted. */
  readonly certificates: readonly string[];
  /** Absolute paths, sorted. */
  readonly keystores: readonly string[];
  /** `PLATFORM:TRUSTPOINT`, sorted. */
  readonly devices: readonly string[];
  /** Sorted. */
  readonly retire: readonly string[];
  readonly intermediates: boolean;
}

/** A keystore in `plan.json`. */
export interface StoreDocument extends PlannedStore {
  readonly type: string;
  readonly added: readonly PlannedEntry[];
  readonly removed: readonly PlannedEntry[];
}

/** The whole file. */
export interface PlanDocument {
  readonly schema: 'anchorctl/plan/1';
  /** RFC 3339: the creation date of new entries. */
  readonly at: string;
  readonly request: RequestDocument;
  readonly certificates: readonly {
    readonly sha256: string;
    /** With the serial number what devices print. */
    readonly sha1: string;
    readonly serialNumber: string;
    readonly subject: string;
    readonly role: TrustDecision['role'];
    readonly trustedBy: TrustedBy | null;
    readonly source: Source | null;
  }[];
  readonly stores: readonly StoreDocument[];
  readonly devices: readonly {
    readonly platform: string;
    readonly trustpoint: string;
    readonly trustpoints: readonly BlockTrustpoint[];
    readonly certificates: readonly string[];
    /** Names in `devices/` of what has to be on the device before the install block is pasted. */
    readonly files: readonly string[];
    /** What whoever pastes the install block should know. */
    readonly notes: readonly BlockNote[];
  }[];
}

/** What is written for a plan that is about to be carried out. `backupOf` names the backup of the n-th keystore. */
export function toPlanDocument(
  plan: RotationPlan,
  accepted: readonly TrustDecision[],
  request: RequestDocument,
  at: Date,
  backupOf: (index: number, path: string) => string,
): PlanDocument {
  return {
    schema: 'anchorctl/plan/1',
    at: at.toISOString(),
    request,
    certificates: accepted.map(({ certificate: { sha256, sha1, serialNumber, subject, source }, role, trustedBy }) => ({
      sha256,
      sha1,
      serialNumber,
      subject,
      role,
      trustedBy,
      source,
    })),
    stores: plan.stores.map(({ path, type, before, after, added, removed }, index) => ({
      path,
      type,
      before: fingerprint('sha256', before),
      after: fingerprint('sha256', after ?? before),
      backup: after === null ? null : backupOf(index, path),
      added,
      removed,
    })),
    devices: plan.devices.map(({ platform, trustpoint, trustpoints, certificates, files, notes }) => ({
      platform,
      trustpoint,
      trustpoints,
      certificates,
      files: files.map(({ name }) => name),
      notes,
    })),
  };
}

/**
 * Reads `plan.json`, as far as its frame goes; what a rollback relies on is checked where it is used.
 *
 * @param source - named in errors
 * @throws {TrustError} `run/damaged`
 */
export function parsePlanDocument(text: string, source: string): PlanDocument {
  const document = parseJson(text, source);
  if (!isPlanDocument(document)) throw damaged('is not a plan of this program', source);
  return document;
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged('is not JSON', source, cause);
  }
}

function isPlanDocument(value: unknown): value is PlanDocument {
  const document = value as Partial<PlanDocument> | null;
  return (
    typeof document === 'object' &&
    document?.schema === 'anchorctl/plan/1' &&
    typeof document.at === 'string' &&
    !Number.isNaN(Date.parse(document.at)) &&
    typeof document.request === 'object' &&
    Array.isArray(document.devices) &&
    Array.isArray(document.certificates) &&
    Array.isArray(document.stores)
  );
}

/**
 * Makes sure that a plan which was read is whole, and of what its own request names: the runbook tells of it again when a run is
 * taken up. A rollback needs much less, and does without.
 *
 * @param plan - its request is known to be that of the call
 * @param source - named in errors
 * @throws {TrustError} `run/damaged`
 */
export function requireWholePlan(plan: PlanDocument, source: string): void {
  const { request, certificates, stores, devices } = plan;
  const isWhole =
    isShallow(plan, MAX_DEPTH) &&
    certificates.every(isCertificate) &&
    stores.every(isStore) &&
    devices.every(isDevice) &&
    isSameSet(
      request.certificates,
      certificates.map(({ sha256 }) => sha256),
    ) &&
    isSameSet(
      request.keystores,
      stores.map(({ path }) => path),
    ) &&
    isSameSet(
      request.devices,
      devices.map(({ platform, trustpoint }) => `${platform}:${trustpoint}`),
    );
  if (!isWhole) throw damaged('is not as it was written', source);
}

/**
 * Makes sure that a plan which was read has each keystore that its request names, once, and no other: a rollback would pass over one
 * that is gone from it, and say that all is done. A request that cannot be understood keeps nothing from being put back.
 *
 * @param source - named in errors
 * @throws {TrustError} `run/damaged`
 */
export function requireItsStores({ request, stores }: PlanDocument, source: string): void {
  const keystores: unknown = (request as Partial<RequestDocument> | null)?.keystores;
  if (!isListOf(keystores, isText)) return;
  const paths = stores.map(({ path }) => path);
  if (!isSameSet(keystores as readonly string[], paths))
    throw damaged('does not have the keystores it was made for', source);
}

/** A plan has six levels. One with thousands can be read and not be written, which goes from level to level by calls. */
const MAX_DEPTH = 16;

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1));
}

type Unchecked<T> = Partial<Record<keyof T, unknown>> | null | undefined;

function isCertificate(value: Unchecked<PlanDocument['certificates'][number]>): boolean {
  const { sha256, sha1, serialNumber, subject, role, trustedBy } = value ?? {};
  return [sha256, sha1, serialNumber, subject, role, trustedBy ?? ''].every(isText);
}

function isStore(value: Unchecked<StoreDocument>): boolean {
  const { path, type, added, removed } = value ?? {};
  const isEntry = (entry: Unchecked<PlannedEntry>) => [entry?.alias, entry?.sha256, entry?.subject].every(isText);
  return isText(path) && isText(type) && isListOf(added, isEntry) && isListOf(removed, isEntry);
}

function isDevice(value: Unchecked<PlanDocument['devices'][number]>): boolean {
  const { platform, trustpoint, trustpoints, certificates, files, notes } = value ?? {};
  const isTrustpoint = (made: Unchecked<BlockTrustpoint>) => isText(made?.name) && isListOf(made?.certificates, isText);
  const isNote = (note: Unchecked<BlockNote>) => [note?.code, note?.message, note?.hint].every(isText);
  return (
    [platform, trustpoint].every(isText) &&
    [certificates, files].every((list) => isListOf(list, isText)) &&
    isListOf(trustpoints, isTrustpoint) &&
    isListOf(notes, isNote)
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isListOf<T>(value: unknown, isItem: (item: T) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isSameSet(names: readonly string[], others: readonly string[]): boolean {
  return JSON.stringify([...names].sort()) === JSON.stringify([...others].sort());
}

function damaged(what: string, source: string, cause?: unknown): TrustError {
  return new TrustError('run/damaged', `the plan ${what}`, {
    at: { source },
    hint: 'the backups in the run folder are plain copies of the keystores and can be copied back by hand',
    cause,
  });
}
