/**
 * How protocols that begin in the clear are brought to the point where TLS begins, one dialog each: SMTP (RFC 3207), LMTP
 * (RFC 2033), IMAP (RFC 9051 6.2.1), POP3 (RFC 2595 4), FTP (RFC 4217 4), NNTP (RFC 4642), ManageSieve (RFC 5804 2.2), LDAP
 * (RFC 4511 4.14), XMPP (RFC 6120 5), PostgreSQL (SSLRequest) and MySQL (SSLRequest). Nothing else is said, and nobody logs in.
 *
 * @module
 */
import type { Socket } from 'node:net';
import { Conversation, MAX_LINE, MAX_RECEIVED, MAX_SHOWN, quote, reply } from './conversation.js';

interface Protocol {
  readonly port: number;
  /** How a server of it begins by itself. */
  readonly greeting: RegExp | null;
  readonly begin: (talk: Conversation, name: string) => Promise<void>;
}

/** A protocol that begins in the clear. */
export type StartTlsProtocol =
  | 'smtp'
  | 'lmtp'
  | 'imap'
  | 'pop3'
  | 'ftp'
  | 'nntp'
  | 'sieve'
  | 'ldap'
  | 'postgres'
  | 'mysql'
  | 'xmpp'
  | 'xmpp-server';

const PROTOCOLS: Readonly<Record<StartTlsProtocol, Protocol>> = {
  smtp: { port: 25, greeting: /^220[ -]/, begin: (talk) => beginSmtp(talk, 'EHLO') },
  lmtp: { port: 24, greeting: /^220[ -]/, begin: (talk) => beginSmtp(talk, 'LHLO') },
  imap: { port: 143, greeting: /^\* (?:OK|PREAUTH|BYE)\b/i, begin: beginImap },
  pop3: { port: 110, greeting: /^\+OK\b/, begin: beginPop3 },
  ftp: { port: 21, greeting: /^220[ -]/, begin: beginFtp },
  nntp: { port: 119, greeting: /^20[01] /, begin: beginNntp },
  sieve: { port: 4190, greeting: /^"IMPLEMENTATION"/i, begin: beginSieve },
  ldap: { port: 389, greeting: null, begin: beginLdap },
  postgres: { port: 5432, greeting: null, begin: beginPostgres },
  mysql: { port: 3306, greeting: null, begin: beginMysql },
  xmpp: { port: 5222, greeting: null, begin: (talk, name) => beginXmpp(talk, name, 'jabber:client') },
  'xmpp-server': { port: 5269, greeting: null, begin: (talk, name) => beginXmpp(talk, name, 'jabber:server') },
};

/** All that are known here. */
export const startTlsProtocols: readonly StartTlsProtocol[] = Object.keys(PROTOCOLS) as StartTlsProtocol[];

/** The port on which a protocol usually listens. */
export function portOf(protocol: StartTlsProtocol): number {
  return PROTOCOLS[protocol].port;
}

/**
 * The protocols that a server may speak, by what it said without being asked.
 *
 * @param received - the first bytes that came from it
 */
export function protocolsGreetingWith(received: Uint8Array): readonly StartTlsProtocol[] {
  const text = Buffer.from(received.subarray(0, MAX_SHOWN)).toString('latin1');
  return startTlsProtocols.filter((name) => PROTOCOLS[name].greeting?.test(text) === true);
}

/**
 * Brings a connection to the point where the client's side of TLS is to begin. It is open until the caller ends it; time is
 * the caller's, too: the wait ends when the connection is destroyed.
 *
 * @param socket - on which nothing was read yet; it need not be connected yet
 * @param name - what the server is called
 * @throws {TrustError} `input/not-readable`: the server speaks something else, or does not want to; or the system error
 */
export async function startTls(socket: Socket, protocol: StartTlsProtocol, name: string): Promise<void> {
  const talk = new Conversation(socket, protocol);
  try {
    await PROTOCOLS[protocol].begin(talk, name);
    talk.expectSilence();
  } finally {
    talk.leave();
  }
}

async function beginSmtp(talk: Conversation, hello: 'EHLO' | 'LHLO'): Promise<void> {
  await reply(talk, '220');
  talk.say(`${hello} ${talk.ownAddress}\r\n`);
  const features = await reply(talk, '250');
  if (!/^250[ -]STARTTLS\b/im.test(features)) throw talk.refusal('STARTTLS is not among what it offers');
  talk.say('STARTTLS\r\n');
  await reply(talk, '220');
}

async function beginImap(talk: Conversation): Promise<void> {
  const greeting = await talk.line();
  if (!/^\* OK\b/i.test(greeting)) throw talk.unexpected(greeting, '* OK');
  talk.say('a STARTTLS\r\n');
  let line = await talk.line();
  while (line.startsWith('* ')) line = await talk.line();
  if (!/^a OK\b/i.test(line)) throw talk.unexpected(line, 'a OK');
}

async function beginPop3(talk: Conversation): Promise<void> {
  for (const words of ['', 'STLS\r\n']) {
    talk.say(words);
    const line = await talk.line();
    if (!/^\+OK\b/.test(line)) throw talk.unexpected(line, '+OK');
  }
}

async function beginFtp(talk: Conversation): Promise<void> {
  await reply(talk, '220');
  talk.say('AUTH TLS\r\n');
  await reply(talk, '234');
}

async function beginNntp(talk: Conversation): Promise<void> {
  const greeting = await talk.line();
  if (!/^20[01]\b/.test(greeting)) throw talk.unexpected(greeting, '200 or 201');
  talk.say('STARTTLS\r\n');
  const line = await talk.line();
  if (!/^382\b/.test(line)) throw talk.unexpected(line, '382');
}

async function beginSieve(talk: Conversation): Promise<void> {
  for (const words of ['', 'STARTTLS\r\n']) {
    talk.say(words);
    let line = await talk.line();
    // Before its OK a server lists what it can, a string in quotes at the start of each line.
    while (words === '' && line.startsWith('"')) line = await talk.line();
    if (!/^OK\b/i.test(line)) throw talk.unexpected(line, 'OK');
  }
}

/** An LDAPMessage with an ExtendedRequest for 1.3.6.1.4.1.1466.20037. */
const LDAP_REQUEST: Uint8Array = Buffer.concat([
  Uint8Array.of(0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16),
  Buffer.from('1.3.6.1.4.1.1466.20037'),
]);

/** Names of RFC 4511 4.1.9 of what servers answer that do not begin TLS. */
const LDAP_RESULTS: Readonly<Record<number, string>> = {
  1: 'operationsError',
  2: 'protocolError',
  10: 'referral',
  50: 'insufficientAccessRights',
  52: 'unavailable',
  53: 'unwillingToPerform',
};

async function beginLdap(talk: Conversation): Promise<void> {
  talk.say(LDAP_REQUEST);
  const head = await talk.bytes(2);
  const [tag = 0, short = 0] = head;
  const more = short < 0x80 ? Buffer.alloc(0) : await talk.bytes(Math.min(short & 0x7f, 4));
  const length = short < 0x80 ? short : more.reduce((sum, octet) => sum * 256 + octet, 0);
  if (tag !== 0x30 || short === 0x80 || length > MAX_RECEIVED)
    throw talk.unexpected(Buffer.concat([head, more]), 'an LDAPMessage');
  const message = await talk.bytes(length);
  // messageID 1, then [APPLICATION 24] of whatever length, with an ENUMERATED as its first element.
  const form = /^02010178(?:[0-7].|81..|82.{4}|84.{8})0a01(..)/;
  const [, digits] = form.exec(message.toString('hex')) ?? [];
  if (digits === undefined) throw talk.unexpected(message, 'an ExtendedResponse');
  const code = Number.parseInt(digits, 16);
  if (code === 0) return;
  const name = LDAP_RESULTS[code];
  throw talk.refusal(`its result is ${code}${name === undefined ? '' : `, ${name}`}`);
}

async function beginPostgres(talk: Conversation): Promise<void> {
  // Length, and 1234 5679 where the version of the protocol would stand.
  talk.say(Uint8Array.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f));
  const answer = (await talk.bytes(1)).toString('latin1');
  if (answer === 'N') throw talk.refusal('it answers N: it has no TLS');
  if (answer !== 'S') throw talk.unexpected(answer, 'S');
}

const MYSQL = { protocol41: 0x200, ssl: 0x800, secureConnection: 0x8000 } as const;

async function beginMysql(talk: Conversation): Promise<void> {
  const header = await talk.bytes(4);
  const length = header.readUIntLE(0, 3);
  // The first packet has number 0.
  if (header[3] !== 0 || length > MAX_LINE) throw talk.unexpected(header, 'a greeting');
  const greeting = await talk.bytes(length);
  if (greeting[0] === 0xff) throw talk.refusal(`it said ${quote(greeting.subarray(3))}`);
  const end = greeting.indexOf(0);
  // Behind the version: the number of the thread, eight random bytes and a zero.
  const flagsAt = end + 1 + 4 + 8 + 1;
  if (greeting[0] !== 10 || end < 0 || greeting.length < flagsAt + 2)
    throw talk.unexpected(greeting, 'a greeting of version 10');
  if ((greeting.readUInt16LE(flagsAt) & MYSQL.ssl) === 0) throw talk.refusal('it does not offer TLS');
  const request = Buffer.alloc(36);
  request.writeUIntLE(32, 0, 3);
  request.writeUInt8(1, 3);
  request.writeUInt32LE(MYSQL.protocol41 | MYSQL.ssl | MYSQL.secureConnection, 4);
  request.writeUInt32LE(0x01000000, 8);
  request.writeUInt8(33, 12);
  talk.say(request);
}

const XMPP_TLS = 'urn:ietf:params:xml:ns:xmpp-tls';

async function beginXmpp(talk: Conversation, name: string, namespace: string): Promise<void> {
  const to = name.replace(/[&<>'"]/g, (character) => `&#${character.charCodeAt(0)};`);
  talk.say(
    `<?xml version='1.0'?><stream:stream xmlns='${namespace}' xmlns:stream='http://etherx.jabber.org/streams' to='${to}' version='1.0'>`,
  );
  // No element has the beginning of another inside its tag; a form that took it would be tried at each of them to the end.
  const features = await talk.until(/<(?:[\w-]+:)?features\b[^<>]*\/>|<\/(?:[\w-]+:)?(?:features|error|stream)\s*>/);
  if (!features.includes(XMPP_TLS)) throw talk.refusal(`STARTTLS is not among what it offers, ${quote(features)}`);
  talk.say(`<starttls xmlns='${XMPP_TLS}'/>`);
  const answer = await talk.until(/<[^<>]*>/);
  if (!/<(?:[\w-]+:)?proceed\b/.test(answer)) throw talk.unexpected(answer, '<proceed/>');
}
