/**
 * URIs in certificates (RFC 5280 4.2.1.6, RFC 3986) and the constraints on their hosts (RFC 5280 4.2.1.10).
 *
 * @module
 */

import { parseIpAddress } from '../../x509/ip-address.js';
import { isDnsName } from './dns-name.js';

// Each of these is sought and never repeated: in a text of megabytes a repetition takes more of the stack than there is.
const LETTER = /^[a-z]/i;
const NOT_OF_SCHEME = /[^a-z0-9+.-]/i;
const NOT_OF_URI = /[^a-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/i;
const STRAY_PERCENT = /%(?![0-9a-f]{2})/i;
const END_OF_AUTHORITY = /[/?#]/;
const PORT = /:\d*$/;

/** Whether a text is a scheme and something behind it, in the characters of RFC 3986. */
export function hasUriSyntax(text: string): boolean {
  const colon = text.indexOf(':');
  if (!LETTER.test(text) || NOT_OF_SCHEME.test(text.slice(0, Math.max(colon, 0)))) return false;
  return colon >= 0 && colon < text.length - 1 && !NOT_OF_URI.test(text) && !STRAY_PERCENT.test(text);
}

/**
 * Whether a text is an absolute URI. With an authority, it names a host (RFC 5280 4.2.1.6); a single label is let pass,
 * because URIs that are no locations have them.
 */
export function isAbsoluteUri(text: string): boolean {
  if (!hasUriSyntax(text)) return false;
  if (!text.startsWith('://', text.indexOf(':'))) return true;
  const host = hostOf(text);
  return host.startsWith('[') ? parseIpAddress(host.slice(1, -1)) !== null : host !== '';
}

/** The host of a URI when it is a fully qualified domain name, lower case; null for an address, one label or no host. */
export function domainOf(uri: string): string | null {
  const host = hostOf(uri).toLowerCase();
  return host.includes('.') && isDnsName(host) ? host : null;
}

/** Whether a URI is of the scheme `http`. */
export function isHttpUri(uri: string): boolean {
  return isAbsoluteUri(uri) && /^http:\/\//i.test(uri);
}

/** Of the authority (RFC 3986 3.2: user information, host, port), as it stands; empty where there is none. */
function hostOf(uri: string): string {
  const colon = uri.indexOf(':');
  if (colon < 1 || !uri.startsWith('://', colon)) return '';
  const [authority = ''] = uri.slice(colon + 3).split(END_OF_AUTHORITY, 1);
  const hostAndPort = authority.slice(authority.indexOf('@') + 1);
  const port = hostAndPort.search(PORT);
  const host = port < 0 ? hostAndPort : hostAndPort.slice(0, port);
  const isHost = host.startsWith('[') ? host.indexOf(']') === host.length - 1 : !host.includes(':');
  return isHost && !host.includes('@') ? host : '';
}

/** Whether the base of a constraint has one of its two forms: a host, or `.` and a domain. */
export function isUriBase(base: string): boolean {
  return isDnsName(base.startsWith('.') ? base.slice(1) : base);
}

/** Whether a host is in the tree of a base: `.example.com` holds what is below it, `example.com` that host alone. */
export function isHostWithin(host: string, base: string): boolean {
  return base.startsWith('.') ? host.endsWith(base.toLowerCase()) : host === base.toLowerCase();
}
