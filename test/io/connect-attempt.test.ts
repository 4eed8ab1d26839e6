/** Hosts with more than one address, of which the first takes its time and the last leads nowhere. */
import { type ChildProcess, spawn } from 'node:child_process';
import dns from 'node:dns';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readEndpoint } from '../../src/io/endpoint.ts';
import { fetchBytes } from '../../src/io/http.ts';

/** Nobody listens at the second. */
const ADDRESSES = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));

/** A server that can be stopped, with room for two connections while it is. */
const SERVER = `
  const server = require('node:net').createServer((socket) => {
    socket.on('error', () => {});
    socket.end('HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nhello');
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));
`;

// Other systems answer in another way when there is no room, and have no second address of their own.
describe.skipIf(process.platform !== 'linux')('a host far away, with another address that nobody listens at', () => {
  let server: ChildProcess;
  let others: readonly Socket[];
  let port: number;

  beforeEach(async () => {
    server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(server.stdout as NodeJS.ReadableStream, 'data');
    port = Number(line);
    server.kill('SIGSTOP');
    others = [1, 2, 3, 4].map(() => connect(port, '127.0.0.1').on('error', () => {}));
    await Promise.all(others.slice(0, 2).map((other) => once(other, 'connect')));
    vi.spyOn(dns, 'lookup').mockImplementation(((_host: string, _options: unknown, callback: CallableFunction) => {
      callback(null, ADDRESSES);
    }) as typeof dns.lookup);
    vi.spyOn(dns.promises, 'lookup').mockResolvedValue(ADDRESSES as never);
    syncBuiltinESMExports();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
    for (const other of others) other.destroy();
    server.kill('SIGKILL');
  });

  /** What is sent while there is no room is lost, and sent again after a second. */
  async function whenItGoesOn<T>(call: Promise<T>): Promise<T> {
    setTimeout(() => server.kill('SIGCONT'), 300);
    return await call;
  }

  test('is waited for as a server', async () => {
    const call = readEndpoint(`tls://far.test:${port}`).catch((error: Error) => error.message);
    expect(await whenItGoesOn(call)).toBe('no TLS handshake: wrong version number');
  });

  test('is waited for where a certificate leads to it', async () => {
    const call = fetchBytes(`http://far.test:${port}/`, { maxBytes: 100, allowPrivateNetwork: true });
    expect(Buffer.from(await whenItGoesOn(call)).toString()).toBe('hello');
  });

  test('is told from one where nobody listens at all', async () => {
    server.kill('SIGKILL');
    await once(server, 'exit');
    await expect(readEndpoint(`tls://far.test:${port}`)).rejects.toMatchObject({
      message: 'the connection was refused',
      hint: 'check the port, and that the service runs',
    });
  });
});
