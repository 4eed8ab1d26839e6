/**
 * Looking for entries of a JKS or JCEKS keystore by what the walk over it has kept, so that a hundred thousand need not be read
 * for one.
 *
 * @module
 */
import { uint16At } from '../encoding/byte-reader.js';
import { ALIAS_OFFSET, countEntries, type JavaLayout } from './java-keystore.js';

const HYPHEN = 0x2d;

/**
 * The entries in whose alias so many hex digits follow a hyphen. Found in the bytes: a text for each would take longer than
 * all the rest.
 */
export function placesWithHex(layout: JavaLayout, digits: number): readonly number[] {
  const { bytes, starts } = layout;
  const places: number[] = [];
  for (let place = 0; place < countEntries(layout); place++) {
    const start = (starts[place] as number) + ALIAS_OFFSET;
    const end = start + uint16At(bytes, start - 2) - digits;
    for (let at = start; at < end; at++) {
      if (bytes[at] !== HYPHEN || !areHexDigits(bytes, at + 1, digits)) continue;
      places.push(place);
      break;
    }
  }
  return places;
}

function areHexDigits(bytes: Uint8Array, start: number, count: number): boolean {
  for (let at = start; at < start + count; at++) if (!isHexDigit(bytes[at] as number)) return false;
  return true;
}

function isHexDigit(octet: number): boolean {
  return (octet >= 0x30 && octet <= 0x39) || ((octet | 0x20) >= 0x61 && (octet | 0x20) <= 0x66);
}

/** The entries whose alias takes one of these numbers of bytes as Java writes it, in their order; but for U+0000 in it. */
export function placesOfAliasLengths({ aliasLengths }: JavaLayout, wanted: ReadonlySet<number>): readonly number[] {
  return placesOf(aliasLengths, wanted);
}

/** The trusted certificates whose DER has one of these lengths, in their order. */
export function placesOfDerLengths({ derLengths }: JavaLayout, wanted: ReadonlySet<number>): readonly number[] {
  return placesOf(derLengths, wanted);
}

/** For more numbers, which may be thousands, one pass over all is quicker. */
const FEW = 8;

/** Where one of some numbers stands. V8 looks for one at once far sooner than a loop of ours has come to be compiled. */
function placesOf(numbers: Uint16Array | Uint32Array, wanted: ReadonlySet<number>): readonly number[] {
  const places: number[] = [];
  if (wanted.size > FEW) {
    for (let place = 0; place < numbers.length; place++) if (wanted.has(numbers[place] as number)) places.push(place);
    return places;
  }
  for (const number of wanted) {
    for (let place = numbers.indexOf(number); place >= 0; place = numbers.indexOf(number, place + 1))
      places.push(place);
  }
  return wanted.size > 1 ? places.sort((a, b) => a - b) : places;
}
