import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueIdentified as issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { subjectAltName } from '../support/extensions.ts';
import { AGREES, play } from '../support/starttls.ts';

const root = issue({ subject: 'CN=Root' });
const server = issue({
  subject: 'CN=mx.example.com',
  issuer: root,
  basicConstraints: null,
  keyUsage: ['digitalSignature'],
  extensions: [subjectAltName(['dns:mx.example.com'])],
});

let folder: string;
let listener: Server;
let endpoint: string;
const open = new Set<Socket>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-starttls-'));
  writeFileSync(join(folder, 'root.pem'), root.pem);
  const answer = play(AGREES.smtp, [server, root]);
  listener = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    answer(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  endpoint = `tls://127.0.0.1:${(listener.address() as AddressInfo).port}`;
});
afterAll(() => {
  for (const socket of open) socket.destroy();
  listener.close();
  rmSync(folder, { recursive: true });
});

describe('a server that begins in the clear is asked by', () => {
  test.each<[string, (to: string) => readonly string[], RegExp]>([
    ['inspect', (to) => ['inspect', to], /CN=mx\.example\.com.*CN=Root/s],
    ['validate', (to) => ['validate', to, '--anchors', join(folder, 'root.pem'), '--host', 'mx.example.com'], /^pass/],
    ['check', (to) => ['check', to], /2 certificates/],
    ['catalog match', (to) => ['catalog', 'match', to], /CN=mx\.example\.com/],
    ['snippet', (to) => ['snippet', to, '--platform', 'ios', '--trustpoint', 'T', '--chain'], /^/],
    [
      'keystore create',
      (to) => [
        'keystore',
        'create',
        join(folder, 'x.pem'),
        to,
        '--type',
        'pem',
        '--skip-unfit',
        '--expect-sha256',
        root.certificate.sha256,
      ],
      /Root/,
    ],
  ])('%s', async (_name, command, expected) => {
    const { stdout, stderr } = await anchorctl([...command(endpoint), '--starttls', 'smtp']);
    expect(stderr).not.toContain('input/not-readable');
    expect(stdout).toMatch(expected);
  });

  test('nobody who is not told that it does, and says what to do', async () => {
    const { status, stderr } = await anchorctl(['inspect', endpoint]);
    expect([status, stderr]).toEqual([3, expect.stringContaining('hint: the server begins in the clear, like smtp')]);
    expect(stderr).toContain('ask it with --starttls smtp');
  });
});

test('another word than a protocol is a usage error that names them all', async () => {
  const { status, stderr } = await anchorctl(['inspect', endpoint, '--starttls', 'gopher']);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/smtp.*imap.*xmpp/s)]);
});

test.each([
  ['', 'is no host name'],
  ['mx example', 'is no host name'],
  ['192.0.2.1', 'is an address'],
  ['[2001:db8::1]', 'is an address'],
])('%j as --servername is a usage error', async (name, expected) => {
  const { status, stderr } = await anchorctl(['inspect', endpoint, '--starttls', 'smtp', '--servername', name]);
  expect([status, stderr]).toEqual([2, expect.stringContaining(expected)]);
});
