import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readEndpoint } from '../../src/io/endpoint.ts';
import { portOf, protocolsGreetingWith, type StartTlsProtocol, startTlsProtocols } from '../../src/io/starttls.ts';
import { type Issued, issue } from '../support/certificates.ts';
import { processorTime } from '../support/processor-time.ts';
import { AGREES, FEATURES, LDAP, ldapResponse, mysqlGreeting, play, type Script, STREAM } from '../support/starttls.ts';

let root: Issued;
let server: Issued;
let close = () => {};

beforeAll(() => {
  root = issue({ subject: 'CN=Root' });
  server = issue({ subject: 'CN=mx.example.com', issuer: root, basicConstraints: null, keyUsage: null });
});
afterEach(() => close());

async function listen(answer: (socket: Socket) => void): Promise<string> {
  const open = new Set<Socket>();
  const listener: Server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    answer(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  close = () => {
    for (const socket of open) socket.destroy();
    listener.close();
  };
  return `tls://127.0.0.1:${(listener.address() as AddressInfo).port}`;
}

/** An SMTP server that agrees to begin TLS, and does something else when that begins. */
function consenting(afterwards: (socket: Socket) => void): (socket: Socket) => void {
  return (socket) => {
    socket.write('220 x\r\n');
    socket.on('data', (bytes) => {
      const words = bytes.toString('latin1');
      if (words.startsWith('EHLO')) socket.write('250 STARTTLS\r\n');
      else if (words.startsWith('STARTTLS')) socket.write('220 go\r\n');
      else afterwards(socket);
    });
  };
}

describe.each(startTlsProtocols)('%s', (protocol) => {
  test('leads to the certificates', async () => {
    const endpoint = await listen(play(AGREES[protocol], [server, root]));
    expect(await readEndpoint(endpoint, { startTls: protocol })).toEqual([server.der, root.der]);
  });

  test('leads there in whatever pieces the server speaks', async () => {
    const endpoint = await listen(play(AGREES[protocol], [server, root], { pieces: true }));
    expect(await readEndpoint(endpoint, { startTls: protocol })).toEqual([server.der, root.der]);
  });

  test('is told from a server that says nothing', async () => {
    const endpoint = await listen(() => {});
    await expect(readEndpoint(endpoint, { startTls: protocol, timeoutMs: 200 })).rejects.toMatchObject({
      code: 'input/not-readable',
      message: 'the server did not answer in time',
      hint: expect.stringContaining('asked without --starttls'),
      at: { source: endpoint },
    });
  });

  test.each<[string, (socket: Socket) => void]>([
    ['hangs up', (socket) => socket.end()],
    ['talks of other things', (socket) => socket.end('\x1b[2JSSH-2.0-\u{202e}x\r\nmore\r\n')],
    ['never ends a line', (socket) => void socket.write('x'.repeat(9000))],
    ['never ends', (socket) => void socket.write('<220-x>\r\n'.repeat(20_000))],
    ['speaks TLS from the first byte', (socket) => socket.end(Uint8Array.of(21, 3, 3, 0, 2, 2, 70))],
  ])('is told from a server that %s', async (_name, answer) => {
    const endpoint = await listen(answer);
    const refusal = await readEndpoint(endpoint, { startTls: protocol, timeoutMs: 20_000 }).catch((error) => error);
    expect(refusal).toMatchObject({
      code: 'input/not-readable',
      message: expect.stringMatching(/^(the server does not begin TLS over|the server closed the connection)/),
      at: { source: endpoint },
    });
    expect(refusal.message.length).toBeLessThan(600);
    expect(refusal.message).toMatch(/^[ -~…]+$/);
  });

  test('takes nothing for TLS that is said before it', async () => {
    const script = AGREES[protocol];
    const turns = script.turns.map(([heard, said], index) => {
      return [heard, index === script.turns.length - 1 ? `${said ?? ''}injected\r\n` : said] as const;
    });
    const endpoint = await listen(play({ ...script, turns }, [server, root]));
    await expect(readEndpoint(endpoint, { startTls: protocol })).rejects.toMatchObject({
      message: expect.stringMatching(/it said "injected\\x0d\\x0a" where TLS was to begin|no TLS handshake/),
    });
  });

  test('has a port of its own', () => {
    expect(portOf(protocol)).toBeGreaterThan(20);
  });
});

test.each<[string, StartTlsProtocol, Script, string]>([
  [
    'has no STARTTLS',
    'smtp',
    { first: '220 x\r\n', turns: [[/EHLO/, '250-x\r\n250 STARTTLSX\r\n']] },
    'STARTTLS is not among what it offers',
  ],
  [
    'knows no EHLO',
    'smtp',
    { first: '220 x\r\n', turns: [[/EHLO/, '502 5.5.1 no\r\n']] },
    'it said "502 5.5.1 no", expected 250',
  ],
  [
    'is busy',
    'smtp',
    { first: '421 too many connections\r\n', turns: [] },
    'it said "421 too many connections", expected 220',
  ],
  [
    'changes its mind',
    'smtp',
    {
      first: '220 x\r\n',
      turns: [
        [/EHLO/, '250 STARTTLS\r\n'],
        [/STARTTLS/, '454 not now\r\n'],
      ],
    },
    'it said "454 not now", expected 220',
  ],
  ['is logged in', 'imap', { first: '* PREAUTH hello\r\n', turns: [] }, 'it said "* PREAUTH hello", expected * OK'],
  [
    'has no STARTTLS',
    'imap',
    { first: '* OK\r\n', turns: [[/STARTTLS/, 'a BAD unknown\r\n']] },
    'it said "a BAD unknown", expected a OK',
  ],
  [
    'has no STLS',
    'pop3',
    { first: '+OK\r\n', turns: [[/STLS/, '-ERR what\r\n']] },
    'it said "-ERR what", expected +OK',
  ],
  [
    'has no AUTH',
    'ftp',
    { first: '220 x\r\n', turns: [[/AUTH/, '530 log in\r\n']] },
    'it said "530 log in", expected 234',
  ],
  [
    'has no STARTTLS',
    'nntp',
    { first: '201 x\r\n', turns: [[/STARTTLS/, '580 no\r\n']] },
    'it said "580 no", expected 382',
  ],
  [
    'has no STARTTLS',
    'sieve',
    { first: 'OK\r\n', turns: [[/STARTTLS/, 'NO "no"\r\n']] },
    'it said "NO \\"no\\"", expected OK'.replaceAll('\\', ''),
  ],
  ['has no certificate', 'ldap', { first: null, turns: [[LDAP, ldapResponse(52)]] }, 'its result is 52, unavailable'],
  [
    'knows no extension',
    'ldap',
    { first: null, turns: [[LDAP, ldapResponse(2, 1, 'unsupported')]] },
    'its result is 2, protocolError',
  ],
  [
    'hangs up with a notice',
    'ldap',
    { first: null, turns: [[LDAP, ldapResponse(52, 0)]] },
    'expected an ExtendedResponse',
  ],
  ['has no TLS', 'postgres', { first: null, turns: [[/8?/, 'N']] }, 'it answers N: it has no TLS'],
  ['is an old one', 'postgres', { first: null, turns: [[/8?/, 'E\0\0\0\x10FATAL\0']] }, 'it said "E", expected S'],
  ['has no TLS', 'mysql', { first: mysqlGreeting(0xf7ff), turns: [] }, 'it does not offer TLS'],
  ['lets nobody in', 'mysql', { first: '\x10\0\0\0\xff\x6a\x04Host blocked.', turns: [] }, 'it said "Host blocked."'],
  [
    'has no TLS',
    'xmpp',
    { first: null, turns: [[/version/, `${STREAM}<stream:features/>`]] },
    'STARTTLS is not among what it offers',
  ],
  [
    'serves another name',
    'xmpp',
    { first: null, turns: [[/version/, `${STREAM}<stream:error><host-unknown/></stream:error>`]] },
    'STARTTLS is not among what it offers',
  ],
  [
    'changes its mind',
    'xmpp',
    {
      first: null,
      turns: [
        [/version/, FEATURES],
        [/<starttls/, '<failure/>'],
      ],
    },
    'it said "<failure/>", expected <proceed/>',
  ],
])('a server that %s, over %s', async (_name, protocol, script, message) => {
  const endpoint = await listen(play(script, [server, root]));
  await expect(readEndpoint(endpoint, { startTls: protocol, timeoutMs: 20_000 })).rejects.toMatchObject({
    code: 'input/not-readable',
    message: expect.stringContaining(message),
    hint: expect.stringContaining(`check that the port speaks ${protocol}`),
  });
});

test('the name that a server is asked by goes to it as XML, and nothing but XML', async () => {
  const heard = new Promise<string>((resolve) => {
    void listen((socket) => socket.once('data', (bytes) => resolve(bytes.toString()))).then((endpoint) =>
      readEndpoint(endpoint, { startTls: 'xmpp', serverName: `a'><x>&"`, timeoutMs: 500 }).catch(() => {}),
    );
  });
  expect(await heard).toContain(" to='a&#39;&#62;&#60;x&#62;&#38;&#34;' ");
});

test.each<[string, Script]>([
  ['in place of features', { first: null, turns: [[/version/, '<features '.repeat(6000)]] }],
  [
    'after its consent',
    {
      first: null,
      turns: [
        [/version/, FEATURES],
        [/<starttls/, '<'.repeat(60_000)],
      ],
    },
  ],
])('a server that only opens elements %s takes no more than its time', async (_when, script) => {
  const endpoint = await listen(play(script, [server, root]));
  const spent = processorTime();
  await expect(readEndpoint(endpoint, { startTls: 'xmpp', timeoutMs: 200 })).rejects.toMatchObject({
    code: 'input/not-readable',
  });
  expect(spent()).toBeLessThan(1500);
});

test.each<[string, readonly StartTlsProtocol[]]>([
  ['220 mx ready\r\n', ['smtp', 'lmtp', 'ftp']],
  ['* OK ready\r\n', ['imap']],
  ['+OK ready\r\n', ['pop3']],
  ['200 news\r\n', ['nntp']],
  ['"IMPLEMENTATION" "x"\r\n', ['sieve']],
  ['SSH-2.0-x\r\n', []],
])('a server that greets with %j is known by it', async (greeting, protocols) => {
  expect(protocolsGreetingWith(Buffer.from(greeting))).toEqual(protocols);
  const endpoint = await listen((socket) => void socket.write(greeting));
  await expect(readEndpoint(endpoint)).rejects.toMatchObject({
    hint: expect.stringMatching(
      protocols[0] === undefined ? /or say with --starttls what it speaks/ : `ask it with --starttls ${protocols[0]}$`,
    ),
  });
});

test.each<[string, string, string]>([
  ['at once', '', 'without a word'],
  ['in a line', '220', 'after "220"'],
  ['after its greeting', '220 x\r\n', 'before TLS began'],
])('a server that hangs up %s', async (_when, greeting, expected) => {
  const endpoint = await listen((socket) => socket.end(greeting));
  await expect(readEndpoint(endpoint, { startTls: 'smtp' })).rejects.toMatchObject({
    message: `the server does not begin TLS over smtp: it closed the connection ${expected}`,
  });
});

test('a server that goes away after its consent is not asked to speak TLS from the first byte', async () => {
  const endpoint = await listen(consenting((socket) => socket.resetAndDestroy()));
  await expect(readEndpoint(endpoint, { startTls: 'smtp' })).rejects.toMatchObject({
    message: 'the server closed the connection',
    hint: 'it had agreed to begin TLS over smtp: look at its log, and whether it lets you in',
  });
});

test('a server that resets the connection is asked to speak what was said of it', async () => {
  const endpoint = await listen(
    (socket) => void socket.once('data', () => socket.resetAndDestroy()).write('220 x\r\n'),
  );
  await expect(readEndpoint(endpoint, { startTls: 'smtp' })).rejects.toMatchObject({
    message: 'the server closed the connection',
    hint: 'check that the port speaks smtp, and that the server lets you in',
  });
});

test('of what is said after its consent, the option that was given is no remedy', async () => {
  const endpoint = await listen(consenting((socket) => void socket.write('250 injected\r\n')));
  await expect(readEndpoint(endpoint, { startTls: 'smtp' })).rejects.toMatchObject({
    message: 'no TLS handshake: wrong version number',
    hint: 'check that nothing but TLS follows its consent over smtp',
  });
});
