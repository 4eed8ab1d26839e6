/**
 * The keystores of Bouncy Castle, recognised so that the error can name them: BKS and UBER
 * (org.bouncycastle.jcajce.provider.keystore.bc.BcKeyStoreSpi) and BCFKS (…keystore.bcfks.BcFKSKeyStoreSpi). None of
 * them is read.
 *
 * @module
 */
import { TAG } from '../encoding/der.js';
import { TrustError } from '../errors.js';
import { type PeekedHeader, peekElement } from './peek.js';

/** One of the three. */
export type BouncyCastleKind = 'bks' | 'uber' | 'bcfks';

/** The header of BKS and UBER: version u32 · salt length u32 · salt · iterations u32. */
const SALT_START = 8;
const MAX_SALT_LENGTH = 64;
const MAX_ITERATIONS = 0xffffff;

/** The HMAC-SHA1 that closes a BKS keystore. */
const MAC_LENGTH = 20;
const MAX_ENTRY_TYPE = 4;

/** Later than any date of an entry: the year 5138. */
const MAX_DATE = 1e14;

/** Which of the three begins like this, or null. Never throws. */
export function detectBouncyCastle(bytes: Uint8Array): BouncyCastleKind | null {
  const start = contentStart(bytes);
  if (start !== null) return looksLikeBksEntries(bytes, start) ? 'bks' : 'uber';
  return looksLikeBcfks(bytes) ? 'bcfks' : null;
}

/** The error that says what the file is and what to do about it. */
export function unsupportedKeystore(kind: BouncyCastleKind): TrustError {
  const type = kind.toUpperCase();
  return new TrustError('keystore/unsupported', `a ${type} keystore of Bouncy Castle, which is not supported`, {
    hint: `convert it where Bouncy Castle is at hand: keytool -importkeystore -srcstoretype ${type} -deststoretype PKCS12 with -providerclass and -providerpath of the provider, or KeyStore Explorer`,
  });
}

/** Where the content of a BKS or UBER keystore begins, or null when the header is that of neither. */
function contentStart(bytes: Uint8Array): number | null {
  // The version is a small number.
  if (bytes.length < SALT_START || bytes[0] !== 0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(0);
  const saltLength = view.getUint32(4);
  const start = SALT_START + saltLength + 4;
  if (version > 2 || saltLength < 8 || saltLength > MAX_SALT_LENGTH || bytes.length < start) return null;
  const iterations = view.getUint32(start - 4);
  return iterations > 0 && iterations <= MAX_ITERATIONS ? start : null;
}

/** Entries in the clear (type u8 · alias · date i64 · chain length u32) or none; UBER has noise in this place. */
function looksLikeBksEntries(bytes: Uint8Array, start: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = bytes[start] ?? 0xff;
  if (type === 0) return bytes.length - start === 1 + MAC_LENGTH;
  const dateStart = start + 3 + (bytes.length >= start + 3 ? view.getUint16(start + 1) : bytes.length);
  if (type > MAX_ENTRY_TYPE || bytes.length < dateStart + 12) return false;
  const date = view.getBigInt64(dateStart);
  return date >= 0n && date < MAX_DATE && view.getUint32(dateStart + 8) < bytes.length;
}

/**
 * ObjectStore: SEQUENCE { EncryptedObjectStoreData, integrity check }, the former SEQUENCE { AlgorithmIdentifier, OCTET
 * STRING }. A certificate has an INTEGER or `[0]` where the AlgorithmIdentifier stands, a CRL a SEQUENCE where the
 * OCTET STRING stands.
 */
function looksLikeBcfks(bytes: Uint8Array): boolean {
  const store = peekSequence(bytes, 0);
  const data = store && peekSequence(bytes, store.contentStart);
  const algorithm = data && peekSequence(bytes, data.contentStart);
  if (!algorithm || algorithm.length === null) return false;
  const isAlgorithm = peekElement(bytes, algorithm.contentStart)?.tag === TAG.oid;
  return isAlgorithm && peekElement(bytes, algorithm.contentStart + algorithm.length)?.tag === TAG.octetString;
}

function peekSequence(bytes: Uint8Array, offset: number): PeekedHeader | null {
  const header = peekElement(bytes, offset);
  return header?.tag === TAG.sequence ? header : null;
}
