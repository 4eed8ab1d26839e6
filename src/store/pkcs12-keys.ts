/**
 * The keys in PKCS#12: recovered from their bags, and bags rebuilt around keys that are encrypted anew. Everything else
 * of a bag keeps its bytes.
 *
 * @module
 */
import { childrenOf, type DerElement, encodeElement, encodingOf, TAG } from '../encoding/der.js';
import { explicitContent, octetsOf } from '../encoding/octet-string.js';
import { TrustError } from '../errors.js';
import type { DecodeKeystoreOptions, RandomSource } from './codec.js';
import { type KeyAccess, type RecoveredKey, recoverPrivateKey } from './java-key-protection.js';
import { encryptAnew } from './pbe.js';
import { encodeSafeContents } from './pkcs12-bags.js';
import { pkcs12Entries } from './pkcs12-entries.js';
import type { Secret } from './pkcs12-kdf.js';
import { openPfx } from './pkcs12-open.js';
import { decodeBag, readPfx, type SafeBag } from './pkcs12-pfx.js';
import { replaceElements } from './pkcs12-splice.js';
import { type IsWanted, type PresentPasswords, passwordsOf, type RecoveredKeys } from './reprotection.js';

/** Whether a bag holds a key under a password. */
export function isEncryptedKey({ content }: SafeBag): boolean {
  return content?.type === 'shrouded-key' || (content?.type === 'secret' && content.key !== null);
}

/**
 * Recovers the key of a bag.
 *
 * @param bag - one that `isEncryptedKey`
 * @returns a PrivateKeyInfo; for a secret key what Java shapes like one
 * @throws {TrustError} as `recoverPrivateKey`
 */
export function recoverBagKey(bag: SafeBag, access: KeyAccess): RecoveredKey {
  const element = protectedElement(bag);
  return recoverPrivateKey(bag.content?.type === 'secret' ? octetsOf(element) : encodingOf(element), access);
}

/**
 * Encrypts a key.
 *
 * @param algorithm - as for `encryptAnew`: its random numbers are drawn anew
 * @param plain - what `recoverBagKey` gives
 * @returns EncryptedPrivateKeyInfo in DER
 */
export function encryptKey(
  algorithm: DerElement,
  plain: Uint8Array,
  options: { readonly secret: Secret; readonly random: RandomSource },
): Uint8Array {
  const encrypted = encryptAnew(algorithm, plain, options);
  return encodeElement(TAG.sequence, encrypted.algorithm, encodeElement(TAG.octetString, encrypted.ciphertext));
}

/**
 * Bags with their keys encrypted anew, also those inside of other bags.
 *
 * @param protect - gives the EncryptedPrivateKeyInfo for the key of a bag
 * @returns the same array where no key is in them
 * @throws {TrustError} `keystore/cannot-preserve` for a bag that cannot be read, since it may hold a key
 */
export function reprotectBags(bags: readonly SafeBag[], protect: (bag: SafeBag) => Uint8Array): readonly SafeBag[] {
  const damaged = bags.find(({ content }) => content === null);
  if (damaged !== undefined) throw unreadable(damaged);
  const rebuilt = bags.map((bag) => reprotectBag(bag, protect));
  return rebuilt.every((bag, index) => bag === bags[index]) ? bags : rebuilt;
}

function reprotectBag(bag: SafeBag, protect: (bag: SafeBag) => Uint8Array): SafeBag {
  const { element, content } = bag;
  if (content?.type === 'nested') {
    const rebuilt = reprotectBags(content.bags, protect);
    if (rebuilt === content.bags) return bag;
    return replaceIn(bag, bagValue(element), encodeSafeContents(rebuilt));
  }
  if (!isEncryptedKey(bag)) return bag;
  const info = protect(bag);
  return replaceIn(
    bag,
    protectedElement(bag),
    content?.type === 'secret' ? encodeElement(TAG.octetString, info) : info,
  );
}

function replaceIn({ element }: SafeBag, replaced: DerElement, encoding: Uint8Array): SafeBag {
  return decodeBag(replaceElements(element, [[replaced, encoding]]));
}

function unreadable({ error }: SafeBag): TrustError {
  return new TrustError(
    'keystore/cannot-preserve',
    `a part of the keystore cannot be read, and may hold a key: ${error?.message ?? 'its type is not known'}`,
    { hint: 'nothing was changed; have the keystore written anew by the program that made it' },
  );
}

/** What stands under the password: an EncryptedPrivateKeyInfo, or in a secret bag the OCTET STRING around it. */
function protectedElement({ element, content }: SafeBag): DerElement {
  const value = bagValue(element);
  if (content?.type !== 'secret') return value;
  const [, wrapped] = childrenOf(value, 'ber');
  return explicitContent(wrapped);
}

/** The content of a bag, without the explicit `[0]` around it. */
function bagValue(bag: DerElement): DerElement {
  const [, wrapped] = childrenOf(bag, 'ber');
  return explicitContent(wrapped);
}

/** `KeyCodec.recover` of PKCS#12. */
export function recoverPkcs12Keys(bytes: Uint8Array, present: PresentPasswords, isWanted: IsWanted): RecoveredKeys {
  const passwords = passwordsOf(present);
  const { password, derivedKeys } = present;
  const placed = pkcs12Entries(openPfx(readPfx(bytes), password, derivedKeys).safes.map(({ bags }) => bags));
  return new Map(
    [...placed.entries()]
      .filter(([index, { bag }]) => isEncryptedKey(bag) && isWanted(index))
      .map(([index, { bag, entry }]) => [index, recoverBagKey(bag, { alias: entry.alias, passwords })]),
  );
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
