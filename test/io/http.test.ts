import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetchBytes, type HttpRequest } from '../../src/io/http.ts';
import { type Answer, serve, type TestServer } from '../support/http.ts';

const SMALL = 1000;
const ALLOWED: HttpRequest = { maxBytes: SMALL, allowPrivateNetwork: true, timeoutMs: 20_000 };
const HELLO = new TextEncoder().encode('hello');

let server: TestServer;

const drip: Answer = (_request, response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write('x'), 20);
  response.on('close', () => clearInterval(timer));
};
const pour: Answer = (_request, response) => {
  response.writeHead(200);
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536))) if (response.destroyed) return;
    response.once('drain', more);
  };
  more();
};
const sendTo =
  (location: string, status = 302): Answer =>
  (_request, response) =>
    response.writeHead(status, { Location: location }).end();

beforeEach(async () => {
  server = await serve({
    '/hello': HELLO,
    '/query?a=b': HELLO,
    '/echo': (request, response, body) =>
      response
        .writeHead(200)
        .end(`${request.method} ${request.headers['content-type']} ${Buffer.from(body).toString()}`),
    '/host': (request, response) => response.writeHead(200).end(request.headers.host),
    '/headers': (request, response) => response.writeHead(200).end(Object.keys(request.headers).sort().join(' ')),
    '/full': new Uint8Array(SMALL),
    '/over': new Uint8Array(SMALL + 1),
    '/ten-megabytes': new Uint8Array(10_000_000),
    '/liar': (_request, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('short');
      setTimeout(() => response.destroy(), 20);
    },
    '/drip': drip,
    '/pour': pour,
    '/silent': () => {},
    '/to-file': sendTo('file:///etc/passwd'),
    '/to-itself': sendTo('/hello', 301),
    '/not-modified': sendTo('/hello', 304),
    '/no-content': (_request, response) => response.writeHead(204).end(),
    '/broken': (_request, response) => response.writeHead(500).end('oops'),
  });
});
afterEach(() => server.close());

const ask = async (path: string, request: Partial<HttpRequest> = {}) =>
  Buffer.from(await fetchBytes(server.url + path, { ...ALLOWED, ...request })).toString();

describe('fetchBytes', () => {
  test('gets what is there', async () => {
    expect(await ask('/hello')).toBe('hello');
    expect(await ask('/query?a=b#part')).toBe('hello');
    expect((await fetchBytes(`${server.url}/full`, ALLOWED)).length).toBe(SMALL);
    expect(server.requests).toEqual(['GET /hello', 'GET /query?a=b', 'GET /full']);
  });

  test('posts a body with its type', async () => {
    const body = { type: 'application/ocsp-request', bytes: HELLO };
    expect(await ask('/echo', { body })).toBe('POST application/ocsp-request hello');
  });

  test('says whom it asks for, and little else', async () => {
    expect(await ask('/host')).toBe(`127.0.0.1:${server.port}`);
    const byName = await fetchBytes(`http://localhost:${server.port}/host`, ALLOWED);
    expect(Buffer.from(byName).toString()).toBe(`localhost:${server.port}`);
    expect(await ask('/headers')).toBe('accept-encoding connection host user-agent');
  });

  test.each([
    { path: '/over', code: 'fetch/too-large', message: 'the answer has more than 1000 bytes' },
    { path: '/ten-megabytes', code: 'fetch/too-large', message: 'the answer has more than 1000 bytes' },
    { path: '/pour', code: 'fetch/too-large', message: 'the answer has more than 1000 bytes' },
    { path: '/liar', code: 'fetch/failed', message: 'no HTTP answer: ECONNRESET' },
    { path: '/to-file', code: 'fetch/failed', message: 'the server sends elsewhere (status 302)' },
    { path: '/to-itself', code: 'fetch/failed', message: 'the server sends elsewhere (status 301)' },
    { path: '/not-modified', code: 'fetch/failed', message: 'the server sends elsewhere (status 304)' },
    { path: '/no-content', code: 'fetch/failed', message: 'the server answers with status 204' },
    { path: '/broken', code: 'fetch/failed', message: 'the server answers with status 500' },
    { path: '/nothing', code: 'fetch/failed', message: 'the server answers with status 404' },
  ])('refuses $path', async ({ path, code, message }) => {
    await expect(ask(path)).rejects.toMatchObject({ code, message });
    expect(server.requests).toEqual([`GET ${path}`]);
  });

  test.each(['/silent', '/drip'])('waits for %s no longer than it may', async (path) => {
    await expect(ask(path, { timeoutMs: 200, maxBytes: 1_000_000 })).rejects.toMatchObject({
      code: 'fetch/failed',
      message: 'the server did not answer in time',
    });
  });

  test('says that nobody is there', async () => {
    server.close();
    await expect(ask('/hello')).rejects.toMatchObject({ code: 'fetch/failed', message: 'the connection was refused' });
  });

  test('says that there is no host of a name', async () => {
    await expect(fetchBytes('http://nowhere.invalid/', ALLOWED)).rejects.toMatchObject({ code: 'fetch/failed' });
  });

  test.each([
    ['hangs up', 'end'],
    ['waits', 'write'],
  ] as const)('waits for nothing more from a server that changes to another protocol and %s', async (_how, say) => {
    const other = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () =>
        socket[say]('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
      );
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(fetchBytes(`http://127.0.0.1:${port}/`, ALLOWED)).rejects.toMatchObject({
      code: 'fetch/failed',
      message: 'the server answers with status 101',
    });
    other.close();
  });

  test('takes no answer that is no HTTP', async () => {
    const other = createServer((socket) => socket.end('220 mail ready\r\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(fetchBytes(`http://127.0.0.1:${port}/`, ALLOWED)).rejects.toMatchObject({
      code: 'fetch/failed',
      message: expect.stringMatching(/^no HTTP answer: HPE_/),
    });
    other.close();
  });
});

describe('a URL', () => {
  test.each([
    ...['https://127.0.0.1/', 'ldap://127.0.0.1/cn=CA', 'ftp://127.0.0.1/ca.cer', 'file:///etc/passwd', 'data:,x'],
    ...[
      '',
      '/ca.cer',
      'http:',
      'http://',
      'http:///ca.cer',
      'http://\\ca.cer',
      'http:127.0.0.1',
      'http://[::1',
      'http://a b/',
    ],
    ...['http://user@127.0.0.1/', 'http://user:word@127.0.0.1/', 'http://127.0.0.1/\r\nX: y', 'http://127.0.0.1/\t'],
    ...['http://127.0.0.1/\u0000', 'http://127.0.0.1/ä', 'http://①②⑦.0.0.1/', 'http://127.0.0.1/\u202e'],
    ...['http://127.0.0.1:22/', 'http://127.0.0.1:25/', 'http://127.0.0.1:443/', 'http://127.0.0.1:1023/'],
    ...['http://127.0.0.1:0/', 'http://127.0.0.1:65536/', `http://127.0.0.1/${'a'.repeat(1024)}`],
  ])('%j is not asked', async (url) => {
    await expect(fetchBytes(url, ALLOWED)).rejects.toMatchObject({ code: 'fetch/bad-url' });
  });

  test.each([
    ...['127.0.0.1', 'localhost', 'LOCALHOST', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '127.1'],
    ...['%31%32%37.0.0.1', '[::1]', '[0:0:0:0:0:0:0:1]', '10.1.2.3', '192.168.1.1', '172.16.0.1', '100.64.0.1'],
    ...['[fd00::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '0.0.0.0', '0', '[::]', '169.254.169.254'],
    ...['[fe80::1]', '224.0.0.1', '255.255.255.255', '[ff02::1]', '[64:ff9b::127.0.0.1]', '[2002:7f00:1::]'],
  ])('that leads to %s is not asked without leave', async (host) => {
    const url = `http://${host}:${server.port}/hello`;
    await expect(fetchBytes(url, { ...ALLOWED, allowPrivateNetwork: false })).rejects.toMatchObject({
      code: 'fetch/private-address',
    });
    expect(server.connections()).toBe(0);
  });

  test.each(['127.0.0.1', 'localhost', '2130706433', '0x7f.1'])(
    'that leads to %s is asked with leave',
    async (host) => {
      const bytes = await fetchBytes(`http://${host}:${server.port}/hello`, ALLOWED);
      expect(bytes).toEqual(HELLO);
    },
  );

  test.each(['0.0.0.0', '[::]', '169.254.169.254', '[::ffff:169.254.169.254]', '224.0.0.1', '[fe80::1]'])(
    'that leads to %s is not even then',
    async (host) => {
      const asked = fetchBytes(`http://${host}:${server.port}/hello`, ALLOWED);
      await expect(asked).rejects.toMatchObject({ code: 'fetch/private-address' });
      expect(server.connections()).toBe(0);
    },
  );
});
