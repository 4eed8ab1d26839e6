/**
 * IP addresses as octets (RFC 5280 4.2.1.6), as text (RFC 3986 3.2.2, RFC 5952), and as ranges of name constraints
 * (RFC 5280 4.2.1.10).
 *
 * @module
 */
import { encodeHex } from '../encoding/hex.js';

const DECIMAL_OCTET = /^(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/;
const HEXADECIMAL_GROUP = /^[0-9a-f]{1,4}$/i;
/** `::ffff:0:0/96`, the IPv4-mapped addresses (RFC 4291 2.5.5.2). */
const MAPPED_PREFIX: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** The 4 or 16 octets of an address in text, or null when the text is none. Zones (`%eth0`) and ports are refused. */
export function parseIpAddress(text: string): Uint8Array | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** The one right way to write an address: four decimal octets, or the form of RFC 5952 4. Octets that are none are written in hex. */
export function renderIpAddress(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return encodeHex(octets);
  const groups = Array.from({ length: 8 }, (_, i) => ((octets[2 * i] as number) << 8) | (octets[2 * i + 1] as number));
  const { start, length } = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** Whether the octets of a constraint are an address and a mask of the same length, the mask contiguous (RFC 4632). */
export function isAddressRange(range: Uint8Array): boolean {
  if (range.length !== 8 && range.length !== 32) return false;
  const mask = Array.from(range.subarray(range.length / 2), (octet) => octet.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(mask);
}

/** Whether an address is in a range of the same kind; `range` passed `isAddressRange`. */
export function isInRange(address: Uint8Array, range: Uint8Array): boolean {
  const size = range.length / 2;
  return (
    address.length === size &&
    address.every((octet, i) => ((octet ^ (range[i] as number)) & (range[size + i] as number)) === 0)
  );
}

/** The IPv4 address inside an IPv4-mapped IPv6 address, or null. */
export function mappedIpv4(address: Uint8Array): Uint8Array | null {
  return address.length === 16 && MAPPED_PREFIX.every((octet, i) => address[i] === octet) ? address.subarray(12) : null;
}

function parseIpv4(text: string): Uint8Array | null {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => DECIMAL_OCTET.test(part))
    ? Uint8Array.from(parts.map(Number))
    : null;
}

function parseIpv6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half, i) => octetsOf(half, i === halves.length - 1));
  if (head === null || head === undefined || tail === null) return null;
  if (tail === undefined) return head.length === 16 ? Uint8Array.from(head) : null;
  const missing = 16 - head.length - tail.length;
  return missing < 2 ? null : Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

/** The octets of groups between colons; only the last group of all may be an IPv4 address. */
function octetsOf(half: string, isLast: boolean): readonly number[] | null {
  if (half === '') return [];
  const groups = half.split(':');
  const octets: number[] = [];
  for (const [i, group] of groups.entries()) {
    const ipv4 = isLast && i === groups.length - 1 && group.includes('.') ? parseIpv4(group) : null;
    if (ipv4 !== null) octets.push(...ipv4);
    else if (HEXADECIMAL_GROUP.test(group))
      octets.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return null;
  }
  return octets.length > 16 ? null : octets;
}

/** The first of the longest runs of zero groups. */
function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
