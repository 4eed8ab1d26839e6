/**
 * Certificates in bytes of a format that is not read: a store that Windows serialised (`.sst`), a message of Outlook, a database, a
 * list of UEFI, a program. They are told by their own bytes, each from its first octet to its last.
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import { countLineFeeds } from '../encoding/byte-search.js';
import { blankBytes, findDer } from './der-in-text.js';
import { detectBinary } from './detect.js';
import { LEAST } from './embedded.js';

/** A part of such bytes. */
interface FoundPart {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** The line feeds before a block of PEM, as any program counts them; null for what has no lines. */
  readonly lines: number | null;
}

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const HYPHENS = '-----';

/**
 * What may be read of bytes whose format is not known: certificates, PKCS#7 and PKCS#12 in DER, and blocks of PEM.
 *
 * @param bytes - no text, and of no format that is known
 * @returns in order, each a view of the bytes; none where they hold nothing that is whole. Keys in DER are too short a sign
 */
export function findInBinary(bytes: Uint8Array): readonly FoundPart[] {
  const der = findDer(bytes).filter((part) => detectBinary(part.bytes) !== 'key');
  const blocks = findBlocks(der.length === 0 ? bytes : blankBytes(bytes, der));
  return [...der.map((part) => ({ bytes: part.bytes, start: part.start, lines: null })), ...blocks].sort(
    (a, b) => a.start - b.start,
  );
}

/** From each BEGIN marker to the END marker behind it, if there is no other BEGIN between them. */
function findBlocks(bytes: Uint8Array): readonly FoundPart[] {
  const view = asBuffer(bytes);
  const blocks: FoundPart[] = [];
  let end = -1;
  let lines = 0;
  let counted = 0;
  for (let start = view.indexOf(BEGIN), next = 0; start !== -1; start = next) {
    next = view.indexOf(BEGIN, start + BEGIN.length);
    if (end < start) end = view.indexOf(END, start);
    if (end === -1) break;
    if (next !== -1 && next < end) continue;
    const after = view.indexOf(HYPHENS, end + END.length);
    if (after === -1) break;
    // Reading each takes a pass of its own, and a hostile file has millions.
    if (after - start < LEAST) continue;
    lines += countLineFeeds(view, counted, start);
    counted = start;
    blocks.push({ bytes: bytes.subarray(start, after + HYPHENS.length), start, lines });
  }
  return blocks;
}
