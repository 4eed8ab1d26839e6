/**
 * Whether an end entity is who it was meant to be: its subjectAltName holds one of the names asked for (RFC 9525 6). The
 * common name is never looked at.
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import type { GeneralName } from '../x509/general-name.js';
import { parseIpAddress } from '../x509/ip-address.js';
import { decodedExtensions } from './decoded-extensions.js';
import { matchesHost } from './names/dns-name.js';
import { parseMailbox } from './names/mailbox.js';
import { quote, type Reason, reason } from './reason.js';

/** A name of the peer, as the caller knows it. */
export interface PeerName {
  readonly kind: 'dns' | 'ip' | 'email';
  /** A host name, an address as RFC 3986 or RFC 5952 write it, or a mailbox. */
  readonly value: string;
}

/**
 * Compares the alternative names of a certificate with those asked for.
 *
 * @param peerNames - one match is enough; none asked for is always met
 */
export function checkPeerNames(certificate: Certificate, peerNames: readonly PeerName[]): readonly Reason[] {
  const presented = decodedExtensions(certificate).subjectAltName ?? [];
  if (peerNames.length === 0 || peerNames.some((peer) => presented.some((name) => matches(name, peer)))) return [];
  const asked = peerNames.map(({ value }) => quote(value)).join(' or ');
  return [reason('path/name-mismatch', `the certificate is not for ${asked}`, certificate)];
}

function matches(name: GeneralName, { kind, value }: PeerName): boolean {
  if (name.kind !== kind) return false;
  if (name.kind === 'ip') return isSameAddress(name.octets, parseIpAddress(value));
  return name.kind === 'dns' ? matchesHost(name.text, value.replace(/\.$/, '')) : isSameMailbox(name.text, value);
}

function isSameAddress(presented: Uint8Array, address: Uint8Array | null): boolean {
  return address !== null && Buffer.compare(presented, address) === 0;
}

/** Local parts as they stand, domains without letter case (RFC 5280 7.5). */
function isSameMailbox(presented: string, asked: string): boolean {
  const [a, b] = [parseMailbox(presented), parseMailbox(asked)];
  return a !== null && b !== null && a.local === b.local && a.domain === b.domain;
}
