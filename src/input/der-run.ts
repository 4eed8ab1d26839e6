/**
 * Structures in DER one behind another, as `cat a.cer b.p7b` makes them, with what may stand between and behind them.
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import { countLineFeeds } from '../encoding/byte-search.js';
import { encodingOf, readElement, TAG } from '../encoding/der.js';
import { expectTrustError, TrustError } from '../errors.js';
import { detectBinaryKeystore } from '../store/codecs.js';
import type { Collector } from './collector.js';
import { detectDer, isPublicKey } from './detect.js';
import type { InputKind } from './read-result.js';

/** Zeros and blanks, which copying programs append. */
const FILLERS: ReadonlySet<number> = new Set([0x00, 0x0a, 0x0d, 0x1a, 0x20]);

/** Kinds that hold no certificate. */
const PASSED_OVER: ReadonlySet<InputKind | null> = new Set(['key', 'crl', 'csr']);

/** Reads what is no more of the structures; `unknown` where it is nothing. */
type RestReader = (rest: Uint8Array, inside: Collector) => InputKind;

/**
 * Reads the structures that bytes begin with: certificates and PKCS#7; keys, requests and CRLs are passed over. Blanks and zeros at
 * the end are noted.
 *
 * @param bytes - begin with such a structure
 * @param readRest - for the text, the keystore or whatever else may follow
 */
export function readDerRun(bytes: Uint8Array, into: Collector, readRest: RestReader): void {
  const before = into.certificates.length;
  // How a file ends of which nothing is used is no matter.
  const isOfUse = () => !PASSED_OVER.has(detectDer(bytes)) || into.certificates.length > before;
  for (let offset = 0; offset < bytes.length; ) {
    const start = afterFillers(bytes, offset);
    if (start === bytes.length) {
      if (!isOfUse()) return;
      into.note('der/trailing-bytes', `${start - offset} blanks or zeros follow the end`, { offset });
      return;
    }
    const end = readStructure(bytes, start, into);
    if (end === null) {
      if (readBehind(bytes, offset, into, readRest) !== 'unknown' || !isOfUse()) return;
      const message = `${bytes.length - offset} bytes follow the end of the structure`;
      into.error(new TrustError('der/trailing-bytes', message, { at: { offset } }));
      return;
    }
    offset = end;
  }
}

/**
 * Reads what stands behind a PKCS#12, which is passed over where it is nothing, as Java does.
 *
 * @param bytes - begin with one
 * @param readRest - as for `readDerRun`
 */
export function readBehindPkcs12(bytes: Uint8Array, into: Collector, readRest: RestReader): void {
  const length = lengthOf(bytes);
  if (length !== null && afterFillers(bytes, length) < bytes.length) readBehind(bytes, length, into, readRest);
}

function afterFillers(bytes: Uint8Array, offset: number): number {
  let start = offset;
  while (start < bytes.length && FILLERS.has(bytes[start] as number)) start++;
  return start;
}

/** @returns where it ends; null where the bytes from there on are for others to read, and nothing was */
function readStructure(whole: Uint8Array, start: number, into: Collector): number | null {
  const bytes = whole.subarray(start);
  if (bytes[0] !== TAG.sequence || detectBinaryKeystore(bytes) !== null) return null;
  const kind = detectDer(bytes);
  switch (kind) {
    case 'pkcs7': {
      const length = lengthOf(bytes);
      if (length === null && start > 0) return null;
      into.pkcs7(bytes.subarray(0, length ?? bytes.length), into.source(), start);
      return start + (length ?? bytes.length);
    }
    case 'key':
    case 'crl':
    case 'csr':
      if (kind === 'key' && !isPublicKey(bytes)) into.privateKey();
      return start + (lengthOf(bytes) ?? bytes.length);
    default:
      return readCertificate(whole, start, into);
  }
}

function readCertificate(bytes: Uint8Array, start: number, into: Collector): number {
  try {
    const element = readElement(bytes, start);
    into.decode(encodingOf(element), into.source(), start);
    return element.end;
  } catch (error) {
    into.error(expectTrustError(error));
    return bytes.length;
  }
}

/** Null for an element that is cut short. */
function lengthOf(bytes: Uint8Array): number | null {
  try {
    return readElement(bytes, 0, bytes.length, 'ber').end;
  } catch (error) {
    expectTrustError(error);
    return null;
  }
}

function readBehind(bytes: Uint8Array, offset: number, into: Collector, readRest: RestReader): InputKind {
  const lines = countLineFeeds(asBuffer(bytes), 0, offset);
  return readRest(
    bytes.subarray(offset),
    into.within(null, (line) => lines + line),
  );
}
