/**
 * What bytes are, by content only: names lie. A file that is cut short is still recognised, so that the error can say
 * what is missing.
 *
 * @module
 */
import { detectArchive } from '../encoding/archive.js';
import { asBuffer } from '../encoding/buffer.js';
import { contextTag, TAG } from '../encoding/der.js';
import { detectBinaryKeystore } from '../store/codecs.js';
import { type PeekedHeader, peekElement } from '../store/peek.js';
import type { InputKind } from './read-result.js';

/** How an xz file begins, which no release of Node unpacks. */
const XZ: readonly number[] = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];

/**
 * The kind of a binary input.
 *
 * @returns null for what may be text. Never throws
 */
export function detectBinary(bytes: Uint8Array): InputKind | null {
  const archive = detectArchive(bytes);
  if (archive !== null) return archive;
  if (XZ.every((byte, offset) => bytes[offset] === byte)) return 'xz';
  return detectBinaryKeystore(bytes) ?? detectDer(bytes);
}

/** Archives that are not unpacked, by how they begin, in hex. */
const OTHER_ARCHIVES: readonly (readonly [name: string, start: RegExp])[] = [
  ['bzip2', /^425a683[1-9]314159265359/],
  ['7z', /^377abcaf271c/],
  ['rar', /^526172211a07/],
  ['cab', /^4d53434600000000/],
];

/** Which archive bytes are that is not unpacked; null for all others, and for xz, which is a kind of its own. */
export function detectOtherArchive(bytes: Uint8Array): string | null {
  const start = asBuffer(bytes).toString('hex', 0, 10);
  return OTHER_ARCHIVES.find(([, pattern]) => pattern.test(start))?.[0] ?? null;
}

/**
 * The kind of a DER or BER structure, by its first elements.
 *
 * @returns null when it is none that has to do with certificates
 */
export function detectDer(bytes: Uint8Array): InputKind | null {
  const outer = peekSequence(bytes, 0);
  const first = outer && peekElement(bytes, outer.contentStart);
  if (!outer || !first) return null;
  const next = after(bytes, first);
  switch (first.tag) {
    case TAG.oid:
      return next?.tag === contextTag(0) ? 'pkcs7' : null;
    case TAG.integer:
      return detectKey(bytes, next);
    case TAG.sequence:
      return detectSigned(bytes, first, next);
    default:
      return null;
  }
}

/**
 * Whether a key is a public one: a SubjectPublicKeyInfo (RFC 5280 4.1), or an RSAPublicKey (RFC 8017 A.1.1), which begins with
 * its modulus and not with a version.
 *
 * @param bytes - of the kind `key`
 */
export function isPublicKey(bytes: Uint8Array): boolean {
  const outer = peekSequence(bytes, 0);
  const first = outer && peekElement(bytes, outer.contentStart);
  if (!first) return false;
  return first.tag === TAG.sequence ? after(bytes, first)?.tag === TAG.bitString : first.length !== 1;
}

/** PKCS#8 has an AlgorithmIdentifier after its version, PKCS#1 the modulus, RFC 5915 an OCTET STRING. */
function detectKey(bytes: Uint8Array, next: PeekedHeader | null): InputKind | null {
  if (next?.tag === TAG.sequence) return peekElement(bytes, next.contentStart)?.tag === TAG.oid ? 'key' : null;
  return next?.tag === TAG.integer || next?.tag === TAG.octetString ? 'key' : null;
}

/** Structures that begin with a SEQUENCE: what is signed of a certificate, CRL or request, or an algorithm and a key. */
function detectSigned(bytes: Uint8Array, first: PeekedHeader, afterFirst: PeekedHeader | null): InputKind | null {
  const fields = peekFields(bytes, first.contentStart, 5).map(({ tag }) => tag);
  if (fields[0] === TAG.oid) {
    return afterFirst?.tag === TAG.octetString || afterFirst?.tag === TAG.bitString ? 'key' : null;
  }
  if (fields[0] === contextTag(0)) return fields[1] === TAG.integer ? 'der' : null;
  const unversioned = fields[0] === TAG.integer ? fields.slice(1) : fields;
  if (isTime(unversioned[2])) return 'crl';
  if (fields[0] !== TAG.integer) return null;
  return fields[3] === contextTag(0) ? 'csr' : fields[3] === TAG.sequence ? 'der' : null;
}

/** The headers of up to `count` elements in a row, as far as the bytes are there. */
function peekFields(bytes: Uint8Array, start: number, count: number): PeekedHeader[] {
  const fields: PeekedHeader[] = [];
  for (let field = peekElement(bytes, start); field !== null && fields.length < count; field = after(bytes, field)) {
    fields.push(field);
  }
  return fields;
}

function after(bytes: Uint8Array, { contentStart, length }: PeekedHeader): PeekedHeader | null {
  return length === null ? null : peekElement(bytes, contentStart + length);
}

function peekSequence(bytes: Uint8Array, offset: number): PeekedHeader | null {
  const header = peekElement(bytes, offset);
  return header?.tag === TAG.sequence ? header : null;
}

function isTime(tag: number | undefined): boolean {
  return tag === TAG.utcTime || tag === TAG.generalizedTime;
}
