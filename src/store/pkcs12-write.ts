/**
 * Writing a PKCS#12 file with other bags in some of its safes: the other safes are copied, and what protects the changed
 * ones and the whole is what it was, with fresh random numbers.
 *
 * @module
 */
import { concatBytes } from '../encoding/byte-writer.js';
import {
  contentOf,
  contextTag,
  type DerElement,
  decodeElement,
  encodeElement,
  encodeInteger,
  encodeOid,
  encodingOf,
  TAG,
} from '../encoding/der.js';
import { octetsOf } from '../encoding/octet-string.js';
import { expectTrustError, TrustError } from '../errors.js';
import type { RandomSource } from './codec.js';
import { encryptAnew, readEncryption } from './pbe.js';
import { encodeSafeContents, explicit } from './pkcs12-bags.js';
import type { Secret } from './pkcs12-kdf.js';
import { protectAnew } from './pkcs12-mac.js';
import { type Opened, type OpenedSafe, passwordMissing, wrongPassword } from './pkcs12-open.js';
import { CONTENT_TYPE, type EncryptedKey, type Pfx, type SafeBag } from './pkcs12-pfx.js';
import { replaceElements } from './pkcs12-splice.js';

/** What writing needs besides the bags. */
export interface WriteOptions {
  readonly password: string | null;
  readonly random: RandomSource;
}

/**
 * The safe that gets new certificates: of those that hold certificates the last one with trusted ones, else the last; else
 * an empty one that is protected as a new one would be.
 *
 * @returns its index, which is that of a new safe where there is none
 */
export function certificateSafeOf(safes: readonly OpenedSafe[]): number {
  const holds = (isWanted: (bag: SafeBag) => boolean): number => safes.findLastIndex(({ bags }) => bags.some(isWanted));
  const type = templateOf(safes) === null ? 'plain' : 'encrypted';
  const candidates = [
    holds((bag) => bag.trusted && isCertificate(bag)),
    holds(isCertificate),
    safes.findLastIndex(({ safe, bags }) => bags.length === 0 && safe.type === type),
  ];
  return candidates.find((index) => index >= 0) ?? safes.length;
}

/**
 * Writes a file.
 *
 * @param bags - of each safe, the very array of `opened` where nothing changes; one more list for a new safe
 * @throws {TrustError} `keystore/cannot-preserve` when a new safe cannot be protected as the keys of the file are
 */
export function encodePfx(
  pfx: Pfx,
  opened: Opened,
  bags: readonly (readonly SafeBag[])[],
  options: WriteOptions,
): Uint8Array {
  const safes = bags.map((list, index) => {
    const present = opened.safes[index];
    if (present === undefined) return encodeNewSafe(encodeSafeContents(list), opened, options);
    return list === present.bags ? encodingOf(present.safe.element) : encodeSafe(present, list, options);
  });
  const authenticatedSafe = encodeElement(TAG.sequence, concatBytes(safes));
  const { random } = options;
  const { macData, content, element } = pfx;
  const secret = opened.verified;
  return replaceElements(element, [
    [content, encodeElement(TAG.octetString, authenticatedSafe)],
    ...(macData === null || secret === null
      ? []
      : ([[macData, protectAnew(macData, authenticatedSafe, { secret, random })]] as const)),
  ]);
}

/** A safe with other bags. */
function encodeSafe({ safe, secret }: OpenedSafe, bags: readonly SafeBag[], { random }: WriteOptions): Uint8Array {
  const contents = encodeSafeContents(bags);
  if (secret === null) {
    if (safe.type === 'unsupported') return encodingOf(safe.element);
    return replaceElements(safe.element, [[safe.octets, encodeElement(TAG.octetString, contents)]]);
  }
  const { algorithm, ciphertext } = encryptAnew(safe.algorithm, contents, { secret, random });
  return replaceElements(safe.element, [
    [safe.algorithm, algorithm],
    [safe.encryptedContent, encodeElement(contextTag(0, false), ciphertext)],
  ]);
}

/** A safe for a file that has none for certificates, protected as its keys are. */
function encodeNewSafe(contents: Uint8Array, opened: Opened, { password, random }: WriteOptions): Uint8Array {
  const template = templateOf(opened.safes);
  if (template === null) return encodePlainSafe(contents);
  try {
    const secret = opened.verified ?? template.secret ?? secretOfKey(template, opened.secrets);
    if (secret === null) {
      throw password === null ? passwordMissing() : wrongPassword('the password does not decrypt the key');
    }
    return encodeEncryptedSafe(template.algorithm, contents, { secret, random });
  } catch (error) {
    throw cannotEncryptLike(expectTrustError(error));
  }
}

/** How a new safe is to be encrypted. */
interface Template extends EncryptedKey {
  /** A form of the password that is known to be right. */
  readonly secret: Secret | null;
}

/** As the first key is, else as the first safe is; null where nothing is encrypted. */
function templateOf(safes: readonly OpenedSafe[]): Template | null {
  const encrypted = safes.find(({ secret }) => secret !== null);
  const secret = encrypted?.secret ?? null;
  for (const { bags } of safes) {
    for (const { content } of bags) {
      if (content?.type === 'shrouded-key') return { ...content, secret };
      if (content?.type === 'secret' && content.key !== null) return { ...content.key, secret };
    }
  }
  if (encrypted?.safe.type !== 'encrypted') return null;
  return { algorithm: encrypted.safe.algorithm, encryptedData: undefined, secret };
}

/** Where nothing else shows that a password is right, it must decrypt the key, whose plain form goes nowhere. */
function secretOfKey({ algorithm, encryptedData }: EncryptedKey, secrets: readonly Secret[]): Secret | null {
  const encryption = readEncryption(algorithm);
  const ciphertext = octetsOf(encryptedData);
  const isRight = (secret: Secret): boolean => {
    const key = encryption.decrypt(ciphertext, secret);
    try {
      return key !== null && contentOf(decodeElement(key, TAG.sequence, 'ber')).length > 0;
    } catch (error) {
      expectTrustError(error);
      return false;
    }
  };
  return secrets.find(isRight) ?? null;
}

function cannotEncryptLike(error: TrustError): TrustError {
  if (error.exitStatus === 4) return error;
  return new TrustError(
    'keystore/cannot-preserve',
    `the keystore has no part for certificates, and none can be encrypted as its keys are: ${error.message}`,
    { hint: 'nothing was changed; add a certificate with the program that made the keystore', cause: error },
  );
}

function isCertificate({ content }: SafeBag): boolean {
  return content?.type === 'certificate';
}

/** Content that anybody can read, as a ContentInfo: a safe, or the whole of them. */
export function encodePlainSafe(contents: Uint8Array): Uint8Array {
  return encodeContentInfo(CONTENT_TYPE.data, encodeElement(TAG.octetString, contents));
}

/**
 * A safe that is encrypted.
 *
 * @param algorithm - as for `encryptAnew`: its random numbers are drawn anew
 */
export function encodeEncryptedSafe(
  algorithm: DerElement,
  contents: Uint8Array,
  options: { readonly secret: Secret; readonly random: RandomSource },
): Uint8Array {
  const encrypted = encryptAnew(algorithm, contents, options);
  const content = encodeElement(
    TAG.sequence,
    encodeOid(CONTENT_TYPE.data),
    encrypted.algorithm,
    encodeElement(contextTag(0, false), encrypted.ciphertext),
  );
  return encodeContentInfo(CONTENT_TYPE.encryptedData, encodeElement(TAG.sequence, encodeInteger(0), content));
}

function encodeContentInfo(type: string, content: Uint8Array): Uint8Array {
  return encodeElement(TAG.sequence, encodeOid(type), explicit(content));
}
