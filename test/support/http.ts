/** HTTP servers on loopback for tests, that count who comes. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Answers one request; the body has been read. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: Uint8Array) => void;

/** A server that listens. */
export interface TestServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** How many connections there were. */
  readonly connections: () => number;
  /** Methods and paths, in order. */
  readonly requests: readonly string[];
  readonly close: () => void;
}

/** @param answers - by path; anything else is 404 */
export async function serve(answers: Readonly<Record<string, Answer | Uint8Array>>): Promise<TestServer> {
  const open = new Set<Socket>();
  const requests: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = answers[request.url ?? ''];
      if (typeof answer === 'function') answer(request, response, new Uint8Array(Buffer.concat(chunks)));
      else response.writeHead(answer === undefined ? 404 : 200).end(answer);
    });
  });
  server.on('connection', (socket) => {
    connections++;
    open.add(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    requests,
    close: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
