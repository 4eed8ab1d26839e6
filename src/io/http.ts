/**
 * One HTTP exchange with a place that a certificate names: an OCSP responder, or where the certificate of an issuer lies.
 * Who made the certificate chose the URL, so everything about it and about the answer is hostile.
 *
 * - Plain http alone. RFC 5280 4.2.2.1 warns of https, whose certificate would have to be validated in turn; ldap, ftp and
 *   file lead to other programs and to this machine.
 * - Port 80, or one from 1024 on: below, mail servers and shells listen, which are not to be talked to in a CA's name.
 * - Every address of the name must be public, unless the caller allows private ones; the connection goes to the addresses
 *   that were looked at, so that a second lookup cannot lead elsewhere.
 * - Redirects are not followed: they would lead to where the certificate does not point. No proxy, no cookies.
 * - Time and size are limited as a whole; what the answer says of its type and length is not believed.
 *
 * @module
 */
import { lookup } from 'node:dns/promises';
import { type ClientRequest, type IncomingMessage, request as open } from 'node:http';
import { isIP, type LookupFunction } from 'node:net';
import { TrustError } from '../errors.js';
import { CONNECT_ATTEMPT } from './connect-attempt.js';
import { scopeOfAddress } from './network-address.js';
import { NETWORK_MEANINGS } from './network-error.js';

/** What is asked for. */
export interface HttpRequest {
  /** Sent by POST; without one it is a GET. */
  readonly body?: { readonly type: string; readonly bytes: Uint8Array };
  /** The largest answer. */
  readonly maxBytes: number;
  /** Whether the address may be loopback or of a private network. */
  readonly allowPrivateNetwork: boolean;
  /** For name lookup, connection and answer together; 10 seconds by default. */
  readonly timeoutMs?: number;
}

/** An address as `dns.lookup` gives it. */
interface Address {
  readonly address: string;
  readonly family: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** The URLs of public CAs have fewer than 200 characters. */
const LONGEST_URL = 1024;
const HTTP_PORT = 80;
const FIRST_FREE_PORT = 1024;

const BY_FILE_HINT = 'fetch it yourself, if you trust the place, and hand it over as a file';

/**
 * Asks once.
 *
 * @param url - as it stands in the certificate
 * @returns the body of an answer of status 200
 * @throws {TrustError} `fetch/bad-url`, `fetch/private-address`, `fetch/too-large`, `fetch/failed` (no answer, or another
 *   status); none of them names the URL
 */
export async function fetchBytes(url: string, request: HttpRequest): Promise<Uint8Array> {
  const target = parseUrl(url);
  const deadline = AbortSignal.timeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const addresses = await lookUp(target.hostname, deadline);
  for (const { address } of addresses) requireScope(address, request.allowPrivateNetwork);
  return await exchange(target, addresses, request, deadline);
}

function parseUrl(text: string): URL {
  // Spaces and line ends would vanish in parsing, and letters beyond ASCII turn into others.
  if (text.length > LONGEST_URL) throw badUrl(`has ${text.length} characters, at most ${LONGEST_URL} are taken`);
  if (!/^[!-~]+$/.test(text)) throw badUrl('has characters that a URL cannot have');
  if (!/^http:\/\/[^/\\]/i.test(text)) throw badUrl('is not of http, the one scheme that is asked');
  if (!URL.canParse(text)) throw badUrl('has no host, or none that exists');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw badUrl('has credentials in it');
  const port = portOf(url);
  if (port !== HTTP_PORT && port < FIRST_FREE_PORT) {
    throw badUrl(`leads to port ${port}; below ${FIRST_FREE_PORT} only ${HTTP_PORT} is asked`);
  }
  return url;
}

function badUrl(what: string): TrustError {
  return new TrustError('fetch/bad-url', `the URL ${what}`, { hint: BY_FILE_HINT });
}

function portOf({ port }: URL): number {
  return port === '' ? HTTP_PORT : Number(port);
}

/** The host as sockets and lookups take it: an IPv6 address without its brackets. */
function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

async function lookUp(hostname: string, deadline: AbortSignal): Promise<readonly Address[]> {
  const host = bareHost(hostname);
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  const late = new Promise<never>((_, reject) => {
    deadline.addEventListener('abort', () => reject(networkError('EAI_AGAIN', deadline.reason)), { once: true });
  });
  try {
    const addresses = await Promise.race([lookup(host, { all: true }), late]);
    if (addresses.length === 0) throw networkError('ENOTFOUND', undefined);
    return addresses;
  } catch (error) {
    throw toFetchError(error, deadline);
  }
}

function requireScope(address: string, allowPrivateNetwork: boolean): void {
  const scope = scopeOfAddress(address);
  if (scope === 'public' || (scope === 'private' && allowPrivateNetwork)) return;
  const message = `the URL leads to ${address}, which is not a public address`;
  if (scope === 'closed') throw new TrustError('fetch/private-address', message);
  throw new TrustError('fetch/private-address', message, {
    hint: 'where the CA is your own, allow it with --allow-private-network',
  });
}

function exchange(
  target: URL,
  addresses: readonly Address[],
  { body, maxBytes }: HttpRequest,
  deadline: AbortSignal,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const sent = open({
      host: bareHost(target.hostname),
      port: portOf(target),
      path: target.pathname + target.search,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'User-Agent': 'anchorctl',
        'Accept-Encoding': 'identity',
        ...(body === undefined ? {} : { 'Content-Type': body.type, 'Content-Length': body.bytes.length }),
      },
      agent: false,
      lookup: pinnedTo(addresses),
      ...CONNECT_ATTEMPT,
      signal: deadline,
    });
    const fail = (error: unknown) => {
      sent.destroy();
      reject(toFetchError(error, deadline));
    };
    sent.on('error', fail);
    // Of another protocol (status 101) Node.js tells nobody who does not listen for it, and ends the request without a word.
    sent.once('upgrade', (response) => fail(otherStatus(response.statusCode ?? 0)));
    sent.once('response', (response) => {
      readBody(response, maxBytes).then((bytes) => settle(sent, () => resolve(bytes)), fail);
    });
    sent.end(body?.bytes);
  });
}

function settle(sent: ClientRequest, resolve: () => void): void {
  sent.destroy();
  resolve();
}

function pinnedTo(addresses: readonly Address[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const { statusCode = 0 } = response;
  if (statusCode !== 200) throw otherStatus(statusCode);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new TrustError('fetch/too-large', `the answer has more than ${maxBytes} bytes`, { hint: BY_FILE_HINT });
    }
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function otherStatus(status: number): TrustError {
  const redirects = status >= 300 && status < 400;
  const message = redirects
    ? `the server sends elsewhere (status ${status})`
    : `the server answers with status ${status}`;
  const hint = redirects ? `redirects are not followed; ${BY_FILE_HINT}` : BY_FILE_HINT;
  return new TrustError('fetch/failed', message, { hint });
}

function toFetchError(error: unknown, deadline: AbortSignal): TrustError {
  if (error instanceof TrustError) return error;
  if (deadline.aborted) return networkError('ETIMEDOUT', error);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no reason';
  return networkError(code, error);
}

function networkError(code: string, cause: unknown): TrustError {
  const message = NETWORK_MEANINGS[code]?.message ?? `no HTTP answer: ${code}`;
  return new TrustError('fetch/failed', message, { hint: BY_FILE_HINT, cause });
}
