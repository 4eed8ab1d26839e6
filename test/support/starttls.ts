/**
 * Servers that take their protocols at their word: each answers only what its RFC has a client say, byte for byte, then
 * speaks TLS. They share nothing with what is tested.
 */
import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { StartTlsProtocol } from '../../src/io/starttls.ts';
import type { Issued } from './certificates.ts';

/** What a server says first, and then to what it hears; `null` where it says nothing. */
export interface Script {
  readonly first: string | null;
  readonly turns: readonly (readonly [heard: RegExp, said: string | null])[];
}

export const STREAM = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' version='1.0'>";
export const FEATURES = `${STREAM}<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>`;

/** An LDAPMessage with an ExtendedResponse of a result code and texts. */
export function ldapResponse(code: number, id = 1, text = ''): string {
  const result = String.fromCharCode(0x0a, 1, code, 0x04, 0, 0x04, text.length) + text;
  const response = String.fromCharCode(0x02, 1, id, 0x78, result.length) + result;
  return String.fromCharCode(0x30, response.length) + response;
}

/** The greeting of a server of MySQL 8 with some of its flags. */
export function mysqlGreeting(flags: number): string {
  const payload = `\n8.0.36\0${'\x01\0\0\0'}${'12345678'}\0${String.fromCharCode(flags & 0xff, flags >> 8)}\x21\x02\0\xff\xdf\x15${'\0'.repeat(10)}`;
  return `${String.fromCharCode(payload.length)}\0\0\0${payload}`;
}

export const LDAP: RegExp = /^0\x1d\x02\x01\x01w\x18\x80\x161\.3\.6\.1\.4\.1\.1466\.20037$/;
const MYSQL: RegExp = /^\x20\0\0\x01\0\x8a\0\0\0\0\0\x01\x21\0{23}/;

/** Servers that begin TLS. */
export const AGREES: Readonly<Record<StartTlsProtocol, Script>> = {
  smtp: {
    first: '220-mx.example.com\r\n220 ready\r\n',
    turns: [
      [/^EHLO \[127\.0\.0\.1\]\r\n$/, '250-mx.example.com\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 HELP\r\n'],
      [/^STARTTLS\r\n$/, '220 go ahead\r\n'],
    ],
  },
  lmtp: {
    first: '220 ready\r\n',
    turns: [
      [/^LHLO \[127\.0\.0\.1\]\r\n$/, '250-mx\r\n250 STARTTLS\r\n'],
      [/^STARTTLS\r\n$/, '220 go ahead\r\n'],
    ],
  },
  imap: {
    first: '* OK [CAPABILITY IMAP4rev2 STARTTLS LOGINDISABLED] ready\r\n',
    turns: [[/^a STARTTLS\r\n$/, '* CAPABILITY IMAP4rev2\r\na OK begin\r\n']],
  },
  pop3: { first: '+OK ready <1@mx>\r\n', turns: [[/^STLS\r\n$/, '+OK begin\r\n']] },
  ftp: { first: '220-Welcome\r\n  to 2026\r\n220 ready\r\n', turns: [[/^AUTH TLS\r\n$/, '234 begin\r\n']] },
  nntp: { first: '200 news\r\n', turns: [[/^STARTTLS\r\n$/, '382 begin\r\n']] },
  sieve: {
    first: '"IMPLEMENTATION" "x"\r\n"SASL" ""\r\n"STARTTLS"\r\nOK\r\n',
    turns: [[/^STARTTLS\r\n$/, 'OK "begin"\r\n']],
  },
  ldap: { first: null, turns: [[LDAP, ldapResponse(0)]] },
  postgres: { first: null, turns: [[/^\0\0\0\x08\x04\xd2\x16\x2f$/, 'S']] },
  mysql: { first: mysqlGreeting(0xffff), turns: [[MYSQL, null]] },
  xmpp: {
    first: null,
    turns: [
      [
        /^<\?xml version='1\.0'\?><stream:stream xmlns='jabber:client' xmlns:stream='http:\/\/etherx\.jabber\.org\/streams' to='127\.0\.0\.1' version='1\.0'>$/,
        FEATURES,
      ],
      [/^<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'\/>$/, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"],
    ],
  },
  'xmpp-server': {
    first: null,
    turns: [
      [
        /^<\?xml version='1\.0'\?><stream:stream xmlns='jabber:server' xmlns:stream='http:\/\/etherx\.jabber\.org\/streams' to='127\.0\.0\.1' version='1\.0'>$/,
        FEATURES.replace('jabber:client', 'jabber:server'),
      ],
      [/^<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'\/>$/, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"],
    ],
  },
};

/** Plays a script and then speaks TLS with a chain; to what is heard out of turn it says nothing. */
export function play(
  { first, turns }: Script,
  chain: readonly [Issued, ...Issued[]],
  options: { pieces?: boolean } = {},
): (socket: Socket) => void {
  return async (socket) => {
    const say = async (text: string | null) => {
      for (const piece of options.pieces === true ? (text ?? '') : [text ?? '']) {
        socket.write(piece, 'latin1');
        if (options.pieces === true) await new Promise(setImmediate);
      }
    };
    let text = '';
    let wake = () => {};
    const hear = (bytes: Buffer) => {
      text += bytes.toString('latin1');
      wake();
    };
    socket.on('data', hear);
    await say(first);
    for (const [heard, said] of turns) {
      while (!heard.test(text)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      // A client of MySQL does not wait for an answer before it begins TLS.
      text = text.replace(heard, '');
      await say(said);
    }
    socket.off('data', hear);
    socket.pause();
    if (text !== '') socket.unshift(text, 'latin1');
    const secure = new TLSSocket(socket, {
      isServer: true,
      secureContext: createSecureContext({
        key: chain[0].privateKey.export({ type: 'pkcs8', format: 'pem' }),
        cert: chain.map(({ pem }) => pem).join(''),
      }),
    });
    secure.on('error', () => {});
  };
}
