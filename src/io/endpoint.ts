/**
 * The certificates that a TLS server sends: one handshake, where need be after the words that bring a protocol to it, nothing
 * validated, nothing said afterwards.
 *
 * @module
 */
import { constants } from 'node:crypto';
import { isIP, connect as openConnection, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { domainToASCII } from 'node:url';
import { TrustError } from '../errors.js';
import { CONNECT_ATTEMPT } from './connect-attempt.js';
import { NETWORK_MEANINGS, type NetworkMeaning } from './network-error.js';
import { startTls as beginTls, portOf, protocolsGreetingWith, type StartTlsProtocol } from './starttls.js';
import { systemErrorCode } from './system-error.js';
import { certificatesSent, hasSignedKeyExchange, MAX_HANDSHAKE_BYTES } from './tls-certificates.js';

/** Where a server listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** How to ask. */
export interface ReadEndpointOptions {
  /** For name lookup, connection, words before TLS and handshake together; 10 seconds by default. */
  readonly timeoutMs?: number;
  /** What SNI carries; by default the host, where that is a name. */
  readonly serverName?: string | undefined;
  /** What the server speaks before TLS, if anything; its port is taken where the argument has none. */
  readonly startTls?: StartTlsProtocol | undefined;
  /** Ends the wait at once. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_PORT = 443;
const DEFAULT_TIMEOUT_MS = 10_000;
/** A chain that Node.js puts together may go in a circle; one longer than this is none. */
const LONGEST_CHAIN = 64;

const MEANINGS: Readonly<Record<string, NetworkMeaning>> = {
  ...NETWORK_MEANINGS,
  ECONNRESET: {
    message: 'the server closed the connection',
    hint: 'check that the port speaks TLS from the first byte, and that the server lets you in',
  },
  // The limit of OpenSSL, and the only one to how many certificates there are.
  'excessive message size': {
    message: 'no TLS handshake: excessive message size',
    hint: 'no more than 100 kB of certificates are taken: have the server send its own chain, and nothing else',
  },
};
/** What is said of a wait that the caller ended. */
const GIVEN_UP = 'it was given up';

/**
 * Reads `tls://host:port`; an IPv6 address stands in brackets.
 *
 * @param defaultPort - where none is given
 * @throws {TrustError} `usage/bad-value`
 */
export function parseEndpoint(argument: string, defaultPort: number = DEFAULT_PORT): Endpoint {
  const [, bracketed, name, digits] =
    /^tls:\/\/(?:\[([0-9a-f:.]+)\]|([^/:@[\]\s]+))(?::(\d{1,5}))?\/?$/i.exec(argument) ?? [];
  const host = bracketed ?? asciiName(name);
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host !== undefined && port >= 1 && port <= 65535 && (bracketed === undefined || isIP(bracketed) === 6)) {
    return { host, port };
  }
  throw new TrustError('usage/bad-value', 'not an endpoint, expected tls://host:port', {
    at: { source: argument },
    hint: 'for example tls://gateway.example.com:8443 or tls://[2001:db8::1]:443',
  });
}

/** A name as name servers and certificates have it; undefined for what is none. */
function asciiName(name: string | undefined): string | undefined {
  // What is ASCII is left to whoever looks it up: the names of machines are freer than those of domains.
  if (name === undefined || /^[ -~]+$/.test(name)) return name;
  return domainToASCII(name) || undefined;
}

/**
 * Asks a server for its certificates. What is read is everything that the server sends: its
 * own certificate first, the others in its order.
 *
 * @param argument - `tls://host:port`
 * @returns DER
 * @throws {TrustError} `usage/bad-value`; `input/not-readable`: no answer, no TLS, no certificate
 */
export async function readEndpoint(
  argument: string,
  { timeoutMs = DEFAULT_TIMEOUT_MS, serverName, startTls, signal }: ReadEndpointOptions = {},
): Promise<readonly Uint8Array[]> {
  const { host, port } = parseEndpoint(argument, startTls === undefined ? DEFAULT_PORT : portOf(startTls));
  const connection = openConnection({ host, port, ...CONNECT_ATTEMPT });
  // Whoever waits hears of an error; between two who wait nobody does, and Node would end the process.
  connection.on('error', () => {});
  const stop = (reason: string) => connection.destroy(new Stopped(reason));
  let isFound = isIP(host) !== 0;
  connection.once('lookup', () => {
    isFound = true;
  });
  const timer = setTimeout(() => stop(isFound ? 'ETIMEDOUT' : 'EAI_AGAIN'), timeoutMs);
  const giveUp = () => stop(GIVEN_UP);
  if (signal?.aborted === true) giveUp();
  signal?.addEventListener('abort', giveUp, { once: true });
  const handshake = new Handshake();
  // The dot at the end of a name is for those who look it up (RFC 6066 section 3).
  const name = serverName ?? host.replace(/\.$/, '');
  let hasAgreed = false;
  try {
    if (startTls !== undefined) await beginTls(connection, startTls, name);
    hasAgreed = true;
    return await certificatesOf(connection, handshake, isIP(name) === 0 ? name : undefined);
  } catch (error) {
    throw refusalOf(error, startTls, hasAgreed, handshake).within({ source: argument });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
    connection.destroy();
  }
}

/** Makes a handshake; what is thrown is what ended it. */
async function certificatesOf(
  connection: Socket,
  handshake: Handshake,
  servername: string | undefined,
): Promise<readonly Uint8Array[]> {
  return await new Promise((resolve, reject) => {
    const socket = connect({
      socket: overheard(connection, handshake),
      ...(servername === undefined ? {} : { servername }),
      // Looking at a certificate is not trusting it. Without any anchors nothing of this machine gets into the chain.
      rejectUnauthorized: false,
      ca: [],
      // The servers whose certificates run out are often the old ones.
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
      // Nor do they know of secure renegotiation (RFC 5746), and here nothing is ever renegotiated.
      secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
    });
    const end = (failure: unknown) => {
      // A server that asks for a certificate of ours has shown its own before it turns us away. One that does not show that
      // it has the key of its certificate has shown nothing: anybody can repeat the certificate of another.
      const isShown = handshake.isKeyShown && !isFoundHere(failure);
      const certificates = isShown ? (handshake.certificates ?? peerCertificatesOf(socket)) : [];
      socket.destroy();
      if (certificates.length > 0) resolve(certificates);
      else reject(failure);
    };
    const closed = () => end(new Stopped('ECONNRESET'));
    socket.once('secureConnect', () => {
      handshake.finish();
      end(new Stopped('the server sent no certificate'));
    });
    socket.on('keylog', (line) => handshake.learn(line));
    socket.once('end', closed);
    connection.on('error', end);
    connection.once('close', closed);
    socket.on('error', end);
    if (connection.destroyed) end(connection.errored ?? new Stopped('ECONNRESET'));
  });
}

/** Why this side ended the talk. */
class Stopped extends Error {}

/**
 * What ended the talk with a server, as an error for people.
 *
 * @param hasAgreed - whether the server was willing to begin TLS over what it speaks before
 */
function refusalOf(
  error: unknown,
  startTls: StartTlsProtocol | undefined,
  hasAgreed: boolean,
  handshake: Handshake,
): TrustError {
  if (error instanceof TrustError) return error;
  const reason = reasonOf(error);
  const { message, hint } = (startTls === undefined ? undefined : meaningBehind(reason, startTls, hasAgreed)) ??
    MEANINGS[reason] ?? {
      message: `no TLS handshake: ${reason}`,
      hint: isAlert(error) ? ALERT_HINT : handshakeHint(startTls),
    };
  const greetings = protocolsGreetingWith(handshake.received);
  const isSilent = reason === 'ETIMEDOUT' && startTls !== undefined;
  return new TrustError('input/not-readable', message, {
    hint: greetings.length > 0 ? hintAtGreeting(greetings) : isSilent ? `${hint}; ${SILENT_HINT}` : hint,
    cause: error,
  });
}

/** What has another meaning where TLS is not what is spoken first. */
function meaningBehind(reason: string, protocol: StartTlsProtocol, hasAgreed: boolean): NetworkMeaning | undefined {
  const meaning = MEANINGS[reason];
  if (reason !== 'ECONNRESET' || meaning === undefined) return undefined;
  const hint = hasAgreed
    ? `it had agreed to begin TLS over ${protocol}: look at its log, and whether it lets you in`
    : `check that the port speaks ${protocol}, and that the server lets you in`;
  return { ...meaning, hint };
}

const ALERT_HINT =
  'the server speaks TLS and turns this call away: it may want to be asked by another name (--servername), or in another way';

function handshakeHint(startTls: StartTlsProtocol | undefined): string {
  return startTls === undefined
    ? 'check that the port speaks TLS from the first byte, or say with --starttls what it speaks before'
    : `check that nothing but TLS follows its consent over ${startTls}`;
}

const SILENT_HINT = 'one that speaks TLS from the first byte is silent, too, and is asked without --starttls';

function hintAtGreeting(protocols: readonly StartTlsProtocol[]): string {
  return `the server begins in the clear, like ${protocols.join(' or ')}: ask it with --starttls ${protocols[0]}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof Stopped) return error.message;
  // Of a host with several addresses there is an error for each, and the code is that of the first.
  if (error instanceof AggregateError && 'code' in error) return String(error.code);
  return systemErrorCode(error) ?? (error instanceof Error ? tlsReason(error) : 'unknown error');
}

/** What a server has said so far, and the secret that a part of it is encrypted with. */
class Handshake {
  #received: Uint8Array[] = [];
  #length = 0;
  #secret: Uint8Array | null = null;
  #isKeyShown = false;

  hear(bytes: Uint8Array): void {
    if (this.#length >= MAX_HANDSHAKE_BYTES) return;
    this.#length += bytes.length;
    this.#received.push(bytes);
  }

  /**
   * A secret comes into being when what the server has signed was verified: that of a connection of TLS 1.2 behind the
   * ServerHelloDone, where the server signs its key exchange, and that of the data of TLS 1.3 behind its Finished.
   *
   * @param line - of the key log, as NSS writes it
   */
  learn(line: Buffer): void {
    const [label = '', , hex = ''] = line.toString('latin1').trim().split(' ');
    if (label === 'SERVER_HANDSHAKE_TRAFFIC_SECRET') this.#secret = Buffer.from(hex, 'hex');
    if (label === 'SERVER_TRAFFIC_SECRET_0' || (label === 'CLIENT_RANDOM' && hasSignedKeyExchange(this.received))) {
      this.#isKeyShown = true;
    }
  }

  /** Both sides have agreed, which nobody can without the key. */
  finish(): void {
    this.#isKeyShown = true;
  }

  /** Whether the server has shown that it has the key of its certificate. */
  get isKeyShown(): boolean {
    return this.#isKeyShown;
  }

  /** What came so far, as much of it as is kept. */
  get received(): Uint8Array {
    return Buffer.concat(this.#received);
  }

  /** Null where none can be made out. */
  get certificates(): readonly Uint8Array[] | null {
    const sent = certificatesSent(this.received, this.#secret);
    return sent === null || sent.length === 0 ? null : sent;
  }
}

/** A connection of which every byte that the server sends is heard before it is passed on. */
function overheard(connection: Socket, handshake: Handshake): Duplex {
  const stream = new Duplex({
    read: () => connection.resume(),
    write: (chunk, encoding, done) => void connection.write(chunk, encoding, done),
    final: (done) => void connection.end(done),
  });
  connection.on('data', (bytes) => {
    handshake.hear(bytes);
    if (!stream.push(bytes)) connection.pause();
  });
  connection.on('end', () => stream.push(null));
  return stream;
}

/** Whether it is this side that found fault with the handshake, and not an alert of the server or a lost connection. */
function isFoundHere(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  return String(cause.code).startsWith('ERR_SSL_') && !isAlert(cause);
}

/** Whether the server has said in TLS why it goes no further: OpenSSL gives the number, and mostly the word, of what it said. */
function isAlert(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  return String(cause.code).includes('_ALERT_') || /SSL alert number \d+/.test(cause.message);
}

/** `wrong version number` out of `80E8…:error:0A00010B:SSL routines:…:wrong version number:ssl3_record.c:354:`. */
function tlsReason(error: Error): string {
  if (!('code' in error) || typeof error.code !== 'string') return 'unknown error';
  if ('reason' in error && typeof error.reason === 'string') return error.reason;
  return MEANINGS[error.code]?.message ?? error.code;
}

function peerCertificatesOf(socket: TLSSocket): readonly Uint8Array[] {
  const certificates: Uint8Array[] = [];
  let current: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (current?.raw !== undefined && certificates.length < LONGEST_CHAIN) {
    certificates.push(new Uint8Array(current.raw));
    const issuer: DetailedPeerCertificate | undefined = current.issuerCertificate;
    // A self-signed certificate is its own issuer here.
    current = issuer === current ? undefined : issuer;
  }
  return certificates;
}
