/**
 * New PKCS#12 files, shaped as Java shapes its own (sun.security.pkcs12.PKCS12KeyStore): keys in a part that is not
 * encrypted as a whole, certificates in one that is. docs/formats/pkcs12.md has the figures.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { concatBytes } from '../encoding/byte-writer.js';
import { decodeElement, encodeElement, encodeInteger, encodeOid, NULL, TAG } from '../encoding/der.js';
import { TrustError } from '../errors.js';
import { fingerprint } from '../x509/fingerprint.js';
import { foldAlias, quoteAlias } from './alias.js';
import type { EncodeKeystoreOptions, RandomSource } from './codec.js';
import { storedCertificate } from './entry.js';
import type { NewKeystoreEntry, Pkcs12Compat } from './keystore.js';
import { encodeChainBag, encodeKeyBag, encodeSecretBag, encodeTrustedBag } from './pkcs12-bags.js';
import { pkcs12Entries } from './pkcs12-entries.js';
import { type DerivedKeys, secretOf } from './pkcs12-kdf.js';
import { encryptKey } from './pkcs12-keys.js';
import { protectAnew } from './pkcs12-mac.js';
import { decodeBag } from './pkcs12-pfx.js';
import { encodeEncryptedSafe, encodePlainSafe } from './pkcs12-write.js';

type NewKey = Extract<NewKeystoreEntry, { readonly kind: 'private-key' | 'secret-key' }>;

/** Of salts, in bytes; Java reads any. */
const SALT_LENGTH = 20;

/** Algorithms with their parameters in DER, random numbers not drawn yet. */
interface Protection {
  /** AlgorithmIdentifier; null for certificates that anybody can read. */
  readonly certificates: Uint8Array | null;
  /** AlgorithmIdentifier. */
  readonly keys: Uint8Array;
  /** MacData; null for none. */
  readonly mac: Uint8Array | null;
}

/** What Java writes since 16 (and 8u301, 11.0.12 but for the MAC), before that, and without a password. */
const PROTECTIONS: Readonly<Record<Pkcs12Compat, () => Protection>> = {
  modern: () => ({ certificates: pbes2(), keys: pbes2(), mac: macData('2.16.840.1.101.3.4.2.1', 32, 10_000) }),
  java8: () => ({
    certificates: pbes1('1.2.840.113549.1.12.1.6'),
    keys: pbes1('1.2.840.113549.1.12.1.3'),
    mac: macData('1.3.14.3.2.26', 20, 100_000),
  }),
  passwordless: () => ({ certificates: null, keys: pbes2(), mac: null }),
};

/**
 * Encrypts a private key the way the keys of such a file are.
 *
 * @param pkcs8 - PrivateKeyInfo in DER (RFC 5958)
 * @returns EncryptedPrivateKeyInfo in DER, to go into a `NewKeystoreEntry`
 */
export function encryptPrivateKey(
  pkcs8: Uint8Array,
  {
    compat,
    password,
    random = randomBytes,
  }: { readonly compat: Pkcs12Compat; readonly password: string; readonly random?: RandomSource },
): Uint8Array {
  const template = decodeElement(PROTECTIONS[compat]().keys, TAG.sequence);
  return encryptKey(template, pkcs8, { secret: secretOf(password), random });
}

/**
 * Encodes a file, as `Codec.encode` says. Java finds the chain of a key by its issuers, so only a chain that follows
 * them can be written.
 */
export function encodePkcs12(
  entries: readonly NewKeystoreEntry[],
  { password, compat = 'modern', random = randomBytes, derivedKeys }: EncodeKeystoreOptions,
): Uint8Array {
  const keyIds = nameKeys(entries);
  const keys = entries.flatMap((entry) => encodeKey(entry, keyIds));
  const certificates = entries.flatMap((entry) => encodeCertificates(entry, keyIds));
  requireChains(entries, keys, certificates);

  return encodeNewPfx(
    [
      { bags: keys, isEncrypted: false },
      { bags: certificates, isEncrypted: true },
    ].filter(({ bags }) => bags.length > 0),
    { password, compat, random, derivedKeys },
  );
}

/** A part of a new file. */
export interface NewSafe {
  /** In DER or BER. */
  readonly bags: readonly Uint8Array[];
  /** Whether it is encrypted as a whole, where the file is at all. */
  readonly isEncrypted: boolean;
}

/** Encodes a file of bags that are made already. */
export function encodeNewPfx(
  safes: readonly NewSafe[],
  {
    password,
    compat,
    random,
    derivedKeys,
  }: {
    readonly password: string | null;
    readonly compat: Pkcs12Compat;
    readonly random: RandomSource;
    readonly derivedKeys?: DerivedKeys | undefined;
  },
): Uint8Array {
  const { certificates, mac } = PROTECTIONS[compat]();
  const secret = secretOf(password ?? '', derivedKeys);
  const authenticatedSafe = sequenceOf(
    safes.map(({ bags, isEncrypted }) =>
      isEncrypted && certificates !== null
        ? encodeEncryptedSafe(decodeElement(certificates, TAG.sequence), sequenceOf(bags), { secret, random })
        : encodePlainSafe(sequenceOf(bags)),
    ),
  );
  return encodeElement(
    TAG.sequence,
    encodeInteger(3),
    encodePlainSafe(authenticatedSafe),
    ...(mac === null ? [] : [protectAnew(decodeElement(mac, TAG.sequence), authenticatedSafe, { secret, random })]),
  );
}

/**
 * The localKeyID of each key, which tells Java its date and its certificate. Keys of one date get leading zeros, which
 * the date does not mind: older Java goes by this attribute alone.
 */
function nameKeys(entries: readonly NewKeystoreEntry[]): ReadonlyMap<NewKeystoreEntry, Uint8Array> {
  const counts = new Map<number, number>();
  return new Map(
    entries.filter(isKey).map((entry) => {
      const time = entry.created.getTime();
      const count = counts.get(time) ?? 0;
      counts.set(time, count + 1);
      const sign = time < 0 ? '-' : '';
      return [entry, new TextEncoder().encode(`Time ${sign}${'0'.repeat(count)}${Math.abs(time)}`)];
    }),
  );
}

function isKey(entry: NewKeystoreEntry): entry is NewKey {
  return entry.kind !== 'trusted-certificate';
}

function encodeKey(entry: NewKeystoreEntry, keyIds: ReadonlyMap<NewKeystoreEntry, Uint8Array>): Uint8Array[] {
  const localKeyId = keyIds.get(entry);
  if (!isKey(entry) || localKeyId === undefined) return [];
  const names = { friendlyName: foldAlias(entry.alias), localKeyId };
  return [entry.kind === 'private-key' ? encodeKeyBag(names, entry.key) : encodeSecretBag(names, entry.sealed)];
}

function encodeCertificates(entry: NewKeystoreEntry, keyIds: ReadonlyMap<NewKeystoreEntry, Uint8Array>): Uint8Array[] {
  const alias = foldAlias(entry.alias);
  if (entry.kind === 'trusted-certificate') return [encodeTrustedBag(alias, entry.certificate)];
  const localKeyId = keyIds.get(entry);
  if (entry.kind === 'secret-key' || localKeyId === undefined) return [];
  const [endEntity, ...issuers] = entry.chain;
  if (endEntity === undefined) return [];
  return [
    encodeChainBag({ friendlyName: alias, localKeyId }, endEntity),
    ...issuers.map((der) => encodeChainBag({ friendlyName: subjectOf(der) }, der)),
  ];
}

function subjectOf(der: Uint8Array): string | null {
  const { decoded } = storedCertificate(der);
  return decoded instanceof TrustError ? null : decoded.subject;
}

/** Makes sure that every key is found with its chain, which may go on beyond it with certificates of other entries. */
function requireChains(
  entries: readonly NewKeystoreEntry[],
  keys: readonly Uint8Array[],
  certificates: readonly Uint8Array[],
): void {
  if (keys.length === 0) return;
  const found = new Map(
    pkcs12Entries([keys.map(decodeBag), certificates.map(decodeBag)]).map(({ entry }) => [entry.alias, entry]),
  );
  for (const entry of entries) {
    if (entry.kind !== 'private-key') continue;
    const fingerprints = found.get(foldAlias(entry.alias))?.fingerprints ?? [];
    if (entry.chain.every((der, index) => fingerprint('sha256', der) === fingerprints[index])) continue;
    throw new TrustError(
      'keystore/cannot-preserve',
      `the chain of the key ${quoteAlias(entry.alias)} cannot be kept: in PKCS#12 Java builds it from the issuers, and would find another`,
      { at: { entry: entry.alias }, hint: 'JKS and JCEKS keep any chain as it is' },
    );
  }
}

function sequenceOf(parts: readonly Uint8Array[]): Uint8Array {
  return encodeElement(TAG.sequence, concatBytes(parts));
}

/** PBES2 with PBKDF2 (RFC 8018): HmacSHA256, 10,000 iterations, AES-256-CBC. */
function pbes2(): Uint8Array {
  const kdf = encodeElement(
    TAG.sequence,
    encodeElement(TAG.octetString, new Uint8Array(SALT_LENGTH)),
    encodeInteger(10_000),
    encodeInteger(32),
    algorithm('1.2.840.113549.2.9', NULL),
  );
  return algorithm(
    '1.2.840.113549.1.5.13',
    encodeElement(
      TAG.sequence,
      algorithm('1.2.840.113549.1.5.12', kdf),
      algorithm('2.16.840.1.101.3.4.1.42', encodeElement(TAG.octetString, new Uint8Array(16))),
    ),
  );
}

/** A scheme of PKCS#12 (RFC 7292 appendix C), 50,000 iterations. */
function pbes1(oid: string): Uint8Array {
  const salt = encodeElement(TAG.octetString, new Uint8Array(SALT_LENGTH));
  return algorithm(oid, encodeElement(TAG.sequence, salt, encodeInteger(50_000)));
}

function macData(digestOid: string, digestLength: number, iterations: number): Uint8Array {
  return encodeElement(
    TAG.sequence,
    encodeElement(
      TAG.sequence,
      algorithm(digestOid, NULL),
      encodeElement(TAG.octetString, new Uint8Array(digestLength)),
    ),
    encodeElement(TAG.octetString, new Uint8Array(SALT_LENGTH)),
    encodeInteger(iterations),
  );
}

function algorithm(oid: string, parameters: Uint8Array): Uint8Array {
  return encodeElement(TAG.sequence, encodeOid(oid), parameters);
}
