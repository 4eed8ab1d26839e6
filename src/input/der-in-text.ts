/**
 * DER certificates as they are in the middle of a text, as `cat a.pem b.cer` makes them of files that are not all of one form.
 *
 * @module
 */
import { isAscii } from 'node:buffer';
import { asBuffer } from '../encoding/buffer.js';
import { countLineFeeds } from '../encoding/byte-search.js';
import { tryDecodeCertificate } from '../x509/certificate.js';
import { sourceOf } from '../x509/source.js';
import type { PlacedPart } from './embedded.js';

/** The version of a certificate, v3, and the tag of its serial number (RFC 5280 4.1). */
const VERSION = Buffer.from([0xa0, 0x03, 0x02, 0x01, 0x02, 0x02]);

/** The length of the headers before it, those of the certificate and of what is signed of it: no certificate is shorter. */
const HEADER = 4;
const HEADERS = [HEADER + 4, HEADER + 3] as const;

/** How often what begins like one may be none: each costs time, and a hostile text is full of them. */
const MOST_IN_VAIN = 10_000;

const NOWHERE = sourceOf('-');

/**
 * The DER certificates of a text.
 *
 * @returns in order, each a whole certificate; places are bytes
 */
export function findDer(text: Uint8Array): readonly PlacedPart[] {
  const bytes = asBuffer(text);
  const found: PlacedPart[] = [];
  // Quicker than any search, and true of nearly all texts.
  if (isAscii(bytes)) return found;
  let counted = 0;
  let line = 1;
  let inVain = 0;
  for (let at = bytes.indexOf(VERSION); at !== -1 && inVain < MOST_IN_VAIN; ) {
    const start = startOfHeaders(bytes, at, counted);
    const end = start === null ? 0 : start + HEADER + bytes.readUInt16BE(start + 2);
    if (start !== null && tryDecodeCertificate(text.subarray(start, end), NOWHERE) !== null) {
      line += countLineFeeds(bytes, counted, start);
      const startLine = line;
      line += countLineFeeds(bytes, start, end);
      counted = end;
      const der = text.subarray(start, end);
      found.push({ name: null, bytes: der, start, end, line: startLine, lineOf: () => startLine, isEncoded: false });
    } else inVain++;
    at = bytes.indexOf(VERSION, Math.max(counted, at + 1));
  }
  return found;
}

/** A text with blanks in place of its parts, so that its lines stay. */
export function blankBytes(text: Uint8Array, parts: readonly PlacedPart[]): Uint8Array {
  const copy = Uint8Array.from(text);
  for (const { start, end } of parts) {
    for (let at = start; at < end; at++) if (copy[at] !== 0x0a) copy[at] = 0x20;
  }
  return copy;
}

/** Where the SEQUENCE of a certificate begins, whose length has two octets; null where none does, or where it is cut short. */
function startOfHeaders(bytes: Buffer, version: number, from: number): number | null {
  for (const length of HEADERS) {
    const start = version - length;
    if (start < from || bytes[start] !== 0x30 || bytes[start + 1] !== 0x82 || bytes[start + HEADER] !== 0x30) continue;
    if (start + HEADER + bytes.readUInt16BE(start + 2) <= bytes.length) return start;
  }
  return null;
}
