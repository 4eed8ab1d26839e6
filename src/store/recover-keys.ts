/**
 * The keys in a keystore, recovered.
 *
 * @module
 */
import type { DecodeKeystoreOptions } from './codec.js';
import { requireCodec } from './codecs.js';
import type { RecoveredKey } from './java-key-protection.js';
import { type JavaKeystoreFormat, readLayout } from './java-keystore.js';
import { isKeyRange, recoverJavaKey } from './java-keystore-keys.js';
import { JCEKS_FORMAT } from './jceks.js';
import { JKS_FORMAT } from './jks.js';
import type { KeystoreType } from './keystore.js';
import { pkcs12Entries } from './pkcs12-entries.js';
import { isEncryptedKey, recoverBagKey } from './pkcs12-keys.js';
import { openPfx } from './pkcs12-open.js';
import { readPfx, type SafeBag } from './pkcs12-pfx.js';
import { type PresentPasswords, passwordsOf } from './reprotection.js';

/** Recovered keys by the number of their entry in `Keystore.entries`, which counts from 0. */
export type RecoveredKeys = ReadonlyMap<number, RecoveredKey>;

/** Recovers the keys of those entries that are wanted. */
type Recover = (bytes: Uint8Array, present: PresentPasswords, isWanted: (index: number) => boolean) => RecoveredKeys;

const RECOVER: Readonly<Record<KeystoreType, Recover>> = {
  jks: recoverJavaKeys(JKS_FORMAT),
  jceks: recoverJavaKeys(JCEKS_FORMAT),
  pkcs12: recoverPkcs12Keys,
  pem: () => new Map(),
};

/**
 * Recovers the keys of a keystore: a PrivateKeyInfo each, for a secret key what the format makes of one.
 *
 * @param bytes - a keystore that its codec decodes with this password
 * @param isWanted - by the number of an entry; default: every one
 * @throws {TrustError} as `recoverPrivateKey`, for the first key that cannot be recovered
 */
export function recoverKeys(
  bytes: Uint8Array,
  present: PresentPasswords,
  isWanted: (index: number) => boolean = () => true,
): RecoveredKeys {
  return RECOVER[requireCodec(bytes).type](bytes, present, isWanted);
}

/**
 * The aliases of the keys in a PKCS#12 file that no password protects: not encrypted themselves, in a part that is not
 * either.
 *
 * @param bytes - a PKCS#12 file that opens with the password
 */
export function keysInClear(bytes: Uint8Array, { password, derivedKeys }: DecodeKeystoreOptions): readonly string[] {
  const { safes } = openPfx(readPfx(bytes), password, derivedKeys);
  const plain = new Set(safes.filter(({ secret }) => secret === null).flatMap(({ bags }) => bags.flatMap(flatten)));
  return pkcs12Entries(safes.map(({ bags }) => bags))
    .filter(({ bag }) => bag.content?.type === 'plain-key' && plain.has(bag))
    .map(({ entry }) => entry.alias);
}

function flatten(bag: SafeBag): readonly SafeBag[] {
  return bag.content?.type === 'nested' ? bag.content.bags.flatMap(flatten) : [bag];
}

function recoverJavaKeys(format: JavaKeystoreFormat): Recover {
  return (bytes, present, isWanted) => {
    const passwords = passwordsOf(present);
    return new Map(
      [...readLayout(bytes, format).entries.entries()]
        .filter(([index, entry]) => isKeyRange(entry) && isWanted(index))
        .map(([index, entry]) => [index, recoverJavaKey(bytes, entry, passwords)]),
    );
  };
}

function recoverPkcs12Keys(
  bytes: Uint8Array,
  present: PresentPasswords,
  isWanted: (index: number) => boolean,
): RecoveredKeys {
  const passwords = passwordsOf(present);
  const { password, derivedKeys } = present;
  const placed = pkcs12Entries(openPfx(readPfx(bytes), password, derivedKeys).safes.map(({ bags }) => bags));
  return new Map(
    [...placed.entries()]
      .filter(([index, { bag }]) => isEncryptedKey(bag) && isWanted(index))
      .map(([index, { bag, entry }]) => [index, recoverBagKey(bag, { alias: entry.alias, passwords })]),
  );
}
