/** Many servers in one call: asked at the same time, told in their order, and none hides another. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { AT_ONCE, startAtOnce } from '../../src/cli/at-once.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

const AT = '2026-11-01T00:00:00Z';

const own = issue({ subject: 'CN=gw.example.test', basicConstraints: null, keyUsage: ['digitalSignature'] });
const listening: Server[] = [];
const open = new Set<Socket>();

afterEach(() => {
  for (const socket of open) socket.destroy();
  for (const server of listening.splice(0)) server.close();
  open.clear();
});

/** @returns the port */
async function listen(server: Server): Promise<number> {
  listening.push(server);
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function tlsServer(): Server {
  const key = own.privateKey.export({ type: 'pkcs8', format: 'pem' });
  return createServer({ key, cert: own.pem }).on('tlsClientError', () => {});
}

/** Passes connections on to a port once there are so many. */
function whenThereAre(count: number, port: number): Server {
  const waiting: Socket[] = [];
  return createTcpServer((socket) => {
    waiting.push(socket);
    if (waiting.length < count) return;
    for (const one of waiting.splice(0)) {
      const upstream = connect(port, '127.0.0.1').on('error', () => {});
      open.add(upstream);
      one.pipe(upstream).pipe(one);
    }
  });
}

const inputsOf = (document: Record<string, unknown>) =>
  (document.inputs as readonly { readonly input: string; readonly certificates: readonly unknown[] }[]).map(
    ({ input, certificates }) => [input, certificates.length],
  );

test('servers side by side are asked at the same time', async () => {
  const port = await listen(whenThereAre(AT_ONCE, await listen(tlsServer())));
  const names = Array.from({ length: AT_ONCE }, () => `tls://127.0.0.1:${port}`);
  const call = await anchorctl(['inspect', ...names, '--json']);
  expect([call.status, inputsOf(call.json())]).toEqual([0, names.map((name) => [name, 1])]);
});

test('no more of them than that are waited for', async () => {
  let waitedFor = 0;
  const met: number[] = [];
  const results = startAtOnce([...Array(100).keys()], async (item) => {
    met.push(++waitedFor);
    await new Promise((resolve) => setTimeout(resolve, item % 7));
    waitedFor--;
    if (item % 10 === 3) throw new Error(`no ${item}`);
    return item;
  });
  const settled = await Promise.allSettled(results);
  expect(Math.max(...met)).toBe(AT_ONCE);
  expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message))).toEqual(
    settled.map((_, item) => (item % 10 === 3 ? `no ${item}` : item)),
  );
});

test('what they send stands in their order', async () => {
  const name = `tls://127.0.0.1:${await listen(tlsServer())}`;
  const dead = `tls://127.0.0.1:${await listen(createTcpServer((socket) => setTimeout(() => socket.destroy(), 300)))}`;
  const names = Array.from({ length: 40 }, (_, index) => (index % 10 === 3 ? dead : name));
  const call = await anchorctl(['inspect', ...names, '--json']);
  expect([call.status, inputsOf(call.json())]).toEqual([3, names.map((one) => [one, one === name ? 1 : 0])]);
});

test('after an interrupt nobody else is asked', async () => {
  const controller = new AbortController();
  let asked = 0;
  const good = `tls://127.0.0.1:${await listen(tlsServer())}`;
  const silent = createTcpServer(() => {
    asked++;
    if (asked === AT_ONCE) controller.abort();
  });
  const dead = `tls://127.0.0.1:${await listen(silent)}`;
  const names = [good, ...Array.from({ length: 40 }, () => dead)];
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on('warning', warned);
  const call = await anchorctl(['check', ...names, '--json', '--at', AT], { signal: controller.signal });
  expect(call.status).toBe(130);
  expect(call.json()).toMatchObject({ summary: { files: 1, certificates: 1 } });
  expect(asked).toBe(AT_ONCE);
  process.off('warning', warned);
  expect(warnings).toEqual([]);
});
