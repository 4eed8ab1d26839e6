import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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

describe('where no input is a server', () => {
  const file = () => join(folder, 'root.pem');
  const store = () => join(folder, 'trust.pem');
  const commands: readonly [string, () => readonly string[]][] = [
    ['inspect', () => ['inspect', file()]],
    ['inspect as lines', () => ['inspect', folder, '--format', 'ndjson']],
    ['validate', () => ['validate', file()]],
    ['check', () => ['check', folder, '-']],
    ['check of a shard', () => ['check', folder, '--shard', '1/2']],
    ['catalog match', () => ['catalog', 'match', file()]],
    ['snippet', () => ['snippet', file(), '--platform', 'ios', '--trustpoint', 'T']],
    ['keystore create', () => ['keystore', 'create', join(folder, 'new.pem'), file(), '--type', 'pem']],
    ['keystore add', () => ['keystore', 'add', store(), file()]],
    [
      'keystore replace',
      () => ['keystore', 'replace', store(), file(), '--sha256', server.certificate.sha256, '--yes'],
    ],
    ['rotate', () => ['rotate', file(), '--keystore', store(), '--out', join(folder, 'run')]],
  ];
  beforeAll(() => writeFileSync(store(), server.pem));

  test.each(commands)('%s refuses what is said of servers', async (_name, command) => {
    const before = readdirSync(folder);
    const { status, stdout, stderr } = await anchorctl([...command(), '--starttls', 'smtp']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('no input is a server, and nothing else is asked with --starttls [usage/conflict]');
    expect(stderr).toContain('hint: name the server as tls://HOST:PORT, or leave --starttls out');
    expect(readdirSync(folder)).toEqual(before);
  });

  test('a name for it is refused too, and a server without tls:// is no server', async () => {
    const argv = ['inspect', 'mx.example.com:25', '--starttls', 'smtp', '--servername', 'mx.example.com'];
    const { status, stderr } = await anchorctl(argv);
    expect([status, stderr]).toEqual([2, expect.stringContaining('asked with --starttls or --servername')]);
  });

  test.each(['inspect', 'check'])('%s takes them for the servers among files', async (command) => {
    const argv = [command, file(), endpoint, '--starttls', 'smtp', '--servername', 'mx.example.com', '--json'];
    const { stdout, stderr } = await anchorctl(argv);
    expect(stderr).toBe('');
    expect(stdout).toContain('"CN=mx.example.com"');
  });
});
