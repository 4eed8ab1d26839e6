/**
 * A keystore file as it is read: decoded with its password, of the type that the user says it is.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError, TrustError } from '../errors.js';
import { resolveLinks } from '../io/atomic-file.js';
import { thisHost } from '../io/host.js';
import { readInput } from '../io/read-input.js';
import type { StoreInput } from '../rotation/store-plan.js';
import { decodeKeystore, detectKeystore } from '../store/codecs.js';
import type { Keystore, KeystoreType } from '../store/keystore.js';
import { sourceOf } from '../x509/source.js';
import type { Io } from './io.js';
import { withPassword } from './password.js';

/** A keystore that was read. */
export interface OpenStore extends StoreInput {
  readonly keystore: Keystore;
}

/** How a keystore is opened. */
export interface OpenStoreOptions {
  /** Null for none given; asked for at a terminal where one is needed. */
  readonly password: string | null;
  /** What `--storetype` says. */
  readonly storetype?: KeystoreType | undefined;
  /** Whether it is to be changed, for which the password of a store that has one is always needed. */
  readonly forEditing?: boolean;
  /** What the file holds, for who has read it already. */
  readonly bytes?: Uint8Array;
}

/**
 * Reads and decodes a keystore.
 *
 * @param name - as the user named it
 * @throws {TrustError} `input/…`, `keystore/…` with the name; `keystore/other-type`
 */
export async function openStore(
  name: string,
  { password, storetype, forEditing = false, bytes: given }: OpenStoreOptions,
  io: Io,
): Promise<OpenStore> {
  const path = resolveLinks(name, thisHost.fs);
  const bytes = given ?? readInput(name);
  try {
    requireType(bytes, storetype);
    return await withPassword(password, io, name, (known) => {
      const derivedKeys = new Map();
      const keystore = decodeKeystore(bytes, { password: known, source: sourceOf(name), derivedKeys });
      const found = known ?? emptyPassword(keystore);
      if (forEditing) requirePassword(keystore, found);
      return { path, name, bytes, password: found, derivedKeys, keystore };
    });
  } catch (error) {
    throw expectTrustError(error).within({ source: name });
  }
}

/** A name or an option that says something else than the content is a mistake worth knowing of before anything happens. */
function requireType(bytes: Uint8Array, expected: KeystoreType | undefined): void {
  const found = detectKeystore(bytes);
  if (expected === undefined || found === null || found === expected) return;
  throw new TrustError(
    'keystore/other-type',
    `the keystore is ${found.toUpperCase()} and not ${expected.toUpperCase()}, as --storetype says`,
    { hint: 'name the type it has, or leave --storetype out; its type is never changed by opening it' },
  );
}

/** The password that verified the integrity of a keystore where none was given: that of PKCS#12 may be empty. */
function emptyPassword({ mac, integrity }: Keystore): string | null {
  return mac !== null && integrity === 'verified' ? '' : null;
}

function requirePassword({ type, mac }: Keystore, password: string | null): void {
  if (password !== null || mac === null) return;
  throw new TrustError(
    'keystore/password-missing',
    `the password of the ${type.toUpperCase()} keystore is missing, by which its integrity is checked: ${toPrintable(mac)}`,
    { hint: 'give it with --storepass-env, --storepass-file or ANCHORCTL_STOREPASS' },
  );
}
