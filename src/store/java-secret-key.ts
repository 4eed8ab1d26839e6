/**
 * Secret keys as JCEKS holds them: a serialized `javax.crypto.SealedObject`, in which lies, encrypted, the key as another
 * serialized object, a `javax.crypto.spec.SecretKeySpec` or a `java.security.KeyRep`. Both are read by walking
 * (java-serial.ts) and written byte for byte as Java writes them; nothing is instantiated.
 *
 * @module
 */
import { ByteWriter } from '../encoding/byte-writer.js';
import { decodeElement, TAG } from '../encoding/der.js';
import { encodeModifiedUtf8 } from '../encoding/modified-utf8.js';
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError, TrustError } from '../errors.js';
import { quoteAlias } from './alias.js';
import type { RandomSource } from './codec.js';
import { requireKeyPassword } from './java-key-protection.js';
import { walkSerializedObject } from './java-serial.js';
import { decryptMd5TripleDes, encryptMd5TripleDes, MD5_TRIPLE_DES } from './jceks-encryption.js';
import type { Secret } from './pkcs12-kdf.js';

/** A secret key as Java's SecretKeySpec has it. */
export interface SecretKey {
  /** As Java names it, e.g. `AES`. */
  readonly algorithm: string;
  readonly encoded: Uint8Array;
}

const STREAM_HEADER = 'aced0005';
const TYPE = { string: '74', reference: '71', array: '75', object: '73', classDescriptor: '72' } as const;
const END = '78';
const NO_SUPERCLASS = '70';
/** SC_SERIALIZABLE. */
const SERIALIZABLE = '02';
/** `byte[]` with its serialVersionUID, and without fields. */
const BYTE_ARRAY_CLASS: string = classDescriptor('[B', 'acf317f8060854e0', []) + NO_SUPERCLASS;
const STRING_TYPE: string = TYPE.string + text('Ljava/lang/String;');
const BYTES_TYPE: string = TYPE.string + text('[B');

/** Everything of a sealed object up to the bytes of its `encodedParams`; handles count from the first class. */
const SEALED_HEAD: string =
  STREAM_HEADER +
  TYPE.object +
  classDescriptor('com.sun.crypto.provider.SealedObjectForKeyProtector', 'cd57ca59e730bb53', []) +
  classDescriptor('javax.crypto.SealedObject', '3e363da6c3b75470', [
    `5b${text('encodedParams')}${BYTES_TYPE}`,
    `5b${text('encryptedContent')}${reference(2)}`,
    `4c${text('paramsAlg')}${STRING_TYPE}`,
    `4c${text('sealAlg')}${reference(3)}`,
  ]) +
  NO_SUPERCLASS +
  TYPE.array +
  BYTE_ARRAY_CLASS;

/** What stands between the bytes of `encodedParams` and those of `encryptedContent`. */
const SEALED_MIDDLE: string = TYPE.array + reference(5);
const SEALED_TAIL: string = (TYPE.string + text(MD5_TRIPLE_DES)).repeat(2);

const SPEC_HEAD: string =
  STREAM_HEADER +
  TYPE.object +
  classDescriptor('javax.crypto.spec.SecretKeySpec', '5b470b66e230614d', [
    `4c${text('algorithm')}${STRING_TYPE}`,
    `5b${text('key')}${BYTES_TYPE}`,
  ]) +
  NO_SUPERCLASS;

/**
 * Opens a sealed object.
 *
 * @param sealed - the whole stream
 * @returns the serialized key, or null when the password does not fit
 * @throws {TrustError} `keystore/malformed`, `keystore/truncated`, `keystore/unsupported`, `der/…`
 */
export function unsealObject(sealed: Uint8Array, secret: Secret): Uint8Array | null {
  const { fields } = walkSerializedObject(sealed, 0);
  const [parameters, content, algorithm] = [
    fields.get('encodedParams'),
    fields.get('encryptedContent'),
    fields.get('sealAlg'),
  ];
  if (algorithm !== MD5_TRIPLE_DES || !(parameters instanceof Uint8Array) || !(content instanceof Uint8Array)) {
    const found = typeof algorithm === 'string' ? toPrintable(algorithm) : 'nothing that is known';
    throw new TrustError('keystore/unsupported', `the secret key is sealed with ${found}, expected ${MD5_TRIPLE_DES}`);
  }
  const plain = decryptMd5TripleDes(content, decodeElement(parameters, TAG.sequence, 'ber'), secret);
  return plain !== null && isSerialized(plain) ? plain : null;
}

/**
 * Seals a serialized key.
 *
 * @throws {TrustError} `keystore/password-refused` for a password that Java does not take for such keys
 */
export function sealObject(
  serialized: Uint8Array,
  { password, random }: { readonly password: string; readonly random: RandomSource },
): Uint8Array {
  requireKeyPassword(password);
  const { parameters, ciphertext } = encryptMd5TripleDes(serialized, { password, random });
  return new ByteWriter()
    .bytes(fromHex(SEALED_HEAD))
    .uint32(parameters.length)
    .bytes(parameters)
    .bytes(fromHex(SEALED_MIDDLE))
    .uint32(ciphertext.length)
    .bytes(ciphertext)
    .bytes(fromHex(SEALED_TAIL))
    .toBytes();
}

/**
 * Reads the key in an unsealed object.
 *
 * @throws {TrustError} `keystore/cannot-preserve` for an object of another class; names the alias
 */
export function readSerializedKey(serialized: Uint8Array, alias: string): SecretKey {
  const { className, fields } = walkSerializedObject(serialized, 0);
  const algorithm = fields.get('algorithm');
  const isRaw = className === 'java.security.KeyRep' && fields.get('format') === 'RAW';
  const encoded = isRaw ? fields.get('encoded') : fields.get('key');
  const isKnown = isRaw || className === 'javax.crypto.spec.SecretKeySpec';
  if (isKnown && typeof algorithm === 'string' && encoded instanceof Uint8Array) return { algorithm, encoded };
  throw new TrustError(
    'keystore/cannot-preserve',
    `the secret key ${quoteAlias(alias)} is an object of class ${toPrintable(className ?? 'null')}, which only Java can read`,
    { at: { entry: alias }, hint: 'keep it in a JCEKS keystore, or export it with the program that made it' },
  );
}

/** Serializes a key as Java serializes a SecretKeySpec. */
export function encodeSecretKeySpec({ algorithm, encoded }: SecretKey): Uint8Array {
  return new ByteWriter()
    .bytes(fromHex(SPEC_HEAD + TYPE.string + text(algorithm) + TYPE.array + BYTE_ARRAY_CLASS))
    .uint32(encoded.length)
    .bytes(encoded)
    .toBytes();
}

function isSerialized(bytes: Uint8Array): boolean {
  try {
    return walkSerializedObject(bytes, 0).end === bytes.length;
  } catch (error) {
    expectTrustError(error);
    return false;
  }
}

/** A class without what follows it, its superclass. */
function classDescriptor(name: string, uid: string, fields: readonly string[]): string {
  return `${TYPE.classDescriptor}${text(name)}${uid}${SERIALIZABLE}${uint16(fields.length)}${fields.join('')}${END}`;
}

function reference(handle: number): string {
  return `${TYPE.reference}007e${uint16(handle)}`;
}

function text(value: string): string {
  const bytes = encodeModifiedUtf8(value);
  return uint16(bytes.length) + Buffer.from(bytes).toString('hex');
}

function uint16(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function fromHex(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}
