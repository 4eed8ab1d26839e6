/**
 * OBJECT IDENTIFIERs in dotted decimal (ITU-T X.690 8.19).
 *
 * @module
 */
import { TrustError } from '../errors.js';

/** One that was decoded. */
interface Decoded {
  /** A copy, since those it came from belong to a whole file. */
  readonly octets: Uint8Array;
  readonly dotted: string;
}

/**
 * The ones decoded last, each at the place that its octets give. A file names the same few thousands of times, and
 * comparing octets is far cheaper than writing numbers in decimal.
 */
const recent: (Decoded | undefined)[] = new Array(256).fill(undefined);

/**
 * Decodes the content octets of an OBJECT IDENTIFIER.
 *
 * @param start - where they begin; there must be one at least
 * @param end - where they end
 * @returns dotted decimal, e.g. `2.5.29.19`
 * @throws {TrustError} `der/bad-value` for an arc that is padded or does not end
 */
export function decodeOid(bytes: Uint8Array, start: number, end: number): string {
  const place = placeOf(bytes, start, end);
  const known = recent[place];
  if (known !== undefined && isAt(known.octets, bytes, start, end)) return known.dotted;
  const dotted = decodeArcs(bytes, start, end);
  recent[place] = { octets: new Uint8Array(bytes.subarray(start, end)), dotted };
  return dotted;
}

function placeOf(bytes: Uint8Array, start: number, end: number): number {
  let mixed = end - start;
  for (let i = start; i < end; i++) mixed = (mixed * 31 + (bytes[i] as number)) & 0xffffff;
  return (mixed ^ (mixed >> 8)) & (recent.length - 1);
}

function isAt(octets: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (octets.length !== end - start) return false;
  for (let i = 0; i < octets.length; i++) if (octets[i] !== bytes[start + i]) return false;
  return true;
}

function decodeArcs(bytes: Uint8Array, start: number, end: number): string {
  const arcs: (number | bigint)[] = [];
  let small = 0;
  let large: bigint | null = null;
  let octets = 0;
  for (let i = start; i < end; i++) {
    const value = bytes[i] as number;
    if (octets === 0 && value === 0x80) refuse('an object identifier has a padded arc', i);
    octets++;
    if (octets <= 4) small = (small << 7) | (value & 0x7f);
    else large = ((large ?? BigInt(small)) << 7n) | BigInt(value & 0x7f);
    if (value < 0x80) {
      const arc = large ?? small;
      arcs.push(...(arcs.length === 0 ? firstArcs(arc) : [arc]));
      octets = 0;
      small = 0;
      large = null;
    } else if (i === end - 1) refuse('an object identifier ends inside an arc', i);
  }
  return arcs.join('.');
}

/** The first two arcs, which share a number (X.690 8.19.4). */
function firstArcs(head: number | bigint): readonly (number | bigint)[] {
  if (typeof head === 'bigint') return [2, head - 80n];
  const root = Math.min(Math.floor(head / 40), 2);
  return [root, head - root * 40];
}

function refuse(message: string, offset: number): never {
  throw new TrustError('der/bad-value', message, { at: { offset } });
}
