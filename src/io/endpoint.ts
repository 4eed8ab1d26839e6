/**
 * The certificates that a TLS server sends: one handshake, nothing validated, nothing said afterwards.
 *
 * @module
 */
import { isIP } from 'node:net';
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { TrustError } from '../errors.js';
import { NETWORK_MEANINGS, type NetworkMeaning } from './network-error.js';
import { systemErrorCode } from './system-error.js';

/** Where a server listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** How to ask. */
export interface ReadEndpointOptions {
  /** For name lookup, connection and handshake together; 10 seconds by default. */
  readonly timeoutMs?: number;
}

const DEFAULT_PORT = 443;
const DEFAULT_TIMEOUT_MS = 10_000;
/** A chain longer than this is not one. */
const MAX_CERTIFICATES = 64;

const MEANINGS: Readonly<Record<string, NetworkMeaning>> = {
  ...NETWORK_MEANINGS,
  ECONNRESET: {
    message: 'the server closed the connection',
    hint: 'check that the port speaks TLS from the first byte, and that the server lets you in',
  },
};
const NO_TLS_HINT = 'check that the port speaks TLS from the first byte; one that begins in the clear cannot be asked';

/**
 * Reads `tls://host:port`; the port is 443 where none is given, an IPv6 address stands in brackets.
 *
 * @throws {TrustError} `usage/bad-value`
 */
export function parseEndpoint(argument: string): Endpoint {
  const [, bracketed, name, digits] =
    /^tls:\/\/(?:\[([0-9a-f:.]+)\]|([^/:@[\]\s]+))(?::(\d{1,5}))?\/?$/i.exec(argument) ?? [];
  const host = bracketed ?? name;
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  if (host !== undefined && port >= 1 && port <= 65535 && (bracketed === undefined || isIP(bracketed) === 6)) {
    return { host, port };
  }
  throw new TrustError('usage/bad-value', 'not an endpoint, expected tls://host:port', {
    at: { source: argument },
    hint: 'for example tls://gateway.example.com:8443 or tls://[2001:db8::1]:443',
  });
}

/**
 * Asks a server for its certificates. SNI carries the host name. What is read is the chain, the server's own certificate
 * first, as far as the certificates it sends hang together; one that it sends beside the chain is not seen.
 *
 * @param argument - `tls://host:port`
 * @returns DER
 * @throws {TrustError} `usage/bad-value`; `input/not-readable`: no answer, no TLS, no certificate
 */
export async function readEndpoint(
  argument: string,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: ReadEndpointOptions = {},
): Promise<readonly Uint8Array[]> {
  const { host, port } = parseEndpoint(argument);
  return await new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      // Looking at a certificate is not trusting it. Without any anchors nothing of this machine gets into the chain.
      rejectUnauthorized: false,
      ca: [],
      // The servers whose certificates run out are often the old ones.
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const timer = setTimeout(() => fail('ETIMEDOUT', undefined), timeoutMs);
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
    };
    const fail = (reason: string, cause: unknown) => {
      // A server that asks for a certificate of ours has shown its own before it turns us away.
      const certificates = certificatesOf(socket);
      end();
      if (certificates.length > 0) return resolve(certificates);
      const { message, hint } = MEANINGS[reason] ?? { message: `no TLS handshake: ${reason}`, hint: NO_TLS_HINT };
      reject(new TrustError('input/not-readable', message, { at: { source: argument }, hint, cause }));
    };
    socket.once('secureConnect', () => {
      const certificates = certificatesOf(socket);
      if (certificates.length === 0) return fail('the server sent no certificate', undefined);
      end();
      resolve(certificates);
    });
    socket.once('end', () => fail('ECONNRESET', undefined));
    socket.on('error', (error) => fail(systemErrorCode(error) ?? tlsReason(error), error));
  });
}

/** `wrong version number` out of `80E8…:error:0A00010B:SSL routines:…:wrong version number:ssl3_record.c:354:`. */
function tlsReason(error: Error): string {
  if (!('code' in error) || typeof error.code !== 'string') return 'unknown error';
  if ('reason' in error && typeof error.reason === 'string') return error.reason;
  return MEANINGS[error.code]?.message ?? error.code;
}

function certificatesOf(socket: TLSSocket): readonly Uint8Array[] {
  const certificates: Uint8Array[] = [];
  let current: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (current?.raw !== undefined && certificates.length < MAX_CERTIFICATES) {
    certificates.push(new Uint8Array(current.raw));
    const issuer: DetailedPeerCertificate | undefined = current.issuerCertificate;
    // A self-signed certificate is its own issuer here.
    current = issuer === current ? undefined : issuer;
  }
  return certificates;
}
