/**
 * A PKCS#12 file under another password, with the algorithms that it has or with those of a new file. Bags are never made
 * anew: what else stands in them, Java's business or not, keeps its bytes.
 *
 * @module
 */
import { encodingOf } from '../encoding/der.js';
import { expectTrustError, TrustError } from '../errors.js';
import { quoteAlias } from './alias.js';
import type { RandomSource } from './codec.js';
import type { RecoveredKey } from './java-key-protection.js';
import type { Pkcs12Compat } from './keystore.js';
import { requireEditable } from './pkcs12-edit.js';
import { pkcs12Entries } from './pkcs12-entries.js';
import { KEYS_BUDGET, type Secret, secretOf } from './pkcs12-kdf.js';
import { encryptKey, isEncryptedKey, recoverBagKey, reprotectBags } from './pkcs12-keys.js';
import { encodeNewPfx, encryptPrivateKey } from './pkcs12-new.js';
import { asKeystoreError, type Opened, openPfx } from './pkcs12-open.js';
import { type Pfx, readPfx, type SafeBag } from './pkcs12-pfx.js';
import { encodePfx } from './pkcs12-write.js';
import {
  noPassword,
  type PresentPasswords,
  passwordsOf,
  type Reprotected,
  type ReprotectedKey,
  type ReprotectOptions,
} from './reprotection.js';

/**
 * Puts a file under another password: its MAC, its encrypted parts and every key, all with the algorithms, iteration
 * counts and lengths of salts that they have.
 *
 * @throws {TrustError} `keystore/no-password` where nothing is protected; `keystore/cannot-preserve`, and as
 *   `recoverPrivateKey`
 */
export function reprotectPkcs12(bytes: Uint8Array, { newPassword, random, ...present }: ReprotectOptions): Reprotected {
  return inWordsOfKeystores(() => {
    const pfx = readPfx(bytes);
    const opened = openPfx(pfx, present.password, present.derivedKeys);
    requireEditable(pfx, opened);
    const secret = secretOf(newPassword, present.derivedKeys, KEYS_BUDGET);
    const keys = new KeyRing(opened, present, (bag, { plain }) => encryptLike(bag, plain, { secret, random }));
    const lists = opened.safes.map(({ bags, secret: current }) => {
      const rebuilt = reprotectBags(bags, keys.protect);
      return current !== null && rebuilt === bags ? [...bags] : rebuilt;
    });
    if (opened.mac === null && keys.reprotected.length === 0 && opened.safes.every((safe) => safe.secret === null)) {
      throw noPassword();
    }
    const renewed: Opened = {
      ...opened,
      verified: opened.verified === null ? null : secret,
      safes: opened.safes.map((safe) => (safe.secret === null ? safe : { ...safe, secret })),
    };
    return { bytes: encodePfx(pfx, renewed, lists, { password: newPassword, random }), keys: keys.reprotected };
  });
}

/** How a file is written anew. */
export interface RewriteOptions extends PresentPasswords {
  /** Null only for a file without one. */
  readonly newPassword: string | null;
  readonly compat: Pkcs12Compat;
  /** Whether what Java does not see is left out. */
  readonly skipInvisible: boolean;
  readonly random: RandomSource;
}

/**
 * Writes a file anew with the algorithms of a new one; its bags stay as they are, with all their attributes.
 *
 * @throws {TrustError} as `reprotectPkcs12`; `keystore/refuses-entry` for a key in a file without a password
 */
export function rewritePkcs12(
  bytes: Uint8Array,
  { newPassword, compat, skipInvisible, random, ...present }: RewriteOptions,
): Reprotected {
  return inWordsOfKeystores(() => {
    const pfx = readPfx(bytes);
    const opened = openPfx(pfx, present.password, present.derivedKeys);
    requireEditable(skipInvisible ? { ...pfx, trailingBytes: 0 } : pfx, opened);
    if (!skipInvisible) requireKnownParts(pfx);
    const keys = new KeyRing(opened, present, (_bag, { plain, alias }) => {
      if (compat === 'passwordless' || newPassword === null) throw keyWithoutPassword(alias);
      return encryptPrivateKey(plain, { compat, password: newPassword, random });
    });
    const isKept = skipInvisible ? visibleBags(opened) : () => true;
    const safes = opened.safes
      .map(({ bags }) => reprotectBags(bags.filter(isKept), keys.protect))
      .filter(({ length }) => length > 0)
      .map((bags) => {
        if (compat === 'passwordless') requireNoSecrets(bags);
        return { bags: bags.map(({ element }) => encodingOf(element)), isEncrypted: !bags.every(isEncryptedKey) };
      });
    return { bytes: encodeNewPfx(safes, { password: newPassword, compat, random }), keys: keys.reprotected };
  });
}

/** The keys of a file while they are encrypted anew. */
class KeyRing {
  /** In the order of the file. */
  readonly reprotected: ReprotectedKey[] = [];
  readonly #aliases: ReadonlyMap<SafeBag, string>;
  readonly #present: PresentPasswords;
  readonly #passwords: ReturnType<typeof passwordsOf>;
  readonly #encrypt: (bag: SafeBag, key: RecoveredKey & { readonly alias: string }) => Uint8Array;

  constructor(
    { safes }: Opened,
    present: PresentPasswords,
    encrypt: (bag: SafeBag, key: RecoveredKey & { readonly alias: string }) => Uint8Array,
  ) {
    this.#aliases = new Map(pkcs12Entries(safes.map(({ bags }) => bags)).map(({ bag, entry }) => [bag, entry.alias]));
    this.#present = present;
    this.#passwords = passwordsOf(present);
    this.#encrypt = encrypt;
  }

  /** The EncryptedPrivateKeyInfo for the key of a bag. */
  readonly protect = (bag: SafeBag): Uint8Array => {
    const alias = this.#aliases.get(bag) ?? '';
    const key = recoverBagKey(bag, { alias, passwords: this.#passwords });
    const hadOwnPassword = key.password.text !== this.#present.password;
    this.reprotected.push({ alias, hadOwnPassword, plain: key.plain });
    return this.#encrypt(bag, { ...key, alias });
  };
}

function encryptLike(
  { content }: SafeBag,
  plain: Uint8Array,
  options: { readonly secret: Secret; readonly random: RandomSource },
): Uint8Array {
  const key = content?.type === 'secret' ? content.key : content?.type === 'shrouded-key' ? content : null;
  if (key === null) throw new RangeError('the bag holds no encrypted key');
  return encryptKey(key.algorithm, plain, options);
}

/** Whether Java sees a bag, as an entry or in the chain of a key. */
function visibleBags({ safes }: Opened): (bag: SafeBag) => boolean {
  const kinds = new Map(pkcs12Entries(safes.map(({ bags }) => bags)).map(({ bag, entry }) => [bag, entry.kind]));
  return (bag) => {
    const kind = kinds.get(bag);
    return kind === undefined ? bag.content?.type === 'certificate' : kind !== 'invisible';
  };
}

function requireKnownParts({ safes }: Pfx): void {
  for (const safe of safes) {
    if (safe.type !== 'unsupported') continue;
    throw new TrustError('keystore/cannot-preserve', `a part of the keystore is of content type ${safe.oid}`, {
      hint: 'Java opens no keystore with such a part; have it written anew without it',
    });
  }
}

/** What an encrypted part kept secret must not come to lie open: keys, and whatever may be one. */
function requireNoSecrets(bags: readonly SafeBag[]): void {
  for (const { content, friendlyName } of bags) {
    if (content?.type === 'nested') requireNoSecrets(content.bags);
    else if (content?.type === 'unknown') throw unknownWithoutPassword(content.oid);
    else if (content?.type !== 'certificate' && content?.type !== 'crl') throw keyWithoutPassword(friendlyName ?? '');
  }
}

function unknownWithoutPassword(oid: string): TrustError {
  return new TrustError(
    'keystore/refuses-entry',
    `a bag of type ${oid} may hold a key, which has no place in a keystore without a password`,
    { hint: '--skip-invisible leaves out what Java does not see; or take modern or java8' },
  );
}

function keyWithoutPassword(alias: string): TrustError {
  return new TrustError(
    'keystore/refuses-entry',
    `the key ${quoteAlias(alias)} has no place in a keystore without a password`,
    {
      at: { entry: alias },
      hint: 'a password-less keystore holds certificates only; take modern or java8',
    },
  );
}

/** Errors of the structure as those of a keystore. */
function inWordsOfKeystores(work: () => Reprotected): Reprotected {
  try {
    return work();
  } catch (error) {
    throw asKeystoreError(expectTrustError(error));
  }
}
