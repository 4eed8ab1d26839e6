/**
 * DER as it is in the middle of a text, as `cat a.pem b.cer` makes it of files that are not all of one form.
 *
 * @module
 */
import { isAscii } from 'node:buffer';
import { asBuffer } from '../encoding/buffer.js';
import { countLineFeeds } from '../encoding/byte-search.js';
import { TAG } from '../encoding/der.js';
import { detectBinaryKeystore } from '../store/codecs.js';
import { peekElement } from '../store/peek.js';
import { tryDecodeCertificate } from '../x509/certificate.js';
import { sourceOf } from '../x509/source.js';
import { detectDer } from './detect.js';
import type { PlacedPart } from './embedded.js';
import type { InputKind } from './read-result.js';

/** How many octets the length of a SEQUENCE takes: what is shorter holds no certificate, what is longer no input. */
const SHORTEST_LENGTH = 0x81;
const LONGEST_LENGTH = 0x83;

/** What what is opened begins with: a SEQUENCE, the name of a type, a version. */
const FIRST: ReadonlySet<number | undefined> = new Set([TAG.sequence, TAG.oid, TAG.integer]);

/** What is opened besides certificates. */
const HOLDERS: ReadonlySet<InputKind> = new Set(['pkcs7', 'pkcs12', 'key']);

/** How often what begins like one may be none: each costs time, and a hostile text is full of them. */
const MOST_IN_VAIN = 10_000;

/** Two headers, a version and the tag of a serial number: no further from its beginning has DER a byte that no text has. */
const MAX_HEAD = 16;

const NOWHERE = sourceOf('-');

interface Structure {
  readonly der: Uint8Array;
  readonly kind: InputKind;
}

/**
 * The certificates of a text, and what may hold some, in DER.
 *
 * @returns in order, each whole; places are bytes
 */
export function findDer(text: Uint8Array): readonly PlacedPart[] {
  const bytes = asBuffer(text);
  const found: PlacedPart[] = [];
  // Quicker than any search, and true of nearly all texts.
  if (isAscii(bytes)) return found;
  let end = 0;
  let line = 1;
  let inVain = 0;
  for (let start = startFrom(bytes, 0); start !== -1; start = startFrom(bytes, Math.max(start + 1, end))) {
    const structure = structureAt(text, start);
    if (structure === null) continue;
    if (holdsAny(structure)) {
      const { der } = structure;
      line += countLineFeeds(bytes, end, start);
      const startLine = line;
      end = start + der.length;
      line += countLineFeeds(bytes, start, end);
      found.push({ name: null, bytes: der, start, end, line: startLine, lineOf: () => startLine, isEncoded: false });
    } else if (++inVain === MOST_IN_VAIN) break;
  }
  return found;
}

/**
 * Whether a byte stands at the beginning of what `findDer` finds.
 *
 * @param at - of the first byte that no text has
 */
export function isInDer(text: Uint8Array, at: number): boolean {
  for (let start = at; start >= Math.max(0, at - MAX_HEAD); start--) {
    const structure = text[start] === TAG.sequence ? structureAt(text, start) : null;
    if (structure !== null && holdsAny(structure)) return true;
  }
  return false;
}

/** What begins at an offset, whole and of a kind that is known; null for all else. */
function structureAt(text: Uint8Array, start: number): Structure | null {
  const header = peekElement(text, start);
  if (header === null || header.length === null) return null;
  const end = header.contentStart + header.length;
  if (end > text.length) return null;
  const der = text.subarray(start, end);
  // A PKCS#12 begins with its version.
  const keystore = der[header.contentStart] === TAG.integer ? detectBinaryKeystore(der) : null;
  const kind = keystore ?? detectDer(der);
  return kind === null ? null : { der, kind };
}

function holdsAny({ der, kind }: Structure): boolean {
  return HOLDERS.has(kind) || (kind === 'der' && tryDecodeCertificate(der, NOWHERE) !== null);
}

/** Where the next SEQUENCE begins that may be such a structure: told without a call for each byte, of which many look so. */
function startFrom(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] !== TAG.sequence) continue;
    const length = bytes[at + 1] as number;
    if (length < SHORTEST_LENGTH || length > LONGEST_LENGTH) continue;
    if (FIRST.has(bytes[at + 2 + (length & 0x7f)])) return at;
  }
  return -1;
}

/** A text with blanks in place of its parts, so that its lines stay. */
export function blankBytes(text: Uint8Array, parts: readonly PlacedPart[]): Uint8Array {
  const copy = Uint8Array.from(text);
  for (const { start, end } of parts) {
    for (let at = start; at < end; at++) if (copy[at] !== 0x0a) copy[at] = 0x20;
  }
  return copy;
}
