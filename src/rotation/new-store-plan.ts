/**
 * A keystore that is made, worked out before anything is written.
 *
 * @module
 */
import { decodeKeystore } from '../store/codecs.js';
import type { KeystoreType, Pkcs12Compat } from '../store/keystore.js';
import { encodeKeystore } from '../store/new-keystore.js';
import { type NewEntry, type StorePlan, verifyStore } from './store-plan.js';

/** What is to be made, and where. */
export interface NewStoreRequest {
  /** Absolute. */
  readonly path: string;
  /** As the user named it. */
  readonly name: string;
  readonly type: KeystoreType;
  readonly compat: Pkcs12Compat | undefined;
  readonly password: string | null;
  /** The file that is replaced, or null where there is none. */
  readonly before: Uint8Array | null;
  readonly added: readonly NewEntry[];
  /** The creation date of the entries. */
  readonly created: Date;
}

/** A `StorePlan` for a file that may not be there yet. */
export interface NewStorePlan extends Omit<StorePlan, 'before' | 'after' | 'refusals' | 'stillTrusted'> {
  readonly before: Uint8Array | null;
  readonly after: Uint8Array;
}

/**
 * Works out a keystore of trusted certificates.
 *
 * @throws {TrustError} as `encodeKeystore`
 */
export function planNewStore(request: NewStoreRequest): NewStorePlan {
  const { path, name, type, compat, password, before, added, created } = request;
  const entries = added.map(({ alias, certificate }) => ({
    kind: 'trusted-certificate' as const,
    alias,
    created,
    certificate: certificate.der,
  }));
  const derivedKeys = new Map();
  const after = encodeKeystore(entries, { type, password, derivedKeys, ...(compat === undefined ? {} : { compat }) });
  return {
    path,
    name,
    type,
    before,
    after,
    added: added.map(({ alias, certificate: { sha256, subject } }) => ({ alias, sha256, subject })),
    removed: [],
    present: [],
    unchanged: 0,
    verify: (written) =>
      verifyStore(decodeKeystore(written, { password, derivedKeys }), { kept: { entries: [] }, revealed: [], added }),
  };
}
