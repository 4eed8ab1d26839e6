/**
 * From the characters of a block to a certificate, where the block may be damaged: what decodes and is near no known root
 * is a certificate; what is near one is a damaged copy of it, and the genuine one stands for it; all else is refused with
 * the place of the damage. Nothing is guessed.
 *
 * @module
 */
import { findRoot } from '../catalog/catalog.js';
import type { Edit } from '../catalog/edit-script.js';
import { type DamageMatch, matchDamaged, resemblesRoot } from '../catalog/match.js';
import { decodeBase64, withoutPadding } from '../encoding/base64.js';
import { asBuffer } from '../encoding/buffer.js';
import { encodingOf, readElement } from '../encoding/der.js';
import { encodePem } from '../encoding/pem.js';
import { expectTrustError, type Position, TrustError } from '../errors.js';
import { Certificate, decodeCertificate } from '../x509/certificate.js';
import { verifyCertificateSignature } from '../x509/signature.js';
import type { Source } from '../x509/source.js';
import type { Collector } from './collector.js';
import { compareLines } from './compare-lines.js';
import type { BlockContent } from './label.js';
import type { DamagedBlock } from './read-result.js';
import { hasBrokenSelfSignature, recoverSelfSigned } from './recover.js';
import { LineIndex } from './text.js';

/** What stands between two markers, without blanks and line ends. */
export interface Copy {
  readonly characters: string;
  /** Where each character stands in the text. */
  readonly indices: Uint32Array;
  /** Where the text goes on after the copy. */
  readonly end: number;
  readonly lines: LineIndex;
  /** The line of the block. */
  readonly line: number;
}

/** The characters of a part of a text. */
export function copyOf(text: string, start: number, end: number, lines: LineIndex, line: number): Copy {
  const characters = text.slice(start, end).replace(/\s+/g, '');
  const indices = new Uint32Array(characters.length);
  let next = 0;
  for (const { 0: run, index } of text.slice(start, end).matchAll(/\S{1,65536}/g)) {
    for (let at = 0; at < run.length; at++) indices[next++] = start + index + at;
  }
  return { characters, indices, end, lines, line };
}

/**
 * The bytes of a copy. Padding says nothing that the characters do not say, so it may be missing or wrong.
 *
 * @param into - gets a note about padding
 * @throws {TrustError} `pem/bad-base64` with the line and column of the first character that is wrong
 */
function decodeCopy({ characters, indices, end, lines }: Copy, into: Collector): Uint8Array {
  const data = withoutPadding(characters);
  const padding = '='.repeat(-data.length & 3);
  try {
    const bytes = decodeBase64(Buffer.from((data + padding).replace(/[^\0-\xff]/g, '\xff'), 'latin1'));
    if (data.length + padding.length !== characters.length) {
      const last = indices[data.length - 1];
      const at = lines.locate(last === undefined ? end : last + 1);
      into.note('pem/missing-padding', 'the padding at the end is missing or wrong', at);
    }
    return bytes;
  } catch (error) {
    const { code, message, at } = expectTrustError(error);
    throw new TrustError(code, message, { at: lines.locate(indices[at?.offset ?? indices.length] ?? end) });
  }
}

/**
 * Adds what a copy holds: the certificate, or the root that it is a damaged copy of, or the certificates of a PKCS#7
 * structure; or else an error.
 *
 * @param content - a `trusted-certificate` may have more after it
 */
export function addCopy(asFound: Copy, content: BlockContent, into: Collector): void {
  const copy = inUsualAlphabet(asFound, into);
  const decoded = decode(copy, content, into);
  const match = decoded instanceof Uint8Array || isKnown(decoded) ? null : matchDamaged(copy.characters);
  if (match !== null && match.differences.length > 0) addGenuine(match, copy, into);
  else if (content === 'certificate' && addRecovered(decoded, copy, into)) return;
  else if (decoded instanceof Uint8Array) into.structure(decoded, content, copy.line);
  else if (decoded instanceof Certificate) into.certificate(decoded);
  else if (into.listsErrors) {
    into.error(
      new TrustError('pem/damaged', `the block is damaged: ${decoded.message}`, {
        at: { line: copy.line, ...decoded.at },
        hint: 'it is near no known root, so that nothing can stand for it; ask its sender for the file itself',
      }),
    );
  }
}

/** A copy in the URL-safe alphabet of RFC 4648 section 5, in the usual one; what has characters of both is left as it is. */
function inUsualAlphabet(copy: Copy, into: Collector): Copy {
  const { characters, indices, lines, end } = copy;
  const first = characters.search(/[-_]/);
  if (first < 0 || /[+/]/.test(characters)) return copy;
  into.note('pem/url-safe', 'the base64 is in the URL-safe alphabet', lines.locate(indices[first] ?? end));
  return { ...copy, characters: characters.replaceAll('-', '+').replaceAll('_', '/') };
}

/**
 * Whether a certificate is a damaged copy that decodes. OCR can change a character so that DER still parses: a root whose own
 * signature fails is no root of its own.
 */
export function isDamagedRoot(certificate: Certificate): boolean {
  return (
    // In this order: the length is nearly always enough, and of hardly any certificate a digest is needed.
    resemblesRoot(certificate.der) &&
    findRoot(certificate.sha256) === null &&
    verifyCertificateSignature(certificate, certificate.subjectPublicKeyInfo) !== 'valid'
  );
}

function isKnown(decoded: Certificate | TrustError): boolean {
  return decoded instanceof Certificate && findRoot(decoded.sha256) !== null;
}

function addGenuine({ sha256, der, differences }: DamageMatch, copy: Copy, into: Collector): void {
  const root = findRoot(sha256);
  if (root === null) return;
  const { line } = copy;
  const source = into.source({ line });
  const certificate = decodeCertificate(der, source);
  const count = differences.length === 1 ? '1 character differs' : `${differences.length} characters differ`;
  into.note(
    'pem/restored-from-catalog',
    `the block is a damaged copy of ${root.name} (${count}); the genuine certificate of the catalog stands for it`,
    { line },
  );
  into.certificate(certificate);
  into.damage({
    source,
    root,
    certificate,
    ...comparison(copy, differences),
  });
}

/**
 * The root that a certificate in DER is a damaged copy of: a byte that was changed on a disk or in a transfer leaves DER as whole as
 * a letter that was misread.
 *
 * @param found - the certificate that it decodes to; null where it decodes to none
 * @param source - of the copy
 * @returns with the first byte that differs, and the differences in the PEM that it would be; null where it is the copy of no known
 *   root, or a whole certificate
 */
export function damagedDer(
  der: Uint8Array,
  found: Certificate | null,
  source: Source,
): (DamagedBlock & { readonly offset: number }) | null {
  if (found !== null && !isDamagedRoot(found)) return null;
  const match = matchDamaged(asBuffer(der).toString('base64'));
  const root = match === null ? null : findRoot(match.sha256);
  if (match === null || root === null || match.differences.length === 0) return null;
  const certificate = decodeCertificate(match.der, source);
  const offset = der.findIndex((byte, at) => byte !== match.der[at]);
  const pem = encodePem('CERTIFICATE', der);
  const copy = copyOf(pem, pem.indexOf('\n') + 1, pem.lastIndexOf('-----END '), new LineIndex(pem), 1);
  return { source, root, certificate, offset, ...comparison(copy, match.differences) };
}

/** Where a copy differs from the genuine text, and the lines of both. */
function comparison(
  { characters, indices, end, lines }: Copy,
  edits: readonly Edit[],
): Pick<DamagedBlock, 'differences' | 'lines'> {
  const differences = edits.map(({ index, found, genuine }) => ({
    ...lines.locate(indices[index] ?? end),
    found,
    genuine,
  }));
  return { differences, lines: compareLines(withoutPadding(characters), edits) };
}

/**
 * Adds the certificate of which a copy is a misread one, where that is asked for and can be found.
 *
 * @param decoded - the copy as it is; one that is signed with its own key is not misread
 */
function addRecovered(decoded: Uint8Array | Certificate | TrustError, copy: Copy, into: Collector): boolean {
  if (into.recovery === null || decoded instanceof Uint8Array) return false;
  if (decoded instanceof Certificate && !mayBeRecovered(decoded, into)) return false;
  const recovery = recoverSelfSigned(copy.characters, into.recovery.budget);
  if (recovery === null) return false;
  const { line } = copy;
  const source = into.source({ line });
  const certificate = recovery.certificate.withSource(source);
  const { sha256 } = certificate;
  const count = recovery.changes.length === 1 ? '1 character was' : `${recovery.changes.length} characters were`;
  const what = `the block is damaged: ${count} misread; put right, its own signature verifies, and its SHA-256 is ${sha256}`;
  if (into.recovery.expected.has(sha256)) {
    into.note('pem/recovered', what, { line });
    into.certificate(certificate);
  } else {
    into.error(
      new TrustError('pem/recovered', what, {
        at: { line },
        hint: 'that signature shows that it was read right, not whose it is: verify the fingerprint by another way, then pass it with --expect-sha256',
      }),
    );
  }
  into.recover({ source, certificate, ...comparison(copy, recovery.changes) });
  return true;
}

/** Whether a certificate that decodes is to be searched for another that it is a misread copy of. */
export function mayBeRecovered(certificate: Certificate, { recovery }: Collector): boolean {
  if (recovery === null || recovery.expected.has(certificate.sha256) || isKnown(certificate)) return false;
  return hasBrokenSelfSignature(certificate);
}

/** The bytes of a structure of many certificates, the certificate, or why there is none and where. */
function decode(copy: Copy, content: BlockContent, into: Collector): Uint8Array | Certificate | TrustError {
  try {
    const bytes = decodeCopy(copy, into);
    if (content === 'pkcs7' || content === 'keystore') return bytes;
    const der = content === 'trusted-certificate' ? encodingOf(readElement(bytes)) : bytes;
    return decodeCertificate(der, into.source({ line: copy.line }));
  } catch (error) {
    const refusal = expectTrustError(error);
    const { code, message, at } = refusal;
    if (!into.listsErrors) return refusal;
    return new TrustError(code, message, { at: at?.offset === undefined ? { ...at } : placeOfByte(copy, at.offset) });
  }
}

/** Where the character stands that begins a byte. */
function placeOfByte({ indices, lines, end }: Copy, offset: number): Position {
  return lines.locate(indices[Math.floor((offset * 4) / 3)] ?? end);
}
