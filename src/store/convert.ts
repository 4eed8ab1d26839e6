/**
 * A keystore as one of another type, or with the algorithms of another time: every entry that Java sees, under its alias.
 * What the new keystore has no place for is named, and refused unless the caller lets it go.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { TrustError } from '../errors.js';
import { quoteAlias } from './alias.js';
import type { DecodeKeystoreOptions, RandomSource } from './codec.js';
import { decodeKeystore } from './codecs.js';
import { type Conversion, type ConversionRemark, hiddenContent, lossesOf } from './conversion-losses.js';
import type { PortableKey } from './key-codec.js';
import type { Keystore, KeystoreEntry, NewKeystoreEntry } from './keystore.js';
import { longerChains } from './longer-chains.js';
import { encodeKeystore, needsPassword } from './new-keystore.js';
import { rewritePkcs12 } from './pkcs12-reprotect.js';
import { protectPortableKey, readPortableKey } from './portable-key.js';
import { recoverKeys } from './recover-keys.js';
import type { PresentPasswords, Reprotected, ReprotectedKey } from './reprotection.js';
import { changeStorePassword } from './store-password.js';
import { requireConverted, requireSameContents } from './verify-contents.js';

/** How a keystore is converted. */
export interface ConvertOptions extends Conversion, PresentPasswords {
  /** Of the new keystore and of every key in it; null for one without. */
  readonly newPassword: string | null;
  /** The date of entries that have none, in types that have a place for it. */
  readonly at: Date;
  /** Default: that of node:crypto. */
  readonly random?: RandomSource;
}

/** A converted keystore. */
export interface ConvertedKeystore {
  readonly bytes: Uint8Array;
  /** The entries of the old keystore that are in the new one, in its order. */
  readonly entries: readonly KeystoreEntry[];
  /** The keys that were encrypted anew. */
  readonly keys: readonly Pick<ReprotectedKey, 'alias' | 'hadOwnPassword'>[];
  /** What is not as its owner may think, besides what is left out. */
  readonly remarks: readonly ConversionRemark[];
  /** Throws `file/verification-failed` unless bytes are a keystore with these entries and keys under the new password. */
  readonly verify: (written: Uint8Array) => void;
}

/** An entry with its key, where it has one. */
interface Portable {
  readonly entry: KeystoreEntry;
  readonly key: PortableKey | null;
  readonly hadOwnPassword: boolean;
}

/**
 * Converts a keystore. Aliases of JKS, JCEKS and PKCS#12 are written in lower case, in which Java looks for them.
 *
 * Between files of one type nothing is made anew that can stay: PKCS#12 bags keep their names and all their attributes,
 * and what Java does not see goes along, unless it is to be left out.
 *
 * @param bytes - the whole file
 * @throws {TrustError} as `decodeKeystore`, `recoverKeys` and `encodeKeystore`; `keystore/cannot-preserve` for what
 *   `lossesOf` names and is not allowed, for an entry that cannot be written as the new type has it, and where no entry
 *   would be left; as `longerChains`; `keystore/refuses-entry` for a key where the new keystore takes none
 */
export function convertKeystore(bytes: Uint8Array, options: ConvertOptions): ConvertedKeystore {
  const { type, compat = 'modern', skipInvisible, newPassword, random = randomBytes } = options;
  const keystore = decodeKeystore(bytes, options);
  const loss = lossesOf(bytes, keystore, options).find(({ isAllowed }) => !isAllowed);
  if (loss !== undefined) throw new TrustError('keystore/cannot-preserve', loss.message, { hint: loss.hint });
  const isSame = type === keystore.type;
  const entries = keystore.entries.filter(({ kind }) => kind !== 'invisible' || (isSame && !skipInvisible));
  if (entries.length === 0 && keystore.entries.length > 0) throw nothingLeft();
  refuseKeys(entries, options);
  const opening = { password: newPassword, derivedKeys: options.derivedKeys };
  if (isSame && type === 'pkcs12') {
    const remarks = skipInvisible ? [] : hiddenContent(keystore);
    return { ...unchanged(rewritePkcs12(bytes, { ...options, compat, random }), entries, opening), remarks };
  }
  if (isSame && type !== 'pem' && !skipInvisible && newPassword !== null) {
    const changed = changeStorePassword(bytes, { ...options, newPassword, random });
    return { ...unchanged(changed, entries, opening), remarks: hiddenContent(keystore) };
  }

  if (type === 'jceks') refuseBareKeys(entries);
  const portable = toPortable(bytes, keystore, options);
  const protect = (key: PortableKey): Uint8Array =>
    protectPortableKey(key, type, { compat, password: newPassword ?? '', random });
  const added = portable.map((item) => toNewEntry(item, protect, options.at));
  const encoded = encodeKeystore(added, { type, compat, password: newPassword, random });
  return {
    bytes: encoded,
    entries: portable.map(({ entry }) => entry),
    remarks: type === 'pkcs12' ? longerChains(entries, decodeKeystore(encoded, opening).entries) : [],
    keys: portable
      .filter(({ key }) => key !== null)
      .map(({ entry: { alias }, hadOwnPassword }) => ({ alias, hadOwnPassword })),
    verify: (written) =>
      requireConverted(
        portable.map(({ entry, key }) => ({ entry, key: key?.text ?? null })),
        type,
        written,
        opening,
      ),
  };
}

/** The entries that Java sees, with their keys. */
function toPortable(bytes: Uint8Array, { type, entries }: Keystore, present: PresentPasswords): readonly Portable[] {
  const keys = recoverKeys(bytes, present, (index) => entries[index]?.kind !== 'invisible');
  return entries.flatMap((entry, index): Portable[] => {
    if (entry.kind === 'invisible') return [];
    const key = keys.get(index);
    if (key === undefined) return [{ entry, key: null, hadOwnPassword: false }];
    const hadOwnPassword = key.password.text !== present.password;
    return [{ entry, key: readPortableKey(key.plain, entry, type), hadOwnPassword }];
  });
}

/** A keystore whose entries are what they were. */
function unchanged(
  { bytes, keys }: Reprotected,
  entries: readonly KeystoreEntry[],
  opening: DecodeKeystoreOptions,
): Omit<ConvertedKeystore, 'remarks'> {
  return {
    bytes,
    entries,
    // Without the keys themselves, which the result of a conversion is not to carry around.
    keys: keys.map(({ alias, hadOwnPassword }) => ({ alias, hadOwnPassword })),
    verify: (written) => requireSameContents(entries, keys, written, opening),
  };
}

function nothingLeft(): TrustError {
  return new TrustError('keystore/cannot-preserve', 'nothing would be left: Java sees no entry of the keystore', {
    hint: 'anchorctl keystore explain says why; repair lets Java see certificates',
  });
}

/** Before any key is asked for its password. */
function refuseKeys(entries: readonly KeystoreEntry[], { type, compat }: ConvertOptions): void {
  const isRefused = ({ kind }: KeystoreEntry): boolean => {
    if (type === 'jks') return kind === 'secret-key';
    return !needsPassword(type, compat) && (kind === 'private-key' || kind === 'secret-key');
  };
  const refused = entries.filter(isRefused);
  const [first] = refused;
  if (first === undefined) return;
  const names = refused.map(({ alias, kind }) => `the ${kind.replace('-', ' ')} ${quoteAlias(alias)}`).join(', ');
  const target = type === 'pkcs12' ? 'a PKCS#12 keystore without a password' : type.toUpperCase();
  const never = refused.length === 1 ? 'never goes' : 'never go';
  throw new TrustError('keystore/refuses-entry', `${names} ${never} into ${target}`, {
    at: { entry: first.alias },
    hint:
      type === 'jks'
        ? 'JCEKS and PKCS#12 hold secret keys'
        : 'it holds certificates only; convert to PKCS#12 with a password, or to JCEKS',
  });
}

/** Java 17 opens a JCEKS keystore with a key that has no certificate, and fails when it is asked about the entry. */
function refuseBareKeys(entries: readonly KeystoreEntry[]): void {
  const bare = entries.find(({ kind, fingerprints }) => kind === 'private-key' && fingerprints.length === 0);
  if (bare === undefined) return;
  const { alias } = bare;
  throw new TrustError(
    'keystore/cannot-preserve',
    `the key ${quoteAlias(alias)} has no certificate, without which Java lists no JCEKS keystore`,
    {
      at: { entry: alias },
      hint: 'convert to PKCS#12 or JKS, or import the certificate that was issued for the key first',
    },
  );
}

function toNewEntry({ entry, key }: Portable, protect: (key: PortableKey) => Uint8Array, at: Date): NewKeystoreEntry {
  const { alias, kind, certificates, fingerprints } = entry;
  const created = entry.created ?? at;
  if (certificates.length !== fingerprints.length) throw cannotConvert(alias, 'has a certificate that cannot be read');
  const chain = certificates.map(({ der }) => der);
  const [certificate] = chain;
  if (kind === 'trusted-certificate' && certificate !== undefined) return { kind, alias, created, certificate };
  if (key === null) throw cannotConvert(alias, 'is not encrypted as Java encrypts keys');
  return key.kind === 'private-key'
    ? { kind: key.kind, alias, created, key: protect(key), chain }
    : { kind: key.kind, alias, created, sealed: protect(key) };
}

function cannotConvert(alias: string, why: string): TrustError {
  return new TrustError('keystore/cannot-preserve', `${quoteAlias(alias)} ${why}`, {
    at: { entry: alias },
    hint: 'nothing was written; list the keystore to see what Java makes of it',
  });
}
