/**
 * What a rotation changes: keystores by path, devices by `PLATFORM:TRUSTPOINT`.
 *
 * @module
 */
import { platformOf } from '../device/platforms.js';
import { checkTrustpointName } from '../device/trustpoint-name.js';
import { expectTrustError, TrustError } from '../errors.js';
import type { DeviceTarget } from '../rotation/plan.js';
import type { RunFiles } from '../rotation/run-folder.js';
import { hasAlias, isAnchor, type StoreInput } from '../rotation/store-plan.js';
import { decodeKeystore } from '../store/codecs.js';
import { editKeystore } from '../store/edit.js';
import type { KeystoreEntry } from '../store/keystore.js';
import type { DerivedKeys } from '../store/pkcs12-kdf.js';
import { trustedCertificates } from '../store/select.js';
import type { Certificate } from '../x509/certificate.js';
import { errorOf } from './failure.js';

/** The keystores of a call. */
export interface OpenedStores {
  readonly stores: readonly StoreInput[];
  /** Why the others could not be opened, one a keystore. */
  readonly errors: readonly TrustError[];
}

/**
 * Reads the keystores of a call and makes sure, before anything else happens, that the password fits and that each can
 * be edited. A keystore named twice, or by two names, is read once.
 */
export function openStores(paths: readonly string[], password: string | null, files: RunFiles): OpenedStores {
  const names = new Map<string, string>();
  const errors = paths.flatMap((name) => errorOf(() => names.set(files.resolve(name), name)));
  const stores: StoreInput[] = [];
  // Sorted, so that the order on the command line makes no other run of it.
  for (const [path, name] of [...names].sort(([a], [b]) => (a < b ? -1 : 1)))
    errors.push(...errorOf(() => stores.push(openStore(path, name, password, files))));
  return { stores, errors };
}

/** @throws {TrustError} `keystore/…`, `input/…`, with the path */
function openStore(path: string, name: string, password: string | null, files: RunFiles): StoreInput {
  const bytes = files.read(path);
  const derivedKeys: DerivedKeys = new Map();
  try {
    editKeystore(bytes, [], { password, derivedKeys });
  } catch (error) {
    throw expectTrustError(error).within({ source: name });
  }
  return { path, name, bytes, password, derivedKeys };
}

/** The trust anchors of a keystore. */
export function anchorsOf({ bytes, password, derivedKeys }: StoreInput): readonly Certificate[] {
  return trustedCertificates(decodeKeystore(bytes, { password, derivedKeys }).entries);
}

/**
 * The trust anchors of a keystore that a run changed, as it was before. The folder of the run is believed no further than it has
 * to be: an anchor counts that is still there, or that the call itself retires.
 *
 * @param before - from the backup
 * @param retire - SHA-256 digests or aliases
 */
export function anchorsBefore(before: StoreInput, now: StoreInput, retire: readonly string[]): readonly Certificate[] {
  const { bytes, password, derivedKeys } = before;
  const held = new Set(anchorsOf(now).map(({ sha256 }) => sha256));
  const { entries } = decodeKeystore(bytes, { password, derivedKeys });
  const isRetired = (entry: KeystoreEntry) =>
    retire.some((selector) => isAnchor(selector)(entry) || hasAlias(selector)(entry));
  return trustedCertificates(entries.filter((entry) => held.has(entry.fingerprints[0] ?? '') || isRetired(entry)));
}

/**
 * Reads `PLATFORM:TRUSTPOINT`.
 *
 * @throws {TrustError} `usage/bad-value`, `device/unknown-platform`, `device/bad-name`
 */
export function parseDevice(text: string): DeviceTarget {
  const [platform = '', trustpoint, ...rest] = text.split(':');
  if (trustpoint === undefined || rest.length > 0) {
    throw new TrustError('usage/bad-value', `--device "${text}" is not PLATFORM:TRUSTPOINT`, {
      hint: 'write for example ios-xe:CISCO-CA',
    });
  }
  platformOf(platform);
  checkTrustpointName(trustpoint);
  return { platform, trustpoint };
}
