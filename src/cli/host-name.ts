/**
 * `--host`: the name that a client connects by, a DNS name or an address.
 *
 * @module
 */

import { TrustError } from '../errors.js';
import { isDnsName } from '../path/names/dns-name.js';
import type { PeerName } from '../path/peer-names.js';
import { parseIpAddress } from '../x509/ip-address.js';

/**
 * Reads a host. One final dot is dropped, and an IPv6 address may stand in brackets.
 *
 * @throws {TrustError} `usage/bad-value` for what is neither a name nor an address: a URL, a port behind it, blanks
 */
export function parseHost(text: string): PeerName {
  const host = toPeerName(text);
  if (host.kind === 'ip' || isDnsName(host.value)) return host;
  throw new TrustError('usage/bad-value', `${JSON.stringify(text)} is no host name and no address`, {
    hint: 'write the name or address alone, without scheme and port; an international name in its xn-- form',
  });
}

/** The host of an endpoint as the name of a peer. It was connected to, so that nothing is refused. */
export function toPeerName(host: string): PeerName {
  const address = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  return parseIpAddress(address) === null
    ? { kind: 'dns', value: host.replace(/\.$/, '') }
    : { kind: 'ip', value: address };
}
