/**
 * Whether an IP address is on the public Internet, by IANA's registries of special-purpose addresses (RFC 6890). Who writes
 * a URL into a certificate chooses whom this machine connects to, so what is not known to be public is not public.
 *
 * @module
 */
import { BlockList, isIP } from 'node:net';

/**
 * `public`; `private` where a site's own CA may live; `closed` where none ever does: this host unspecified, neighbours on
 * the link, groups, and the metadata services of clouds, which hand out credentials.
 */
export type AddressScope = 'public' | 'private' | 'closed';

const PRIVATE = subnets([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['192.0.2.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['::1', 128],
  ['fc00::', 7],
  ['2001:db8::', 32],
]);

const CLOSED = subnets([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.88.99.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // Alibaba Cloud (among the shared addresses) and Azure (a public address that is answered by the host below).
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  // Among the unique local addresses: Amazon with all that it serves there (credentials of pods, too), Google, Oracle,
  // Scaleway, Akamai and Alibaba Cloud.
  ['fd00:ec2::', 32],
  ['fd20:ce::254', 128],
  ['fd00:c1::a9fe:a9fe', 128],
  ['fd00:42::42', 128],
  ['fd00:a9fe:a9fe::1', 128],
  ['fd00:100::100:200', 128],
  // Protocol assignments with Teredo, and 6to4: an IPv4 address hides in them.
  ['2001::', 23],
  ['2002::', 16],
  ['3fff::', 20],
]);

/** All that is assigned to the public IPv6 Internet. */
const GLOBAL_UNICAST = subnets([['2000::', 3]]);

/** An IPv4 address in the last 32 bits: as IPv6 sockets write it (RFC 4291 2.5.5.2), or a network without it (RFC 6052). */
const EMBEDDED = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Where an address leads.
 *
 * @param address - IPv4 with dots or IPv6 without brackets, as name lookups and URLs give it; anything else is closed
 */
export function scopeOfAddress(address: string): AddressScope {
  const version = isIP(address);
  if (version === 0) return 'closed';
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const canonical = version === 4 ? address : canonicalIpv6(address);
  const [, high, low] = EMBEDDED.exec(canonical) ?? [];
  if (high !== undefined && low !== undefined) return scopeOfAddress(dotted(high, low));
  if (CLOSED.check(canonical, family)) return 'closed';
  if (PRIVATE.check(canonical, family)) return 'private';
  return version === 4 || GLOBAL_UNICAST.check(canonical, 'ipv6') ? 'public' : 'closed';
}

/** Compressed, in lower case, without an IPv4 part, as URLs write it; an address with a zone stays as it is. */
function canonicalIpv6(address: string): string {
  return URL.canParse(`http://[${address}]`) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

function dotted(high: string, low: string): string {
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [upper >> 8, upper & 0xff, lower >> 8, lower & 0xff].join('.');
}

function subnets(ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, isIP(network) === 4 ? 'ipv4' : 'ipv6');
  return list;
}
