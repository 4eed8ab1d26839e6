/**
 * Keystores made byte by byte, so that a test shows what is odd about the one it is about: real tools write only the
 * ordinary ones.
 */
import { createCipheriv, createHash, createHmac, type KeyObject, pbkdf2Sync } from 'node:crypto';
import { ByteWriter } from '../../src/encoding/byte-writer.ts';
import { contextTag, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { encodeModifiedUtf8 } from '../../src/encoding/modified-utf8.ts';
import { DIGESTS, derivePkcs12Key, KEY_PURPOSE, secretsFor } from '../../src/store/pkcs12-kdf.ts';

/** The password of every keystore made here, unless a test says otherwise. */
export const PASSWORD = 'Test123%';

/** `2025-06-01T12:00:00Z`, when the entries made here were created. */
export const CREATED = new Date('2025-06-01T12:00:00Z');

// --- JKS and JCEKS ----------------------------------------------------------------------------------------------------

interface JavaEntry {
  readonly alias: string;
  /** Instead of the alias as Java writes it. */
  readonly aliasBytes?: Uint8Array;
  readonly created?: bigint;
  readonly certificates?: readonly Uint8Array[];
  /** Default `X.509`. */
  readonly certificateType?: string;
  /** Makes it a private key. */
  readonly key?: Uint8Array;
  /** Makes it a secret key. */
  readonly sealed?: Uint8Array;
  /** Instead of the tag that the content asks for. */
  readonly tag?: number;
}

export interface JavaKeystoreParts {
  readonly type?: 'jks' | 'jceks';
  readonly version?: number;
  readonly entries?: readonly JavaEntry[];
  /** Instead of the true one. */
  readonly count?: number;
  readonly password?: string;
  /** After the digest. */
  readonly trailing?: Uint8Array;
}

export function javaKeystore({
  type = 'jks',
  version = 2,
  entries = [],
  count = entries.length,
  password = PASSWORD,
  trailing = new Uint8Array(0),
}: JavaKeystoreParts = {}): Uint8Array {
  const writer = new ByteWriter()
    .uint32(type === 'jks' ? 0xfeedfeed : 0xcececece)
    .uint32(version)
    .uint32(count);
  for (const entry of entries) writeEntry(writer, entry, version);
  const body = writer.toBytes();
  const digest = createHash('sha1').update(Buffer.from(password, 'utf16le').swap16()).update('Mighty Aphrodite');
  return new ByteWriter().bytes(body).bytes(digest.update(body).digest()).bytes(trailing).toBytes();
}

function writeEntry(writer: ByteWriter, entry: JavaEntry, version: number): void {
  const {
    alias,
    aliasBytes = encodeModifiedUtf8(alias),
    created = BigInt(CREATED.getTime()),
    certificates = [],
    certificateType = 'X.509',
    key,
    sealed,
  } = entry;
  writer.uint32(entry.tag ?? (key !== undefined ? 1 : sealed !== undefined ? 3 : 2));
  writer.uint16(aliasBytes.length).bytes(aliasBytes).int64(created);
  if (sealed !== undefined) writer.bytes(sealed);
  if (key !== undefined) writer.uint32(key.length).bytes(key).uint32(certificates.length);
  for (const der of certificates) {
    if (version > 1) writeText(writer, certificateType);
    writer.uint32(der.length).bytes(der);
  }
}

function writeText(writer: ByteWriter, text: string): void {
  const bytes = encodeModifiedUtf8(text);
  writer.uint16(bytes.length).bytes(bytes);
}

// --- PKCS#12 ----------------------------------------------------------------------------------------------------------

const PKCS12_BAGS = '1.2.840.113549.1.12.10.1';

export interface BagAttributes {
  readonly friendlyName?: string;
  readonly localKeyId?: string;
  readonly trusted?: boolean;
}

const ANY_EXTENDED_KEY_USAGE = encodeOid('2.5.29.37.0');

export function certificateBag(der: Uint8Array, attributes: BagAttributes = {}): Uint8Array {
  const content = encodeElement(
    TAG.sequence,
    encodeOid('1.2.840.113549.1.9.22.1'),
    explicit(encodeElement(TAG.octetString, der)),
  );
  return bag(`${PKCS12_BAGS}.3`, content, attributes);
}

/** A key as Java wants it: encrypted by AES-256 under the password. */
export function shroudedKeyBag(
  key: KeyObject,
  attributes: BagAttributes = {},
  password: string = PASSWORD,
  cipher = 'aes-256-cbc',
): Uint8Array {
  const info = key.export({ type: 'pkcs8', format: 'der', cipher, passphrase: password });
  return bag(`${PKCS12_BAGS}.2`, info, attributes);
}

export function plainKeyBag(key: KeyObject, attributes: BagAttributes = {}): Uint8Array {
  return bag(`${PKCS12_BAGS}.1`, key.export({ type: 'pkcs8', format: 'der' }), attributes);
}

/** The CRL is not one, which nobody looks at. */
export function crlBag(attributes: BagAttributes = {}): Uint8Array {
  const content = encodeElement(
    TAG.sequence,
    encodeOid('1.2.840.113549.1.9.23.1'),
    explicit(encodeElement(TAG.octetString, Uint8Array.of(0x30, 0))),
  );
  return bag(`${PKCS12_BAGS}.4`, content, attributes);
}

export function unknownBag(attributes: BagAttributes = {}): Uint8Array {
  return bag('1.2.3.4.5', Uint8Array.of(TAG.null, 0), attributes);
}

export function nestedBag(bags: readonly Uint8Array[]): Uint8Array {
  return bag(`${PKCS12_BAGS}.6`, encodeElement(TAG.sequence, ...bags), {});
}

export function bag(oid: string, content: Uint8Array, attributes: BagAttributes): Uint8Array {
  const { friendlyName, localKeyId, trusted = false } = attributes;
  const set = [
    ...(friendlyName === undefined ? [] : [attribute('1.2.840.113549.1.9.20', bmpString(friendlyName))]),
    ...(localKeyId === undefined
      ? []
      : [attribute('1.2.840.113549.1.9.21', encodeElement(TAG.octetString, Buffer.from(localKeyId)))]),
    ...(trusted ? [attribute('2.16.840.1.113894.746875.1.1', ANY_EXTENDED_KEY_USAGE)] : []),
  ];
  return encodeElement(
    TAG.sequence,
    encodeOid(oid),
    explicit(content),
    ...(set.length === 0 ? [] : [encodeElement(TAG.set, ...set)]),
  );
}

export interface PfxParts {
  /** The bags of each safe. */
  readonly safes: readonly (readonly Uint8Array[])[];
  /** Which safes are encrypted; default none. */
  readonly encrypted?: boolean;
  /** Of the AES that encrypts them. */
  readonly keyBits?: 192 | 256;
  /** `sha256` at 1000 iterations by default; null for none. */
  readonly mac?: 'sha256' | 'pbmac1' | null;
  readonly version?: number;
  readonly password?: string;
  readonly trailing?: Uint8Array;
}

const ITERATIONS = 1000;
const SALT = Uint8Array.from({ length: 16 }, (_, i) => i);

export function pfx({
  safes,
  encrypted = false,
  keyBits = 256,
  mac = 'sha256',
  version = 3,
  password = PASSWORD,
  trailing = new Uint8Array(0),
}: PfxParts): Uint8Array {
  const contents = safes.map((bags) => encodeElement(TAG.sequence, ...bags));
  const infos = contents.map((bytes) => (encrypted ? encryptedData(bytes, password, keyBits) : data(bytes)));
  const authenticatedSafe = encodeElement(TAG.sequence, ...infos);
  const file = encodeElement(
    TAG.sequence,
    encodeInteger(version),
    data(authenticatedSafe),
    ...(mac === null ? [] : [macData(authenticatedSafe, mac, { password })]),
  );
  return Buffer.concat([file, trailing]);
}

/** A PFX around content that a test made itself. */
export function pfxOf(authenticatedSafe: Uint8Array, mac: Uint8Array = new Uint8Array()): Uint8Array {
  return encodeElement(TAG.sequence, encodeInteger(3), data(authenticatedSafe), mac);
}

export function data(content: Uint8Array): Uint8Array {
  return contentInfo('1.2.840.113549.1.7.1', encodeElement(TAG.octetString, content));
}

export function contentInfo(oid: string, content: Uint8Array): Uint8Array {
  return encodeElement(TAG.sequence, encodeOid(oid), explicit(content));
}

export function encryptedData(content: Uint8Array, password: string, keyBits: 192 | 256 = 256): Uint8Array {
  const iv = SALT;
  const key = pbkdf2Sync(password, SALT, ITERATIONS, keyBits / 8, 'sha256');
  const cipher = createCipheriv(`aes-${keyBits}-cbc`, key, iv);
  const ciphertext = Buffer.concat([cipher.update(content), cipher.final()]);
  const algorithm = encodeElement(
    TAG.sequence,
    encodeOid('1.2.840.113549.1.5.13'),
    encodeElement(
      TAG.sequence,
      pbkdf2(null),
      encodeElement(
        TAG.sequence,
        encodeOid(`2.16.840.1.101.3.4.1.${keyBits === 192 ? 22 : 42}`),
        encodeElement(TAG.octetString, iv),
      ),
    ),
  );
  return contentInfo(
    '1.2.840.113549.1.7.6',
    encodeElement(
      TAG.sequence,
      encodeInteger(0),
      encodeElement(
        TAG.sequence,
        encodeOid('1.2.840.113549.1.7.1'),
        algorithm,
        encodeElement(contextTag(0, false), ciphertext),
      ),
    ),
  );
}

const HMAC_SHA256 = encodeElement(TAG.sequence, encodeOid('1.2.840.113549.2.9'), Uint8Array.of(TAG.null, 0));

function pbkdf2(keyLength: number | null): Uint8Array {
  return encodeElement(
    TAG.sequence,
    encodeOid('1.2.840.113549.1.5.12'),
    encodeElement(
      TAG.sequence,
      encodeElement(TAG.octetString, SALT),
      encodeInteger(ITERATIONS),
      ...(keyLength === null ? [] : [encodeInteger(keyLength)]),
      HMAC_SHA256,
    ),
  );
}

export interface MacOptions {
  readonly password?: string;
  /** Of PBMAC1; null leaves it out. */
  readonly keyLength?: number | null;
  /** How much of the digest is written. */
  readonly digestLength?: number;
}

export function macData(
  content: Uint8Array,
  kind: 'sha256' | 'pbmac1',
  { password = PASSWORD, keyLength = 32, digestLength = 32 }: MacOptions = {},
): Uint8Array {
  const [algorithm, key] = kind === 'sha256' ? pkcs12Mac(password) : pbmac1(password, keyLength);
  const digest = createHmac('sha256', key).update(content).digest().subarray(0, digestLength);
  return encodeElement(
    TAG.sequence,
    encodeElement(TAG.sequence, algorithm, encodeElement(TAG.octetString, digest)),
    encodeElement(TAG.octetString, SALT),
    encodeInteger(ITERATIONS),
  );
}

function pkcs12Mac(password: string): [Uint8Array, Uint8Array] {
  const oid = '2.16.840.1.101.3.4.2.1';
  const [secret] = secretsFor(password);
  const digest = DIGESTS.get(oid);
  if (secret === undefined || digest === undefined) throw new Error('SHA-256 is missing');
  const key = derivePkcs12Key(secret, {
    digest,
    salt: SALT,
    iterations: ITERATIONS,
    purpose: KEY_PURPOSE.mac,
    length: digest.length,
  });
  return [encodeElement(TAG.sequence, encodeOid(oid), Uint8Array.of(TAG.null, 0)), key];
}

function pbmac1(password: string, keyLength: number | null): [Uint8Array, Uint8Array] {
  const parameters = encodeElement(TAG.sequence, pbkdf2(keyLength), HMAC_SHA256);
  const key = pbkdf2Sync(password, SALT, ITERATIONS, keyLength ?? 32, 'sha256');
  return [encodeElement(TAG.sequence, encodeOid('1.2.840.113549.1.5.14'), parameters), key];
}

function attribute(oid: string, value: Uint8Array): Uint8Array {
  return encodeElement(TAG.sequence, encodeOid(oid), encodeElement(TAG.set, value));
}

function bmpString(text: string): Uint8Array {
  return encodeElement(TAG.bmpString, Buffer.from(text, 'utf16le').swap16());
}

function explicit(content: Uint8Array): Uint8Array {
  return encodeElement(contextTag(0), content);
}
