/**
 * URIs in certificates (RFC 5280 4.2.1.6, RFC 3986) and the constraints on their hosts (RFC 5280 4.2.1.10).
 *
 * @module
 */
import { isDnsName } from './dns-name.js';
import { parseIpAddress } from './ip-address.js';

// No alternatives inside a repetition: in a text of megabytes they take more of the stack than there is.
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:[a-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/i;
const STRAY_PERCENT = /%(?![0-9a-f]{2})/i;
const WITH_AUTHORITY = /^[^:/?#]+:\/\//;
/** Authority: user information, host, port (RFC 3986 3.2). */
const AUTHORITY = /^[^:]+:\/\/(?:[^/?#@]*@)?(\[[^\]/?#]*\]|[^/?#:@]*)(?::\d*)?(?:[/?#]|$)/;

/**
 * Whether a text is an absolute URI: a scheme and something behind it, in the characters of RFC 3986. With an authority, it
 * names a host (RFC 5280 4.2.1.6); a single label is let pass, because URIs that are no locations have them.
 */
export function isAbsoluteUri(text: string): boolean {
  if (!ABSOLUTE.test(text) || STRAY_PERCENT.test(text)) return false;
  if (!WITH_AUTHORITY.test(text)) return true;
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

/** As it stands; empty where there is none. */
function hostOf(uri: string): string {
  return AUTHORITY.exec(uri)?.[1] ?? '';
}

/** Whether the base of a constraint has one of its two forms: a host, or `.` and a domain. */
export function isUriBase(base: string): boolean {
  return isDnsName(base.startsWith('.') ? base.slice(1) : base);
}

/** Whether a host is in the tree of a base: `.example.com` holds what is below it, `example.com` that host alone. */
export function isHostWithin(host: string, base: string): boolean {
  return base.startsWith('.') ? host.endsWith(base.toLowerCase()) : host === base.toLowerCase();
}
